import { canonicalize, type JsonPointer, lookUpPointer } from "../codec/mod.ts";
import type { Answer } from "../actor/mod.ts";
import { notAnswered } from "./answer_report.ts";
import type { Theater } from "../runtime/mod.ts";

/** How lines of input become messages. */
export interface FeedOptions {
  /** The actor that gets them. */
  readonly to: string;
  /** Where in each line its idempotency key stands. */
  readonly keyPointer: JsonPointer | undefined;
  /** Most messages on their way at once. */
  readonly windowMax: number;
  /** Ends the feed before its end; lines already sent are still answered. */
  readonly stopped: AbortSignal;
}

/** What became of one line. */
export interface LineResult {
  /** Counted from 1. */
  readonly line: number;
  readonly answer: Answer;
  /** One line of JSON to print. */
  readonly text: string;
}

/**
 * Sends every line as a message and yields the results in the order of the
 * lines, each as soon as it is there; blank lines are passed over. Reads on
 * while answers are awaited, but never further ahead than the window.
 */
export async function* feedLines(
  theater: Theater,
  lines: AsyncIterable<string>,
  options: FeedOptions,
): AsyncGenerator<LineResult> {
  const iterator = lines[Symbol.asyncIterator]();
  const underway: Promise<LineResult>[] = [];
  let reading: Promise<ReadLine> | undefined;
  let ended: ReadLine | undefined;
  let line = 0;
  while (ended === undefined || underway.length > 0) {
    if (ended === undefined && underway.length < options.windowMax) reading ??= readLine(iterator);
    const awaited: Promise<ReadLine | LineResult>[] = underway.slice(0, 1);
    if (reading !== undefined) awaited.unshift(reading); // First, so that the window fills before anything is printed.
    const next = await Promise.race(awaited);
    if ("answer" in next) {
      underway.shift();
      yield next;
      continue;
    }
    reading = undefined;
    line += 1;
    if (next.text === undefined || options.stopped.aborted) ended = next;
    else if (next.text.trim() !== "") underway.push(sendLine(theater, next.text, line, options));
  }
  if (ended?.fault !== undefined) throw ended.fault;
}

/** A line of input, or, without `text`, its end, which may be an error. */
interface ReadLine {
  readonly text?: string;
  readonly fault?: unknown;
}

async function readLine(lines: AsyncIterator<string>): Promise<ReadLine> {
  try {
    const { done, value } = await lines.next();
    return done ? {} : { text: value };
  } catch (fault) {
    return { fault }; // Lines that were sent before are still answered.
  }
}

async function sendLine(
  theater: Theater,
  body: string,
  line: number,
  options: FeedOptions,
): Promise<LineResult> {
  const { to } = options;
  const key = keyOf(body, options.keyPointer);
  const answer = key.fault === undefined
    ? await theater.send({ to, body, wait: "response", ...(key.text !== undefined && { key: key.text }) })
    : { answer: "undelivered" as const, code: "not_json" as const, detail: key.fault };
  return { line, answer, text: lineText(to, answer) };
}

/** The key of a line; or why it has none although it should. */
function keyOf(
  body: string,
  pointer: JsonPointer | undefined,
): { readonly text?: string; readonly fault?: string } {
  if (pointer === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return {}; // The house refuses the line, and says where it is wrong.
  }
  const found = lookUpPointer(value as Parameters<typeof lookUpPointer>[0], pointer);
  if (found === undefined) {
    return { fault: "wanted an idempotency key where --id-from points, found nothing" };
  }
  return { text: typeof found === "string" ? found : canonicalize(found) };
}

/** A response as one line; what is no response as an object with the member `error`. */
function lineText(to: string, answer: Answer): string {
  if (answer.answer === "ok") return answer.response.replaceAll(/[\r\n]+/g, " "); // Only between JSON tokens.
  const failure = notAnswered(to, answer);
  const { code, message, seq } = failure ?? { code: answer.answer, message: answer.answer };
  return JSON.stringify({ error: { code, message, ...(seq !== undefined && { seq }) } });
}
