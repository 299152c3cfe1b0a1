import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { test } from "node:test";
import { createNodeMemory, createTreeBuilder, type Hash, leafHash } from "../merkle/mod.ts";
import { growTree } from "./growing_tree.ts";

test("a tree that is taken up again at any size grows on to the same heads and tiles", () => {
  const count = 66_200; // Past 256 tiles, so that a second level has a full one.
  const nodes = createNodeMemory();
  const leaves: Hash[] = [];
  const builder = createTreeBuilder(undefined, nodes.write);
  const roots = new Map<number, string>();
  const starts = [0, 1, 255, 256, 257, 511, 512, 65_279, 65_280, 65_535, 65_536, 65_537, 66_100];
  for (let i = 0; i < count; i++) {
    const leaf = leafHash(String(i));
    leaves.push(leaf);
    builder.push(leaf);
    if (starts.includes(i + 1) || i + 1 === count) roots.set(i + 1, builder.head().root);
  }
  const row = (level: number, index: number) =>
    Array.from({ length: 256 }, (_, i) => nodes.node(8 * level, 256 * index + i)).join("");
  for (const start of starts) {
    // It must not look past its size.
    const edge = {
      node: (level: number, index: number) =>
        (index + 1) * 2 ** level <= start ? nodes.node(level, index) : undefined,
    };
    const tree = growTree("t", edge, start);
    if (start > 0) deepStrictEqual(tree.head(), { size: start, root: roots.get(start) });
    const end = start < 60_000 ? start + 700 : count;
    for (let i = start; i < end; i++) tree.push(leaves[i] as Hash);
    strictEqual(tree.size, end);
    const tiles = tree.take();
    const wanted = [0, 1].flatMap((level) => {
      const [from, to] = [start, end].map((size) => Math.floor(size / 256 ** (level + 1)));
      return Array.from({ length: (to ?? 0) - (from ?? 0) }, (_, i) => [level, (from ?? 0) + i]);
    });
    const order = (a: readonly number[], b: readonly number[]) =>
      (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0);
    deepStrictEqual(tiles.map(({ level, index }) => [level, index]).sort(order), wanted.sort(order));
    for (const { level, index, hashes } of tiles) strictEqual(hashes.toHex(), row(level, index));
    if (end === count) strictEqual(tree.head().root, roots.get(count));
    strictEqual(tree.take().length, 0);
  }
});
