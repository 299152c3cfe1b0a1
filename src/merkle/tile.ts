/**
 * Tiles: the nodes of a tree in pieces of 256 hashes (c2sp.org/tlog-tiles).
 *
 * Only every eighth level is kept: tile `index` of tile level `L` holds the nodes
 * of level `8 * L` from `256 * index` on, 32 bytes each. The last tile of a level
 * is partial. The levels between are hashed when they are asked for.
 *
 * Layer 0.
 * @module
 */

import { checkCount } from "./count.ts";
import { type Hash, hashFromBytes } from "./hash.ts";
import { MerkleError } from "./merkle_error.ts";
import { createTreeBuilder } from "./frontier.ts";
import type { NodeReader } from "./node.ts";

/** Levels of a tree that one tile spans. */
export const tileHeight = 8;
/** Hashes in a full tile. */
export const tileWidth = 256;

const hashBytes = 32;

/** Where a node is kept: the hashes `[first, first + count)` of a tile, whose root it is. */
export interface TilePlace {
  /** The tile level `L`: of node level `8 * L`. */
  readonly level: number;
  /** Zero-based, among the tiles of the level. */
  readonly index: number;
  readonly first: number;
  /** A power of two, 1 to 128. */
  readonly count: number;
}

/** Finds the tile of a node, from its level (0 to 52) and its index. */
export function tileOfNode(level: number, index: number): TilePlace {
  const tileLevel = Math.floor(level / tileHeight);
  const count = 2 ** (level % tileHeight);
  const tile = Math.floor(index / (tileWidth / count));
  return { level: tileLevel, index: tile, first: (index % (tileWidth / count)) * count, count };
}

/** How many tiles of one level the tree of a given size has. */
export interface TileLevel {
  readonly level: number;
  readonly full: number;
  /** Hashes in the partial tile that follows the full ones, 0 to 255; 0 for none. */
  readonly partialWidth: number;
}

/**
 * Lists the tiles of a tree of `size` leaves; no level without a tile.
 *
 * @throws {MerkleError} `number_invalid`.
 */
export function tileLevels(size: number): TileLevel[] {
  checkCount("size", size);
  const levels: TileLevel[] = [];
  for (let count = size; count > 0; count = Math.floor(count / tileWidth)) {
    levels.push({
      level: levels.length,
      full: Math.floor(count / tileWidth),
      partialWidth: count % tileWidth,
    });
  }
  return levels;
}

/**
 * Writes the path of a tile, such as `tile/0/x001/x234/067` or `tile/1/000.p/17`.
 *
 * @param width Hashes in the tile, 1 to 256; below 256 the tile is partial.
 * @throws {RangeError} if the level is not 0 to 63, or the width not 1 to 256.
 * @throws {MerkleError} `number_invalid`.
 */
export function tilePath(level: number, index: number, width: number = tileWidth): string {
  checkCount("index", index);
  if (!Number.isInteger(level) || level < 0 || level > 63) {
    throw new RangeError(`Cannot write the path of a tile: wanted level 0 to 63, got ${level}`);
  }
  if (!Number.isInteger(width) || width < 1 || width > tileWidth) {
    throw new RangeError(`Cannot write the path of a tile: wanted width 1 to ${tileWidth}, got ${width}`);
  }
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.{3}/g) ?? [];
  const last = groups.pop();
  const folders = groups.map((group) => `x${group}/`).join("");
  return `tile/${level}/${folders}${last}${width === tileWidth ? "" : `.p/${width}`}`;
}

/** Where tiles are read from. */
export interface TileReader {
  /**
   * @returns The hashes of the tile in a row, as many as there are, 32 bytes each; `undefined` for no tile.
   */
  tile(level: number, index: number): Uint8Array | undefined;
}

/**
 * Reads nodes out of tiles. Nothing is kept: a node between the levels that are
 * kept costs up to 127 hashes each time, a whole proof about 250 for each level
 * of tiles.
 *
 * The reader throws {@linkcode MerkleError} `tile_length` at a tile that cannot be one.
 */
export function createTileNodeReader(tiles: TileReader): NodeReader {
  return {
    node(level, index) {
      const place = tileOfNode(level, index);
      const tile = tiles.tile(place.level, place.index);
      if (tile === undefined) return undefined;
      if (tile.length === 0 || tile.length % hashBytes !== 0 || tile.length > tileWidth * hashBytes) {
        throw new MerkleError({
          code: "tile_length",
          level: place.level,
          index: place.index,
          bytes: tile.length,
        });
      }
      const end = place.first + place.count;
      return end * hashBytes > tile.length ? undefined : rootOf(tile, place.first, end);
    },
  };
}

function rootOf(tile: Uint8Array, first: number, end: number): Hash {
  const builder = createTreeBuilder();
  for (let at = first; at < end; at++) {
    builder.push(hashFromBytes(tile.subarray(at * hashBytes, (at + 1) * hashBytes)));
  }
  return builder.head().root;
}
