/**
 * Moments of a chain: an entry, a turn, a time, or so many turns before the
 * last. Each comes down to an entry: what stands up to there, counts.
 *
 * @module
 */

import type { Entry } from "../chain/mod.ts";
import { readStored } from "../replay/mod.ts";
import type { ActorRow, LogReader } from "../store/mod.ts";
import { TravelError } from "./travel_error.ts";

/** A moment of a chain. */
export type Point =
  /** After the entry; within a turn that is before the turn has changed anything. */
  | { readonly point: "entry"; readonly seq: number }
  /** After the turn has ended. */
  | { readonly point: "turn"; readonly turn: number }
  /** After the last entry that was not later. */
  | { readonly point: "time"; readonly timeMs: number }
  /** After the last turn, or so many turns before it. */
  | { readonly point: "last"; readonly turnsBefore: number };

/** How many entries are read at first to find one that is not pruned, and of a kind that will do. */
const probeEntries = 4;

/**
 * The last entry that counts at a moment. Takes a logarithm of the length of the
 * chain. Should the clock have been set back, one of the moments that have that time is found.
 *
 * @throws {TravelError} `no_such_entry`, `no_such_turn`, `turn_open`, `before_first`, `pruned`
 */
export function locate(reader: LogReader, row: ActorRow, point: Point): number {
  const { address, size } = row;
  switch (point.point) {
    case "entry":
      if (point.seq < size) return point.seq;
      throw new TravelError({ code: "no_such_entry", address, got: point.seq, size });
    case "turn":
      return closingOf(reader, row, point.turn);
    case "time":
      return lastNotAfter(reader, row, point.timeMs);
    case "last":
      return point.turnsBefore === 0 ? size - 1 : closingOf(reader, row, row.turns - 1 - point.turnsBefore);
  }
}

/** The entry that opens a turn. @throws {TravelError} `no_such_turn`, `pruned` */
export function openingOf(reader: LogReader, row: ActorRow, turn: number): Entry {
  const { address, size, turns } = row;
  if (turn < 0 || turn >= turns) throw new TravelError({ code: "no_such_turn", address, got: turn, turns });
  const found = firstThat(reader, row, (entry) => "turn" in entry ? entry.turn >= turn : undefined);
  if (found !== undefined && "turn" in found && found.turn === turn) {
    if (found.kind === "receive" || found.kind === "keyframe") return found;
  }
  throw new TravelError({ code: "pruned", address, seq: Math.max(0, (found?.seq ?? size) - 1) });
}

function closingOf(reader: LogReader, row: ActorRow, turn: number): number {
  const { address } = row;
  let seq = openingOf(reader, row, turn).seq;
  for (const stored of reader.entries(address, { from: seq + 1 })) {
    if (stored.seq !== seq + 1) throw new TravelError({ code: "pruned", address, seq: seq + 1 });
    seq = stored.seq;
    const { kind } = readStored(address, stored);
    if (kind === "return" || kind === "trap" || kind === "cut") return seq;
  }
  for (const pruned of reader.pruned(address, { from: seq + 1 })) {
    throw new TravelError({ code: "pruned", address, seq: pruned.seq });
  }
  throw new TravelError({ code: "turn_open", address, turn });
}

function lastNotAfter(reader: LogReader, row: ActorRow, timeMs: number): number {
  const { address, size } = row;
  const later = firstThat(reader, row, ({ time }) => time > timeMs);
  if (later === undefined) return size - 1;
  if (later.seq > 0) return later.seq - 1;
  throw new TravelError({ code: "before_first", address, timeMs, firstMs: later.time });
}

/**
 * The first entry of which `holds` says true, of a chain where all after one of
 * which it does are such; entries of which it says nothing are passed over.
 */
function firstThat(
  reader: LogReader,
  { address, size }: ActorRow,
  holds: (entry: Entry) => boolean | undefined,
): Entry | undefined {
  /** The first entry from `seq` on that says something. */
  function probe(seq: number): { readonly entry: Entry; readonly holds: boolean } | undefined {
    for (let from = seq, count = probeEntries; from < size; from += count, count *= 16) {
      for (const stored of reader.entries(address, { from, to: Math.min(size, from + count) })) {
        const entry = readStored(address, stored);
        const said = holds(entry);
        if (said !== undefined) return { entry, holds: said };
      }
    }
    return undefined;
  }
  let [low, high] = [0, size];
  let found: Entry | undefined;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const probed = probe(middle);
    if (probed === undefined || probed.holds) {
      found = probed?.entry ?? found;
      high = middle;
    } else low = probed.entry.seq + 1;
  }
  return found;
}
