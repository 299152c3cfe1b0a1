/**
 * Turns a second and their latency, everything on: script actor, boundary,
 * limits, chain, durable commits, trees and signed seals; and what it would be without these.
 *
 *     deno run -A --no-prompt bench/turns.ts
 *     bun bench/turns.ts
 *
 * @module
 */

import process from "node:process";
import type { Theater } from "../src/runtime/mod.ts";
import { openHouse } from "./house.ts";
import { fdatasyncMs } from "./disk.ts";
import { printTable } from "./table.ts";

/** One load on a house. */
interface Load {
  readonly actors: number;
  readonly inFlight: number;
  readonly turns: number;
}

const loads: readonly Load[] = [
  { actors: 1, inFlight: 1, turns: 3_000 },
  { actors: 1, inFlight: 64, turns: 30_000 },
  { actors: 20, inFlight: 64, turns: 15_000 },
  { actors: 100, inFlight: 64, turns: 10_000 },
];

/** Sends `turns` messages, `inFlight` at a time, to the actors in turn; returns latencies in ms, sorted. */
async function drive(theater: Theater, turns: number, inFlight: number): Promise<number[]> {
  const { addresses } = theater;
  const latencies: number[] = [];
  let sent = 0;
  async function client() {
    while (sent < turns) {
      const to = addresses[sent % addresses.length] ?? theater.root;
      sent += 1;
      const from = performance.now();
      const answer = await theater.send({ to, body: '{"by":1}', wait: "response" });
      if (answer.answer !== "ok") throw new Error(`${to} answered ${JSON.stringify(answer)}`);
      latencies.push(performance.now() - from);
    }
  }
  await Promise.all(Array.from({ length: inFlight }, client));
  return latencies.sort((a, b) => a - b);
}

/** What a load gave. */
interface Measured {
  readonly turnsPerSecond: number;
  /** Processor time, of all threads. */
  readonly cpuMicroseconds: number;
  /** In ms, sorted. */
  readonly latencies: readonly number[];
}

async function measure({ actors, inFlight, turns }: Load, sealed: boolean): Promise<Measured> {
  const house = await openHouse("actors/counter.ts", actors, { sealed });
  try {
    await drive(house.theater, Math.min(turns / 5, actors * 200), inFlight); // Warms every engine up.
    const cpu = process.cpuUsage();
    const from = performance.now();
    const latencies = await drive(house.theater, turns, inFlight);
    const seconds = (performance.now() - from) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    return { turnsPerSecond: turns / seconds, cpuMicroseconds: (user + system) / turns, latencies };
  } finally {
    await house.close();
  }
}

/**
 * Rounds with and without seals, by turns, so that a machine that is busy slows
 * down both; which comes first changes. On a busy machine the rates still
 * scatter, and the ratio of the processor time is the one to look at.
 */
const rounds = 3;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** Measures every load, sealed and not, and prints a table. */
export async function benchTurns(): Promise<void> {
  const rows: string[][] = [];
  for (const load of loads) {
    const sealed: Measured[] = [];
    const plain: Measured[] = [];
    for (let round = 0; round < rounds; round++) {
      for (const seals of round % 2 === 0 ? [false, true] : [true, false]) {
        (seals ? sealed : plain).push(await measure(load, seals));
      }
    }
    const rate = (all: readonly Measured[]) => median(all.map(({ turnsPerSecond }) => turnsPerSecond));
    const latencies = sealed.flatMap((each) => each.latencies).sort((a, b) => a - b);
    const at = (share: number) => (latencies[Math.floor(latencies.length * share)] ?? 0).toFixed(2);
    const ratio = (of: (measured: Measured) => number) =>
      median(sealed.map((each, k) => of(each) / of(plain[k] ?? each))).toFixed(2);
    rows.push([
      String(load.actors),
      String(load.inFlight),
      Math.round(rate(sealed)).toString(),
      at(0.5),
      at(0.99),
      Math.round(rate(plain)).toString(),
      ratio(({ turnsPerSecond }) => turnsPerSecond),
      ratio(({ cpuMicroseconds }) => cpuMicroseconds),
    ]);
  }
  console.log(`fdatasync of one page: ${fdatasyncMs().toFixed(2)} ms (median)`);
  printTable(
    ["actors", "in flight", "turns/s", "p50 ms", "p99 ms", "unsealed turns/s", "ratio", "cpu ratio"],
    rows,
  );
}

if (import.meta.main) await benchTurns();
