/**
 * Nodes: where they are in a tree, and the hash of any range of leaves from few
 * of them.
 *
 * The node at `level` and `index` is the root of the perfect tree over the
 * leaves from `index * 2^level` to below `(index + 1) * 2^level`. Once all of
 * these are there it never changes, whatever is appended. So a node reader need
 * only know such nodes, and serves the tree of every size.
 *
 * Layer 0.
 * @module
 */

import { checkCount, floorLevel } from "./count.ts";
import { emptyRoot, type Hash, nodeHash } from "./hash.ts";
import { MerkleError } from "./merkle_error.ts";
import { checkSubtree, type LeafRange } from "./subtree.ts";

/** Where the nodes of a tree are read from. */
export interface NodeReader {
  /**
   * @param level 0 for leaves, at most 52.
   * @param index Zero-based, among the nodes of the level.
   * @returns The hash; `undefined` if the tree has no such node, or it is not known.
   */
  node(level: number, index: number): Hash | undefined;
}

/** Takes each perfect node as it is made. */
export type NodeWriter = (level: number, index: number, hash: Hash) => void;

/** A {@linkcode NodeReader} over an array for each level, and the writer that fills it. */
export interface NodeMemory extends NodeReader {
  readonly write: NodeWriter;
}

/** Keeps nodes in memory: about twice as many as there are leaves. */
export function createNodeMemory(): NodeMemory {
  const levels: Hash[][] = [];
  return {
    node: (level, index) => levels[level]?.[index],
    write: (level, index, hash) => {
      (levels[level] ??= [])[index] = hash;
    },
  };
}

/** The perfect nodes that make up a subtree, or a whole tree, from left to right: one for each bit of its size. */
export function perfectNodes({ start, end }: LeafRange): { level: number; index: number }[] {
  const nodes = [];
  for (let at = start; at < end;) {
    const level = floorLevel(end - at);
    nodes.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return nodes;
}

/**
 * Reads the perfect nodes of a subtree, or of a whole tree.
 *
 * @throws {MerkleError} `node_missing`.
 */
export function readNodes(nodes: NodeReader, range: LeafRange): Hash[] {
  return perfectNodes(range).map(({ level, index }) => {
    const hash = nodes.node(level, index);
    if (hash === undefined) throw new MerkleError({ code: "node_missing", level, index });
    return hash;
  });
}

/** The root over perfect nodes in a row, each smaller than the one before. */
export function foldNodes(hashes: readonly Hash[]): Hash {
  return hashes.length === 0 ? emptyRoot : hashes.reduceRight((right, left) => nodeHash(left, right));
}

/**
 * The hash of a subtree, `MTH(D[start:end])` of RFC 6962 §2.1, from at most 53 nodes.
 *
 * @throws {MerkleError} `number_invalid`, `subtree_invalid` or `node_missing`.
 */
export function rangeHash(nodes: NodeReader, range: LeafRange): Hash {
  checkCount("start", range.start);
  checkCount("end", range.end);
  if (range.start === range.end) return emptyRoot;
  checkSubtree(range, range.end);
  return foldNodes(readNodes(nodes, range));
}
