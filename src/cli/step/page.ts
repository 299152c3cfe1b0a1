/**
 * What the stepper shows of one entry, read from the log.
 *
 * @module
 */

import type { Entry } from "../../chain/mod.ts";
import type { ActorRow, LogReader, StoredPart } from "../../store/mod.ts";
import { openingOf } from "../../travel/mod.ts";
import { readEntry } from "../logged_entry.ts";

/** An entry with what was said. */
export interface PageEntry {
  readonly entry: Entry;
  readonly parts: readonly StoredPart[];
}

/** One entry among those of its turn. */
export interface StepPage {
  readonly actor: string;
  readonly seq: number;
  /** Absent where the entry is pruned. */
  readonly shown: PageEntry | undefined;
  readonly turn: number | undefined;
  readonly nextTurn: number;
  /** The entries of its turn, in order, or itself alone; not all of a turn that has very many. */
  readonly around: readonly PageEntry[];
  /** Entries of the turn before and after those. */
  readonly left: { readonly before: number; readonly after: number };
}

/** Most entries of a turn that are read. */
const aroundMax = 200;

/**
 * Reads the page of an entry.
 *
 * @param row of the actor as it is now
 * @throws {CliError} `bad_entry`
 */
export function readPage(reader: LogReader, row: ActorRow, seq: number): StepPage {
  const { address } = row;
  const stored = reader.entry(address, seq);
  const read = (each: Parameters<typeof readEntry>[2]): PageEntry => {
    const { entry, parts } = readEntry(reader, address, each);
    return { entry, parts: parts() };
  };
  const alone = { actor: address, seq, turn: undefined, nextTurn: nextTurnAfter(reader, row, seq) };
  const left = { before: 0, after: 0 };
  if (stored === undefined) return { ...alone, shown: undefined, around: [], left };
  const shown = read(stored);
  if (!("turn" in shown.entry)) return { ...alone, shown, around: [shown], left };
  const { turn } = shown.entry;
  const first = openingOf(reader, row, turn).seq;
  const from = Math.max(first, seq - aroundMax / 2);
  const around: PageEntry[] = [];
  let after = 0;
  for (const record of reader.records(address, { from, to: from + 2 * aroundMax })) {
    const each = read(record);
    if (!("turn" in each.entry) || each.entry.turn !== turn) break;
    if (around.length < aroundMax) around.push(each);
    else after += 1;
  }
  return {
    actor: address,
    seq,
    shown,
    turn,
    nextTurn: turn + 1,
    around,
    left: { before: from - first, after },
  };
}

/** The first turn that begins after an entry that belongs to none. */
function nextTurnAfter(reader: LogReader, row: ActorRow, seq: number): number {
  for (const stored of reader.entries(row.address, { from: seq + 1 })) {
    const { entry } = readEntry(reader, row.address, stored);
    if ("turn" in entry) return entry.turn;
  }
  return row.turns;
}
