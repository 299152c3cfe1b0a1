/**
 * Whether a signed checkpoint meets a policy (c2sp.org/tlog-policy).
 *
 * Layer 1.
 * @module
 */

import { type Checkpoint, parseCheckpoint } from "./checkpoint.ts";
import { parseNote } from "./note.ts";
import { type VerifiedNote, type VerifiedSignature, verifyKnown } from "./open_note.ts";
import { type Policy, policyKeys, type PolicyMember } from "./policy.ts";
import type { VerifierKey } from "./verifier_key.ts";

/** Why a policy is not met. */
export type PolicyShortfall =
  /** Neither the policy nor the caller names a log. */
  | { readonly code: "no_log_known" }
  /** No trusted log of this origin has signed. `known` are the origins that are trusted. */
  | { readonly code: "log_not_signed"; readonly origin: string; readonly known: readonly string[] }
  /** Too few have witnessed. `missing` are members that have not. */
  | {
    readonly code: "quorum_not_met";
    readonly quorum: string;
    readonly wanted: number;
    readonly got: number;
    readonly missing: readonly string[];
  };

/** Whether a policy is met, and what was found in either case. */
export interface PolicyVerdict {
  readonly met: boolean;
  /** Empty if it is met. */
  readonly shortfalls: readonly PolicyShortfall[];
  readonly checkpoint: Checkpoint;
  readonly note: VerifiedNote;
  /** Signatures of the trusted logs of this origin. */
  readonly logs: readonly VerifiedSignature[];
  /** Names of the witnesses that have cosigned, in the order of the policy. */
  readonly witnesses: readonly string[];
}

/**
 * Checks a signed checkpoint against a policy: whether a trusted log whose key has the origin for a name has
 * signed it, and whether enough witnesses have.
 *
 * @param logs Keys of logs that are trusted besides those of the policy, which may have none.
 * @default []
 * @throws {NoteError} What `parseNote` and `parseCheckpoint` throw, `keys_ambiguous`, or `signature_wrong` if a
 * key of the policy stands there with a signature that is not its.
 */
export function checkPolicy(
  policy: Policy,
  input: string | Uint8Array,
  logs: readonly VerifierKey[] = [],
): PolicyVerdict {
  const trusted = [...policy.logs.map(({ key }) => key), ...logs];
  const note = verifyKnown(parseNote(input), [...policyKeys(policy), ...logs]);
  const checkpoint = parseCheckpoint(note.text);

  const ids = new Set(trusted.filter(({ name }) => name === checkpoint.origin).map(({ id }) => id));
  const logSignatures = note.verified.filter(({ key }) => key.name === checkpoint.origin && ids.has(key.id));
  const signedBy = new Set(note.verified.map(({ key }) => `${key.name}+${key.id}`));
  const witnesses = policy.witnesses.filter(({ key }) => signedBy.has(`${key.name}+${key.id}`));

  const shortfalls: PolicyShortfall[] = [];
  if (trusted.length === 0) shortfalls.push({ code: "no_log_known" });
  else if (logSignatures.length === 0) {
    const known = [...new Set(trusted.map(({ name }) => name))];
    shortfalls.push({ code: "log_not_signed", origin: checkpoint.origin, known });
  }
  if (policy.quorum !== "none") shortfalls.push(...missingFor(policy.quorum, new Set(witnesses)));

  return {
    met: shortfalls.length === 0,
    shortfalls,
    checkpoint,
    note,
    logs: logSignatures,
    witnesses: witnesses.map(({ name }) => name),
  };
}

function missingFor(quorum: PolicyMember, cosigned: ReadonlySet<PolicyMember>): PolicyShortfall[] {
  if (hasWitnessed(quorum, cosigned)) return [];
  const [wanted, members] = quorum.kind === "group" ? [quorum.threshold, quorum.members] : [1, [quorum]];
  const missing = members.filter((member) => !hasWitnessed(member, cosigned));
  return [{
    code: "quorum_not_met",
    quorum: quorum.name,
    wanted,
    got: members.length - missing.length,
    missing: missing.map(({ name }) => name),
  }];
}

// Groups stand in at most one group each, so this visits each of them once, at most 256 deep.
function hasWitnessed(member: PolicyMember, cosigned: ReadonlySet<PolicyMember>): boolean {
  switch (member.kind) {
    case "witness":
      return cosigned.has(member);
    case "group": {
      const count = member.members.filter((each) => hasWitnessed(each, cosigned)).length;
      return count >= member.threshold;
    }
  }
}

/** Says a shortfall in words. */
export function describeShortfall(shortfall: PolicyShortfall): string {
  switch (shortfall.code) {
    case "no_log_known":
      return "Cannot tell whether the log is trusted: wanted a log in the policy or a key of one, got neither";
    case "log_not_signed":
      return `Cannot trust the checkpoint of ${shortfall.origin} as no trusted log of this origin has signed it: ` +
        `wanted ${shortfall.known.join(" or ")}, got none of them`;
    case "quorum_not_met":
      return `Cannot rely on the witnesses as too few have cosigned: wanted ${shortfall.wanted} of ${shortfall.quorum}, ` +
        `got ${shortfall.got}; missing: ${shortfall.missing.join(", ")}`;
  }
}
