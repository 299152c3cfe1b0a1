/**
 * What a proof shows, and what it does not. The words are those of
 * `docs/threat-model.md`.
 *
 * @module
 */

import type { ChainFault, EntryKind, PartRole } from "../chain/mod.ts";
import type { MerkleFault } from "../merkle/mod.ts";
import type { NoteFault } from "../note/mod.ts";

/** Codes of faults that only a proof can have. */
export type ProofVerdictCode =
  | "wrong_index" // not the place that the entry says
  | "other_origin" // not the chain, or the node, that the others speak of
  | "extensions" // a checkpoint with lines of other things
  | "wrong_key" // not the key that the genesis names
  | "not_linked" // does not follow the entry before
  | "wrong_order" // entries not in the order of the chain
  | "wrong_role" // a part at a place of another role
  | "part_commitment" // not what the entry commits to
  | "not_trusted" // not signed by a key that was given
  | "policy_unmet";

/** One thing that is wrong with a proof. */
export interface ProofFinding {
  readonly code: ProofVerdictCode | ChainFault["code"] | MerkleFault["code"] | NoteFault["code"];
  /** `unknown`: neither right nor wrong, as a newer version. `policy`: right, and not enough for who asked. */
  readonly weight: "refutes" | "unknown" | "policy";
  readonly seq?: number;
  readonly part?: string;
  readonly message: string;
}

/** One entry that a proof is about. */
export interface ProvenEntry {
  readonly seq: number;
  /** Chain hash, 64 hex digits. */
  readonly hash: string;
  readonly kind: EntryKind;
  /** The host's claim; milliseconds since 1970. */
  readonly time: number;
  /** In the order of the entry. */
  readonly parts: readonly { readonly role: PartRole; readonly shown: boolean }[];
}

/** What the judge says of a proof. */
export interface ProofVerdict {
  readonly headline: string;
  /** 0 verified, 1 refuted, 2 cannot be checked, 3 policy not met. */
  readonly exit: 0 | 1 | 2 | 3;
  /** `<node>/<address>`, as the signed tree has it. */
  readonly origin?: string;
  /** The key that vouches; absent when none was given. */
  readonly signer?: string;
  readonly entries: readonly ProvenEntry[];
  /** How many entries the chain had. */
  readonly chainSize?: number;
  /** How many leaves the tree of the node had. */
  readonly nodeSize?: number;
  readonly findings: readonly ProofFinding[];
  /** In words, a line each. */
  readonly shows: readonly string[];
  readonly showsNot: readonly string[];
}
