/**
 * Inclusion proofs: evidence that one leaf is in a tree, and where
 * (RFC 9162 §2.1.3).
 *
 * Layer 0.
 * @module
 */

import { checkCount } from "./count.ts";
import { checkHash, type Hash } from "./hash.ts";
import { MerkleError } from "./merkle_error.ts";
import type { NodeReader } from "./node.ts";
import { checkSubtree, type LeafRange } from "./subtree.ts";
import { proveSubtree, type Subtree, verifySubtree } from "./subtree_proof.ts";
import type { TreeHead } from "./tree_head.ts";

/** The way from one leaf to the root. */
export interface InclusionProof {
  /** Zero-based position of the leaf in the tree. */
  readonly index: number;
  /** Sibling hashes from the leaf up; at most ⌈log2(size)⌉. */
  readonly path: readonly Hash[];
}

/**
 * Makes the proof that the leaf at `index` is in the tree of `size` leaves.
 * Reads at most 104 nodes: 53 siblings, of which one is not perfect.
 *
 * @throws {MerkleError} `number_invalid`, `index_out_of_range` or `node_missing`.
 */
export function proveInclusion(nodes: NodeReader, index: number, size: number): InclusionProof {
  checkIndex(index, { start: 0, end: size });
  return { index, path: proveSubtree(nodes, { start: index, end: index + 1 }, size) };
}

/**
 * Checks that a leaf is in a tree.
 *
 * @throws {MerkleError} `number_invalid`, `hash_invalid`, `index_out_of_range`, `path_length` or `root_mismatch`.
 */
export function verifyInclusion(leaf: Hash, { index, path }: InclusionProof, head: TreeHead): void {
  checkHash("the leaf", leaf);
  checkIndex(index, { start: 0, end: head.size });
  verifySubtree({ start: index, end: index + 1, root: leaf }, head, path);
}

/**
 * Makes the proof that the leaf at `index` is in a subtree: its inclusion proof
 * in the tree over the leaves of the subtree alone.
 *
 * @returns `index` counts from the start of the whole tree.
 * @throws {MerkleError} `number_invalid`, `subtree_invalid`, `index_out_of_range` or `node_missing`.
 */
export function proveSubtreeInclusion(nodes: NodeReader, index: number, range: LeafRange): InclusionProof {
  checkSubtree(range, range.end);
  checkIndex(index, range);
  const shifted: NodeReader = { // `start` is a multiple of every 2^level that the subtree has.
    node: (level, at) => nodes.node(level, at + range.start / 2 ** level),
  };
  return { index, path: proveInclusion(shifted, index - range.start, range.end - range.start).path };
}

/**
 * Checks that a leaf is in a subtree.
 *
 * @throws {MerkleError} `number_invalid`, `hash_invalid`, `subtree_invalid`, `index_out_of_range`,
 * `path_length` or `root_mismatch`.
 */
export function verifySubtreeInclusion(leaf: Hash, { index, path }: InclusionProof, subtree: Subtree): void {
  checkSubtree(subtree, subtree.end);
  checkIndex(index, subtree);
  const { start, end, root } = subtree;
  verifyInclusion(leaf, { index: index - start, path }, { size: end - start, root });
}

function checkIndex(index: number, { start, end }: LeafRange): void {
  checkCount("index", index);
  checkCount("size", end);
  if (index < start || index >= end) {
    throw new MerkleError({ code: "index_out_of_range", index, start, end });
  }
}
