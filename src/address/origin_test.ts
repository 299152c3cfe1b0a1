import { strictEqual, throws } from "node:assert/strict";
import { test } from "node:test";
import { addressOf, formatOrigin, isAddress, isNodeName, isOrigin, nodeOf } from "./origin.ts";

const node = "home~9f86d081884c7d659a2feaa0c55ad015";

const good = [
  "a",
  "0",
  "-",
  "_",
  "a.b",
  "a..b",
  "bank/teller-3",
  "a/b/c/d",
  "outside/a",
  "a/outside",
  "outsider",
  ".node",
  "a".repeat(64),
  `${"a".repeat(63)}/`.repeat(7) + "a".repeat(64),
];
const bad = [
  "",
  "/",
  "a/",
  "/a",
  "a//b",
  "A",
  "ä",
  "a b",
  "a\n",
  "\na",
  ".",
  "..",
  ".a",
  "a/.b",
  "a/..",
  ".node/a",
  "a/.node",
  "outside",
  "a".repeat(65),
  `${"a".repeat(63)}/`.repeat(7) + "a/" + "a".repeat(63),
  "a\\b",
  'a"',
  "a+b",
  "a@b",
  "*",
  "a/*",
];

for (const text of good) {
  test(`isAddress() accepts ${JSON.stringify(text.slice(0, 70))}`, () => strictEqual(isAddress(text), true));
}
for (const text of bad) {
  test(`isAddress() refuses ${JSON.stringify(text.slice(0, 70))}`, () => strictEqual(isAddress(text), false));
}

test("isAddress() accepts exactly the characters of a segment", () => {
  for (let code = 0; code < 0x250; code++) {
    const character = String.fromCharCode(code);
    strictEqual(isAddress(`a${character}b`), /[a-z0-9._/-]/.test(character), `code ${code}`);
  }
});

test("origins are joined and taken apart", () => {
  const origin = formatOrigin(node, "bank/teller-3");
  strictEqual(origin, `${node}/bank/teller-3`);
  strictEqual(isOrigin(origin), true);
  strictEqual(nodeOf(origin), node);
  strictEqual(addressOf(origin), "bank/teller-3");
  throws(() => formatOrigin("home", "a"), TypeError);
  throws(() => formatOrigin(node, "A"), TypeError);
});

test("isOrigin() and isNodeName() refuse what is not one", () => {
  for (
    const text of [
      "",
      node,
      `${node}/`,
      `${node}/A`,
      `${node}/outside`,
      "home/a",
      `${node}0/a`,
      `~${"0".repeat(32)}/a`,
    ]
  ) {
    strictEqual(isOrigin(text), false, text);
  }
  for (
    const text of [
      "",
      "home",
      "home+",
      `home~${"0".repeat(31)}`,
      `home~${"A".repeat(32)}`,
      `a/b~${"0".repeat(32)}`,
    ]
  ) {
    strictEqual(isNodeName(text), false, text);
  }
});
