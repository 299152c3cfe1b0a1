import { deepEqual, deepStrictEqual, equal, ok, throws } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fromBase64, fromHex, sha256Hex, toBase64, toHex } from "../codec/mod.ts";
import {
  createNodeMemory,
  createTileNodeReader,
  createTreeBuilder,
  emptyRoot,
  type Hash,
  hashToBytes,
  leafHash,
  MerkleError,
  proveConsistency,
  proveInclusion,
  readTreeHead,
  tileLevels,
  tilePath,
  verifyConsistency,
  verifyInclusion,
  verifySubtree,
  verifySubtreeInclusion,
} from "./mod.ts";

const vectors = new URL("../../tests/vectors/merkle/", import.meta.url);
const shared = new URL("../../../shared/vectors/transparency-dev-merkle/testdata/", import.meta.url);

function load<Vectors>(name: string): Vectors {
  return JSON.parse(readFileSync(new URL(`${name}.json`, vectors), "utf8")) as Vectors;
}

/** One case of transparency-dev/merkle; which fields it has depends on its kind. */
interface ProofVector {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly start: number;
  readonly end: number;
  readonly size: number;
  readonly size1: number;
  readonly size2: number;
  readonly root: string;
  readonly root1: string;
  readonly root2: string;
  readonly leafHash: string;
  readonly proof: readonly string[] | null;
}

// As a stranger's bytes come in: any length becomes hex, and the verifier must see for itself.
const hash = (base64: string): Hash => toHex(fromBase64(base64)) as Hash;

const verifiers = {
  inclusion(vector: ProofVector) {
    const { leafIdx, treeSize, root, leafHash, proof } = vector;
    verifyInclusion(
      hash(leafHash),
      { index: leafIdx, path: (proof ?? []).map(hash) },
      { size: treeSize, root: hash(root) },
    );
  },
  consistency({ size1, size2, root1, root2, proof }: ProofVector) {
    verifyConsistency(
      { size: size1, root: hash(root1) },
      { size: size2, root: hash(root2) },
      (proof ?? []).map(hash),
    );
  },
  subtreeinclusion({ leafIdx, start, end, root, leafHash, proof }: ProofVector) {
    verifySubtreeInclusion(
      hash(leafHash),
      { index: leafIdx, path: (proof ?? []).map(hash) },
      { start, end, root: hash(root) },
    );
  },
  subtreeconsistency({ start, end, size, root1, root2, proof }: ProofVector) {
    verifySubtree({ start, end, root: hash(root1) }, { size, root: hash(root2) }, (proof ?? []).map(hash));
  },
} as const;
type Kind = keyof typeof verifiers;
const kinds: readonly Kind[] = ["inclusion", "consistency", "subtreeinclusion", "subtreeconsistency"];

/** Accepted upstream with roots of 13 bytes; a root here has 32. */
const shortRoots = "additional/sizes-are-equal-one-and-proof-is-empty";

/** @returns Whether the case was left out. */
function check(kind: Kind, name: string, wanted: boolean, vector: ProofVector): boolean {
  if (name === shortRoots && fromBase64(vector.root2).length !== 32) {
    throws(() => verifiers[kind](vector), (error) => {
      return error instanceof MerkleError && error.fault.code === "hash_invalid";
    });
    return true;
  }
  if (wanted) verifiers[kind](vector);
  else throws(() => verifiers[kind](vector), MerkleError, name);
  return false;
}

const counts = { inclusion: 98, consistency: 98, subtreeinclusion: 204, subtreeconsistency: 118 };

for (const kind of kinds) {
  test(`the ${counts[kind]} ${kind} vectors`, () => {
    const cases = load<(ProofVector & { name: string; ok: boolean })[]>(kind);
    equal(cases.length, counts[kind]);
    const left = cases.filter(({ name, ok, ...vector }) => check(kind, name, ok, vector));
    ok(left.length <= 1, `${left.length} left out`);
    ok(cases.some((each) => each.ok) && cases.some((each) => !each.ok));
  });

  const here = existsSync(shared);
  test(`the upstream's files of ${kind} in ../shared/vectors`, {
    skip: here ? false : "../shared/vectors is not here",
  }, () => {
    const files = readdirSync(new URL(`${kind}/`, shared), { recursive: true }).map(String);
    const cases = files.filter((file) => file.endsWith(".json"));
    equal(cases.length, counts[kind]);
    for (const file of cases) {
      const text = readFileSync(new URL(`${kind}/${encodeURI(file)}`, shared), "utf8");
      const { wantErr, ...vector } = JSON.parse(text) as ProofVector & { wantErr: boolean };
      check(kind, file.slice(0, -".json".length).replaceAll("\\", "/"), !wantErr, vector);
    }
  });
}

interface ReferenceTree {
  readonly hasher: { desc: string; leafHex?: string; leftHex?: string; rightHex?: string; want: string }[];
  readonly leafInputsHex: string[];
  readonly leafHashesHex: Hash[];
  readonly rootsBySize: Hash[];
  readonly inclusion: { size: number; index: number; proof: Hash[] }[];
  readonly consistency: { size1: number; size2: number; proof: Hash[] }[];
}

const reference = load<ReferenceTree>("reference-tree");

test("the reference tree: hashes, roots, all proofs", () => {
  const nodes = createNodeMemory();
  const builder = createTreeBuilder(undefined, nodes.write);
  deepEqual(reference.leafInputsHex.map((hex) => leafHash(fromHex(hex))), reference.leafHashesHex);
  for (const leaf of reference.leafHashesHex) builder.push(leaf);
  const heads = reference.rootsBySize.map((root, size) => ({ size, root }));
  for (const head of heads) deepEqual(readTreeHead(nodes, head.size), head);
  equal(reference.inclusion.length, 36);
  for (const { size, index, proof } of reference.inclusion) {
    deepEqual(proveInclusion(nodes, index, size), { index, path: proof });
    verifyInclusion(
      reference.leafHashesHex[index] ?? emptyRoot,
      { index, path: proof },
      heads[size] ?? {
        size,
        root: emptyRoot,
      },
    );
  }
  ok(reference.consistency.length >= 28);
  for (const { size1, size2, proof } of reference.consistency) {
    if (size1 > 0) deepEqual(proveConsistency(nodes, size1, size2), proof);
  }
});

test("the reference hashes", () => {
  for (const { desc, leafHex, leftHex, rightHex, want } of reference.hasher) {
    if (leafHex !== undefined) equal(leafHash(fromHex(leafHex)), want, desc);
    else if (leftHex === undefined) equal(emptyRoot, want, desc);
    // Its inputs are no hashes, so it says what is hashed, and nodeHash() is tested by every tree.
    else equal(sha256Hex(Uint8Array.of(1), fromHex(leftHex), fromHex(rightHex ?? "")), want, desc);
  }
});

interface Tiles {
  readonly paths: { n: number; path: string }[];
  readonly layouts: {
    size: number;
    levels: { level: number; full: number; partialWidth: number }[];
  }[];
}

test("paths and layouts of tiles", () => {
  const { paths, layouts } = load<Tiles>("tiles");
  for (const { n, path } of paths) equal(tilePath(0, n), `tile/0/${path}`);
  for (const { size, levels } of layouts) deepStrictEqual(tileLevels(size), levels);
});

interface TesseraLog {
  readonly tileHex: string;
  readonly bundleHex: string;
  readonly entries: string[];
  readonly checkpoints: string[];
}

test("the log of tessera: entries, tile, every checkpoint", () => {
  const { tileHex, bundleHex, entries, checkpoints } = load<TesseraLog>("tessera-log");
  const bundle = entries.map((entry) => entry.length.toString(16).padStart(4, "0") + toHex(bytesOf(entry)));
  equal(bundle.join(""), bundleHex);
  equal(entries.map((entry) => leafHash(entry)).join(""), tileHex);
  const reader = createTileNodeReader({
    tile: (level, index) => level === 0 && index === 0 ? fromHex(tileHex) : undefined,
  });
  for (const [size, checkpoint] of checkpoints.entries()) {
    const { root } = readTreeHead(reader, size);
    const body = `example.com/log/testdata\n${size}\n${toBase64(hashToBytes(root))}\n`;
    ok(checkpoint.startsWith(`${body}\n`));
  }
});

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
