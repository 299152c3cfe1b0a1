import { ChainError } from "./chain_error.ts";

/** What a member of an entry can hold. */
export type MemberValue = string | number | boolean | readonly string[];

/** The members of an entry as they stand, keys in ascending order. */
export interface Members {
  readonly keys: readonly string[];
  readonly values: readonly MemberValue[];
}

/** Printable ASCII without the backslash: nothing else can occur in an entry. */
const plain = /^[\x20-\x5b\x5d-\x7e]*$/;
const keyPattern = /^[a-z][a-z0-9_]*$/;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * Reads a text by the grammar of entries (`docs/format/entry.md`), which is so
 * narrow that each value has one spelling: no whitespace outside strings, no
 * escapes, no signs, fractions or exponents, keys in strictly ascending order.
 *
 * @throws {ChainError} `bad_syntax` or `key_order`.
 */
export function scanMembers(text: string): Members {
  // One native pass first, so that a quote ends a string wherever it stands.
  if (!plain.test(text)) {
    throw syntax(text, text.search(/[^\x20-\x5b\x5d-\x7e]/), "printable ASCII without a backslash");
  }
  const keys: string[] = [];
  const values: MemberValue[] = [];
  if (text.charCodeAt(0) !== OPEN) throw syntax(text, 0, '"{"');
  let at = 1;
  let before = "";
  for (;;) {
    if (text.charCodeAt(at) !== QUOTE) throw syntax(text, at, "a key");
    const keyEnd = text.indexOf('"', at + 1);
    if (keyEnd < 0) throw syntax(text, text.length, "the end of the key");
    const key = text.slice(at + 1, keyEnd);
    if (!keyPattern.test(key)) throw syntax(text, at + 1, "a key of a-z, 0-9 and _");
    if (key <= before) {
      throw new ChainError({ code: "key_order", key, wanted: `a key greater than ${before}`, got: key });
    }
    if (text.charCodeAt(keyEnd + 1) !== COLON) throw syntax(text, keyEnd + 1, '":"');
    keys.push(key);
    before = key;
    at = keyEnd + 2;

    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = text.indexOf('"', at + 1);
      if (end < 0) throw syntax(text, text.length, "the end of the string");
      values.push(text.slice(at + 1, end));
      at = end + 1;
    } else if (code >= 0x30 && code <= 0x39) {
      let end = at + 1;
      let value = code - 0x30;
      for (let digit = text.charCodeAt(end); digit >= 0x30 && digit <= 0x39; digit = text.charCodeAt(++end)) {
        value = value * 10 + (digit - 0x30);
      }
      // 2^53 - 1 has 16 digits; with 16, value is exact or beyond it.
      if (code === 0x30 && end > at + 1 || end - at > 16 || value > Number.MAX_SAFE_INTEGER) {
        throw syntax(text, at, "an integer from 0 to 2^53-1 without leading zeros");
      }
      values.push(value);
      at = end;
    } else if (code === OPEN_LIST) {
      const list: string[] = [];
      at++;
      if (text.charCodeAt(at) === CLOSE_LIST) {
        at++;
      } else {
        for (;;) {
          if (text.charCodeAt(at) !== QUOTE) throw syntax(text, at, "a string");
          const end = text.indexOf('"', at + 1);
          if (end < 0) throw syntax(text, text.length, "the end of the string");
          list.push(text.slice(at + 1, end));
          at = end + 1;
          const next = text.charCodeAt(at++);
          if (next === CLOSE_LIST) break;
          if (next !== COMMA) throw syntax(text, at - 1, '"," or "]"');
        }
      }
      values.push(list);
    } else if (text.startsWith("true", at)) {
      values.push(true);
      at += 4;
    } else if (text.startsWith("false", at)) {
      values.push(false);
      at += 5;
    } else {
      throw syntax(text, at, "a string, an integer, a boolean or a list of strings");
    }

    const next = text.charCodeAt(at);
    if (next === COMMA) {
      at++;
    } else if (next === CLOSE) {
      if (at + 1 !== text.length) throw syntax(text, at + 1, "the end of the text");
      return { keys, values };
    } else {
      throw syntax(text, at, '"," or "}"');
    }
  }
}

function syntax(text: string, offset: number, wanted: string): ChainError {
  const got = offset >= text.length ? "the end of the text" : JSON.stringify(text.slice(offset, offset + 12));
  return new ChainError({ code: "bad_syntax", offset, wanted, got });
}
