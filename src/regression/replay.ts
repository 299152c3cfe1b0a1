/**
 * Recordings held against other code.
 *
 * @module
 */

import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { cacheFolder, currentFolder, exists, readText, writeFileAtomic } from "../platform/mod.ts";
import { type AgainstReplay, replayAgainst, ReplayError } from "../replay/mod.ts";
import { limits } from "../limits/mod.ts";
import {
  createLoader,
  execution,
  type LoadComponent,
  type RecordedFrame,
  recordedFrame,
  recordedSetup,
  replayBehaviours,
} from "../runtime/mod.ts";
import { type ActorRow, type LogReader, openEvidence, openLogReader, StoreError } from "../store/mod.ts";
import { EvidenceError, noTrust, verify } from "../verify/mod.ts";
import { startReplaying, startStandingIn, type WorkerSetup } from "../worker/mod.ts";
import { type AcceptedList, parseAccepted } from "./accepted_list.ts";
import { type CodeUnderTest, codeUnderTest } from "./code_under_test.ts";
import { formatUpdated, judge, type TestedChain } from "./judge.ts";
import { RegressionError } from "./regression_error.ts";
import type { ReplayResult } from "./replay_result.ts";

/** How to hold recordings against other code. */
export interface ReplayOptions {
  /** The new code: a component (`.wasm`), a script (`.ts`, `.js`), or a manifest (`.toml`) that declares the actors. */
  readonly against: string;
  /** Only these actors. */
  readonly actors?: readonly string[];
  /**
   * Whether the new code goes on with its own state from turn to turn. Without it, each turn is run on the
   * recorded state before it, so that one difference does not become a difference of all later turns.
   *
   * @default false
   */
  readonly carry?: boolean;
  /** A file that lists differences that are intended. One that is not there yet lists none. */
  readonly accept?: string;
  /** Writes what differs into that file, to be reviewed. @default false */
  readonly update?: boolean;
  /** What relative paths are relative to. @default the current folder */
  readonly folder?: string;
  /** Called after every turn: how many were compared or passed over, of how many there are. */
  readonly progress?: (turns: number, of: number) => void;
}

/** Most activations that are run at a time, each by two workers. */
const workersMax = 4;

/** Largest list of accepted differences, in bytes. */
const listBytesMax = 64 * 1024 * 1024;

/**
 * Runs the messages of recordings through other code, and compares what comes of
 * each turn with what is recorded: its state, its response, what it asks of its
 * host, and whether it crashes. Nothing real is called: what the new code asks is
 * answered from the recording, and refused where that has no answer.
 *
 * @param recordings bundles or logs, by their paths
 * @throws {RegressionError} when there is nothing to compare: a file that is not there or refuted, code that is
 * no actor. Differences are no error: they are in the result.
 *
 * @example
 * ```ts
 * const result = await replay("bundle.db", { against: "./counter.ts" });
 * assertReplay(result);
 * ```
 */
export async function replay(
  recordings: string | readonly string[],
  options: ReplayOptions,
): Promise<ReplayResult> {
  const { against, accept, folder = currentFolder(), update = false, carry = false } = options;
  const paths = typeof recordings === "string" ? [recordings] : recordings;
  if (paths.length === 0) throw new RegressionError({ code: "no_recording" });
  if (update && accept === undefined) throw new RegressionError({ code: "no_list" });
  const list: AcceptedList = accept === undefined ? new Map() : readList(accept, folder);
  const load = createLoader(cacheFolder());
  const code = await codeUnderTest(against, folder, load);
  const opened: { readonly path: string; readonly reader: LogReader }[] = [];
  try {
    for (const path of paths) opened.push({ path, reader: openJudged(path, folder) });
    const untested: string[] = [];
    const tested: Tested[] = [];
    for (const { path, reader } of opened) {
      const { ready, undeclared } = await loadCode(path, reader, code, options.actors);
      tested.push({ path, reader, ready });
      untested.push(...undeclared.map((actor) => `${actor} (${path})`));
    }
    const of = tested.flatMap(({ ready }) => ready).reduce((sum, { row }) => sum + row.turns, 0);
    let turns = 0;
    const chains: TestedChain[] = [];
    for (const one of tested) {
      const replayed = await runOne(one, load, carry, () => options.progress?.(turns += 1, of));
      for (const chain of replayed) {
        chains.push({ recording: one.path, chain: `${one.reader.node}/${chain.address}`, replay: chain });
      }
    }
    const result = judge(against, chains, untested, list, update ? accept : undefined);
    if (update && accept !== undefined) {
      writeFileAtomic(resolve(folder, accept), formatUpdated(chains, list), { mode: 0o644 });
    }
    return result;
  } finally {
    for (const { reader } of opened) reader.close();
  }
}

/** A recording, and the actors of it that are tested. */
interface Tested {
  readonly path: string;
  readonly reader: LogReader;
  readonly ready: readonly { readonly row: ActorRow; readonly setup: Omit<WorkerSetup, "turn" | "state"> }[];
}

/** Loads the new code of all actors that it is for. */
async function loadCode(
  path: string,
  reader: LogReader,
  code: CodeUnderTest,
  named: readonly string[] | undefined,
): Promise<Pick<Tested, "ready"> & { readonly undeclared: readonly string[] }> {
  const ready: Tested["ready"][number][] = [];
  const undeclared: RegressionError[] = [];
  const names: string[] = [];
  for (const { row, frame } of chooseActors(path, reader, code, named)) {
    try {
      ready.push({ row, setup: await code.load(row.address, frame) });
    } catch (error) {
      if (!(error instanceof RegressionError) || error.fault.code !== "not_declared") throw error;
      if (named !== undefined) throw error;
      undeclared.push(error);
      names.push(row.address);
    }
  }
  if (ready.length === 0 && undeclared[0] !== undefined) throw undeclared[0];
  return { ready, undeclared: names };
}

async function runOne(
  { path, reader, ready }: Tested,
  load: LoadComponent,
  carry: boolean,
  progress: () => void,
): Promise<readonly AgainstReplay[]> {
  const setups = new Map(ready.map(({ row, setup }) => [row.address, setup]));
  try {
    return await replayAgainst(reader, ready.map(({ row }) => row), {
      start: startReplaying,
      standIn: startStandingIn,
      load: (log, address, keyframe) => recordedSetup(log, address, keyframe, load),
      ability: { behaviours: replayBehaviours, schedules: limits.schedules },
      execution,
      code(address) {
        const setup = setups.get(address);
        if (setup === undefined) throw new Error(`Cannot test ${address}: its code was not loaded`);
        return setup;
      },
    }, { workers: Math.min(workersMax, availableParallelism()), carry, progress });
  } catch (error) {
    if (!(error instanceof ReplayError)) throw error;
    throw new RegressionError({ code: "unreadable", path, detail: error.message });
  }
}

/** Opens a recording that is not refuted. */
function openJudged(given: string, folder: string): LogReader {
  const path = resolve(folder, given);
  if (!exists(path)) throw new RegressionError({ code: "recording_not_found", path: given });
  try {
    const evidence = openEvidence(path);
    try {
      const { headline, exit } = verify(evidence, noTrust).verdict;
      if (exit === 1 || exit === 2) {
        throw new RegressionError({ code: "refuted", path: given, detail: headline });
      }
    } finally {
      evidence.close();
    }
    return openLogReader(path);
  } catch (error) {
    if (!(error instanceof StoreError || error instanceof EvidenceError)) throw error;
    throw new RegressionError({ code: "unreadable", path: given, detail: error.message });
  }
}

/** An actor to be tested. */
interface Chosen {
  readonly row: ActorRow;
  readonly frame: RecordedFrame;
}

/** The actors of a recording that the new code is for. */
function chooseActors(
  path: string,
  reader: LogReader,
  code: CodeUnderTest,
  named: readonly string[] | undefined,
): readonly Chosen[] {
  const rows = reader.actors().filter(({ turns }) => turns > 0);
  const known = rows.map(({ address }) => address);
  const missing = named?.find((actor) => !known.includes(actor));
  if (missing !== undefined) {
    throw new RegressionError({ code: "no_such_actor", path, actor: missing, known });
  }
  const actors = rows.filter(({ address }) => named?.includes(address) ?? true).flatMap((row) => {
    const frame = frameOf(path, reader, row.address);
    return frame === undefined ? [] : [{ row, frame }];
  });
  if (actors.length === 0) throw new RegressionError({ code: "no_turns", path });
  const codes = new Set(actors.map(({ frame }) => frame.component));
  if (!code.declares && named === undefined && codes.size > 1) {
    throw new RegressionError({ code: "which_actor", path, actors: known });
  }
  return actors;
}

function frameOf(path: string, reader: LogReader, address: string): RecordedFrame | undefined {
  try {
    return recordedFrame(reader, address);
  } catch (error) {
    if (!(error instanceof ReplayError)) throw error;
    throw new RegressionError({ code: "unreadable", path, detail: error.message });
  }
}

function readList(given: string, folder: string): AcceptedList {
  const path = resolve(folder, given);
  if (!exists(path)) return new Map();
  const list = parseAccepted(readText(path, { bytesMax: listBytesMax }));
  if ("detail" in list) throw new RegressionError({ code: "bad_list", path: given, detail: list.detail });
  return list;
}
