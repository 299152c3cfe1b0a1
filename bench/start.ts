/**
 * From nothing to the first answer: the whole command line in a process of its
 * own, with empty caches and with warm ones; and memory for each actor.
 *
 *     deno run -A --no-prompt bench/start.ts
 *     bun bench/start.ts
 *
 * @module
 */

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import nodeProcess from "node:process";
import { fileURLToPath } from "node:url";
import { runtime } from "../src/platform/mod.ts";
import { type BenchHouse, openHouse } from "./house.ts";
import { printTable } from "./table.ts";

const cli = fileURLToPath(new URL("../cli.ts", import.meta.url));
const hello = fileURLToPath(new URL("../examples/hello/theater.toml", import.meta.url));

/** Runs one message through the command line; returns ms to the first byte of its answer. */
function firstAnswerMs(cacheFolder: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "theater-bench-"));
  const before = runtime.name === "deno" ? ["run", "-A", "--no-prompt", "--quiet", cli] : [cli];
  const from = performance.now();
  const child = spawn(
    nodeProcess.execPath,
    [...before, "run", hello, "-", "--quiet", "--db", join(folder, "theater.db")],
    {
      env: { ...nodeProcess.env, THEATER_CACHE_DIR: cacheFolder, THEATER_DATA_DIR: folder },
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  child.stdin.end('{"name":"Ada"}\n');
  return new Promise((resolve, reject) => {
    let ms = NaN;
    child.stdout.once("data", () => ms = performance.now() - from);
    child.on("close", (code) => {
      rmSync(folder, { recursive: true });
      code === 0 ? resolve(ms) : reject(new Error(`theater run ended with ${code}`));
    });
  });
}

/** Measures the start and prints a table. */
export async function benchStart(): Promise<void> {
  const cacheFolder = mkdtempSync(join(tmpdir(), "theater-bench-cache-"));
  const cold: number[] = [];
  for (let k = 0; k < 3; k++) {
    rmSync(cacheFolder, { recursive: true });
    cold.push(await firstAnswerMs(cacheFolder));
  }
  const warm: number[] = [];
  for (let k = 0; k < 7; k++) warm.push(await firstAnswerMs(cacheFolder));
  rmSync(cacheFolder, { recursive: true });
  printTable(["process start to first answer", "ms (median)"], [
    ["empty caches", median(cold).toFixed(0)],
    ["warm caches", median(warm).toFixed(0)],
  ]);
}

/** Measures the memory of live actors, each of which has answered once, and prints a table. */
export async function benchMemory(): Promise<void> {
  const one = await openHouse("actors/counter.ts", 1);
  await askAll(one);
  const before = nodeProcess.memoryUsage.rss();
  const count = 100;
  const many = await openHouse("actors/counter.ts", count);
  await askAll(many);
  const each = (nodeProcess.memoryUsage.rss() - before) / count;
  await many.close();
  await one.close();
  printTable(["memory", "MB"], [
    ["process with one actor", (before / 1e6).toFixed(0)],
    ["each further active actor", (each / 1e6).toFixed(1)],
  ]);
}

async function askAll({ theater }: BenchHouse): Promise<void> {
  for (const to of theater.addresses) {
    const { answer } = await theater.send({ to, body: '{"by":1}', wait: "response" });
    if (answer !== "ok") throw new Error(`${to} answered ${answer}`);
  }
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

if (import.meta.main) {
  await benchStart();
  await benchMemory();
}
