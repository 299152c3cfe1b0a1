/**
 * Sleeping actors: how fast a house of them opens, what each of them costs in
 * memory, and how long one takes to wake, hit at random.
 *
 *     deno run -A bench/sleep.ts [actors] [wakes]
 *     bun run bench/sleep.ts [actors] [wakes]
 *
 * @module
 */

import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { loadManifest } from "../src/manifest/mod.ts";
import { openTheater, type Theater } from "../src/runtime/mod.ts";
import { openLog, openLogReader } from "../src/store/mod.ts";
import { printTable } from "./table.ts";

const [actors = 1000, wakes = 200] = process.argv.slice(2).map(Number);
const activeMax = 8;

const folder = mkdtempSync(join(tmpdir(), "theater-bench-"));
const logPath = join(folder, "theater.db");
const component = new URL("actors/counter.ts", import.meta.url).pathname;
const children = Array.from(
  { length: actors },
  (_, k) => `[[child]]\nname = "c${k}"\ncomponent = "${component}"\n`,
);
const text =
  `name = "bench"\ncomponent = "${component}"\nmax_active = ${activeMax}\nlimits = { children = ${actors} }\n` +
  children.join("");
const tree = await loadManifest("bench.toml", { readText: () => Promise.resolve(text) });

async function open(): Promise<Theater> {
  return await openTheater({
    tree,
    store: openLog(logPath),
    cacheFolder: join(tmpdir(), "theater-bench-cache"),
    observe(event) {
      if (event.event !== "started") console.error(`${event.address} ${event.event}: ${event.reason}`);
    },
  });
}

async function timed<T>(work: () => Promise<T>): Promise<readonly [T, number]> {
  const begin = performance.now();
  return [await work(), performance.now() - begin];
}

async function residentBytes(): Promise<number> {
  for (let k = 0; k < 3; k++) {
    (globalThis as { gc?: () => void }).gc?.();
    (globalThis as { Bun?: { gc(force: boolean): void } }).Bun?.gc(true);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return process.memoryUsage().rss;
}

/** The next of a sequence that is the same in every run. */
let seed = 1;
function below(limit: number): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((seed / 2 ** 32) * limit);
}

const [made, createMs] = await timed(open);
await made.stop();

// The actors that had a worker at the end are resting: they would start.
const before = await residentBytes();
const [theater, openMs] = await timed(open);
const reader = openLogReader(logPath);
const sleeping = reader.actors().filter(({ status }) => status === "asleep").length;
reader.close();
const held = await residentBytes() - before;

const latencies: number[] = [];
for (let k = 0; k < wakes; k++) {
  const to = `bench/c${below(actors)}`;
  const [answer, ms] = await timed(() => theater.send({ to, body: '{"by":1}', wait: "response" }));
  if (answer.answer !== "ok") throw new Error(JSON.stringify(answer));
  latencies.push(ms);
}
latencies.sort((a, b) => a - b);
const at = (share: number) => `${(latencies[Math.floor(share * (latencies.length - 1))] ?? 0).toFixed(1)} ms`;
const grown = await residentBytes() - before - held;
await theater.stop();

printTable(["sleeping actors", sleeping.toLocaleString("en")], [
  ["made, each for the first time", `${(createMs / 1000).toFixed(1)} s`],
  ["house opened again", `${(openMs / 1000).toFixed(2)} s`],
  ["memory of the house for each of them", `${(held / actors / 1024).toFixed(1)} KiB`],
  [`memory after ${wakes} wakes beyond that, ${activeMax} workers`, `${(grown / 2 ** 20).toFixed(0)} MiB`],
  ["woken and answered: median", at(0.5)],
  ["95 of 100", at(0.95)],
  ["the slowest", at(1)],
  ["log, each", `${(statSync(logPath).size / actors / 1024).toFixed(1)} KiB`],
]);
rmSync(folder, { recursive: true });
