/**
 * Texts of strangers: bounded, UTF-8, without control characters; and the
 * decimal numbers in them.
 *
 * Layer 1.
 * @module
 */

import { CodecError, decodeUtf8, encodeUtf8, fromBase64 } from "../codec/mod.ts";
import { NoteError, type NoteThing } from "./note_error.ts";

/**
 * Reads a text that has only newlines for control characters (those below U+0020).
 *
 * @throws {NoteError} `too_large`, `not_utf8` or `control_character`.
 */
export function readText(what: NoteThing, input: string | Uint8Array, bytesMax: number): string {
  const bytes = readBytes(what, input, bytesMax);
  const text = typeof input === "string" ? input : strictly(what, () => decodeUtf8(bytes));
  checkCharacters(what, text);
  return text;
}

/**
 * Reads bytes, or the UTF-8 of a text.
 *
 * @throws {NoteError} `too_large` or `not_utf8`.
 */
export function readBytes(what: NoteThing, input: string | Uint8Array, bytesMax: number): Uint8Array {
  // A text has at least as many bytes as code units, so what is far too large is not even encoded.
  const bytes = typeof input === "string" && input.length <= bytesMax
    ? strictly(what, () => encodeUtf8(input))
    : input;
  if (typeof bytes === "string" || bytes.length > bytesMax) {
    throw new NoteError({ code: "too_large", what, bytes: bytes.length, bytesMax });
  }
  return bytes;
}

function strictly<Result>(what: NoteThing, convert: () => Result): Result {
  try {
    return convert();
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    const { fault } = error;
    if (fault.code !== "utf8" && fault.code !== "text_lone_surrogate") throw error;
    throw new NoteError({ code: "not_utf8", what, got: fault.got, offset: fault.offset });
  }
}

function checkCharacters(what: NoteThing, text: string): void {
  const offset = findControl(text);
  if (offset < 0) return;
  const got = `U+${text.charCodeAt(offset).toString(16).toUpperCase().padStart(4, "0")}`;
  throw new NoteError({ code: "control_character", what, got, offset });
}

/** Where the first control character below U+0020 is that is no newline; -1 for none. */
export function findControl(text: string): number {
  for (let offset = 0; offset < text.length; offset++) {
    const code = text.charCodeAt(offset);
    if (code < 0x20 && code !== 0x0a) return offset;
  }
  return -1;
}

/**
 * Reads digits without a sign or a leading zero.
 *
 * @throws {NoteError} `syntax` or `number_too_large`.
 */
export function readDecimal(what: NoteThing, line: number, text: string): number {
  if (!/^(?:0|[1-9][0-9]*)$/.test(text)) throw syntax(what, line, "a decimal number", text);
  const value = Number(text);
  if (!Number.isSafeInteger(value)) {
    throw new NoteError({ code: "number_too_large", what, line, got: shorten(text) });
  }
  return value;
}

/** The beginning of a text that may be long, for people to see. */
export function shorten(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`;
}

/**
 * Reads base64 that is canonical.
 *
 * @returns `undefined` for anything else.
 */
export function readBase64(text: string): Uint8Array | undefined {
  try {
    return fromBase64(text);
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

/** The error for a line that should be another. */
export function syntax(what: NoteThing, line: number, wanted: string, got: string | undefined): NoteError {
  return new NoteError({
    code: "syntax",
    what,
    line,
    wanted,
    got: got === undefined ? "the end of the text" : JSON.stringify(shorten(got)),
  });
}
