/**
 * Policies: which logs and witnesses are trusted, and how many of them it takes
 * (c2sp.org/tlog-policy).
 *
 *     log example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx
 *     witness one witness.example/w1+…
 *     witness two witness.example/w2+…
 *     group both all one two
 *     quorum both
 *
 * Layer 1.
 * @module
 */

import type { VerifierKey } from "./verifier_key.ts";

/** A log that is trusted. The name of its key is its origin. */
export interface PolicyLog {
  readonly key: VerifierKey;
  readonly url?: string;
}

/** A witness that is known. */
export interface PolicyWitness {
  readonly kind: "witness";
  /** In this policy only. */
  readonly name: string;
  readonly key: VerifierKey;
  readonly url?: string;
}

/** Several, of which so many must have witnessed. */
export interface PolicyGroup {
  readonly kind: "group";
  readonly name: string;
  /** 1 to the number of members. */
  readonly threshold: number;
  readonly members: readonly PolicyMember[];
}

/** What can be in a group, or be the quorum. */
export type PolicyMember = PolicyWitness | PolicyGroup;

/** Whom to trust. */
export interface Policy {
  readonly logs: readonly PolicyLog[];
  /** All that are known, in the quorum or not. */
  readonly witnesses: readonly PolicyWitness[];
  /** What must have witnessed a checkpoint; `none` if nobody must. */
  readonly quorum: PolicyMember | "none";
}

/** All keys of a policy, for `openNote`. */
export function policyKeys({ logs, witnesses }: Policy): VerifierKey[] {
  return [...logs, ...witnesses].map(({ key }) => key);
}
