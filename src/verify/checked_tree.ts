/**
 * A tree that is built leaf by leaf from what was recomputed, and compared with
 * the tiles that are kept of it. Layer 2.
 * @module
 */

import { toHex } from "../codec/mod.ts";
import { createTreeBuilder, type Hash, tileHeight, tileWidth, type TreeHead } from "../merkle/mod.ts";
import { type Evidence, nodeTreeName } from "./evidence.ts";
import type { FaultList } from "./fault.ts";

/** Builds a tree and checks its tiles on the way; memory grows with the logarithm of the tree. */
export interface CheckedTree {
  push(leaf: Hash): void;
  /** Size and root as they are now: at most 52 hashes. */
  head(): TreeHead;
  /**
   * All leaves have been pushed.
   *
   * @param sealed the size up to which tiles must be there
   * @returns how many tiles were compared
   */
  finish(sealed: number): number;
}

/** @param tree an address, or {@linkcode nodeTreeName} */
export function createCheckedTree(evidence: Evidence, tree: string, faults: FaultList): CheckedTree {
  /** Of each level of tiles: the hashes of the tile that is being filled. */
  const filling: Hash[][] = [];
  const missing: { readonly level: number; readonly index: number; readonly end: number }[] = [];
  const place = tree === nodeTreeName ? {} : { address: tree };
  let found = 0;

  const builder = createTreeBuilder(undefined, (nodeLevel, nodeIndex, hash) => {
    if (nodeLevel % tileHeight !== 0) return;
    const level = nodeLevel / tileHeight;
    const hashes = filling[level] ??= [];
    hashes.push(hash);
    if (hashes.length < tileWidth) return;
    filling[level] = [];
    compare(level, Math.floor(nodeIndex / tileWidth), hashes);
  });

  function compare(level: number, index: number, hashes: readonly Hash[]): void {
    const tile = evidence.tile(tree, level, index);
    if (tile === undefined) {
      missing.push({ level, index, end: (index + 1) * tileWidth ** (level + 1) });
      return;
    }
    found += 1;
    const got = toHex(tile);
    const wanted = hashes.join("");
    if (got === wanted) return;
    let at = 0;
    while (at < tileWidth && got.slice(64 * at, 64 * at + 64) === hashes[at]) at += 1;
    faults.add({
      code: "tile_differs",
      ...place,
      wanted: `${hashes[at]} in tile ${level}/${index} at ${at}`,
      got: got.slice(64 * at, 64 * at + 64) || "no more",
    });
  }

  return {
    push: builder.push,
    head: builder.head,
    finish(sealed) {
      for (const { level, index, end } of missing) {
        if (end > sealed) continue;
        faults.add({ code: "tile_missing", ...place, wanted: `tile ${level}/${index}`, got: "none" });
      }
      const kept = evidence.tileCount(tree);
      if (kept !== found) {
        faults.add({ code: "tile_extra", ...place, wanted: `${found} tiles`, got: `${kept}` });
      }
      return found;
    },
  };
}
