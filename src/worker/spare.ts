import { spawnThread, type Thread, type ThreadHandlers } from "../platform/mod.ts";

const entry = new URL("./worker_main.ts", import.meta.url);

/** A thread that has loaded the worker's module and waits, so that the next actor starts sooner. */
let spare: { readonly thread: Thread; adopt(handlers: ThreadHandlers): void } | undefined;

/** Takes the warmed worker, or starts one; its messages go to `handlers` from now on. */
export function takeThread(handlers: ThreadHandlers): Thread {
  const taken = spare ?? spawnSpare();
  spare = undefined;
  taken.adopt(handlers);
  return taken.thread;
}

function spawnSpare() {
  let owner: ThreadHandlers | undefined;
  let failure: string | undefined;
  const thread = spawnThread(entry, {
    message: (data) => owner?.message(data),
    failed(reason) {
      failure = reason;
      if (spare?.thread === thread) spare = undefined;
      owner?.failed(reason);
    },
  });
  return {
    thread,
    adopt(handlers: ThreadHandlers) {
      owner = handlers;
      if (failure !== undefined) handlers.failed(failure);
    },
  };
}

/** Warms one blank worker ahead of need. */
export function warmWorker(): void {
  spare ??= spawnSpare();
}

/** Gives up the warmed worker, so that the process can end. */
export function coolWorkers(): void {
  spare?.thread.discard();
  spare = undefined;
}
