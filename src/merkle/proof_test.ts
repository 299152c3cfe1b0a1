import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import {
  createNodeMemory,
  createTreeBuilder,
  emptyRoot,
  type Hash,
  hashFromBytes,
  hashToBytes,
  isSubtree,
  leafHash,
  MerkleError,
  type NodeReader,
  prefixRoot,
  proveConsistency,
  proveInclusion,
  proveSubtree,
  proveSubtreeInclusion,
  type TreeHead,
  verifyConsistency,
  verifyGrowth,
  verifyInclusion,
  verifySubtree,
  verifySubtreeInclusion,
} from "./mod.ts";
import { inclusionPath, subtreePath, testLeaves, treeHash } from "./testing/definitions.ts";

const sizeMax = 65;
const leaves = testLeaves(sizeMax);
const nodes = createNodeMemory();
const heads: TreeHead[] = [];
{
  const builder = createTreeBuilder(undefined, nodes.write);
  heads.push(builder.head());
  for (const leaf of leaves) {
    builder.push(leaf);
    heads.push(builder.head());
  }
}
const headOf = (size: number): TreeHead => heads[size] ?? { size: -1, root: emptyRoot };
const leafOf = (index: number): Hash => leaves[index] ?? emptyRoot;

function refused(run: () => unknown, ...codes: string[]): void {
  throws(run, (error) => {
    return error instanceof MerkleError && (codes.length === 0 || codes.includes(error.fault.code));
  });
}

// Exhaustive, not sampled: every leaf of every tree up to 65 covers each ragged edge.
test("every leaf of every tree up to 65 has its inclusion proof", () => {
  for (let size = 1; size <= sizeMax; size++) {
    for (let index = 0; index < size; index++) {
      const proof = proveInclusion(nodes, index, size);
      deepEqual(proof.path, inclusionPath(index, leaves.slice(0, size)));
      verifyInclusion(leafOf(index), proof, headOf(size));
    }
  }
});

test("every proof that a leaf is in a tree up to 65 tells the root of the tree that ends with the leaf", () => {
  for (let size = 1; size <= sizeMax; size++) {
    for (let index = 0; index < size; index++) {
      const proof = proveInclusion(nodes, index, size);
      equal(prefixRoot(leafOf(index), proof, headOf(size)), headOf(index + 1).root);
      refused(() => prefixRoot(leafOf(index + 1), proof, headOf(size)), "root_mismatch");
    }
  }
});

test("every pair of sizes up to 65 has its consistency proof", () => {
  for (let size = 1; size <= sizeMax; size++) {
    for (let old = 1; old <= size; old++) {
      const path = proveConsistency(nodes, old, size);
      deepEqual(path, subtreePath(0, old, leaves.slice(0, size)));
      verifyConsistency(headOf(old), headOf(size), path);
      verifyGrowth(headOf(old), headOf(size), path);
    }
  }
});

test("every subtree of every tree up to 33 has its proofs", () => {
  let count = 0;
  for (let end = 1; end <= 33; end++) {
    for (let start = 0; start < end; start++) {
      // By its definition: a multiple of the smallest power of two that holds the leaves.
      let power = 1;
      while (power < end - start) power *= 2;
      equal(isSubtree({ start, end }), start % power === 0);
      if (start % power !== 0) continue;
      const root = treeHash(leaves.slice(start, end));
      for (let size = end; size <= 33; size++) {
        const path = proveSubtree(nodes, { start, end }, size);
        deepEqual(path, subtreePath(start, end, leaves.slice(0, size)));
        verifySubtree({ start, end, root }, headOf(size), path);
        count += 1;
      }
      for (let index = start; index < end; index++) {
        const proof = proveSubtreeInclusion(nodes, index, { start, end });
        deepEqual(proof.path, inclusionPath(index - start, leaves.slice(start, end)));
        verifySubtreeInclusion(leafOf(index), proof, { start, end, root });
      }
    }
  }
  ok(count > 1500, `${count} subtrees`);
});

/** Every way to damage a path: each byte of each hash, each hash dropped, doubled, or exchanged with the next. */
function* damaged(path: readonly Hash[]): Generator<Hash[]> {
  for (const [at, hash] of path.entries()) {
    for (let byte = 0; byte < 32; byte++) {
      const bytes = hashToBytes(hash);
      bytes[byte] = (bytes[byte] ?? 0) ^ (1 << byte % 8);
      yield path.with(at, hashFromBytes(bytes));
    }
    yield path.toSpliced(at, 1);
    yield path.toSpliced(at, 0, hash);
    const next = path[at + 1];
    if (next !== undefined && next !== hash) yield path.with(at, next).with(at + 1, hash);
  }
  yield [...path, emptyRoot];
  yield [emptyRoot, ...path];
}

test("every damaged proof of every tree up to 16 is refused", () => {
  const codes = ["path_length", "root_mismatch", "part_root_mismatch"];
  let mutants = 0;
  for (let size = 1; size <= 16; size++) {
    const head = headOf(size);
    for (let index = 0; index < size; index++) {
      const proof = proveInclusion(nodes, index, size);
      for (const path of damaged(proof.path)) {
        refused(() => verifyInclusion(leafOf(index), { index, path }, head), ...codes);
        mutants += 1;
      }
      for (let other = 0; other < size; other++) {
        if (other === index) continue;
        refused(() => verifyInclusion(leafOf(other), proof, head), ...codes);
        refused(() => verifyInclusion(leafOf(index), { ...proof, index: other }, head), ...codes);
        mutants += 2;
      }
    }
    for (let old = 1; old <= size; old++) {
      const older = headOf(old);
      const right = proveConsistency(nodes, old, size);
      for (const path of damaged(right)) {
        refused(() => verifyConsistency(older, head, path), ...codes);
        mutants += 1;
      }
      for (let other = 1; other <= size; other++) {
        if (other === old) continue;
        refused(() => verifyConsistency({ size: old, root: headOf(other).root }, head, right), ...codes);
        refused(() => verifyConsistency({ size: other, root: older.root }, head, right), ...codes);
        mutants += 2;
      }
    }
    for (let start = 1; start < size; start++) {
      for (let end = start + 1; end <= size; end++) {
        if (!isSubtree({ start, end })) continue;
        const subtree = { start, end, root: treeHash(leaves.slice(start, end)) };
        for (const path of damaged(proveSubtree(nodes, subtree, size))) {
          refused(() => verifySubtree(subtree, head, path), ...codes);
          mutants += 1;
        }
      }
    }
  }
  ok(mutants > 50_000, `${mutants} mutants`);
});

test("every tree begins with the empty one, without a proof", () => {
  const empty = headOf(0);
  for (const head of heads) {
    verifyGrowth(empty, head, []);
    refused(() => verifyGrowth(empty, head, [emptyRoot]), "path_length");
    refused(() => verifyGrowth({ size: 0, root: leafOf(0) }, head, []), "part_root_mismatch");
    refused(() => verifyConsistency(empty, head, []), "tree_empty");
  }
  refused(() => verifyGrowth(empty, { size: 0, root: leafOf(0) }, []), "root_mismatch");
});

const one = headOf(1);
const five = headOf(5);
const twoOfFive = proveInclusion(nodes, 2, 5);
const leafTwo = leafOf(2);
const inHuge = { index: 2 ** 53 - 2, path: Array<Hash>(53).fill(emptyRoot) };

const refusals: [string, () => unknown, string][] = [
  [
    "a leaf in an empty tree",
    () => verifyInclusion(leafTwo, { index: 0, path: [] }, headOf(0)),
    "index_out_of_range",
  ],
  [
    "a leaf behind the tree",
    () => verifyInclusion(leafTwo, { index: 5, path: [] }, five),
    "index_out_of_range",
  ],
  ["a negative index", () => verifyInclusion(leafTwo, { ...twoOfFive, index: -1 }, five), "number_invalid"],
  [
    "a fractional index",
    () => verifyInclusion(leafTwo, { ...twoOfFive, index: 0.5 }, five),
    "number_invalid",
  ],
  [
    "an index past 2^53 - 1",
    () => verifyInclusion(leafTwo, { ...twoOfFive, index: 2 ** 53 }, five),
    "number_invalid",
  ],
  [
    "a size that is no number",
    () => verifyInclusion(leafTwo, twoOfFive, { ...five, size: NaN }),
    "number_invalid",
  ],
  [
    "an infinite size",
    () => verifyInclusion(leafTwo, twoOfFive, { ...five, size: Infinity }),
    "number_invalid",
  ],
  [
    "a leaf in capitals",
    () => verifyInclusion(leafTwo.toUpperCase() as Hash, twoOfFive, five),
    "hash_invalid",
  ],
  [
    "a root that is too short",
    () => verifyInclusion(leafTwo, twoOfFive, { size: 5, root: "00" as Hash }),
    "hash_invalid",
  ],
  [
    "a path with something else",
    () => verifyInclusion(leafTwo, { index: 2, path: [leafTwo, leafTwo, "" as Hash] }, five),
    "hash_invalid",
  ],
  [
    "a path of a million hashes",
    () => verifyInclusion(leafTwo, { index: 2, path: Array<Hash>(1e6).fill(leafTwo) }, five),
    "path_length",
  ],
  [
    "a wrong path in the largest tree",
    () => verifyInclusion(leafTwo, inHuge, { size: 2 ** 53 - 1, root: emptyRoot }),
    "path_length",
  ],
  [
    "a wrong path of the right length in the largest tree",
    () => verifyInclusion(leafTwo, { ...inHuge, index: 0 }, { size: 2 ** 53 - 1, root: emptyRoot }),
    "root_mismatch",
  ],
  ["a tree that shrinks", () => verifyConsistency(five, one, []), "tree_shrinks"],
  [
    "another tree of one size",
    () => verifyConsistency(five, { size: 5, root: one.root }, []),
    "root_mismatch",
  ],
  [
    "a subtree that is none",
    () => verifySubtree({ start: 1, end: 3, root: leafTwo }, five, []),
    "subtree_invalid",
  ],
  [
    "a subtree that ends before it starts",
    () => verifySubtree({ start: 2, end: 1, root: leafTwo }, five, []),
    "subtree_invalid",
  ],
  [
    "a subtree behind the tree",
    () => verifySubtree({ start: 4, end: 6, root: leafTwo }, five, []),
    "subtree_out_of_range",
  ],
  [
    "an empty subtree behind the tree",
    () => verifySubtree({ start: 6, end: 6, root: emptyRoot }, five, []),
    "subtree_out_of_range",
  ],
  [
    "a subtree from no number",
    () => verifySubtree({ start: NaN, end: NaN, root: emptyRoot }, five, []),
    "number_invalid",
  ],
  [
    "a leaf left of its subtree",
    () => verifySubtreeInclusion(leafTwo, { index: 1, path: [] }, { start: 2, end: 4, root: emptyRoot }),
    "index_out_of_range",
  ],
  [
    "a proof in an empty subtree",
    () => verifySubtreeInclusion(leafTwo, { index: 2, path: [] }, { start: 2, end: 2, root: emptyRoot }),
    "subtree_invalid",
  ],
  ["to prove a leaf behind the tree", () => proveInclusion(nodes, 5, 5), "index_out_of_range"],
  ["to prove growth from nothing", () => proveConsistency(nodes, 0, 5), "tree_empty"],
  ["to prove with nodes missing", () => proveInclusion(createNodeMemory(), 0, 2), "node_missing"],
];

for (const [name, run, code] of refusals) {
  test(`refused: ${name}`, () => refused(run, code));
}

test("any numbers and any path give a verdict or an error with a code, 3,000 times", () => {
  const start = Math.floor(Math.random() * 2 ** 31);
  for (let seed = start; seed < start + 3000; seed++) {
    const random = randomNumbers(seed);
    const odd = [
      0,
      1,
      2,
      5,
      64,
      65,
      2 ** 31,
      2 ** 32 + 1,
      2 ** 53 - 1,
      2 ** 53,
      -1,
      0.5,
      NaN,
      Infinity,
      -Infinity,
    ];
    const number = () => odd[random(odd.length)] ?? 0;
    const texts = [
      leafTwo,
      emptyRoot,
      "",
      "0".repeat(63),
      "G".repeat(64),
      leafTwo.toUpperCase(),
      `${leafTwo}\n`,
    ];
    const hash = () => (texts[random(3)] ?? texts[random(texts.length)] ?? "") as Hash;
    const path = Array.from({ length: random(3) === 0 ? random(60) : random(4) }, hash);
    const head = { size: number(), root: hash() };
    const [start, end] = [number(), number()];
    const runs = [
      () => verifyInclusion(hash(), { index: number(), path }, head),
      () => verifyConsistency({ size: number(), root: hash() }, head, path),
      () => verifyGrowth({ size: number(), root: hash() }, head, path),
      () => verifySubtree({ start, end, root: hash() }, head, path),
      () => verifySubtreeInclusion(hash(), { index: number(), path }, { start, end, root: hash() }),
    ];
    for (const [at, run] of runs.entries()) {
      try {
        run();
      } catch (error) {
        ok(
          error instanceof MerkleError && error.fault.code !== undefined,
          `seed ${seed}, run ${at}: ${error}`,
        );
      }
    }
  }
});

/** Small, fast, seeded: the same numbers in every runtime. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

test("the error says what was wanted and what came", () => {
  throws(() => verifyInclusion(leafTwo, { index: 2, path: [] }, five), {
    message: "Cannot follow the proof as its length is wrong: wanted 3 hashes, got 0",
  });
});

test("a proof in a tree of ten million leaves reads few nodes", () => {
  // Every node answers with a hash of its own place, so there is no log behind it.
  const read = new Set<string>();
  const reader: NodeReader = {
    node(level, index) {
      read.add(`${level}/${index}`);
      return leafHash(`${level}/${index}`);
    },
  };
  const size = 10_000_001;
  const steps: [string, () => unknown][] = [
    ["inclusion of the first", () => proveInclusion(reader, 0, size)],
    ["inclusion of one in the middle", () => proveInclusion(reader, 5_000_001, size)],
    ["inclusion of the last", () => proveInclusion(reader, size - 1, size)],
    ["consistency", () => proveConsistency(reader, 9_999_999, size)],
    ["consistency from 1", () => proveConsistency(reader, 1, size)],
  ];
  for (const [name, prove] of steps) {
    read.clear();
    prove();
    ok(read.size <= 48, `${name}: ${read.size} nodes`);
  }
});
