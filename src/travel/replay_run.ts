/**
 * A run of activations run again, as far as it can be: of each but the first the
 * state comes from the end of the one before.
 *
 * @module
 */

import {
  type ActivationOutline,
  type ActivationReplay,
  type PassedOver,
  replayActivation,
  type ReplayTools,
  stateKept,
  type WatchedTurn,
} from "../replay/mod.ts";
import type { LogReader } from "../store/mod.ts";
import { TravelError } from "./travel_error.ts";

/** What the replay of a run came to. */
export interface RunReplay {
  /** How many turns did what is recorded. */
  readonly replayed: number;
  /** Those that could not be run, in order. */
  readonly passedOver: readonly PassedOver[];
  readonly end: RunEnd;
}

/** The state at the end of a run, JSON text; or why it was not reached. */
export type RunEnd = { readonly state: string } | { readonly failure: TravelError };

/** Hears of every turn that did what is recorded. */
export type TurnListener = (turn: WatchedTurn) => void;

/** Called when an activation begins, with its state where that is known; what it returns hears of its turns. */
export type RunListener = (
  activation: ActivationOutline,
  begins: string | undefined,
) => TurnListener | undefined;

/** Runs activations again, in order. @throws {ReplayError} `damaged` */
export async function replayRun(
  reader: LogReader,
  run: readonly ActivationOutline[],
  tools: ReplayTools,
  listen: RunListener = () => undefined,
): Promise<RunReplay> {
  // Of the state before the first activation of a chain nobody need be told.
  let end: RunEnd | undefined = run[0]?.keyframe.reason === "start" ? { state: "null" } : undefined;
  let replayed = 0;
  const passedOver: PassedOver[] = [];
  for (const activation of run) {
    const before = end !== undefined && "state" in end ? end.state : undefined;
    const begins = stateKept(reader, activation) ?? before;
    const watch = listen(activation, begins);
    const result = await replayActivation(reader, activation, begins, tools, {
      progress() {},
      fresh: false,
      ...(watch !== undefined && { watch }),
    });
    replayed += result.reproduced;
    passedOver.push(...result.passedOver);
    if (result.state !== undefined) end = { state: result.state };
    // The first failure is the one that the others follow from.
    else if (end === undefined || "state" in end) end = { failure: failureOf(activation, result) };
  }
  return { replayed, passedOver, end: end ?? { state: "null" } };
}

function failureOf(
  { address, keyframe }: ActivationOutline,
  { divergence, passedOver }: ActivationReplay,
): TravelError {
  const reason = passedOver.findLast(({ code }) => code !== "follows");
  if (divergence !== undefined) return new TravelError({ code: "diverged", divergence });
  return new TravelError({
    code: "not_run",
    address,
    turn: reason?.turn ?? keyframe.turn,
    seq: reason?.seq ?? keyframe.seq,
    why: reason?.code ?? "follows",
    detail: reason?.detail ?? "its activation has not ended",
  });
}
