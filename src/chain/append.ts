/**
 * The append rule: how the next entry of a chain is made.
 *
 * Layer 1.
 * @module
 */

import { ChainError } from "./chain_error.ts";
import { type Draft, type Entry, entryVersion, type HashHex } from "./entry.ts";
import { chainHash, zeroHash } from "./hash.ts";
import { parseEntry } from "./parse.ts";
import { commitInput, type PartInput } from "./part.ts";
import { serializeEntry } from "./serialize.ts";

/** Where a chain stands. */
export interface ChainHead {
  /** How many entries it has; at least 1. */
  readonly size: number;
  /** Chain hash of the last one. */
  readonly hash: HashHex;
}

/** An entry made by {@linkcode appendEntry}. */
export interface Appended {
  readonly entry: Entry;
  /** Its canonical text: what is stored. */
  readonly text: string;
  /** Its chain hash. */
  readonly hash: HashHex;
  /** Where the chain stands with it. */
  readonly head: ChainHead;
}

/**
 * Makes the next entry: gives it its place, commits to its parts and hashes it.
 *
 * What is made is read back by the strict parser, so nothing is ever written
 * that a reader would refuse. Whether the entry may stand where it is put is the
 * caller's business (`createChainChecker()` judges it), apart from the genesis.
 *
 * @param head Where the chain stands; undefined makes the genesis.
 * @param parts In the order of the roles of the entry; at least one.
 * @throws {RangeError} if the draft is a genesis and the chain has begun, or the other way round.
 * @throws {ChainError} with an `EntryFault` if the draft or the number of parts breaks a rule.
 */
export function appendEntry(
  head: ChainHead | undefined,
  draft: Draft,
  parts: readonly PartInput[],
): Appended {
  if ((draft.kind === "genesis") !== (head === undefined)) {
    throw new RangeError(
      head === undefined
        ? `Cannot begin a chain: wanted a genesis, got ${draft.kind}`
        : `Cannot append to a chain of ${head.size} entries: wanted another kind, got genesis`,
    );
  }
  const entry: Entry = {
    ...draft,
    v: entryVersion,
    seq: head?.size ?? 0,
    prev: head?.hash ?? zeroHash,
    parts: parts.map(commitInput),
  };
  const text = serializeEntry(entry);
  try {
    const parsed = parseEntry(text);
    const hash = chainHash(text);
    return { entry: parsed, text, hash, head: { size: entry.seq + 1, hash } };
  } catch (error) {
    throw error instanceof ChainError ? new ChainError({ ...error.fault, seq: entry.seq }) : error;
  }
}
