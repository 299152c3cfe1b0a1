/**
 * A whole chain run again, activation by activation, as far as what is there
 * allows: for `theater verify --replay`.
 *
 * @module
 */

import { commitPart, type Entry, parseEntry } from "../chain/mod.ts";
import { decodeUtf8, encodeUtf8, isJsonObject, memberOf, parseCanonical } from "../codec/mod.ts";
import type { LogReader } from "../store/mod.ts";
import type { ReplayPorts } from "./current_state.ts";
import { readTurns, type RecordedTurn } from "./recorded_turn.ts";
import { ReplayError, type ReplayFault } from "./replay_error.ts";
import { replayTurns } from "./replay_turns.ts";

/** The numbers that a recording must have to be replayed here. */
export interface ReplayVersions {
  readonly replay: number;
  readonly schedule: number;
}

/** What the replay of a chain came to. */
export interface ChainReplay {
  /** Turns that were run again, and did what is recorded, to the byte. */
  readonly turns: number;
  /** Turns that could not be run: cut short, of another version, or resting on what is not there. */
  readonly passedOver: number;
  /** The first difference of each activation that went another way, and workers that died. */
  readonly faults: readonly ReplayFault[];
}

/** Most memory that the component of a stranger is given, in bytes. */
const memoryBytesMax = 1024 * 1024 * 1024;

/**
 * Runs a chain again. Entries and parts must have been judged before; whatever
 * is not there is passed over and counted.
 */
export async function replayChain(
  reader: LogReader,
  address: string,
  ports: ReplayPorts,
  versions: ReplayVersions,
): Promise<ChainReplay> {
  const keyframes = keyframesOf(reader, address);
  let turns = 0;
  let passedOver = 0;
  const faults: ReplayFault[] = [];
  /** The state after the activation before; undefined where nobody knows it. */
  let state: string | undefined = "null";
  for (const [i, keyframe] of keyframes.entries()) {
    const to = keyframes[i + 1];
    const recorded = isWhole(reader, address, keyframe, to)
      ? [...readTurns(reader, address, keyframe, to)]
      : [];
    const [instantiation, ...following] = recorded;
    const entry = entryAt(reader, address, keyframe);
    const begins: string | undefined = startState(reader, address, entry, state);
    if (instantiation === undefined || entry === undefined) {
      state = undefined;
      continue;
    }
    const disagrees = state !== undefined && begins === undefined &&
      startPart(reader, address, entry) !== "absent";
    if (disagrees) {
      const detail = "the activation before ended at another state than the one with which this one begins";
      faults.push({ code: "diverged", address, turn: instantiation.turn, seq: keyframe, detail });
    }
    if (begins === undefined || !canRun(reader, address, entry, versions)) {
      passedOver += recorded.length;
      state = undefined;
      continue;
    }
    if (!isReplayable(reader, address, instantiation)) {
      passedOver += recorded.length;
      state = undefined;
      continue;
    }
    let ran = 0;
    state = undefined;
    try {
      const setup = await ports.load(reader, address, keyframe);
      for (const stretch of stretchesOf(reader, address, begins, following)) {
        const job = { address, setup: { ...setup, state: stretch.state }, from: stretch.from, instantiation };
        const result = await replayTurns(reader, { ...job, turns: stretch.turns }, ports.start);
        // To instantiate again for a later stretch runs no other turn.
        ran += result.turns - (stretch.from === "begins" ? 0 : 1);
        state = stretch.last && result.cut === undefined ? result.state : undefined;
      }
    } catch (error) {
      if (!(error instanceof ReplayError)) throw error;
      if (error.fault.code !== "part_absent") faults.push(error.fault);
    }
    turns += ran;
    passedOver += recorded.length - ran;
  }
  return { turns, passedOver, faults };
}

/** Turns of one activation that follow each other and can be run. */
interface Stretch {
  readonly from: "begins" | "joins";
  /** The state before the first. */
  readonly state: string;
  readonly turns: readonly RecordedTurn[];
  /** Whether it reaches the end of the activation. */
  readonly last: boolean;
}

/** What can be run of an activation: up to a turn that cannot be, and on from the next state that is kept whole. */
function stretchesOf(
  reader: LogReader,
  address: string,
  begins: string,
  following: readonly RecordedTurn[],
): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let open: { from: Stretch["from"]; state: string; turns: RecordedTurn[] } | undefined = {
    from: "begins",
    state: begins,
    turns: [],
  };
  for (const turn of following) {
    if (isReplayable(reader, address, turn)) {
      open?.turns.push(turn);
      continue;
    }
    if (open !== undefined) stretches.push({ ...open, last: false });
    const { closing } = turn;
    const made = closing.kind === "return" && closing.outcome === "ok";
    const bytes = made ? reader.parts(address, closing.seq)[0]?.bytes : undefined;
    open = bytes && { from: "joins", state: decodeUtf8(bytes), turns: [] };
  }
  if (open !== undefined) stretches.push({ ...open, last: true });
  return stretches.filter(({ from, turns }) => from === "begins" || turns.length > 0);
}

function keyframesOf(reader: LogReader, address: string): number[] {
  const found: number[] = [];
  for (const { seq, text } of reader.entries(address)) {
    // Most entries are none: do not parse them.
    if (text.includes('"kind":"keyframe"') && parseEntry(text).kind === "keyframe") found.push(seq);
  }
  return found;
}

/** Whether nothing of an activation is pruned. */
function isWhole(reader: LogReader, address: string, from: number, to: number | undefined): boolean {
  const [first] = reader.pruned(address, to === undefined ? { from } : { from, to });
  return first === undefined;
}

function entryAt(reader: LogReader, address: string, seq: number): Entry | undefined {
  const stored = reader.entry(address, seq);
  return stored && parseEntry(stored.text);
}

/** The state with which an activation begins: the one before if the keyframe commits to it, else what it keeps itself. */
function startState(
  reader: LogReader,
  address: string,
  entry: Entry | undefined,
  before: string | undefined,
): string | undefined {
  if (entry === undefined) return undefined;
  const part = reader.parts(address, entry.seq)[0];
  if (before === undefined) return part?.bytes && decodeUtf8(part.bytes);
  if (part?.salt === undefined) return before; // Nothing to compare with.
  return commitPart(encodeUtf8(before), part.salt) === entry.parts[0] ? before : undefined;
}

function startPart(reader: LogReader, address: string, entry: Entry): "there" | "absent" {
  return reader.parts(address, entry.seq)[0]?.salt === undefined ? "absent" : "there";
}

/** Whether this version can run it, and has what it takes. */
function canRun(reader: LogReader, address: string, keyframe: Entry, versions: ReplayVersions): boolean {
  const [component, manifest, execution] = reader.parts(address, keyframe.seq).slice(1).map(({ bytes }) => {
    const value = bytes && parseCanonical(decodeUtf8(bytes));
    return isJsonObject(value) ? value : undefined;
  });
  if (component === undefined || manifest === undefined || execution === undefined) return false;
  const limits = memberOf(manifest, "limits");
  const memory = isJsonObject(limits) ? memberOf(limits, "memoryBytes") : undefined;
  return [memberOf(component, "component"), memberOf(component, "source")].every((sha256) =>
    sha256 === undefined || typeof sha256 === "string" && reader.blob(sha256) !== undefined
  ) &&
    memberOf(execution, "replay") === versions.replay &&
    memberOf(execution, "schedule") === versions.schedule &&
    typeof memory === "number" && memory <= memoryBytesMax;
}

/** Whether all is there that a turn was told, and all with which its end is compared. */
function isReplayable(
  reader: LogReader,
  address: string,
  { opening, calls, closing }: RecordedTurn,
): boolean {
  const parts = (seq: number) => reader.parts(address, seq);
  return (opening.kind === "keyframe" || parts(opening.seq)[0]?.bytes !== undefined) &&
    calls.every(({ seq }) => parts(seq).every(({ bytes }) => bytes !== undefined)) &&
    parts(closing.seq).every(({ salt }) => salt !== undefined);
}
