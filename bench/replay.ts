/**
 * Turns replayed a second, beside the turns a second at which they were
 * recorded: with one worker, and with one a core. Reads, hashes and comparisons
 * are all on.
 *
 *     deno run -A --no-prompt bench/replay.ts
 *     bun bench/replay.ts
 *
 * @module
 */

import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
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

/** Replays the log at `path` whole; returns turns a second, the loading of the component left out. */
async function measureReplay(path: string, workers: number): Promise<number> {
  const load = createLoader(join(tmpdir(), "theater-bench-cache"));
  const reader = openLogReader(path);
  try {
    const rows = reader.actors().filter(({ turns }) => turns > 0);
    for (const { address } of rows) await recordedSetup(reader, address, 1, load);
    const tools = {
      start: startReplaying,
      load: (log: LogReader, address: string, keyframe: number) =>
        recordedSetup(log, address, keyframe, load),
      ability: { behaviours: replayBehaviours, schedules: [limits.version.schedule] },
      execution,
    };
    const from = performance.now();
    const chains = await replayChains(reader, rows, tools, { workers });
    const seconds = (performance.now() - from) / 1000;
    for (const { address, turns, reproduced } of chains) {
      if (turns !== reproduced) throw new Error(`${address}: ${reproduced} of ${turns} turns`);
    }
    return chains.reduce((sum, { turns }) => sum + turns, 0) / seconds;
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
    const from = performance.now();
    await Promise.all(Array.from({ length: inFlight }, client));
    const live = turns / ((performance.now() - from) / 1000);
    await theater.stop();
    const one = await measureReplay(house.logPath, 1);
    const all = await measureReplay(house.logPath, Math.min(4, availableParallelism()));
    await house.close();
    rows.push([
      String(actors),
      ...[live, one, all].map((rate) => Math.round(rate).toString()),
      (one / live).toFixed(2),
      (all / live).toFixed(2),
    ]);
  }
  printTable(["actors", "live turns/s", "replayed, 1 worker", "a worker a core", "of live", "of live"], rows);
}

if (import.meta.main) await benchReplay();
