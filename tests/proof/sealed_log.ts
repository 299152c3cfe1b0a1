/**
 * Seals logs for the tests of proofs: what the room `seal` does, by the plain
 * rules of `docs/format/seals.md`, with keys that everybody knows.
 *
 * @module
 */

import { chainHash } from "../../src/chain/mod.ts";
import { fromHex } from "../../src/codec/mod.ts";
import { createTreeBuilder, type Hash, leafHash } from "../../src/merkle/mod.ts";
import {
  createSigner,
  deriveActorSeed,
  formatCheckpoint,
  formatVerifierKey,
  type Signer,
  signNote,
} from "../../src/note/mod.ts";
import { type ActorSigner, headBody } from "../../src/proof/mod.ts";
import { type LogReader, type LogStore, nodeTree, type Write } from "../../src/store/mod.ts";

/** The seed of every node of the tests. */
export const seed = new Uint8Array(32).fill(7);

/** Signs for the node of a log. */
export function nodeSigner(node: string): Signer {
  return createSigner(node, seed);
}

/** Signs for an actor of a log. */
export function actorSigner(node: string, address: string): ActorSigner {
  const origin = `${node}/${address}`;
  const signer = createSigner(origin, deriveActorSeed(seed, origin));
  return { key: formatVerifierKey(signer.key), sign: (body) => signNote(body, [signer]) };
}

/** Collects the full tiles of a tree from its leaves. */
function tilesOf(tree: string, leaves: readonly Hash[]): Write[] {
  const writes: Write[] = [];
  let hashes: readonly Hash[] = leaves;
  for (let level = 0; hashes.length >= 256; level++) {
    const upper: Hash[] = [];
    for (let index = 0; index < Math.floor(hashes.length / 256); index++) {
      const tile = new Uint8Array(8192);
      const builder = createTreeBuilder();
      for (let at = 0; at < 256; at++) {
        const hash = hashes[256 * index + at]!;
        tile.set(fromHex(hash, 32), 32 * at);
        builder.push(hash);
      }
      writes.push({ write: "tile", tree, level, index, hashes: tile });
      upper.push(builder.head().root);
    }
    hashes = upper;
  }
  return writes;
}

/** The leaves of an actor's tree, those of pruned entries among them. */
function chainLeaves(reader: LogReader, address: string): Hash[] {
  const leaves: Hash[] = [];
  for (const { seq, text } of reader.entries(address)) leaves[seq] = chainHash(text);
  for (const { seq, hash } of reader.pruned(address)) leaves[seq] = hash as Hash;
  return leaves;
}

/** Seals every actor that has grown since the last seal. */
export function sealLog(store: LogStore): void {
  const writes: Write[] = [];
  const before = [...store.seals()];
  const leaves = before.map(({ address, size, root }) =>
    leafHash(headBody(`${store.node}/${address}`, size, root))
  );
  for (const { address, size } of store.actors()) {
    const sealed = before.findLast((seal) => seal.address === address)?.size ?? 0;
    if (sealed >= size) continue;
    const hashes = chainLeaves(store, address);
    const builder = createTreeBuilder();
    for (const hash of hashes) builder.push(hash);
    const { root } = builder.head();
    writes.push(...missing(store, tilesOf(address, hashes)));
    writes.push({ write: "seal", index: leaves.length, address, size, root });
    leaves.push(leafHash(headBody(`${store.node}/${address}`, size, root)));
  }
  if (writes.length === 0) return;
  const builder = createTreeBuilder();
  for (const leaf of leaves) builder.push(leaf);
  const text = formatCheckpoint({ origin: store.node, ...builder.head(), extensions: [] });
  const note = signNote(text, [nodeSigner(store.node)]);
  store.commit([
    ...writes,
    ...missing(store, tilesOf(nodeTree, leaves)),
    { write: "checkpoint", size: leaves.length, note },
  ]);
}

function missing(store: LogStore, writes: readonly Write[]): Write[] {
  return writes.filter((write) =>
    write.write !== "tile" || store.tile(write.tree, write.level, write.index) === undefined
  );
}
