/**
 * One turn that was run again, held against its record, to the byte.
 *
 * @module
 */

import { differenceOf, type Divergence, firstDifference } from "../boundary/mod.ts";
import { commitDigest, type HashHex, parseEntry, type ReturnEntry } from "../chain/mod.ts";
import { decodeUtf8, sha256TextHex } from "../codec/mod.ts";
import type { LogReader } from "../store/mod.ts";
import type { TurnEnd, TurnReport } from "../worker/mod.ts";
import type { RecordedTurn } from "./recorded_turn.ts";
import { ReplayError, type TurnDifference } from "./replay_error.ts";

/** How much of a turn is compared. */
export interface Comparison {
  readonly reader: LogReader;
  readonly address: string;
  /** Whether the instance went through all turns before it: else it may have forgotten something. */
  readonly whole: boolean;
}

/**
 * Compares what a turn did with what is recorded.
 *
 * @returns how many parts could not be compared, as their salts are not there
 * @throws {ReplayError} `diverged`
 */
export function compareTurn(of: Comparison, recorded: RecordedTurn, report: TurnReport): number {
  const { closing } = recorded;
  const { end } = report;
  let passedOver = 0;

  const diverge = (detail: string, difference: TurnDifference, seq = closing.seq): never => {
    const { address } = of;
    throw new ReplayError({ code: "diverged", address, turn: recorded.turn, seq, detail, difference });
  };
  const parts = of.reader.parts(of.address, closing.seq);
  const bytesOf = (index: number) => {
    const bytes = parts[index]?.bytes;
    return bytes && decodeUtf8(bytes);
  };
  const differs = (index: number, digest: string): boolean => {
    const salt = parts[index]?.salt;
    if (salt === undefined) passedOver += 1;
    return salt !== undefined && commitDigest(digest as HashHex, salt) !== closing.parts[index];
  };
  const compareText = (index: number, what: "response" | "error" | "reason", got: string) => {
    if (!differs(index, sha256TextHex(got))) return;
    const expected = bytesOf(index);
    diverge(`the ${what} differs`, { what, ...textDifference(what, expected, got) });
  };
  const otherEnd = (expected: string): never =>
    diverge(`wanted ${expected}, got ${endText(end, report.fuel)}`, {
      what: "end",
      expected,
      got: endText(end, report.fuel),
    });

  if (end.end === "diverged") {
    const { at, ...difference } = callDifference(end.divergence);
    const entry = recorded.calls[at];
    diverge(difference.detail, difference.difference, entry?.seq ?? closing.seq);
  }
  switch (closing.kind) {
    case "return":
      if (closing.outcome === "err") {
        if (end.end !== "err") return otherEnd("a refusal");
        compareText(0, "error", end.error);
        break;
      }
      if (end.end !== "ok") return otherEnd("an ok return");
      // What instantiates hands on the state that it was given.
      if ((of.whole || recorded.opening.kind !== "keyframe") && differs(0, end.stateSha256)) {
        const expected = bytesOf(0) ?? stateKept(of.reader, of.address, closing);
        diverge("the state differs", { what: "state", ...textDifference("state", expected, end.state) });
      }
      if (end.response !== undefined) compareText(1, "response", end.response);
      break;
    case "trap":
      if (end.end !== "trap" || end.code !== closing.code) return otherEnd(`a trap (${closing.code})`);
      compareText(0, "reason", end.reason);
      break;
    case "cut":
      if (end.end !== "cut") {
        return otherEnd(`that it went on until it had used ${closing.fuel} units of fuel`);
      }
      break;
  }
  if (of.whole && report.fuel !== closing.fuel) {
    diverge(`the fuel differs: wanted ${closing.fuel}, got ${report.fuel}`, {
      what: "fuel",
      path: "fuel",
      expected: `${closing.fuel}`,
      got: `${report.fuel}`,
    });
  }
  return passedOver;
}

/** The state after a turn, where the log keeps it: in the state row, or in a keyframe that begins with it. */
function stateKept(reader: LogReader, address: string, { seq }: ReturnEntry): string | undefined {
  const row = reader.state(address);
  if (row?.seq === seq) return decodeUtf8(row.bytes);
  let looked = 0;
  for (const { text, parts } of reader.records(address, { from: seq + 1 })) {
    const entry = parseEntry(text);
    if (entry.kind === "keyframe") return parts[0]?.bytes && decodeUtf8(parts[0].bytes);
    if (entry.kind === "return" && entry.outcome === "ok") return undefined;
    if (++looked === entriesLookedAtMax) return undefined;
  }
  return undefined;
}

/** How far to look for a keyframe: refusals only lie between. */
const entriesLookedAtMax = 1000;

/** The first difference of two texts, of which one may not be known. */
export function textDifference(
  root: string,
  expected: string | undefined,
  got: string | undefined,
): Pick<TurnDifference, "path" | "expected" | "got"> {
  if (expected !== undefined && got !== undefined) {
    const found = firstDifference(root, expected, got);
    // Where the texts are the same, what lies there is not what the entry commits to.
    return found ?? { path: root, expected: "another text, to which the entry commits", got: shorten(got) };
  }
  return {
    path: root,
    ...(expected !== undefined && { expected: shorten(expected) }),
    ...(got !== undefined && { got: shorten(got) }),
  };
}

/** The difference of a turn that called otherwise than recorded, and the ordinal of the call. */
export function callDifference(divergence: Divergence) {
  const { at, expected, got, field, detail } = divergence;
  const what = "call" as const;
  if (expected === "end of turn") {
    const asked = got === "end of turn" ? undefined : got;
    return {
      at,
      detail: `call ${at} is one too many`,
      difference: {
        what,
        divergence,
        expected: "the end of the turn",
        ...(asked && { function: asked.function, got: shorten(`${asked.function} ${asked.arguments}`) }),
      },
    };
  }
  const call = { what, divergence, function: expected.function };
  if (got === "end of turn") {
    return {
      at,
      detail: `call ${at} did not come`,
      difference: {
        ...call,
        expected: shorten(`${expected.function} ${expected.arguments}`),
        got: "the end of the turn",
      },
    };
  }
  if (detail !== undefined) {
    return {
      at,
      detail: `the recorded answer to call ${at} cannot be given: ${detail}`,
      difference: { ...call, ...(field !== undefined && { path: field }) },
    };
  }
  const { path, ...sides } = differenceOf(expected, got) ?? { path: field ?? "function" };
  return { at, detail: `call ${at} differs in ${path}`, difference: { ...call, path, ...sides } };
}

/** Longest text that is shown, in UTF-16 code units. */
const shownMax = 200;

function shorten(text: string): string {
  return text.length <= shownMax ? text : `${text.slice(0, shownMax - 1).toWellFormed()}…`;
}

/** How a turn ended, in words. */
export function endText(end: TurnEnd, fuel?: number): string {
  switch (end.end) {
    case "ok":
      return fuel === undefined ? "an ok return" : `an ok return, after ${fuel} units of fuel`;
    case "err":
      return `a refusal: ${shorten(end.error)}`;
    case "trap":
      return `a trap (${end.code}): ${shorten(end.reason)}`;
    case "cut":
      return `a cut (${end.reason}): ${end.detail}`;
    case "diverged":
      return "another call than the recorded one";
  }
}
