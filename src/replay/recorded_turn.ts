import type { CallRecord } from "../boundary/mod.ts";
import {
  type CallEntry,
  ChainError,
  chainHash,
  type ChainHead,
  commitPart,
  type CutEntry,
  type Entry,
  type KeyframeEntry,
  parseEntry,
  type ReceiveEntry,
  type ReturnEntry,
  type TrapEntry,
} from "../chain/mod.ts";
import { decodeUtf8 } from "../codec/mod.ts";
import type { LogReader, StoredEntry, StoredPart } from "../store/mod.ts";
import { ReplayError } from "./replay_error.ts";

/** One turn as the log has it. */
export interface RecordedTurn {
  readonly turn: number;
  /** A keyframe opens the turn that instantiates, a receive every other. */
  readonly opening: KeyframeEntry | ReceiveEntry;
  readonly calls: readonly CallEntry[];
  readonly closing: ReturnEntry | TrapEntry | CutEntry;
}

/** An entry of a log whose bytes were checked against the chain. */
export interface CheckedEntry {
  readonly entry: Entry;
  readonly hash: string;
}

/**
 * Reads the entries `[from, to)` of a chain, checking that each follows the one before.
 *
 * @throws {ReplayError} `damaged`
 */
export function* readEntries(
  reader: LogReader,
  address: string,
  from: number,
  to?: number,
): Generator<CheckedEntry> {
  let prev: string | undefined;
  let seq = from;
  for (const stored of reader.entries(address, to === undefined ? { from } : { from, to })) {
    const entry = readStored(address, stored);
    if (entry.seq !== seq || (prev !== undefined && entry.prev !== prev)) {
      throw new ReplayError({ code: "damaged", address, seq, detail: "the chain is broken here" });
    }
    prev = chainHash(stored.text);
    yield { entry, hash: prev };
    seq += 1;
  }
}

/**
 * Reads the turns of a chain that begin in `[from, to)`. Entries between turns
 * (genesis, accepts) are passed over.
 *
 * @throws {ReplayError} `damaged`
 */
export function* readTurns(
  reader: LogReader,
  address: string,
  from: number,
  to?: number,
): Generator<RecordedTurn> {
  let opening: KeyframeEntry | ReceiveEntry | undefined;
  let calls: CallEntry[] = [];
  for (const { entry } of readEntries(reader, address, from, to)) {
    switch (entry.kind) {
      case "genesis":
      case "accept":
      case "erase":
      case "prune":
      case "key":
      case "incarnation":
      case "supervise":
        break;
      case "keyframe":
      case "receive":
        opening = entry;
        calls = [];
        break;
      case "call":
        calls.push(entry);
        break;
      case "return":
      case "trap":
      case "cut":
        if (opening === undefined) {
          if (from > 0) break; // The turn began before the range.
          throw new ReplayError({ code: "damaged", address, seq: entry.seq, detail: "no turn is open here" });
        }
        yield { turn: opening.turn, opening, calls, closing: entry };
        opening = undefined;
        break;
    }
  }
}

/**
 * Reads an entry that the store gave.
 *
 * @throws {ReplayError} `damaged`
 */
export function readStored(address: string, { seq, text }: StoredEntry): Entry {
  try {
    return parseEntry(text);
  } catch (error) {
    if (!(error instanceof ChainError)) throw error;
    throw new ReplayError({ code: "damaged", address, seq, detail: error.message });
  }
}

/** Reads one entry. @throws {ReplayError} `damaged` */
export function entryAt(reader: LogReader, address: string, seq: number): Entry {
  const stored = reader.entry(address, seq);
  if (stored === undefined) {
    throw new ReplayError({ code: "damaged", address, seq, detail: "it is not there" });
  }
  return readStored(address, stored);
}

/** Reads the text of one part, and checks it against its entry. @throws {ReplayError} `part_absent`, `damaged` */
export function partText(reader: LogReader, address: string, entry: Entry, index: number): string {
  return textIn(reader.parts(address, entry.seq), address, entry, index);
}

function textIn(parts: readonly StoredPart[], address: string, entry: Entry, index: number): string {
  const { seq } = entry;
  const part = parts[index];
  if (part?.bytes === undefined || part.salt === undefined) {
    const detail = `part ${index} is ${part?.status ?? "missing"}`;
    throw new ReplayError({ code: "part_absent", address, seq, detail });
  }
  if (commitPart(part.bytes, part.salt) !== entry.parts[index]) {
    const detail = `part ${index} is not what the entry commits to`;
    throw new ReplayError({ code: "damaged", address, seq, detail });
  }
  return decodeUtf8(part.bytes);
}

/** Reads the salt of one part. */
export function partSalt(reader: LogReader, address: string, seq: number, index: number): Uint8Array {
  const part: StoredPart | undefined = reader.parts(address, seq)[index];
  if (part?.salt === undefined) {
    const detail = `the salt of part ${index} is ${part?.status ?? "missing"}`;
    throw new ReplayError({ code: "part_absent", address, seq, detail });
  }
  return part.salt;
}

/** The record of a call as the boundary takes it, from its entry and parts. */
export function callRecord(reader: LogReader, address: string, entry: CallEntry): CallRecord {
  const parts = reader.parts(address, entry.seq);
  return {
    function: entry.function,
    outcome: entry.outcome,
    arguments: textIn(parts, address, entry, 0),
    result: textIn(parts, address, entry, 1),
    ...(entry.bodied && { body: textIn(parts, address, entry, 2) }),
    timeMs: entry.time,
  };
}

/** Where a chain stands, as its row says. */
export function headOf(reader: LogReader, address: string): ChainHead | undefined {
  const row = reader.actor(address);
  return row === undefined ? undefined : { size: row.size, hash: row.head as ChainHead["hash"] };
}
