/**
 * Turns replayed a second, beside the turns a second at which they were
 * recorded: with one worker, and with one a core. Reads, hashes and comparisons
 * are all on. Beside each rate stands the time of all cores that a turn takes,
 * which says more on a machine that does other things too.
 *
 *     deno run -A --no-prompt bench/replay.ts
 *     bun bench/replay.ts
 *
 * @module
 */

import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { limits } from "../src/limits/mod.ts";
import { replayChains } from "../src/replay/mod.ts";
import { createLoader, execution, recordedSetup, replayBehaviours } from "../src/runtime/mod.ts";
import { type LogReader, openLogReader } from "../src/store/mod.ts";
import { startReplaying } from "../src/worker/mod.ts";
import { openHouse } from "./house.ts";
import { printTable } from "./table.ts";

/** Actors, and turns over all of them. */
const loads = [[1, 30_000], [4, 30_000]] as const;
const inFlight = 64;

/** How fast turns went. */
interface Rate {
  readonly perSecond: number;
  /** Time of all cores a turn, in microseconds. */
  readonly cpuUs: number;
}

/** Measures work that goes through so many turns. */
async function measure(turns: number, work: () => Promise<void>): Promise<Rate> {
  const [from, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: turns / ((performance.now() - from) / 1000), cpuUs: (user + system) / turns };
}

/** Replays the log at `path` whole, the loading of the component left out. */
async function measureReplay(path: string, workers: number): Promise<Rate> {
  const load = createLoader(join(tmpdir(), "theater-bench-cache"));
  const reader = openLogReader(path);
  try {
    const rows = reader.actors().filter(({ turns }) => turns > 0);
    for (const { address } of rows) await recordedSetup(reader, address, 1, load);
    const tools = {
      start: startReplaying,
      load: (log: LogReader, address: string, keyframe: number) =>
        recordedSetup(log, address, keyframe, load),
      ability: { behaviours: replayBehaviours, schedules: limits.schedules },
      execution,
    };
    return await measure(rows.reduce((sum, { turns }) => sum + turns, 0), async () => {
      for (const { address, turns, reproduced } of await replayChains(reader, rows, tools, { workers })) {
        if (turns !== reproduced) throw new Error(`${address}: ${reproduced} of ${turns} turns`);
      }
    });
  } finally {
    reader.close();
  }
}

/** Records and replays every load, and prints a table. */
export async function benchReplay(): Promise<void> {
  const rows: string[][] = [];
  for (const [actors, turns] of loads) {
    const house = await openHouse("actors/counter.ts", actors);
    const { theater } = house;
    let sent = 0;
    const client = async () => {
      while (sent < turns) {
        const to = theater.addresses[sent % theater.addresses.length] ?? theater.root;
        sent += 1;
        await theater.send({ to, body: '{"by":1}', wait: "response" });
      }
    };
    const live = await measure(turns, async () => {
      await Promise.all(Array.from({ length: inFlight }, client));
    });
    await theater.stop();
    const one = await measureReplay(house.logPath, 1);
    const all = await measureReplay(house.logPath, Math.min(4, availableParallelism()));
    await house.close();
    rows.push([
      String(actors),
      ...[live, one, all].map(({ perSecond, cpuUs }) => `${Math.round(perSecond)} (${Math.round(cpuUs)} µs)`),
      (one.perSecond / live.perSecond).toFixed(2),
      (all.perSecond / live.perSecond).toFixed(2),
      (live.cpuUs / one.cpuUs).toFixed(2),
    ]);
  }
  printTable([
    "actors",
    "live turns/s",
    "replayed, 1 worker",
    "a worker a core",
    "of live",
    "of live",
    "per core",
  ], rows);
}

if (import.meta.main) await benchReplay();
