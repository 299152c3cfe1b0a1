import type { InputLines } from "../platform/mod.ts";
import type { Style } from "./style.ts";

/** Where a command writes. Text goes out in the order of the calls. */
export interface Output {
  /**
   * Writes; resolves when more may be written.
   *
   * @throws {OutputClosed} when nobody reads any more (`… | head`)
   */
  write(text: string): Promise<void>;
  /** Columns of the terminal; absent when it is not one. */
  readonly columns?: number;
  readonly style: Style;
}

/** Nobody reads what is written any more. Ends a command in silence, as `head` expects it. */
export class OutputClosed extends Error {
  override readonly name = "OutputClosed";
}

/** Signals of the user, from the moment they are asked for. */
export interface Interrupts {
  /** Aborted by the first SIGINT or SIGTERM: finish what is in hand. */
  readonly first: AbortSignal;
  /** Aborted by the second: stop at once. */
  readonly second: AbortSignal;
}

/** Everything outside that a command may touch; given to it, so that tests can give something else. */
export interface Context {
  /** Results. */
  readonly out: Output;
  /** Progress, notes and errors. */
  readonly err: Output;
  /** Standard input by lines of at most `lineBytesMax` bytes; can be read once. */
  inputLines(lineBytesMax: number): InputLines;
  /** The folder that relative paths are relative to. */
  readonly folder: string;
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** From the first call on, signals no longer end the process by themselves. */
  interrupts(): Interrupts;
}

/** What can be said with every command. */
export interface GlobalOptions {
  /** The log, if named. */
  readonly db: string | undefined;
  /** Results and errors are for machines. */
  readonly json: boolean;
}
