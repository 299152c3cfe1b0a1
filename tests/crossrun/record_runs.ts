/**
 * Records random runs, under the runtime that it is started with:
 *
 *     … tests/crossrun/record_runs.ts <folder> <seed>:<phase>…
 *
 * Each run goes on from that phase of it. Says on standard output what it is
 * about to do, as a phase may end with the death of this process.
 *
 * @module
 */

import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { loadManifest } from "../../src/manifest/mod.ts";
import { readText } from "../../src/platform/mod.ts";
import { openTheater } from "../../src/runtime/mod.ts";
import { openLog, openLogReader } from "../../src/store/mod.ts";
import { repositoryPath } from "../system/house.ts";
import { guestPaths, type Phase, type RandomRun, randomRun, type Upgrade } from "./random_run.ts";

/** One line of what this program says. */
export type RecordLine =
  /** A phase begins; `of` so many. */
  | { readonly say: "phase"; readonly seed: number; readonly phase: number; readonly of: number }
  /** A run has ended; the chain hash of the last entry of each chain. */
  | { readonly say: "done"; readonly seed: number; readonly heads: Readonly<Record<string, string>> };

/** The folder of a run. */
export function runFolder(folder: string, seed: number): string {
  return join(folder, `run-${seed}`);
}

/** The log of a run. */
export function runLog(folder: string, seed: number): string {
  return join(runFolder(folder, seed), "theater.db");
}

function writeRun(folder: string, { files }: RandomRun): void {
  if (existsSync(folder)) return;
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const guest = text.startsWith("@") ? guestPaths[text.slice(1)] : undefined;
    if (guest === undefined) writeFileSync(join(folder, name), text);
    else copyFileSync(repositoryPath(guest), join(folder, name));
  }
}

async function runPhase(folder: string, log: string, cacheFolder: string, phase: Phase): Promise<void> {
  const tree = await loadManifest(join(folder, "theater.toml"), {
    readText: (path) => Promise.resolve(readText(path)),
  });
  const theater = await openTheater({
    tree,
    store: openLog(log),
    upgrade: true, // A live upgrade may have left the log with another component than the manifest names.
    cacheFolder,
    turnsPerActivation: phase.turnsPerActivation,
  });
  const upgrade = ({ address, file, migrate }: Upgrade) =>
    theater.upgrade({ address, path: join(folder, file), migrate });
  for (const step of phase.steps) {
    if (step.step === "send") await Promise.all(step.messages.map((message) => theater.send(message)));
    else await upgrade(step);
  }
  const last: Promise<unknown>[] = phase.last.map((message) => theater.send(message));
  if (phase.upgrading !== undefined) last.push(upgrade(phase.upgrading));
  if (phase.end === "stop") await Promise.all(last);
  await new Promise((resolve) => setTimeout(resolve, phase.afterMs));
  switch (phase.end) {
    case "stop":
      return await theater.stop();
    case "kill":
      theater.kill();
      return await theater.stop();
    case "crash":
      process.kill(process.pid, "SIGKILL");
      return await new Promise(() => {});
  }
}

function headsOf(log: string): Readonly<Record<string, string>> {
  const reader = openLogReader(log);
  try {
    return Object.fromEntries(reader.actors().map(({ address, head }) => [address, head]));
  } finally {
    reader.close();
  }
}

function say(line: RecordLine): void {
  console.log(JSON.stringify(line));
}

async function record(folder: string, runs: readonly string[]): Promise<void> {
  process.env["THEATER_TEST_SET"] = "gesetzt";
  for (const each of runs) {
    const [seed = 0, first = 0] = each.split(":").map(Number);
    const run = randomRun(seed);
    const place = runFolder(folder, seed);
    writeRun(place, run);
    for (let phase = first; phase < run.phases.length; phase++) {
      const what = run.phases[phase];
      if (what === undefined) break;
      say({ say: "phase", seed, phase, of: run.phases.length });
      await runPhase(place, runLog(folder, seed), join(folder, "cache"), what);
    }
    say({ say: "done", seed, heads: headsOf(runLog(folder, seed)) });
  }
}

if (import.meta.main) await record(process.argv[2] ?? "", process.argv.slice(3));
