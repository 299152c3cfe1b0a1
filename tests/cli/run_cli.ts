/**
 * Runs the real command line in a process of its own: under the runtime that
 * runs the tests, or, if the variable `THEATER_PROGRAM` names it, as the program
 * that is one file, with nothing of this process's environment.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runtime } from "../../src/platform/mod.ts";

/** Where keys are kept while the tests run: never where the user's are. */
const dataFolder = mkdtempSync(join(tmpdir(), "theater-data-"));
process.on("exit", () => rmSync(dataFolder, { recursive: true, force: true }));

/** The program that is one file, if that is what is tested. */
export const program: string | undefined = process.env["THEATER_PROGRAM"] || undefined;

/** What the program is given instead of this process's environment. */
const bareEnvironment = { PATH: "", HOME: join(dataFolder, "home") };

const cliPath = fileURLToPath(new URL("../../cli.ts", import.meta.url));

/** How a command line ended. */
export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and with what to run. */
export interface CliSetup {
  /** The folder to run in. */
  readonly folder: string;
  /** Standard input; closed at once without. */
  readonly input?: string;
  /** Variables besides those of the tests; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The program and its arguments for a command line. */
export function commandFor(args: readonly string[]): readonly [string, ...string[]] {
  if (program !== undefined) return [program, ...args];
  const before = runtime.name === "deno" ? ["run", "-A", "--no-prompt", "--quiet", cliPath] : [cliPath];
  return [process.execPath, ...before, ...args];
}

/** Starts a command line; its streams are pipes. */
export function startCli(
  args: readonly string[],
  { folder, env = {} }: Omit<CliSetup, "input">,
): ChildProcess {
  const [command, ...rest] = commandFor(args);
  const variables = {
    ...(program === undefined ? process.env : bareEnvironment),
    THEATER_DATA_DIR: dataFolder,
    TZ: "UTC",
    NO_COLOR: undefined,
    FORCE_COLOR: undefined,
    ...env,
  };
  const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined));
  return spawn(command, rest, { cwd: folder, env: set, stdio: ["pipe", "pipe", "pipe"] });
}

/** Runs a command line to its end. */
export function runCli(args: readonly string[], setup: CliSetup): Promise<CliResult> {
  const child = startCli(args, setup);
  child.stdin?.end(setup.input ?? "");
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout: stdout(), stderr: stderr() }));
  });
}

/** Gathers what comes out of a stream; call the result for all of it so far. */
export function collect(stream: NodeJS.ReadableStream | null): () => string {
  const chunks: Uint8Array[] = [];
  stream?.on("data", (chunk: Uint8Array) => chunks.push(chunk));
  return () => chunks.map((chunk) => new TextDecoder().decode(chunk)).join("");
}
