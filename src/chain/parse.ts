/**
 * Reading entries: from text to the narrow union, or a refusal.
 *
 * Strict: a text is accepted exactly if `serializeEntry()` writes it. Later code
 * cannot meet an entry with a key that is missing, unknown or out of range.
 *
 * Layer 1.
 * @module
 */

import { ChainError } from "./chain_error.ts";
import type { Cursor } from "./cursor.ts";
import { type Entry, entryBytesMax, type EntryKind, entryVersion } from "./entry.ts";
import {
  readAccept,
  readErase,
  readGenesis,
  readIncarnation,
  readKey,
  readPrune,
  readSupervise,
} from "./read_between.ts";
import { readReceive } from "./read_receive.ts";
import { readCall, readCut, readKeyframe, readReturn, readTrap } from "./read_turn.ts";
import { type Members, type MemberValue, scanMembers } from "./scan.ts";

const readers: { readonly [kind in EntryKind]: (members: Cursor) => Entry } = {
  genesis: readGenesis,
  keyframe: readKeyframe,
  accept: readAccept,
  receive: readReceive,
  call: readCall,
  return: readReturn,
  trap: readTrap,
  cut: readCut,
  erase: readErase,
  prune: readPrune,
  key: readKey,
  incarnation: readIncarnation,
  supervise: readSupervise,
};
const latin1 = new TextDecoder("latin1"); // Never fails; what is not ASCII is refused after it.

/**
 * Reads one entry.
 *
 * @param text The very text, or its bytes, of at most 4,096 bytes.
 * @throws {ChainError} with an `EntryFault`.
 */
export function parseEntry(text: string | Uint8Array): Entry {
  if (text.length > entryBytesMax) {
    throw new ChainError({
      code: "too_long",
      wanted: `at most ${entryBytesMax} bytes`,
      got: `${text.length} bytes`,
    });
  }
  const members = scanMembers(typeof text === "string" ? text : latin1.decode(text));
  const version = valueOf(members, "v");
  if (version !== entryVersion) {
    throw new ChainError({
      code: "unknown_version",
      wanted: `${entryVersion}`,
      got: JSON.stringify(version),
    });
  }
  const kind = valueOf(members, "kind");
  if (typeof kind !== "string" || !isKind(kind)) {
    const wanted = `one of ${Object.keys(readers).join(", ")}`;
    throw new ChainError({ code: "unknown_kind", wanted, got: JSON.stringify(kind) });
  }
  return readers[kind]({ kind, members, at: 0 });
}

function isKind(kind: string): kind is EntryKind {
  return Object.hasOwn(readers, kind);
}

function valueOf(members: Members, key: string): MemberValue {
  const value = members.values[members.keys.indexOf(key)];
  if (value === undefined) {
    throw new ChainError({ code: "missing_key", key, wanted: `the key ${key}`, got: "none" });
  }
  return value;
}
