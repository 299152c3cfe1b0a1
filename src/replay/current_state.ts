import { commitPart, type HashHex, type KeyframeEntry, parseEntry, type ReturnEntry } from "../chain/mod.ts";
import { decodeUtf8 } from "../codec/mod.ts";
import type { LogReader } from "../store/mod.ts";
import type { WorkerSetup } from "../worker/mod.ts";
import { partSalt, readTurns, type RecordedTurn } from "./recorded_turn.ts";
import { ReplayError } from "./replay_error.ts";
import { replayTurns, type StartReplaying } from "./replay_turns.ts";

/** An entry that commits to the state after it. */
type StateEntry = KeyframeEntry | ReturnEntry;

/** What it takes to run an activation again. */
export interface ReplayPorts {
  readonly start: StartReplaying;
  /** Loads what the keyframe at `seq` names, from the log itself. */
  load(reader: LogReader, address: string, keyframeSeq: number): Promise<Omit<WorkerSetup, "turn" | "state">>;
}

/** The last committed state of an actor. */
export interface CurrentState {
  /** JSON text; `null` text before the first. */
  readonly state: string;
  /** The last entry that commits to it; -1 in a chain that holds none yet. */
  readonly seq: number;
  /** The entry whose state the log's state row holds; -1 if it holds none. */
  readonly rowSeq: number;
  /** How many turns had to be run again to know it. */
  readonly replayed: number;
}

/** JSON text of the state before the first. */
const noState = "null";

/**
 * Finds the last committed state of `address`: from the state row where it is
 * fresh, else by running again the turns since. What it gives always matches
 * the commitment of its entry.
 *
 * @throws {ReplayError}
 */
export async function currentState(
  reader: LogReader,
  address: string,
  ports: ReplayPorts,
): Promise<CurrentState> {
  const last = lastStateEntry(reader, address);
  if (last === undefined) return { state: noState, seq: -1, rowSeq: -1, replayed: 0 };
  const row = reader.state(address);
  const rowSeq = row?.seq ?? -1;
  if (row !== undefined) {
    if (!matches(reader, address, row.seq, row.bytes)) {
      const detail = "the state row does not match the commitment of its entry";
      throw new ReplayError({ code: "damaged", address, seq: row.seq, detail });
    }
    if (matches(reader, address, last.seq, row.bytes)) {
      return { state: decodeUtf8(row.bytes), seq: last.seq, rowSeq, replayed: 0 };
    }
  }
  const start = row === undefined ? noState : decodeUtf8(row.bytes);
  if (row === undefined && matches(reader, address, last.seq, new TextEncoder().encode(noState))) {
    return { state: noState, seq: last.seq, rowSeq, replayed: 0 };
  }
  const { state, replayed } = await replayFrom(reader, address, rowSeq, start, ports);
  if (!matches(reader, address, last.seq, new TextEncoder().encode(state))) {
    const detail = "the state that replay gives does not match its commitment";
    throw new ReplayError({ code: "damaged", address, seq: last.seq, detail });
  }
  return { state, seq: last.seq, rowSeq, replayed };
}

/** Runs again everything after entry `since`, activation by activation. */
async function replayFrom(
  reader: LogReader,
  address: string,
  since: number,
  start: string,
  ports: ReplayPorts,
): Promise<{ state: string; replayed: number }> {
  let state = start;
  let replayed = 0;
  for (const { instantiation, turns } of activationsSince(reader, address, since)) {
    const setup = await ports.load(reader, address, instantiation.opening.seq);
    const job = { address, setup: { ...setup, state }, instantiation, turns };
    const result = await replayTurns(reader, job, ports.start);
    state = result.state;
    replayed += result.turns;
  }
  return { state, replayed };
}

interface ActivationTurns {
  readonly instantiation: RecordedTurn;
  /** The turns of it that end after the entry asked for. */
  readonly turns: readonly RecordedTurn[];
}

/** The activations that have turns ending after entry `since`, each from there on. */
function activationsSince(reader: LogReader, address: string, since: number): ActivationTurns[] {
  const found: { instantiation: RecordedTurn; turns: RecordedTurn[] }[] = [];
  for (const turn of readTurns(reader, address, lastKeyframe(reader, address, since))) {
    if (turn.opening.kind === "keyframe") found.push({ instantiation: turn, turns: [] });
    else if (turn.closing.seq > since) found.at(-1)?.turns.push(turn);
  }
  return found.filter(({ turns }) => turns.length > 0);
}

/** The keyframe of the activation that entry `seq` belongs to; the first one for -1. */
function lastKeyframe(reader: LogReader, address: string, seq: number): number {
  if (seq < 0) return 0;
  for (const { text } of reader.entries(address, { to: seq + 1, backwards: true })) {
    const entry = parseEntry(text);
    if (entry.kind === "keyframe") return entry.seq;
  }
  throw new ReplayError({ code: "damaged", address, seq, detail: "no activation holds this entry" });
}

function lastStateEntry(reader: LogReader, address: string): StateEntry | undefined {
  for (const { text } of reader.entries(address, { backwards: true })) {
    const entry = parseEntry(text);
    if (entry.kind === "keyframe" || (entry.kind === "return" && entry.outcome === "ok")) return entry;
  }
  return undefined;
}

function matches(reader: LogReader, address: string, seq: number, bytes: Uint8Array): boolean {
  const stored = reader.entry(address, seq);
  const commitment = stored && parseEntry(stored.text).parts[0];
  return commitment === commitPart(bytes, partSalt(reader, address, seq, 0)) as HashHex;
}
