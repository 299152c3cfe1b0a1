import type { ActorRow, LogReader } from "../store/mod.ts";
import { describeEntry } from "./entry_words.ts";
import { readEntry } from "./logged_entry.ts";

/** The last thing that went wrong with an actor. */
export interface Trouble {
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly kind: "trap" | "cut" | "return";
  /** `trap: out of bounds`, `cut: deadline`, `refused to start`. */
  readonly what: string;
  /** The reason, in one line. */
  readonly said: string;
}

/** How far back it is looked for, in entries. */
const entriesMax = 1_000;

/** Finds the last trap, cut or refused init among the newest entries of an actor. */
export function lastTrouble(reader: LogReader, { address, size, status }: ActorRow): Trouble | undefined {
  const from = Math.max(0, size - entriesMax);
  for (const stored of reader.entries(address, { from, backwards: true })) {
    // Most entries are none of these: do not parse them.
    if (!/"kind":"(?:trap|cut)"|"outcome":"err"/.test(stored.text)) continue;
    const logged = readEntry(reader, address, stored);
    const { entry } = logged;
    if (entry.kind !== "trap" && entry.kind !== "cut") {
      // A refusal is an answer, unless the actor never came to life.
      if (status !== "failed" || entry.kind !== "return") continue;
    }
    const { what, asked, answered } = describeEntry(entry, logged.parts());
    return {
      seq: entry.seq,
      time: entry.time,
      kind: entry.kind,
      what: entry.kind === "return" ? "refused to start" : `${entry.kind}: ${what}`,
      said: asked + answered,
    };
  }
  return undefined;
}
