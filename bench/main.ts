/**
 * All benchmarks, one after the other, with the machine they ran on.
 *
 *     deno task bench
 *     bun run bench
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { cpus, totalmem } from "node:os";
import nodeProcess from "node:process";
import { fileURLToPath } from "node:url";
import { runtime } from "../src/platform/mod.ts";
import { theaterVersion } from "../src/runtime/mod.ts";

/** Each in a process of its own, so that none runs on what another has warmed. */
const benches = [
  ["turns.ts", "turns of a script actor, durable, everything on"],
  ["start.ts", "start, and memory"],
  ["sleep.ts", "1,000 sleeping actors, woken at random"],
  ["seal.ts", "a seal, step by step; tiles beside rows"],
  ["append.ts", "entries appended, beside a plain SQLite loop"],
  ["boundary.ts", "recording one call inside the worker"],
  ["prove.ts", "proofs of one entry in long chains"],
  ["replay.ts", "turns replayed, beside live ones"],
  ["time_travel.ts", "the state at a random moment of a log of 10^6 turns"],
  ["verify.ts", "a log judged without replay"],
  ["limits.ts", "what limits cost, on modules that compute"],
] as const;

const [cpu] = cpus();
console.log(
  `theater ${theaterVersion}, ${runtime.name} ${runtime.version} (${runtime.engine} ${runtime.engineVersion})`,
);
console.log(
  `${cpus().length} × ${cpu?.model ?? "unknown processor"}, ${
    Math.round(totalmem() / 2 ** 30)
  } GiB, ${runtime.os} ${runtime.arch}`,
);
for (const [file, about] of benches) {
  console.log(`\n${about} (bench/${file})`);
  const path = fileURLToPath(new URL(file, import.meta.url));
  const args = runtime.name === "deno" ? ["run", "-A", "--no-prompt", "--quiet", path] : [path];
  execFileSync(nodeProcess.execPath, args, { stdio: "inherit" });
}
