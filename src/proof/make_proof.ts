/**
 * Making proofs out of a log.
 *
 * @module
 */

import { parseEntry, type PartRole, partRoles } from "../chain/mod.ts";
import { type NodeReader, proveInclusion, readTreeHead } from "../merkle/mod.ts";
import { formatProofFile, parseCheckpoint, parseNote } from "../note/mod.ts";
import type { LogReader, SealRow } from "../store/mod.ts";
import { headBody } from "./head_body.ts";
import { actorNodes, nodeNodes } from "./log_tree.ts";
import { type EntryProof, type Proof, proofEntriesMax, type ShownPart } from "./proof.ts";
import { ProofError } from "./proof_error.ts";

/** Signs for one actor. */
export interface ActorSigner {
  /** Verifier key of the actor. */
  readonly key: string;
  /** Signs the body of a checkpoint of the actor's tree. @returns the signed note */
  sign(body: string): string;
}

/** What to prove. */
export interface ProofRequest {
  readonly address: string;
  /** The first entry. */
  readonly from: number;
  /** The entry after the last. */
  readonly to: number;
  /**
   * Which parts to show: all that are here, some roles, or none. Parts whose bytes
   * are not in the log are left out of `all`.
   * @default "all"
   */
  readonly show?: "all" | "none" | readonly PartRole[];
  /** Signs the checkpoint of the actor's tree. */
  readonly signer: ActorSigner;
  /**
   * A signed checkpoint of the node that is not in the log yet, as a house that
   * runs gives it. @default the newest one in the log
   */
  readonly checkpoint?: string;
}

/**
 * Proves entries by the newest signed checkpoint.
 *
 * @throws {ProofError} `no_such_entry`, `unsealed`, `entry_pruned`, `leaf_missing`, `no_such_part`, …
 */
export function makeProof(reader: LogReader, request: ProofRequest): Proof {
  const { address, from, to, signer, show = "all" } = request;
  const row = reader.actor(address);
  const size = row?.size ?? 0;
  if (from < 0 || from >= to || to > size) {
    const seq = from < 0 || from >= size ? from : to - 1;
    throw new ProofError({ code: "no_such_entry", address, seq, size });
  }
  if (to - from > proofEntriesMax) {
    throw new ProofError({ code: "too_many", wanted: proofEntriesMax, got: to - from });
  }
  const { seal, note, treeSize } = findSeal(reader, address, to, request.checkpoint);

  // The head of the actor in the node's tree: the same for all entries.
  const body = headBody(`${reader.node}/${address}`, seal.size, seal.root);
  const nodeTree = nodeNodes(reader, treeSize);
  const inNode = proveInclusion(nodeTree, seal.index, treeSize);
  const headProof = formatProofFile({ ...inNode, signedCheckpoint: note });

  const tree = actorNodes(reader, address, seal.size);
  checkHead(tree, seal);
  const signed = signer.sign(body);
  const entries: EntryProof[] = [];
  for (let seq = from; seq < to; seq++) {
    const stored = reader.entry(address, seq);
    if (stored === undefined) throw new ProofError({ code: "entry_pruned", address, seq });
    const inActor = proveInclusion(tree, seq, seal.size);
    const entryProof = formatProofFile({ ...inActor, signedCheckpoint: signed });
    entries.push({
      entry: stored.text,
      parts: showParts(reader, address, stored.text, show),
      entryProof,
      headProof,
      actorKey: signer.key,
    });
  }
  return { entries };
}

/** How many entries of an actor are covered by the newest signed checkpoint. */
export function sealedSize(reader: LogReader, address: string): number {
  return newestSeal(reader, address)?.seal.size ?? 0;
}

interface SignedSeal {
  readonly seal: SealRow;
  /** The signed checkpoint of the node. */
  readonly note: string;
  /** Its size. */
  readonly treeSize: number;
}

function readCheckpoint(note: string): { readonly size: number; readonly note: string } {
  return { size: parseCheckpoint(parseNote(note).text).size, note };
}

function newestSeal(reader: LogReader, address: string, given?: string): SignedSeal | undefined {
  const checkpoint = given === undefined ? reader.checkpoint() : readCheckpoint(given);
  if (checkpoint === undefined) return undefined;
  for (const seal of reader.sealsOf(address)) {
    // Leaves past the checkpoint are written, and not signed yet.
    if (seal.index < checkpoint.size) return { seal, note: checkpoint.note, treeSize: checkpoint.size };
  }
  return undefined;
}

function findSeal(reader: LogReader, address: string, to: number, given: string | undefined): SignedSeal {
  const found = newestSeal(reader, address, given);
  if (found === undefined || found.seal.size < to) {
    const sealed = found?.seal.size ?? 0;
    throw new ProofError({ code: "unsealed", address, seq: to - 1, sealed });
  }
  return found;
}

/** A log that contradicts itself is found here, not by whoever gets the proof. */
function checkHead(tree: NodeReader, seal: SealRow): void {
  const { root } = readTreeHead(tree, seal.size);
  if (root === seal.root) return;
  const detail = `the tree of ${seal.address} at size ${seal.size} has the root ` +
    `${root}, it was sealed with ${seal.root}`;
  throw new ProofError({ code: "log_differs", detail });
}

function showParts(
  reader: LogReader,
  address: string,
  text: string,
  show: "all" | "none" | readonly PartRole[],
): ShownPart[] {
  if (show === "none") return [];
  const entry = parseEntry(text);
  const roles = partRoles(entry);
  const stored = reader.parts(address, entry.seq);
  const shown: ShownPart[] = [];
  roles.forEach((role, position) => {
    const { salt, bytes } = stored[position] ?? {};
    if (show !== "all" && !show.includes(role)) return;
    if (salt !== undefined && bytes !== undefined) shown.push({ position, role, salt, bytes });
    else if (show !== "all") throw new ProofError({ code: "no_such_part", seq: entry.seq, role });
  });
  if (show !== "all") {
    // A range may hold entries that lack a role; a single entry must have what was asked for.
    const role = show.find((each) => !roles.includes(each));
    if (role !== undefined && shown.length === 0) {
      throw new ProofError({ code: "no_such_part", seq: entry.seq, role });
    }
  }
  return shown;
}
