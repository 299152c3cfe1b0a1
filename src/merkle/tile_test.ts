import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import {
  createNodeMemory,
  createTileNodeReader,
  createTreeBuilder,
  hashToBytes,
  MerkleError,
  proveConsistency,
  proveInclusion,
  readTreeHead,
  tileHeight,
  tileLevels,
  tileOfNode,
  tilePath,
  type TileReader,
  tileWidth,
  verifyConsistency,
  verifyInclusion,
} from "./mod.ts";
import { testLeaves } from "./testing/definitions.ts";

test("tileOfNode() places every node over the hashes that it is the root of", () => {
  deepEqual(tileOfNode(0, 0), { level: 0, index: 0, first: 0, count: 1 });
  deepEqual(tileOfNode(7, 3), { level: 0, index: 1, first: 128, count: 128 });
  deepEqual(tileOfNode(8, 257), { level: 1, index: 1, first: 1, count: 1 });
  for (let level = 0; level <= 20; level++) {
    for (let index = 0; index < 600; index++) {
      const place = tileOfNode(level, index);
      const leavesEach = tileWidth ** place.level;
      equal((place.index * tileWidth + place.first) * leavesEach, index * 2 ** level);
      equal(place.count * leavesEach, 2 ** level);
      ok(place.first + place.count <= tileWidth);
    }
  }
});

test("proofs out of tiles are those out of nodes", () => {
  const size = 70_000;
  const nodes = createNodeMemory();
  const builder = createTreeBuilder(undefined, nodes.write);
  const leaves = testLeaves(size);
  for (const leaf of leaves) builder.push(leaf);
  const head = builder.head();

  let tilesRead = 0;
  const tiles: TileReader = { // Only what a log of tiles would keep.
    tile(level, index) {
      tilesRead += 1;
      const hashes: number[] = [];
      for (let at = 0; at < tileWidth; at++) {
        const hash = nodes.node(level * tileHeight, index * tileWidth + at);
        if (hash !== undefined) hashes.push(...hashToBytes(hash));
      }
      return hashes.length === 0 ? undefined : Uint8Array.from(hashes);
    },
  };
  const reader = createTileNodeReader(tiles);
  deepEqual(readTreeHead(reader, size), head);
  for (const index of [0, 1, 255, 256, 65_535, 65_536, 69_887, 69_888, 69_999]) {
    tilesRead = 0;
    const proof = proveInclusion(reader, index, size);
    deepEqual(proof, proveInclusion(nodes, index, size));
    const leaf = leaves[index];
    ok(leaf !== undefined);
    verifyInclusion(leaf, proof, head);
    ok(tilesRead <= 32, `${tilesRead} tiles read`);
  }
  for (const old of [1, 255, 256, 257, 65_536, 69_999, 70_000]) {
    const path = proveConsistency(reader, old, size);
    deepEqual(path, proveConsistency(nodes, old, size));
    verifyConsistency(readTreeHead(reader, old), head, path);
  }
});

test("a partial tile has the nodes over its hashes and no more", () => {
  const [a, b, c] = testLeaves(3);
  ok(a !== undefined && b !== undefined && c !== undefined);
  const bytes = Uint8Array.from([a, b, c].flatMap((hash) => [...hashToBytes(hash)]));
  const reader = createTileNodeReader({
    tile: (level, index) => level === 0 && index === 0 ? bytes : undefined,
  });
  equal(reader.node(0, 2), c);
  equal(reader.node(0, 3), undefined);
  equal(reader.node(1, 1), undefined);
  equal(reader.node(0, 256), undefined);
  equal(reader.node(8, 0), undefined);
  throws(() => proveInclusion(reader, 0, 4), (error) => {
    return error instanceof MerkleError && error.fault.code === "node_missing";
  });
});

for (const bytes of [0, 1, 31, 33, 8191, 8193, 8224]) {
  test(`a tile of ${bytes} bytes is refused`, () => {
    const reader = createTileNodeReader({ tile: () => new Uint8Array(bytes) });
    throws(() => reader.node(0, 0), (error) => {
      return error instanceof MerkleError && error.fault.code === "tile_length";
    });
  });
}

test("tilePath() refuses what no tile has", () => {
  throws(() => tilePath(64, 0), RangeError);
  throws(() => tilePath(0, 0, 0), RangeError);
  throws(() => tilePath(0, 0, 257), RangeError);
  throws(() => tilePath(0, -1), MerkleError);
  throws(() => tileLevels(1.5), MerkleError);
  equal(tilePath(0, 1_234_067), "tile/0/x001/x234/067");
  equal(tilePath(1, 0, 17), "tile/1/000.p/17");
});
