/**
 * Cosignatures: what a witness signs of a checkpoint (c2sp.org/tlog-cosignature, type 0x04).
 *
 * The signature of a note line is a time and an Ed25519 signature, `u64 ‖ 64 bytes`, of
 *
 *     cosignature/v1
 *     time 1679315147
 *
 * and all of the checkpoint's text after these two lines.
 *
 * Layer 1.
 * @module
 */

import { encodeUtf8 } from "../codec/mod.ts";
import { signatureBytes } from "./ed25519.ts";

/** A cosignature taken apart. */
export interface Cosignature {
  /** Seconds since 1970: when the witness says that this was the largest tree it knew. */
  readonly timeSeconds: number;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

const timeBytes = 8;

/**
 * Takes a cosignature apart.
 *
 * @returns `undefined` unless there are 72 bytes and a time up to 2^53 - 1; the standard allows 2^63 - 1, and
 * to refuse times in the future.
 */
export function parseCosignature(bytes: Uint8Array): Cosignature | undefined {
  if (bytes.length !== timeBytes + signatureBytes) return undefined;
  const time = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
  if (time > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return { timeSeconds: Number(time), signature: bytes.subarray(timeBytes) };
}

/** The message that is signed. */
export function cosignedMessage(timeSeconds: number, checkpoint: string): Uint8Array {
  return encodeUtf8(`cosignature/v1\ntime ${timeSeconds}\n${checkpoint}`);
}
