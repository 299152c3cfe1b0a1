/**
 * Values as canonical JSON (RFC 8785), led by their type, so that one value of
 * a type has one text and one text one value. Format: `docs/format/values.md`.
 *
 * What comes in has the shapes that jco lifts to and lowers from.
 *
 * @module
 */

import { toBase64 } from "../codec/mod.ts";
import type { RecordField, ValueType, VariantCase } from "../value/mod.ts";
import { type HandleView, noHandles } from "./handles.ts";
import { describeValue, Misfit, namedMisfit, within } from "./misfit.ts";
import { camelCase } from "./names.ts";
import { isScalar, isTagged, memberNames, resultCases } from "./shapes.ts";
import {
  bigRanges,
  floatText,
  integerRanges,
  isNumericKind,
  numericArrays,
  type NumericKind,
} from "./numbers.ts";

/** Writes one value; throws a {@linkcode Misfit}. */
export type Encoder = (value: unknown) => string;

/**
 * Makes a function that writes values of `type`. Values with resources it refuses.
 *
 * @throws {TypeError} where two fields of a record have the same name in JavaScript.
 * The function throws a {@linkcode BoundaryError} `value_misfit`, with a path below `value`.
 */
export function compileEncoder(type: ValueType): (value: unknown) => string {
  const encode = encoderOf(type, noHandles);
  return (value) => {
    try {
      return encode(value);
    } catch (error) {
      throw namedMisfit(error, "value_misfit", "value");
    }
  };
}

/** The same for inside this room. */
export function encoderOf(type: ValueType, handles: HandleView): Encoder {
  switch (type.kind) {
    case "bool":
      return encodeBool;
    case "u8":
    case "u16":
    case "u32":
    case "s8":
    case "s16":
    case "s32":
      return integerEncoder(type.kind);
    case "u64":
    case "s64":
      return bigEncoder(type.kind);
    case "f32":
      return encodeF32;
    case "f64":
      return encodeF64;
    case "char":
      return encodeChar;
    case "string":
      return encodeString;
    case "list":
      if (type.element.kind === "u8") return encodeBytes;
      return isNumericKind(type.element.kind)
        ? numericListEncoder(type.element.kind, encoderOf(type.element, handles))
        : listEncoder(encoderOf(type.element, handles));
    case "tuple":
      return tupleEncoder(type.elements.map((element) => encoderOf(element, handles)));
    case "record":
      return recordEncoder(type.fields, handles);
    case "variant":
      return variantEncoder(type.cases, handles);
    case "enum":
      return enumEncoder(type.names);
    case "flags":
      return flagsEncoder(type.names);
    case "option":
      return optionEncoder(type, handles);
    case "result":
      return variantEncoder(resultCases(type), handles, "null");
    case "own":
    case "borrow":
      return (value) => String(handles.numberOf(type, value));
  }
}

const encodeBool: Encoder = (value) => {
  if (typeof value !== "boolean") throw new Misfit("true or false", describeValue(value));
  return value ? "true" : "false";
};

function integerEncoder(kind: keyof typeof integerRanges): Encoder {
  const { min, max } = integerRanges[kind];
  return (value) => {
    if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) {
      throw new Misfit(`a ${kind}, an integer from ${min} to ${max}`, describeValue(value));
    }
    return String(value);
  };
}

function bigEncoder(kind: keyof typeof bigRanges): Encoder {
  const { min, max } = bigRanges[kind];
  return (value) => {
    if (typeof value !== "bigint" || value < min || value > max) {
      throw new Misfit(`a ${kind}, a big integer from ${min} to ${max}`, describeValue(value));
    }
    return `"${value}"`;
  };
}

const encodeF32: Encoder = (value) => {
  if (typeof value !== "number") throw new Misfit("a f32, a number", describeValue(value));
  const rounded = Math.fround(value);
  if (Number.isFinite(value) && !Number.isFinite(rounded)) {
    throw new Misfit("a number that a f32 can hold", describeValue(value));
  }
  return floatText(rounded);
};

const encodeF64: Encoder = (value) => {
  if (typeof value !== "number") throw new Misfit("a f64, a number", describeValue(value));
  return floatText(value);
};

const encodeChar: Encoder = (value) => {
  if (typeof value !== "string" || !isScalar(value)) {
    throw new Misfit("a char, a string of one Unicode scalar value", describeValue(value));
  }
  return JSON.stringify(value);
};

/** Throws unless `value` is text that UTF-8 can hold. */
export function wellFormedText(value: unknown): string {
  if (typeof value !== "string") throw new Misfit("a string", describeValue(value));
  if (!value.isWellFormed()) throw new Misfit("a string of Unicode text", "one with a lone surrogate");
  return value;
}

// RFC 8785 §3.2.2.2 is defined by what JSON.stringify writes.
const encodeString: Encoder = (value) => JSON.stringify(wellFormedText(value));

const encodeBytes: Encoder = (value) => {
  if (value instanceof Uint8Array) return `"${toBase64(value)}"`;
  if (!Array.isArray(value)) throw new Misfit("a Uint8Array", describeValue(value));
  const bytes = new Uint8Array(value.length);
  const check = integerEncoder("u8");
  for (let i = 0; i < value.length; i++) {
    try {
      check(value[i]);
    } catch (error) {
      throw within(error, `[${i}]`);
    }
    bytes[i] = value[i];
  }
  return `"${toBase64(bytes)}"`;
};

function numericListEncoder(kind: NumericKind, element: Encoder): Encoder {
  const list = listEncoder(element);
  return (value) => {
    if (!(value instanceof numericArrays[kind])) return list(value);
    switch (kind) {
      case "s8":
      case "u16":
      case "s16":
      case "u32":
      case "s32":
        return `[${value.join(",")}]`; // Whatever is in such an array is in range.
      case "u64":
      case "s64":
        return value.length === 0 ? "[]" : `["${value.join('","')}"]`;
      case "f32":
      case "f64": {
        let text = "[";
        for (let i = 0; i < value.length; i++) text += (i === 0 ? "" : ",") + floatText(Number(value[i]));
        return text + "]";
      }
    }
  };
}

function listEncoder(element: Encoder): Encoder {
  return (value) => {
    if (!Array.isArray(value)) throw new Misfit("a list, an array", describeValue(value));
    let text = "[";
    let i = 0;
    try {
      for (; i < value.length; i++) text += (i === 0 ? "" : ",") + element(value[i]);
    } catch (error) {
      throw within(error, `[${i}]`);
    }
    return text + "]";
  };
}

function tupleEncoder(elements: readonly Encoder[]): Encoder {
  return (value) => {
    if (!Array.isArray(value) || value.length !== elements.length) {
      throw new Misfit(`a tuple, an array of ${elements.length}`, describeValue(value));
    }
    return encodeEach(elements, value);
  };
}

/** Writes as many values as there are encoders, as an array. */
export function encodeEach(encoders: readonly Encoder[], values: readonly unknown[]): string {
  let text = "[";
  let i = 0;
  try {
    for (const encode of encoders) {
      text += (i === 0 ? "" : ",") + encode(values[i]);
      i++;
    }
  } catch (error) {
    throw within(error, `[${i}]`);
  }
  return text + "]";
}

function members(
  value: unknown,
  known: ReadonlySet<string>,
  wanted: string,
): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Misfit(wanted, describeValue(value));
  }
  for (const name of Object.keys(value)) {
    if (!known.has(name)) {
      throw new Misfit(`${wanted} and no ${JSON.stringify(name).toWellFormed()}`, describeValue(value));
    }
  }
  return value as Readonly<Record<string, unknown>>;
}

function recordEncoder(fields: readonly RecordField[], handles: HandleView): Encoder {
  const names = memberNames(fields.map((field) => field.name));
  const known = new Set(names);
  const wanted = `an object with ${names.join(", ")}`;
  // Handles are numbered as they cross, fields by declaration; but the text is sorted.
  const parts = fields.map(({ name, type }) => ({
    name,
    member: camelCase(name),
    encode: encoderOf(type, handles),
  }));
  const sorted = sortedPlaces(fields).map((place, i) => ({
    place,
    prefix: `${i === 0 ? "{" : ","}${JSON.stringify(fields[place]?.name)}:`,
  }));
  return (value) => {
    const object = members(value, known, wanted);
    const texts: string[] = [];
    for (const { name, member, encode } of parts) {
      try {
        texts.push(encode(object[member]));
      } catch (error) {
        throw within(error, `.${name}`);
      }
    }
    let text = sorted.length === 0 ? "{" : "";
    for (const { place, prefix } of sorted) text += prefix + texts[place];
    return text + "}";
  };
}

/** The places of fields in the order of their names by UTF-16 code units, as RFC 8785 §3.2.3 sorts. */
function sortedPlaces(fields: readonly RecordField[]): readonly number[] {
  const byName = fields.map(({ name }, place) => ({ name, place })).sort((a, b) => a.name < b.name ? -1 : 1);
  return byName.map(({ place }) => place);
}

/** @param bare what a case without a payload carries; none, and the case is a string by itself. */
function variantEncoder(cases: readonly VariantCase[], handles: HandleView, bare?: string): Encoder {
  const byName = new Map(cases.map(({ name, type }) => {
    const quoted = JSON.stringify(name);
    const empty = bare === undefined ? quoted : `{${quoted}:${bare}}`;
    return [name, { empty, prefix: `{${quoted}:`, encode: type && encoderOf(type, handles) }];
  }));
  const wanted = `an object whose tag is one of ${cases.map(({ name }) => name).join(", ")}`;
  return (value) => {
    const { tag, val } = tagged(value, wanted);
    const found = typeof tag === "string" ? byName.get(tag) : undefined;
    if (found === undefined) throw new Misfit(wanted, `the tag ${describeValue(tag)}`);
    try {
      if (found.encode !== undefined) return found.prefix + found.encode(val) + "}";
      if (val !== undefined) throw new Misfit("nothing", describeValue(val));
      return found.empty;
    } catch (error) {
      throw within(error, `.${tag}`);
    }
  };
}

function tagged(value: unknown, wanted: string): { readonly tag: unknown; readonly val: unknown } {
  if (typeof value !== "object" || value === null || !("tag" in value)) {
    throw new Misfit(wanted, describeValue(value));
  }
  return { tag: value.tag, val: "val" in value ? value.val : undefined };
}

function enumEncoder(names: readonly string[]): Encoder {
  const byName = new Map(names.map((name) => [name, JSON.stringify(name)]));
  return (value) => {
    const text = typeof value === "string" ? byName.get(value) : undefined;
    if (text === undefined) throw new Misfit(`one of ${names.join(", ")}`, describeValue(value));
    return text;
  };
}

function flagsEncoder(names: readonly string[]): Encoder {
  const known = new Set(memberNames(names));
  const parts = names.map((name) => ({ name, member: camelCase(name), quoted: JSON.stringify(name) }));
  const wanted = `an object with true or false for ${names.map(camelCase).join(", ")}`;
  return (value) => {
    const object = members(value, known, wanted);
    let text = "[";
    for (const { name, member, quoted } of parts) {
      const set = object[member];
      if (set === true) text += (text === "[" ? "" : ",") + quoted;
      else if (set !== false && set !== undefined) {
        throw within(new Misfit("true or false", describeValue(set)), `.${name}`);
      }
    }
    return text + "]";
  };
}

function optionEncoder(type: Extract<ValueType, { kind: "option" }>, handles: HandleView): Encoder {
  const encode = encoderOf(type.some, handles);
  const some = type.some.kind !== "option" ? encode : (value: unknown) => {
    try {
      return `[${encode(value)}]`; // Or the none within would look like the one without.
    } catch (error) {
      throw within(error, "[0]");
    }
  };
  if (!isTagged(type)) return (value) => value === undefined || value === null ? "null" : some(value);
  const wanted = "an object whose tag is none or some";
  return (value) => {
    const { tag, val } = tagged(value, wanted);
    if (tag === "some") return some(val);
    if (tag === "none" && val === undefined) return "null";
    throw new Misfit(wanted, describeValue(value));
  };
}
