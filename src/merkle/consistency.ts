/**
 * Consistency proofs: evidence that a tree begins with all the leaves of an
 * older one (RFC 9162 §2.1.4).
 *
 * Layer 0.
 * @module
 */

import { checkCount } from "./count.ts";
import { checkHash, emptyRoot, type Hash } from "./hash.ts";
import { MerkleError } from "./merkle_error.ts";
import type { NodeReader } from "./node.ts";
import { proveSubtree, verifySubtree } from "./subtree_proof.ts";
import type { TreeHead } from "./tree_head.ts";

/**
 * Makes the proof that the tree of `newSize` leaves begins with that of `oldSize`.
 *
 * @param oldSize At least 1: that a tree begins with the empty one needs no proof.
 * @returns At most 54 hashes; none if the sizes are equal.
 * @throws {MerkleError} `number_invalid`, `tree_empty`, `tree_shrinks` or `node_missing`.
 */
export function proveConsistency(nodes: NodeReader, oldSize: number, newSize: number): Hash[] {
  checkSizes(oldSize, newSize);
  return proveSubtree(nodes, { start: 0, end: oldSize }, newSize);
}

/**
 * Checks that a tree begins with all the leaves of an older one that is not empty.
 *
 * @throws {MerkleError} `number_invalid`, `hash_invalid`, `tree_empty`, `tree_shrinks`, `path_length`,
 * `part_root_mismatch` or `root_mismatch`.
 */
export function verifyConsistency(older: TreeHead, newer: TreeHead, path: readonly Hash[]): void {
  checkSizes(older.size, newer.size);
  verifySubtree({ start: 0, end: older.size, root: older.root }, newer, path);
}

/**
 * Checks that a tree begins with all the leaves of an older one, which may be
 * empty. Every tree begins with the empty one: its root must be right and the
 * path empty (c2sp.org/tlog-witness).
 *
 * @throws {MerkleError} What {@linkcode verifyConsistency} throws, except for `tree_empty`.
 */
export function verifyGrowth(older: TreeHead, newer: TreeHead, path: readonly Hash[]): void {
  if (older.size !== 0) return verifyConsistency(older, newer, path);
  verifySubtree({ start: 0, end: 0, root: older.root }, newer, path);
  checkHash("the root", newer.root);
  if (newer.size === 0 && newer.root !== emptyRoot) {
    throw new MerkleError({ code: "root_mismatch", computed: emptyRoot, expected: newer.root });
  }
}

function checkSizes(oldSize: number, newSize: number): void {
  checkCount("the older size", oldSize);
  checkCount("the newer size", newSize);
  if (oldSize > newSize) throw new MerkleError({ code: "tree_shrinks", oldSize, newSize });
  if (oldSize === 0) throw new MerkleError({ code: "tree_empty" });
}
