/**
 * The definitions of RFC 6962 §2.1 and of the subtree draft, word for word: slow, recursive, and over all leaves
 * at once. Tests compare everything with them.
 *
 * Layer 0.
 * @module
 */

import { emptyRoot, type Hash, leafHash, nodeHash } from "../mod.ts";

/** The hashes of `count` leaves, all different. */
export function testLeaves(count: number): Hash[] {
  return Array.from({ length: count }, (_, index) => leafHash(`leaf ${index}`));
}

function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

/** `MTH(D)`. */
export function treeHash(leaves: readonly Hash[]): Hash {
  const [only] = leaves;
  if (only === undefined) return emptyRoot;
  if (leaves.length === 1) return only;
  const k = largestPowerBelow(leaves.length);
  return nodeHash(treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)));
}

/** `PATH(m, D)`. */
export function inclusionPath(index: number, leaves: readonly Hash[]): Hash[] {
  if (leaves.length === 1) return [];
  const k = largestPowerBelow(leaves.length);
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  return index < k
    ? [...inclusionPath(index, left), treeHash(right)]
    : [...inclusionPath(index - k, right), treeHash(left)];
}

/** `SUBTREE_SUBPROOF(start, end, D, b)`; with start 0 and b true it is `PROOF(end, D)`. */
export function subtreePath(start: number, end: number, leaves: readonly Hash[], known = true): Hash[] {
  if (start === 0 && end === leaves.length) return known ? [] : [treeHash(leaves)];
  const k = largestPowerBelow(leaves.length);
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  if (end <= k) return [...subtreePath(start, end, left, known), treeHash(right)];
  if (k <= start) return [...subtreePath(start - k, end - k, right, known), treeHash(left)];
  return [...subtreePath(0, end - k, right, false), treeHash(left)];
}
