/**
 * Tests from production: the messages of recordings run through other code than
 * recorded them, and what comes of each turn compared with what is recorded.
 *
 * Trusts a recording no further than `verify` does, and the new code not at all:
 * both run in workers that hold no function of the host. Layer 6.
 *
 * @example
 * ```ts
 * const result = await replay("bundle.db", { against: "counter.ts", accept: "counter.accepted.json" });
 * result.verdict; // "same", "different" or "incomplete"
 * assertReplay(result);
 * ```
 * @module
 */

export { assertReplay, ReplayAssertionError } from "./assert_replay.ts";
export { junitError, junitXml } from "./junit.ts";
export { RegressionError, type RegressionFault } from "./regression_error.ts";
export { replay, type ReplayOptions } from "./replay.ts";
export type {
  FoundDifference,
  ReplayedActor,
  ReplayedTurn,
  ReplayResult,
  StaleDifference,
} from "./replay_result.ts";
export { type Line, resultLines } from "./result_lines.ts";
