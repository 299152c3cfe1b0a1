/**
 * Signers: keys that sign notes.
 *
 * Layer 1.
 * @module
 */

import { encodeUtf8 } from "../codec/mod.ts";
import { createSigningKey } from "./ed25519.ts";
import { formatNote, type NoteSignature } from "./note.ts";
import { createVerifierKey, type VerifierKey } from "./verifier_key.ts";

/** A key that signs notes under its name. */
export interface Signer {
  readonly key: VerifierKey;
  /** @param text Ends with a newline. */
  sign(text: string): NoteSignature;
}

/**
 * Makes the signer of a seed.
 *
 * @param name Of a log: its origin.
 * @param seed 32 secret bytes; they are copied.
 * @throws {RangeError} unless the seed has 32 bytes.
 * @throws {NoteError} `syntax` for the name.
 */
export function createSigner(name: string, seed: Uint8Array): Signer {
  const signingKey = createSigningKey(seed);
  const key = createVerifierKey(name, "ed25519", signingKey.publicKey);
  return {
    key,
    sign: (text) => ({ name, keyId: key.id, signature: signingKey.sign(encodeUtf8(text)) }),
  };
}

/**
 * Signs a text.
 *
 * @param text Ends with a newline.
 * @param signers At least one.
 * @returns The whole note.
 * @throws {NoteError} `syntax`, `too_large`, `not_utf8` or `control_character` for a text that no note can have.
 */
export function signNote(text: string, signers: readonly Signer[]): string {
  return formatNote({ text, signatures: signers.map((signer) => signer.sign(text)) });
}
