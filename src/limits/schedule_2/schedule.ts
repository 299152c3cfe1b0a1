/**
 * What execution costs: fuel schedule 2, and the account of the stack.
 *
 * These numbers are part of every recording: a replay with others would stop
 * elsewhere. A released schedule never changes; another one gets a new number.
 *
 * Fuel is charged at *checks*, which cost one unit, and one more for every
 * {@linkcode INSTRUCTIONS_PER_UNIT} instructions that the longest path to them
 * from the check before has. A check stands
 * - at the entry of every function that may be called from outside, by reference, or in
 *   a recursion, and of those with long ways to their exits; it pays for what is left over
 *   there. What is left over at the exits of other functions their callers count;
 * - at the header of every loop, so once for every iteration;
 * - in straight code, wherever {@linkcode RUN_INSTRUCTIONS_MAX} instructions may
 *   have run since the last check on some path.
 * Operations whose work depends on an operand are charged before they run, by
 * {@linkcode BULK_CHARGES}.
 * @module
 */

/** Instructions that may run on one path without a check. */
export const RUN_INSTRUCTIONS_MAX = 2048;

/** The cost of a check, for the longest run of instructions that leads to it. */
export function checkUnits(run: number): number {
  return 1 + (run >>> INSTRUCTIONS_PER_UNIT_BITS);
}

const INSTRUCTIONS_PER_UNIT_BITS = 6;

/** Instructions of a run that one unit pays for. */
export const INSTRUCTIONS_PER_UNIT = 1 << INSTRUCTIONS_PER_UNIT_BITS;

/**
 * A function that only direct calls reach, and that is no head of a recursion, has no check at its
 * entry if no more instructions than this are left over at its exits: its callers count these.
 */
export const CALLER_RUN_MAX = 256;

/** What a call adds to a run, beyond the callee's own instructions where these are counted here. */
export const CALL_INSTRUCTIONS = 4;

/** What a call adds that may leave the module: the host's work is not metered. */
export const FAR_CALL_INSTRUCTIONS = 8;

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

/** Units of a frame without params, locals and operands, two of them for what the rewriter adds. */
const FRAME_UNITS = 14;

/**
 * The frame of a function that only direct calls reach, and that is no head of a recursion, is not accounted
 * - if it calls nothing that is, and needs no more units than this with all of them: whoever is accounted
 *   sees to it that so much is left;
 * - or if it is no more than {@linkcode RELAY_UNITS_MAX} with those of its kind that it calls: whoever is
 *   accounted holds so much for it.
 */
export const LIGHT_UNITS_MAX = 512;
export const RELAY_UNITS_MAX = 128;
