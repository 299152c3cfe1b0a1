/**
 * What a proof is made of. Format: `docs/format/proof.md`.
 *
 * @module
 */

import type { PartRole } from "../chain/mod.ts";

/** A part of an entry that a proof discloses. */
export interface ShownPart {
  /** Zero-based, among the parts of the entry. */
  readonly position: number;
  readonly role: PartRole;
  /** 16 bytes. */
  readonly salt: Uint8Array;
  /** What was said. */
  readonly bytes: Uint8Array;
}

/**
 * The proof of one entry: it is in its actor's tree, and the head of that tree is
 * in the signed tree of the node.
 *
 * Only shape and size were checked so far; `verifyProof()` judges the rest.
 */
export interface EntryProof {
  /** The entry, to the byte. */
  readonly entry: string;
  /** In the order of their positions; parts that are not shown are left out. */
  readonly parts: readonly ShownPart[];
  /**
   * `c2sp.org/tlog-proof@v1`: the entry is in its actor's tree. Its checkpoint is
   * signed by the actor's key, if by any.
   */
  readonly entryProof: string;
  /** `c2sp.org/tlog-proof@v1`: that checkpoint's body is in the node's tree, whose checkpoint is signed. */
  readonly headProof: string;
  /** Verifier key of the actor, as the prover gives it. Trust does not rest on it. */
  readonly actorKey?: string;
}

/** Proofs of some entries of one actor, in the order of the chain. */
export interface Proof {
  readonly entries: readonly EntryProof[];
}

/** Largest proof that is read, in bytes, whatever it is written as. */
export const proofBytesMax = 64 * 1024 * 1024;

/** Most entries in one proof. */
export const proofEntriesMax = 10_000;

/** Longest tlog-proof that is read, in bytes: 106 hashes and a checkpoint with many cosignatures. */
export const tlogProofBytesMax = 64 * 1024;

/** Longest verifier key that is read, in bytes. */
export const keyBytesMax = 1024;
