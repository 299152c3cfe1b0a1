import { commitPart, parseEntry } from "../chain/mod.ts";
import type { LogReader } from "../store/mod.ts";
import { CliError } from "./cli_error.ts";
import { readEntry } from "./logged_entry.ts";

/** A state and the entry after which it holds. */
export interface CurrentState {
  readonly bytes: Uint8Array;
  readonly seq: number;
}

/**
 * The last committed state of an actor, checked against its commitment.
 *
 * The bytes are taken from the state part of the last entry that has one, or
 * from the state row where that is of this entry or of one whose state is the
 * same.
 *
 * @throws {CliError} `no_state`; `needs_replay` where only replay gives the bytes; `state_differs`
 */
export function currentState(reader: LogReader, address: string): CurrentState {
  const seq = lastStateSeq(reader, address);
  if (seq === undefined) throw new CliError({ code: "no_state", actor: address });
  const stored = reader.entry(address, seq);
  const commitment = stored === undefined ? undefined : parseEntry(stored.text).parts[0];
  const part = reader.parts(address, seq)[0];
  const row = reader.state(address);
  const bytes = part?.bytes ?? row?.bytes;
  if (bytes !== undefined && part?.salt !== undefined && commitPart(bytes, part.salt) === commitment) {
    return { bytes, seq };
  }
  if (part?.bytes !== undefined || row?.seq === seq) {
    throw new CliError({ code: "state_differs", actor: address, seq });
  }
  throw new CliError({
    code: "needs_replay",
    actor: address,
    seq,
    ...(row === undefined ? {} : { kept: row.seq }),
  });
}

function lastStateSeq(reader: LogReader, address: string): number | undefined {
  for (const stored of reader.entries(address, { backwards: true })) {
    const { entry } = readEntry(reader, address, stored);
    if (entry.kind === "keyframe" || (entry.kind === "return" && entry.outcome === "ok")) return entry.seq;
  }
  return undefined;
}
