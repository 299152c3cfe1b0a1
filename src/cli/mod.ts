/**
 * The command line: one grammar for all commands, what they print, and how they
 * end.
 *
 * A command is one file in `commands/`: a table of what it takes and a function
 * that does it, loaded only when it is called. The frame around it reads the
 * arguments, explains errors and knows the exit codes. It trusts the user who
 * types, never what a log or a manifest says: whatever comes from there is made
 * printable before it reaches a terminal. Owns no behaviour of actors; asks the
 * rooms below. Layer L7.
 *
 * @example
 * ```ts
 * import { main, processContext } from "./src/cli/mod.ts";
 *
 * const code = await main(["log", "ledger", "--last", "5"], processContext({ colour: true }));
 * ```
 * @module
 */

export { type Context, type Interrupts, type Output, OutputClosed } from "./context.ts";
export { type ExitCode, exitCode } from "./exit_code.ts";
export { hasFlag, main } from "./main.ts";
export { processContext } from "./process_context.ts";
