import { isJsonObject, type JsonValue, parseCanonical } from "../codec/mod.ts";
import type { CallQuestion, Divergence } from "./record.ts";

/** The first place where two texts differ. */
export interface Difference {
  /** Below `root`, such as `arguments[1].name`. */
  readonly path: string;
  /** What stands there, as JSON or as an excerpt of it; absent where nothing does. */
  readonly expected?: string;
  readonly got?: string;
}

/** Longest excerpt of a value, in UTF-16 code units, and how much of that comes before the difference. */
const excerptMax = 96;
const excerptBefore = 32;

/**
 * Finds the first difference between two JSON texts, in the order of the
 * expected one; `undefined` if they say the same. Texts that are not canonical
 * JSON are compared as they are.
 */
export function firstDifference(root: string, expected: string, got: string): Difference | undefined {
  if (expected === got) return undefined;
  const left = parsed(expected);
  const right = parsed(got);
  const found = left === undefined || right === undefined ? undefined : differ(root, left.json, right.json);
  return found ?? { path: root, ...excerpts(expected, got) };
}

/** Finds the first difference between two questions, `undefined` if they are the same. */
export function differenceOf(expected: CallQuestion, got: CallQuestion): Difference | undefined {
  if (expected.function !== got.function) {
    return { path: "function", expected: expected.function, got: got.function };
  }
  const difference = firstDifference("arguments", expected.arguments, got.arguments);
  if (difference !== undefined || expected.body === got.body) return difference;
  if (expected.body === undefined || got.body === undefined) {
    return { path: "body", ...definedOf(expected, got) };
  }
  return firstDifference("body", expected.body, got.body);
}

/** Says in a few lines where a replay left its recording, what was expected there, and what came. */
export function describeDivergence(divergence: Divergence): string[] {
  const { at, expected, got, field, detail } = divergence;
  if (expected === "end of turn") {
    return [
      `Call ${at} is one too many: the recorded turn made ${at === 0 ? "no calls" : `only ${at}`}`,
      ...(got === "end of turn" ? [] : lines("got", got)),
    ];
  }
  if (got === "end of turn") {
    return [`Call ${at} was recorded and did not come`, ...lines("expected", expected)];
  }
  if (detail !== undefined) {
    return [
      `The recorded answer to call ${at} cannot be given`,
      ...lines("call", expected),
      `  ${field}: ${detail}`,
    ];
  }
  const difference = differenceOf(expected, got);
  const where = difference?.path ?? field ?? "an unknown place";
  return [
    `Call ${at} differs from the recording in ${where}`,
    ...(where === "function" ? [] : [`  function  ${expected.function}`]),
    `  expected  ${difference?.expected ?? "nothing"}`,
    `  got       ${difference?.got ?? "nothing"}`,
  ];
}

function lines(title: string, question: CallQuestion): string[] {
  const { arguments: args, body } = question;
  const lines = [`  ${title.padEnd(8)}  ${question.function} ${excerpt(args, 0)}`];
  return body === undefined ? lines : [...lines, `  body      ${excerpt(body, 0)}`];
}

function definedOf(expected: CallQuestion, got: CallQuestion): { expected?: string; got?: string } {
  return {
    ...(expected.body !== undefined && { expected: excerpt(expected.body, 0) }),
    ...(got.body !== undefined && { got: excerpt(got.body, 0) }),
  };
}

function parsed(text: string): { readonly json: JsonValue } | undefined {
  try {
    return { json: parseCanonical(text) };
  } catch {
    return undefined;
  }
}

function differ(path: string, left: JsonValue, right: JsonValue): Difference | undefined {
  if (Array.isArray(left) && Array.isArray(right)) return differInArrays(path, left, right);
  if (isJsonObject(left) && isJsonObject(right)) {
    for (const name of Object.keys(left)) {
      const member = `${path}.${name}`;
      if (!Object.hasOwn(right, name)) return { path: member, expected: textOf(left[name]) };
      const found = differ(member, left[name] as JsonValue, right[name] as JsonValue);
      if (found !== undefined) return found;
    }
    const extra = Object.keys(right).find((name) => !Object.hasOwn(left, name));
    return extra === undefined ? undefined : { path: `${path}.${extra}`, got: textOf(right[extra]) };
  }
  return left === right ? undefined : { path, ...excerpts(JSON.stringify(left), JSON.stringify(right)) };
}

function differInArrays(
  path: string,
  left: readonly JsonValue[],
  right: readonly JsonValue[],
): Difference | undefined {
  for (let i = 0; i < left.length || i < right.length; i++) {
    const item = `${path}[${i}]`;
    if (i >= right.length) return { path: item, expected: textOf(left[i]) };
    if (i >= left.length) return { path: item, got: textOf(right[i]) };
    const found = differ(item, left[i] as JsonValue, right[i] as JsonValue);
    if (found !== undefined) return found;
  }
  return undefined;
}

function textOf(value: JsonValue | undefined): string {
  return excerpt(JSON.stringify(value) ?? "nothing", 0);
}

/** Both texts around the first place where they differ. */
function excerpts(expected: string, got: string): { readonly expected: string; readonly got: string } {
  let at = 0;
  while (at < expected.length && expected[at] === got[at]) at++;
  return { expected: excerpt(expected, at), got: excerpt(got, at) };
}

function excerpt(text: string, at: number): string {
  if (text.length <= excerptMax) return text;
  const start = Math.max(0, at - excerptBefore);
  const end = Math.min(text.length, start + excerptMax);
  return `${start > 0 ? "…" : ""}${text.slice(start, end).toWellFormed()}${end < text.length ? "…" : ""}`;
}
