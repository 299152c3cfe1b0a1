import type { LogReader, StoredPart } from "../store/mod.ts";

/** How many entries' parts are kept at hand, and of how many bytes together. */
const entriesMax = 1024;
const bytesMax = 32 * 1024 * 1024;

/**
 * Reads the same log with entries and their parts at once: what goes through
 * entries in order and asks for their parts soon after takes one query a page
 * instead of one an entry.
 */
export function withPartsAtHand(reader: LogReader, address: string): LogReader {
  const kept = new Map<number, readonly StoredPart[]>();
  let bytes = 0;
  function keep(seq: number, parts: readonly StoredPart[]) {
    if (kept.has(seq)) return;
    kept.set(seq, parts);
    bytes += sizeOf(parts);
    for (const [oldest, itsParts] of kept) {
      if ((kept.size <= entriesMax && bytes <= bytesMax) || oldest === seq) break;
      kept.delete(oldest);
      bytes -= sizeOf(itsParts);
    }
  }
  return {
    ...reader,
    *entries(of, range) {
      if (of !== address) return yield* reader.entries(of, range);
      for (const { seq, text, parts } of reader.records(of, range)) {
        keep(seq, parts);
        yield { seq, text };
      }
    },
    parts: (of, seq) => (of === address ? kept.get(seq) : undefined) ?? reader.parts(of, seq),
  };
}

function sizeOf(parts: readonly StoredPart[]): number {
  return parts.reduce((sum, part) => sum + (part.bytes?.length ?? 0), 0);
}
