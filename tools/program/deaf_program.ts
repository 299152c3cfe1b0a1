import { Buffer } from "node:buffer";
import { readFileSync, writeFileSync } from "node:fs";

/**
 * Variables by which whoever sets the environment could run code of theirs inside the program, turn it into
 * Bun itself, make it write files or talk to a debugger, or have it trust any server.
 */
export const deafTo = [
  "BUN_BE_BUN",
  "BUN_BYTECODE_DIGEST_OUT",
  "BUN_BYTECODE_ORDER_NAMES_OUT",
  "BUN_BYTECODE_ORDER_OUT",
  "BUN_CONFIG_VERBOSE_FETCH",
  "BUN_INSPECT",
  "BUN_INSPECT_CONNECT_TO",
  "BUN_INSPECT_PRELOAD",
  "BUN_OPTIONS",
  "NODE_CHANNEL_FD",
  "NODE_TLS_REJECT_UNAUTHORIZED",
] as const;

/**
 * Writes a copy of Bun that does not read the variables of {@linkcode deafTo}: no flag of its build turns
 * them off, and they act before any code of ours. Each name stands in it once, as C writes texts, for
 * `getenv`; the copy asks for the empty name, which no variable can have.
 *
 * @throws {Error} where a name does not stand there exactly once
 */
export function writeDeaf(from: string, to: string): void {
  const program = readFileSync(from);
  for (const name of deafTo) {
    const text = Buffer.from(`${name}\0`, "latin1");
    const at = program.indexOf(text);
    const count = at < 0 ? 0 : program.indexOf(text, at + 1) < 0 ? 1 : 2;
    if (count !== 1) {
      throw new Error(
        `Cannot make ${from} deaf to ${name}: wanted the name once, got ${count === 0 ? "none" : "several"}`,
      );
    }
    program[at] = 0;
  }
  writeFileSync(to, program, { mode: 0o755 });
}
