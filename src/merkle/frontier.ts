/**
 * Frontiers: all that must be kept of a tree to append to it.
 *
 * The frontier of a tree of `size` leaves is its perfect nodes from left to
 * right, one for each bit that is set in `size`: at most 53 hashes.
 *
 * Layer 0.
 * @module
 */

import { checkCount } from "./count.ts";
import { checkHash, type Hash, nodeHash } from "./hash.ts";
import { MerkleError } from "./merkle_error.ts";
import { foldNodes, type NodeReader, type NodeWriter, perfectNodes, readNodes } from "./node.ts";
import type { TreeHead } from "./tree_head.ts";

/** All that must be kept of a tree to append to it. */
export interface Frontier {
  readonly size: number;
  /** From left to right, so from large to small. */
  readonly nodes: readonly Hash[];
}

/** The frontier of a tree without leaves. */
export const emptyFrontier: Frontier = { size: 0, nodes: [] };

/** A tree that grows leaf by leaf. */
export interface TreeBuilder {
  /** Appends the hash of a leaf: one hash on average, at most 53. */
  push(leaf: Hash): void;
  /** Size and root of the tree as it is now: at most 52 hashes. */
  head(): TreeHead;
  frontier(): Frontier;
}

/**
 * Goes on from a frontier.
 *
 * @param from What {@linkcode TreeBuilder.frontier} gave, or {@linkcode readFrontier}.
 * @default emptyFrontier
 * @param write Gets each perfect node that a push completes, the leaf first.
 * @throws {MerkleError} `number_invalid`, `frontier_invalid` or `hash_invalid`. Pushing past 2^53 - 1 leaves
 * throws `number_invalid`.
 */
export function createTreeBuilder(from: Frontier = emptyFrontier, write?: NodeWriter): TreeBuilder {
  checkCount("size", from.size);
  const wanted = perfectNodes({ start: 0, end: from.size }).length;
  if (from.nodes.length !== wanted) {
    throw new MerkleError({
      code: "frontier_invalid",
      size: from.size,
      wanted,
      got: from.nodes.length,
    });
  }
  from.nodes.forEach((hash, at) => checkHash(`nodes[${at}]`, hash));

  let size = from.size;
  const nodes = [...from.nodes];
  return {
    push(leaf) {
      checkCount("size", size + 1);
      let hash = leaf;
      let index = size;
      let level = 0;
      write?.(level, index, hash);
      while (index % 2 === 1) { // A right child, so its parent is complete; its left sibling is the last node.
        const left = nodes.pop();
        if (left === undefined) throw new Error("The frontier has no node left of a right child");
        hash = nodeHash(left, hash);
        index = (index - 1) / 2;
        level += 1;
        write?.(level, index, hash);
      }
      nodes.push(hash);
      size += 1;
    },
    head: () => ({ size, root: foldNodes(nodes) }),
    frontier: () => ({ size, nodes: [...nodes] }),
  };
}

/**
 * Reads the frontier of the tree of `size` leaves.
 *
 * @throws {MerkleError} `number_invalid` or `node_missing`.
 */
export function readFrontier(nodes: NodeReader, size: number): Frontier {
  checkCount("size", size);
  return { size, nodes: readNodes(nodes, { start: 0, end: size }) };
}
