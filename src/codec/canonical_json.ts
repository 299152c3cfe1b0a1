/**
 * Writing canonical JSON (RFC 8785): one value, one byte string.
 *
 * ```
 * {"a":[1,true,null],"é":"\n"}
 * ```
 * @module
 */

import { CodecError } from "./codec_error.ts";
import type { JsonObject, JsonValue } from "./json_value.ts";
import { isJsonObject } from "./json_value.ts";

/** Levels of arrays and objects that canonical JSON may nest; a scalar has none. */
export const CANONICAL_DEPTH_MAX = 256;

/**
 * Writes a value as canonical JSON: members sorted by the UTF-16 code units of
 * their names, numbers as ECMAScript writes them, no whitespace. Negative zero
 * becomes `0` (RFC 8785 §3.2.2.3).
 *
 * @throws {CodecError} `not_json_value`: NaN, infinities, undefined, holes,
 * functions, big integers, lone surrogates, objects of a class, or more than
 * {@linkcode CANONICAL_DEPTH_MAX} levels.
 */
export function canonicalize(value: JsonValue): string {
  return write(value, null, 0);
}

/** Where a value stands: a list from the inside out, so that it costs nothing until an error needs it. */
interface Place {
  readonly parent: Place | null;
  readonly step: string | number;
}

function write(value: JsonValue, place: Place | null, depth: number): string {
  switch (typeof value) {
    case "string":
      return writeString(value, place);
    case "number":
      if (Number.isFinite(value)) return String(value);
      return refuse("a finite number", String(value), place);
    case "boolean":
      return value ? "true" : "false";
    case "object":
      if (value === null) return "null";
      if (depth >= CANONICAL_DEPTH_MAX) {
        return refuse(`at most ${CANONICAL_DEPTH_MAX} levels of nesting`, "one more", place);
      }
      return isJsonObject(value) ? writeObject(value, place, depth) : writeArray(value, place, depth);
    case "undefined":
    case "function":
    case "symbol":
    case "bigint":
      return refuse("a JSON value", `a value of type ${typeof value}`, place); // The types say never; callers may not.
  }
}

function writeString(text: string, place: Place | null): string {
  if (!text.isWellFormed()) return refuse("Unicode text", "a lone surrogate", place);
  return JSON.stringify(text); // RFC 8785 §3.2.2.2 is defined by what this writes.
}

function writeArray(items: readonly JsonValue[], place: Place | null, depth: number): string {
  let out = "[";
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as JsonValue; // A hole is undefined, which write() refuses.
    out += (i === 0 ? "" : ",") + write(item, { parent: place, step: i }, depth + 1);
  }
  return out + "]";
}

function writeObject(object: JsonObject, place: Place | null, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) {
    return refuse("a plain object", "an object of a class", place);
  }
  let out = "{";
  for (const name of Object.keys(object).sort()) { // Without a comparator: by UTF-16 code units.
    const member = { parent: place, step: name };
    const value = object[name] as JsonValue;
    out += (out === "{" ? "" : ",") + writeString(name, member) + ":" + write(value, member, depth + 1);
  }
  return out + "}";
}

function refuse(wanted: string, got: string, place: Place | null): never {
  const steps: string[] = [];
  for (let at = place; at !== null; at = at.parent) {
    steps.unshift(typeof at.step === "number" ? `[${at.step}]` : `[${JSON.stringify(at.step)}]`);
  }
  throw new CodecError({ code: "not_json_value", wanted, got, path: ["the value", ...steps].join("") });
}
