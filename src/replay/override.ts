import { BoundaryError, type CallRecord, compileDecoder } from "../boundary/mod.ts";
import type { ComponentType } from "../component/mod.ts";
import { canonicalize, type JsonValue } from "../codec/mod.ts";
import type { LogReader } from "../store/mod.ts";
import type { FunctionType } from "../value/mod.ts";
import { entryAt } from "./recorded_turn.ts";
import { OverrideError } from "./override_error.ts";

/** An answer, or a message, that is given instead of the recorded one. */
export interface Override {
  /** A `call` entry, or a `receive`. */
  readonly seq: number;
  /** JSON text: what the call answers, or the body of the message. */
  readonly text: string;
}

/** An override, and where it belongs. */
export interface PlacedOverride extends Override {
  readonly turn: number;
  /** The call of the turn that it answers; absent where it is the message. */
  readonly call?: number;
  /** The function that was called. */
  readonly function?: string;
}

/**
 * Finds the turns that overrides belong to, in the order of the chain.
 *
 * @throws {OverrideError} `not_overridable`
 * @throws {ReplayError} `damaged`
 */
export function placeOverrides(
  reader: LogReader,
  address: string,
  overrides: readonly Override[],
): PlacedOverride[] {
  const refuse = (seq: number, got: string) => {
    const wanted = "an entry of the kind call or receive";
    return new OverrideError({ code: "not_overridable", address, seq, wanted, got });
  };
  const placed = overrides.map((override): PlacedOverride => {
    const { seq } = override;
    const entry = entryAt(reader, address, seq);
    if (entry.kind === "receive") return { ...override, turn: entry.turn };
    if (entry.kind !== "call") throw refuse(seq, `a ${entry.kind}`);
    return { ...override, turn: entry.turn, call: entry.call, function: entry.function };
  }).sort((a, b) => a.seq - b.seq);
  placed.forEach(({ seq }, k) => {
    if (placed[k - 1]?.seq === seq) throw refuse(seq, "the same one twice");
  });
  return placed;
}

/**
 * The record of a call with another answer, which must be one that its function can give.
 *
 * @throws {OverrideError} `bad_override`
 */
export function answeredOtherwise(
  address: string,
  record: CallRecord,
  { seq, text }: Override,
  type: ComponentType,
): CallRecord {
  const refuse = (wanted: string, got: string) =>
    new OverrideError({ code: "bad_override", address, seq, function: record.function, wanted, got });
  const result = functionType(type, record.function)?.result;
  if (result === undefined) throw refuse("a function that answers something", "one that answers nothing");
  const decode = compileDecoder(result);
  const fits = (value: JsonValue): BoundaryError | undefined => {
    try {
      decode(value);
      return undefined;
    } catch (error) {
      if (!(error instanceof BoundaryError)) throw error;
      return error;
    }
  };
  const value: JsonValue = JSON.parse(text);
  const misfit = fits(value);
  const accept = (answer: JsonValue): CallRecord => ({
    ...record,
    outcome: "returned",
    result: canonicalize([answer]),
  });
  if (misfit === undefined) return accept(value);
  // As the part `result` has it, or a number where 64 bits are written as digits.
  if (Array.isArray(value) && value.length === 1 && value[0] !== undefined && fits(value[0]) === undefined) {
    return accept(value[0]);
  }
  if (typeof value === "number" && fits(text.trim()) === undefined) return accept(text.trim());
  if (misfit.fault.code !== "text_misfit") throw misfit;
  const { path, wanted, got } = misfit.fault;
  throw refuse(path === "value" ? wanted : `${wanted} at ${path}`, got);
}

function functionType(type: ComponentType, name: string): FunctionType | undefined {
  for (const item of type.imports) {
    if (item.kind === "function") {
      if (item.name === name) return item.type;
      continue;
    }
    if (name.startsWith(`${item.name}#`)) return item.functions.get(name.slice(item.name.length + 1));
  }
  return undefined;
}
