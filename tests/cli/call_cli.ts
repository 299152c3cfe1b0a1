/**
 * Runs a command line in this process, on a terminal that does not exist: what
 * a pipe cannot show.
 *
 * @module
 */

import { type Context, type ExitCode, main, type Output } from "../../src/cli/mod.ts";
import { ansiStyle, plainStyle } from "../../src/cli/style.ts";

/** What was printed on the terminal that does not exist. */
export interface TerminalResult {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** The terminal and the clock. */
export interface TerminalSetup {
  readonly folder: string;
  readonly columns?: number;
  readonly colour?: boolean;
  readonly nowMs?: number;
  /** Called with everything printed so far, after each write to standard output. */
  readonly watch?: (stdout: string, interrupt: () => void) => void;
}

/** Runs a command line as if on a terminal. */
export async function callCli(args: readonly string[], setup: TerminalSetup): Promise<TerminalResult> {
  const { folder, columns = 80, colour = false, nowMs = Date.now(), watch } = setup;
  const printed = { out: "", err: "" };
  const interrupted = new AbortController();
  const output = (stream: "out" | "err"): Output => ({
    write: (text) => {
      printed[stream] += text;
      if (stream === "out") watch?.(printed.out, () => interrupted.abort());
      return Promise.resolve();
    },
    columns,
    style: colour ? ansiStyle : plainStyle,
  });
  const context: Context = {
    out: output("out"),
    err: output("err"),
    inputLines: () => {
      throw new Error("Cannot read standard input as this terminal has nobody at it");
    },
    folder,
    nowMs: () => nowMs,
    interrupts: () => ({ first: interrupted.signal, second: new AbortController().signal }),
  };
  const code = await main(args, context);
  return { code, stdout: printed.out, stderr: printed.err };
}
