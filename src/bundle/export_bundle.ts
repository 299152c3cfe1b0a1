/**
 * Bundles: one file with everything that it takes to check some actors.
 *
 * @module
 */

import { NODE_ADDRESS } from "../address/mod.ts";
import { type Entry, type KeyframeEntry, parseEntry } from "../chain/mod.ts";
import { decodeUtf8, isJsonObject, parseCanonical } from "../codec/mod.ts";
import { leafHash } from "../merkle/mod.ts";
import { parseCheckpoint, parseNote } from "../note/mod.ts";
import { exists, remove, rename } from "../platform/mod.ts";
import { headBody } from "../proof/mod.ts";
import {
  createBundle,
  type LogReader,
  nodeTree,
  type StoredPart,
  tileHashes,
  type Write,
} from "../store/mod.ts";
import { BundleError } from "./bundle_error.ts";
import { createPartSet, type PartPlace, type PartSet, placesOf } from "./part_place.ts";
import { closeOver, findRemains, type Kept, readTraces, type Remains } from "./traces.ts";
import type { WithholdSpec } from "./withhold_spec.ts";

/** What to put into a bundle. */
export interface BundleRequest {
  /** Actors; that of the node itself always comes along. */
  readonly addresses: readonly string[];
  readonly withhold?: readonly WithholdSpec[];
  /** Withholds also what still tells of what is withheld. */
  readonly closure?: boolean;
  /** A signed checkpoint that is not in the log yet, as a house that runs gives it. */
  readonly checkpoint?: string;
  /** Writes over what is there. */
  readonly force?: boolean;
  /** Told how many entries were written. */
  readonly progress?: (entries: number) => void;
}

/** What a bundle came to. */
export interface BundleReport {
  readonly addresses: readonly string[];
  readonly entries: number;
  /** How many parts were withheld. */
  readonly withheld: number;
  /** Of these, how many because of `closure`. */
  readonly closed: number;
  /** What still tells of them. */
  readonly remains: Remains;
  /** Size of the newest checkpoint, if there is one. */
  readonly signed: number | undefined;
}

/** Writes are committed in lists of about so many. */
const batchWrites = 1000;

/**
 * Writes a bundle: into a file beside `path`, which takes its name when it is whole.
 *
 * @throws {BundleError} `no_actors`, `no_such_actor`, `file_exists`
 * @throws {StoreError}
 */
export function exportBundle(reader: LogReader, path: string, request: BundleRequest): BundleReport {
  const { withhold = [], closure = false, force = false, progress } = request;
  const addresses = chooseActors(reader, request.addresses);
  if (exists(path) && !force) throw new BundleError({ code: "file_exists", path });

  const gone = chooseParts(reader, addresses, withhold);
  const named = gone.size;
  let remains: Remains = { copies: [], replayed: [], follows: [] };
  if (named > 0) {
    const traces = readTraces(reader, addresses);
    const kept = keptParts(reader);
    if (closure) closeOver(traces, gone, kept);
    remains = findRemains(traces, gone, kept);
  }

  const newest = request.checkpoint === undefined ? reader.checkpoint() : {
    size: parseCheckpoint(parseNote(request.checkpoint).text).size,
    note: request.checkpoint,
  };
  const temporary = `${path}.part`;
  remove(temporary);
  const createdMs = parseEntry(reader.entry(addresses[0] ?? "", 0)?.text ?? "").time;
  const bundle = createBundle(temporary, { node: reader.node, createdMs });
  let entries = 0;
  try {
    let batch: Write[] = [];
    const flush = () => {
      if (batch.length > 0) bundle.commit(batch);
      batch = [];
    };
    const write = (each: Write) => {
      batch.push(each);
      if (batch.length >= batchWrites) flush();
    };
    const blobs = new Set<string>();
    for (const address of addresses) {
      for (const each of copyChain(reader, address, gone, blobs)) {
        write(each);
        if (each.write !== "append" && each.write !== "append-pruned") continue;
        entries += 1;
        if (entries % batchWrites === 0) progress?.(entries);
      }
      for (const each of copyTiles(reader, address, reader.actor(address)?.size ?? 0)) write(each);
    }
    for (const each of copyLeaves(reader, new Set(addresses))) write(each);
    for (const each of copyTiles(reader, nodeTree, reader.sealed())) write(each);
    for (const { size, note } of reader.checkpoints()) write({ write: "checkpoint", size, note });
    if (newest !== undefined && newest.size > (reader.checkpoint()?.size ?? 0)) {
      write({ write: "checkpoint", ...newest });
    }
    flush();
    for (const sha256 of blobs) {
      const bytes = reader.blob(sha256);
      if (bytes !== undefined) bundle.commit([{ write: "blob", sha256, bytes }]);
    }
    bundle.close();
  } catch (error) {
    bundle.close();
    remove(temporary);
    throw error;
  }
  rename(temporary, path);
  progress?.(entries);
  return {
    addresses,
    entries,
    withheld: gone.size,
    closed: gone.size - named,
    remains,
    signed: newest?.size,
  };
}

function chooseActors(reader: LogReader, wanted: readonly string[]): string[] {
  const addresses = new Set(wanted);
  if (addresses.size === 0) throw new BundleError({ code: "no_actors" });
  for (const address of addresses) {
    if (reader.actor(address) === undefined) throw new BundleError({ code: "no_such_actor", address });
  }
  if (reader.actor(NODE_ADDRESS) !== undefined) addresses.add(NODE_ADDRESS);
  return [...addresses].sort();
}

/** The parts that fit one of the specs and are there to be withheld. */
function chooseParts(
  reader: LogReader,
  addresses: readonly string[],
  specs: readonly WithholdSpec[],
): PartSet {
  const gone = createPartSet();
  if (specs.length === 0) return gone;
  for (const address of addresses) {
    for (const { text, parts } of reader.records(address)) {
      const entry = parseEntry(text);
      for (const place of placesOf(address, entry)) {
        if (parts[place.position]?.salt === undefined) continue;
        if (specs.some((spec) => spec.fits(place, entry))) gone.add(place);
      }
    }
  }
  return gone;
}

/** What a log keeps of its parts. */
export function keptParts(reader: LogReader): Kept {
  // Most questions come in the order of the chain: the last few answers are kept.
  const cache = new Map<string, readonly StoredPart[]>();
  const partOf = ({ address, seq, position }: PartPlace): StoredPart | undefined => {
    const key = `${address} ${seq}`;
    let parts = cache.get(key);
    if (parts === undefined) {
      parts = reader.parts(address, seq).map(({ status, salt, bytes }) => ({
        status,
        ...(salt !== undefined && { salt }),
        ...(bytes !== undefined && { bytes: noBytes }),
      }));
      cache.set(key, parts);
    }
    return parts[position];
  };
  return {
    bytes(place) {
      if (partOf(place)?.bytes !== undefined) return true;
      return place.role === "state" && reader.state(place.address)?.seq === place.seq;
    },
    salt: (place) => partOf(place)?.salt !== undefined,
  };
}

const noBytes = new Uint8Array();

function* copyChain(
  reader: LogReader,
  address: string,
  gone: PartSet,
  blobs: Set<string>,
): Generator<Write> {
  const row = reader.actor(address);
  if (row === undefined) return;
  yield { write: "create", address, origin: row.origin };
  const pruned = reader.pruned(address)[Symbol.iterator]();
  let next = pruned.next();
  let initial = false;
  const skip = function* (to: number): Generator<Write> {
    for (; next.done !== true && next.value.seq < to; next = pruned.next()) {
      yield { write: "append-pruned", address, seq: next.value.seq, hash: next.value.hash };
    }
  };
  for (const { seq, text, parts } of reader.records(address, { to: row.size })) {
    yield* skip(seq);
    const entry = parseEntry(text);
    const kept = parts.map((part, position): StoredPart =>
      gone.has({ address, seq, position }) ? { status: "withheld" } : part
    );
    if (entry.kind === "keyframe") { for (const sha256 of blobsOf(entry, kept)) blobs.add(sha256); }
    const hash = leafHash(text);
    yield { write: "append", address, seq, text, hash, parts: kept, ...countsOf(entry) };
    initial = true;
  }
  yield* skip(row.size);
  if (!initial) return;
  const lineage = reader.lineage(address);
  if (lineage !== undefined) yield { write: "lineage", address, proof: lineage };
  const state = reader.state(address);
  if (state !== undefined && !gone.has({ address, seq: state.seq, position: 0 })) {
    yield { write: "state", address, seq: state.seq, bytes: state.bytes };
  }
  yield { write: "status", address, status: row.status };
}

function countsOf(entry: Entry): { turns?: number; activations?: number } {
  if (entry.kind === "keyframe") return { turns: entry.turn + 1, activations: entry.activation + 1 };
  return entry.kind === "receive" ? { turns: entry.turn + 1 } : {};
}

/** What a keyframe names, as far as its part `component` is shown. */
function* blobsOf(entry: KeyframeEntry, parts: readonly StoredPart[]): Generator<string> {
  const position = placesOf("", entry).findIndex(({ role }) => role === "component");
  const bytes = parts[position]?.bytes;
  if (bytes === undefined) return;
  let value;
  try {
    value = parseCanonical(decodeUtf8(bytes));
  } catch {
    return; // Whoever verifies the bundle will say so.
  }
  if (!isJsonObject(value)) return;
  for (const key of ["component", "source"]) {
    const sha256 = Object.hasOwn(value, key) ? value[key] : undefined;
    if (typeof sha256 === "string" && /^[0-9a-f]{64}$/.test(sha256)) yield sha256;
  }
}

/** The leaves of the node's tree: those of actors that are not here as hashes alone. */
function* copyLeaves(reader: LogReader, here: ReadonlySet<string>): Generator<Write> {
  const bare = reader.leaves()[Symbol.iterator]();
  let next = bare.next();
  const bareBefore = function* (index: number): Generator<Write> {
    for (; next.done !== true && next.value.index < index; next = bare.next()) {
      yield { write: "leaf", index: next.value.index, hash: next.value.hash };
    }
  };
  for (const { index, address, size, root } of reader.seals()) {
    yield* bareBefore(index);
    if (here.has(address)) yield { write: "seal", index, address, size, root };
    else yield { write: "leaf", index, hash: leafHash(headBody(`${reader.node}/${address}`, size, root)) };
  }
  yield* bareBefore(Infinity);
}

function* copyTiles(reader: LogReader, tree: string, leaves: number): Generator<Write> {
  for (
    let level = 0, full = Math.floor(leaves / tileHashes);
    full > 0;
    full = Math.floor(full / tileHashes)
  ) {
    for (let index = 0; index < full; index++) {
      const hashes = reader.tile(tree, level, index);
      if (hashes === undefined) break; // Tiles are written in order, and the tail may not be sealed yet.
      yield { write: "tile", tree, level, index, hashes };
    }
    level += 1;
  }
}
