import { dropThreadAhead, spawnThread, startThreadAhead } from "../platform/mod.ts";
import { createControl, wish } from "./control.ts";
import type {
  ActivationSetup,
  FromWorker,
  Owed,
  ReplayInput,
  ReplayStart,
  ToWorker,
  TurnInput,
  TurnReport,
} from "./protocol.ts";
import { watchOver } from "./watch.ts";

/** What a worker is started with; the control words are the client's own. */
export type WorkerSetup = Omit<ActivationSetup, "control">;

/** What the owner of a worker hears from it. */
export interface WorkerHandlers {
  /** Turns that have ended, in order; `last` when nothing that was asked for is left to do. */
  reports(reports: readonly TurnReport[], last: boolean): void;
  /** The worker is gone without a word; nothing follows. */
  lost(detail: string): void;
}

/** A worker that runs one activation. */
export interface WorkerHandle {
  /** Hands over turns, and what is outstanding before them; their reports follow. One batch at a time. */
  turns(turns: readonly TurnInput[], owed: Owed): void;
  /** Hands over turns that were recorded. */
  replay(turns: readonly ReplayInput[]): void;
  /** Asks it to leave the batch after the turn in hand. */
  pause(): void;
  /** Ends the guest now: the turn in hand is reported as cut, or the worker as lost. */
  kill(): void;
  /** Gives the worker up, whatever it does; no handler is called again. */
  discard(): void;
}

/** Starts a worker for one activation; its first report is of the instantiation. */
export type StartWorker = (setup: WorkerSetup, handlers: WorkerHandlers) => WorkerHandle;

/** With what a worker begins, but for what it is made of. */
type Beginning =
  | { readonly ask: "record" }
  | { readonly ask: "replay"; readonly start: ReplayStart; readonly fresh: boolean }
  | { readonly ask: "stand-in"; readonly start: ReplayStart };

const entry = new URL("./worker_main.ts", import.meta.url);

/** How long a worker may take to load beyond the length of a turn. */
const loadGraceMs = 10_000;

/** How long a worker may overrun before its guest is killed from outside, and then before it is given up. */
const overrunMs = 500;

/** Starts a thread before it is known what it shall run, for the worker that is started next. */
export function startWorkerAhead(): void {
  startThreadAhead(entry);
}

/** Gives up the thread that was started ahead, if no worker has taken it. */
export function dropWorkerAhead(): void {
  dropThreadAhead();
}

/** Starts a worker that runs live turns and records them. */
export const startRecording: StartWorker = (setup, handlers) => start(setup, handlers, { ask: "record" });

/**
 * Starts a worker that runs recorded turns again; `recorded` is what was recorded of the instantiation.
 *
 * @param fresh whether to run every turn once more, in an instance of its own
 */
export function startReplaying(
  setup: WorkerSetup,
  recorded: ReplayStart,
  handlers: WorkerHandlers,
  fresh = false,
): WorkerHandle {
  return start(setup, handlers, { ask: "replay", start: recorded, fresh });
}

/**
 * Starts a worker that runs recorded turns through other code, or with other answers: what it calls is
 * answered from the calls that are handed over with each turn, as far as they fit. Where an instance
 * ended, the next turn gets another.
 */
export function startStandingIn(
  setup: WorkerSetup,
  recorded: ReplayStart,
  handlers: WorkerHandlers,
): WorkerHandle {
  return start(setup, handlers, { ask: "stand-in", start: recorded });
}

function start(
  setup: WorkerSetup,
  handlers: WorkerHandlers,
  beginning: Beginning,
): WorkerHandle {
  const control = createControl();
  const turnMs = setup.limits.turnMs;
  let open = true;
  const thread = spawnThread(entry, {
    message(data) {
      if (!open) return;
      const said = data as FromWorker; // Our own code on both sides of the thread.
      if (said.last) watch.rest();
      handlers.reports(said.reports, said.last);
    },
    failed: (reason) => lose(`the worker died: ${reason}`),
  });
  const watch = watchOver(control, {
    graceMs: 2 * overrunMs,
    overrun: () => wish(control, "kill"),
    hopeless: () => lose(`the worker did not stop within ${turnMs + 2 * overrunMs} ms`),
  });
  const ask = (message: ToWorker, graceMs: number) => {
    watch.begin(turnMs + graceMs);
    thread.post(message);
  };
  const close = () => {
    open = false;
    watch.rest();
    wish(control, "kill"); // `terminate` alone does not stop a busy guest.
    thread.discard();
  };
  const lose = (detail: string) => {
    if (!open) return;
    close();
    handlers.lost(detail);
  };
  const whole: ActivationSetup = { ...setup, control: control.buffer };
  ask({ ...beginning, setup: whole }, loadGraceMs);
  return {
    turns: (turns, owed) => ask({ ask: "turns", turns, owed }, overrunMs),
    replay: (turns) => ask({ ask: "replay-turns", turns }, overrunMs),
    pause: () => wish(control, "pause"),
    kill: () => {
      wish(control, "kill");
      watch.begin(overrunMs);
    },
    discard: close,
  };
}
