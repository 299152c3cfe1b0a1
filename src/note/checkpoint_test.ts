import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { encodeUtf8 } from "../codec/mod.ts";
import { emptyRoot, type Hash } from "../merkle/mod.ts";
import { type Checkpoint, formatCheckpoint, type NoteFault, parseCheckpoint } from "./mod.ts";
import { loadVectors, refused } from "./testing/vectors.ts";

const example = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
`;
const emptyRoot64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

test("the example of the standard is read and written", () => {
  const checkpoint = parseCheckpoint(example);
  deepEqual(checkpoint, {
    origin: "example.com/behind-the-sofa",
    size: 20852163,
    root: "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62",
    extensions: [],
  });
  equal(formatCheckpoint(checkpoint), example);
  deepEqual(parseCheckpoint(encodeUtf8(example)), checkpoint);
});

interface OwnCheckpoint {
  readonly text: string;
  readonly origin: string;
  readonly size: number;
  readonly rootHex: Hash;
  readonly extensions: string[];
}

test("our own checkpoints are read and written", () => {
  for (
    const { text, rootHex, ...rest } of loadVectors<{ checkpoints: OwnCheckpoint[] }>("theater").checkpoints
  ) {
    deepEqual(parseCheckpoint(text), { ...rest, root: rootHex });
    equal(formatCheckpoint({ ...rest, root: rootHex }), text);
  }
});

const withSize = (size: string) => example.replace("20852163", size);
const withRoot = (root: string) => example.replace(/C.*=/, root);

const refusals: [string, string, NoteFault["code"]][] = [
  ["nothing", "", "syntax"],
  ["a newline", "\n", "syntax"],
  ["two lines", "origin\n1\n", "syntax"],
  ["no final newline", example.slice(0, -1), "syntax"],
  ["an empty origin", example.slice(example.indexOf("\n")), "syntax"],
  ["an empty size", withSize(""), "syntax"],
  ["a leading zero", withSize("01"), "syntax"],
  ["two zeros", withSize("00"), "syntax"],
  ["hex", withSize("0x10"), "syntax"],
  ["a plus sign", withSize("+1"), "syntax"],
  ["a minus sign", withSize("-1"), "syntax"],
  ["minus zero", withSize("-0"), "syntax"],
  ["a fraction", withSize("1.0"), "syntax"],
  ["an exponent", withSize("1e3"), "syntax"],
  ["a separator", withSize("1_000"), "syntax"],
  ["a space before the size", withSize(" 1"), "syntax"],
  ["a space after the size", withSize("1 "), "syntax"],
  ["digits of another script", withSize("\u0661"), "syntax"],
  ["2^53", withSize("9007199254740992"), "number_too_large"],
  ["2^64", withSize("18446744073709551616"), "number_too_large"],
  ["a size of 100,000 digits", withSize("1".repeat(100_000)), "number_too_large"],
  ["an empty root", withRoot(""), "syntax"],
  ["a root of 31 bytes", withRoot(`${"A".repeat(41)}A==`.slice(0, 42) + "=="), "syntax"],
  ["a root of 33 bytes", withRoot("A".repeat(44)), "syntax"],
  ["a root without padding", withRoot("A".repeat(43)), "syntax"],
  ["a root with bits in the padding", withRoot(`${"A".repeat(42)}B=`), "syntax"],
  ["a root in hex", withRoot("0".repeat(64)), "syntax"],
  ["an empty line behind", `${example}\n`, "syntax"],
  ["an empty extension", `${example}\nextension\n`, "syntax"],
  ["a carriage return", example.replaceAll("\n", "\r\n"), "control_character"],
  ["a lone surrogate", `\udc00${example}`, "not_utf8"],
  ["size 0 with another root", withSize("0"), "empty_tree_root"],
  ["more than a million bytes", `${example}${"a".repeat(1_000_000)}\n`, "too_large"],
];

for (const [name, text, code] of refusals) {
  test(`parseCheckpoint() refuses ${name}`, () => refused(() => parseCheckpoint(text), code));
}

test("the largest size is read", () => {
  equal(parseCheckpoint(withSize("9007199254740991")).size, 2 ** 53 - 1);
});

test("an empty tree has its checkpoint", () => {
  const text = `o\n0\n${emptyRoot64}\n`;
  deepEqual(parseCheckpoint(text), { origin: "o", size: 0, root: emptyRoot, extensions: [] });
});

test("formatCheckpoint() writes nothing that would be refused or read as something else", () => {
  const good: Checkpoint = { origin: "o", size: 1, root: emptyRoot, extensions: [] };
  refused(() => formatCheckpoint({ ...good, origin: "" }), "syntax");
  refused(() => formatCheckpoint({ ...good, origin: `o\n1\n${emptyRoot64}` }), "syntax");
  refused(() => formatCheckpoint({ ...good, extensions: ["a\nb"] }), "syntax");
  refused(() => formatCheckpoint({ ...good, extensions: [""] }), "syntax");
  refused(() => formatCheckpoint({ ...good, size: -1 }), "syntax");
  refused(() => formatCheckpoint({ ...good, size: 2 ** 53 }), "number_too_large");
  refused(() => formatCheckpoint({ ...good, size: 1e21 }), "syntax");
  refused(() => formatCheckpoint({ ...good, origin: "a\tb" }), "control_character");
});
