/**
 * In what a turn of other code differs from the recorded one.
 *
 * @module
 */

import { type CallRecord, differenceOf, type StoodIn, type StoodInCall } from "../boundary/mod.ts";
import { JsonTextError, sha256TextHex } from "../codec/mod.ts";
import { differences, formatPointer, type JsonChange, parseVerbatim } from "../difference/mod.ts";
import type { TurnEnd, TurnReport } from "../worker/mod.ts";

/** What can differ. */
export type DiffersIn =
  | "state" // both went well, with another state
  | "response" // both went well, with another response
  | "error" // both refused, in other words
  | "outcome" // one went well, the other refused
  | "trap" // it crashes, or does not end, where it did not; or for another reason
  | "no-trap" // it does not crash any more
  | "calls"; // it asks something else of its host, or in another order

/** All of {@linkcode DiffersIn}, in the order in which they are told. */
export const differsIn: readonly DiffersIn[] = [
  "trap",
  "no-trap",
  "outcome",
  "state",
  "response",
  "error",
  "calls",
];

/** One field that differs. */
export interface FieldDifference {
  /** A JSON pointer into a state or response, or the call and the place in it. */
  readonly path: string;
  /** What stands there, cut where it is long; absent where nothing does. */
  readonly expected?: string;
  readonly got?: string;
}

/** One thing that differs in a turn. Plain data. */
export interface CodeDifference {
  readonly what: DiffersIn;
  /** SHA-256 of what was recorded, and of what came instead: in lowercase hex digits. */
  readonly expected: string;
  readonly got: string;
  /** The first fields that differ. */
  readonly fields: readonly FieldDifference[];
  /** How many more do. */
  readonly more: number;
}

/** What a turn was told, how it ended when it was recorded, and what came of it now. */
export interface ComparedTurn {
  /** Whether it instantiates: it hands on the state that it was given then. */
  readonly starts: boolean;
  readonly calls: readonly CallRecord[];
  readonly expected: TurnEnd;
  readonly got: Pick<TurnReport, "end" | "stoodIn">;
}

/** Most fields that are told of one difference, and how long a value may be, in UTF-16 code units. */
const fieldsMax = 20;
const shownMax = 200;

/**
 * Compares a turn of other code with the recorded one. JSON is compared by what
 * it says: the order of members, spaces and escapes make no difference; numbers
 * are the same if they are written the same. Calls are compared to the byte.
 *
 * @returns nothing where both did the same
 */
export function compareCode(
  { starts, calls, expected, got: { end, stoodIn } }: ComparedTurn,
): CodeDifference[] {
  const found: CodeDifference[] = [];
  const refused = stoodIn?.calls.at(-1)?.refused !== undefined;
  // A call that the recording cannot answer ended it: nobody knows how it would have ended.
  if (!refused) found.push(...compareEnds(expected, end, starts));
  if (stoodIn !== undefined) found.push(compareCalls(calls, stoodIn));
  return found.sort((a, b) => differsIn.indexOf(a.what) - differsIn.indexOf(b.what));
}

function compareEnds(expected: TurnEnd, got: TurnEnd, starts: boolean): CodeDifference[] {
  if (expected.end === "ok" && got.end === "ok") {
    if (starts) return [];
    return [
      ...compareJson("state", expected.state ?? "", got.state ?? ""),
      ...compareJson("response", expected.response ?? "", got.response ?? ""),
    ];
  }
  const inWhole = (what: DiffersIn): CodeDifference[] => {
    const [left, right] = [endText(expected), endText(got)];
    if (left === right) return [];
    return [differing(what, left, right, [{ path: "", ...sides(left, right) }])];
  };
  if (ordered(expected) && ordered(got)) return inWhole(expected.end === got.end ? "error" : "outcome");
  return inWhole(ordered(got) ? "no-trap" : "trap");
}

function ordered({ end }: TurnEnd): boolean {
  return end === "ok" || end === "err";
}

/** How a turn ended, as it is compared. */
function endText(end: TurnEnd): string {
  switch (end.end) {
    case "ok":
      return "it went well";
    case "err":
      return `refused: ${end.error}`;
    case "trap":
      return `trap (${end.code}): ${end.code === "script" ? withoutPlaces(end.reason) : end.reason}`;
    case "cut":
      return `cut (${end.reason}): ${end.detail}`;
    case "diverged":
      return "it left the recording";
  }
}

/** What a script died of, without where: lines move with every change of the code. */
function withoutPlaces(reason: string): string {
  return reason.split("\n").filter((line) => !/^\s+at /.test(line)).join("\n");
}

function compareJson(what: "state" | "response", expected: string, got: string): CodeDifference[] {
  if (expected === got) return [];
  let changes: JsonChange[];
  let texts: readonly [string, string];
  try {
    const [left, right] = [parseVerbatim(expected), parseVerbatim(got)];
    texts = [left.text, right.text];
    changes = differences(left, right);
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    return [differing(what, expected, got, [{ path: "", ...sides(expected, got) }])]; // An init has no response.
  }
  if (texts[0] === texts[1]) return [];
  return [differing(what, ...texts, changes.map(fieldOf))];
}

function fieldOf(change: JsonChange): FieldDifference {
  switch (change.change) {
    case "added":
      return { path: formatPointer(change.path), ...sides(undefined, change.after) };
    case "removed":
      return { path: formatPointer(change.was), ...sides(change.before, undefined) };
    case "replaced":
      return { path: formatPointer(change.path), ...sides(change.before, change.after) };
  }
}

function compareCalls(recorded: readonly CallRecord[], { calls, missed }: StoodIn): CodeDifference {
  const refused = calls.at(-1)?.refused !== undefined;
  const furthest = calls.reduce((far, { recorded: at }) => Math.max(far, at ?? -1), -1);
  const paired = new Set<number>();
  const byFunction = new Map<string, number[]>();
  for (const at of missed.toReversed()) {
    const name = recorded[at]?.function ?? "";
    const same = byFunction.get(name);
    if (same === undefined) byFunction.set(name, [at]);
    else same.push(at);
  }
  const fields: FieldDifference[] = [];
  for (const [k, call] of calls.entries()) {
    if (call.recorded !== undefined && call.refused === undefined) continue;
    const at = call.recorded ?? byFunction.get(call.function)?.pop();
    if (at !== undefined) paired.add(at);
    fields.push(callField(k, at === undefined ? undefined : recorded[at], call));
  }
  for (const at of missed) {
    // What was to come after the call that ended the turn could not come.
    if (paired.has(at) || (refused && at > furthest)) continue;
    const record = recorded[at];
    if (record === undefined) continue;
    fields.push({ path: `call ${at}: ${record.function}`, ...sides(asked(record), undefined) });
  }
  if (fields.length === 0) {
    const order = calls.map(({ recorded: at }) => at ?? 0);
    const first = order.findIndex((at, k) => k > 0 && at < (order[k - 1] ?? 0));
    fields.push({
      path: `order of call ${first}`,
      expected: shorten(`${nameOf(recorded[order[first] ?? 0])} first`),
      got: shorten(`${nameOf(recorded[order[first - 1] ?? 0])} first`),
    });
  }
  return differing("calls", callsText(recorded), callsText(calls), fields);
}

function callField(k: number, record: CallRecord | undefined, call: StoodInCall): FieldDifference {
  const path = `call ${k}: ${call.function}`;
  if (record === undefined) return { path, ...sides(undefined, asked(call)) };
  const difference = differenceOf(record, call);
  if (difference === undefined) return { path, ...sides(asked(record), call.refused) };
  const { path: place, expected, got } = difference;
  return { path: `${path} ${place}`, ...sides(expected, got) };
}

function nameOf(record: CallRecord | undefined): string {
  return record === undefined ? "nothing" : `${record.function} ${asked(record)}`;
}

function asked({ arguments: args, body }: Pick<CallRecord, "arguments" | "body">): string {
  return body === undefined ? args : `${args} with ${body}`;
}

function callsText(calls: readonly Pick<CallRecord, "function" | "arguments" | "body">[]): string {
  return JSON.stringify(calls.map(({ function: name, arguments: args, body }) => [name, args, body ?? null]));
}

function differing(
  what: DiffersIn,
  expected: string,
  got: string,
  fields: readonly FieldDifference[],
): CodeDifference {
  return {
    what,
    expected: sha256TextHex(expected),
    got: sha256TextHex(got),
    fields: fields.slice(0, fieldsMax),
    more: Math.max(0, fields.length - fieldsMax),
  };
}

function sides(
  expected: string | undefined,
  got: string | undefined,
): Pick<FieldDifference, "expected" | "got"> {
  return {
    ...(expected !== undefined && { expected: shorten(expected) }),
    ...(got !== undefined && { got: shorten(got) }),
  };
}

function shorten(text: string): string {
  return text.length <= shownMax ? text : `${text.slice(0, shownMax - 1).toWellFormed()}…`;
}
