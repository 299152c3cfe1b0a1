/**
 * Checkpoints: the head of a tree as the text of a note (c2sp.org/tlog-checkpoint).
 *
 *     example.com/behind-the-sofa
 *     20852163
 *     CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
 *
 * Layer 1.
 * @module
 */

import { toBase64 } from "../codec/mod.ts";
import { emptyRoot, type Hash, hashFromBytes, hashToBytes, type TreeHead } from "../merkle/mod.ts";
import { noteBytesMax } from "./note.ts";
import { NoteError, type NoteThing } from "./note_error.ts";
import { readBase64, readDecimal, readText, syntax } from "./text.ts";

/** The head of a tree under the name of its log. */
export interface Checkpoint extends TreeHead {
  /** Names the log. Not empty, one line. */
  readonly origin: string;
  /** Lines of other things, none of them empty. No log can be held to them. */
  readonly extensions: readonly string[];
}

/**
 * Reads the text of a checkpoint, without signatures. A tree of size 0 must have the root of the empty tree.
 *
 * @throws {NoteError} `too_large`, `not_utf8`, `control_character`, `syntax`, `number_too_large` or `empty_tree_root`.
 */
export function parseCheckpoint(input: string | Uint8Array): Checkpoint {
  const text = readText("checkpoint", input, noteBytesMax);
  const lines = text.split("\n");
  if (lines.pop() !== "") throw syntax("checkpoint", lines.length + 1, "a newline at the end", undefined);
  const [origin, sizeLine, rootLine, ...extensions] = lines;
  if (origin === undefined || sizeLine === undefined || rootLine === undefined) {
    throw syntax("checkpoint", lines.length + 1, "three lines: origin, size and root", undefined);
  }
  if (origin === "") throw syntax("checkpoint", 1, "an origin", origin);
  const size = readDecimal("checkpoint", 2, sizeLine);
  const root = readHash("checkpoint", 3, rootLine);
  if (size === 0 && root !== emptyRoot) {
    throw new NoteError({ code: "empty_tree_root", wanted: emptyRoot, got: root });
  }
  const empty = extensions.indexOf("");
  if (empty >= 0) throw syntax("checkpoint", 4 + empty, "a line that is not empty", "");
  return { origin, size, root, extensions };
}

/**
 * Writes the text of a checkpoint.
 *
 * @throws {NoteError} What {@linkcode parseCheckpoint} throws, as nothing is written that it would refuse; `syntax`
 * too for an origin or extension of several lines.
 */
export function formatCheckpoint({ origin, size, root, extensions }: Checkpoint): string {
  const lines = [origin, String(size), writeHash(root), ...extensions];
  const text = lines.map((line) => `${line}\n`).join("");
  parseCheckpoint(text);
  const broken = lines.findIndex((line) => line.includes("\n"));
  if (broken >= 0) throw syntax("checkpoint", broken + 1, "one line", lines[broken]);
  return text;
}

/**
 * Reads a hash as notes write it: 32 bytes in canonical base64.
 *
 * @throws {NoteError} `syntax`.
 */
export function readHash(what: NoteThing, line: number, text: string): Hash {
  const bytes = readBase64(text);
  if (bytes?.length === 32) return hashFromBytes(bytes);
  throw syntax(what, line, "a hash of 32 bytes in canonical base64", text);
}

/** Writes a hash in base64. */
export function writeHash(hash: Hash): string {
  return toBase64(hashToBytes(hash));
}
