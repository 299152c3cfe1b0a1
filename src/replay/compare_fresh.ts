/**
 * One turn that was run in an instance which saw none before it, held against
 * the same turn in the instance that saw them all.
 *
 * @module
 */

import type { TurnEnd, TurnReport } from "../worker/mod.ts";
import { callDifference, endText, textDifference } from "./compare_turn.ts";
import type { RecordedTurn } from "./recorded_turn.ts";
import type { TurnDifference } from "./replay_error.ts";

/** In what a turn depends on more than its state and its message. */
export interface FreshDifference {
  /** The entry that says otherwise. */
  readonly seq: number;
  readonly detail: string;
  readonly difference: TurnDifference;
}

/**
 * Compares how a turn ended in a fresh instance with how it is recorded: with
 * all but its fuel, to which it makes a difference what an instance has done
 * before. `report` did what is recorded.
 *
 * @returns nothing where both came to the same
 */
export function compareFresh(
  { calls, closing }: RecordedTurn,
  { end, fuel }: TurnReport,
  fresh: TurnEnd,
): FreshDifference | undefined {
  const { seq } = closing;
  const inText = (what: "state" | "response" | "error" | "reason", expected = "", got = "") =>
    expected === got
      ? undefined
      : { seq, detail: `the ${what} differs`, difference: { what, ...textDifference(what, expected, got) } };
  if (fresh.end === "diverged") {
    const { at, detail, difference } = callDifference(fresh.divergence);
    return { seq: calls[at]?.seq ?? seq, detail, difference };
  }
  if (end.end === "ok" && fresh.end === "ok") {
    if (end.stateSha256 !== fresh.stateSha256) return inText("state", end.state, fresh.state);
    return inText("response", end.response, fresh.response);
  }
  if (end.end === "err" && fresh.end === "err") return inText("error", end.error, fresh.error);
  if (end.end === "trap" && fresh.end === "trap" && end.code === fresh.code) {
    return inText("reason", end.reason, fresh.reason);
  }
  if (end.end === fresh.end && end.end !== "trap") return undefined;
  const [expected, got] = [endText(end, fuel), endText(fresh)];
  return { seq, detail: `wanted ${expected}, got ${got}`, difference: { what: "end", expected, got } };
}
