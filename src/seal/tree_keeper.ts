/**
 * Keeps the trees of a log that is being written: one for each actor, and that
 * of the node over them.
 *
 * Layer 5.
 * @module
 */

import { chainHash } from "../chain/mod.ts";
import { type Hash, leafHash, type TreeHead } from "../merkle/mod.ts";
import { actorNodes, headBody, nodeNodes } from "../proof/mod.ts";
import { type LogReader, nodeTree, type Write } from "../store/mod.ts";
import { type GrowingTree, growTree } from "./growing_tree.ts";

/** Trees kept in memory between seals; the others are read again when their actors go on. */
const treesMax = 1000;

/** About how many bytes of tiles are committed at once. */
const pieceBytes = 4 * 1024 * 1024;

/** Entries read at once where a tree is behind its chain. */
const entriesAtOnce = 1024;

/** The trees of a log. */
export interface TreeKeeper {
  /** Takes note of an entry that is committed; entries of a chain come in order. */
  note(address: string, seq: number, hash: string): void;
  /** Whether any actor has changed since its last seal. */
  readonly changed: boolean;
  /** How many leaves the node's tree has. */
  readonly size: number;
  /**
   * Seals every actor that has changed: grows its tree, and the node's by one
   * leaf for each, in the order of their origins.
   *
   * Yields what must be committed, in pieces, each before the next is asked for.
   * If a piece cannot be committed, the keeper is of no use any more.
   *
   * @param only seals no other actor than this one
   */
  grow(only?: string): Generator<readonly Write[], void>;
  /** Whether this actor has changed since its last seal, and others have too. */
  changedWithOthers(address: string): boolean;
  /** The head of the node's tree as it is. */
  head(): TreeHead;
}

/** Entries that are committed and not in their tree. */
interface Pending {
  /** Position of the first of `hashes`; what is before and not in the tree is read from the log. */
  readonly from: number;
  readonly hashes: Hash[];
}

/** Makes a keeper that goes on where the log stands; what is not sealed yet it takes for changed. */
export function createTreeKeeper(reader: LogReader): TreeKeeper {
  const pending = new Map<string, Pending>();
  const trees = new Map<string, GrowingTree>();
  const node = growTree(nodeTree, nodeNodes(reader, reader.sealed()), reader.sealed());
  for (const { address, size } of reader.unsealed()) pending.set(address, { from: size, hashes: [] });

  function treeOf(address: string): GrowingTree {
    const kept = trees.get(address);
    if (kept !== undefined) {
      trees.delete(address); // So that it becomes the last to go.
      trees.set(address, kept);
      return kept;
    }
    const [last] = reader.sealsOf(address);
    const size = last?.size ?? 0;
    const tree = growTree(address, actorNodes(reader, address, size), size);
    trees.set(address, tree);
    return tree;
  }

  return {
    note(address, seq, hash) {
      let wait = pending.get(address);
      if (wait === undefined) pending.set(address, wait = { from: seq, hashes: [] });
      if (seq !== wait.from + wait.hashes.length) {
        throw new Error(
          `Entry ${seq} of ${address} does not follow entry ${wait.from + wait.hashes.length - 1}`,
        );
      }
      wait.hashes.push(hash as Hash);
    },
    get changed() {
      return pending.size > 0;
    },
    get size() {
      return node.size;
    },
    changedWithOthers: (address) => pending.has(address) && pending.size > 1,
    *grow(only) {
      // One node, so the order of the addresses is that of the origins.
      const changed = [...pending].filter(([address]) => only === undefined || address === only)
        .sort(([a], [b]) => a < b ? -1 : 1);
      for (const [address] of changed) pending.delete(address);
      let writes: Write[] = [];
      const seals: Write[] = [];
      for (const [address, { from, hashes }] of changed) {
        const tree = treeOf(address);
        while (tree.size < from) {
          for (
            const hash of readHashes(reader, address, tree.size, Math.min(from, tree.size + entriesAtOnce))
          ) {
            tree.push(hash);
          }
          writes.push(...tree.take());
          if (writes.length * 8192 >= pieceBytes) {
            yield writes;
            writes = [];
          }
        }
        for (const hash of hashes) tree.push(hash);
        const { size, root } = tree.head();
        seals.push({ write: "seal", index: node.size, address, size, root });
        node.push(leafHash(headBody(`${reader.node}/${address}`, size, root)));
        writes.push(...tree.take());
        if (writes.length * 8192 >= pieceBytes) {
          yield writes;
          writes = [];
        }
      }
      for (const address of trees.keys()) {
        if (trees.size <= treesMax) break;
        trees.delete(address);
      }
      yield [...writes, ...node.take(), ...seals];
    },
    head: () => node.head(),
  };
}

/** The chain hashes of entries `[from, to)`, in order, pruned ones among them. */
function readHashes(reader: LogReader, address: string, from: number, to: number): Hash[] {
  const hashes: Hash[] = [];
  for (const { seq, text } of reader.entries(address, { from, to })) {
    hashes[seq - from] = chainHash(text) as Hash;
  }
  for (const { seq, hash } of reader.pruned(address, { from, to })) hashes[seq - from] = hash as Hash;
  for (let at = 0; at < to - from; at++) {
    if (hashes[at] === undefined) throw new Error(`The log has no entry ${from + at} of ${address}`);
  }
  return hashes;
}
