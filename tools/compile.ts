/**
 * Builds the program that is one file of Deno: `dist/theater-deno`.
 *
 *     deno task compile
 *     deno task compile --stage    # only the folder that would go into it: dist/deno
 *
 * Deno downloads `denort` for it, once.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { sourceCommit } from "./program/commit.ts";
import { denoIncludes, denoOptions, stageForDeno } from "./program/deno_stage.ts";
import { sourceRoot } from "./program/stage_files.ts";

const { values } = parseArgs({ options: { stage: { type: "boolean" } } });
const deno = process.execPath;
const folder = join(sourceRoot, "dist", "deno");
const target = `deno-${process.platform}-${process.arch}`;
await stageForDeno(deno, folder, { commit: sourceCommit(sourceRoot), target });
console.log("dist/deno");
if (!values.stage) {
  execFileSync(deno, [
    "compile",
    "--quiet",
    "--no-check",
    "--no-config",
    "--no-lock",
    "--no-remote",
    "--no-npm",
    ...denoOptions,
    ...denoIncludes.map((name) => `--include=${name}`),
    "--output=../theater-deno",
    "main.js",
  ], { cwd: folder, stdio: "inherit" });
  console.log("dist/theater-deno");
}
