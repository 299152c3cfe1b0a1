/**
 * Subtree proofs: evidence that a subtree, as given by its root, is part of a
 * tree (draft-ietf-plants-merkle-tree-certs §4.4).
 *
 * Inclusion and consistency proofs of RFC 9162 §2.1 are subtree proofs of one
 * leaf and of an older tree. A proof comes from a stranger: every failure is a
 * {@linkcode MerkleError}. The head of the tree is *not* checked here: the
 * caller says which one it trusts.
 *
 * Layer 0.
 * @module
 */

import { checkCount } from "./count.ts";
import { checkHash, emptyRoot, type Hash, nodeHash } from "./hash.ts";
import { MerkleError } from "./merkle_error.ts";
import { type NodeReader, rangeHash } from "./node.ts";
import { checkSubtree, descend, type LeafRange } from "./subtree.ts";
import type { TreeHead } from "./tree_head.ts";

/** A subtree and its root, which is that of a tree over its leaves alone. */
export interface Subtree extends LeafRange {
  readonly root: Hash;
}

/**
 * Makes the proof that a subtree is part of the tree of `size` leaves.
 *
 * @returns At most 54 hashes, from the subtree up to the root.
 * @throws {MerkleError} `number_invalid`, `subtree_invalid`, `subtree_out_of_range` or `node_missing`.
 */
export function proveSubtree(nodes: NodeReader, range: LeafRange, size: number): Hash[] {
  checkSubtree(range, size);
  const { siblings, last } = descend(range, size);
  const path = siblings.map((sibling) => rangeHash(nodes, sibling)).reverse();
  return last === undefined ? path : [rangeHash(nodes, last), ...path];
}

/**
 * Checks that a subtree is part of a tree.
 *
 * An empty subtree has a rule of its own: with the root of the empty tree and no
 * path it is part of every tree that reaches so far, whose root is not looked at.
 *
 * @throws {MerkleError} `number_invalid`, `hash_invalid`, `subtree_invalid`, `subtree_out_of_range`,
 * `path_length`, `part_root_mismatch` or `root_mismatch`.
 */
export function verifySubtree(subtree: Subtree, head: TreeHead, path: readonly Hash[]): void {
  checkHash("the root of the subtree", subtree.root);
  if (subtree.start === subtree.end) return verifyEmptySubtree(subtree, head, path);

  checkHash("the root", head.root);
  checkSubtree(subtree, head.size);
  const { siblings, last } = descend(subtree, head.size);
  const rest = takePath(path, siblings.length + (last === undefined ? 0 : 1));

  // Two roots are followed upwards: that of what is known of the subtree, and that of all that is known.
  let part = last === undefined ? subtree.root : rest();
  let whole = part;
  for (const { side } of siblings.toReversed()) {
    const hash = rest();
    whole = side === "right" ? nodeHash(whole, hash) : nodeHash(hash, whole);
    if (side === "within") part = nodeHash(hash, part);
  }
  if (part !== subtree.root) {
    throw new MerkleError({ code: "part_root_mismatch", computed: part, expected: subtree.root });
  }
  if (whole !== head.root) {
    throw new MerkleError({ code: "root_mismatch", computed: whole, expected: head.root });
  }
}

function verifyEmptySubtree({ start, end, root }: Subtree, head: TreeHead, path: readonly Hash[]): void {
  checkCount("start", start);
  checkCount("size", head.size);
  if (end > head.size) throw new MerkleError({ code: "subtree_out_of_range", end, size: head.size });
  takePath(path, 0);
  if (root !== emptyRoot) {
    throw new MerkleError({ code: "part_root_mismatch", computed: emptyRoot, expected: root });
  }
}

/** Hands out the hashes of a path one by one. The length is checked before anything is looked at. */
function takePath(path: readonly Hash[], wanted: number): () => Hash {
  if (path.length !== wanted) {
    throw new MerkleError({ code: "path_length", wanted, got: path.length });
  }
  path.forEach((hash, at) => checkHash(`path[${at}]`, hash));
  let at = 0;
  return () => {
    const hash = path[at++];
    if (hash === undefined) throw new Error("The path is shorter than its length");
    return hash;
  };
}
