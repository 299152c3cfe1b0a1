/**
 * Numbers of leaves: their range, and the powers of two between them.
 *
 * Sizes and indexes are JavaScript numbers up to 2^53 - 1, so nothing here may
 * use the bit operators on them, which work on 32 bits.
 *
 * Layer 0.
 * @module
 */

import { MerkleError } from "./merkle_error.ts";

/** @throws {MerkleError} `number_invalid` unless it is an integer from 0 to 2^53 - 1. */
export function checkCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new MerkleError({ code: "number_invalid", name, got: value });
  }
}

/** The level of the largest perfect tree with at most `count` leaves: ⌊log2(count)⌋, for 1 to 2^53 - 1. */
export function floorLevel(count: number): number {
  const high = Math.floor(count / 2 ** 32);
  return high > 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(count);
}

/** Where a tree of `size` leaves, at least 2, is split: the largest power of two below (RFC 6962 §2.1). */
export function splitOf(size: number): number {
  return 2 ** floorLevel(size - 1);
}
