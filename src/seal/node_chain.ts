/**
 * The chain of the node itself, `.node`: which keys it signs with, and which
 * head it gave up.
 *
 * Layer 5.
 * @module
 */

import { formatOrigin, NODE_ADDRESS } from "../address/mod.ts";
import {
  appendEntry,
  type ChainHead,
  type Draft,
  type Entry,
  parseEntry,
  type PartInput,
} from "../chain/mod.ts";
import { encodeUtf8 } from "../codec/mod.ts";
import type { TreeHead } from "../merkle/mod.ts";
import { randomBytes } from "../platform/mod.ts";
import type { LogReader, Write } from "../store/mod.ts";

/** A key that the node has named in its chain. */
export interface NamedKey {
  /** The entry that names it. */
  readonly seq: number;
  /** A verifier key of signed notes. */
  readonly key: string;
  /** It signs what has more leaves than this. */
  readonly since: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** The keys of a node, in the order in which they were named. The last one is in use. */
export function readNamedKeys(reader: LogReader): readonly NamedKey[] {
  const keys: NamedKey[] = [];
  for (const { seq, text } of reader.entries(NODE_ADDRESS)) {
    const entry = parseEntry(text);
    if (entry.kind === "key") keys.push({ seq, key: entry.key, since: entry.since, time: entry.time });
  }
  return keys;
}

/** What the chain of a node is told. */
export interface NodeChainEntry {
  readonly nowMs: number;
  /** Of a part `about`: canonical JSON. */
  readonly about: string;
}

/** The writes that begin the chain of a node and name its first key. */
export function beginNodeChain(
  reader: LogReader,
  key: string,
  { nowMs, about }: NodeChainEntry,
  abandoned?: TreeHead,
): readonly Write[] {
  const origin = formatOrigin(reader.node, NODE_ADDRESS);
  const abandons = abandoned === undefined ? {} : { abandons: `${abandoned.size} ${abandoned.root}` };
  const genesis = append(undefined, { kind: "genesis", time: nowMs, origin, ...abandons }, about);
  const first = append(genesis.head, { kind: "key", time: nowMs, key, since: 0 }, about);
  return [
    { write: "create", address: NODE_ADDRESS, origin },
    genesis.write,
    first.write,
    { write: "status", address: NODE_ADDRESS, status: "resting" },
  ];
}

/** The write that names another key, which signs what has more than `since` leaves. */
export function nameKey(
  reader: LogReader,
  key: string,
  since: number,
  { nowMs, about }: NodeChainEntry,
): readonly Write[] {
  const { size, head } = reader.actor(NODE_ADDRESS) ?? { size: 0, head: "" };
  const before = { size, hash: head as ChainHead["hash"] };
  return [append(before, { kind: "key", time: nowMs, key, since }, about).write];
}

function append(head: ChainHead | undefined, draft: Draft<Entry>, about: string) {
  const salt = randomBytes(16);
  const part: PartInput = { text: about, salt };
  const { entry, text, hash, head: after } = appendEntry(head, draft, [part]);
  const write: Write = {
    write: "append",
    address: NODE_ADDRESS,
    seq: entry.seq,
    text,
    hash,
    parts: [{ status: "present", salt, bytes: encodeUtf8(about) }],
  };
  return { write, head: after };
}
