import { commitPart, type GenesisEntry, type KeyframeEntry, type ReturnEntry } from "../chain/mod.ts";
import { decodeUtf8, encodeUtf8 } from "../codec/mod.ts";
import type { LogReader, StateRow } from "../store/mod.ts";
import type { WorkerSetup } from "../worker/mod.ts";
import { entryAt, partSalt, partText, readStored, readTurns, type RecordedTurn } from "./recorded_turn.ts";
import { ReplayError } from "./replay_error.ts";
import { type ReplayJob, replayTurns, type StartReplaying } from "./replay_turns.ts";

/** An entry that commits to the state after it. */
type StateEntry = GenesisEntry | KeyframeEntry | ReturnEntry;

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
  /** The entry whose state the log's state row holds; -1 if it holds none. Of a fork that has not begun, its genesis. */
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
  // A fork that has not begun: its genesis has the state, so that no row need hold it.
  if (last.kind === "genesis") {
    return { state: partText(reader, address, last, 1), seq: last.seq, rowSeq: last.seq, replayed: 0 };
  }
  const row = reader.state(address);
  const rowSeq = row?.seq ?? -1;
  // A keyframe that holds it whole; of an actor that began anew, what came before does not lead to it.
  const whole = last.kind === "keyframe" ? reader.parts(address, last.seq)[0]?.bytes : undefined;
  if (whole !== undefined && matches(reader, address, last.seq, whole)) {
    return { state: decodeUtf8(whole), seq: last.seq, rowSeq, replayed: 0 };
  }
  if (row !== undefined) {
    if (!matches(reader, address, row.seq, row.bytes)) {
      const detail = "the state row does not match the commitment of its entry";
      throw new ReplayError({ code: "damaged", address, seq: row.seq, detail });
    }
    if (matches(reader, address, last.seq, row.bytes)) {
      return { state: decodeUtf8(row.bytes), seq: last.seq, rowSeq, replayed: 0 };
    }
  }
  if (row === undefined && matches(reader, address, last.seq, encodeUtf8(noState))) {
    return { state: noState, seq: last.seq, rowSeq, replayed: 0 };
  }
  const { state, replayed } = await replaySince(reader, address, row, ports);
  if (!matches(reader, address, last.seq, encodeUtf8(state))) {
    const detail = "the state that replay gives does not match its commitment";
    throw new ReplayError({ code: "damaged", address, seq: last.seq, detail });
  }
  return { state, seq: last.seq, rowSeq, replayed };
}

/** A state that the log holds whole, and the entry after which it holds. */
interface KnownState {
  readonly seq: number;
  readonly state: string;
}

/** What replay came to. */
interface Replayed {
  readonly state: string;
  readonly replayed: number;
}

/**
 * Runs again what follows the state row. Where an instance remembered more than
 * its state, that goes another way, and it takes a run from a keyframe on.
 */
async function replaySince(
  reader: LogReader,
  address: string,
  row: StateRow | undefined,
  ports: ReplayPorts,
): Promise<Replayed> {
  if (row === undefined) return await replayFrom(reader, address, wholeKeyframe(reader, address), ports);
  try {
    return await replayFrom(reader, address, { seq: row.seq, state: decodeUtf8(row.bytes) }, ports);
  } catch (error) {
    if (!(error instanceof ReplayError) || error.fault.code !== "diverged") throw error;
    const keyframe = wholeKeyframe(reader, address, row.seq + 1);
    if (keyframe.seq === row.seq) throw error;
    return await replayFrom(reader, address, keyframe, ports);
  }
}

/** Runs again everything after a known state, activation by activation. */
async function replayFrom(
  reader: LogReader,
  address: string,
  known: KnownState,
  ports: ReplayPorts,
): Promise<Replayed> {
  let { state } = known;
  let replayed = 0;
  for (const { from, instantiation, turns } of activationsSince(reader, address, known.seq)) {
    const { opening } = instantiation;
    // An actor that begins anew.
    if (from === "begins" && opening.kind === "keyframe" && opening.reason === "start") state = noState;
    const setup = await ports.load(reader, address, opening.seq);
    const result = await replayTurns(
      reader,
      { address, setup: { ...setup, state }, from, instantiation, turns },
      ports.start,
    );
    state = result.state;
    replayed += result.turns;
  }
  return { state, replayed };
}

interface ActivationTurns extends Pick<ReplayJob, "from"> {
  readonly instantiation: RecordedTurn;
  /** The turns of it that end after the entry asked for, up to the last that made a state. */
  readonly turns: readonly RecordedTurn[];
}

/** The activations in which a state was made after entry `since`, each from there on. */
function activationsSince(reader: LogReader, address: string, since: number): ActivationTurns[] {
  const found: { from: ReplayJob["from"]; instantiation: RecordedTurn; turns: RecordedTurn[] }[] = [];
  for (const turn of readTurns(reader, address, lastKeyframe(reader, address, since))) {
    if (turn.opening.kind === "keyframe") found.push({ from: "begins", instantiation: turn, turns: [] });
    const activation = found.at(-1);
    if (activation === undefined || turn.opening.kind === "keyframe") continue;
    if (turn.closing.seq > since) activation.turns.push(turn);
    else activation.from = "joins";
  }
  return found
    .map(({ turns, ...rest }) => ({ ...rest, turns: turns.slice(0, turns.findLastIndex(madeState) + 1) }))
    .filter(({ turns }) => turns.length > 0);
}

function madeState({ closing }: RecordedTurn): boolean {
  return closing.kind === "return" && closing.outcome === "ok";
}

/** The last keyframe before entry `to` whose state the log holds whole; the first always does. */
function wholeKeyframe(reader: LogReader, address: string, to?: number): KnownState {
  const range = to === undefined ? { backwards: true } : { backwards: true, to };
  for (const stored of reader.records(address, range)) {
    const { kind, seq } = readStored(address, stored);
    const bytes = stored.parts[0]?.bytes;
    if (kind !== "keyframe" || bytes === undefined) continue;
    if (!matches(reader, address, seq, bytes)) {
      const detail = "the state does not match its commitment";
      throw new ReplayError({ code: "damaged", address, seq, detail });
    }
    return { seq, state: decodeUtf8(bytes) };
  }
  throw new ReplayError({ code: "damaged", address, seq: 0, detail: "no keyframe holds its state" });
}

/** The keyframe of the activation that entry `seq` belongs to. */
function lastKeyframe(reader: LogReader, address: string, seq: number): number {
  for (const stored of reader.entries(address, { to: seq + 1, backwards: true })) {
    const entry = readStored(address, stored);
    if (entry.kind === "keyframe") return entry.seq;
  }
  throw new ReplayError({ code: "damaged", address, seq, detail: "no activation holds this entry" });
}

function lastStateEntry(reader: LogReader, address: string): StateEntry | undefined {
  for (const stored of reader.entries(address, { backwards: true })) {
    const entry = readStored(address, stored);
    if (entry.kind === "keyframe" || (entry.kind === "return" && entry.outcome === "ok")) return entry;
    if (entry.kind === "genesis" && entry.fork_origin !== undefined) return entry;
  }
  return undefined;
}

function matches(reader: LogReader, address: string, seq: number, bytes: Uint8Array): boolean {
  const commitment = entryAt(reader, address, seq).parts[0];
  return commitment === commitPart(bytes, partSalt(reader, address, seq, 0));
}
