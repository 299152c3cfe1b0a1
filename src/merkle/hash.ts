/**
 * Hashes of leaves and of nodes: RFC 6962 §2.1.
 *
 * Layer 0.
 * @module
 */

import { fromHex, sha256Hex, sha256TextHex, toHex } from "../codec/mod.ts";
import { MerkleError } from "./merkle_error.ts";

// Hex rather than bytes, as the native hash of Deno writes hex faster than anything else. Two hashes to their
// parent, µs (Deno / Bun): hex to hex 0.73 / 0.35, bytes to bytes by way of hex 1.4 / 0.33, through a Buffer
// 2.1 / 0.22. A text also compares with ===, goes through JSON, and is what chains hold.

/** A SHA-256 hash as 64 lowercase hex digits; the same type as that of a chain hash. */
export type Hash = string & { readonly __brand: "HashHex" };

/** The root of a tree without leaves: `SHA-256("")`. */
export const emptyRoot: Hash = sha256TextHex("") as Hash;

const hashPattern = /^[0-9a-f]{64}$/;

/** Whether a text is a hash. */
export function isHash(text: string): text is Hash {
  return text.length === 64 && hashPattern.test(text);
}

/** @throws {MerkleError} `hash_invalid`. */
export function checkHash(name: string, text: string): asserts text is Hash {
  if (!isHash(text)) throw new MerkleError({ code: "hash_invalid", name, got: text.slice(0, 80) });
}

/**
 * A hash from its 32 bytes.
 *
 * @throws {MerkleError} `hash_invalid` unless there are 32.
 */
export function hashFromBytes(bytes: Uint8Array): Hash {
  if (bytes.length !== 32) {
    throw new MerkleError({ code: "hash_invalid", name: "the bytes", got: `${bytes.length} bytes` });
  }
  return toHex(bytes) as Hash;
}

/** The 32 bytes of a hash. */
export function hashToBytes(hash: Hash): Uint8Array<ArrayBuffer> {
  return fromHex(hash, 32);
}

const leafPrefix = Uint8Array.of(0x00);

/**
 * The hash of a leaf: `SHA-256(0x00 ‖ entry)`.
 *
 * @param entry A text stands for its UTF-8.
 * @throws {CodecError} `text_lone_surrogate`.
 */
export function leafHash(entry: Uint8Array | string): Hash {
  return (typeof entry === "string" ? sha256TextHex("\0" + entry) : sha256Hex(leafPrefix, entry)) as Hash;
}

const node = new Uint8Array(65); // Reused: it is hashed before anybody else runs.
node[0] = 0x01;

/** The hash of a node: `SHA-256(0x01 ‖ left ‖ right)`, 65 bytes hashed. */
export function nodeHash(left: Hash, right: Hash): Hash {
  writeHex(left, 1);
  writeHex(right, 33);
  return sha256Hex(node) as Hash;
}

/** The value of a hex digit by its character code. */
const digits = new Uint8Array(0x80);
for (let digit = 0; digit < 16; digit++) digits[digit.toString(16).charCodeAt(0)] = digit;

// Does not check the digits: whoever made the text a Hash has.
function writeHex(hash: Hash, at: number): void {
  for (let i = 0; i < 32; i++) {
    const high = digits[hash.charCodeAt(2 * i)] ?? 0;
    const low = digits[hash.charCodeAt(2 * i + 1)] ?? 0;
    node[at + i] = high << 4 | low;
  }
}
