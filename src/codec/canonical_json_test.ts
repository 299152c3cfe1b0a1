import { deepEqual, equal, throws } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import {
  CANONICAL_DEPTH_MAX,
  canonicalize,
  CodecError,
  encodeUtf8,
  fromHex,
  type JsonValue,
  parseCanonical,
} from "./mod.ts";

const vectors = new URL("../../tests/vectors/jcs/", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, vectors), "utf8");

for (const file of readdirSync(new URL("input/", vectors))) {
  test(`canonicalize() writes the RFC 8785 vector ${file}`, () => {
    const input = JSON.parse(read(`input/${file}`)) as JsonValue;
    const canonical = canonicalize(input);
    equal(canonical, read(`output/${file}`));
    deepEqual(
      encodeUtf8(canonical),
      fromHex(read(`outhex/${file.replace(".json", ".txt")}`).replace(/\s+/g, "")),
    );
    deepEqual(parseCanonical(canonical), input);
  });
}

interface EdgeCase {
  readonly jsonText: string;
  readonly expect: string | null;
  readonly theater?: string;
}

for (
  const { jsonText, expect, theater } of (JSON.parse(read("edge-cases.json")) as { cases: EdgeCase[] }).cases
) {
  test(`the edge case ${jsonText}`, () => {
    if (expect === null) {
      // A duplicate name is lost on the way through JSON.parse; the strict reader below catches it.
      if (theater === undefined) throws(() => canonicalize(JSON.parse(jsonText) as JsonValue), CodecError);
    } else {
      equal(canonicalize(JSON.parse(jsonText) as JsonValue), expect);
      equal(canonicalize(parseCanonical(expect)), expect);
    }
    throws(() => parseCanonical(jsonText), CodecError);
  });
}

// RFC 8785 appendix B: IEEE 754 bits and how they are written.
const numbers = [
  ["0000000000000000", "0"],
  ["8000000000000000", "0"],
  ["0000000000000001", "5e-324"],
  ["8000000000000001", "-5e-324"],
  ["7fefffffffffffff", "1.7976931348623157e+308"],
  ["ffefffffffffffff", "-1.7976931348623157e+308"],
  ["4340000000000000", "9007199254740992"],
  ["c340000000000000", "-9007199254740992"],
  ["4430000000000000", "295147905179352830000"],
  ["44b52d02c7e14af5", "9.999999999999997e+22"],
  ["44b52d02c7e14af6", "1e+23"],
  ["44b52d02c7e14af7", "1.0000000000000001e+23"],
  ["444b1ae4d6e2ef4e", "999999999999999700000"],
  ["444b1ae4d6e2ef4f", "999999999999999900000"],
  ["444b1ae4d6e2ef50", "1e+21"],
  ["3eb0c6f7a0b5ed8c", "9.999999999999997e-7"],
  ["3eb0c6f7a0b5ed8d", "0.000001"],
  ["41b3de4355555553", "333333333.3333332"],
  ["41b3de4355555554", "333333333.33333325"],
  ["41b3de4355555555", "333333333.3333333"],
  ["41b3de4355555556", "333333333.3333334"],
  ["41b3de4355555557", "333333333.33333343"],
  ["becbf647612f3696", "-0.0000033333333333333333"],
  ["43143ff3c1cb0959", "1424953923781206.2"],
] as const;

test("canonicalize() writes the numbers of RFC 8785 appendix B", () => {
  for (const [bits, text] of numbers) {
    const value = new DataView(fromHex(bits, 8).buffer).getFloat64(0);
    equal(canonicalize(value), text);
    equal(parseCanonical(text), value === 0 ? 0 : value);
  }
});

class Point {
  readonly x = 1;
}

const unwritable: readonly (readonly [string, unknown, string])[] = [
  ["NaN", NaN, "Cannot write the value as canonical JSON: wanted a finite number, got NaN"],
  [
    "Infinity",
    { a: [1, -Infinity] },
    'Cannot write the value["a"][1] as canonical JSON: wanted a finite number, got -Infinity',
  ],
  [
    "undefined",
    { a: undefined },
    'Cannot write the value["a"] as canonical JSON: wanted a JSON value, got a value of type undefined',
  ],
  [
    "a hole",
    [, 1],
    "Cannot write the value[0] as canonical JSON: wanted a JSON value, got a value of type undefined",
  ],
  [
    "a big integer",
    [1n],
    "Cannot write the value[0] as canonical JSON: wanted a JSON value, got a value of type bigint",
  ],
  [
    "a function",
    { toJSON: () => 1 },
    'Cannot write the value["toJSON"] as canonical JSON: wanted a JSON value, got a value of type function',
  ],
  [
    "a date",
    new Date(0),
    "Cannot write the value as canonical JSON: wanted a plain object, got an object of a class",
  ],
  [
    "an instance",
    [new Point()],
    "Cannot write the value[0] as canonical JSON: wanted a plain object, got an object of a class",
  ],
  [
    "bytes",
    new Uint8Array(1),
    "Cannot write the value as canonical JSON: wanted a plain object, got an object of a class",
  ],
  [
    "a lone surrogate",
    ["\ud800"],
    "Cannot write the value[0] as canonical JSON: wanted Unicode text, got a lone surrogate",
  ],
  [
    "a lone surrogate in a name",
    { "\udc00": 1 },
    'Cannot write the value["\\udc00"] as canonical JSON: wanted Unicode text, got a lone surrogate',
  ],
];

for (const [name, value, message] of unwritable) {
  test(`canonicalize() refuses ${name}`, () => {
    throws(
      () => canonicalize(value as JsonValue),
      (e) => e instanceof CodecError && (equal(e.message, message), true),
    );
  });
}

test("canonicalize() and parseCanonical() bound the depth alike", () => {
  const nest = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  const deepest = parseCanonical(nest(CANONICAL_DEPTH_MAX));
  equal(canonicalize(deepest), nest(CANONICAL_DEPTH_MAX));
  throws(() => canonicalize([deepest]), CodecError);
  throws(() => parseCanonical(nest(CANONICAL_DEPTH_MAX + 1)), CodecError);
  throws(() => parseCanonical("[".repeat(1_000_000)), CodecError);
  const circle: JsonValue[] = [];
  circle.push(circle);
  throws(() => canonicalize(circle), CodecError);
});
