/**
 * What limits cost: CPU-bound work by modules as they are, beside the same
 * modules rewritten, in turns and in one process, so that both meet the same
 * machine. Run time is the median of the ratios of neighbours.
 *
 *     deno run -A --no-prompt bench/limits.ts [--json] [part of a name]...
 *     bun bench/limits.ts [--json] [part of a name]...
 *
 * @module
 */

import nodeProcess from "node:process";
import { limitModule, STACK_UNITS_MAX } from "../src/limits/mod.ts";
import { printTable } from "./table.ts";
import { type Ready, type Workload, workloads } from "./workloads.ts";

const pairs = 80;
/** How long one measurement takes about, and how long both are warmed first, in milliseconds. */
const pieceMs = 4;
const warmMs = 400;

/** How one workload fared. */
export interface Cost {
  readonly name: string;
  /** Rewritten to original. */
  readonly time: number;
  readonly best: number;
  readonly size: number;
  readonly compile: number;
  readonly bytes: number;
  readonly rewriteMs: number;
  readonly fuelPerMs: number;
}

/** Measures one workload. @throws {Error} when the rewritten one computes something else */
export async function measure(workload: Workload): Promise<Cost> {
  const before = await workload.prepare(undefined);
  const after = await workload.prepare((core) =>
    limitModule(core, { memoryBytesMax: 64 << 20, stackUnitsMax: STACK_UNITS_MAX })
  );
  const rounds = warm(before);
  warm(after);
  const ratios: number[] = [];
  let bestBefore = Infinity, bestAfter = Infinity;
  const fuelBefore = after.fuelUsed();
  let afterMs = 0;
  for (let k = 0; k < pairs; k++) {
    const first = k % 2 ? before : after;
    const firstMs = timed(first, rounds);
    const secondMs = timed(first === before ? after : before, rounds);
    bestBefore = Math.min(bestBefore, first === before ? firstMs : secondMs);
    bestAfter = Math.min(bestAfter, first === before ? secondMs : firstMs);
    ratios.push(first === before ? secondMs / firstMs : firstMs / secondMs);
    afterMs += first === before ? secondMs : firstMs;
  }
  if (before.run(2) !== after.run(2)) throw new Error(`${workload.name}: limits changed what it computes`);
  return {
    name: workload.name,
    time: median(ratios),
    best: bestAfter / bestBefore,
    size: after.bytes / before.bytes,
    compile: after.compileMs / before.compileMs,
    bytes: before.bytes,
    rewriteMs: after.rewriteMs,
    fuelPerMs: (after.fuelUsed() - fuelBefore) / afterMs,
  };
}

/** Runs it until it is compiled in earnest; returns the rounds that one piece takes. */
function warm(ready: Ready): number {
  let rounds = 1;
  for (const from = performance.now(); performance.now() - from < warmMs;) {
    const ms = timed(ready, rounds);
    if (ms < pieceMs / 2) rounds *= 2;
    else rounds = Math.max(1, Math.round(rounds * pieceMs / ms));
  }
  return rounds;
}

function timed(ready: Ready, rounds: number): number {
  const from = performance.now();
  ready.run(rounds);
  return performance.now() - from;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

if (import.meta.main) {
  const words = nodeProcess.argv.slice(2);
  const json = words.includes("--json");
  const parts = words.filter((word) => !word.startsWith("--"));
  const costs: Cost[] = [];
  for (const workload of await workloads()) {
    if (parts.length > 0 && !parts.some((part) => workload.name.includes(part))) continue;
    costs.push(await measure(workload));
  }
  if (json) console.log(JSON.stringify(costs));
  else {
    const row = (cost: Cost) => [
      cost.name,
      `${((cost.time - 1) * 100).toFixed(1)} %`,
      `${((cost.best - 1) * 100).toFixed(1)} %`,
      `${((cost.size - 1) * 100).toFixed(0)} %`,
      String(cost.bytes),
      cost.rewriteMs.toFixed(1),
      cost.compile.toFixed(2),
      String(Math.round(cost.fuelPerMs)),
    ];
    printTable(
      ["workload", "time", "best", "size", "bytes", "rewrite ms", "compile", "fuel/ms"],
      costs.map(row),
    );
    const over = (name: string, times: readonly number[]) =>
      console.log(`  median of ${times.length} ${name}: ${((median(times) - 1) * 100).toFixed(1)} %`);
    over("modules in C", costs.filter(({ name }) => !name.startsWith("script")).map(({ time }) => time));
    over("tasks of a script", costs.filter(({ name }) => name.startsWith("script")).map(({ time }) => time));
    over("in all", costs.map(({ time }) => time));
    over("in all, by the best", costs.map(({ best }) => best));
  }
}
