/**
 * Sums up a run of the gate: reads the steps that `.ci/run` wrote down and the
 * reports of the tests, prints a table and, last, `N passed, N failed`. Ends
 * with 1 when anything failed.
 *
 * Run: `deno run -A tools/ci_summary.ts <steps>`, from the top folder.
 *
 * @module
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import process from "node:process";
import { readSteps } from "./ci/steps.ts";
import { describeTally, tally, type TallyPorts } from "./ci/tally.ts";

const [stepsPath] = process.argv.slice(2);
if (stepsPath === undefined) throw new TypeError("Cannot sum up: wanted the path of the steps, got none");

const ports: TallyPorts = {
  read: (path) => existsSync(path) ? readFileSync(path, "utf8") : undefined,
  testFiles: (folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => /_test\.[jt]s$/.test(path) && !path.includes("node_modules"))
      .map((path) => join(folder, path).split(sep).join("/"))
      .filter((path) => /import {[^}]*\btest\b[^}]*} from "node:test"/.test(readFileSync(path, "utf8"))),
};
const results = readSteps(readFileSync(stepsPath, "utf8")).map((step) => tally(step, ports));
console.log(`\n${describeTally(results)}`.trimEnd());
if (results.length === 0 || results.some(({ failed }) => failed > 0)) process.exitCode = 1;
