/**
 * Makes sure that what was taken away is gone from the disk, also when the
 * process ends in between: a file beside the log says that it is not yet so.
 *
 * @module
 */

import { parseEntry, partRoles } from "../chain/mod.ts";
import { exists, remove, writeFileAtomic } from "../platform/mod.ts";
import type { LogReader, LogStore, Write } from "../store/mod.ts";
import type { PartPlace } from "./part_place.ts";

function notePath(logPath: string): string {
  return `${logPath}.scrub`;
}

/** Commits writes that take something away, and removes it from the disk. */
export function commitAndScrub(store: LogStore, logPath: string, writes: readonly Write[]): void {
  const note = notePath(logPath);
  writeFileAtomic(note, "Parts of this log were erased; what was freed is still to be overwritten.\n");
  store.commit(writes);
  store.scrub();
  remove(note);
}

/**
 * Finishes what a process that ended too early has left: to be called when a log
 * was opened for writing. Costs nothing where there is nothing to finish.
 *
 * @returns whether there was something
 */
export function finishErasures(store: LogStore, logPath: string): boolean {
  if (!exists(notePath(logPath))) return false;
  const writes = store.actors().flatMap(({ address }) =>
    openErasures(store, address).map(({ seq, position }): Write => ({
      write: "erase-part",
      address,
      seq,
      part: position,
    }))
  );
  if (writes.length > 0) store.commit(writes);
  store.scrub();
  remove(notePath(logPath));
  return true;
}

/** Parts that an entry erases and that are still there. */
export function openErasures(reader: LogReader, address: string): PartPlace[] {
  const found: PartPlace[] = [];
  for (const { text } of reader.entries(address)) {
    const entry = parseEntry(text);
    if (entry.kind !== "erase") continue;
    const target = reader.entry(address, entry.target);
    if (target === undefined) continue; // Pruned since.
    const parts = reader.parts(address, entry.target);
    partRoles(parseEntry(target.text)).forEach((role, position) => {
      if (!entry.roles.includes(role) || parts[position]?.status === "erased") return;
      found.push({ address, seq: entry.target, position, role });
    });
  }
  return found;
}
