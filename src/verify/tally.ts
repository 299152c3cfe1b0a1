/**
 * What is counted while the evidence is read. Layer 2.
 * @module
 */

import type { EvidencePartStatus } from "./evidence.ts";

/** Counters, and facts that later levels need. */
export interface Tally {
  chains: number;
  entries: number;
  turns: number;
  readonly parts: Record<EvidencePartStatus, number>;
  prunedEntries: number;
  unsealedEntries: number;
  erasuresOpen: number;
  /** Heads of children that are not here. */
  absentNews: number;
  seals: number;
  tiles: number;
  blobs: number;
  /** SHA-256 of what keyframes name and is not here: a log gives up what only pruned activations ran. */
  readonly absentBlobs: Set<string>;
  /** The head that the node gave up when it began, as its genesis says: `<size> <root>`. */
  abandoned: string | undefined;
  /** Keys that the node says it signs with, in the order of its chain. */
  readonly nodeKeys: NodeKey[];
}

/** An entry of `.node` that names a key. */
export interface NodeKey {
  readonly seq: number;
  /** A verifier key. */
  readonly key: string;
  /** Size of the node's tree from which on it signs. */
  readonly since: number;
}

export function createTally(): Tally {
  return {
    chains: 0,
    entries: 0,
    turns: 0,
    parts: { present: 0, derivable: 0, withheld: 0, erased: 0, pruned: 0, unknown: 0 },
    prunedEntries: 0,
    unsealedEntries: 0,
    erasuresOpen: 0,
    absentNews: 0,
    seals: 0,
    tiles: 0,
    blobs: 0,
    absentBlobs: new Set(),
    abandoned: undefined,
    nodeKeys: [],
  };
}
