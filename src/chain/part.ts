/**
 * Parts: what was said, beside the entry that commits to it.
 *
 * A commitment hides what it commits to as long as the salt is not known, so an
 * entry can be shown without what it is about. Format: `docs/format/chain.md`.
 *
 * Layer 1.
 * @module
 */

import { fromHex, sha256Hex, sha256TextHex } from "../codec/mod.ts";
import type { Entry, HashHex, PartRole } from "./entry.ts";
import { isHashHex } from "./hash.ts";

/** Length of a salt in bytes. */
export const saltBytes = 16;

// Every role, once; a new one fails to compile here.
const roles: { readonly [role in PartRole]: true } = {
  about: true,
  state: true,
  component: true,
  manifest: true,
  execution: true,
  body: true,
  key: true,
  arguments: true,
  result: true,
  response: true,
  error: true,
  reason: true,
  detail: true,
};

/** Whether a word is the role of a part. */
export function isPartRole(word: string): word is PartRole {
  return Object.hasOwn(roles, word);
}

/** All roles. */
export const partRoleNames: readonly PartRole[] = Object.keys(roles) as PartRole[];

/** One part as given: what is said, or its SHA-256, and 16 random bytes of its own. */
export type PartInput =
  | { readonly bytes: Uint8Array; readonly salt: Uint8Array }
  | { readonly text: string; readonly salt: Uint8Array }
  | { readonly digest: HashHex | Uint8Array; readonly salt: Uint8Array };

const message = new Uint8Array(64); // Reused: the commitment is computed before anybody else runs.
message.set(new TextEncoder().encode("theater/part/v1\0"), 0);
const digestPlace = message.subarray(32);

/**
 * Commits to what has the SHA-256 `digest`:
 * `SHA-256("theater/part/v1" ‖ 0x00 ‖ salt ‖ digest)`, 64 bytes hashed.
 *
 * @throws {RangeError} unless the salt has 16 bytes and the digest 32.
 */
export function commitDigest(digest: HashHex | Uint8Array, salt: Uint8Array): HashHex {
  if (typeof digest !== "string" && digest.length !== 32) {
    throw new RangeError(`Cannot commit to a part: wanted a digest of 32 bytes, got ${digest.length}`);
  }
  if (salt.length !== saltBytes) {
    throw new RangeError(`Cannot commit to a part: wanted a salt of ${saltBytes} bytes, got ${salt.length}`);
  }
  message.set(salt, 16);
  if (typeof digest !== "string") digestPlace.set(digest);
  else if (isHashHex(digest)) digestPlace.setFromHex(digest); // 0.1 µs; to bytes of their own 0.7 in Deno.
  else digestPlace.set(fromHex(digest, 32)); // Says what is wrong.
  return sha256Hex(message) as HashHex;
}

/**
 * Commits to the bytes of a part; see {@linkcode commitDigest}.
 *
 * @throws {RangeError} unless the salt has 16 bytes.
 */
export function commitPart(bytes: Uint8Array, salt: Uint8Array): HashHex {
  return commitDigest(sha256Hex(bytes) as HashHex, salt);
}

/** The commitment of a part as given. */
export function commitInput(part: PartInput): HashHex {
  if ("bytes" in part) return commitPart(part.bytes, part.salt);
  if ("text" in part) return commitDigest(sha256TextHex(part.text) as HashHex, part.salt);
  if (typeof part.digest === "string" && !isHashHex(part.digest)) {
    throw new RangeError(`Cannot commit to a part: wanted 64 hex digits, got ${JSON.stringify(part.digest)}`);
  }
  return commitDigest(part.digest, part.salt);
}

const aboutRoles: readonly PartRole[] = ["about"];
const forkRoles: readonly PartRole[] = ["about", "state"];
const keyframeRoles: readonly PartRole[] = ["state", "component", "manifest", "execution"];
const messageRoles: readonly PartRole[] = ["body"];
const keyedRoles: readonly PartRole[] = ["body", "key"];
const callRoles: readonly PartRole[] = ["arguments", "result"];
const bodiedRoles: readonly PartRole[] = ["arguments", "result", "body"];
const silentRoles: readonly PartRole[] = ["state"];
const returnRoles: readonly PartRole[] = ["state", "response"];
const refusalRoles: readonly PartRole[] = ["error"];
const reasonRoles: readonly PartRole[] = ["reason"];
const cutRoles: readonly PartRole[] = ["detail"];

/** Where an entry has the state after it among its parts; -1 in one that commits to none. */
export function statePosition(entry: Entry): number {
  return partRoles(entry).indexOf("state");
}

/**
 * The roles of the parts of an entry, in order. A return that is `ok` has a
 * response if it has two parts; whether it must have one, its turn says.
 */
export function partRoles(entry: Entry): readonly PartRole[] {
  switch (entry.kind) { // No default: a new kind fails to compile here.
    case "genesis":
      return entry.fork_origin === undefined ? aboutRoles : forkRoles;
    case "key":
    case "incarnation":
      return aboutRoles;
    case "keyframe":
      return keyframeRoles;
    case "accept":
    case "receive":
      return entry.keyed ? keyedRoles : messageRoles;
    case "call":
      return entry.bodied ? bodiedRoles : callRoles;
    case "return":
      if (entry.outcome === "err") return refusalRoles;
      return entry.parts.length === 1 ? silentRoles : returnRoles;
    case "trap":
    case "erase":
    case "prune":
    case "supervise":
      return reasonRoles;
    case "cut":
      return cutRoles;
  }
}
