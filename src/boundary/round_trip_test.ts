import { deepStrictEqual, strictEqual } from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { canonicalize, parseCanonical, toBase64 } from "../codec/mod.ts";
import type { ValueType } from "../value/mod.ts";
import { compileDecoder, compileEncoder } from "./mod.ts";
import { camelCase } from "./names.ts";
import { integerRanges } from "./numbers.ts";
import { randomFrom, randomType, randomValue } from "./testing/random_values.ts";

test("every value of every type decodes from its text, which is canonical", () => {
  const seed = Number(process.env["THEATER_SEED"] ?? Date.now() % 1_000_000);
  const random = randomFrom(seed);
  for (let i = 0; i < 400; i++) {
    const type = randomType(random, 4);
    const encode = compileEncoder(type);
    const decode = compileDecoder(type);
    for (let j = 0; j < 8; j++) {
      const value = randomValue(random, type);
      const text = encode(value);
      const where = `seed ${seed}, type ${JSON.stringify(type)}, text ${text}`;
      const json = parseCanonical(text);
      strictEqual(canonicalize(json), text, where);
      deepStrictEqual(decode(json), value, where);
      strictEqual(encode(decode(json)), text, where);
    }
  }
});

test("every small number of every kind has its own text", () => {
  for (const kind of ["u8", "s8", "u16", "s16"] as const) {
    const { min, max } = integerRanges[kind];
    const encode = compileEncoder({ kind });
    const decode = compileDecoder({ kind });
    for (let value = min; value <= max; value++) {
      const text = encode(value);
      if (text !== `${value}` || decode(value) !== value) strictEqual(text, `${value}`);
    }
  }
});

test("every set of flags has its own text", () => {
  const names = Array.from({ length: 10 }, (_, i) => `flag-${i}`);
  const encode = compileEncoder({ kind: "flags", names });
  const decode = compileDecoder({ kind: "flags", names });
  const texts = new Set<string>();
  for (let set = 0; set < 2 ** names.length; set++) {
    const value = Object.fromEntries(names.map((name, i) => [camelCase(name), (set >> i & 1) === 1]));
    const text = encode(value);
    texts.add(text);
    deepStrictEqual(decode(parseCanonical(text)), value);
  }
  strictEqual(texts.size, 2 ** names.length);
});

test("every Unicode scalar value is a char, and nothing else is", () => {
  const encode = compileEncoder({ kind: "char" });
  let refused = 0;
  for (let code = 0; code <= 0x10ffff; code++) {
    const char = String.fromCodePoint(code);
    try {
      if (JSON.parse(encode(char)) !== char) strictEqual(encode(char), char);
    } catch {
      refused++;
    }
  }
  strictEqual(refused, 0xe000 - 0xd800);
});

test("bytes of every length up to 100 have the base64 of RFC 4648", () => {
  const type: ValueType = { kind: "list", element: { kind: "u8" } };
  for (let length = 0; length <= 100; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 0xff);
    const text = compileEncoder(type)(bytes);
    strictEqual(text, JSON.stringify(toBase64(bytes)));
    deepStrictEqual(compileDecoder(type)(parseCanonical(text)), bytes);
  }
});
