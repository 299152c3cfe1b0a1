import { deepEqual, equal, throws } from "node:assert/strict";
import { test } from "node:test";
import {
  createNodeMemory,
  createTreeBuilder,
  emptyFrontier,
  emptyRoot,
  type Hash,
  MerkleError,
  perfectNodes,
  rangeHash,
  readFrontier,
  readTreeHead,
} from "./mod.ts";
import { testLeaves, treeHash } from "./testing/definitions.ts";

const leaves = testLeaves(300);

test("a builder gives the root of every tree up to 300 leaves, and goes on from every frontier", () => {
  const nodes = createNodeMemory();
  const builder = createTreeBuilder(emptyFrontier, nodes.write);
  for (let size = 0; size <= leaves.length; size++) {
    const root = treeHash(leaves.slice(0, size));
    deepEqual(builder.head(), { size, root });
    deepEqual(readTreeHead(nodes, size), { size, root });
    const frontier = builder.frontier();
    deepEqual(readFrontier(nodes, size), frontier);
    deepEqual(createTreeBuilder(frontier).head(), { size, root });
    equal(frontier.nodes.length, size.toString(2).replaceAll("0", "").length);
    const leaf = leaves[size];
    if (leaf === undefined) break;
    builder.push(leaf);
    const other = createTreeBuilder(frontier);
    other.push(leaf);
    deepEqual(other.head(), builder.head());
  }
});

test("a builder writes every perfect node once, and no other", () => {
  const written: string[] = [];
  const builder = createTreeBuilder(emptyFrontier, (level, index, hash) => {
    written.push(`${level}/${index}`);
    equal(hash, treeHash(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)));
  });
  for (const leaf of leaves.slice(0, 70)) builder.push(leaf);
  const wanted = [];
  for (let level = 0; 2 ** level <= 70; level++) {
    for (let index = 0; (index + 1) * 2 ** level <= 70; index++) wanted.push(`${level}/${index}`);
  }
  deepEqual(written.toSorted(), wanted.toSorted());
});

test("the root of a tree without leaves is that of the empty text", () => {
  equal(emptyRoot, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  deepEqual(createTreeBuilder().head(), { size: 0, root: emptyRoot });
});

test("an odd leaf is never doubled", () => {
  // CVE-2012-2459: with doubling, [a, b, c] and [a, b, c, c] have one root.
  const [a, b, c] = testLeaves(3) as [Hash, Hash, Hash];
  const rootOf = (...hashes: Hash[]) => {
    const builder = createTreeBuilder();
    for (const hash of hashes) builder.push(hash);
    return builder.head().root;
  };
  equal(rootOf(a), a);
  equal(new Set([rootOf(a), rootOf(a, a), rootOf(a, b, c), rootOf(a, b, c, c)]).size, 4);
});

test("perfectNodes() covers trees of sizes that the bit operators would get wrong", () => {
  for (const size of [2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 48 - 1, 2 ** 53 - 1, 2 ** 52 + 1]) {
    const nodes = perfectNodes({ start: 0, end: size });
    let at = 0;
    for (const { level, index } of nodes) {
      equal(index * 2 ** level, at);
      at += 2 ** level;
    }
    equal(at, size);
    equal(nodes.length, size.toString(2).replaceAll("0", "").length);
  }
});

const refusals: [string, () => unknown, string][] = [
  [
    "a frontier with a hash too few",
    () => createTreeBuilder({ size: 3, nodes: leaves.slice(0, 1) }),
    "frontier_invalid",
  ],
  [
    "a frontier with a hash too many",
    () => createTreeBuilder({ size: 4, nodes: leaves.slice(0, 2) }),
    "frontier_invalid",
  ],
  ["a frontier of no number", () => createTreeBuilder({ size: NaN, nodes: [] }), "number_invalid"],
  [
    "a frontier with something else than a hash",
    () => createTreeBuilder({ size: 1, nodes: ["x" as Hash] }),
    "hash_invalid",
  ],
  ["a leaf past 2^53 - 1", () => fullTree().push(leaves[0] as Hash), "number_invalid"],
  ["a head whose nodes are missing", () => readTreeHead(createNodeMemory(), 1), "node_missing"],
  ["a frontier whose nodes are missing", () => readFrontier(createNodeMemory(), 2 ** 53 - 1), "node_missing"],
  ["a negative size", () => readTreeHead(createNodeMemory(), -1), "number_invalid"],
  ["a size that is no integer", () => readTreeHead(createNodeMemory(), 1.5), "number_invalid"],
  [
    "a range that is no subtree",
    () => rangeHash(createNodeMemory(), { start: 1, end: 3 }),
    "subtree_invalid",
  ],
];

function fullTree() {
  return createTreeBuilder({ size: 2 ** 53 - 1, nodes: leaves.slice(0, 53) });
}

for (const [name, run, code] of refusals) {
  test(`refused: ${name}`, () => {
    throws(run, (error) => error instanceof MerkleError && error.fault.code === code);
  });
}
