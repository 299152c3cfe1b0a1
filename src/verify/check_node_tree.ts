/**
 * The tree of the node: its leaves, every checkpoint that is kept, and the one
 * that was saved elsewhere. Every seal has been held against its chain before,
 * so the roots computed here rest on entries, save for leaves whose actor is
 * absent. Layer 2.
 * @module
 */

import { toBase64 } from "../codec/mod.ts";
import { type Hash, hashToBytes, isHash, leafHash } from "../merkle/mod.ts";
import { type Checkpoint, NoteError, parseCheckpoint, parseNote } from "../note/mod.ts";
import type { SignatureChecker } from "./check_signatures.ts";
import { createCheckedTree } from "./checked_tree.ts";
import { type Evidence, type EvidenceLeaf, nodeTreeName } from "./evidence.ts";
import type { FaultList } from "./fault.ts";
import type { Tally } from "./tally.ts";

/** What the tree of the node came to. */
export interface NodeTreeSummary {
  readonly leaves: number;
  readonly absentLeaves: number;
  readonly checkpoints: number;
  /** Size of the largest checkpoint that is right. */
  readonly signed: number;
  /** The root at a size that was asked for; undefined where there are not so many leaves. */
  rootAt(size: number): Hash | undefined;
}

/**
 * Reads all leaves and checkpoints.
 *
 * @param wanted sizes of which the root is wanted
 */
export function checkNodeTree(
  evidence: Evidence,
  signatures: SignatureChecker,
  wanted: ReadonlySet<number>,
  faults: FaultList,
  tally: Tally,
): NodeTreeSummary {
  const { node } = evidence;
  const tree = createCheckedTree(evidence, nodeTreeName, faults);
  const notes = evidence.checkpoints()[Symbol.iterator]();
  let size = 0;
  let absentLeaves = 0;
  let checkpoints = 0;
  let signed = 0;
  let torn = false;
  const roots = new Map<number, Hash>();
  if (wanted.has(0)) roots.set(0, tree.head().root);

  const take = () => {
    const next = notes.next();
    return next.done === true ? undefined : next.value;
  };
  let waiting = take();

  function checkWaiting(): void {
    for (; waiting !== undefined && waiting.size <= size; waiting = take()) {
      checkpoints += 1;
      const read = readCheckpoint(node, waiting, faults);
      if (read === undefined) continue;
      const { root } = tree.head();
      const right = waiting.size === size && read.root === root;
      if (right) signed = size;
      else {
        faults.add({
          code: "checkpoint_root",
          checkpoint: waiting.size,
          wanted: `the root ${root} of ${size} leaves`,
          got: read.root,
        });
      }
      signatures.next(waiting.size, waiting.note, right);
    }
  }

  for (const leaf of evidence.leaves()) {
    if (leaf.index !== size) {
      faults.add({ code: "leaf_order", wanted: `leaf ${size}`, got: `leaf ${leaf.index}` });
      torn = true;
      break;
    }
    const hash = leafHashOf(leaf, evidence, faults);
    if (!("address" in leaf)) absentLeaves += 1;
    tree.push(hash);
    size += 1;
    if (wanted.has(size)) roots.set(size, tree.head().root);
    checkWaiting();
  }
  for (; waiting !== undefined; waiting = take()) {
    checkpoints += 1;
    const read = readCheckpoint(node, waiting, faults);
    if (!torn) {
      faults.add({
        code: "checkpoint_beyond",
        checkpoint: waiting.size,
        wanted: `at most ${size} leaves`,
        got: `${waiting.size}`,
      });
    }
    if (read !== undefined) signatures.next(waiting.size, waiting.note, false);
  }
  if (!torn) tally.tiles += tree.finish(size);
  return { leaves: size, absentLeaves, checkpoints, signed, rootAt: (at) => roots.get(at) };
}

function leafHashOf(leaf: EvidenceLeaf, { kind, node }: Evidence, faults: FaultList): Hash {
  if ("address" in leaf) {
    const { index, address, size, root } = leaf;
    if (isHash(root)) {
      return leafHash(`${node}/${address}\n${size}\n${toBase64(hashToBytes(root))}\n`);
    }
    faults.add({
      code: "seal_root",
      address,
      wanted: `64 hex digits in leaf ${index}`,
      got: root.slice(0, 80),
    });
    return leafHash(root);
  }
  const { index, hash } = leaf;
  if (kind === "log") {
    faults.add({ code: "leaf_absent", wanted: `the seal of leaf ${index}`, got: "its hash alone" });
  }
  if (isHash(hash)) return hash;
  faults.add({ code: "leaf_absent", wanted: `64 hex digits in leaf ${index}`, got: hash.slice(0, 80) });
  return leafHash(hash);
}

function readCheckpoint(
  node: string,
  { size, note: text }: { readonly size: number; readonly note: string },
  faults: FaultList,
): Checkpoint | undefined {
  const refuse = (wanted: string, got: string) => {
    faults.add({ code: "checkpoint_form", checkpoint: size, wanted, got });
    return undefined;
  };
  try {
    const checkpoint = parseCheckpoint(parseNote(text).text);
    if (checkpoint.origin !== node) return refuse(`the origin ${node}`, checkpoint.origin);
    if (checkpoint.size !== size) return refuse(`the size ${size}`, `${checkpoint.size}`);
    return checkpoint;
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    return refuse("a signed checkpoint", error.message);
  }
}
