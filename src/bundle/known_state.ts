/**
 * The state of an actor after any entry that commits to one: at hand, or by
 * running turns again.
 *
 * @module
 */

import { parseEntry, partRoles } from "../chain/mod.ts";
import { encodeUtf8 } from "../codec/mod.ts";
import { currentState, type ReplayPorts } from "../replay/mod.ts";
import type { EntryRange, LogReader, StateRow } from "../store/mod.ts";

/**
 * The state to which the entry at `seq` commits in its part `state`; it always
 * matches that commitment.
 *
 * @throws {ReplayError}
 */
export async function stateAt(
  reader: LogReader,
  address: string,
  seq: number,
  ports: ReplayPorts,
): Promise<Uint8Array> {
  const bytes = reader.parts(address, seq)[0]?.bytes;
  if (bytes !== undefined) return bytes;
  const { state } = await currentState(cutAfter(reader, address, seq), address, ports);
  return encodeUtf8(state);
}

/**
 * The log as if the chain of `address` had ended with the entry at `seq`, and its
 * state row were the newest state that is whole: what is erased or pruned before
 * it is not needed then.
 */
function cutAfter(reader: LogReader, address: string, seq: number): LogReader {
  const size = seq + 1;
  const within = (range: EntryRange = {}): EntryRange => ({ ...range, to: Math.min(range.to ?? size, size) });
  return {
    ...reader,
    entries: (of, range) => reader.entries(of, of === address ? within(range) : range),
    records: (of, range) => reader.records(of, of === address ? within(range) : range),
    state: (of) => of === address ? wholeState(reader, address, seq) : reader.state(of),
  };
}

function wholeState(reader: LogReader, address: string, seq: number): StateRow | undefined {
  const row = reader.state(address);
  const rowSeq = row === undefined || row.seq > seq ? -1 : row.seq;
  for (const stored of reader.records(address, { from: rowSeq + 1, to: seq + 1, backwards: true })) {
    const bytes = stored.parts[0]?.bytes;
    if (bytes === undefined) continue;
    const entry = parseEntry(stored.text);
    if (partRoles(entry)[0] === "state") return { seq: entry.seq, bytes };
  }
  return rowSeq < 0 ? undefined : row;
}
