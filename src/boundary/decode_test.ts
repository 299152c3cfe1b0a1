import { strictEqual, throws } from "node:assert/strict";
import { test } from "node:test";
import { parseCanonical } from "../codec/mod.ts";
import type { ValueType } from "../value/mod.ts";
import { BoundaryError, compileDecoder, compileEncoder } from "./mod.ts";

const u8: ValueType = { kind: "u8" };
const listOf = (element: ValueType): ValueType => ({ kind: "list", element });
const optionOf = (some: ValueType): ValueType => ({ kind: "option", some });
const point: ValueType = { kind: "record", fields: [{ name: "x", type: u8 }, { name: "y", type: u8 }] };
const shape: ValueType = { kind: "variant", cases: [{ name: "nothing" }, { name: "at", type: point }] };
const rights: ValueType = { kind: "flags", names: ["read", "write", "run-it"] };
const result: ValueType = { kind: "result", ok: u8 };

/** Canonical JSON that no value of the type encodes to, and the path at which that shows. */
const refusals: readonly (readonly [ValueType, string, string])[] = [
  [{ kind: "bool" }, "1", "value"],
  [{ kind: "bool" }, '"true"', "value"],
  [u8, "256", "value"],
  [u8, "-1", "value"],
  [u8, "1.5", "value"],
  [u8, '"1"', "value"],
  [u8, "null", "value"],
  [{ kind: "s32" }, "2147483648", "value"],
  [{ kind: "u64" }, "1", "value"],
  [{ kind: "u64" }, '""', "value"],
  [{ kind: "u64" }, '"01"', "value"],
  [{ kind: "u64" }, '"+1"', "value"],
  [{ kind: "u64" }, '"0x10"', "value"],
  [{ kind: "u64" }, '" 1"', "value"],
  [{ kind: "u64" }, '"1n"', "value"],
  [{ kind: "u64" }, '"-1"', "value"],
  [{ kind: "u64" }, '"18446744073709551616"', "value"],
  [{ kind: "s64" }, '"-0"', "value"],
  [{ kind: "s64" }, '"9223372036854775808"', "value"],
  [{ kind: "s64" }, '"-9223372036854775809"', "value"],
  [{ kind: "f64" }, '"NaN"', "value"],
  [{ kind: "f64" }, '"0"', "value"],
  [{ kind: "f64" }, '"Infinity"', "value"],
  [{ kind: "f32" }, "0.1", "value"],
  [{ kind: "f32" }, "1e+39", "value"],
  [{ kind: "f32" }, "5e-324", "value"],
  [{ kind: "char" }, '""', "value"],
  [{ kind: "char" }, '"ab"', "value"],
  [{ kind: "char" }, "97", "value"],
  [{ kind: "string" }, "1", "value"],
  [{ kind: "string" }, "null", "value"],
  [listOf(u8), "[1]", "value"],
  [listOf(u8), '"AA"', "value"],
  [listOf(u8), '"AB=="', "value"],
  [listOf(u8), '"-_8="', "value"],
  [listOf(u8), '" AAA"', "value"],
  [listOf({ kind: "u16" }), '"AAA="', "value"],
  [listOf({ kind: "u16" }), "[1,65536]", "value[1]"],
  [listOf({ kind: "s64" }), '["1",2]', "value[1]"],
  [listOf({ kind: "string" }), "{}", "value"],
  [{ kind: "tuple", elements: [u8, u8] }, "[1]", "value"],
  [{ kind: "tuple", elements: [u8, u8] }, "[1,2,3]", "value"],
  [{ kind: "tuple", elements: [u8, u8] }, "[1,false]", "value[1]"],
  [point, '{"x":1}', "value"],
  [point, '{"x":1,"y":2,"z":3}', "value"],
  [point, '{"x":1,"z":3}', "value"],
  [point, '{"x":1,"y":256}', "value.y"],
  [point, "[1,2]", "value"],
  [shape, '"at"', "value"],
  [shape, '{"nothing":null}', "value"],
  [shape, '{"at":{"x":1,"y":-1}}', "value.at.y"],
  [shape, '{"at":{"x":1,"y":1},"nothing":null}', "value"],
  [shape, "{}", "value"],
  [shape, '{"__proto__":{"x":1,"y":1}}', "value"],
  [{ kind: "enum", names: ["red"] }, '"Red"', "value"],
  [{ kind: "enum", names: ["red"] }, "0", "value"],
  [rights, '["write","read"]', "value"],
  [rights, '["read","read"]', "value"],
  [rights, '["runIt"]', "value"],
  [rights, '{"read":true}', "value"],
  [optionOf(u8), "[1]", "value"],
  [optionOf(optionOf(u8)), "1", "value"],
  [optionOf(optionOf(u8)), "[]", "value"],
  [optionOf(optionOf(u8)), "[1,2]", "value"],
  [optionOf(optionOf(u8)), "[[1]]", "value[0]"],
  [result, '{"ok":256}', "value.ok"],
  [result, '{"err":1}', "value.err"],
  [result, '{"Ok":1}', "value"],
  [result, '"ok"', "value"],
  [result, '{"err":null,"ok":1}', "value"],
  [{ kind: "own", resource: "a:b/c/thing" }, "1", "value"],
  [{ kind: "own", resource: "a:b/c/thing" }, "0", "value"],
];

for (const [type, text, path] of refusals) {
  test(`compileDecoder() refuses ${text} as ${type.kind} at ${path}`, () => {
    const decode = compileDecoder(type);
    const json = parseCanonical(text);
    throws(
      () => decode(json),
      (error) =>
        error instanceof BoundaryError && error.fault.code === "text_misfit" && error.fault.path === path,
    );
  });
}

/** Every text of up to `lengthMax` words. */
function* everyText(words: readonly string[], lengthMax: number): Generator<string> {
  yield "";
  if (lengthMax === 0) return;
  for (const rest of everyText(words, lengthMax - 1)) {
    for (const word of words) yield word + rest;
  }
}

/** Types, the words that their texts are made of, the longest text, and how many texts there are. */
const small: readonly (readonly [ValueType, readonly string[], number, number])[] = [
  [optionOf(optionOf(optionOf({ kind: "bool" }))), ["[", "]", "null", "true"], 6, 4],
  [{ kind: "flags", names: ["a", "b"] }, ["[", "]", ",", '"a"', '"b"', '"c"'], 6, 4],
  [{ kind: "result", ok: optionOf(u8) }, ["{", "}", '"ok":', '"err":', "null", "0", "256", ","], 5, 3],
  [listOf({ kind: "u64" }), ["[", "]", ",", '"0"', '"01"', "0"], 5, 3],
];

for (const [type, words, lengthMax, count] of small) {
  test(`of all short texts ${count} decode as ${type.kind}, and encode to the same text`, () => {
    const decode = compileDecoder(type);
    const encode = compileEncoder(type);
    const decoded = new Set<string>();
    for (const text of everyText(words, lengthMax)) {
      let value: unknown;
      try {
        value = decode(parseCanonical(text));
      } catch {
        continue;
      }
      strictEqual(encode(value), text);
      decoded.add(text);
    }
    strictEqual(decoded.size, count, [...decoded].join(" "));
  });
}
