import { dirname, join, relative, resolve } from "node:path";
import type { ActorEvent } from "../actor/mod.ts";
import { finishErasures } from "../bundle/mod.ts";
import { type JsonPointer, parseJsonPointer } from "../codec/mod.ts";
import { loadManifest, type ManifestTree } from "../manifest/mod.ts";
import { cacheFolder, dataFolder, readText } from "../platform/mod.ts";
import {
  createLoader,
  type LoadComponent,
  openDoor,
  openTheater,
  takeHeadStart,
  type Theater,
} from "../runtime/mod.ts";
import { openLog } from "../store/mod.ts";
import { CliError } from "./cli_error.ts";
import type { Context, GlobalOptions } from "./context.ts";
import { type ExitCode, exitCode } from "./exit_code.ts";
import { createFeedProgress } from "./feed_progress.ts";
import { defaultLog } from "./find_log.ts";
import { feedLines, type FeedOptions } from "./line_feed.ts";
import { followStats, formatStats } from "./turn_stats.ts";

/** What `theater run` was told. */
export interface RunInvocation {
  readonly options: {
    readonly "id-from": string | undefined;
    readonly upgrade: boolean;
    readonly "max-active": number | undefined;
    readonly quiet: boolean;
    readonly stats: boolean;
  };
  readonly operands: { readonly manifest: string; readonly input: string | undefined };
  readonly global: GlobalOptions;
  readonly context: Context;
}

/** Most messages of a feed on their way at once. */
const feedWindow = 64;

/** Longest line of input, in bytes. */
const lineBytesMax = 64 * 1024 * 1024;

/** Opens the house that a manifest describes and keeps it until its work is done. */
export async function runManifest(invocation: RunInvocation): Promise<ExitCode> {
  const { options, operands, context } = invocation;
  const feeding = readInputOperand(operands.input);
  const keyPointer = options["id-from"] === undefined ? undefined : parseJsonPointer(options["id-from"]);
  const readFile = (path: string) => Promise.resolve(readText(resolve(context.folder, path)));
  const tree = await loadManifest(operands.manifest, { readText: readFile });
  const load = createLoader(cacheFolder());
  const giveUpHeadStart = await takeHeadStart(tree, load);
  try {
    return await runTree(invocation, { tree, load, feeding, keyPointer });
  } finally {
    giveUpHeadStart();
  }
}

/** What is known before the log is opened. */
interface RunPlan {
  readonly tree: ManifestTree;
  readonly load: LoadComponent;
  /** Whether messages come from standard input. */
  readonly feeding: boolean;
  /** Where in each of them its key stands. */
  readonly keyPointer: JsonPointer | undefined;
}

async function runTree(
  invocation: RunInvocation,
  { tree, load, feeding, keyPointer }: RunPlan,
): Promise<ExitCode> {
  const { options, operands, global, context } = invocation;
  const { folder } = context;
  const logPath = resolve(folder, global.db ?? join(dirname(operands.manifest), defaultLog));
  const interrupts = context.interrupts();
  const rootFailed = new AbortController();
  const store = openLog(logPath);
  finishErasures(store, logPath);
  const stats = options.stats
    ? followStats(
      logPath,
      (turn) =>
        context.err.write(
          `${global.json ? JSON.stringify(turn) : context.err.style.dim(formatStats(turn))}\n`,
        ),
    )
    : undefined;
  const theater = await openTheater({
    tree,
    store,
    upgrade: options.upgrade,
    ...(options["max-active"] !== undefined && { maxActive: options["max-active"] }),
    cacheFolder: cacheFolder(),
    load,
    dataFolder: dataFolder(),
    sealFailed(error) {
      const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
      void context.err.write(
        `${context.err.style.red("!")} nothing is signed for now, though all is recorded: ${why}\n`,
      );
    },
    killed: interrupts.second,
    observe(event) {
      if (event.event === "failed" && event.address === tree.address) rootFailed.abort();
      const said = eventText(event);
      if (said !== undefined) void context.err.write(`${context.err.style.red("!")} ${said}\n`);
    },
  });
  const ended = AbortSignal.any([interrupts.first, rootFailed.signal]);
  ended.addEventListener("abort", () => void theater.stop());
  const work = async (): Promise<ExitCode> => {
    if (ended.aborted) return exitCode.done; // Before it began; it has been said why.
    if (!options.quiet && theater.key?.made) {
      await context.err.write(
        `made the key with which this log is signed: keep a copy of ${theater.key.seedPath}\n`,
      );
    }
    const door = await openDoor(theater, logPath);
    try {
      if (!options.quiet) await announce(theater, relative(folder, logPath), feeding, global, context);
      const windowMax = Math.min(feedWindow, tree.manifest.limits.mailboxMessages);
      return feeding
        ? await feed(theater, invocation, { to: theater.root, keyPointer, windowMax, stopped: ended })
        : await serve(theater, context, ended);
    } finally {
      await theater.stop(); // Before the door is shut: whoever waits for the turn in hand is answered.
      await door.close();
    }
  };
  let code: ExitCode;
  try {
    code = await work();
  } finally {
    await theater.stop();
    await stats?.finish();
  }
  await theater.closed; // Throws if the log could not be written, to the end.
  if (interrupts.first.aborted) return exitCode.interrupted;
  return rootFailed.signal.aborted ? exitCode.no : code;
}

function readInputOperand(input: string | undefined): boolean {
  if (input === undefined) return false;
  if (input === "-") return true;
  throw new CliError({ code: "bad_value", name: "the word after the manifest", wanted: "-", got: input });
}

async function announce(
  theater: Theater,
  log: string,
  feeding: boolean,
  global: GlobalOptions,
  { out, err }: Context,
): Promise<void> {
  const { root, addresses } = theater;
  if (feeding) return await err.write(err.style.dim(`${addresses.join(", ")} running, log in ${log}\n`));
  if (global.json) return await out.write(`${JSON.stringify({ running: addresses, log })}\n`);
  await out.write(
    `${out.style.bold(root)} is running${
      addresses.length > 1 ? `, with ${addresses.slice(1).join(", ")}` : ""
    }\n` +
      `  its log is ${log}\n` +
      `  talk to it from another terminal: theater send ${root} '{…}' --db ${log}\n` +
      `  Ctrl-C ends it\n`,
  );
}

/** Keeps the house open until somebody ends it, or its root actor has failed. */
async function serve(theater: Theater, { err }: Context, ended: AbortSignal): Promise<ExitCode> {
  const end = new Promise<void>((resolve) => {
    if (ended.aborted) resolve();
    ended.addEventListener("abort", () => resolve());
  });
  await Promise.race([end, theater.closed]);
  await err.write("stopping after the turn in hand\n");
  return exitCode.done;
}

/** Sends the lines of standard input and prints what comes back. */
async function feed(
  theater: Theater,
  { options, context }: RunInvocation,
  feedOptions: FeedOptions,
): Promise<ExitCode> {
  const { out, err } = context;
  const lines = context.inputLines(lineBytesMax);
  feedOptions.stopped.addEventListener("abort", () => lines.close());
  theater.closed.then(() => lines.close(), () => lines.close());
  const progress = options.quiet
    ? undefined
    : createFeedProgress(err, context.nowMs, err.columns !== undefined && out.columns === undefined);
  let allOk = true;
  try {
    for await (const { answer, text } of untilClosed(theater, feedLines(theater, lines, feedOptions))) {
      if (answer.answer !== "ok") allOk = false;
      progress?.answered(answer.answer === "ok");
      await out.write(`${text}\n`);
    }
  } finally {
    lines.close(); // Or an input that nobody ends would keep the process.
  }
  await progress?.finish();
  return allOk ? exitCode.done : exitCode.no;
}

/** Passes items on, and throws what closed the house if it closes with an error. */
async function* untilClosed<T>(theater: Theater, items: AsyncGenerator<T>): AsyncGenerator<T> {
  let fail: (error: unknown) => void = () => {}; // Of the item that is awaited: a race for each would leak.
  let closed: { readonly error: unknown } | undefined;
  theater.closed.catch((error) => {
    closed = { error };
    fail(error);
  });
  for (;;) {
    const { done, value } = await new Promise<IteratorResult<T>>((resolve, reject) => {
      fail = reject;
      if (closed === undefined) items.next().then(resolve, reject);
      else reject(closed.error);
    });
    if (done) return;
    yield value;
  }
}

function eventText(event: ActorEvent): string | undefined {
  switch (event.event) {
    case "started":
      return undefined;
    case "crashed":
      return `${event.address} crashed (${event.code}) at entry ${event.seq}: ${event.reason}`;
    case "failed":
      return `${event.address} has failed: ${event.reason}`;
    case "stopped":
      return `${event.address} has stopped: ${event.reason}`;
  }
}
