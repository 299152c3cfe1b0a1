/**
 * Names for the ways in which a guest can crash, the same on every engine.
 *
 * Engines word traps in their own ways, with positions and source text in them;
 * such words must not get into a recording.
 * @module
 */

import type { Meter } from "./meter.ts";

/**
 * Why a call of a guest's export threw.
 *
 * - `unreachable`: the guest said so (a panic, an assertion, an abort)
 * - `out_of_bounds`: access outside of a memory, table or segment, also by an indirect call
 * - `divide_by_zero`: integer division or remainder
 * - `integer_overflow`: an integer result that its type cannot hold, also of a float or NaN
 * - `indirect_call`: an indirect call of null, or of a function of another type
 * - `stack`: the recursion was too deep
 * - `memory`: the machine had no memory to give
 * - `host`: not a trap: something that a host function threw
 * - `unknown`: a trap in words that are not known here
 */
export type TrapCode =
  | "unreachable"
  | "out_of_bounds"
  | "divide_by_zero"
  | "integer_overflow"
  | "indirect_call"
  | "stack"
  | "memory"
  | "host"
  | "unknown";

/**
 * Beginnings of messages: V8's, JavaScriptCore's, and those that jco's glue puts in their place, which it does
 * only where it knows the engine's words. The first that fits counts.
 */
const RUNTIME_ERRORS: readonly (readonly [RegExp, TrapCode])[] = [
  [/^unreachable/, "unreachable"],
  [/^Unreachable code/, "unreachable"],
  [/^wasm trap: wasm `unreachable`/, "unreachable"],
  [/^(divide|remainder) by zero/, "divide_by_zero"],
  [/^Division by zero/, "divide_by_zero"],
  [/^wasm trap: integer divide by zero/, "divide_by_zero"],
  [/^(divide result|float) unrepresentable/, "integer_overflow"],
  [/^(Integer overflow|Out of bounds Trunc)/, "integer_overflow"],
  [/^wasm trap: (integer overflow|invalid conversion to integer)/, "integer_overflow"],
  [/^(null function|function signature mismatch|indirect call)/, "indirect_call"],
  [/^call_indirect to /, "indirect_call"],
  [/^wasm trap: indirect call type mismatch/, "indirect_call"],
  [/^(WebAssembly\.\w+\(\): )?(memory|table|data|element)\b.* out of bounds/, "out_of_bounds"],
  [
    /^(Out of bounds |Offset \+ length|Invalid data segment|Element is trying to set an out of)/,
    "out_of_bounds",
  ],
  [/^wasm trap: (undefined element: )?(out of bounds |(list|string) content out-of-bounds)/, "out_of_bounds"],
  [/^wasm trap: call stack exhausted/, "stack"],
];

const RANGE_ERRORS: readonly (readonly [RegExp, TrapCode])[] = [
  [/^Maximum call stack size exceeded/, "stack"],
  [/[Oo]ut of memory|could not allocate memory|Cannot allocate/, "memory"],
];

/**
 * Classifies what a call of a guest's export threw.
 *
 * @param error anything that was caught
 * @param meter the guest's meter, which tells an overflow of the limited stack from other traps
 */
export function trapCode(error: unknown, meter?: Pick<Meter, "stackExhausted">): TrapCode {
  if (error instanceof WebAssembly.RuntimeError) {
    if (meter?.stackExhausted()) return "stack";
    return find(RUNTIME_ERRORS, error.message) ?? "unknown";
  }
  if (error instanceof RangeError) return find(RANGE_ERRORS, error.message) ?? "host";
  return "host";
}

function find(words: readonly (readonly [RegExp, TrapCode])[], message: string): TrapCode | undefined {
  return words.find(([pattern]) => pattern.test(message))?.[1];
}
