/**
 * What the judge found wrong: plain data with a stable code, the place, and what
 * was wanted and got. Layer 2.
 * @module
 */

import type { ChainFault } from "../chain/mod.ts";

/** Codes of faults that chains do not have by themselves. */
export type VerifyCode =
  // entries
  | "entry_missing" // a number is left out, or stands twice
  | "not_pruned" // reduced to its hash, and no entry says so
  | "pruned_unproved" // reduced to its hash, and no tree holds that
  | "part_missing" // not there, and nothing allows that
  | "part_commitment" // not what the entry commits to
  | "part_form" // not in the form of its role
  | "state_differs" // a keyframe changed the state
  | "state_row" // the state that is kept whole is another one
  | "cause_result" // a cause whose result or address says otherwise
  | "undeliverable_body" // not the one that was sent
  | "reply_body" // not what became of the request
  | "news_head" // not the head that a child had, or of no child
  | "wrong_fork" // the chain that it is forked off is another
  | LineageCode
  | "row_differs" // the log says otherwise of a chain than its entries
  | "stray" // rows that belong to no chain
  | "blob_hash" // bytes with another hash than they go by
  // trees
  | "seal_order" // seals of a chain that do not grow
  | "seal_beyond" // seals more entries than there are
  | "seal_root" // another tree than that of the entries
  | "leaf_order" // a leaf is missing, or stands twice
  | "leaf_absent" // a leaf without its seal, in a log
  | "tile_missing"
  | "tile_differs"
  | "tile_extra"
  | "checkpoint_form" // not a signed checkpoint of this node
  | "checkpoint_beyond" // signs more leaves than there are
  | "checkpoint_root" // another tree than that of the leaves
  // signatures
  | "signature_wrong" // by a key that is known, and wrong
  | "key_unknown" // by none of the keys that the node has
  | "key_form" // not a public key
  | "key_since" // keys whose sizes do not grow
  | "key_again" // a key that was named before, and so retired
  | "not_trusted" // not signed by a key that was given
  | "policy_unmet"
  // continuity
  | "other_node" // a checkpoint of another node
  | "behind" // the saved checkpoint has more
  | "beside" // the saved checkpoint has another tree
  // replay
  | "diverged" // run again, it goes another way
  | "not_replayed" // it could not be run to its end
  // any
  | "unreadable"; // neither right nor wrong

/** Codes of faults of where a chain comes from. */
export type LineageCode =
  | "lineage_proof" // the proof that is carried is wrong
  | "lineage_differs" // it proves something else than the fork says
  | "lineage_untrusted"; // it is not signed as it must be

/** What a fault means for the verdict. */
export type FaultWeight =
  | "refutes"
  | "unknown" // it cannot be checked: a newer version, or a file that cannot be read
  | "policy"; // it is right, and not enough for who asked

/** One thing that is wrong. */
export interface VerifyFault {
  readonly code: VerifyCode | ChainFault["code"];
  readonly weight: FaultWeight;
  readonly address?: string;
  readonly seq?: number;
  /** The role of a part. */
  readonly part?: string;
  /** Size of the tree of the node. */
  readonly checkpoint?: number;
  readonly wanted: string;
  readonly got: string;
}

/** Most faults of one level that are kept; the others are counted. */
export const faultsMax = 1000;

/** The faults of one level, as they are found. */
export interface FaultList {
  add(fault: Omit<VerifyFault, "weight"> & { readonly weight?: FaultWeight }): void;
  /** The first ones, at most {@linkcode faultsMax}. */
  readonly kept: readonly VerifyFault[];
  /** How many there are. */
  count(): number;
  has(weight: FaultWeight): boolean;
}

/** Makes an empty list. */
export function createFaultList(): FaultList {
  const kept: VerifyFault[] = [];
  const weights = new Set<FaultWeight>();
  let count = 0;
  return {
    add(fault) {
      const weight = fault.weight ?? (unknownCodes.has(fault.code) ? "unknown" : "refutes");
      count += 1;
      // The first of each weight is kept in any case, as the verdict rests on it.
      if (kept.length < faultsMax || !weights.has(weight)) kept.push({ ...fault, weight });
      weights.add(weight);
    },
    kept,
    count: () => count,
    has: (weight) => weights.has(weight),
  };
}

const unknownCodes: ReadonlySet<VerifyFault["code"]> = new Set([
  "unknown_version",
  "unknown_kind",
  "unreadable",
  "pruned_unproved",
]);

/** One line: where, what, wanted and got. */
export function describeFault(fault: VerifyFault): string {
  const { code, address, seq, part, checkpoint, wanted, got } = fault;
  const place = [
    ...(address === undefined ? [] : [address]),
    ...(seq === undefined ? [] : [`entry ${seq}`]),
    ...(part === undefined ? [] : [`part ${part}`]),
    ...(checkpoint === undefined ? [] : [`checkpoint ${checkpoint}`]),
  ].join(", ");
  const hint = code === "wrong_prev" && seq !== undefined && seq > 0
    ? ` (entry ${seq - 1} that is here is not the one that entry ${seq} follows)`
    : "";
  return `${place === "" ? "" : `${place}: `}${code}: wanted ${wanted}, got ${got}${hint}`;
}
