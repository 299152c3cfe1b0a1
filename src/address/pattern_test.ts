import { equal, throws } from "node:assert/strict";
import { test } from "node:test";
import { AddressError, coveredByAny, matchesAny, parsePattern } from "./mod.ts";

for (const text of ["*", "a", "a/*", "a/b", "a/b/*"]) {
  test(`parsePattern() accepts ${text}`, () => equal(parsePattern(text), text));
}

for (const text of ["", "**", "a*", "*/a", "a/*/b", "a/**", "/*", "A/*", ".node", "a/../*", "outside"]) {
  test(`parsePattern() refuses ${JSON.stringify(text)}`, () =>
    throws(() => parsePattern(text), AddressError));
}

const matches = [
  ["a", "a", true],
  ["a", "a/b", false],
  ["a", "ab", false],
  ["a/*", "a", false],
  ["a/*", "a/b", true],
  ["a/*", "a/b/c", true],
  ["a/*", "ab/c", false],
  ["*", "a/b", true],
] as const;

for (const [pattern, address, expected] of matches) {
  test(`${pattern} ${expected ? "takes in" : "leaves out"} ${address}`, () => {
    equal(matchesAny([pattern], address), expected);
    equal(matchesAny([], address), false);
    equal(matchesAny(["zz", pattern], address), expected);
  });
}

test("coveredByAny() means that every address matched by the inner pattern is matched by the outer", () => {
  // Every address over two names up to depth 3, and one name that no pattern has: it stands for all others.
  const addresses = [""].concat("a b z".split(" "))
    .flatMap((head) =>
      ["", "/a", "/b", "/z"].flatMap((middle) => ["", "/a", "/z", "/z/z"].map((end) => head + middle + end))
    )
    .filter((address) => address !== "" && !address.startsWith("/"));
  const patterns = ["*", "a", "b", "a/*", "b/*", "a/a", "a/b", "a/a/*", "a/b/*", "b/a/*"];
  for (const outer of patterns) {
    for (const inner of patterns) {
      const covered = addresses.every((address) =>
        !matchesAny([inner], address) || matchesAny([outer], address)
      );
      equal(coveredByAny([outer], inner), covered, `${inner} in ${outer}`);
    }
  }
});
