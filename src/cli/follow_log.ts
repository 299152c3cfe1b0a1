import type { ActorRow, LogReader } from "../store/mod.ts";
import { streamEntries } from "./entry_stream.ts";
import type { LoggedEntry } from "./logged_entry.ts";

/** How often the log is asked for news. */
const pollMs = 200;

/**
 * The entries that come after those in `shown`, as they are committed, also of
 * actors that are new; ends when `until` is aborted.
 *
 * @param select which actors are looked at, asked anew each time
 */
export async function* followLog(
  reader: LogReader,
  shown: readonly ActorRow[],
  select: () => readonly ActorRow[],
  until: AbortSignal,
): AsyncGenerator<LoggedEntry> {
  const sizes = new Map(shown.map(({ address, size }) => [address, size]));
  while (!until.aborted) {
    const grown = select().filter(({ address, size }) => size > (sizes.get(address) ?? 0));
    const rangeOf = ({ address, size }: ActorRow) => ({ from: sizes.get(address) ?? 0, to: size });
    if (grown.length > 0) {
      for (const logged of streamEntries(reader, grown, { rangeOf })) {
        yield logged;
        if (until.aborted) return;
      }
      for (const { address, size } of grown) sizes.set(address, size);
    }
    await pause(pollMs, until);
  }
}

/** Waits, but not past an abort. */
function pause(ms: number, until: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      until.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    until.addEventListener("abort", end);
    if (until.aborted) end();
  });
}
