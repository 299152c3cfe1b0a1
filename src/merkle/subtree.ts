/**
 * Subtrees: which ranges of leaves are one, and the way from the root of a tree
 * down to one.
 *
 * A subtree `[start, end)` is a range of leaves whose Merkle tree can be told
 * from a larger tree (draft-ietf-plants-merkle-tree-certs §4). A single leaf is
 * one, and so is an older state of the tree; so every kind of proof is made and
 * checked along the one way that {@linkcode descend} finds.
 *
 * Layer 0.
 * @module
 */

import { checkCount, splitOf } from "./count.ts";
import { MerkleError } from "./merkle_error.ts";

/** The leaves from index `start` to below index `end`. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/** What the way down passes by at one fork. */
export interface Sibling extends LeafRange {
  /**
   * `left` and `right` of the subtree, outside of it, or `within`: the left part
   * of the subtree itself, which the fork splits.
   */
  readonly side: "left" | "right" | "within";
}

/** The way from the root of a tree down to a subtree. */
export interface Descent {
  /** From the root down: what is not on the way; at most 53. */
  readonly siblings: readonly Sibling[];
  /** Where the way ends if a fork split the subtree: its last part. Else it ends at the subtree. */
  readonly last: LeafRange | undefined;
}

/**
 * Whether a range that is not empty is a subtree: `start` is a multiple of the
 * smallest power of two that is at least `end - start`.
 */
export function isSubtree({ start, end }: LeafRange): boolean {
  if (start >= end) return false;
  return start === 0 || start % (end - start === 1 ? 1 : 2 * splitOf(end - start)) === 0;
}

/**
 * Checks that a range is a subtree of a tree of `size` leaves.
 *
 * @throws {MerkleError} `number_invalid`, `subtree_invalid` or `subtree_out_of_range`.
 */
export function checkSubtree(range: LeafRange, size: number): void {
  checkCount("start", range.start);
  checkCount("end", range.end);
  checkCount("size", size);
  if (!isSubtree(range)) {
    throw new MerkleError({ code: "subtree_invalid", start: range.start, end: range.end });
  }
  if (range.end > size) throw new MerkleError({ code: "subtree_out_of_range", end: range.end, size });
}

/**
 * Finds the way from the root of a tree of `size` leaves down to a subtree of
 * it, which {@linkcode checkSubtree} has accepted.
 */
export function descend({ start, end }: LeafRange, size: number): Descent {
  const siblings: Sibling[] = [];
  let from = 0; // The node that the way has reached holds the leaves [from, to).
  let to = size;
  let split = false;
  while (!(from >= start && to === end)) {
    const middle = from + splitOf(to - from);
    if (end <= middle) {
      siblings.push({ side: "right", start: middle, end: to });
      to = middle;
    } else {
      split ||= start < middle;
      siblings.push({ side: split ? "within" : "left", start: from, end: middle });
      from = middle;
    }
  }
  return { siblings, last: split ? { start: from, end } : undefined };
}
