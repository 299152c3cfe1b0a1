import type { ActorRow, LogReader } from "../store/mod.ts";
import { readEntry } from "./logged_entry.ts";

/** What a supervisor decided about an actor. */
export interface Decision {
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** `restart (crash), 1 of 3`: what, by which rule, and the restarts that counted of those that may be. */
  readonly what: string;
  /** Whose end or wish led to it. */
  readonly by: string;
}

/** How far back it is looked for, in entries. */
const entriesMax = 1_000;

/** Finds the last decision about an actor among its newest entries. */
export function lastDecision(reader: LogReader, { address, size }: ActorRow): Decision | undefined {
  const from = Math.max(0, size - entriesMax);
  for (const stored of reader.entries(address, { from, backwards: true })) {
    // Most entries are none: do not parse them.
    if (!stored.text.includes('"kind":"supervise"')) continue;
    const { entry } = readEntry(reader, address, stored);
    if (entry.kind !== "supervise") continue;
    const { seq, time, decision, rule, restarts, intensity, by } = entry;
    const counted = rule === "crash" || rule === "intensity" ? `, ${restarts} of ${intensity}` : "";
    return { seq, time, what: `${decision.replace("_", " ")} (${rule})${counted}`, by };
  }
  return undefined;
}
