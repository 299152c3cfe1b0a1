/**
 * Reads the locals of a function.
 * @module
 */

import { LimitError } from "../fault.ts";
import { LOCALS_MAX } from "../instrumentation.ts";
import type { Reader } from "../reader.ts";
import { type FunctionType, V128 } from "../shape.ts";

/** How many locals the rewriter may add, so that no function has more than engines take. */
export const ADDED_LOCALS_MAX = 5;

/** The params and locals of one function. */
export interface Locals {
  /** Params and locals. */
  readonly count: number;
  readonly params: number;
  /** Slots of the locals alone; a v128 takes two. */
  readonly slots: number;
  /** Whether one of all is a v128. */
  readonly vectors: boolean;
  /** Their value types, or nothing where nobody asked for them. */
  readonly types: Uint8Array;
  /** Groups in which the locals are declared, and `[from, to)` of the groups' bytes. */
  readonly groups: number;
  readonly from: number;
  readonly to: number;
}

const NONE = new Uint8Array();

/** Reads the declarations at `reader`. @throws {LimitError} */
export function readLocals(reader: Reader, type: FunctionType, withTypes: boolean): Locals {
  const groups = reader.count();
  const from = reader.position;
  let count = type.paramCount;
  let slots = 0;
  let vectors = type.vectors;
  for (let left = groups; left > 0; left--) {
    const size = reader.u32();
    count += size;
    const vector = reader.valueType() === V128;
    vectors ||= vector;
    slots += vector ? 2 * size : size;
    if (count > LOCALS_MAX - ADDED_LOCALS_MAX) {
      throw new LimitError({
        code: "too_many",
        what: "locals",
        count,
        countMax: LOCALS_MAX - ADDED_LOCALS_MAX,
      });
    }
  }
  const to = reader.position;
  return {
    count,
    params: type.paramCount,
    slots,
    vectors,
    types: withTypes ? typesOf(reader, type, count, from, to) : NONE,
    groups,
    from,
    to,
  };
}

function typesOf(reader: Reader, type: FunctionType, count: number, from: number, to: number): Uint8Array {
  const types = new Uint8Array(count);
  types.set(type.params);
  let at = type.paramCount;
  reader.position = from;
  while (reader.position < to) {
    const size = reader.u32();
    types.fill(reader.valueType(), at, at + size);
    at += size;
  }
  return types;
}
