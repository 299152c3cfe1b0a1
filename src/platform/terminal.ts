import process from "node:process";
import { isatty } from "node:tty";

/** One of the three standard streams. */
export type StandardStream = "in" | "out" | "err";

const descriptors: Readonly<Record<StandardStream, number>> = { in: 0, out: 1, err: 2 };

/** Whether a person sits at the other end of the stream. */
export function isTerminal(stream: StandardStream): boolean {
  return isatty(descriptors[stream]);
}

/** Width of the terminal in characters. @default 80, where there is none */
export function terminalColumns(): number {
  const columns = process.stdout.columns ?? process.stderr.columns ?? Number(process.env["COLUMNS"]);
  return Number.isInteger(columns) && columns > 0 ? columns : 80;
}

/**
 * Whether to write colours to a stream.
 *
 * `NO_COLOR` (not empty) forbids; `FORCE_COLOR` (not empty, not `0`) allows;
 * otherwise on a terminal whose `TERM` is not `dumb`.
 */
export function wantsColour(
  stream: "out" | "err",
  env: Readonly<Record<string, string | undefined>> = process.env,
  terminal: boolean = isTerminal(stream),
): boolean {
  const no = env["NO_COLOR"];
  if (no !== undefined && no !== "") return false;
  const force = env["FORCE_COLOR"];
  if (force !== undefined && force !== "") return force !== "0";
  return terminal && env["TERM"] !== "dumb";
}
