import { firstDifference } from "../boundary/mod.ts";
import { messageText } from "../chain/mod.ts";
import { scriptLoadFunction } from "../host/mod.ts";
import type { LogReader } from "../store/mod.ts";
import type {
  ReplayInput,
  ReplayStart,
  TurnEnd,
  TurnReport,
  WorkerHandle,
  WorkerHandlers,
  WorkerSetup,
} from "../worker/mod.ts";
import { compareFresh, type FreshDifference } from "./compare_fresh.ts";
import { compareTurn } from "./compare_turn.ts";
import { callRecord, partText, type RecordedTurn } from "./recorded_turn.ts";
import { ReplayError } from "./replay_error.ts";

/** Starts a worker that can reach no host function; see `startReplaying` of the worker room. */
export type StartReplaying = (
  setup: WorkerSetup,
  recorded: ReplayStart,
  handlers: WorkerHandlers,
  fresh?: boolean,
) => WorkerHandle;

/** Turns of one activation to run again. */
export interface ReplayJob {
  readonly address: string;
  /** What ran; `state` is the one before the first of `turns`. */
  readonly setup: Omit<WorkerSetup, "turn">;
  /**
   * `begins`: `turns` are all from the first of the activation on, and everything is compared.
   * `joins`: turns are left out, so whatever the instance remembered of them beside its state is missing;
   * the fuel, to which such memory makes a difference, is not compared, nor the state that was handed in.
   */
  readonly from: "begins" | "joins";
  /** The turn that instantiated: always run first. */
  readonly instantiation: RecordedTurn;
  /** What follows, in order; need not be all of the activation. */
  readonly turns: Iterable<RecordedTurn>;
  /** Hears of every turn that did what is recorded; `passedOver` parts of it could not be compared. */
  readonly done?: (recorded: RecordedTurn, passedOver: number) => void;
  /**
   * Runs every turn once more in a fresh instance, and hears whether it did the same there. Turns that were
   * cut are not.
   */
  readonly fresh?: (recorded: RecordedTurn, difference: FreshDifference | undefined) => void;
  /** Hears of every turn that did what is recorded, with all that it came to; what it returns is waited for. */
  readonly watch?: (turn: WatchedTurn) => void | Promise<void>;
  /** The number of a turn whose state is wanted should it differ. */
  readonly statesAt?: number;
}

/** A turn that did what is recorded. */
export interface WatchedTurn {
  readonly recorded: RecordedTurn;
  /** What it was told; its message too, unless it instantiated. */
  readonly input: ReplayStart & Partial<Pick<ReplayInput, "type" | "text">>;
  /** The state before it, JSON text. */
  readonly before: string;
  /** How it ended, with the state after it. */
  readonly end: TurnEnd;
}

/** What a replay came to. */
export interface ReplayResult {
  /** The state after the last turn, JSON text. */
  readonly state: string;
  /** How many turns were run again and compared, the instantiation included. */
  readonly turns: number;
  /** A turn that was cut short nobody knows where: it is not run again. */
  readonly cut: RecordedTurn | undefined;
}

/** Most turns handed to the worker at once, and most that they are told, in UTF-16 code units. */
const batchTurnsMax = 64;
const batchCharsMax = 4 * 1024 * 1024;

/** Turns for the worker, and why there are no more. */
interface Batch {
  readonly recorded: readonly RecordedTurn[];
  readonly inputs: readonly ReplayInput[];
  readonly then: "more" | "end" | { readonly cut: RecordedTurn } | { readonly failure: ReplayError };
}

/**
 * Runs recorded turns again and compares all that they did with the record, to the byte.
 *
 * @throws {ReplayError} `diverged` at the first difference, `lost`, `damaged`, `part_absent`
 */
export async function replayTurns(
  reader: LogReader,
  job: ReplayJob,
  start: StartReplaying,
): Promise<ReplayResult> {
  const { address, instantiation } = job;
  const comparison = { reader, address, whole: job.from === "begins" };
  let state = job.setup.state;
  let turns = 0;
  if (!endIsKnown(instantiation, job)) return { state, turns, cut: instantiation };
  const recordedStart = told(reader, address, instantiation);
  checkScript(job, recordedStart);
  const inbox = createInbox();
  const keep = job.watch !== undefined && { keepState: true as const };
  const worker = start(
    { ...job.setup, turn: instantiation.turn },
    { ...recordedStart, ...keep },
    inbox.handlers,
    job.fresh !== undefined,
  );
  const judge = async (recorded: RecordedTurn, input: WatchedTurn["input"], report: TurnReport) => {
    const before = state;
    const passedOver = compareTurn(comparison, recorded, report);
    if (report.end.end === "ok" && report.end.state !== undefined) state = report.end.state;
    turns += 1;
    job.done?.(recorded, passedOver);
    if (job.watch !== undefined) await job.watch({ recorded, input, before, end: report.end });
    if (report.fresh !== undefined) job.fresh?.(recorded, compareFresh(recorded, report, report.fresh));
  };
  try {
    const following = job.turns[Symbol.iterator]();
    const first = await inbox.next(address, instantiation.turn);
    await judge(instantiation, recordedStart, first);
    let batch = nextBatch(reader, job, following, state.length);
    if (batch.inputs.length > 0) worker.replay(batch.inputs);
    for (;;) {
      // The worker runs while the next batch is read, and then while this one is judged.
      const { recorded, inputs, then } = batch;
      if (then === "more") batch = nextBatch(reader, job, following, state.length);
      const reports: TurnReport[] = [];
      for (const { turn } of recorded) {
        const report = await inbox.next(address, turn);
        reports.push(report);
        if (report.end.end !== "ok" && report.end.end !== "err") break; // Nothing follows.
      }
      if (then === "more" && reports.length === recorded.length && batch.inputs.length > 0) {
        worker.replay(batch.inputs);
      }
      for (const [k, report] of reports.entries()) {
        const [turn, input] = [recorded[k], inputs[k]];
        if (turn !== undefined && input !== undefined) await judge(turn, input, report);
      }
      if (reports.length < recorded.length) {
        const turn = recorded[reports.length]?.turn ?? instantiation.turn;
        throw new ReplayError({
          code: "damaged",
          address,
          seq: recorded[reports.length]?.opening.seq ?? 0,
          detail: `turn ${turn} follows the end of its instance`,
        });
      }
      if (then === "more") continue;
      if (then === "end") return { state, turns, cut: undefined };
      if ("cut" in then) return { state, turns, cut: then.cut };
      throw then.failure;
    }
  } finally {
    worker.discard();
  }
}

/**
 * A script comes in by a call, so replay runs what was handed over then: it must be what the keyframe names.
 *
 * @throws {ReplayError} `diverged`
 */
function checkScript({ address, setup, instantiation }: ReplayJob, { calls }: ReplayStart): void {
  for (const [k, call] of calls.entries()) {
    if (call.function !== scriptLoadFunction || call.outcome !== "returned") continue;
    const difference = firstDifference("result", JSON.stringify([setup.source ?? null]), call.result);
    if (difference === undefined) continue;
    throw new ReplayError({
      code: "diverged",
      address,
      turn: instantiation.turn,
      seq: instantiation.calls[k]?.seq ?? instantiation.opening.seq,
      detail: "the script that was handed over is not the one that the keyframe names",
      difference: { what: "call", function: call.function, ...difference },
    });
  }
}

/** Whether a turn can be run to where it ended: a cut is found again by its fuel, if nothing was left out before it. */
function endIsKnown({ closing }: RecordedTurn, { from }: ReplayJob): boolean {
  return closing.kind !== "cut" || (closing.fuel !== undefined && from === "begins");
}

/**
 * Reads the next turns for the worker; what is wrong with one is said when those before it have run.
 *
 * @param stateChars about how much each state is that comes back where somebody looks on
 */
function nextBatch(
  reader: LogReader,
  job: ReplayJob,
  following: Iterator<RecordedTurn>,
  stateChars: number,
): Batch {
  const recorded: RecordedTurn[] = [];
  const inputs: ReplayInput[] = [];
  const batch = (then: Batch["then"]): Batch => ({ recorded, inputs, then });
  let chars = 0;
  const handedOver = job.watch === undefined ? 0 : stateChars;
  try {
    while (inputs.length < batchTurnsMax && chars < batchCharsMax) {
      const next = following.next();
      if (next.done === true) return batch("end");
      const turn = next.value;
      if (!endIsKnown(turn, job)) return batch({ cut: turn });
      const input = replayInput(reader, job.address, turn);
      recorded.push(turn);
      inputs.push(job.watch === undefined ? input : { ...input, keepState: true });
      chars += handedOver + input.text.length +
        input.calls.reduce((sum, call) => sum + call.result.length, 0);
      if (turn.turn === job.statesAt) return batch("end");
    }
    return batch("more");
  } catch (error) {
    if (!(error instanceof ReplayError)) throw error;
    return batch({ failure: error });
  }
}

/** What is recorded of how a turn went, as the worker takes it. @throws {ReplayError} `part_absent`, `damaged` */
export function told(reader: LogReader, address: string, { calls, closing }: RecordedTurn): ReplayStart {
  return {
    calls: calls.map((entry) => callRecord(reader, address, entry)),
    ...(closing.kind === "cut" && closing.fuel !== undefined && { cutAt: closing.fuel }),
  };
}

/** A recorded turn as the worker takes it. @throws {ReplayError} `part_absent`, `damaged` */
export function replayInput(reader: LogReader, address: string, recorded: RecordedTurn): ReplayInput {
  const { opening } = recorded;
  if (opening.kind !== "receive") {
    const detail = "an activation begins inside another";
    throw new ReplayError({ code: "damaged", address, seq: opening.seq, detail });
  }
  return {
    turn: recorded.turn,
    type: opening.type,
    text: messageText(opening, partText(reader, address, opening, 0)),
    ...told(reader, address, recorded),
  };
}

/** Reports as they come, to be taken one by one. */
export function createInbox() {
  const waiting: TurnReport[] = [];
  let lost: string | undefined;
  let wake = () => {};
  const handlers: WorkerHandlers = {
    reports(reports) {
      waiting.push(...reports);
      wake();
    },
    lost(detail) {
      lost = detail;
      wake();
    },
  };
  return {
    handlers,
    async next(address: string, turn: number): Promise<TurnReport> {
      for (;;) {
        const report = waiting.shift();
        if (report !== undefined) return report;
        if (lost !== undefined) throw new ReplayError({ code: "lost", address, turn, detail: lost });
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
