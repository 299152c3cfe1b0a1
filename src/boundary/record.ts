import type { CallOutcome } from "../chain/mod.ts";

/** One import call of a turn, written down. Plain data. */
export interface CallRecord {
  /** `interface#function` or `function`, as the component imports it. */
  readonly function: string;
  readonly outcome: CallOutcome;
  /**
   * The arguments as a canonical JSON array; where there is a `body`, null stands in its place.
   * `[]` where they could not be written down, for the reason that is the result.
   */
  readonly arguments: string;
  /** `[]` or `[value]` if it returned, else a JSON string that says why not. */
  readonly result: string;
  /** The text of the argument that stands apart. */
  readonly body?: string;
  /** When it was answered, in milliseconds since 1970-01-01T00:00:00Z, as the host claims. */
  readonly timeMs: number;
}

/** What a component asked: the half of a call that a replay compares. */
export type CallQuestion = Pick<CallRecord, "function" | "arguments" | "body">;

/** Where a replay left its recording. Plain data. */
export interface Divergence {
  /** Zero-based ordinal of the call in its turn. */
  readonly at: number;
  readonly expected: CallQuestion | "end of turn";
  readonly got: CallQuestion | "end of turn";
  /** Path of the first difference, such as `arguments[1].name`; absent where a whole call is missing or too many. */
  readonly field?: string;
  /** What is wrong with the recorded answer, where that is the difference. */
  readonly detail?: string;
}

/** Why the guest was stopped in the middle of a turn. Plain data. */
export type Stop =
  /** It called what it may not: `denied`; or what the host could not answer: `host`. The record has that call last. */
  | {
    readonly code: "denied" | "host";
    /** Zero-based ordinal of the call in its turn. */
    readonly call: number;
    readonly function: string;
    readonly text: string;
  }
  /** Its replay left the recording. */
  | { readonly code: "diverged"; readonly call: number; readonly divergence: Divergence };

/**
 * What is thrown through the guest to stop it. Whoever called the export gets
 * the same object back, unless the guest swallowed it; so ask `stopped()`.
 */
export class Stopped extends Error {
  override readonly name = "Stopped";
  readonly stop: Stop;

  constructor(stop: Stop) {
    super(
      stop.code === "diverged" ? `The replay left its recording at call ${stop.call}` : stop.text,
    );
    this.stop = stop;
  }
}
