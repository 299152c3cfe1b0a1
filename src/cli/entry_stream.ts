import type { ActorRow, LogReader } from "../store/mod.ts";
import { type LoggedEntry, readEntry } from "./logged_entry.ts";

/** Which entries of each chain to read: `[from, to)`. */
export interface StreamRange {
  readonly from: number;
  readonly to: number;
}

/** How to read. */
export interface StreamOptions {
  readonly rangeOf: (actor: ActorRow) => StreamRange;
  /** From the newest to the oldest. @default false */
  readonly backwards?: boolean;
  /** Read parts along with their entries, which is faster where those of most are wanted. @default false */
  readonly withParts?: boolean;
}

/** One chain that is being read. */
interface Cursor {
  readonly entries: Iterator<LoggedEntry>;
  /** What comes next of it. */
  next: LoggedEntry;
  /** Time by which it is merged: never steps back, as the order within a chain must stay. */
  key: number;
}

/** Entries in memory at once, over all chains. */
const pagesTotal = 4096;
const pageMost = 512;
const pageLeast = 8;

/**
 * The entries of several chains as one stream, in the order of time; of one
 * chain always in the order of the chain. Memory stays flat in the length of the
 * chains, and no read of the log stays open between two entries.
 */
export function* streamEntries(
  reader: LogReader,
  actors: readonly ActorRow[],
  { rangeOf, backwards = false, withParts = false }: StreamOptions,
): Generator<LoggedEntry> {
  const pageSize = Math.min(pageMost, Math.max(pageLeast, Math.floor(pagesTotal / actors.length)));
  const cursors: Cursor[] = [];
  for (const actor of actors) {
    const entries = readPages(reader, actor.address, rangeOf(actor), { pageSize, backwards, withParts });
    const first = entries.next();
    if (!first.done) cursors.push({ entries, next: first.value, key: first.value.entry.time });
  }
  const before = (a: Cursor, b: Cursor) =>
    a.key !== b.key
      ? (backwards ? a.key > b.key : a.key < b.key)
      : (backwards ? a.next.address > b.next.address : a.next.address < b.next.address);
  for (let i = cursors.length >> 1; i >= 0; i--) sink(cursors, i, before);
  for (let first = cursors[0]; first !== undefined; first = cursors[0]) {
    yield first.next;
    const { value, done } = first.entries.next();
    if (!done) {
      first.next = value;
      first.key = backwards ? Math.min(first.key, value.entry.time) : Math.max(first.key, value.entry.time);
    } else {
      const last = cursors.pop();
      if (last === undefined || cursors.length === 0) return;
      cursors[0] = last;
    }
    sink(cursors, 0, before);
  }
}

function* readPages(
  reader: LogReader,
  address: string,
  { from, to }: StreamRange,
  { pageSize, backwards, withParts }: {
    readonly pageSize: number;
    readonly backwards: boolean;
    readonly withParts: boolean;
  },
): Generator<LoggedEntry, undefined> {
  let [low, high] = [from, to];
  while (low < high) {
    const page = backwards
      ? { from: Math.max(low, high - pageSize), to: high }
      : { from: low, to: Math.min(high, low + pageSize) };
    const stored = withParts
      ? reader.records(address, { ...page, backwards })
      : reader.entries(address, { ...page, backwards });
    for (const entry of stored) yield readEntry(reader, address, entry);
    if (backwards) high = page.from;
    else low = page.to;
  }
}

/** Lets the item at `index` of a binary heap sink to where it belongs. */
function sink<T>(heap: T[], index: number, before: (a: T, b: T) => boolean): void {
  for (let at = index;;) {
    const item = heap[at];
    if (item === undefined) return;
    let [least, leastAt] = [item, at];
    for (const child of [2 * at + 1, 2 * at + 2]) {
      const candidate = heap[child];
      if (candidate !== undefined && before(candidate, least)) [least, leastAt] = [candidate, child];
    }
    if (leastAt === at) return;
    heap[at] = least;
    heap[leastAt] = item;
    at = leastAt;
  }
}
