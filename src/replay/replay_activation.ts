/**
 * One activation run again, as far as what is there allows.
 *
 * @module
 */

import { commitPart } from "../chain/mod.ts";
import { decodeUtf8, encodeUtf8, type JsonObject } from "../codec/mod.ts";
import type { LogReader } from "../store/mod.ts";
import type { ActivationOutline } from "./chain_outline.ts";
import type { FreshDifference } from "./compare_fresh.ts";
import type { ReplayPorts } from "./current_state.ts";
import { type DivergenceReport, placeDifference, reportDivergence } from "./divergence_report.ts";
import { withPartsAtHand } from "./parts_at_hand.ts";
import { readTurns, type RecordedTurn } from "./recorded_turn.ts";
import { ReplayError, type ReplayFault } from "./replay_error.ts";
import { type PassedOver, type PassedOverCode, type ReplayAbility, whyNotRun } from "./replayable.ts";
import { replayTurns, type WatchedTurn } from "./replay_turns.ts";

/** What it takes to replay chains. */
export interface ReplayTools extends ReplayPorts {
  readonly ability: ReplayAbility;
  /** The part `execution` of a keyframe, were it recorded here. */
  readonly execution: JsonObject;
}

/** What the replay of an activation came to. */
export interface ActivationReplay {
  /** Turns that did what is recorded. */
  readonly reproduced: number;
  readonly passedOver: readonly PassedOver[];
  /** Parts that could not be compared, as their salts are not there. */
  readonly partsPassedOver: number;
  readonly divergence: DivergenceReport | undefined;
  /** What its turns did in fresh instances; with `fresh` only. */
  readonly fresh?: FreshReplay;
  /** The state at its end, JSON text; undefined where it was not reached. */
  readonly state: string | undefined;
}

/** How turns went that were run once more, each in a fresh instance on the recorded state before it. Plain data. */
export interface FreshReplay {
  /** Turns that were; those that were cut, or not reproduced, are not. */
  readonly turns: number;
  /** Those that did something else: they depend on what the instance kept in memory. */
  readonly differing: number;
  /** The first of them. */
  readonly first?: DivergenceReport;
}

/** How to run an activation again. */
export interface ActivationOptions {
  /** Called for every turn that did what is recorded. */
  readonly progress: () => void;
  /** Whether to run every turn in a fresh instance too. */
  readonly fresh: boolean;
  /** Hears once of every turn that did what is recorded; what it returns is waited for. */
  readonly watch?: (turn: WatchedTurn) => void | Promise<void>;
}

type Diverged = Extract<ReplayFault, { readonly code: "diverged" }>;

/**
 * Runs an activation again.
 *
 * @param begins the state before it, undefined where nobody knows it
 */
export async function replayActivation(
  reader: LogReader,
  activation: ActivationOutline,
  begins: string | undefined,
  tools: ReplayTools,
  options: ActivationOptions,
): Promise<ActivationReplay> {
  const { address, keyframe } = activation;
  const nothing = { reproduced: 0, partsPassedOver: 0, divergence: undefined, state: undefined };
  const notRun = (code: PassedOverCode, detail: string): ActivationReplay => ({
    ...nothing,
    passedOver: [{ code, turns: activation.turns, turn: keyframe.turn, seq: keyframe.seq, detail }],
  });
  const why = whyNotRun(reader, activation, tools.ability);
  if (why !== undefined) return { ...nothing, passedOver: [why] };
  if (begins === undefined) return notRun("state", "the state before it is not known");

  let setup: Awaited<ReturnType<ReplayPorts["load"]>>;
  try {
    setup = await tools.load(reader, address, keyframe.seq);
  } catch (error) {
    // Whatever a stranger's component does to the loader, it is not loaded.
    return notRun("load", error instanceof Error ? error.message : String(error));
  }

  let reproduced = 0;
  let partsPassedOver = 0;
  let nextTurn = keyframe.turn;
  const passedOver: PassedOver[] = [];
  const end = keyframe.turn + activation.turns;
  const done = ({ turn }: RecordedTurn, parts: number) => {
    if (turn < nextTurn) return; // To instantiate again for a later stretch runs no other turn.
    reproduced += 1;
    partsPassedOver += parts;
    nextTurn = turn + 1;
    options.progress();
  };
  let watched = keyframe.turn;
  const watch = (turn: WatchedTurn) => {
    if (turn.recorded.turn < watched) return;
    watched = turn.recorded.turn + 1;
    return options.watch?.(turn);
  };
  const pass = (code: PassedOverCode, to: number, seq: number, detail: string) => {
    if (to > nextTurn) passedOver.push({ code, turns: to - nextTurn, turn: nextTurn, seq, detail });
    nextTurn = Math.max(nextTurn, to);
  };
  const inFresh = { turns: 0, differing: 0, first: undefined as DivergenceReport | undefined };
  const fresh = ({ turn }: RecordedTurn, found: FreshDifference | undefined) => {
    inFresh.turns += 1;
    if (found === undefined) return;
    inFresh.differing += 1;
    inFresh.first ??= placeDifference(reader, activation, { turn, ...found }, [
      "hidden state: the component keeps something in memory, or in a variable of its script, from turn to turn",
    ]);
  };
  const run = async (state: string, from: "begins" | "joins", after: number, statesAt?: number) => {
    const log = withPartsAtHand(reader, address);
    const turns = readTurns(log, address, keyframe.seq, activation.to);
    const { value: instantiation } = turns.next();
    if (instantiation === undefined) {
      const detail = "the activation has no turn";
      throw new ReplayError({ code: "damaged", address, seq: keyframe.seq, detail });
    }
    return await replayTurns(log, {
      address,
      setup: { ...setup, state },
      from,
      instantiation,
      turns: after < 0 ? turns : later(turns, after),
      done,
      ...(options.fresh && statesAt === undefined && { fresh }),
      ...(options.watch !== undefined && { watch }),
      ...(statesAt !== undefined && { statesAt }),
    }, tools.start);
  };
  const finish = (state?: string, divergence?: DivergenceReport): ActivationReplay => {
    pass("follows", end, activation.to - 1, "a turn before it was not run to its end");
    const { first, ...counts } = inFresh;
    return {
      reproduced,
      passedOver,
      partsPassedOver,
      divergence,
      ...(options.fresh && { fresh: { ...counts, ...(first !== undefined && { first }) } }),
      state,
    };
  };

  let from: "begins" | "joins" = "begins";
  let state = begins;
  let after = -1;
  for (;;) {
    let last: ReplayFault;
    try {
      const result = await run(state, from, after);
      if (result.cut === undefined) return finish(result.state);
      const { opening, closing } = result.cut;
      pass("cut", result.cut.turn + 1, closing.seq, `nobody knows where turn ${result.cut.turn} was cut`);
      // A cut leaves the state as it was.
      return opening.kind === "keyframe" || from === "begins" ? finish(result.state) : finish();
    } catch (error) {
      if (!(error instanceof ReplayError)) throw error;
      last = error.fault;
    }
    if (last.code === "diverged") {
      if (from === "joins") {
        pass("memory", end, last.seq, `turns before it were left out, which it may remember: ${last.detail}`);
        return finish();
      }
      const divergence = await explain(last);
      nextTurn = last.turn + 1;
      return finish(undefined, divergence);
    }
    if (last.code === "lost") {
      pass("lost", end, keyframe.seq, last.detail);
      return finish();
    }
    if (last.code === "damaged") throw new ReplayError(last);
    // On from the next state that is kept whole.
    const kept = stateAfter(reader, activation, last.seq);
    pass("absent", kept?.turn ?? end, last.seq, `entry ${last.seq}: ${last.detail}`);
    if (kept === undefined) return finish();
    [from, state, after] = ["joins", kept.state, kept.turn - 1];
  }

  /** Runs once more up to a difference: to have the state there, and to see whether it is always the same. */
  async function explain(fault: Diverged): Promise<DivergenceReport> {
    let second: Diverged | undefined;
    try {
      await run(begins ?? "null", "begins", -1, fault.turn);
    } catch (error) {
      if (!(error instanceof ReplayError)) throw error;
      if (error.fault.code === "diverged") second = error.fault;
    }
    const same = second?.seq === fault.seq && second.difference.what === fault.difference.what;
    const told = same && second !== undefined ? second : fault;
    return reportDivergence(reader, activation, told, tools.execution, { same });
  }
}

function* later(turns: Iterable<RecordedTurn>, after: number): Generator<RecordedTurn> {
  for (const turn of turns) if (turn.turn > after) yield turn;
}

/** The first state of an activation, after an entry, that is kept whole; and the turn that follows it. */
function stateAfter(
  reader: LogReader,
  { address, to }: ActivationOutline,
  seq: number,
): { readonly turn: number; readonly state: string } | undefined {
  for (const { closing, turn } of readTurns(reader, address, seq, to)) {
    if (closing.kind !== "return" || closing.outcome !== "ok") continue;
    const part = reader.parts(address, closing.seq)[0];
    if (part?.bytes === undefined || part.salt === undefined) continue;
    if (commitPart(part.bytes, part.salt) !== closing.parts[0]) continue;
    return { turn: turn + 1, state: decodeUtf8(part.bytes) };
  }
  return undefined;
}

/** Whether the state at the end of an activation is the one with which the next begins. */
export function handsOver(reader: LogReader, { address, next }: ActivationOutline, state: string): boolean {
  if (next?.reason === "start") return true; // The actor begins anew.
  const part = next && reader.parts(address, next.seq)[0];
  if (next === undefined || part?.salt === undefined) return true; // Nothing to compare with.
  return commitPart(encodeUtf8(state), part.salt) === next.parts[0];
}
