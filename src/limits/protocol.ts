/**
 * What a rewritten module and its meter say to each other: names, slots, and the
 * section that says by what the module was rewritten.
 * @module
 */

import { RESERVED } from "./shape.ts";

/** Names of the exports. */
export const EXPORTED = {
  /** Table of host functions (id: i32, units: i32) -> i32; see {@linkcode TICK_SLOT}. */
  ticks: `${RESERVED}/ticks`,
  /** () -> i32: fuel left. */
  fuel: `${RESERVED}/fuel`,
  /** (i32) -> (): sets the fuel left. */
  setFuel: `${RESERVED}/set-fuel`,
  /** () -> i32: units of stack left. */
  stack: `${RESERVED}/stack`,
  /** (i32) -> (): sets the units of stack left. */
  setStack: `${RESERVED}/set-stack`,
  /** () -> (): there are no frames. Only where a trap can leave a count behind (from schedule 2 on). */
  clearStack: `${RESERVED}/clear-stack`,
  /** (i32) -> (): sets the id that is passed to the host functions. */
  join: `${RESERVED}/join`,
  /** The module's start function, which the host calls when the table is filled. */
  start: `${RESERVED}/start`,
} as const;

/**
 * Slots of the table. Fuel and stack are asked for when units are below zero, with
 * the id of the module and the units, and return what is left from then on. The
 * fuel's throws to stop the guest; the stack's returns a negative number, and the
 * guest traps. `refused` (from schedule 2 on) is told that a memory could not
 * grow to so many pages; it throws if that is below the cap.
 */
export const TICK_SLOT = { fuel: 0, stack: 1, refused: 2 } as const;

/**
 * Name of the custom section that says by what a module was rewritten: rewriter, schedule, stack
 * units; from schedule 2 on also the pages to which the memory that it defines may grow, if it defines one.
 */
export const VERSION_SECTION = RESERVED;
