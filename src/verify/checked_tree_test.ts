import { test } from "node:test";
import { deepEqual, equal } from "node:assert/strict";
import { createTreeBuilder, type Hash, hashToBytes, leafHash } from "../merkle/mod.ts";
import { createCheckedTree } from "./checked_tree.ts";
import type { Evidence } from "./evidence.ts";
import { createFaultList } from "./fault.ts";

const leaves = Array.from({ length: 600 }, (_, i) => leafHash(`leaf ${i}`));

/** The full tiles of the first level. */
function tilesOf(hashes: readonly Hash[]): Map<string, Uint8Array> {
  const tiles = new Map<string, Uint8Array>();
  for (let index = 0; 256 * (index + 1) <= hashes.length; index++) {
    const tile = new Uint8Array(8192);
    for (let at = 0; at < 256; at++) tile.set(hashToBytes(hashes[256 * index + at]!), 32 * at);
    tiles.set(`0/${index}`, tile);
  }
  return tiles;
}

/** Builds a tree over tiles that are kept; what is wrong with them. */
function faultsOf(tiles: ReadonlyMap<string, Uint8Array>, count: number, sealed: number): string[] {
  const faults = createFaultList();
  const evidence = {
    tile: (_: string, level: number, index: number) => tiles.get(`${level}/${index}`),
    tileCount: () => tiles.size,
  } as Pick<Evidence, "tile" | "tileCount"> as Evidence;
  const tree = createCheckedTree(evidence, "counter", faults);
  for (const leaf of leaves.slice(0, count)) tree.push(leaf);
  const builder = createTreeBuilder();
  for (const leaf of leaves.slice(0, count)) builder.push(leaf);
  deepEqual(tree.head(), builder.head());
  tree.finish(sealed);
  return faults.kept.map(({ code }) => code);
}

test("tiles that are right are found right, whether all leaves are sealed or not", () => {
  deepEqual(faultsOf(tilesOf(leaves), 600, 600), []);
  deepEqual(faultsOf(tilesOf(leaves.slice(0, 256)), 600, 511), []);
  deepEqual(faultsOf(new Map(), 255, 255), []);
  deepEqual(faultsOf(new Map(), 600, 0), []);
});

test("every byte of a tile that is flipped is found", () => {
  const [tile] = tilesOf(leaves.slice(0, 256)).values();
  let survivors = 0;
  for (let at = 0; at < 8192; at++) {
    const flipped = tile!.slice();
    flipped[at]! ^= 1 << at % 8;
    if (faultsOf(new Map([["0/0", flipped]]), 256, 256)[0] !== "tile_differs") survivors += 1;
  }
  equal(survivors, 0);
});

const refusals:
  readonly (readonly [name: string, change: (tiles: Map<string, Uint8Array>) => void, codes: string[]])[] = [
    ["is missing", (tiles) => tiles.delete("0/1"), ["tile_missing"]],
    ["is too much", (tiles) => tiles.set("0/2", tiles.get("0/0")!), ["tile_extra"]],
    ["is of another level", (tiles) => tiles.set("1/0", tiles.get("0/0")!), ["tile_extra"]],
    ["is short", (tiles) => tiles.set("0/0", tiles.get("0/0")!.slice(32)), ["tile_differs"]],
    ["is that of another place", (tiles) => tiles.set("0/0", tiles.get("0/1")!), ["tile_differs"]],
  ];

for (const [name, change, codes] of refusals) {
  test(`a tile that ${name} is found`, () => {
    const tiles = tilesOf(leaves);
    change(tiles);
    deepEqual(faultsOf(tiles, 600, 600), codes);
  });
}
