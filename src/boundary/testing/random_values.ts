/**
 * Types and values from a seed, for the tests of this room.
 *
 * @module
 */

import type { PrimitiveKind, ValueType } from "../../value/mod.ts";
import { camelCase } from "../names.ts";
import { bigRanges, integerRanges, isNumericKind, numericArrays } from "../numbers.ts";
import { isTagged } from "../shapes.ts";

/** Numbers below a bound, all from one seed (mulberry32). */
export type Random = (below: number) => number;

export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const primitives: readonly PrimitiveKind[] = [
  "bool",
  "u8",
  "u16",
  "u32",
  "u64",
  "s8",
  "s16",
  "s32",
  "s64",
  "f32",
  "f64",
  "char",
  "string",
];

function many<T>(random: Random, max: number, make: (i: number) => T, min = 0): T[] {
  return Array.from({ length: min + random(max - min + 1) }, (_, i) => make(i));
}

function pick<T>(random: Random, items: readonly T[]): T {
  return items[random(items.length)] as T;
}

/** A type without resources, nested to `depth`. */
export function randomType(random: Random, depth: number): ValueType {
  const inner = () => randomType(random, depth - 1);
  const maybe = () => random(3) === 0 ? undefined : inner();
  if (depth === 0 || random(4) === 0) return { kind: pick(random, primitives) };
  switch (random(9)) {
    case 0:
      return { kind: "list", element: inner() };
    case 1:
      return { kind: "tuple", elements: many(random, 3, inner, 1) };
    case 2:
      return {
        kind: "record",
        fields: many(random, 4, (i) => ({ name: name(random, i), type: inner() }), 1),
      };
    case 3: {
      const cases = many(random, 4, (i) => ({ name: name(random, i), type: maybe() }), 1);
      return { kind: "variant", cases: cases.map(({ name, type }) => type ? { name, type } : { name }) };
    }
    case 4:
      return { kind: "enum", names: many(random, 5, (i) => name(random, i), 1) };
    case 5:
      return { kind: "flags", names: many(random, 40, (i) => name(random, i), 1) };
    case 6:
    case 7:
      return { kind: "option", some: inner() };
    default: {
      const ok = maybe();
      const err = maybe();
      return { kind: "result", ...(ok && { ok }), ...(err && { err }) };
    }
  }
}

/** A name of its own in any order of sorting; some are traps for JavaScript. */
function name(random: Random, i: number): string {
  const word = pick(random, [
    "a",
    "z",
    "to-string",
    "constructor",
    "A-B",
    "has-own-property",
    "then",
    "tag",
    "val",
  ]);
  return `${word}-n${i}`;
}

function randomText(random: Random): string {
  return many(random, 6, () => randomChar(random)).join("");
}

function randomChar(random: Random): string {
  const range = pick(random, [[0, 0x80], [0x80, 0xd800], [0xe000, 0x10000], [0x10000, 0x110000]] as const);
  return String.fromCodePoint(range[0] + random(range[1] - range[0]));
}

function randomDouble(random: Random): number {
  if (random(3) === 0) return pick(random, [0, -0, NaN, Infinity, -Infinity, 1, 1e21, 5e-324, 2 ** 53, 0.1]);
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, random(2 ** 32));
  view.setUint32(4, random(2 ** 32));
  const double = view.getFloat64(0);
  return Number.isNaN(double) ? NaN : double; // With the bits that a decoded one has.
}

function randomPrimitive(random: Random, kind: PrimitiveKind): unknown {
  switch (kind) {
    case "bool":
      return random(2) === 1;
    case "u8":
    case "u16":
    case "u32":
    case "s8":
    case "s16":
    case "s32": {
      const { min, max } = integerRanges[kind];
      return pick(random, [min, max, min + random(max - min + 1)]);
    }
    case "u64":
    case "s64": {
      const { min, max } = bigRanges[kind];
      const any = BigInt(random(2 ** 32)) << 32n | BigInt(random(2 ** 32));
      return pick(random, [min, max, min + any]);
    }
    case "f32":
      return Math.fround(randomDouble(random));
    case "f64":
      return randomDouble(random);
    case "char":
      return randomChar(random);
    case "string":
      return randomText(random);
  }
}

/** A value of the type, as jco lifts it; often at its edges. */
export function randomValue(random: Random, type: ValueType): unknown {
  switch (type.kind) {
    case "list": {
      const items = many(random, 4, () => randomValue(random, type.element));
      const { kind } = type.element;
      if (kind === "u8") return Uint8Array.from(items as number[]);
      if (!isNumericKind(kind)) return items;
      return Reflect.apply(numericArrays[kind].from, numericArrays[kind], [items]);
    }
    case "tuple":
      return type.elements.map((element) => randomValue(random, element));
    case "record":
      return Object.fromEntries(
        type.fields.map((field) => [camelCase(field.name), randomValue(random, field.type)]),
      );
    case "variant": {
      const one = pick(random, type.cases);
      return one.type ? { tag: one.name, val: randomValue(random, one.type) } : { tag: one.name };
    }
    case "enum":
      return pick(random, type.names);
    case "flags":
      return Object.fromEntries(type.names.map((flag) => [camelCase(flag), random(2) === 1]));
    case "option": {
      const some = random(2) === 1;
      if (!isTagged(type)) return some ? randomValue(random, type.some) : undefined;
      return some ? { tag: "some", val: randomValue(random, type.some) } : { tag: "none" };
    }
    case "result": {
      const tag = pick(random, ["ok", "err"] as const);
      const side = type[tag];
      return { tag, val: side && randomValue(random, side) };
    }
    case "own":
    case "borrow":
      throw new TypeError("Cannot make a resource: this test makes values only");
    default:
      return randomPrimitive(random, type.kind);
  }
}
