/**
 * Tree heads: the size and the root of a tree.
 *
 * Layer 0.
 * @module
 */

import { checkCount } from "./count.ts";
import type { Hash } from "./hash.ts";
import { type NodeReader, rangeHash } from "./node.ts";

/** What commits to all leaves of a tree and to their order. */
export interface TreeHead {
  /** Number of leaves, 0 to 2^53 - 1. */
  readonly size: number;
  readonly root: Hash;
}

/**
 * Computes the head of the tree of `size` leaves.
 *
 * @throws {MerkleError} `number_invalid` or `node_missing`.
 */
export function readTreeHead(nodes: NodeReader, size: number): TreeHead {
  checkCount("size", size);
  return { size, root: rangeHash(nodes, { start: 0, end: size }) };
}
