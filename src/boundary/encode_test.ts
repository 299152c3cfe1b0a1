import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { test } from "node:test";
import { canonicalize, parseCanonical } from "../codec/mod.ts";
import type { ValueType } from "../value/mod.ts";
import { BoundaryError, compileDecoder, compileEncoder } from "./mod.ts";

const u8: ValueType = { kind: "u8" };
const u32: ValueType = { kind: "u32" };
const text: ValueType = { kind: "string" };
const listOf = (element: ValueType): ValueType => ({ kind: "list", element });
const optionOf = (some: ValueType): ValueType => ({ kind: "option", some });
const person: ValueType = {
  kind: "record",
  fields: [
    { name: "first-name", type: text },
    { name: "age", type: optionOf(u8) },
    { name: "X-ray", type: { kind: "bool" } },
  ],
};
const shape: ValueType = {
  kind: "variant",
  cases: [{ name: "nothing" }, { name: "circle", type: { kind: "f64" } }, {
    name: "of-people",
    type: listOf(person),
  }],
};
const color: ValueType = { kind: "enum", names: ["red", "deep-blue"] };
const rights: ValueType = { kind: "flags", names: ["read", "write", "run-it"] };
const result: ValueType = { kind: "result", ok: u32, err: shape };

/** Values and their texts; each also decodes to what it was made from. */
const encodings: readonly (readonly [ValueType, unknown, string])[] = [
  [{ kind: "bool" }, true, "true"],
  [{ kind: "bool" }, false, "false"],
  [u8, 0, "0"],
  [u8, 255, "255"],
  [{ kind: "s8" }, -128, "-128"],
  [{ kind: "u16" }, 65535, "65535"],
  [{ kind: "s16" }, -32768, "-32768"],
  [u32, 4294967295, "4294967295"],
  [{ kind: "s32" }, -2147483648, "-2147483648"],
  [{ kind: "s32" }, 2147483647, "2147483647"],
  [{ kind: "u64" }, 0n, '"0"'],
  [{ kind: "u64" }, 18446744073709551615n, '"18446744073709551615"'],
  [{ kind: "s64" }, -9223372036854775808n, '"-9223372036854775808"'],
  [{ kind: "s64" }, 9223372036854775807n, '"9223372036854775807"'],
  [{ kind: "f64" }, 0, "0"],
  [{ kind: "f64" }, -0, '"-0"'],
  [{ kind: "f64" }, NaN, '"nan"'],
  [{ kind: "f64" }, Infinity, '"inf"'],
  [{ kind: "f64" }, -Infinity, '"-inf"'],
  [{ kind: "f64" }, 0.1, "0.1"],
  [{ kind: "f64" }, 1e21, "1e+21"],
  [{ kind: "f64" }, 5e-324, "5e-324"],
  [{ kind: "f64" }, -1.7976931348623157e308, "-1.7976931348623157e+308"],
  [{ kind: "f32" }, Math.fround(0.1), "0.10000000149011612"],
  [{ kind: "f32" }, -0, '"-0"'],
  [{ kind: "f32" }, NaN, '"nan"'],
  [{ kind: "f32" }, 2 ** -149, "1.401298464324817e-45"],
  [{ kind: "char" }, "a", '"a"'],
  [{ kind: "char" }, "\u0000", '"\\u0000"'],
  [{ kind: "char" }, "\u{10ffff}", '"\u{10ffff}"'],
  [text, "", '""'],
  [text, 'é "\\\u0007\n\u2028😀\ufeff', '"é \\"\\\\\\u0007\\n\u2028😀\ufeff"'],
  [listOf(u8), Uint8Array.of(), '""'],
  [listOf(u8), Uint8Array.of(251, 255), '"+/8="'],
  [listOf({ kind: "s8" }), Int8Array.of(-128, 127), "[-128,127]"],
  [listOf({ kind: "u16" }), Uint16Array.of(), "[]"],
  [listOf({ kind: "s16" }), Int16Array.of(-1), "[-1]"],
  [listOf(u32), Uint32Array.of(0, 4294967295), "[0,4294967295]"],
  [listOf({ kind: "s32" }), Int32Array.of(-1, 2), "[-1,2]"],
  [listOf({ kind: "u64" }), BigUint64Array.of(), "[]"],
  [listOf({ kind: "u64" }), BigUint64Array.of(1n, 2n ** 64n - 1n), '["1","18446744073709551615"]'],
  [listOf({ kind: "s64" }), BigInt64Array.of(-1n), '["-1"]'],
  [listOf({ kind: "f32" }), Float32Array.of(0.5, NaN, -0), '[0.5,"nan","-0"]'],
  [listOf({ kind: "f64" }), Float64Array.of(0.1, -Infinity), '[0.1,"-inf"]'],
  [listOf({ kind: "bool" }), [], "[]"],
  [listOf({ kind: "bool" }), [true, false], "[true,false]"],
  [listOf(listOf(u8)), [Uint8Array.of(0), Uint8Array.of()], '["AA==",""]'],
  [{ kind: "tuple", elements: [u8, text] }, [1, "x"], '[1,"x"]'],
  [person, { firstName: "Ada", age: 36, xRay: true }, '{"X-ray":true,"age":36,"first-name":"Ada"}'],
  [person, { firstName: "", age: undefined, xRay: false }, '{"X-ray":false,"age":null,"first-name":""}'],
  [shape, { tag: "nothing" }, '"nothing"'],
  [shape, { tag: "circle", val: -0 }, '{"circle":"-0"}'],
  [shape, { tag: "of-people", val: [] }, '{"of-people":[]}'],
  [color, "deep-blue", '"deep-blue"'],
  [rights, { read: false, write: false, runIt: false }, "[]"],
  [rights, { read: true, write: false, runIt: true }, '["read","run-it"]'],
  [optionOf(text), undefined, "null"],
  [optionOf(text), "", '""'],
  [optionOf(optionOf(u32)), { tag: "none" }, "null"],
  [optionOf(optionOf(u32)), { tag: "some", val: undefined }, "[null]"],
  [optionOf(optionOf(u32)), { tag: "some", val: 0 }, "[0]"],
  [optionOf(optionOf(optionOf(u32))), undefined, "null"],
  [optionOf(optionOf(optionOf(u32))), { tag: "none" }, "[null]"],
  [optionOf(optionOf(optionOf(u32))), { tag: "some", val: undefined }, "[[null]]"],
  [optionOf(optionOf(optionOf(u32))), { tag: "some", val: 7 }, "[[7]]"],
  [optionOf(result), { tag: "ok", val: 1 }, '{"ok":1}'],
  [result, { tag: "err", val: { tag: "nothing" } }, '{"err":"nothing"}'],
  [{ kind: "result" }, { tag: "ok", val: undefined }, '{"ok":null}'],
  [{ kind: "result", ok: optionOf(u8) }, { tag: "ok", val: undefined }, '{"ok":null}'],
  [{ kind: "result", ok: u8 }, { tag: "err", val: undefined }, '{"err":null}'],
];

for (const [type, value, expected] of encodings) {
  test(`a ${type.kind} encodes as ${expected}, and decodes from it`, () => {
    strictEqual(compileEncoder(type)(value), expected);
    const json = parseCanonical(expected);
    strictEqual(canonicalize(json), expected, "the text is canonical");
    deepStrictEqual(compileDecoder(type)(json), value);
  });
}

const forty: ValueType = { kind: "flags", names: Array.from({ length: 40 }, (_, i) => `f${i}`) };

test("forty flags encode in the order of declaration", () => {
  const value = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`f${i}`, i >= 30]));
  const expected = `[${Array.from({ length: 10 }, (_, i) => `"f${30 + i}"`).join(",")}]`;
  strictEqual(compileEncoder(forty)(value), expected);
  deepStrictEqual(compileDecoder(forty)(parseCanonical(expected)), value);
});

/** What hosts may also return, as jco would take it as well. */
const lenient: readonly (readonly [string, ValueType, unknown, string])[] = [
  ["an array for bytes", listOf(u8), [1, 2, 255], '"AQL/"'],
  ["an array for numbers", listOf(u32), [1, 2], "[1,2]"],
  ["an array for big integers", listOf({ kind: "s64" }), [-1n], '["-1"]'],
  ["null for none", optionOf(u8), null, "null"],
  [
    "an absent field for none",
    person,
    { firstName: "", xRay: true },
    '{"X-ray":true,"age":null,"first-name":""}',
  ],
  ["absent flags", rights, { write: true }, '["write"]'],
  ["a double for a f32", { kind: "f32" }, 0.1, "0.10000000149011612"],
  ["negative zero for an integer", { kind: "s32" }, -0, "0"],
];

for (const [name, type, value, expected] of lenient) {
  test(`compileEncoder() takes ${name}`, () => strictEqual(compileEncoder(type)(value), expected));
}

/** Values that are not of their type, and the path at which that shows. */
const refusals: readonly (readonly [ValueType, unknown, string])[] = [
  [{ kind: "bool" }, 1, "value"],
  [u8, 256, "value"],
  [u8, -1, "value"],
  [u8, 1.5, "value"],
  [u8, NaN, "value"],
  [u8, "1", "value"],
  [u8, 1n, "value"],
  [{ kind: "s8" }, 128, "value"],
  [{ kind: "u16" }, 65536, "value"],
  [{ kind: "s16" }, -32769, "value"],
  [u32, 2 ** 32, "value"],
  [{ kind: "s32" }, 2 ** 31, "value"],
  [{ kind: "u64" }, 1, "value"],
  [{ kind: "u64" }, -1n, "value"],
  [{ kind: "u64" }, 2n ** 64n, "value"],
  [{ kind: "s64" }, 2n ** 63n, "value"],
  [{ kind: "f64" }, 1n, "value"],
  [{ kind: "f32" }, 1e39, "value"],
  [{ kind: "f32" }, undefined, "value"],
  [{ kind: "char" }, "", "value"],
  [{ kind: "char" }, "ab", "value"],
  [{ kind: "char" }, "e\u0301", "value"],
  [{ kind: "char" }, "\ud800", "value"],
  [{ kind: "char" }, "\udc00\ud800", "value"],
  [text, "\ud800", "value"],
  [text, "a\udfffb", "value"],
  [text, null, "value"],
  [listOf(u8), "AA==", "value"],
  [listOf(u8), [256], "value[0]"],
  [listOf(u8), new Uint16Array(1), "value"],
  [listOf(u32), new Int32Array(1), "value"],
  [listOf({ kind: "s64" }), [1n, 1], "value[1]"],
  [listOf(text), ["a", "\ud800"], "value[1]"],
  [listOf(text), { length: 0 }, "value"],
  [{ kind: "tuple", elements: [u8, u8] }, [1], "value"],
  [{ kind: "tuple", elements: [u8, u8] }, [1, 2, 3], "value"],
  [{ kind: "tuple", elements: [u8, u8] }, [1, 300], "value[1]"],
  [person, { firstName: "x", age: 300, xRay: true }, "value.age"],
  [person, { firstName: "x", age: 3 }, "value.X-ray"],
  [person, { firstName: "x", age: 3, xRay: true, more: 1 }, "value"],
  [person, ["x"], "value"],
  [person, null, "value"],
  [shape, { tag: "square" }, "value"],
  [shape, { tag: "toString" }, "value"],
  [shape, "nothing", "value"],
  [shape, { tag: "nothing", val: 1 }, "value.nothing"],
  [shape, { tag: "circle" }, "value.circle"],
  [shape, { tag: "of-people", val: [{ firstName: 1, age: 1, xRay: true }] }, "value.of-people[0].first-name"],
  [color, "deepBlue", "value"],
  [color, 1, "value"],
  [rights, { read: 1 }, "value.read"],
  [rights, { "run-it": true }, "value"],
  [rights, undefined, "value"],
  [optionOf(u8), 256, "value"],
  [optionOf(optionOf(u8)), undefined, "value"],
  [optionOf(optionOf(u8)), 5, "value"],
  [optionOf(optionOf(u8)), { tag: "some", val: 256 }, "value[0]"],
  [optionOf(optionOf(u8)), { tag: "none", val: 1 }, "value"],
  [result, 5, "value"],
  [result, { tag: "ok", val: -1 }, "value.ok"],
  [result, { tag: "Ok", val: 1 }, "value"],
  [{ kind: "result" }, { tag: "ok", val: 1 }, "value.ok"],
  [{ kind: "own", resource: "a:b/c/thing" }, {}, "value"],
];

for (const [type, value, path] of refusals) {
  test(`compileEncoder() refuses ${show(value)} as ${type.kind} at ${path}`, () => {
    const encode = compileEncoder(type);
    throws(
      () => encode(value),
      (error) =>
        error instanceof BoundaryError && error.fault.code === "value_misfit" && error.fault.path === path,
    );
  });
}

test("compileEncoder() says what was wanted and what it got", () => {
  const encode = compileEncoder(listOf(person));
  throws(() => encode([{ firstName: "x", age: 300, xRay: true }]), {
    message: "Cannot encode value[0].age: wanted a u8, an integer from 0 to 255, got 300",
  });
});

test("compileEncoder() refuses a record with two fields of one name in JavaScript", () => {
  const fields = [{ name: "x86-64", type: u8 }, { name: "x8664", type: u8 }];
  throws(() => compileEncoder({ kind: "record", fields }), TypeError);
});

function show(value: unknown): string {
  const plain = JSON.stringify(value, (_key, inner) => typeof inner === "bigint" ? `${inner}n` : inner);
  return (plain ?? String(value)).toWellFormed();
}
