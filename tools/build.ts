/**
 * Builds the program that is one file.
 *
 *     bun run build                          # for this machine: dist/theater-<os>-<arch>
 *     bun run build --all                    # for all machines
 *     bun run build --target linux-arm64
 *     bun run build --base <bun>             # on this Bun, whatever its bytes
 *
 * The same commit gives the same bytes: Bun itself is pinned by hash, and nothing of the machine goes in.
 * Bun for another machine comes from npm, once.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { baseProgram, sha256 } from "./program/base_program.ts";
import { writeDeaf } from "./program/deaf_program.ts";
import { sourceCommit } from "./program/commit.ts";
import { prepareComponent } from "./program/prepare_component.ts";
import { sourceRoot, stageFiles } from "./program/stage_files.ts";
import { bunVersion, findTarget, programName, type Target, targets } from "./program/targets.ts";

const { values } = parseArgs({
  options: {
    all: { type: "boolean" },
    target: { type: "string", multiple: true },
    base: { type: "string" },
    out: { type: "string", default: "dist" },
  },
});

const bun = process.execPath;
if (values.base === undefined && process.versions["bun"] !== bunVersion) {
  throw new Error(
    `Cannot build with this runtime: wanted Bun ${bunVersion}, got ${process.versions["bun"] ?? "none"}`,
  );
}

/** What has to be built. */
function wanted(): readonly Target[] {
  if (values.all) return targets;
  const names = values.target;
  if (names === undefined) {
    const musl = (process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined)
      ?.header?.glibcVersionRuntime === undefined;
    const own = findTarget(process.platform, process.arch, musl);
    if (own === undefined) {
      throw new Error(
        `Cannot build for this machine: there is no Bun for ${process.platform} ${process.arch}`,
      );
    }
    return [own];
  }
  return names.map((name) => {
    const target = targets.find((one) => one.name === name);
    if (target !== undefined) return target;
    throw new RangeError(
      `Cannot build for ${name}: wanted one of ${targets.map((one) => one.name).join(", ")}`,
    );
  });
}

const out = join(sourceRoot, values.out);
const stage = join(out, ".stage");
const files = join(stage, "files");
const commit = sourceCommit(sourceRoot);
mkdirSync(out, { recursive: true });
try {
  stageFiles(files);
  await prepareComponent(files);
  for (const target of wanted()) build(target);
} finally {
  rmSync(stage, { recursive: true, force: true });
}

function build(target: Target): void {
  const base = join(stage, `bun-${target.name}`);
  writeDeaf(values.base ?? baseProgram(target, bun, join(sourceRoot, ".cache", "build")), base);
  const name = programName(target);
  const facts = { commit, target: target.name };
  execFileSync(bun, [
    "build",
    "cli.ts",
    "src/worker/worker_main.ts",
    "--compile",
    `--target=${target.bun}`,
    `--compile-executable-path=${base}`,
    "--bytecode",
    "--format=esm",
    "--minify-syntax",
    "--minify-whitespace",
    "--sourcemap=none",
    "--entry-naming=[name].[ext]", // Where `spawnThread` looks for the worker.
    `--asset=${files}`,
    `--define=THEATER_BUILD=${JSON.stringify(facts)}`,
    "--no-compile-autoload-dotenv",
    "--no-compile-autoload-bunfig",
    "--no-compile-autoload-tsconfig",
    "--no-compile-autoload-package-json",
    `--outfile=${join(stage, name)}`,
  ], { cwd: sourceRoot, stdio: ["ignore", "ignore", "inherit"] });
  const path = join(out, name);
  renameSync(join(stage, name), path);
  console.log(`${values.out}/${name}  ${statSync(path).size} bytes  sha256 ${sha256(path)}`);
}
