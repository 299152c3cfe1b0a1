/**
 * Merkle trees: one root that commits to all leaves and their order, and short
 * proofs of single leaves, of growth, and of ranges.
 *
 * Hashing is that of RFC 6962; how it is used, to the bit, is in
 * `docs/format/merkle.md`. Proofs come from strangers, so every failure is a
 * {@linkcode MerkleError} with a code. Which tree head to trust the caller must
 * know. Sizes and indexes are numbers up to 2^53 - 1. Pure: no I/O, clock or
 * randomness. Layer 0.
 *
 * @example
 * ```ts
 * import { createNodeMemory, createTreeBuilder, leafHash, proveInclusion, verifyInclusion } from "./mod.ts";
 *
 * const nodes = createNodeMemory();
 * const tree = createTreeBuilder(undefined, nodes.write);
 * for (const entry of ["one", "two", "three"]) tree.push(leafHash(entry));
 * const head = tree.head();
 * const proof = proveInclusion(nodes, 1, head.size);
 * verifyInclusion(leafHash("two"), proof, head); // Returns; throws MerkleError for any other leaf.
 * ```
 * @module
 */

export { proveConsistency, verifyConsistency, verifyGrowth } from "./consistency.ts";
export {
  createTreeBuilder,
  emptyFrontier,
  type Frontier,
  readFrontier,
  type TreeBuilder,
} from "./frontier.ts";
export { emptyRoot, type Hash, hashFromBytes, hashToBytes, isHash, leafHash, nodeHash } from "./hash.ts";
export {
  type InclusionProof,
  proveInclusion,
  proveSubtreeInclusion,
  verifyInclusion,
  verifySubtreeInclusion,
} from "./inclusion.ts";
export { MerkleError, type MerkleFault } from "./merkle_error.ts";
export {
  createNodeMemory,
  type NodeMemory,
  type NodeReader,
  type NodeWriter,
  perfectNodes,
  rangeHash,
} from "./node.ts";
export { prefixRoot } from "./prefix_root.ts";
export { isSubtree, type LeafRange } from "./subtree.ts";
export { proveSubtree, type Subtree, verifySubtree } from "./subtree_proof.ts";
export {
  createTileNodeReader,
  tileHeight,
  type TileLevel,
  tileLevels,
  tileOfNode,
  tilePath,
  type TilePlace,
  type TileReader,
  tileWidth,
} from "./tile.ts";
export { readTreeHead, type TreeHead } from "./tree_head.ts";
