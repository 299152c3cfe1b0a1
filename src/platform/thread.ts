import { runtime } from "./runtime.ts";

/** What the owner of a thread hears from it. */
export interface ThreadHandlers {
  /** A message that the thread posted. */
  message(data: unknown): void;
  /** The thread died, for the reason given. Called once at most, and nothing follows it. */
  failed(reason: string): void;
}

/** A thread of this process that runs one module and is given nothing of the host. */
export interface Thread {
  /**
   * Sends a copy of `data`; `transfer` moves instead of copying. Vanishes
   * without a sign if the thread is dead: wait for `failed`, or set a deadline.
   */
  post(data: unknown, transfer?: Transferable[]): void;
  /**
   * Ends the thread and silences its handlers; never throws.
   *
   * A thread that runs WebAssembly without end does not end by this (neither
   * engine interrupts it): the module must look at a kill flag of its own.
   */
  discard(): void;
}

/** Deno's and Bun's own options for a worker; the standard ones know neither. */
interface ConfinedWorkerOptions extends WorkerOptions {
  readonly deno?: { readonly permissions: "none" };
  readonly env?: Readonly<Record<string, string>>;
  readonly argv?: readonly string[];
  readonly execArgv?: readonly string[];
  readonly preload?: readonly string[];
}

/**
 * Deno denies every permission (start it with `--no-prompt`, or it asks on a
 * terminal). Bun has no permissions: the thread gets an empty environment, no
 * arguments and no preloaded code, and `sealRealm` takes the rest away.
 */
const confinement: ConfinedWorkerOptions = runtime.name === "deno"
  ? { type: "module", deno: { permissions: "none" } }
  : { type: "module", env: {}, argv: [], execArgv: [], preload: [] };

/** Bun puts an excerpt of the source before the message of an error: the last `error:` line is the message. */
function reasonOf(event: Event): string {
  const message = (event as ErrorEvent).message ?? "";
  const line = message.split("\n").findLast((line) => /^(error|[A-Za-z]*Error): /.test(line));
  return (line ?? message).replace(/^(Uncaught )?(\(in promise\) )?/, "").replace(/^error: /, "").trim() ||
    "unknown error";
}

/** The one thread that {@linkcode startThreadAhead} has started, until it is taken. */
let ahead: { readonly url: string; readonly worker: Worker } | undefined;

/**
 * Starts a thread for the next {@linkcode spawnThread} with this `url`, which then has not to wait until it is
 * loaded. Give it up with {@linkcode dropThreadAhead} if none comes: it keeps the process.
 */
export function startThreadAhead(url: URL): void {
  dropThreadAhead();
  const worker = new Worker(url, confinement);
  const mine = { url: url.href, worker };
  worker.addEventListener("error", (event) => {
    if (ahead !== mine) return; // Whoever took it has a handler too.
    event.preventDefault();
    ahead = undefined;
  });
  ahead = mine;
}

/** Ends the thread that was started ahead, if nobody has taken it. */
export function dropThreadAhead(): void {
  ahead?.worker.terminate();
  ahead = undefined;
}

function takeThread(url: URL): Worker {
  if (ahead?.url !== url.href) return new Worker(url, confinement);
  const { worker } = ahead;
  ahead = undefined;
  return worker;
}

/**
 * Starts a thread that runs the module at `url`, confined as far as the
 * runtime can.
 *
 * Its `failed` also reports a module that could not be loaded. Deno writes the
 * stack of an uncaught error to standard error whatever we do, so a thread's
 * module should catch its own errors and post them.
 */
export function spawnThread(url: URL, handlers: ThreadHandlers): Thread {
  const worker = takeThread(url);
  let open = true;
  const end = () => {
    open = false;
    try {
      worker.terminate();
    } catch {
      // It is dead already, which is what was wanted.
    }
  };
  const fail = (reason: string) => {
    if (!open) return;
    end();
    handlers.failed(reason);
  };
  worker.addEventListener("message", (event) => {
    if (open) handlers.message(event.data);
  });
  worker.addEventListener("error", (event) => {
    event.preventDefault(); // Under Deno an error not prevented kills this process.
    fail(reasonOf(event));
  });
  worker.addEventListener("messageerror", () => fail("a message could not be read"));
  // Bun only; there it is the one sign of a thread that ended without an error.
  worker.addEventListener("close", () => fail("the thread ended"));
  return {
    post(data, transfer = []) {
      if (!open) return;
      worker.postMessage(data, transfer);
    },
    discard: end,
  };
}
