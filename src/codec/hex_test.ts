import { deepEqual, equal, throws } from "node:assert/strict";
import { test } from "node:test";
import { CodecError, fromHex, toHex } from "./mod.ts";

test("toHex() and fromHex() agree on every byte", () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  const text = Array.from(all, (byte) => byte.toString(16).padStart(2, "0")).join("");
  equal(toHex(all), text);
  deepEqual(fromHex(text, 256), all);
  equal(toHex(all.subarray(10, 12)), "0a0b");
  deepEqual(fromHex(""), new Uint8Array(0));
});

const refusals = [
  [
    "0",
    undefined,
    "Cannot read hex as its length is wrong: wanted an even number of characters, got 1 characters",
  ],
  ["00", 2, "Cannot read hex as its length is wrong: wanted 4 characters (2 bytes), got 2 characters"],
  ["0A", undefined, 'Cannot read hex at offset 1: wanted one of 0-9 a-f, got "A"'],
  ["0x10", undefined, 'Cannot read hex at offset 1: wanted one of 0-9 a-f, got "x"'],
  ["00 1", undefined, "Cannot read hex at offset 2: wanted one of 0-9 a-f, got U+0020"],
  ["00é0", undefined, 'Cannot read hex at offset 2: wanted one of 0-9 a-f, got "é" (U+00E9)'],
  ["00\n\n", 2, "Cannot read hex at offset 2: wanted one of 0-9 a-f, got U+000A"],
] as const;

for (const [text, byteLength, message] of refusals) {
  test(`fromHex() refuses ${JSON.stringify(text)}`, () => {
    throws(() => fromHex(text, byteLength), (e) => e instanceof CodecError && e.message === message);
  });
}

test("fromHex() accepts only 0-9 and a-f, of all UTF-16 units", () => {
  let accepted = "";
  for (let code = 0; code <= 0xffff; code++) {
    const digit = String.fromCharCode(code);
    try {
      fromHex("0" + digit);
      accepted += digit;
    } catch (e) {
      equal(e instanceof CodecError, true);
    }
  }
  equal(accepted, "0123456789abcdef");
});
