/**
 * Values out of JSON, led by their type: the inverse of `encode.ts`, which
 * refuses whatever that cannot have written.
 *
 * What comes out has the shapes that jco lowers from.
 *
 * @module
 */

import { CodecError, fromBase64, isJsonObject, type JsonObject, type JsonValue } from "../codec/mod.ts";
import type { RecordField, ValueType, VariantCase } from "../value/mod.ts";
import { type HandleView, noHandles } from "./handles.ts";
import { describeValue, Misfit, namedMisfit, within } from "./misfit.ts";
import {
  bigRanges,
  integerRanges,
  isNumericKind,
  namedFloats,
  numericArrays,
  type NumericKind,
} from "./numbers.ts";
import { isScalar, isTagged, memberNames, resultCases } from "./shapes.ts";

/** Reads one value; throws a {@linkcode Misfit}. */
export type Decoder = (json: JsonValue) => unknown;

/**
 * Makes a function that reads values of `type` out of canonical JSON that was
 * parsed. Values with resources it refuses.
 *
 * @throws {TypeError} where two fields of a record have the same name in JavaScript.
 * The function throws a {@linkcode BoundaryError} `text_misfit`, with a path below `value`.
 */
export function compileDecoder(type: ValueType): (json: JsonValue) => unknown {
  const decode = decoderOf(type, noHandles);
  return (json) => {
    try {
      return decode(json);
    } catch (error) {
      throw namedMisfit(error, "text_misfit", "value");
    }
  };
}

/** The same for inside this room. */
export function decoderOf(type: ValueType, handles: HandleView): Decoder {
  switch (type.kind) {
    case "bool":
      return decodeBool;
    case "u8":
    case "u16":
    case "u32":
    case "s8":
    case "s16":
    case "s32":
      return integerDecoder(type.kind);
    case "u64":
    case "s64":
      return bigDecoder(type.kind);
    case "f32":
      return decodeF32;
    case "f64":
      return decodeF64;
    case "char":
      return decodeChar;
    case "string":
      return decodeString;
    case "list":
      if (type.element.kind === "u8") return decodeBytes;
      return isNumericKind(type.element.kind)
        ? numericListDecoder(type.element.kind, decoderOf(type.element, handles))
        : listDecoder(decoderOf(type.element, handles));
    case "tuple":
      return tupleDecoder(type.elements.map((element) => decoderOf(element, handles)));
    case "record":
      return recordDecoder(type.fields, handles);
    case "variant":
      return variantDecoder(type.cases, handles);
    case "enum":
      return enumDecoder(type.names);
    case "flags":
      return flagsDecoder(type.names);
    case "option":
      return optionDecoder(type, handles);
    case "result":
      return resultDecoder(resultCases(type), handles);
    case "own":
    case "borrow":
      return (json) => {
        if (typeof json !== "number" || !Number.isInteger(json) || json < 1) {
          throw new Misfit("a handle, an integer from 1", describeValue(json));
        }
        return handles.resourceOf(type, json);
      };
  }
}

const decodeBool: Decoder = (json) => {
  if (typeof json !== "boolean") throw new Misfit("true or false", describeValue(json));
  return json;
};

function integerDecoder(kind: keyof typeof integerRanges): Decoder {
  const { min, max } = integerRanges[kind];
  return (json) => {
    if (
      typeof json !== "number" || !Number.isInteger(json) || json < min || json > max || Object.is(json, -0)
    ) {
      throw new Misfit(`an integer from ${min} to ${max}`, describeValue(json));
    }
    return json;
  };
}

function bigDecoder(kind: keyof typeof bigRanges): Decoder {
  const { min, max } = bigRanges[kind];
  return (json) => {
    // BigInt() alone would take "", "0x10" and " 1 "; twenty characters hold the longest.
    if (typeof json === "string" && json.length <= 20 && /^(?:0|-?[1-9][0-9]*)$/.test(json)) {
      const value = BigInt(json);
      if (value >= min && value <= max) return value;
    }
    throw new Misfit(`a string of decimal digits from ${min} to ${max}`, describeValue(json));
  };
}

const wantedFloat = `a number, "nan", "inf", "-inf" or "-0"`;

const decodeF64: Decoder = (json) => {
  if (typeof json === "number" && Number.isFinite(json) && !Object.is(json, -0)) return json;
  const named = typeof json === "string" ? namedFloats.get(json) : undefined;
  if (named === undefined) throw new Misfit(wantedFloat, describeValue(json));
  return named;
};

const decodeF32: Decoder = (json) => {
  if (typeof json === "number" && Math.fround(json) !== json) {
    throw new Misfit("a number that a f32 holds exactly", describeValue(json));
  }
  return decodeF64(json);
};

const decodeChar: Decoder = (json) => {
  if (typeof json !== "string" || !isScalar(json)) {
    throw new Misfit("a string of one Unicode scalar value", describeValue(json));
  }
  return json;
};

const decodeString: Decoder = (json) => {
  if (typeof json !== "string" || !json.isWellFormed()) {
    throw new Misfit("a string of Unicode text", describeValue(json));
  }
  return json;
};

const decodeBytes: Decoder = (json) => {
  if (typeof json !== "string") throw new Misfit("a string in base64", describeValue(json));
  try {
    return fromBase64(json);
  } catch (error) {
    throw error instanceof CodecError ? new Misfit("a string in base64, padded", describeValue(json)) : error;
  }
};

function arrayOf(json: JsonValue, length?: number): readonly JsonValue[] {
  if (Array.isArray(json) && (length === undefined || json.length === length)) return json;
  throw new Misfit(length === undefined ? "an array" : `an array of ${length}`, describeValue(json));
}

/** Reads as many values as there are decoders, out of an array of just that many. */
export function decodeEach(decoders: readonly Decoder[], json: JsonValue): unknown[] {
  const items = arrayOf(json, decoders.length);
  return decoders.map((decode, i) => {
    try {
      return decode(items[i] as JsonValue);
    } catch (error) {
      throw within(error, `[${i}]`);
    }
  });
}

function listDecoder(element: Decoder): (json: JsonValue) => unknown[] {
  return (json) =>
    arrayOf(json).map((item, i) => {
      try {
        return element(item);
      } catch (error) {
        throw within(error, `[${i}]`);
      }
    });
}

function numericListDecoder(kind: NumericKind, element: Decoder): Decoder {
  const list = listDecoder(element);
  switch (kind) {
    case "u64":
    case "s64": {
      const BigArray = numericArrays[kind];
      return (json) => BigArray.from(list(json) as bigint[]);
    }
    case "s8":
    case "u16":
    case "s16":
    case "u32":
    case "s32":
    case "f32":
    case "f64": {
      const NumberArray = numericArrays[kind];
      return (json) => NumberArray.from(list(json) as number[]);
    }
  }
}

function tupleDecoder(elements: readonly Decoder[]): Decoder {
  return (json) => decodeEach(elements, json);
}

function objectOf(json: JsonValue, wanted: string, size: number): JsonObject {
  if (!isJsonObject(json) || Object.keys(json).length !== size) throw new Misfit(wanted, describeValue(json));
  return json;
}

function recordDecoder(fields: readonly RecordField[], handles: HandleView): Decoder {
  const members = memberNames(fields.map((field) => field.name));
  const parts = fields.map(({ name, type }, i) => ({
    name,
    member: members[i] ?? name,
    decode: decoderOf(type, handles),
  }));
  const wanted = `an object with ${fields.map((field) => field.name).join(", ")}`;
  return (json) => {
    const object = objectOf(json, wanted, parts.length);
    const value: Record<string, unknown> = {};
    for (const { name, member, decode } of parts) { // In the order of declaration, by which handles are numbered.
      if (!Object.hasOwn(object, name)) throw new Misfit(wanted, describeValue(json));
      try {
        value[member] = decode(object[name] as JsonValue);
      } catch (error) {
        throw within(error, `.${name}`);
      }
    }
    return value;
  };
}

/** The one member of an object that stands for a case with a payload. */
function onlyMember(json: JsonValue, wanted: string): readonly [name: string, value: JsonValue] {
  const [entry] = Object.entries(objectOf(json, wanted, 1));
  if (entry === undefined) throw new Misfit(wanted, describeValue(json));
  return entry;
}

function variantDecoder(cases: readonly VariantCase[], handles: HandleView): Decoder {
  const bare = new Set(cases.filter(({ type }) => type === undefined).map(({ name }) => name));
  const laden = new Map(cases.flatMap(({ name, type }) => type ? [[name, decoderOf(type, handles)]] : []));
  const wanted = [
    ...[...bare].map((name) => JSON.stringify(name)),
    ...[...laden.keys()].map((name) => `{${JSON.stringify(name)}: …}`),
  ].join(" or ");
  return (json) => {
    if (typeof json === "string" && bare.has(json)) return { tag: json };
    const [tag, payload] = onlyMember(json, wanted);
    const decode = laden.get(tag);
    if (decode === undefined) throw new Misfit(wanted, describeValue(json));
    try {
      return { tag, val: decode(payload) };
    } catch (error) {
      throw within(error, `.${tag}`);
    }
  };
}

function resultDecoder(cases: readonly VariantCase[], handles: HandleView): Decoder {
  const decoders = new Map(
    cases.map(({ name, type }) => [name, type ? decoderOf(type, handles) : decodeNothing]),
  );
  const wanted = `{"ok": …} or {"err": …}`;
  return (json) => {
    const [tag, payload] = onlyMember(json, wanted);
    const decode = decoders.get(tag);
    if (decode === undefined) throw new Misfit(wanted, describeValue(json));
    try {
      return { tag, val: decode(payload) };
    } catch (error) {
      throw within(error, `.${tag}`);
    }
  };
}

const decodeNothing: Decoder = (json) => {
  if (json !== null) throw new Misfit("null", describeValue(json));
  return undefined;
};

function enumDecoder(names: readonly string[]): Decoder {
  const known = new Set(names);
  return (json) => {
    if (typeof json !== "string" || !known.has(json)) {
      throw new Misfit(`one of ${names.map((name) => JSON.stringify(name)).join(", ")}`, describeValue(json));
    }
    return json;
  };
}

function flagsDecoder(names: readonly string[]): Decoder {
  const members = memberNames(names);
  const places = new Map(names.map((name, i) => [name, i]));
  const wanted = `some of ${names.map((name) => JSON.stringify(name)).join(", ")}, in this order`;
  return (json) => {
    const value: Record<string, boolean> = {};
    for (const member of members) value[member] = false;
    let previous = -1;
    for (const name of arrayOf(json)) {
      const place = typeof name === "string" ? places.get(name) : undefined;
      const member = place === undefined ? undefined : members[place];
      if (place === undefined || member === undefined || place <= previous) {
        throw new Misfit(wanted, describeValue(name));
      }
      previous = place;
      value[member] = true;
    }
    return value;
  };
}

function optionDecoder(type: Extract<ValueType, { kind: "option" }>, handles: HandleView): Decoder {
  const decode = decoderOf(type.some, handles);
  const some: Decoder = type.some.kind !== "option" ? decode : (json) => {
    const [payload] = arrayOf(json, 1);
    try {
      return decode(payload as JsonValue);
    } catch (error) {
      throw within(error, "[0]");
    }
  };
  if (!isTagged(type)) return (json) => json === null ? undefined : some(json);
  return (json) => json === null ? { tag: "none" } : { tag: "some", val: some(json) };
}
