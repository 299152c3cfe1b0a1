import { deepEqual, equal, throws } from "node:assert/strict";
import { test } from "node:test";
import { CodecError, decodeUtf8, encodeUtf8, isWellFormedText } from "./mod.ts";

test("encodeUtf8() and decodeUtf8() agree on every Unicode scalar", () => {
  for (let point = 0; point <= 0x10ffff; point += point < 0x3000 ? 1 : 61) {
    if (point >= 0xd800 && point <= 0xdfff) continue;
    const text = String.fromCodePoint(point);
    if (decodeUtf8(encodeUtf8(text)) !== text) throw new Error(`U+${point.toString(16)} changed`);
  }
});

test("a byte order mark stays", () => {
  equal(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)), "\ufeffa");
  deepEqual(encodeUtf8("\ufeffa"), Uint8Array.of(0xef, 0xbb, 0xbf, 0x61));
});

for (const [text, offset] of [["\ud800", 0], ["a\udc00", 1], ["😀\ud83d", 2], ["\ude00\ud83d", 0]] as const) {
  test(`encodeUtf8() refuses ${JSON.stringify(text)}`, () => {
    equal(isWellFormedText(text), false);
    throws(() => encodeUtf8(text), (e) => {
      return e instanceof CodecError && e.fault.code === "text_lone_surrogate" && e.fault.offset === offset;
    });
  });
}

const invalid = [
  ["a bare continuation", [0x61, 0x80], 1],
  ["an overlong slash", [0xc0, 0xaf], 0],
  ["a surrogate", [0x61, 0x62, 0xed, 0xa0, 0x80], 2],
  ["a point past U+10FFFF", [0xf4, 0x90, 0x80, 0x80], 0],
  ["a cut sequence after U+FFFD", [0xef, 0xbf, 0xbd, 0xe2, 0x82], 3],
] as const;

for (const [name, bytes, offset] of invalid) {
  test(`decodeUtf8() refuses ${name}`, () => {
    throws(() => decodeUtf8(Uint8Array.from(bytes)), (e) => {
      return e instanceof CodecError && e.fault.code === "utf8" && e.fault.offset === offset;
    });
  });
}
