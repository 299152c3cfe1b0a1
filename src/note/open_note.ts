/**
 * Opening notes: which known keys have signed them (c2sp.org/signed-note).
 *
 * A signature of an unknown key is passed over. A known key whose signature is
 * wrong makes the whole note wrong, even if another one of it is right.
 *
 * Layer 1.
 * @module
 */

import { encodeUtf8, toHex } from "../codec/mod.ts";
import { type Checkpoint, parseCheckpoint } from "./checkpoint.ts";
import { cosignedMessage, parseCosignature } from "./cosignature.ts";
import { verifySignature } from "./ed25519.ts";
import { type Note, type NoteSignature, parseNote } from "./note.ts";
import { NoteError } from "./note_error.ts";
import type { VerifierKey } from "./verifier_key.ts";

/** A signature that is right. */
export interface VerifiedSignature {
  readonly key: VerifierKey;
  /** Of a cosignature: seconds since 1970, as the witness says. */
  readonly timeSeconds?: number;
}

/** A note that known keys have signed. */
export interface VerifiedNote {
  /** Ends with a newline. */
  readonly text: string;
  /** In the order of the lines; a key twice if it has signed twice. */
  readonly verified: readonly VerifiedSignature[];
  /** Signatures of unknown keys: they say nothing. */
  readonly ignored: readonly NoteSignature[];
}

/** A checkpoint that its log has signed. */
export interface VerifiedCheckpoint extends Checkpoint {
  readonly note: VerifiedNote;
}

/**
 * Reads a note and verifies every signature of a known key. Only then may its text be looked at.
 *
 * @param keys Known keys; the same one may stand there twice.
 * @throws {NoteError} What {@linkcode parseNote} throws, `keys_ambiguous`, `signature_wrong`, or
 * `no_known_signature` if no known key has signed it.
 */
export function openNote(input: string | Uint8Array, keys: readonly VerifierKey[]): VerifiedNote {
  const note = parseNote(input);
  const opened = verifyKnown(note, keys);
  if (opened.verified.length === 0) {
    throw new NoteError({
      code: "no_known_signature",
      known: keys.map(nameOf),
      got: note.signatures.map(nameOf),
    });
  }
  return opened;
}

/**
 * Reads a checkpoint that its log has signed: with a known key whose name is the origin.
 *
 * @param keys Known keys of logs and of witnesses.
 * @throws {NoteError} What {@linkcode openNote} and {@linkcode parseCheckpoint} throw, or `log_signature_missing`.
 */
export function openCheckpoint(input: string | Uint8Array, keys: readonly VerifierKey[]): VerifiedCheckpoint {
  const note = openNote(input, keys);
  const checkpoint = parseCheckpoint(note.text);
  if (!note.verified.some(({ key }) => key.name === checkpoint.origin)) {
    throw new NoteError({
      code: "log_signature_missing",
      origin: checkpoint.origin,
      got: note.verified.map(({ key }) => nameOf(key)),
    });
  }
  return { ...checkpoint, note };
}

/**
 * Verifies the signatures of known keys; there may be none.
 *
 * @throws {NoteError} `keys_ambiguous` or `signature_wrong`.
 */
export function verifyKnown(note: Note, keys: readonly VerifierKey[]): VerifiedNote {
  const known = indexKeys(keys);
  const seen = new Set<string>(); // The same line again says nothing new.
  const verified: VerifiedSignature[] = [];
  const ignored: NoteSignature[] = [];
  for (const line of note.signatures) {
    const key = known.get(nameOf(line));
    if (key === undefined) {
      ignored.push(line);
      continue;
    }
    const identity = `${nameOf(line)} ${toHex(line.signature)}`;
    if (seen.has(identity)) continue;
    seen.add(identity);
    verified.push(verifyLine(note.text, line, key));
  }
  return { text: note.text, verified, ignored };
}

function verifyLine(text: string, line: NoteSignature, key: VerifierKey): VerifiedSignature {
  switch (key.type) {
    case "ed25519":
      if (verifySignature(key.publicKey, encodeUtf8(text), line.signature)) return { key };
      throw wrong(key, "one of something else");
    case "cosignature": {
      const cosignature = parseCosignature(line.signature);
      if (cosignature === undefined) throw wrong(key, "one without a time up to 2^53 - 1 and 64 bytes");
      if (!isCheckpoint(text)) throw wrong(key, "one of a text that is no checkpoint");
      const { timeSeconds, signature } = cosignature;
      if (verifySignature(key.publicKey, cosignedMessage(timeSeconds, text), signature)) {
        return { key, timeSeconds };
      }
      throw wrong(key, "one of something else");
    }
  }
}

function wrong({ name, id }: VerifierKey, why: string): NoteError {
  return new NoteError({ code: "signature_wrong", name, id, why });
}

function isCheckpoint(text: string): boolean {
  try {
    parseCheckpoint(text);
    return true;
  } catch (error) {
    if (error instanceof NoteError) return false;
    throw error;
  }
}

function indexKeys(keys: readonly VerifierKey[]): Map<string, VerifierKey> {
  const known = new Map<string, VerifierKey>();
  for (const key of keys) {
    const other = known.get(nameOf(key));
    if (other !== undefined && toHex(other.publicKey) !== toHex(key.publicKey)) {
      throw new NoteError({ code: "keys_ambiguous", name: key.name, id: key.id });
    }
    known.set(nameOf(key), key);
  }
  return known;
}

/** Name and id, which together tell a key; a name has no plus sign. */
function nameOf(key: { name: string; id: string } | { name: string; keyId: string }): string {
  return `${key.name}+${"id" in key ? key.id : key.keyId}`;
}
