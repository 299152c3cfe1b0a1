/**
 * The two engines as programs, wherever this is run from.
 *
 * @module
 */

import { spawn, spawnSync } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import { runtime } from "../../src/platform/mod.ts";
import { repositoryPath } from "../system/house.ts";

/** A runtime by its name. */
export type EngineName = "deno" | "bun";

/** Both. */
export const engineNames = ["deno", "bun"] as const;

/** The other of the two. */
export function otherThan(engine: EngineName): EngineName {
  return engine === "deno" ? "bun" : "deno";
}

/** Whether the program is there: the one that runs this, or by its name on the path. */
export function isInstalled(engine: EngineName): boolean {
  return engine === runtime.name || spawnSync(engine, ["--version"]).status === 0;
}

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

/** Runs a program of this repository under an engine; `line` hears every line of its output. */
export function runUnder(
  engine: EngineName,
  program: string,
  args: readonly string[],
  line: (text: string) => void,
): Promise<Ended> {
  const before = engine === "deno" ? ["run", "-A", "--no-prompt", "--quiet", "--no-check"] : ["run"];
  const command = engine === runtime.name ? process.execPath : engine;
  const child = spawn(command, [...before, repositoryPath(program), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: repositoryPath(""),
  });
  let stderr = "";
  child.stderr.on(
    "data",
    (chunk: Uint8Array) => stderr = (stderr + new TextDecoder().decode(chunk)).slice(-4000),
  );
  createInterface({ input: child.stdout }).on("line", line);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stderr }));
  });
}
