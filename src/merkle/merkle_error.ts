/**
 * Why a proof, a tree or a tile was refused.
 *
 * Layer 0.
 * @module
 */

/** Why a proof, a tree or a tile was refused. Plain data, so it crosses a thread intact. */
export type MerkleFault =
  /** Not an integer from 0 to 2^53 - 1. */
  | { readonly code: "number_invalid"; readonly name: string; readonly got: number }
  /** Not 64 lowercase hex digits. `name` says which hash, such as `root` or `path[3]`. */
  | { readonly code: "hash_invalid"; readonly name: string; readonly got: string }
  | {
    readonly code: "index_out_of_range";
    readonly index: number;
    readonly start: number;
    readonly end: number;
  }
  /** No tree has these leaves as a subtree of its own. */
  | { readonly code: "subtree_invalid"; readonly start: number; readonly end: number }
  | { readonly code: "subtree_out_of_range"; readonly end: number; readonly size: number }
  | { readonly code: "tree_shrinks"; readonly oldSize: number; readonly newSize: number }
  /** Nothing can be shown of a tree without leaves. */
  | { readonly code: "tree_empty" }
  | { readonly code: "path_length"; readonly wanted: number; readonly got: number }
  /** The proof leads to another root than that of the tree. */
  | { readonly code: "root_mismatch"; readonly computed: string; readonly expected: string }
  /** The proof leads to another root than that of the older tree, or of the subtree. */
  | { readonly code: "part_root_mismatch"; readonly computed: string; readonly expected: string }
  /** A node that must be there to make a proof, and is not. */
  | { readonly code: "node_missing"; readonly level: number; readonly index: number }
  | {
    readonly code: "frontier_invalid";
    readonly size: number;
    readonly wanted: number;
    readonly got: number;
  }
  | { readonly code: "tile_length"; readonly level: number; readonly index: number; readonly bytes: number };

/** A proof, a tree or a tile that is refused. `fault` says why. */
export class MerkleError extends Error {
  override readonly name = "MerkleError";
  readonly fault: MerkleFault;

  constructor(fault: MerkleFault) {
    super(describe(fault));
    this.fault = fault;
  }
}

function describe(fault: MerkleFault): string {
  switch (fault.code) { // No default: a new code fails to compile here.
    case "number_invalid":
      return `Cannot use ${fault.name} as a number of leaves: wanted an integer from 0 to 2^53 - 1, got ${fault.got}`;
    case "hash_invalid":
      return `Cannot use ${fault.name} as a hash: wanted 64 lowercase hex digits, got ${fault.got}`;
    case "index_out_of_range":
      return `Cannot find the leaf as its index is out of range: wanted ${fault.start} to below ${fault.end}, got ${fault.index}`;
    case "subtree_invalid":
      return "Cannot use the range of leaves as a subtree: wanted start < end and start a multiple of the power of two " +
        `that holds end - start leaves, got [${fault.start}, ${fault.end})`;
    case "subtree_out_of_range":
      return `Cannot find the subtree as it ends behind the tree: wanted at most ${fault.size} leaves, got ${fault.end}`;
    case "tree_shrinks":
      return `Cannot compare the trees as the newer one is smaller: wanted at least ${fault.oldSize} leaves, got ${fault.newSize}`;
    case "tree_empty":
      return "Cannot show consistency as the older tree is empty: wanted at least 1 leaf, got 0";
    case "path_length":
      return `Cannot follow the proof as its length is wrong: wanted ${fault.wanted} hashes, got ${fault.got}`;
    case "root_mismatch":
      return `Cannot confirm the proof as it leads to another root: wanted ${fault.expected}, got ${fault.computed}`;
    case "part_root_mismatch":
      return "Cannot confirm the proof as it leads to another root of the older tree or subtree: " +
        `wanted ${fault.expected}, got ${fault.computed}`;
    case "node_missing":
      return `Cannot make the proof as a node is missing: wanted the hash at level ${fault.level}, index ${fault.index}, got none`;
    case "frontier_invalid":
      return `Cannot go on from the frontier of ${fault.size} leaves: wanted ${fault.wanted} hashes, got ${fault.got}`;
    case "tile_length":
      return `Cannot read the tile at level ${fault.level}, index ${fault.index}: ` +
        `wanted 32 to 8192 bytes, a multiple of 32, got ${fault.bytes}`;
  }
}
