/**
 * Recorded turns run through other code than recorded them: their messages
 * through an instance of it, with a stand-in for the host.
 *
 * @module
 */

import type { ReplayInput, ReplayStart, TurnReport, WorkerHandle, WorkerSetup } from "../worker/mod.ts";
import { type CodeDifference, compareCode } from "./code_difference.ts";
import { ReplayError } from "./replay_error.ts";
import { createInbox, type StartReplaying, type WatchedTurn } from "./replay_turns.ts";

/** What it takes to run turns through other code. */
export interface OtherCodeOptions {
  readonly address: string;
  /** Starts a worker whose host is stood in for; see `startStandingIn` of the worker room. */
  readonly standIn: StartReplaying;
  readonly setup: Omit<WorkerSetup, "turn" | "state">;
  /**
   * The state on which it goes on from turn to turn; without it, every turn is
   * run on the recorded state before it.
   */
  readonly carried?: string;
  /** Hears of every turn that was run, in order. */
  readonly done: (turn: WatchedTurn, came: CameOfIt) => void;
}

/** What came of a turn in other code. */
export interface CameOfIt {
  /** Empty where it did the same. */
  readonly differences: readonly CodeDifference[];
  /** Why the turn was ended before it came to an end: the recording could not answer a call. */
  readonly refused?: string;
}

/** An instance of other code, with others after it where it ended. */
export interface OtherCode {
  /** Takes a turn that came to an end; it is run now, or with others. Resolves when more may follow. */
  turn(turn: WatchedTurn): Promise<void>;
  /** Runs what was taken. */
  finish(): Promise<void>;
  /** The state on which it would go on, JSON text. */
  carried(): string | undefined;
  /** Gives it up, whatever it does. */
  discard(): void;
}

/** Most turns that wait to be run together, and most that is kept of them, in UTF-16 code units. */
const waitingTurnsMax = 64;
const waitingCharsMax = 4 * 1024 * 1024;

/** Makes what runs the turns of one activation through other code. */
export function createOtherCode(options: OtherCodeOptions): OtherCode {
  const { address, done } = options;
  const carries = options.carried !== undefined;
  let carried = options.carried;
  let worker: WorkerHandle | undefined;
  let inbox = createInbox();
  let begun: { readonly start: ReplayStart; readonly turn: number } | undefined;
  let waiting: WatchedTurn[] = [];
  let waitingChars = 0;
  let running: Promise<void> = Promise.resolve();

  function tell(turn: WatchedTurn, report: TurnReport): void {
    if (carries && report.end.end === "ok" && report.end.state !== undefined) carried = report.end.state;
    const refused = report.stoodIn?.calls.at(-1)?.refused;
    const starts = turn.recorded.opening.kind === "keyframe";
    const differences = compareCode({ starts, calls: turn.input.calls, expected: turn.end, got: report });
    done(turn, { differences, ...(refused !== undefined && { refused }) });
  }

  /** Starts a worker; its instance begins as the recorded one did. @throws {ReplayError} `lost` */
  async function begin(state: string): Promise<TurnReport> {
    const { turn, start } = begun ?? { turn: 0, start: { calls: [] } };
    inbox = createInbox();
    worker?.discard();
    worker = options.standIn({ ...options.setup, turn, state }, start, inbox.handlers);
    return await inbox.next(address, turn);
  }

  /** Runs turns, whatever becomes of the workers that do. */
  async function run(turns: readonly WatchedTurn[]): Promise<void> {
    let rest = turns;
    while (rest.length > 0) {
      if (worker === undefined) await begin(carried ?? rest[0]?.before ?? "null");
      worker?.replay(rest.map((turn) => inputOf(turn, carries)));
      let ran = 0;
      try {
        for (const turn of rest) {
          tell(turn, await inbox.next(address, turn.recorded.turn));
          ran += 1;
        }
      } catch (error) {
        if (!(error instanceof ReplayError) || error.fault.code !== "lost") throw error;
        const turn = rest[ran];
        if (turn !== undefined) tell(turn, lostReport(turn, error.fault.detail));
        ran += 1;
        worker?.discard();
        worker = undefined;
      }
      rest = rest.slice(ran);
    }
  }

  async function flush(): Promise<void> {
    await running; // One batch at a time; the next one is gathered meanwhile.
    const turns = waiting;
    [waiting, waitingChars] = [[], 0];
    running = run(turns);
    running.catch(() => {}); // Whoever waits for it next hears of it.
  }

  return {
    async turn(turn) {
      const { recorded, input, before } = turn;
      if (recorded.opening.kind === "keyframe") {
        const { cutAt: _, ...start } = input;
        begun = { turn: recorded.turn, start };
        return tell(turn, await begin(carried ?? before));
      }
      waiting.push(turn);
      waitingChars += (input.text?.length ?? 0) + before.length +
        input.calls.reduce((sum, call) => sum + call.result.length, 0);
      if (waiting.length >= waitingTurnsMax || waitingChars >= waitingCharsMax) await flush();
    },
    async finish() {
      await flush();
      await running;
    },
    carried: () => carried,
    discard: () => worker?.discard(),
  };
}

function inputOf({ recorded, input, before }: WatchedTurn, carries: boolean): ReplayInput {
  const { type = "request", text = "null", calls } = input;
  return {
    turn: recorded.turn,
    type,
    text,
    calls,
    keepState: true,
    ...(!carries && { state: before }),
  };
}

/** What is told of a turn that took its worker with it. */
function lostReport({ recorded }: WatchedTurn, detail: string): TurnReport {
  return {
    turn: recorded.turn,
    startMs: 0,
    endMs: 0,
    calls: [],
    effects: [],
    fuel: 0,
    end: { end: "trap", code: "unknown", reason: detail },
  };
}
