import { NODE_ADDRESS } from "../address/mod.ts";
import { type ActorRow, openLogReader } from "../store/mod.ts";
import { streamEntries } from "./entry_stream.ts";
import type { LoggedEntry } from "./logged_entry.ts";
import { countOf, formatCount } from "./quantity.ts";

/** How often the log is asked for turns that have ended. */
const pollMs = 200;

/** What one turn used, from the entry that closed it. */
export interface TurnStats {
  readonly actor: string;
  readonly turn: number;
  /** `ok`, `err`, or the code of a trap or cut. */
  readonly end: string;
  /** Units of the schedule; undefined where the worker went away with what it knew. */
  readonly fuel: number | undefined;
  readonly calls: number;
  /** From the entry that opened the turn to the one that closed it, on the host's clock. */
  readonly ms: number;
}

/** Tells what turns use, as they are committed. */
export interface StatsFeed {
  /** Tells of the turns that have ended up to now, and ends. */
  finish(): Promise<void>;
}

/** Follows the log at `path` from here on; `tell` is called with each turn, in the order of each actor's chain. */
export function followStats(path: string, tell: (stats: TurnStats) => Promise<void>): StatsFeed {
  const reader = openLogReader(path);
  const rows = () => reader.actors().filter(({ address }) => address !== NODE_ADDRESS);
  const sizes = new Map(rows().map(({ address, size }) => [address, size]));
  const opened = new Map<string, number>();
  const pass = async () => {
    const from = ({ address }: ActorRow) => sizes.get(address) ?? 0;
    const grown = rows().filter((row) => row.size > from(row));
    const rangeOf = (row: ActorRow) => ({ from: from(row), to: row.size });
    if (grown.length > 0) {
      for (const logged of streamEntries(reader, grown, { rangeOf })) {
        const stats = statsOf(logged, opened);
        if (stats !== undefined) await tell(stats);
      }
    }
    for (const { address, size } of grown) sizes.set(address, size);
  };
  let last = Promise.resolve();
  const timer = setInterval(() => void (last = last.then(pass)), pollMs);
  return {
    async finish() {
      clearInterval(timer);
      try {
        await last.then(pass);
      } finally {
        reader.close();
      }
    },
  };
}

/** @param opened when the turn in hand of each actor began */
function statsOf({ address, entry }: LoggedEntry, opened: Map<string, number>): TurnStats | undefined {
  switch (entry.kind) {
    case "receive":
    case "keyframe":
      opened.set(address, entry.time);
      return undefined;
    case "return":
    case "trap":
    case "cut":
      return {
        actor: address,
        turn: entry.turn,
        end: entry.kind === "return" ? entry.outcome : entry.kind === "trap" ? entry.code : entry.reason,
        fuel: entry.fuel,
        calls: entry.calls,
        ms: entry.time - (opened.get(address) ?? entry.time),
      };
  }
  return undefined;
}

/** One line, without its line feed. */
export function formatStats({ actor, turn, end, fuel, calls, ms }: TurnStats): string {
  const used = fuel === undefined ? "fuel unknown" : `fuel ${formatCount(fuel)}`;
  return `${actor} turn ${turn}: ${end}, ${used}, ${countOf(calls, "call")}, ${formatCount(ms)} ms`;
}
