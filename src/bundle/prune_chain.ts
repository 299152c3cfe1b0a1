/**
 * Pruning: entries before a keyframe go, down to their hashes; and coming back
 * from a bundle.
 *
 * @module
 */

import {
  chainHash,
  commitPart,
  type Entry,
  type EntryKind,
  isHashHex,
  parseEntry,
  type PartRole,
  partRoles,
} from "../chain/mod.ts";
import { encodeUtf8 } from "../codec/mod.ts";
import { sealedSize } from "../proof/mod.ts";
import { currentState } from "../replay/mod.ts";
import type { LogReader, LogStore, StoredPart, Write } from "../store/mod.ts";
import { reasonScribe } from "./append_entry.ts";
import { BundleError } from "./bundle_error.ts";
import { stateAt } from "./known_state.ts";
import { type Outline, outlineChain } from "./outline.ts";
import type { WritePorts } from "./ports.ts";
import { commitAndScrub } from "./scrub.ts";

/** What to prune. */
export interface PruneRequest {
  readonly address: string;
  /** Position of a keyframe. */
  readonly before: number;
  /** Why; it stays in the log. */
  readonly reason: string;
}

/** Kinds that stay: they say what the chain is, and what became of it. */
const stays: ReadonlySet<EntryKind> = new Set([
  "genesis",
  "keyframe",
  "key",
  "incarnation",
  "erase",
  "prune",
]);

/**
 * Prunes a chain of a log that nobody else has open.
 *
 * @returns how many entries went, and how many bytes
 * @throws {BundleError} `no_such_actor`, `not_a_keyframe`, `nothing_to_prune`, `not_initialised`, `not_sealed`,
 * `turn_open`
 * @throws {ReplayError} where the state at the keyframe cannot be had
 */
export async function pruneChain(
  store: LogStore,
  logPath: string,
  { address, before, reason }: PruneRequest,
  ports: WritePorts,
): Promise<{ readonly entries: number; readonly bytes: number }> {
  const row = store.actor(address);
  if (row === undefined) throw new BundleError({ code: "no_such_actor", address });
  const keyframe = store.entry(address, before);
  if (keyframe === undefined || parseEntry(keyframe.text).kind !== "keyframe") {
    throw new BundleError({ code: "not_a_keyframe", address, seq: before });
  }
  const outline = outlineChain(store, address);
  const scribe = reasonScribe(store, outline, ports);
  const writes: Write[] = [scribe.append({ kind: "prune", time: ports.nowMs(), before }, reason)];
  let entries = 0;
  for (const { seq, text } of store.entries(address, { to: before })) {
    if (stays.has(parseEntry(text).kind)) continue;
    writes.push({ write: "prune", address, seq, hash: chainHash(text) });
    entries += 1;
  }
  if (entries > 0 && !initialisedBefore(store, outline, before)) {
    throw new BundleError({ code: "not_initialised", address, before });
  }
  if (entries === 0) throw new BundleError({ code: "nothing_to_prune", address, before });

  // Of what is pruned only hashes are left, and nothing but a signed head says whether they are right.
  const sealed = sealedSize(store, address);
  if (sealed < before) throw new BundleError({ code: "not_sealed", address, before, sealed });

  // Nothing before the keyframe can be run again: what begins there must be whole.
  if (store.parts(address, before)[0]?.status === "derivable") {
    const bytes = await stateAt(store, address, before, ports.replay);
    writes.push({ write: "fill-part", address, seq: before, part: 0, bytes });
  }
  const state = store.state(address);
  if (state !== undefined && state.seq < before) {
    const current = await currentState(store, address, ports.replay);
    writes.push({ write: "state", address, seq: current.seq, bytes: encodeUtf8(current.state) });
  }
  commitAndScrub(store, logPath, writes);
  return { entries, bytes: row.bytes - (store.actor(address)?.bytes ?? 0) };
}

/** So that of a chain with pruned entries it is known that its actor was initialised. */
function initialisedBefore(reader: LogReader, { address, genesis, turns }: Outline, before: number): boolean {
  if (genesis?.fork_origin !== undefined) return true;
  for (const _ of reader.pruned(address)) return true;
  return turns.some(({ opening, closing }) =>
    opening.kind === "receive" && closing?.kind === "return" && closing.outcome === "ok" &&
    closing.seq < before
  );
}

/**
 * Puts pruned entries back that a bundle, or another copy, still has; each must
 * have the hash that was kept. What was erased stays so.
 *
 * @returns how many came back
 * @throws {BundleError} `other_chain`, `other_entry`, `other_part`, `nothing_to_restore`
 */
export function restoreSpan(store: LogStore, from: LogReader, address: string): number {
  const row = store.actor(address);
  const source = from.actor(address);
  if (row === undefined || source === undefined) throw new BundleError({ code: "no_such_actor", address });
  if (row.origin !== source.origin) {
    throw new BundleError({ code: "other_chain", address, wanted: row.origin, got: source.origin });
  }
  const erased = erasedParts(store, address);
  let restored = 0;
  let writes: Write[] = [];
  const flush = () => {
    store.commit(writes);
    writes = [];
  };
  for (const { seq, hash } of [...store.pruned(address)]) {
    const stored = from.entry(address, seq);
    if (stored === undefined) continue;
    const got = chainHash(stored.text);
    if (got !== hash || !isHashHex(got)) {
      throw new BundleError({ code: "other_entry", address, seq, wanted: hash, got });
    }
    const entry = parseEntry(stored.text);
    const gone = erased.get(seq) ?? new Set<PartRole>();
    const parts = partsBack(address, entry, from.parts(address, seq), gone);
    writes.push({ write: "restore", address, seq, text: stored.text, parts });
    restored += 1;
    if (writes.length >= 1000) flush();
  }
  if (restored === 0) throw new BundleError({ code: "nothing_to_restore", address });
  flush();
  return restored;
}

function partsBack(
  address: string,
  entry: Entry,
  parts: readonly StoredPart[],
  erased: ReadonlySet<PartRole>,
): StoredPart[] {
  return partRoles(entry).map((role, position): StoredPart => {
    const part = parts[position];
    if (erased.has(role)) return { status: "erased" };
    if (part?.salt === undefined) return { status: "pruned" };
    if (part.bytes === undefined) return { status: "derivable", salt: part.salt };
    if (commitPart(part.bytes, part.salt) !== entry.parts[position]) {
      throw new BundleError({ code: "other_part", address, seq: entry.seq, role });
    }
    return { status: "present", salt: part.salt, bytes: part.bytes };
  });
}

/** What entries of a chain say is erased. */
function erasedParts(reader: LogReader, address: string): ReadonlyMap<number, ReadonlySet<PartRole>> {
  const erased = new Map<number, Set<PartRole>>();
  for (const { text } of reader.entries(address)) {
    const entry = parseEntry(text);
    if (entry.kind !== "erase") continue;
    const roles = erased.get(entry.target) ?? new Set();
    for (const role of entry.roles) roles.add(role);
    erased.set(entry.target, roles);
  }
  return erased;
}
