import type { CutEntry, ReceiveEntry, TrapEntry } from "../chain/mod.ts";
import type { LogReader } from "../store/mod.ts";
import { type LoggedEntry, readEntry } from "./logged_entry.ts";

/** A message whose turn crashed: it is not tried again. */
export interface DeadLetter {
  readonly received: LoggedEntry & { readonly entry: ReceiveEntry };
  /** How its turn ended. */
  readonly ended: LoggedEntry & { readonly entry: TrapEntry | CutEntry };
}

/** How many entries are read at once: no read of the log stays open between two letters. */
const pageSize = 512;

/** The messages of one actor whose turns ended in a trap or a cut, oldest first. */
export function* deadLetters(reader: LogReader, address: string, size: number): Generator<DeadLetter> {
  let received: DeadLetter["received"] | undefined;
  for (let from = 0; from < size; from += pageSize) {
    for (const stored of Array.from(reader.entries(address, { from, to: Math.min(size, from + pageSize) }))) {
      // Most entries are calls: do not parse them.
      if (stored.text.includes('"kind":"call"')) continue;
      const logged = readEntry(reader, address, stored);
      const { entry } = logged;
      if (entry.kind === "receive") received = isMessage(entry) ? { ...logged, entry } : undefined;
      else if (entry.kind === "keyframe" || entry.kind === "return") received = undefined;
      else if ((entry.kind === "trap" || entry.kind === "cut") && received !== undefined) {
        yield { received, ended: { ...logged, entry } };
        received = undefined;
      }
    }
  }
}

function isMessage({ type }: ReceiveEntry): boolean {
  return type !== "init" && type !== "migrate";
}
