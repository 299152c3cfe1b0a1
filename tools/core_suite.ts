/**
 * Runs the core test suite of WebAssembly twice, with its modules as they are and
 * rewritten, and compares: nothing may differ but what the rewriter refuses by
 * name. The suite is not part of this repository; it is at
 * https://github.com/WebAssembly/testsuite. Needs wast2json of wabt.
 *
 * ```sh
 * deno run -A --no-prompt tools/core_suite.ts <folder> [--schedule 1] [--wast2json <path>]
 * bun tools/core_suite.ts <folder>
 * ```
 *
 * Ends with 1 if anything differs.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { limits } from "../src/limits/mod.ts";
import type { Command } from "./core_suite/script.ts";
import { type Outcome, runScript } from "./core_suite/stage.ts";

const { values: options, positionals } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: { schedule: { type: "string" }, wast2json: { type: "string" }, verbose: { type: "boolean" } },
});
const [folder] = positionals;
if (folder === undefined) throw new TypeError("Cannot run the suite: wanted the folder of its *.wast files");
const schedule = Number(options.schedule ?? limits.version.schedule);

const counts = { commands: 0, passedBefore: 0, passedAfter: 0, same: 0, differ: 0, unjudged: 0 };
const refused = new Map<string, number>();
const differences: string[] = [];
const unconverted: string[] = [];
const fuel = createHash("sha256");
let fuelTotal = 0;

/** Commands of one file; undefined if wast2json does not know what it uses. */
function convert(path: string, into: string): readonly Command[] | undefined {
  const output = join(into, "script.json");
  try {
    execFileSync(options.wast2json ?? "wast2json", ["--enable-all", path, "-o", output], { stdio: "pipe" });
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === "ENOENT") throw error;
    return undefined;
  }
  return (JSON.parse(readFileSync(output, "utf8")) as { readonly commands: readonly Command[] }).commands;
}

function compare(file: string, { line, type }: Command, before: Outcome, after: Outcome): void {
  counts.commands++;
  if (before.end === "passed") counts.passedBefore++;
  if (after.end === "passed") counts.passedAfter++;
  if (after.end === "refused") {
    refused.set(after.feature, (refused.get(after.feature) ?? 0) + 1);
    return;
  }
  if (before.end === "unjudged" || after.end === "unjudged") {
    counts.unjudged++;
    return;
  }
  // Bits of a NaN may differ, which is what rewriting is for; and an engine may let pass what must be refused.
  const same = before.end === after.end || after.end === "passed" && after.seen === "refused";
  if (same) counts.same++;
  else {
    counts.differ++;
    differences.push(`${file}:${line} ${type}: ${JSON.stringify(before)} became ${JSON.stringify(after)}`);
  }
}

for (const file of readdirSync(folder).filter((name) => name.endsWith(".wast")).sort()) {
  const into = mkdtempSync(join(tmpdir(), "core-suite-"));
  const commands = convert(join(folder, file), into);
  if (commands === undefined) unconverted.push(file);
  else {
    const bytesOf = (name: string) => new Uint8Array(readFileSync(join(into, name)));
    const before = runScript(commands, bytesOf, undefined);
    const after = runScript(commands, bytesOf, schedule);
    commands.forEach((command, k) =>
      compare(file, command, before.outcomes[k] as Outcome, after.outcomes[k] as Outcome)
    );
    fuel.update(`${file} ${after.fuel}\n`);
    fuelTotal += after.fuel;
    if (options.verbose === true) console.log(`${file} ${commands.length} ${after.fuel}`);
  }
  rmSync(into, { recursive: true });
}

console.log(differences.join("\n"));
console.log(`schedule ${schedule}: ${counts.commands} commands`);
console.log(`passed as they are ${counts.passedBefore}, rewritten ${counts.passedAfter}`);
console.log(`the same ${counts.same}, different ${counts.differ}, not judged ${counts.unjudged}`);
console.log(`refused by name: ${[...refused].map(([name, count]) => `${name} ${count}`).join(", ")}`);
console.log(`fuel ${fuelTotal}, by file ${fuel.digest("hex").slice(0, 16)}`);
console.log(`not converted: ${unconverted.length} files (${unconverted.join(", ")})`);
if (counts.differ > 0) process.exitCode = 1;
