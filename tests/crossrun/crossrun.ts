/**
 * Random runs recorded on one engine and replayed on the other, each way:
 *
 *     deno task crossrun --runs 200 --seed 1
 *     bun run crossrun --runs 200 --seed 1
 *
 * Needs both `deno` and `bun`. A run that fails is named by its seed;
 * `--runs 1 --seed <n> --from <engine> --keep <folder>` makes it again and
 * leaves its log there.
 *
 * @module
 */

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { type EngineName, engineNames, isInstalled, otherThan, runUnder } from "./engines.ts";
import { type RecordLine, runLog } from "./record_runs.ts";
import type { ReplayLine } from "./replay_runs.ts";

/** What to run. */
export interface CrossRun {
  readonly from: EngineName;
  readonly seeds: readonly number[];
  /** Where logs are put. */
  readonly folder: string;
  /** Hears of every replayed run. */
  readonly done?: (seed: number) => void;
}

/** What a run came to. */
export interface CrossResult {
  readonly seed: number;
  readonly from: EngineName;
  /** What is wrong, in words; empty where nothing is. */
  readonly faults: readonly string[];
  readonly replay: ReplayLine | undefined;
}

/** Runs that one process records or replays: starting one costs as much as a run. */
const batchMax = 20;

/** Records runs on one engine, and replays them on the other. */
export async function crossRun({ from, seeds, folder, done }: CrossRun): Promise<readonly CrossResult[]> {
  const results: CrossResult[] = [];
  for (let at = 0; at < seeds.length; at += batchMax) {
    const batch = seeds.slice(at, at + batchMax);
    const heads = new Map<number, Readonly<Record<string, string>>>();
    const failures = await recordBatch(from, batch, folder, heads);
    const replays = new Map<string, ReplayLine>();
    const logs = batch.filter((seed) => heads.has(seed)).map((seed) => runLog(folder, seed));
    const ended = await runUnder(otherThan(from), "tests/crossrun/replay_runs.ts", logs, (line) => {
      const replay = JSON.parse(line) as ReplayLine;
      replays.set(replay.log, replay);
    });
    for (const seed of batch) {
      const replay = replays.get(runLog(folder, seed));
      const faults = failures.get(seed) ?? faultsOf(heads.get(seed) ?? {}, replay, ended.stderr);
      results.push({ seed, from, faults, replay });
      done?.(seed);
    }
  }
  return results;
}

/** Records a batch; whenever a run kills its process, another one goes on. */
async function recordBatch(
  engine: EngineName,
  seeds: readonly number[],
  folder: string,
  heads: Map<number, Readonly<Record<string, string>>>,
): Promise<ReadonlyMap<number, readonly string[]>> {
  const failures = new Map<number, readonly string[]>();
  let left = seeds.map((seed) => ({ seed, phase: 0 }));
  while (left.length > 0) {
    let begun: Extract<RecordLine, { say: "phase" }> | undefined;
    const args = left.map(({ seed, phase }) => `${seed}:${phase}`);
    const ended = await runUnder(engine, "tests/crossrun/record_runs.ts", [folder, ...args], (line) => {
      const said = JSON.parse(line) as RecordLine;
      if (said.say === "phase") begun = said;
      else heads.set(said.seed, said.heads);
    });
    left = left.filter(({ seed }) => !heads.has(seed));
    const [next] = left;
    if (next === undefined) break;
    if (ended.signal === "SIGKILL" && begun?.seed === next.seed) {
      left[0] = { seed: next.seed, phase: begun.phase + 1 };
      continue;
    }
    failures.set(next.seed, [`the recording failed: ${ended.stderr || ended.code}`]);
    left = left.slice(1);
  }
  return failures;
}

function faultsOf(
  heads: Readonly<Record<string, string>>,
  replay: ReplayLine | undefined,
  stderr: string,
): readonly string[] {
  if (replay === undefined) return [`the replay failed: ${stderr}`];
  const faults = replay.divergences.map(({ address, turn, seq, detail, path, expected, got }) =>
    `${address}, turn ${turn}, entry ${seq}: ${detail} (${path}: wanted ${expected}, got ${got})`
  );
  if (replay.verdict !== 0) faults.push(`the judge says ${replay.verdict}`);
  if (JSON.stringify(replay.heads) !== JSON.stringify(heads)) faults.push("the heads are others");
  // A cut of which nobody knows where it was, and nothing else, cannot be run.
  for (const { code, turn, detail } of replay.passedOver) {
    if (code !== "cut") faults.push(`turn ${turn} was not run: ${detail}`);
  }
  const passedOver = replay.passedOver.reduce((sum, { turns }) => sum + turns, 0);
  if (replay.reproduced + passedOver !== replay.turns) {
    faults.push(`${replay.reproduced} of ${replay.turns} turns were reproduced`);
  }
  return faults;
}

/** How often each kind of entry occurred. */
export function kindsOf(results: readonly CrossResult[]): ReadonlyMap<string, number> {
  const kinds = new Map<string, number>();
  for (const { replay } of results) {
    for (const [kind, count] of Object.entries(replay?.kinds ?? {})) {
      kinds.set(kind, (kinds.get(kind) ?? 0) + count);
    }
  }
  return new Map([...kinds].sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "200" },
      seed: { type: "string", default: "1" },
      from: { type: "string" },
      keep: { type: "string" },
    },
  });
  const [runs, seed] = [Number(values.runs), Number(values.seed)];
  const engines = engineNames.filter((name) => values.from === undefined || values.from === name);
  if (!Number.isSafeInteger(runs) || !Number.isSafeInteger(seed) || runs < 1 || engines.length === 0) {
    throw new RangeError("Cannot run: wanted --runs <n> --seed <n> --from deno|bun");
  }
  const missing = engineNames.filter((name) => !isInstalled(name));
  if (missing.length > 0) throw new Error(`Cannot run without ${missing.join(" and ")}`);
  const folder = values.keep ?? mkdtempSync(join(tmpdir(), "theater-crossrun-"));
  mkdirSync(folder, { recursive: true });
  const results: CrossResult[] = [];
  try {
    for (const [k, from] of engines.entries()) {
      const share = Math.floor(runs / engines.length) + (k < runs % engines.length ? 1 : 0);
      const first = seed + k * Math.ceil(runs / engines.length);
      const seeds = Array.from({ length: share }, (_, at) => first + at);
      console.log(
        `${share} runs recorded on ${from}, replayed on ${otherThan(from)}: seeds ${first} to ${
          first + share - 1
        }`,
      );
      let replayed = 0;
      const done = () => {
        replayed += 1;
        if (replayed % batchMax === 0) console.error(`${replayed} of ${share}`);
      };
      results.push(...await crossRun({ from, seeds, folder, done }));
    }
  } finally {
    if (values.keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
  for (const [kind, count] of kindsOf(results)) console.log(`${String(count).padStart(8)}  ${kind}`);
  const sum = (of: (line: ReplayLine) => number) =>
    results.reduce((all, { replay }) => all + (replay === undefined ? 0 : of(replay)), 0);
  const failed = results.filter(({ faults }) => faults.length > 0);
  for (const { seed, from, faults } of failed) {
    console.log(`seed ${seed}, recorded on ${from}:\n  ${faults.join("\n  ")}`);
  }
  console.log(
    `${results.length - failed.length} of ${results.length} runs replayed to the recorded heads: ` +
      `${sum(({ reproduced }) => reproduced)} of ${sum(({ turns }) => turns)} turns, ` +
      `${sum(({ divergences }) => divergences.length)} divergences`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
}

if (import.meta.main) await main();
