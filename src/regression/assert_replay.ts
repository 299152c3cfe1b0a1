import type { ReplayResult } from "./replay_result.ts";
import { resultLines } from "./result_lines.ts";

/** Other code does not do what is recorded. */
export class ReplayAssertionError extends Error {
  override readonly name = "ReplayAssertionError";
  /** All of it, for who catches the error; runners that print what an error has leave it out. */
  declare readonly result: ReplayResult;
  constructor(result: ReplayResult) {
    super(messageOf(result));
    Object.defineProperty(this, "result", { value: result });
  }
}

/**
 * Asserts that other code did what is recorded, but for what is accepted: for the
 * end of a test. The error says which turns differ, and in which fields.
 *
 * @throws {ReplayAssertionError} unless the verdict is `same`
 */
export function assertReplay(result: ReplayResult): void {
  if (result.verdict !== "same") throw new ReplayAssertionError(result);
}

function messageOf(result: ReplayResult): string {
  const lines = resultLines(result).map(({ text }) => shown(text));
  return `Wanted ${shown(result.against)} to do what is recorded\n\n${lines.join("\n")}\n\n` +
    "If this is intended, keep it in a list: replay(…, { accept: file, update: true }), once";
}

/** What a recording says must not reach into a terminal. */
function shown(text: string): string {
  return text.replace(
    // deno-lint-ignore no-control-regex
    /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
