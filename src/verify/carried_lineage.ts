/**
 * The proof that a forked chain carries of where it comes from, so that it can
 * be checked without the chain of its parent; and the port to whoever judges it.
 *
 * A head of this very node must be one of its tree, and signed by a key of it;
 * of another node's a key must have been given. Layer 2.
 * @module
 */

import { addressOf, nodeOf } from "../address/mod.ts";
import type { Hash } from "../merkle/mod.ts";
import { NoteError, parseVerifierKey, type Policy, type VerifierKey } from "../note/mod.ts";
import type { Evidence } from "./evidence.ts";
import type { FaultList, FaultWeight, LineageCode } from "./fault.ts";
import type { Fork } from "./lineage.ts";
import type { Tally } from "./tally.ts";
import type { Trust } from "./trust.ts";

/** One thing that is wrong with a proof of where a chain comes from. */
export interface LineageFault {
  readonly code: LineageCode;
  readonly weight?: FaultWeight;
  readonly wanted: string;
  readonly got: string;
}

/** Whose signature the proof must have. */
export interface LineageTrust {
  readonly keys?: readonly VerifierKey[];
  readonly policy?: Policy;
}

/** What a proof came to. */
export interface LineageJudgement {
  readonly faults: readonly LineageFault[];
  /** The head of the parent's node that the proof rests on; undefined where there is none. */
  readonly head: { readonly origin: string; readonly size: number; readonly root: string } | undefined;
}

/** Judges a proof of where a chain comes from. Any text at all gives a judgement. */
export type JudgeLineage = (fork: Fork, proof: string, trust: LineageTrust) => LineageJudgement;

/** A proof that was judged by itself. */
interface Carried extends LineageJudgement {
  readonly fork: Fork;
  /** Whether its head is one of the node that the evidence is of. */
  readonly ownNode: boolean;
  /** Whether anybody who is believed can have signed that head. */
  readonly signed: boolean;
}

/** The proofs of all forks of the evidence. */
export interface CarriedLineage {
  /** Sizes of the node's tree of which the roots are needed. */
  readonly sizes: readonly number[];
  /**
   * Holds them against the tree of the node, and adds what is wrong.
   *
   * @param unchecked forks whose parent is not here, or not all of it
   */
  finish(
    unchecked: readonly Fork[],
    rootAt: (size: number) => Hash | undefined,
    faults: FaultList,
  ): CarriedSummary;
}

/** What the proofs came to. */
export interface CarriedSummary {
  /** Forks that a proof shows where they come from, and whose parent is not here. */
  readonly proved: number;
  /** Forks of which nothing shows that. */
  readonly unproved: number;
  /** Proved by a head of a node of which no key was given. */
  readonly unsigned: number;
}

/** Reads and judges what forks carry. Without a judge nothing is read, and nothing proved. */
export function createCarriedLineage(
  evidence: Evidence,
  forks: readonly Fork[],
  { nodeKeys }: Tally,
  trust: Trust,
  judge: JudgeLineage | undefined,
): CarriedLineage {
  const ownKeys = nodeKeys.flatMap(({ key }) => readKey(key));
  const carried = judge === undefined ? [] : forks.flatMap((fork): Carried[] => {
    const proof = evidence.lineage(addressOf(fork.origin));
    if (proof === undefined) return [];
    const parentNode = nodeOf(fork.parent);
    const ownNode = parentNode === evidence.node;
    const given = [...trust.keys, ...trust.policy?.logs.map(({ key }) => key) ?? []]
      .filter(({ name }) => name === parentNode);
    const signers = ownNode ? ownKeys : given;
    const believed: LineageTrust = signers.length > 0 ? { keys: signers } : {};
    return [{ fork, ownNode, signed: ownNode || given.length > 0, ...judge(fork, proof, believed) }];
  });
  return {
    sizes: carried.flatMap(({ ownNode, head }) => ownNode && head !== undefined ? [head.size] : []),
    finish(unchecked, rootAt, faults) {
      const right = new Set<Fork>();
      let unsigned = 0;
      for (const { fork, ownNode, signed, head, faults: found } of carried) {
        const address = addressOf(fork.origin);
        const wrong = [...found, ...(ownNode ? besideTree(head, rootAt) : [])];
        for (const { weight, ...fault } of wrong) {
          // A key of the node itself must have signed what is said to be its head.
          const given = ownNode && fault.code === "lineage_untrusted" ? "refutes" : weight;
          faults.add({ ...fault, address, seq: 0, ...(given !== undefined && { weight: given }) });
        }
        if (wrong.length > 0 || head === undefined) continue;
        right.add(fork);
        if (!signed) unsigned += 1;
      }
      const proved = unchecked.filter((fork) => right.has(fork)).length;
      return { proved, unproved: unchecked.length - proved, unsigned };
    },
  };
}

function besideTree(
  head: LineageJudgement["head"],
  rootAt: (size: number) => Hash | undefined,
): LineageFault[] {
  if (head === undefined) return [];
  const root = rootAt(head.size);
  if (root === head.root) return [];
  const wanted = root === undefined
    ? "a head of the tree that is here"
    : `the root ${root} at ${head.size} leaves`;
  return [{ code: "lineage_differs", wanted, got: root === undefined ? `${head.size} leaves` : head.root }];
}

function readKey(key: string): VerifierKey[] {
  try {
    return [parseVerifierKey(key)];
  } catch (error) {
    if (error instanceof NoteError) return []; // Said where the key is named.
    throw error;
  }
}
