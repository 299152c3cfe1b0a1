/**
 * Signed notes: a text and signatures under it (c2sp.org/signed-note).
 *
 *     This is an example message.
 *
 *     — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
 *
 * A note is read before it is trusted: {@linkcode parseNote} says what stands
 * there, {@linkcode openNote} what a known key has signed.
 *
 * Layer 1.
 * @module
 */

import { toBase64, toHex } from "../codec/mod.ts";
import { NoteError } from "./note_error.ts";
import { readBase64, readText, syntax } from "./text.ts";
import { isKeyName } from "./verifier_key.ts";

/** Largest note in bytes, signatures included. */
export const noteBytesMax = 1_000_000;
/** Most signatures of a note. The standard asks for at least 16. */
export const noteSignaturesMax = 100;

/** One signature line, as it stands there. */
export interface NoteSignature {
  readonly name: string;
  /** 8 hex digits. */
  readonly keyId: string;
  /** What follows the key id; 1 byte or more. */
  readonly signature: Uint8Array;
}

/** A note as it stands there: nothing of it is verified. */
export interface Note {
  /** Ends with a newline. */
  readonly text: string;
  /** At least one. */
  readonly signatures: readonly NoteSignature[];
}

/**
 * Reads a note without verifying anything.
 *
 * @throws {NoteError} `too_large`, `too_many`, `not_utf8`, `control_character` or `syntax`.
 */
export function parseNote(input: string | Uint8Array): Note {
  const note = readText("note", input, noteBytesMax);
  // The text may have blank lines, signatures have none: the last one divides them.
  const blank = note.lastIndexOf("\n\n");
  const textLines = countLines(note, blank + 1);
  if (blank < 0) throw syntax("note", textLines, "a blank line before the signatures", undefined);
  const block = note.slice(blank + 2);
  const count = countLines(block, block.length);
  if (count > noteSignaturesMax) {
    throw new NoteError({
      code: "too_many",
      what: "note",
      wanted: `at most ${noteSignaturesMax} signatures`,
      got: count,
    });
  }
  const lines = block.split("\n");
  const rest = lines.pop();
  const firstLine = textLines + 2;
  if (rest !== "") {
    throw syntax("note", firstLine + lines.length, "a newline at the end of the last line", rest);
  }
  if (lines.length === 0) throw syntax("note", firstLine, "a signature", undefined);
  const signatures = lines.map((line, at) => parseSignature(line, firstLine + at));
  return { text: note.slice(0, blank + 1), signatures };
}

function countLines(text: string, end: number): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

function parseSignature(line: string, lineNumber: number): NoteSignature {
  const match = /^\u2014 ([^ ]+) ([^ ]+)$/u.exec(line);
  const [, name = "", encoded = ""] = match ?? [];
  if (match === null) throw syntax("note", lineNumber, "— <name> <base64>", line);
  if (!isKeyName(name)) throw syntax("note", lineNumber, "a key name without spaces and plus signs", name);
  const bytes = readBase64(encoded);
  if (bytes === undefined) throw syntax("note", lineNumber, "a signature in canonical base64", encoded);
  if (bytes.length < 5) throw syntax("note", lineNumber, "a key id of 4 bytes and a signature", encoded);
  return { name, keyId: toHex(bytes.subarray(0, 4)), signature: bytes.subarray(4) };
}

/**
 * Writes a note.
 *
 * @throws {NoteError} What {@linkcode parseNote} throws, as nothing is written that it would refuse; `syntax` too
 * if it would read something else.
 */
export function formatNote({ text, signatures }: Note): string {
  const lines = signatures.map(({ name, keyId, signature }) => {
    const bytes = new Uint8Array(4 + signature.length);
    bytes.setFromHex(keyId);
    bytes.set(signature, 4);
    return `\u2014 ${name} ${toBase64(bytes)}\n`;
  });
  const note = `${text}\n${lines.join("")}`;
  if (parseNote(note).text !== text) throw syntax("note", 1, "a text that ends with a newline", text);
  return note;
}
