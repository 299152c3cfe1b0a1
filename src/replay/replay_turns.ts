import type { CallRecord } from "../boundary/mod.ts";
import { commitDigest, type HashHex, messageText } from "../chain/mod.ts";
import { sha256TextHex } from "../codec/mod.ts";
import type { LogReader } from "../store/mod.ts";
import type { ReplayInput, TurnReport, WorkerHandle, WorkerHandlers, WorkerSetup } from "../worker/mod.ts";
import { callRecord, partSalt, partText, type RecordedTurn } from "./recorded_turn.ts";
import { ReplayError } from "./replay_error.ts";

/** Starts a worker that can reach no host function; see `startReplaying` of the worker room. */
export type StartReplaying = (
  setup: WorkerSetup,
  calls: readonly CallRecord[],
  handlers: WorkerHandlers,
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
}

/** What a replay came to. */
export interface ReplayResult {
  /** The state after the last turn, JSON text. */
  readonly state: string;
  /** How many turns were run again and compared, the instantiation included. */
  readonly turns: number;
  /** A turn that was cut short: it is not run again. */
  readonly cut: RecordedTurn | undefined;
}

/** Most turns handed to the worker at once. */
const batchTurnsMax = 64;

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
  const inbox = createInbox();
  const calls = instantiation.calls.map((entry) => callRecord(reader, address, entry));
  const worker = start({ ...job.setup, turn: instantiation.turn }, calls, inbox.handlers);
  let state = job.setup.state;
  let turns = 0;
  const judge = (recorded: RecordedTurn, report: TurnReport) => {
    compareTurn(reader, address, recorded, report, job.from);
    if (report.end.end === "ok" && report.end.state !== undefined) state = report.end.state;
    turns += 1;
  };
  const run = async (batch: readonly RecordedTurn[]) => {
    worker.replay(batch.map((recorded) => replayInput(reader, address, recorded)));
    for (const recorded of batch) judge(recorded, await inbox.next(address, recorded.turn));
  };
  try {
    // An instantiation that was cut has nothing to compare with.
    if (instantiation.closing.kind === "cut") return { state, turns, cut: instantiation };
    const first = await inbox.next(address, instantiation.turn);
    compareTurn(reader, address, instantiation, first, job.from);
    turns += 1;
    let batch: RecordedTurn[] = [];
    for (const recorded of job.turns) {
      if (recorded.closing.kind === "cut") {
        if (batch.length > 0) await run(batch);
        return { state, turns, cut: recorded };
      }
      batch.push(recorded);
      if (batch.length < batchTurnsMax) continue;
      await run(batch);
      batch = [];
    }
    if (batch.length > 0) await run(batch);
    return { state, turns, cut: undefined };
  } finally {
    worker.discard();
  }
}

function replayInput(reader: LogReader, address: string, recorded: RecordedTurn): ReplayInput {
  const { opening } = recorded;
  if (opening.kind !== "receive") {
    const detail = "an activation begins inside another";
    throw new ReplayError({ code: "damaged", address, seq: opening.seq, detail });
  }
  return {
    turn: recorded.turn,
    type: opening.type,
    text: messageText(opening, partText(reader, address, opening, 0)),
    calls: recorded.calls.map((entry) => callRecord(reader, address, entry)),
  };
}

/**
 * Compares what a turn did with what is recorded.
 *
 * @throws {ReplayError} `diverged`
 */
function compareTurn(
  reader: LogReader,
  address: string,
  recorded: RecordedTurn,
  report: TurnReport,
  from: ReplayJob["from"],
): void {
  const { closing } = recorded;
  const { end } = report;
  const diverged = (detail: string): never => {
    throw new ReplayError({
      code: "diverged",
      address,
      turn: recorded.turn,
      seq: closing.seq,
      detail,
      ...(end.end === "diverged" && { divergence: end.divergence }),
    });
  };
  const commits = (index: number, digest: string) =>
    commitDigest(digest as HashHex, partSalt(reader, address, closing.seq, index)) === closing.parts[index];
  switch (closing.kind) {
    case "return":
      if (closing.outcome === "ok") {
        if (end.end !== "ok") return diverged(`wanted an ok return, got ${endText(report)}`);
        const given = from === "joins" && recorded.opening.kind === "keyframe";
        if (!given && !commits(0, end.stateSha256)) diverged("the state differs");
        if (end.response !== undefined && !commits(1, sha256TextHex(end.response))) {
          diverged(`the response differs: got ${end.response.slice(0, 200)}`);
        }
      } else {
        if (end.end !== "err") return diverged(`wanted a refusal, got ${endText(report)}`);
        if (!commits(0, sha256TextHex(end.error))) {
          diverged(`the error differs: got ${end.error.slice(0, 200)}`);
        }
      }
      break;
    case "trap":
      if (end.end !== "trap" || end.code !== closing.code) {
        return diverged(`wanted a trap (${closing.code}), got ${endText(report)}`);
      }
      if (!commits(0, sha256TextHex(end.reason))) {
        diverged(`the reason differs: got ${end.reason.slice(0, 200)}`);
      }
      break;
    case "cut":
      return;
  }
  if (from === "begins" && report.fuel !== closing.fuel) {
    diverged(`the fuel differs: wanted ${closing.fuel}, got ${report.fuel}`);
  }
}

function endText(report: TurnReport): string {
  const { end } = report;
  switch (end.end) {
    case "ok":
      return "an ok return";
    case "err":
      return `a refusal: ${end.error}`;
    case "trap":
      return `a trap (${end.code}): ${end.reason}`;
    case "cut":
      return `a cut (${end.reason}): ${end.detail}`;
    case "diverged":
      return "another call than the recorded one";
  }
}

/** Reports as they come, to be taken one by one. */
function createInbox() {
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
