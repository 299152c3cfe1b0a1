import { sha256TextHex } from "../codec/mod.ts";
import type { HashHex } from "./entry.ts";

/** What the first entry of a chain names as the one before. */
export const zeroHash: HashHex = "0".repeat(64) as HashHex;

const hashPattern = /^[0-9a-f]{64}$/;

/** Whether a text is a SHA-256 hash in lowercase hex. */
export function isHashHex(text: string): text is HashHex {
  return text.length === 64 && hashPattern.test(text);
}

/**
 * The chain hash of an entry: `SHA-256(0x00 ‖ entry)`, which is its leaf hash in
 * a Merkle tree (RFC 6962 §2.1). `prev` of the next entry is this hash.
 *
 * The text is hashed as it is: parse it first if it comes from elsewhere.
 */
export function chainHash(text: string): HashHex {
  return sha256TextHex("\0" + text) as HashHex;
}
