/**
 * Ed25519 (RFC 8032): the one signer and the one verifier that everything here
 * goes through.
 *
 * Libraries disagree on keys of small order, on encodings that are not
 * canonical, and on what a cofactor is multiplied into. Here a public key must
 * be the canonical encoding of a point that is not of small order; then the
 * native verifiers of Deno and of Bun agree on all edge cases that are known
 * (`tests/vectors/note/`), so no library of our own is needed.
 *
 * Layer 1.
 * @module
 */

import { Buffer } from "node:buffer";
import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject, sign, verify } from "node:crypto";
import { encodeUtf8, toHex } from "../codec/mod.ts";
import { curvePrime, isOnCurve, smallOrderOrdinates } from "./edwards.ts";
import type { KeyFlaw } from "./note_error.ts";

/** Bytes of a seed, the secret of which a key pair is made. */
export const seedBytes = 32;
/** Bytes of a public key. */
export const publicKeyBytes = 32;
/** Bytes of a signature. */
export const signatureBytes = 64;

// RFC 8410 §7 and §4: the DER in front of a seed in PKCS#8 and of a public key in SPKI.
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");
const spkiPrefix = Buffer.from("302a300506032b6570032100", "hex");

/** A key pair that can sign. */
export interface SigningKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** @returns 64 bytes; the same for the same message. */
  sign(message: Uint8Array): Uint8Array;
}

/**
 * Makes the key pair of a seed.
 *
 * @param seed 32 bytes that nobody else knows. They are copied.
 * @throws {RangeError} unless there are 32.
 */
export function createSigningKey(seed: Uint8Array): SigningKey {
  checkSeed(seed);
  const privateKey = createPrivateKey({
    key: Buffer.concat([pkcs8Prefix, seed]),
    format: "der",
    type: "pkcs8",
  });
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return {
    publicKey: Uint8Array.from(spki.subarray(spkiPrefix.length)),
    sign: (message) => Uint8Array.from(sign(null, message, privateKey)),
  };
}

/**
 * Derives the seed of an actor's key from the seed of its node:
 * HKDF-SHA-256 (RFC 5869) with the node's seed as the input, no salt, and
 * `theater/actor-key/v1 ‖ 0x00 ‖ origin` as the info. Whoever knows it learns
 * nothing of the node's seed or of other actors'.
 *
 * @param nodeSeed 32 bytes.
 * @param origin The origin of the actor's tree.
 * @returns 32 bytes.
 * @throws {RangeError} unless the seed has 32 bytes.
 */
export function deriveActorSeed(nodeSeed: Uint8Array, origin: string): Uint8Array {
  checkSeed(nodeSeed);
  const info = encodeUtf8(`theater/actor-key/v1\0${origin}`);
  return new Uint8Array(hkdfSync("sha256", nodeSeed, new Uint8Array(0), info, seedBytes));
}

function checkSeed(seed: Uint8Array): void {
  if (seed.length !== seedBytes) {
    throw new RangeError(`Cannot use the seed of a key: wanted ${seedBytes} bytes, got ${seed.length}`);
  }
}

/** What is wrong with a public key; `undefined` if nothing is. */
export function findKeyFlaw(publicKey: Uint8Array): KeyFlaw | undefined {
  if (publicKey.length !== publicKeyBytes) return "not_32_bytes";
  const { sign, ordinate } = splitPoint(publicKey);
  if (ordinate >= curvePrime) return "not_canonical";
  if (smallOrderOrdinates.has(ordinate)) {
    // ±1 have x = 0, which has no sign.
    return sign && (ordinate === 1n || ordinate === curvePrime - 1n) ? "not_canonical" : "small_order";
  }
  return isOnCurve(ordinate) ? undefined : "not_on_curve";
}

/** An encoded point is y, little-endian in 255 bits, and the sign of x in the last bit (RFC 8032 §5.1.2). */
function splitPoint(bytes: Uint8Array): { sign: boolean; ordinate: bigint } {
  const bits = BigInt(`0x${toHex(bytes.toReversed())}`);
  return { sign: bits >> 255n === 1n, ordinate: bits & ((1n << 255n) - 1n) };
}

/**
 * Checks a signature. Never throws: what cannot be a key or a signature has
 * signed nothing.
 */
export function verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== signatureBytes) return false;
  const key = importKey(publicKey);
  return key !== undefined && verify(null, message, key, signature);
}

// Checking and importing a key costs about as much as a signature, and most are used again and again.
const imported = new Map<string, KeyObject | undefined>();
const importedMax = 256;

function importKey(publicKey: Uint8Array): KeyObject | undefined {
  const hex = toHex(publicKey.subarray(0, publicKeyBytes + 1));
  if (imported.has(hex)) return imported.get(hex);
  const key = findKeyFlaw(publicKey) === undefined
    ? createPublicKey({ key: Buffer.concat([spkiPrefix, publicKey]), format: "der", type: "spki" })
    : undefined;
  if (imported.size >= importedMax) imported.clear();
  imported.set(hex, key);
  return key;
}
