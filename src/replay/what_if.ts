/**
 * What if: turns run again with other answers or messages than the recorded
 * ones, to see how the run would have gone from there.
 *
 * Every turn is taken twice: once as it was recorded, held against its record to
 * the byte, and once with the overrides, its calls answered from the recording
 * as far as that goes. Neither has a host, and nothing is written.
 *
 * @module
 */

import { messageText } from "../chain/mod.ts";
import type { LogReader } from "../store/mod.ts";
import type { TurnReport, WorkerSetup } from "../worker/mod.ts";
import { type ActivationOutline, outlineChain, stateKept } from "./chain_outline.ts";
import { compareTurn } from "./compare_turn.ts";
import { answeredOtherwise, type Override, type PlacedOverride, placeOverrides } from "./override.ts";
import { readTurns, type RecordedTurn } from "./recorded_turn.ts";
import type { ReplayTools } from "./replay_activation.ts";
import { whyNotRun } from "./replayable.ts";
import { ReplayError } from "./replay_error.ts";
import { replayInput, replayTurns, type StartReplaying, told } from "./replay_turns.ts";
import { createTurnComparer, type WhatIfTurn } from "./what_if_turn.ts";
import { createWay, type TurnToRun, type Way } from "./way.ts";

/** What to answer otherwise. */
export interface WhatIfRequest {
  readonly address: string;
  /** At least one. */
  readonly overrides: readonly Override[];
  /** Called after every turn: how many were run, of how many there are. */
  readonly progress?: (turns: number, of: number) => void;
}

/** What it takes to run turns with other answers. */
export interface WhatIfTools extends ReplayTools {
  /** Starts a worker whose host is stood in for; see `startStandingIn` of the worker room. */
  readonly standIn: StartReplaying;
}

/** An override, and whether the run came to it. */
export interface UsedOverride extends PlacedOverride {
  readonly used: boolean;
}

/** How a run would have gone. Plain data. */
export interface WhatIf {
  readonly address: string;
  readonly overrides: readonly UsedOverride[];
  /** The first turn that was run otherwise. */
  readonly from: number;
  /** How many were, from there on. */
  readonly turns: number;
  /** How many of them went another way. */
  readonly differing: number;
  /** The first thousand of these. */
  readonly differences: readonly WhatIfTurn[];
  /** The state at the end, JSON text. */
  readonly state: { readonly recorded: string; readonly whatIf: string };
  /** The turn in which the actor could not start, so that no later one was run; and why. */
  readonly ended?: { readonly turn: number; readonly detail: string };
}

/** Most differing turns that are kept. */
const differencesMax = 1000;

/** How long a turn that is run otherwise may take, in milliseconds: nobody knows that it ends. */
const turnMsMax = 60_000;

/**
 * Runs a chain again from the first turn that has an override to its last.
 *
 * A call is answered by the recorded one of its turn that asks the same. Where
 * none is left, an effect that would be staged is supposed to have been taken,
 * and nothing leaves; any other call ends its turn, as a host does that cannot
 * answer. Later turns have the messages that were recorded, on the state as it
 * is then.
 *
 * @throws {OverrideError}
 * @throws {ReplayError} `not_run`; `diverged` where not even the record can be run
 */
export async function whatIf(
  reader: LogReader,
  request: WhatIfRequest,
  tools: WhatIfTools,
): Promise<WhatIf> {
  const { address, progress = () => {} } = request;
  const row = reader.actor(address);
  const overrides = placeOverrides(reader, address, request.overrides);
  const from = overrides[0]?.turn;
  if (row === undefined || from === undefined) {
    throw new RangeError(`Cannot ask what if: wanted an override of an entry of ${address}, got none`);
  }
  const activations = outlineChain(reader, row);
  const first = Math.max(0, activations.findLastIndex(({ keyframe }) => keyframe.turn <= from));
  const begins = await stateBefore(reader, activations, first, tools);
  const ways = {
    recorded: createWay(address, tools.start, begins),
    whatIf: createWay(address, tools.standIn, begins),
  };
  const comparer = createTurnComparer(reader, address, overrides);
  const differences: WhatIfTurn[] = [];
  let [turns, differing] = [0, 0];
  let ended: WhatIf["ended"];
  try {
    for (const activation of activations.slice(first)) {
      const setup = await loadSetup(reader, activation, tools);
      for (const recorded of readTurns(reader, address, activation.keyframe.seq, activation.to)) {
        const { closing } = recorded;
        if (closing.kind === "cut" && closing.fuel === undefined) continue; // Nobody knows where.
        const expected = await runTurn(ways.recorded, setup, recorded, toRun(reader, address, recorded));
        compareTurn({ reader, address, whole: true }, recorded, expected);
        if (ended !== undefined) continue;
        const own = overrides.filter(({ turn }) => turn === recorded.turn);
        const other = own.reduce(
          (run, override) => overridden(address, run, recorded, override, setup),
          toRun(reader, address, recorded),
        );
        const limits = { ...setup.limits, turnMs: turnMsMax };
        const got = await runTurn(ways.whatIf, { ...setup, limits }, recorded, other);
        if (recorded.turn < from) continue;
        turns += 1;
        progress(turns, row.turns - from);
        const difference = comparer.compare(recorded, other, expected, got, {
          recorded: ways.recorded.state(),
          whatIf: ways.whatIf.state(),
        });
        if (difference === undefined) continue;
        differing += 1;
        if (differences.length < differencesMax) differences.push(difference);
        if (starts(recorded) && got.end.end !== "ok" && expected.end.end === "ok") {
          ended = {
            turn: recorded.turn,
            detail: "the actor did not start, so that no later message reaches it",
          };
        }
      }
    }
  } finally {
    ways.recorded.end();
    ways.whatIf.end();
  }
  return {
    address,
    overrides: overrides.map((each) => ({ ...each, used: comparer.used(each) })),
    from,
    turns,
    differing,
    differences,
    state: { recorded: ways.recorded.state(), whatIf: ways.whatIf.state() },
    ...(ended !== undefined && { ended }),
  };
}

function toRun(reader: LogReader, address: string, recorded: RecordedTurn): TurnToRun {
  if (recorded.opening.kind === "keyframe") return told(reader, address, recorded);
  const { turn, type, text, ...start } = replayInput(reader, address, recorded);
  return { ...start, message: { turn, type, text } };
}

/** The same with another message, or with another answer to one of its calls. */
function overridden(
  address: string,
  run: TurnToRun,
  { opening }: RecordedTurn,
  override: PlacedOverride,
  { type }: Pick<WorkerSetup, "type">,
): TurnToRun {
  if (override.call !== undefined) {
    const calls = run.calls.map((call, k) =>
      k === override.call ? answeredOtherwise(address, call, override, type) : call
    );
    return { ...run, calls };
  }
  if (opening.kind !== "receive" || run.message === undefined) return run;
  return { ...run, message: { ...run.message, text: messageText(opening, override.text) } };
}

async function runTurn(
  way: Way,
  setup: Omit<WorkerSetup, "state" | "turn">,
  { turn, opening }: RecordedTurn,
  { message, ...recorded }: TurnToRun,
): Promise<TurnReport> {
  // An incarnation begins without a state.
  const anew = opening.kind === "keyframe" && opening.reason === "start" ? "null" : undefined;
  if (message === undefined) return await way.begin({ ...setup, turn }, recorded, anew);
  return await way.run({ ...message, ...recorded });
}

/** Whether a turn must end well for the actor to be there at all. */
function starts({ opening }: RecordedTurn): boolean {
  return opening.kind === "keyframe" || opening.type === "init";
}

async function loadSetup(
  reader: LogReader,
  activation: ActivationOutline,
  tools: ReplayTools,
): Promise<Omit<WorkerSetup, "state" | "turn">> {
  const { address, keyframe } = activation;
  const why = whyNotRun(reader, activation, tools.ability);
  if (why !== undefined) {
    throw new ReplayError({ code: "not_run", address, seq: why.seq, detail: why.detail });
  }
  return await tools.load(reader, address, keyframe.seq);
}

/** The state with which an activation begins: kept in its keyframe, or made again from the last that is. */
async function stateBefore(
  reader: LogReader,
  activations: readonly ActivationOutline[],
  index: number,
  tools: ReplayTools,
): Promise<string> {
  const kept = activations.findLastIndex((each, k) => k <= index && each.stateKept);
  const from = activations[kept];
  let state = from === undefined ? "null" : stateKept(reader, from) ?? "null";
  for (const activation of activations.slice(Math.max(0, kept), index)) {
    const { address, keyframe, to } = activation;
    const setup = await loadSetup(reader, activation, tools);
    const turns = readTurns(reader, address, keyframe.seq, to);
    const { value: instantiation } = turns.next();
    if (instantiation === undefined) continue;
    if (keyframe.reason === "start") state = "null";
    const job = { address, setup: { ...setup, state }, from: "begins" as const, instantiation, turns };
    state = (await replayTurns(reader, job, tools.start)).state;
  }
  return state;
}
