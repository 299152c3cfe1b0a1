/**
 * The states around a turn, so that to go on from there, or back, takes no
 * further replay.
 *
 * @module
 */

import type { ActivationOutline, ReplayTools } from "../replay/mod.ts";
import type { ActorRow, LogReader } from "../store/mod.ts";
import { runsBefore } from "./activations.ts";
import { locate, openingOf } from "./point.ts";
import { replayRun } from "./replay_run.ts";
import { TravelError } from "./travel_error.ts";

/** How much is kept. */
export interface WindowSize {
  /** Turns before the one asked for, and after it. */
  readonly turns: number;
  /** UTF-16 code units of states; that of the turn itself and of the one before it are always kept. */
  readonly chars: number;
}

/** States, JSON texts, after turns of one activation. */
export interface StateWindow {
  /** The first turn of the activation, which instantiated. */
  readonly firstTurn: number;
  /** The state with which it began, where that is known. */
  readonly begins: string | undefined;
  /** By turn; of a turn that could not be run there is none. */
  readonly states: ReadonlyMap<number, string>;
  /** Why the state after the turn asked for is not there. */
  readonly failure: TravelError | undefined;
}

/**
 * Runs the activation of a turn again, up to a little after it, and keeps the states around it.
 *
 * @throws {TravelError} `no_such_turn`, `pruned`
 * @throws {ReplayError} `damaged`
 */
export async function statesAround(
  reader: LogReader,
  row: ActorRow,
  turn: number,
  tools: ReplayTools,
  size: WindowSize,
): Promise<StateWindow> {
  const opening = openingOf(reader, row, turn);
  const last = Math.min(turn + size.turns, row.turns - 1);
  const end = endOf(reader, row, last);
  const states = new Map<number, string>();
  let chars = 0;
  let begins: string | undefined;
  let firstTurn = 0;
  function keep(at: number, state: string) {
    states.set(at, state);
    chars += state.length;
    for (const [oldest, text] of states) {
      if (oldest >= turn - 1 || (oldest >= turn - size.turns && chars <= size.chars)) break;
      states.delete(oldest);
      chars -= text.length;
    }
  }
  const upTo = runOf(reader, row, opening.seq, end);
  const wanted = upTo.at(-1);
  const { end: reached } = await replayRun(reader, upTo, tools, (activation, state) => {
    if (activation !== wanted) return undefined;
    [begins, firstTurn] = [state, activation.keyframe.turn];
    let next = firstTurn;
    return ({ recorded, before, end }) => {
      if (recorded.turn > turn && chars > size.chars) return;
      // Where turns in between could not be run, it went on from a state that is kept.
      if (recorded.turn > next) keep(recorded.turn - 1, before);
      keep(recorded.turn, end.end === "ok" ? end.state ?? before : before);
      next = recorded.turn + 1;
    };
  });
  const failure = "failure" in reached ? reached.failure : undefined;
  return { firstTurn, begins, states, failure: states.has(turn) ? undefined : failure };
}

/** The run up to the activation of the entry at `seq`; of that, what stands before `end`. */
function runOf(reader: LogReader, row: ActorRow, seq: number, end: number): ActivationOutline[] {
  for (const run of runsBefore(reader, row, end)) {
    const upTo = run.filter(({ keyframe }) => keyframe.seq <= seq);
    if (upTo.length > 0) return upTo;
  }
  return [];
}

/** The entry after the turn `last`, or the end of the chain if that turn has not ended. */
function endOf(reader: LogReader, row: ActorRow, last: number): number {
  try {
    return locate(reader, row, { point: "turn", turn: last }) + 1;
  } catch (error) {
    if (error instanceof TravelError) return row.size;
    throw error;
  }
}
