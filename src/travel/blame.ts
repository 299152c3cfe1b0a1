/**
 * Which turns changed a field of the state: each is run again and the field
 * compared, several activations at a time, from the last one backwards.
 *
 * @module
 */

import type { JsonPointer } from "../codec/mod.ts";
import { fieldAt, parseVerbatim } from "../difference/mod.ts";
import type { ActivationOutline, PassedOver, RecordedTurn, ReplayTools } from "../replay/mod.ts";
import type { ActorRow, LogReader } from "../store/mod.ts";
import { runsBefore } from "./activations.ts";
import { replayRun } from "./replay_run.ts";
import type { TravelError } from "./travel_error.ts";

/** A change of a field. Values are JSON texts; absent where there was, or is, no such field. */
export type FieldChange =
  & { readonly before?: string; readonly after?: string }
  & (
    | { readonly by: "turn"; readonly recorded: RecordedTurn }
    /** The activation began with another state than the one before it ended with. */
    | { readonly by: "keyframe"; readonly activation: ActivationOutline }
    /** One of these turns, the last included, or several of them: they could not be run again. */
    | { readonly by: "unknown"; readonly turn: number; readonly last: number }
  );

/** What is known of a field. */
export interface Blame {
  /** The value at the moment asked for, JSON text; absent where there is no such field, or nobody knows. */
  readonly value?: string;
  /** The newest first; only that one unless all were asked for. */
  readonly changes: readonly FieldChange[];
  /** Turns that could not be run again, the newest first. */
  readonly passedOver: readonly PassedOver[];
  /** Why the end of what was asked for was not reached. */
  readonly failure?: TravelError;
  readonly replayed: number;
}

/** How to look. */
export interface BlameOptions {
  /** As if the chain had ended with the entry before this one. @default its size */
  readonly to?: number;
  /** All changes instead of the last. */
  readonly all: boolean;
  /** How many workers run at a time; from 1. */
  readonly workers: number;
  /** Called for every turn that was run again. */
  readonly progress?: () => void;
}

/** A value of the field, or since which turn nobody knows it. */
type Known = { readonly value: string | undefined };
type Seen = Known & { readonly unknownSince?: number };

/** What one run showed. */
interface RunBlame {
  readonly first: ActivationOutline;
  /** The field as it begins; undefined where its state is not known. */
  readonly begins: Known | undefined;
  readonly ends: Seen;
  /** The oldest first. */
  readonly changes: readonly FieldChange[];
  readonly passedOver: readonly PassedOver[];
  readonly failure: TravelError | undefined;
  readonly replayed: number;
}

/**
 * Finds the turns that changed a field.
 *
 * @throws {ReplayError} `damaged`
 * @throws {RangeError} when `workers` is not a whole number from 1
 */
export async function blameField(
  reader: LogReader,
  row: ActorRow,
  pointer: JsonPointer,
  tools: ReplayTools,
  { to, all, workers, progress = () => {} }: BlameOptions,
): Promise<Blame> {
  if (!Number.isSafeInteger(workers) || workers < 1) {
    throw new RangeError(`Cannot look with workers: wanted a whole number from 1, got ${workers}`);
  }
  const runs = runsBefore(reader, row, to);
  const done: RunBlame[] = [];
  const changes: FieldChange[] = [];
  /** How many of `done`, from the newest on, have been put together. */
  let joined = 0;
  /** The last of them whose beginning is known, and whether those after it are not. */
  let known: { readonly begins: Known; readonly run: RunBlame; readonly since?: number } | undefined;
  let begun = 0;
  let enough = false;
  /** Puts together what is there without a gap. */
  function join() {
    for (let run = done[joined]; run !== undefined && !enough; run = done[joined]) {
      joined += 1;
      const since = run.ends.unknownSince ?? known?.since;
      if (known !== undefined) {
        if (run.begins === undefined) known = { ...known, since: run.first.keyframe.turn };
        else changes.push(...between(run.ends.value, since, known.run.first, known.begins));
      }
      if (run.begins !== undefined) known = { begins: run.begins, run };
      changes.push(...run.changes.toReversed());
      enough = !all && changes.length > 0;
    }
  }
  async function work() {
    while (!enough) {
      const { value: run } = runs.next();
      if (run === undefined) return;
      const place = begun++;
      done[place] = await blameRun(reader, run, pointer, tools, progress);
      join();
    }
  }
  await Promise.all(Array.from({ length: workers }, work));
  const looked = done.slice(0, joined);
  const [newest] = looked;
  const value = newest?.ends.unknownSince === undefined ? newest?.ends.value : undefined;
  return {
    ...(value !== undefined && { value }),
    changes: all ? changes : changes.slice(0, 1),
    passedOver: looked.flatMap(({ passedOver }) => passedOver.toReversed()),
    ...(newest?.failure !== undefined && { failure: newest.failure }),
    replayed: looked.reduce((sum, { replayed }) => sum + replayed, 0),
  };
}

/** What changed between the end of a run, known but for the turns from `since` on, and the beginning of a later one. */
function between(
  before: string | undefined,
  since: number | undefined,
  activation: ActivationOutline,
  { value }: Known,
): FieldChange[] {
  if (before === value) return [];
  const values = valuesOf(before, value);
  if (since === undefined) return [{ by: "keyframe", activation, ...values }];
  return [{ by: "unknown", turn: since, last: activation.keyframe.turn - 1, ...values }];
}

function valuesOf(before: string | undefined, after: string | undefined) {
  return { ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}

async function blameRun(
  reader: LogReader,
  run: readonly ActivationOutline[],
  pointer: JsonPointer,
  tools: ReplayTools,
  progress: () => void,
): Promise<RunBlame> {
  const [first] = run;
  if (first === undefined) throw new RangeError("Cannot look into a run: it has no activations");
  const changes: FieldChange[] = [];
  let begins: Known | undefined;
  let text = "";
  let seen: Seen = { value: undefined, unknownSince: first.keyframe.turn };
  /** Reads the field of a state; what it was before. */
  function see(state: string): Seen {
    const before = seen;
    if (state !== text || seen.unknownSince !== undefined) {
      text = state;
      seen = { value: fieldAt(parseVerbatim(state), pointer)?.text };
    }
    return before;
  }
  const { passedOver, replayed, end } = await replayRun(reader, run, tools, (activation, state) => {
    let nextTurn = activation.keyframe.turn;
    if (state !== undefined) {
      see(state);
      if (activation === first) begins = { value: seen.value };
    }
    return ({ recorded, before, end }) => {
      if (before !== text) {
        // Turns in between could not be run: it went on from a state that is kept.
        const { value } = see(before);
        const values = valuesOf(value, seen.value);
        if (value !== seen.value) {
          changes.push({ by: "unknown", turn: nextTurn, last: recorded.turn - 1, ...values });
        }
      }
      nextTurn = recorded.turn + 1;
      progress();
      if (end.end !== "ok" || end.state === undefined) return;
      const { value } = see(end.state);
      if (value !== seen.value) changes.push({ by: "turn", recorded, ...valuesOf(value, seen.value) });
    };
  });
  const failure = "failure" in end ? end.failure : undefined;
  const lost = failure === undefined ? undefined : turnOf(failure);
  return {
    first,
    begins,
    ends: lost === undefined ? seen : { value: seen.value, unknownSince: lost },
    changes,
    passedOver,
    failure,
    replayed,
  };
}

/** The turn from which on nothing is known. */
function turnOf({ fault }: TravelError): number {
  if (fault.code === "diverged") return fault.divergence.turn;
  return "turn" in fault ? fault.turn : 0;
}
