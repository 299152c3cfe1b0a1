/**
 * The Merkle trees of a log: their nodes out of stored tiles and, at the right
 * edge, out of the entries and seals themselves.
 *
 * @module
 */

import { chainHash } from "../chain/mod.ts";
import { fromHex, toHex } from "../codec/mod.ts";
import {
  createTileNodeReader,
  type Hash,
  leafHash,
  nodeHash,
  type NodeReader,
  type TileReader,
  tileWidth,
} from "../merkle/mod.ts";
import { type LogReader, nodeTree } from "../store/mod.ts";
import { headBody } from "./head_body.ts";
import { ProofError } from "./proof_error.ts";

const hashBytes = 32;

/** Leaf hashes `[from, to)`, by index; what is absent is left out. */
type LeafSource = (from: number, to: number) => Iterable<{ readonly index: number; readonly hash: string }>;

/**
 * The nodes of an actor's tree over its first `size` entries. Reads the tiles on
 * the way and at most 255 entries.
 *
 * The reader throws {@linkcode ProofError} `leaf_missing` where the log lacks an entry and its hash.
 */
export function actorNodes(reader: LogReader, address: string, size: number): NodeReader {
  return logNodes(reader, address, size, function* (from, to) {
    for (const { seq, text } of reader.entries(address, { from, to })) {
      yield { index: seq, hash: chainHash(text) };
    }
    for (const { seq, hash } of reader.pruned(address, { from, to })) yield { index: seq, hash };
  });
}

/** The nodes of the node's tree over its first `size` leaves; as {@linkcode actorNodes}. */
export function nodeNodes(reader: LogReader, size: number): NodeReader {
  return logNodes(reader, nodeTree, size, function* (from, to) {
    for (const { index, address, size, root } of reader.seals({ from, to })) {
      yield { index, hash: leafHash(headBody(`${reader.node}/${address}`, size, root)) };
    }
    yield* reader.leaves({ from, to });
  });
}

function logNodes(reader: LogReader, tree: string, size: number, leaves: LeafSource): NodeReader {
  const made = new Map<string, Uint8Array | undefined>();

  const tile: TileReader["tile"] = (level, index) => {
    const stored = reader.tile(tree, level, index);
    if (stored !== undefined) return stored;
    const key = `${level}/${index}`;
    if (!made.has(key)) made.set(key, level === 0 ? leafTile(index) : upperTile(level, index));
    return made.get(key);
  };

  function leafTile(index: number): Uint8Array | undefined {
    const from = index * tileWidth;
    const to = Math.min(from + tileWidth, size);
    if (from >= to) return undefined;
    const hashes = new Uint8Array((to - from) * hashBytes);
    const seen = new Set<number>();
    for (const { index: leaf, hash } of leaves(from, to)) {
      hashes.set(fromHex(hash, hashBytes), (leaf - from) * hashBytes);
      seen.add(leaf);
    }
    for (let leaf = from; leaf < to; leaf++) {
      if (!seen.has(leaf)) throw new ProofError({ code: "leaf_missing", tree, index: leaf });
    }
    return hashes;
  }

  /** One hash for each full tile below. */
  function upperTile(level: number, index: number): Uint8Array | undefined {
    const below = Math.floor(size / tileWidth ** level);
    const from = index * tileWidth;
    const to = Math.min(from + tileWidth, below);
    if (from >= to) return undefined;
    const hashes = new Uint8Array((to - from) * hashBytes);
    for (let child = from; child < to; child++) {
      const full = tile(level - 1, child);
      if (full === undefined) throw new ProofError({ code: "leaf_missing", tree, index: child * tileWidth });
      hashes.set(fromHex(rootOfFull(full), hashBytes), (child - from) * hashBytes);
    }
    return hashes;
  }

  return createTileNodeReader({ tile });
}

/** The root over a full tile. Written out as hex once: a proof may need the roots of hundreds. */
function rootOfFull(tile: Uint8Array): Hash {
  const text = toHex(tile);
  let hashes: Hash[] = [];
  for (let at = 0; at < text.length; at += 2 * hashBytes) {
    hashes.push(text.slice(at, at + 2 * hashBytes) as Hash);
  }
  while (hashes.length > 1) {
    const upper: Hash[] = [];
    for (let at = 0; at + 1 < hashes.length; at += 2) {
      upper.push(nodeHash(hashes[at] as Hash, hashes[at + 1] as Hash));
    }
    hashes = upper;
  }
  return hashes[0] as Hash;
}
