/**
 * Shares the units of stack among the modules of a component.
 *
 * Every module counts down what it has in a global of its own, and asks when a
 * frame needs more. The answer depends only on what all frames hold together, so
 * a recursion ends at the same call however the units were handed out.
 * @module
 */

import type { Counter } from "./fuel.ts";

/** Units that a module is given beyond what it needs, so that it seldom asks. */
const SPARE_UNITS = 4096;

/** The stack of one component. */
export interface Stack {
  /**
   * Adds a module's counter, which stands at 0. Ids count from 0.
   * @param clear called when there are no frames, before the counter is set
   */
  add(counter: Counter, clear?: () => void): void;
  /** The module `id` has gone below zero, to `left`; returns what it has next, negative if there is no more. */
  ask(id: number, left: number): number;
  /** There are no frames: whatever a trap has left behind is forgotten. */
  begin(): void;
  exhausted(): boolean;
}

/** @param unitsMax what all frames of the component may hold together */
export function createStack(unitsMax: number): Stack {
  const shares: { readonly counter: Counter; readonly clear: (() => void) | undefined; given: number }[] = [];
  let free = unitsMax;
  let exhausted = false;
  return {
    add: (counter, clear) => void shares.push({ counter, clear, given: 0 }),
    ask(id, left) {
      const own = shares[id];
      if (!own) {
        throw new TypeError(`Cannot ask for stack as module ${id}: wanted an id below ${shares.length}`);
      }
      const needed = -left;
      if (needed > free) {
        for (const share of shares) {
          if (share === own || share.given === 0) continue;
          const unused = share.counter.get();
          share.counter.set(0);
          share.given -= unused;
          free += unused;
        }
      }
      if (exhausted || needed > free) {
        exhausted = true;
        return -1;
      }
      const spare = Math.min(SPARE_UNITS, free - needed);
      own.given += needed + spare;
      free -= needed + spare;
      return spare;
    },
    begin() {
      // One that was given nothing stands at 0, unless it asked in vain.
      for (const { counter, clear, given } of shares) {
        if (given === 0 && !exhausted) continue;
        clear?.();
        counter.set(given);
      }
      exhausted = false;
    },
    exhausted: () => exhausted,
  };
}
