/**
 * Reading canonical JSON (RFC 8785), and refusing everything else.
 *
 * What is hashed must have one spelling, so this accepts exactly the texts that
 * `canonicalize()` can produce: no whitespace, members in order and only once,
 * the shortest number, the shortest escape. It does not use `JSON.parse`,
 * which drops duplicate members and rounds without a word.
 * @module
 */

import { CANONICAL_DEPTH_MAX } from "./canonical_json.ts";
import { CodecError } from "./codec_error.ts";
import type { JsonObject, JsonValue } from "./json_value.ts";
import { setMember } from "./json_value.ts";
import { describeAt, loneSurrogateAt } from "./text_position.ts";

/** The text and how far it has been read. */
interface Cursor {
  readonly text: string;
  at: number;
}

/**
 * Reads canonical JSON. `canonicalize(parseCanonical(text)) === text` for every text it accepts.
 *
 * Objects are plain ones, on which any name, "__proto__" too, is an own member.
 *
 * @throws {CodecError} `not_canonical`, with the offset of the first fault.
 */
export function parseCanonical(text: string): JsonValue {
  const surrogate = loneSurrogateAt(text);
  if (surrogate >= 0) throw fault(text, surrogate, "Unicode text", "a lone surrogate");
  const cursor: Cursor = { text, at: 0 };
  const value = readValue(cursor, 0);
  if (cursor.at !== text.length) throw fault(text, cursor.at, "the end of the text");
  return value;
}

function readValue(cursor: Cursor, depth: number): JsonValue {
  const code = cursor.text.charCodeAt(cursor.at);
  switch (code) {
    case 0x22: // "
      return readString(cursor);
    case 0x7b: // {
      return readObject(cursor, depth);
    case 0x5b: // [
      return readArray(cursor, depth);
    case 0x74: // t
      return readWord(cursor, "true", true);
    case 0x66: // f
      return readWord(cursor, "false", false);
    case 0x6e: // n
      return readWord(cursor, "null", null);
    default: // The alphabet is open: what is no digit is refused there.
      return readNumber(cursor);
  }
}

function readWord<T extends JsonValue>(cursor: Cursor, word: string, value: T): T {
  if (!cursor.text.startsWith(word, cursor.at)) throw fault(cursor.text, cursor.at, `"${word}"`);
  cursor.at += word.length;
  return value;
}

function readNumber(cursor: Cursor): number {
  const { text, at: start } = cursor;
  let end = start;
  let integer = 0;
  let code = text.charCodeAt(end);
  while (code >= 0x30 && code <= 0x39) {
    integer = integer * 10 + (code - 0x30);
    code = text.charCodeAt(++end);
  }
  const digits = end - start;
  const plain = code !== 0x2e && code !== 0x65 && code !== 0x45 && code !== 0x2d && code !== 0x2b;
  if (plain && digits > 0 && digits < 16 && (digits === 1 || text.charCodeAt(start) !== 0x30)) {
    cursor.at = end; // Nearly all numbers: below 10^15 an integer has only this spelling.
    return integer;
  }
  NUMBER.lastIndex = start;
  const spelling = NUMBER.exec(text)?.[0];
  if (spelling === undefined) throw fault(text, start, "a value");
  const value = Number(spelling);
  const shortest = String(value);
  if (shortest !== spelling) {
    throw fault(
      text,
      start,
      Number.isFinite(value) ? `the number ${shortest}` : "a finite number",
      brief(spelling),
    );
  }
  cursor.at = start + spelling.length;
  return value;
}

const NUMBER = /-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

function readString(cursor: Cursor): string {
  const { text } = cursor;
  const start = cursor.at + 1;
  let from = start;
  let out = "";
  for (let at = start;; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      cursor.at = at + 1;
      return from === start ? text.slice(start, at) : out + text.slice(from, at);
    }
    if (code === 0x5c) {
      const escape = readEscape(text, at);
      out += text.slice(from, at) + escape.character;
      from = at + escape.length;
      at = from - 1;
    } else if (!(code >= 0x20)) { // NaN, past the end, is not either.
      throw fault(text, at, at < text.length ? "a control character to be escaped" : `'"'`);
    }
  }
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

function readEscape(text: string, at: number): { readonly character: string; readonly length: number } {
  const letter = text.charAt(at + 1);
  if (letter !== "u") {
    const character = letter === "" ? undefined : SHORT_ESCAPES[letter];
    if (character === undefined) throw fault(text, at + 1, 'one of the escapes " \\ b f n r t u');
    return { character, length: 2 };
  }
  const digits = text.slice(at + 2, at + 6);
  if (!/^00[01][0-9a-f]$/.test(digits)) {
    throw fault(text, at, "\\u00 and two lowercase hex digits of a control character", brief("\\u" + digits));
  }
  const character = String.fromCharCode(parseInt(digits, 16));
  const shortest = JSON.stringify(character).slice(1, -1);
  if (shortest.length === 2) throw fault(text, at, `the escape ${shortest}`, "\\u" + digits);
  return { character, length: 6 };
}

function readArray(cursor: Cursor, depth: number): readonly JsonValue[] {
  enter(cursor, depth);
  const { text } = cursor;
  const items: JsonValue[] = [];
  if (text.charCodeAt(cursor.at) === 0x5d) {
    cursor.at += 1;
    return items;
  }
  for (;;) {
    items.push(readValue(cursor, depth + 1));
    const code = text.charCodeAt(cursor.at);
    if (code !== 0x2c && code !== 0x5d) throw fault(text, cursor.at, '"," or "]"');
    cursor.at += 1;
    if (code === 0x5d) return items;
  }
}

function readObject(cursor: Cursor, depth: number): JsonObject {
  enter(cursor, depth);
  const { text } = cursor;
  const object: Record<string, JsonValue> = {};
  if (text.charCodeAt(cursor.at) === 0x7d) {
    cursor.at += 1;
    return object;
  }
  let previous: string | null = null;
  for (;;) {
    const nameAt = cursor.at;
    if (text.charCodeAt(nameAt) !== 0x22) throw fault(text, nameAt, "the name of a member");
    const name = readString(cursor);
    if (previous !== null && !(previous < name)) { // Strings compare by UTF-16 code units, as RFC 8785 §3.2.3 sorts.
      const wanted = `a name that sorts after ${brief(JSON.stringify(previous))}`;
      throw fault(text, nameAt, wanted, previous === name ? "it again" : brief(JSON.stringify(name)));
    }
    previous = name;
    if (text.charCodeAt(cursor.at) !== 0x3a) throw fault(text, cursor.at, '":"');
    cursor.at += 1;
    setMember(object, name, readValue(cursor, depth + 1));
    const code = text.charCodeAt(cursor.at);
    if (code !== 0x2c && code !== 0x7d) throw fault(text, cursor.at, '"," or "}"');
    cursor.at += 1;
    if (code === 0x7d) return object;
  }
}

function enter(cursor: Cursor, depth: number): void {
  if (depth >= CANONICAL_DEPTH_MAX) {
    throw fault(cursor.text, cursor.at, `at most ${CANONICAL_DEPTH_MAX} levels of nesting`, "one more");
  }
  cursor.at += 1;
}

/** Keeps a quotation in a message short. */
function brief(text: string): string {
  return text.length > 40 ? text.slice(0, 40) + "…" : text;
}

function fault(text: string, offset: number, wanted: string, got = describeAt(text, offset)): CodecError {
  return new CodecError({ code: "not_canonical", wanted, got, offset });
}
