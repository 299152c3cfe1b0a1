/**
 * Turns a second and their latency, everything on: script actor, boundary,
 * limits, chain, durable commits.
 *
 *     deno run -A --no-prompt bench/turns.ts
 *     bun bench/turns.ts
 *
 * @module
 */

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

/** Measures every load and prints a table. */
export async function benchTurns(): Promise<void> {
  const rows: string[][] = [];
  for (const { actors, inFlight, turns } of loads) {
    const house = await openHouse("actors/counter.ts", actors);
    try {
      await drive(house.theater, Math.min(turns / 5, actors * 200), inFlight); // Warms every engine up.
      const from = performance.now();
      const latencies = await drive(house.theater, turns, inFlight);
      const seconds = (performance.now() - from) / 1000;
      const at = (share: number) => (latencies[Math.floor(latencies.length * share)] ?? 0).toFixed(2);
      rows.push([
        String(actors),
        String(inFlight),
        Math.round(turns / seconds).toString(),
        at(0.5),
        at(0.99),
      ]);
    } finally {
      await house.close();
    }
  }
  console.log(`fdatasync of one page: ${fdatasyncMs().toFixed(2)} ms (median)`);
  printTable(["actors", "in flight", "turns/s", "p50 ms", "p99 ms"], rows);
}

if (import.meta.main) await benchTurns();
