import { ComponentError } from "./component_error.ts";

/**
 * The work that decoding one component may take. A body is decoded again for
 * each instance, so a small file could otherwise ask for exponential work.
 */
export interface Budget {
  /** Counts `amount` definitions (or types written out). */
  spend(amount: number): void;
}

/** Definitions in all bodies, as often as they are decoded. The largest real component has some 10,000. */
export const definitionsMax = 1_000_000;

/** Depth of components in components, and of types with bodies in such types. */
export const nestingMax = 32;

/** Depth of types of values. */
export const typeDepthMax = 64;

/** Types that one type of values may consist of, written out. */
export const typeNodesMax = 10_000;

/** @throws {ComponentError} `too_large`, from `spend`, when the sum passes {@linkcode definitionsMax}. */
export function newBudget(): Budget {
  let spent = 0;
  return {
    spend(amount) {
      spent += amount;
      if (spent > definitionsMax) {
        throw new ComponentError({ code: "too_large", what: "definitions", max: definitionsMax, got: spent });
      }
    },
  };
}
