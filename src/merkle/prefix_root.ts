import type { InclusionProof } from "./inclusion.ts";
import { type Hash, nodeHash } from "./hash.ts";
import { verifyInclusion } from "./inclusion.ts";
import type { TreeHead } from "./tree_head.ts";

/**
 * The root of the tree that ends with a leaf, out of the proof that the leaf is
 * in a larger one: of the path, what stands on the left are all the perfect
 * subtrees that the smaller tree is made of beside the leaf (RFC 9162 §2.1.3.2).
 *
 * @returns the root over `index + 1` leaves
 * @throws {MerkleError} as {@linkcode verifyInclusion}
 */
export function prefixRoot(leaf: Hash, proof: InclusionProof, head: TreeHead): Hash {
  verifyInclusion(leaf, proof, head);
  let root = leaf;
  let node = proof.index;
  let last = head.size - 1;
  for (const sibling of proof.path) {
    if (node % 2 === 1 || node === last) {
      root = nodeHash(sibling, root);
      // A node at the right edge without a sibling stands for its parent.
      while (node % 2 === 0 && node !== 0) {
        node = Math.floor(node / 2);
        last = Math.floor(last / 2);
      }
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return root;
}
