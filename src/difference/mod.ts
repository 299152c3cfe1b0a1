/**
 * What lies between two JSON texts: a tree that keeps every number as it was
 * written, the changes from one to the other, and those as a JSON Patch.
 *
 * Trusts no text: it is checked to be JSON, and its depth is bounded. Pure: no
 * I/O, clock or randomness. Layer 1.
 *
 * @example
 * ```ts
 * import { differences, formatPatch, parseVerbatim } from "./mod.ts";
 *
 * const changes = differences(parseVerbatim('{"cash":1.0}'), parseVerbatim('{"cash":12345678901234567890}'));
 * formatPatch(changes); // [{"op":"replace","path":"/cash","value":12345678901234567890}]
 * ```
 * @module
 */

export { differences, type JsonChange } from "./differences.ts";
export { fieldAt, formatPointer } from "./field.ts";
export { formatPatch } from "./json_patch.ts";
export {
  parseVerbatim,
  type VerbatimArray,
  type VerbatimJson,
  type VerbatimObject,
  type VerbatimScalar,
} from "./verbatim_json.ts";
