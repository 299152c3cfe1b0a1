/**
 * Verifier keys: `<name>+<id>+<base64 of type and public key>` (c2sp.org/signed-note).
 *
 *     example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k
 *
 * Layer 1.
 * @module
 */

import { encodeUtf8, sha256Hex, toBase64 } from "../codec/mod.ts";
import { findKeyFlaw, publicKeyBytes } from "./ed25519.ts";
import { NoteError } from "./note_error.ts";
import { findControl, readBase64, readText, syntax } from "./text.ts";

/** What a key signs: the text of a note, or a statement of a witness about it. */
export type KeyType = "ed25519" | "cosignature";

/** Signature types of c2sp.org/signed-note that are known here. */
const typeBytes = { ed25519: 0x01, cosignature: 0x04 } as const satisfies Record<KeyType, number>;

/** A public key under a name. Only {@linkcode createVerifierKey} and {@linkcode parseVerifierKey} make one. */
export interface VerifierKey {
  readonly name: string;
  /** 8 lowercase hex digits: tells keys of one name apart, and is no proof of anything. */
  readonly id: string;
  readonly type: KeyType;
  /** 32 bytes: the canonical encoding of a point that is not of small order. */
  readonly publicKey: Uint8Array;
}

/** Longest verifier key in bytes. */
export const verifierKeyBytesMax = 4096;

/** Whether a text can name a key: not empty, no Unicode space, no `+`, no control character, no lone surrogate. */
export function isKeyName(text: string): boolean {
  return /^[^\p{White_Space}\p{Cs}+]+$/u.test(text) && findControl(text) < 0;
}

/** The id of a key: the first 4 bytes of `SHA-256(name ‖ 0x0A ‖ type ‖ public key)`, as 8 hex digits. */
export function keyId(name: string, type: KeyType, publicKey: Uint8Array): string {
  return sha256Hex(encodeUtf8(`${name}\n`), Uint8Array.of(typeBytes[type]), publicKey).slice(0, 8);
}

/**
 * Puts a public key under a name.
 *
 * @throws {NoteError} `syntax` for the name, or `key_refused`.
 */
export function createVerifierKey(name: string, type: KeyType, publicKey: Uint8Array): VerifierKey {
  if (!isKeyName(name)) throw syntax("verifier key", 1, "a name without spaces and plus signs", name);
  const flaw = findKeyFlaw(publicKey);
  if (flaw !== undefined) throw new NoteError({ code: "key_refused", name, flaw });
  return { name, id: keyId(name, type, publicKey), type, publicKey: publicKey.slice() };
}

/**
 * Reads a verifier key.
 *
 * @throws {NoteError} `too_large`, `not_utf8`, `control_character`, `syntax`, `key_id_mismatch`,
 * `key_type_unknown` or `key_refused`.
 */
export function parseVerifierKey(text: string): VerifierKey {
  readText("verifier key", text, verifierKeyBytesMax);
  const match = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text); // Base64 has plus signs of its own.
  const [, name = "", id = "", encoded = ""] = match ?? [];
  if (match === null || !isKeyName(name)) {
    throw syntax("verifier key", 1, "<name>+<8 hex digits>+<base64>", text);
  }
  const typed = readBase64(encoded);
  if (typed === undefined) throw syntax("verifier key", 1, "a key in canonical base64", encoded);
  const typeByte = typed[0] ?? 0;
  const type = keyTypeOf(typeByte);
  if (type === undefined) throw new NoteError({ code: "key_type_unknown", name, got: typeByte });
  if (typed.length !== 1 + publicKeyBytes) {
    throw new NoteError({ code: "key_refused", name, flaw: "not_32_bytes" });
  }
  const publicKey = typed.subarray(1);
  const wanted = keyId(name, type, publicKey);
  if (id !== wanted) throw new NoteError({ code: "key_id_mismatch", name, wanted, got: id });
  return createVerifierKey(name, type, publicKey);
}

/** Writes a verifier key. */
export function formatVerifierKey({ name, id, type, publicKey }: VerifierKey): string {
  return `${name}+${id}+${toBase64(Uint8Array.of(typeBytes[type], ...publicKey))}`;
}

function keyTypeOf(byte: number): KeyType | undefined {
  if (byte === typeBytes.ed25519) return "ed25519";
  return byte === typeBytes.cosignature ? "cosignature" : undefined;
}
