import { strictEqual } from "node:assert/strict";
import { test } from "node:test";
import { fitsUtf8, utf8Length } from "./utf8_length.ts";

const encoder = new TextEncoder();

test("utf8Length() counts every Unicode scalar value as the encoder does", () => {
  for (let code = 0; code <= 0x10ffff; code++) {
    if (code >= 0xd800 && code < 0xe000) continue;
    const wanted = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    const text = String.fromCodePoint(code);
    if (utf8Length(text) !== wanted) strictEqual(utf8Length(text), wanted, `U+${code.toString(16)}`);
  }
  for (const text of ["", "plain", "é".repeat(9), "😀a\u{10ffff}\ufeff"]) {
    strictEqual(utf8Length(text), encoder.encode(text).length);
  }
});

test("fitsUtf8() is exact at the limit", () => {
  for (const text of ["", "a", "é", "\u20ac", "😀", "aé\u20ac😀"]) {
    const bytes = encoder.encode(text).length;
    for (let max = 0; max < 40; max++) strictEqual(fitsUtf8(text, max), bytes <= max, `${text} in ${max}`);
  }
});
