/**
 * What execution costs: fuel schedule 1, and the account of the stack.
 *
 * These numbers are part of every recording: a replay with others would stop
 * elsewhere. A released schedule never changes; another one gets a new number.
 *
 * Fuel is charged at *checks*. A check costs one unit and stands
 * - at the entry of every function,
 * - at the header of every loop, so once for every iteration,
 * - in straight code, wherever {@linkcode RUN_INSTRUCTIONS_MAX} instructions may
 *   have run since the last check on some path.
 * Operations whose work depends on an operand are charged before they run, by
 * {@linkcode BULK_CHARGES}.
 * @module
 */

/** Instructions that may run on one path without a check. */
export const RUN_INSTRUCTIONS_MAX = 64;

/** A call of an imported function counts as so many instructions of a run: the host's work is not metered. */
export const IMPORT_CALL_INSTRUCTIONS = 8;

/** Fuel for an operation over `n` bytes, elements or pages: `base + (n >>> shift)` units. */
export const BULK_CHARGES = {
  /** memory.copy, memory.fill, memory.init: n bytes. */
  bytes: { base: 8, shift: 6 },
  /** table.copy, table.fill, table.init, table.grow: n elements. */
  elements: { base: 8, shift: 2 },
  /** memory.grow: n pages. */
  pages: { base: 64, shift: 2 },
} as const;

/**
 * Units of stack that one frame holds. A unit stands for one 8-byte slot. Engines
 * keep params twice (passed and spilled), and every local and operand in memory
 * until they optimise, which must not change where a recursion ends.
 * All counts are in slots, a v128 being two.
 */
export function frameUnits(
  frame: {
    readonly params: number;
    readonly results: number;
    readonly locals: number;
    readonly operands: number;
  },
): number {
  return FRAME_UNITS + 2 * frame.params + frame.results + frame.locals + frame.operands;
}

/** Units of a frame without params, locals and operands: JavaScriptCore's interpreter needs about 100 bytes. */
const FRAME_UNITS = 12;

/**
 * A function that calls nothing and needs no more units than this is not
 * accounted: at most one such frame is on the stack, and it is the last.
 */
export const LEAF_UNITS_MAX = 128;
