/**
 * Forks: a chain that names another as the one that it goes on from, checked
 * where that one is here.
 *
 * What is not here is handed on as unchecked: a proof that the entry was in the
 * parent's tree can be held against it. Layer 2.
 * @module
 */

import { addressOf } from "../address/mod.ts";
import { ChainError, type HashHex, parseEntry } from "../chain/mod.ts";
import { type Evidence, type EvidenceEntry, EvidenceError } from "./evidence.ts";
import type { FaultList } from "./fault.ts";

/** Where a chain says that it was forked off. */
export interface Fork {
  /** Origin of the forked chain. */
  readonly origin: string;
  /** Origin of its parent. */
  readonly parent: string;
  /** The entry behind which it goes its own way. */
  readonly seq: number;
  /** Chain hash of that entry. */
  readonly entry: HashHex;
  /** Root of the parent's tree at `seq + 1` entries. */
  readonly root: HashHex;
  /** Commitment of the state there. */
  readonly state: HashHex;
}

/** What the parent's chain says of the entry behind which another goes its own way. */
export interface ForkPoint {
  readonly hash: HashHex;
  readonly root: string;
  /** Whether it ends a turn of an actor that is initialised; undefined where that is pruned. */
  readonly ends: boolean | undefined;
  /** Commitment of the state behind it; undefined where that is pruned. */
  readonly state: HashHex | undefined;
}

/** The forks of all chains of the evidence. */
export interface Lineage {
  /** All of them. */
  readonly forks: readonly Fork[];
  /** Whether something is forked off this entry of a chain. */
  asks(origin: string, seq: number): boolean;
  /** Takes note of such an entry. */
  note(origin: string, seq: number, point: ForkPoint): void;
  /** A chain was read to its end, and nothing was wrong with the order of its entries. */
  whole(origin: string, size: number): void;
  /**
   * Judges all forks, once all chains were read.
   *
   * @returns those that could not be checked, or not all of them
   */
  finish(faults: FaultList): readonly Fork[];
}

/** Reads the first entry of every chain. */
export function createLineage(evidence: Evidence): Lineage {
  const forks = evidence.chains().flatMap(({ address }) => readFork(evidence, address) ?? []);
  const wanted = new Map<string, Map<number, ForkPoint | undefined>>();
  for (const { parent, seq } of forks) {
    const points = wanted.get(parent) ?? new Map<number, ForkPoint | undefined>();
    points.set(seq, undefined);
    wanted.set(parent, points);
  }
  const sizes = new Map<string, number>();
  return {
    forks,
    asks: (origin, seq) => wanted.get(origin)?.has(seq) === true,
    note: (origin, seq, point) => void wanted.get(origin)?.set(seq, point),
    whole: (origin, size) => void (wanted.has(origin) && sizes.set(origin, size)),
    finish(faults) {
      return forks.filter((fork) => {
        const found = judgeFork(fork, wanted.get(fork.parent)?.get(fork.seq), sizes.get(fork.parent));
        if (found === "right") return false;
        if (found === "unchecked") return true;
        faults.add({ code: "wrong_fork", address: addressOf(fork.origin), seq: 0, ...found });
        return false;
      });
    },
  };
}

function readFork(evidence: Evidence, address: string): Fork | undefined {
  const first = firstEntry(evidence, address);
  // Most chains are no forks, and are parsed where they are read.
  if (first === undefined || "pruned" in first || !first.text.includes('"fork_origin":')) return undefined;
  try {
    const entry = parseEntry(first.text);
    if (entry.kind !== "genesis") return undefined;
    const {
      origin,
      fork_origin: parent,
      fork_seq: seq,
      fork_entry: hash,
      fork_root: root,
      parts: [, state],
    } = entry;
    if (parent === undefined || seq === undefined || hash === undefined) return undefined;
    if (root === undefined || state === undefined) return undefined;
    return { origin, parent, seq, entry: hash, root, state };
  } catch (error) {
    if (error instanceof ChainError) return undefined; // Said where the chain is read.
    throw error;
  }
}

/** What cannot be read is said where the chain is read. */
function firstEntry(evidence: Evidence, address: string): EvidenceEntry | undefined {
  try {
    return evidence.entry(address, 0);
  } catch (error) {
    if (error instanceof EvidenceError) return undefined;
    throw error;
  }
}

function judgeFork(
  fork: Fork,
  point: ForkPoint | undefined,
  parentSize: number | undefined,
): "right" | "unchecked" | { readonly wanted: string; readonly got: string } {
  const place = `entry ${fork.seq} of ${fork.parent}`;
  if (point === undefined) {
    if (parentSize === undefined) return "unchecked";
    return { wanted: place, got: `${parentSize} entries` };
  }
  if (point.hash !== fork.entry) return { wanted: `${point.hash}, the hash of ${place}`, got: fork.entry };
  if (point.root !== fork.root) return { wanted: `${point.root}, the root behind ${place}`, got: fork.root };
  if (point.ends === false) {
    return { wanted: "the end of a turn of an actor that is initialised", got: place };
  }
  if (point.state !== undefined && point.state !== fork.state) {
    return { wanted: `${point.state}, the state behind ${place}`, got: fork.state };
  }
  return point.ends === undefined || point.state === undefined ? "unchecked" : "right";
}
