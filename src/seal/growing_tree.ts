/**
 * A tree that grows at its right edge, and the tiles that fill up on the way.
 *
 * Layer 5.
 * @module
 */

import {
  createTreeBuilder,
  type Hash,
  hashToBytes,
  type NodeReader,
  tileHeight,
  tileWidth,
  type TreeHead,
} from "../merkle/mod.ts";
import type { Write } from "../store/mod.ts";

type TileWrite = Extract<Write, { write: "tile" }>;

/** A tree that is kept as its last, partial tiles: at most 8 KiB for each power of 256 in its size. */
export interface GrowingTree {
  readonly size: number;
  push(leaf: Hash): void;
  head(): TreeHead;
  /** Hands over the tiles that have become full since the last time. */
  take(): readonly TileWrite[];
}

/**
 * Goes on with a tree of `size` leaves.
 *
 * @param name the tree as the store knows it
 * @param nodes of the tree as it is; read for the right edge only, at most 255 nodes for each level of tiles
 */
export function growTree(name: string, nodes: NodeReader, size: number): GrowingTree {
  const partial: Uint8Array[] = []; // By level of tiles.
  const frontier: Hash[] = [];
  for (let level = Math.floor(Math.log2(size + 1) / tileHeight); level >= 0; level--) {
    const count = Math.floor(size / tileWidth ** level);
    const bytes = new Uint8Array(tileWidth * 32);
    const edge = createTreeBuilder();
    for (let index = count - count % tileWidth; index < count; index++) {
      const hash = nodes.node(tileHeight * level, index);
      if (hash === undefined) throw new Error(`The tree ${name} has no node ${index} of level ${level}`);
      bytes.set(hashToBytes(hash), (index % tileWidth) * 32);
      edge.push(hash);
    }
    partial[level] = bytes;
    // The bits of the size, eight at a time: so the frontier is that of the levels, one after the other.
    frontier.push(...edge.frontier().nodes);
  }
  let full: TileWrite[] = [];
  const builder = createTreeBuilder({ size, nodes: frontier }, (level, index, hash) => {
    if (level % tileHeight !== 0) return;
    const tileLevel = level / tileHeight;
    const bytes = partial[tileLevel] ??= new Uint8Array(tileWidth * 32);
    bytes.set(hashToBytes(hash), (index % tileWidth) * 32);
    if (index % tileWidth !== tileWidth - 1) return;
    full.push({
      write: "tile",
      tree: name,
      level: tileLevel,
      index: Math.floor(index / tileWidth),
      hashes: bytes,
    });
    partial[tileLevel] = new Uint8Array(tileWidth * 32);
  });
  let grown = size;
  return {
    get size() {
      return grown;
    },
    push(leaf) {
      builder.push(leaf);
      grown += 1;
    },
    head: () => builder.head(),
    take() {
      const taken = full;
      full = [];
      return taken;
    },
  };
}
