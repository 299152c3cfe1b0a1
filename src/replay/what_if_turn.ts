/**
 * One turn that was run with other answers, beside the same turn as it was
 * recorded.
 *
 * @module
 */

import type { StoodIn, StoodInCall } from "../boundary/mod.ts";
import { differences, type JsonChange, parseVerbatim } from "../difference/mod.ts";
import type { LogReader } from "../store/mod.ts";
import type { TurnReport } from "../worker/mod.ts";
import type { PlacedOverride } from "./override.ts";
import { partText, type RecordedTurn } from "./recorded_turn.ts";
import type { TurnToRun } from "./way.ts";

/** How a turn ended, in what it says to others. */
export type WhatIfEnd =
  | { readonly end: "ok"; readonly response?: string }
  | { readonly end: "refused"; readonly error: string }
  | { readonly end: "trap"; readonly code: string; readonly reason: string }
  | { readonly end: "cut"; readonly reason: string; readonly detail: string };

/** A call that did not go as recorded. */
export interface WhatIfCall {
  /**
   * `otherwise`: it got the answer of an override. `supposed`: nothing of the kind was recorded; an effect that
   * would be staged, or a word for the log, is supposed to have been taken. `unanswered`: nothing of the kind was
   * recorded, so the turn ended there. `missed`: it was recorded, and did not come.
   */
  readonly went: "otherwise" | "supposed" | "unanswered" | "missed";
  readonly function: string;
  readonly arguments: string;
  readonly body?: string;
  /** What it answered; what was recorded, where it did not come. */
  readonly result?: string;
  /** The entry that recorded it. */
  readonly seq?: number;
  /** Why it was not answered. */
  readonly detail?: string;
}

/** A turn that went another way. Plain data. */
export interface WhatIfTurn {
  readonly turn: number;
  /** The entry that opens it. */
  readonly seq: number;
  /** What was said to it: `instantiate`, or the type of its message. */
  readonly type: string;
  /** The message, JSON text; as the override has it. */
  readonly body?: string;
  /** Calls that did not go as recorded; those that did are left out. */
  readonly calls: readonly WhatIfCall[];
  readonly recorded: WhatIfEnd;
  readonly whatIf: WhatIfEnd;
  /** From the recorded state after it to the one that it would have had. */
  readonly state: readonly JsonChange[];
}

/** Compares turns in the order in which they were run. */
export interface TurnComparer {
  /** How a turn went another way; nothing where all that is different is what was before it. */
  compare(
    recorded: RecordedTurn,
    run: TurnToRun,
    expected: TurnReport,
    got: TurnReport,
    states: { readonly recorded: string; readonly whatIf: string },
  ): WhatIfTurn | undefined;
  /** Whether a turn came to an override. */
  used(override: PlacedOverride): boolean;
}

export function createTurnComparer(
  reader: LogReader,
  address: string,
  overrides: readonly PlacedOverride[],
): TurnComparer {
  const used = new Set<number>();
  let before = "[]";
  return {
    used: ({ seq }) => used.has(seq),
    compare(recorded, run, expected, got, states) {
      const { turn, opening } = recorded;
      const own = overrides.filter((each) => each.turn === turn);
      for (const { seq, call } of own) if (call === undefined) used.add(seq);
      const calls = differingCalls(recorded, run, got.stoodIn, own);
      for (const { went, seq } of calls) if (went === "otherwise" && seq !== undefined) used.add(seq);
      const ends = { recorded: endOf(expected), whatIf: endOf(got) };
      const state = states.recorded === states.whatIf
        ? []
        : differences(parseVerbatim(states.recorded), parseVerbatim(states.whatIf));
      const changed = JSON.stringify(state);
      const same = changed === before && JSON.stringify(ends.recorded) === JSON.stringify(ends.whatIf);
      before = changed;
      if (same && calls.length === 0 && own.length === 0) return undefined;
      return {
        turn,
        seq: opening.seq,
        type: opening.kind === "keyframe" ? "instantiate" : opening.type,
        ...(opening.kind === "receive" && {
          body: own.find(({ call }) => call === undefined)?.text ?? partText(reader, address, opening, 0),
        }),
        calls,
        ...ends,
        state,
      };
    },
  };
}

function endOf({ end }: TurnReport): WhatIfEnd {
  switch (end.end) {
    case "ok":
      return { end: "ok", ...(end.response !== undefined && { response: end.response }) };
    case "err":
      return { end: "refused", error: end.error };
    case "trap":
      return { end: "trap", code: end.code, reason: end.reason };
    case "cut":
      return { end: "cut", reason: end.reason, detail: end.detail };
    case "diverged":
      throw new Error("Cannot compare a turn that diverged: what it was compared with says so first");
  }
}

/** @param stoodIn absent where all calls are those that were recorded, in their order */
function differingCalls(
  recorded: RecordedTurn,
  run: TurnToRun,
  stoodIn: StoodIn | undefined,
  own: readonly PlacedOverride[],
): WhatIfCall[] {
  const override = (ordinal: number) => own.find(({ call }) => call === ordinal);
  const seqOf = (ordinal: number) => recorded.calls[ordinal]?.seq;
  const place = (ordinal: number) => {
    const seq = seqOf(ordinal);
    return seq === undefined ? {} : { seq };
  };
  const question = ({ function: name, arguments: args, body }: StoodInCall) => ({
    function: name,
    arguments: args,
    ...(body !== undefined && { body }),
  });
  const recordAt = (went: "otherwise" | "missed", ordinal: number): WhatIfCall[] => {
    const record = run.calls[ordinal];
    return record === undefined
      ? []
      : [{ went, ...question(record), result: record.result, ...place(ordinal) }];
  };
  if (stoodIn === undefined) {
    return own.flatMap(({ call }) => call === undefined ? [] : recordAt("otherwise", call));
  }
  return [
    ...stoodIn.calls.flatMap((call): WhatIfCall[] => {
      const { recorded: ordinal, refused, supposed } = call;
      if (refused !== undefined) {
        return [{
          went: "unanswered",
          ...question(call),
          ...(ordinal !== undefined && place(ordinal)),
          detail: refused,
        }];
      }
      if (ordinal === undefined) {
        return [{ went: "supposed", ...question(call), ...(supposed !== undefined && { result: supposed }) }];
      }
      return override(ordinal) === undefined ? [] : recordAt("otherwise", ordinal);
    }),
    ...stoodIn.missed.flatMap((ordinal) => recordAt("missed", ordinal)),
  ];
}
