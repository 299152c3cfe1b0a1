import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Build } from "../../src/platform/mod.ts";
import { prepareComponent } from "./prepare_component.ts";
import { sourceRoot, stageFiles } from "./stage_files.ts";

/** What Deno asks for, and what it may do, in a program as from sources. */
export const denoOptions = [
  "--no-prompt",
  "--unstable-worker-options",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-net",
  "--allow-sys",
] as const;

/** What is put into the program besides what `main.js` imports. */
export const denoIncludes = ["worker_main.ts", "files"] as const;

/**
 * Makes a folder that holds all of Theater and refers to nothing outside: `main.js`, the worker, the files.
 * Nothing in it is looked up in a registry or in `node_modules`, so that nothing of those is embedded.
 */
export async function stageForDeno(deno: string, folder: string, build: Build): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  execFileSync(deno, [
    "bundle",
    "--quiet",
    "--platform=deno",
    `--outdir=${folder}`,
    "cli.ts",
    "src/worker/worker_main.ts",
  ], { cwd: sourceRoot, stdio: ["ignore", "ignore", "inherit"] });
  renameSync(join(folder, "src/worker/worker_main.js"), join(folder, "worker_main.js"));
  rmSync(join(folder, "src"), { recursive: true });
  // Under the name by which the bundle asks for it.
  writeFileSync(join(folder, "worker_main.ts"), 'import "./worker_main.js";\n');
  const facts = JSON.stringify(build);
  writeFileSync(join(folder, "main.js"), `globalThis.THEATER_BUILD = ${facts};\nawait import("./cli.js");\n`);
  stageFiles(join(folder, "files"));
  await prepareComponent(join(folder, "files"));
}
