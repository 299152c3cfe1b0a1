/**
 * What `deno task compile` puts into a program, started as the program would
 * start it: in a folder of its own, with nothing to be found outside.
 */

import { deepEqual, equal } from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { runtime } from "../../src/platform/mod.ts";
import { denoIncludes, denoOptions, stageForDeno } from "../../tools/program/deno_stage.ts";
import { sourceRoot } from "../../tools/program/stage_files.ts";

const skip = runtime.name === "deno" ? false : "it is made by Deno";

test("the program of Deno holds all that it needs, below 15 MB, and looks nothing up", { skip }, async () => {
  const top = mkdtempSync(join(tmpdir(), "theater-deno-"));
  const stage = join(top, "stage");
  const build = { commit: "unknown", target: "deno-test" };
  try {
    await stageForDeno(process.execPath, stage, build);
    deepEqual(
      readdirSync(stage).sort(),
      ["cli.js", "files", "main.js", "worker_main.js", "worker_main.ts"],
    );
    const sizes = readdirSync(stage, { recursive: true, encoding: "utf8" })
      .map((name) => statSync(join(stage, name)).size);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    equal(bytes < 15_000_000, true, `${bytes} bytes`);

    // The graph: only files of the stage and what is built into Deno.
    const env = { HOME: top, DENO_DIR: join(top, "cache"), PATH: "" };
    const closed = ["--no-config", "--no-lock", "--no-remote", "--no-npm"];
    for (const entry of ["main.js", "cli.js", ...denoIncludes.filter((name) => name.endsWith(".ts"))]) {
      const said = execFileSync(process.execPath, ["info", "--json", ...closed, entry], {
        cwd: stage,
        env,
        encoding: "utf8",
      });
      const { modules } = JSON.parse(said) as { modules: { specifier: string; error?: string }[] };
      for (const { specifier, error } of modules) {
        equal(error, undefined, `${specifier}: ${error}`);
        equal(specifier.startsWith("node:") || specifier.startsWith(`file://${stage}/`), true, specifier);
      }
    }

    const house = join(top, "house");
    mkdirSync(house);
    for (const name of ["theater.toml", "hello.ts"]) {
      cpSync(join(sourceRoot, "examples/hello", name), join(house, name));
    }
    const theater = (args: readonly string[], input = "") =>
      spawnSync(process.execPath, [
        "run",
        "--quiet",
        ...closed,
        ...denoOptions,
        join(stage, "main.js"),
        ...args,
      ], {
        cwd: house,
        env: { ...env, THEATER_CACHE_DIR: join(top, "kept"), THEATER_DATA_DIR: join(top, "data") },
        input,
        encoding: "utf8",
      });
    const run = theater(["run", "theater.toml", "-", "--quiet"], '{"name":"Ada"}\n');
    deepEqual([run.status, run.stdout, run.stderr], [0, '{"hello":"Ada","greeted":1}\n', ""]);
    const verified = theater(["verify", "--replay"]);
    equal(verified.status, 0, verified.stderr);
    const { commit, target } = JSON.parse(theater(["version", "--json"]).stdout);
    deepEqual({ commit, target }, build);
    equal(readFileSync(join(stage, "cli.js"), "utf8").includes("node_modules/.deno"), false);
  } finally {
    rmSync(top, { recursive: true });
  }
});
