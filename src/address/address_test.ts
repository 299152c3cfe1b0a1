import { equal, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import { AddressError, addressFault, childAddress, NODE_ADDRESS, parseAddress } from "./mod.ts";

for (
  const text of [
    "a",
    "bank/teller-3",
    "0",
    "a.b_c-d/e..",
    "x".repeat(64),
    "a/outside",
  ]
) {
  test(`parseAddress() accepts ${text}`, () => {
    equal(parseAddress(text), text);
    equal(addressFault(text), undefined);
  });
}

const NAME = "a name between the slashes";
const CHARACTERS = "only a-z, 0-9, dot, underscore and hyphen";
const DOT = "a name that does not begin with a dot";
const refusals = [
  ["", NAME, "nothing"],
  ["/a", NAME, "nothing"],
  ["a/", NAME, "nothing"],
  ["a//b", NAME, "nothing"],
  ["Bank", CHARACTERS, '"B"'],
  ["a b", CHARACTERS, '" "'],
  ["a\n", CHARACTERS, '"\\n"'],
  ["bänk", CHARACTERS, '"ä"'],
  ["a/😀", CHARACTERS, '"😀"'],
  ["a/*", CHARACTERS, '"*"'],
  [".", DOT, '"."'],
  ["a/..", DOT, '".."'],
  [".node", DOT, '".node"'],
  ["x".repeat(65), "a name of at most 64 characters", "65 characters"],
  [Array(9).fill("x".repeat(57)).join("/"), "at most 512 bytes", "521 bytes"],
  ["outside", "an actor", '"outside", which stands for the world outside'],
  ["outside/a", "an actor", '"outside", which stands for the world outside'],
] as const;

for (const [text, wanted, got] of refusals) {
  test(`parseAddress() refuses ${JSON.stringify(text).slice(0, 70)}`, () => {
    throws(() => parseAddress(text), (e) => {
      ok(e instanceof AddressError);
      equal(e.fault.wanted, wanted);
      equal(e.fault.got, got);
      return true;
    });
    equal(addressFault(text), `wanted ${wanted}, got ${got}`);
  });
}

test("childAddress() joins, and refuses what would not be one segment or grow too long", () => {
  const bank = parseAddress("bank");
  equal(childAddress(bank, "teller"), "bank/teller");
  for (const name of ["", "a/b", "..", "A", "x".repeat(65)]) {
    throws(() => childAddress(bank, name), AddressError);
  }
  const deep = parseAddress(Array(8).fill("x".repeat(62)).join("/"));
  equal(childAddress(deep, "abcdefgh").length, 512);
  throws(() => childAddress(deep, "abcdefghi"), AddressError);
});

test("the node's own address cannot be written", () =>
  throws(() => parseAddress(NODE_ADDRESS), AddressError));
