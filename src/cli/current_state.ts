import { commitPart, parseEntry, statePosition } from "../chain/mod.ts";
import { encodeUtf8 } from "../codec/mod.ts";
import type { LogReader } from "../store/mod.ts";
import { CliError } from "./cli_error.ts";
import { readEntry } from "./logged_entry.ts";
import { loadReplayTools } from "./replay_tools.ts";

/** A state and the entry after which it holds. */
export interface CurrentState {
  readonly bytes: Uint8Array;
  readonly seq: number;
  /** How many turns were run again to know it. */
  readonly replayed: number;
}

/**
 * The last committed state of an actor; always one that matches its commitment.
 *
 * Mostly its bytes are at hand: in the part of the last entry that has a state,
 * or in the state row. Where that is older, the turns since are run again, which
 * may take seconds and needs nothing but the log.
 *
 * @throws {CliError} `no_state`
 * @throws {ReplayError} where the log contradicts itself, or cannot be replayed
 */
export async function currentState(reader: LogReader, address: string): Promise<CurrentState> {
  const seq = lastStateSeq(reader, address);
  if (seq === undefined) throw new CliError({ code: "no_state", actor: address });
  const bytes = bytesAtHand(reader, address, seq);
  return bytes === undefined ? await replayState(reader, address) : { bytes, seq, replayed: 0 };
}

function bytesAtHand(reader: LogReader, address: string, seq: number): Uint8Array | undefined {
  const stored = reader.entry(address, seq);
  if (stored === undefined) return undefined;
  const entry = parseEntry(stored.text);
  const position = statePosition(entry);
  const part = reader.parts(address, seq)[position];
  const bytes = part?.bytes ?? reader.state(address)?.bytes;
  if (bytes === undefined || part?.salt === undefined) return undefined;
  return commitPart(bytes, part.salt) === entry.parts[position] ? bytes : undefined;
}

async function replayState(reader: LogReader, address: string): Promise<CurrentState> {
  const [{ currentState }, tools] = await Promise.all([import("../replay/mod.ts"), loadReplayTools()]);
  const { state, seq, replayed } = await currentState(reader, address, tools);
  return { bytes: encodeUtf8(state), seq, replayed };
}

function lastStateSeq(reader: LogReader, address: string): number | undefined {
  for (const stored of reader.entries(address, { backwards: true })) {
    const { entry } = readEntry(reader, address, stored);
    if (statePosition(entry) >= 0) return entry.seq;
  }
  return undefined;
}
