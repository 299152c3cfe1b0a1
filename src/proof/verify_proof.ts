/**
 * The judge of proofs: with nothing but the proof and, where given, the keys that
 * are trusted.
 *
 * Pure. A proof comes from a stranger: whatever it says, the answer is a verdict.
 *
 * @module
 */

import { addressOf, nodeOf } from "../address/mod.ts";
import { ChainError, chainHash, commitPart, type Entry, parseEntry, partRoles } from "../chain/mod.ts";
import { toHex } from "../codec/mod.ts";
import { leafHash, MerkleError, verifyInclusion } from "../merkle/mod.ts";
import {
  type Checkpoint,
  checkpointOf,
  checkPolicy,
  describeShortfall,
  NoteError,
  openCheckpoint,
  parseNote,
  parseProofFile,
  parseVerifierKey,
  type Policy,
  type VerifierKey,
} from "../note/mod.ts";
import { headBody } from "./head_body.ts";
import type { EntryProof, Proof } from "./proof.ts";
import type { ProofFinding, ProofVerdict, ProvenEntry } from "./verdict.ts";

/** Whom to believe that the node's tree is the node's. */
export interface ProofTrust {
  /** Keys of the node; one of them must have signed. */
  readonly keys?: readonly VerifierKey[];
  /** Logs and witnesses; one of the logs must have signed, and the quorum must be met. */
  readonly policy?: Policy;
}

/** What the outer proof came to; the same for all entries that share it. */
interface Head {
  readonly actor: Checkpoint;
  readonly node: Checkpoint;
}

/** Judges a proof. */
export function verifyProof(proof: Proof, trust: ProofTrust = {}): ProofVerdict {
  const findings: ProofFinding[] = [];
  const entries: ProvenEntry[] = [];
  const heads = new Map<string, Head | undefined>();
  const signers = new Set<string>();
  let first: Head | undefined;
  let before: { readonly entry: Entry; readonly hash: string } | undefined;

  for (const each of proof.entries) {
    const parsed = attempt(findings, undefined, () => parseEntry(each.entry));
    if (parsed === undefined) continue;
    const { seq } = parsed;
    const hash = chainHash(each.entry);
    const find = (code: ProofFinding["code"], message: string, part?: string) =>
      void findings.push({ code, weight: "refutes", seq, message, ...(part !== undefined && { part }) });
    entries.push(proven(parsed, hash, each));
    checkParts(parsed, each, find);
    if (before !== undefined) checkNeighbour(before, parsed, find);
    before = { entry: parsed, hash };

    const key = `${each.headProof}\0${checkpointText(each.entryProof)}\0${each.actorKey ?? ""}`;
    if (!heads.has(key)) {
      heads.set(key, attempt(findings, seq, () => checkHead(each, trust, signers, findings, seq)));
    }
    const head = heads.get(key);
    if (head === undefined) continue;
    attempt(findings, seq, () => {
      const { index, path } = parseProofFile(each.entryProof);
      if (index !== seq) find("wrong_index", `wanted the leaf ${seq}, got ${index}`);
      verifyInclusion(hash, { index, path }, head.actor);
    });
    attempt(findings, seq, () => checkGenesis(parsed, each, head, find)); // The key may be none.
    first ??= head;
    if (head.actor.origin !== first.actor.origin) {
      find("other_origin", `wanted ${first.actor.origin}, as before, got ${head.actor.origin}`);
    }
  }
  const signer = [...signers].join(", ");
  return judge({ findings, entries, head: first, signer, asked: trust });
}

/** Runs a check; what it throws becomes a finding. */
function attempt<T>(
  findings: ProofFinding[],
  seq: number | undefined,
  work: () => T,
  unsigned: "policy" | "refutes" = "policy",
): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ChainError || error instanceof MerkleError || error instanceof NoteError)) {
      throw error;
    }
    const { code } = error.fault;
    const weight = code === "unknown_version" || code === "unknown_kind"
      ? "unknown"
      : code === "no_known_signature" || code === "log_signature_missing"
      ? unsigned
      : "refutes";
    findings.push({ code, weight, message: error.message, ...(seq !== undefined && { seq }) });
    return undefined;
  }
}

/** The signed checkpoint in a tlog-proof, as text; only used to see that two are the same. */
function checkpointText(proof: string): string {
  const blank = proof.indexOf("\n\n");
  return blank < 0 ? proof : proof.slice(blank);
}

/** The actor's checkpoint is a leaf of the node's tree, and both are signed by who must have signed. */
function checkHead(
  each: EntryProof,
  trust: ProofTrust,
  signers: Set<string>,
  findings: ProofFinding[],
  seq: number,
): Head {
  const refuse = (code: ProofFinding["code"], message: string, weight: ProofFinding["weight"] = "refutes") =>
    void findings.push({ code, weight, seq, message });
  const inner = parseProofFile(each.entryProof);
  const outer = parseProofFile(each.headProof);
  const actor = checkpointOf(inner);
  const node = checkpointOf(outer);
  if (actor.extensions.length > 0) refuse("extensions", "wanted a checkpoint of three lines, got more");
  if (nodeOf(actor.origin) !== node.origin) {
    refuse("other_origin", `wanted the tree of ${nodeOf(actor.origin)}, got that of ${node.origin}`);
  }
  // The leaf is the text itself, as it was read: so nothing can hide in another spelling of it.
  const text = parseNote(inner.signedCheckpoint).text;
  if (text !== headBody(actor.origin, actor.size, actor.root)) {
    refuse("extensions", "wanted origin, size and root, got another text");
  }
  verifyInclusion(leafHash(text), outer, node);

  const { actorKey } = each;
  if (actorKey !== undefined) {
    // The prover names this key, so a note without its signature is wrong, not just too little.
    attempt(
      findings,
      seq,
      () => openCheckpoint(inner.signedCheckpoint, [parseVerifierKey(actorKey)]),
      "refutes",
    );
  }
  attempt(findings, seq, () => checkSigner(outer.signedCheckpoint, trust, signers, refuse));
  return { actor, node };
}

function checkSigner(
  note: string,
  { keys, policy }: ProofTrust,
  signers: Set<string>,
  refuse: (code: ProofFinding["code"], message: string, weight?: ProofFinding["weight"]) => void,
): void {
  if (keys !== undefined) {
    const { note: { verified } } = openCheckpoint(note, keys);
    for (const { key } of verified) signers.add(`${key.name}+${key.id}`);
  }
  if (policy !== undefined) {
    const { shortfalls, logs } = checkPolicy(policy, note);
    for (const { key } of logs) signers.add(`${key.name}+${key.id}`);
    for (const each of shortfalls) refuse("policy_unmet", describeShortfall(each), "policy");
  }
}

function checkGenesis(
  entry: Entry,
  { actorKey }: EntryProof,
  { actor }: Head,
  find: (code: ProofFinding["code"], message: string) => void,
): void {
  if (entry.kind !== "genesis") return;
  if (entry.origin !== actor.origin) find("other_origin", `wanted ${actor.origin}, got ${entry.origin}`);
  if (entry.key === undefined || actorKey === undefined) return;
  const got = toHex(parseVerifierKey(actorKey).publicKey);
  if (got !== entry.key) find("wrong_key", `wanted ${entry.key}, as the genesis says, got ${got}`);
}

function checkParts(
  entry: Entry,
  { parts }: EntryProof,
  find: (code: ProofFinding["code"], message: string, part?: string) => void,
): void {
  const roles = partRoles(entry);
  for (const { position, role, salt, bytes } of parts) {
    if (roles[position] !== role) {
      find("wrong_role", `wanted ${roles[position] ?? "no part"} at position ${position}, got ${role}`, role);
      continue;
    }
    const got = commitPart(bytes, salt);
    const wanted = entry.parts[position];
    if (got !== wanted) find("part_commitment", `wanted ${wanted}, got ${got}`, role);
  }
}

function checkNeighbour(
  before: { readonly entry: Entry; readonly hash: string },
  entry: Entry,
  find: (code: ProofFinding["code"], message: string) => void,
): void {
  if (entry.seq <= before.entry.seq) {
    find("wrong_order", `wanted an entry after ${before.entry.seq}, got ${entry.seq}`);
  } else if (entry.seq === before.entry.seq + 1 && entry.prev !== before.hash) {
    find("not_linked", `wanted ${before.hash} as prev, got ${entry.prev}`);
  }
}

function proven(entry: Entry, hash: string, { parts }: EntryProof): ProvenEntry {
  const { seq, kind, time } = entry;
  const shown = new Set(parts.map(({ position }) => position));
  return {
    seq,
    hash,
    kind,
    time,
    parts: partRoles(entry).map((role, position) => ({ role, shown: shown.has(position) })),
  };
}

interface Judged {
  readonly findings: readonly ProofFinding[];
  readonly entries: readonly ProvenEntry[];
  readonly head: Head | undefined;
  readonly signer: string;
  readonly asked: ProofTrust;
}

function judge({ findings, entries, head, signer, asked }: Judged): ProofVerdict {
  const weights = new Set(findings.map(({ weight }) => weight));
  const exit = weights.has("refutes")
    ? 1
    : weights.has("unknown") || entries.length === 0
    ? 2
    : weights.has("policy")
    ? 3
    : 0;
  const trusted = (asked.keys ?? asked.policy) !== undefined;
  const base = {
    exit,
    entries,
    findings,
    headline: headline(exit, trusted, signer),
    ...(signer !== "" && { signer }),
    ...(head !== undefined && {
      origin: head.actor.origin,
      chainSize: head.actor.size,
      nodeSize: head.node.size,
    }),
  } as const;
  if (exit === 1 || exit === 2 || head === undefined) return { ...base, shows: [], showsNot: [] };
  return {
    ...base,
    shows: shows(entries, head, exit === 0 ? signer : ""),
    showsNot: showsNot(entries, head, signer),
  };
}

function headline(exit: ProofVerdict["exit"], trusted: boolean, signer: string): string {
  switch (exit) { // No default: a new code fails to compile here.
    case 0:
      return trusted ? `verified: signed by ${signer}` : "internally consistent, signer unverified";
    case 1:
      return "refuted";
    case 2:
      return "cannot be checked";
    case 3:
      return "policy not met";
  }
}

function shows(entries: readonly ProvenEntry[], { actor, node }: Head, signer: string): string[] {
  const address = addressOf(actor.origin);
  const seqs = entries.map(({ seq }) => seq);
  const which = seqs.length === 1 ? `entry ${seqs[0]}` : `entries ${ranges(seqs)}`;
  const stood = seqs.length === 1 ? "stands" : "stand";
  const by = signer === "" ? "a tree of the node" : `the tree of the node, signed by ${signer},`;
  const shown = entries.flatMap(({ parts }) => parts).filter((part) => part.shown).length;
  return [
    `${which} of ${address} ${stood} in its chain of ${actor.size} entries`,
    `that chain stands in ${by} of ${node.size} leaves`,
    ...(shown === 0 ? [] : [`what is shown of what was said (${shown} parts) is what the entry commits to`]),
  ];
}

function showsNot(entries: readonly ProvenEntry[], { actor, node }: Head, signer: string): string[] {
  const hidden = new Map<string, number>();
  for (const { parts } of entries) {
    for (const { role, shown } of parts) if (!shown) hidden.set(role, (hidden.get(role) ?? 0) + 1);
  }
  const roles = [...hidden].map(([role, count]) => count === 1 ? role : `${role} (${count})`).join(", ");
  return [
    ...(signer === "" ? ["who signed: give the node's key with --key, or a --policy"] : []),
    ...(roles === "" ? [] : [`what was said in ${roles}: not shown`]),
    `what came after entry ${actor.size - 1}, or after leaf ${node.size - 1}`,
    "that the node signed no other, conflicting head",
    "that the host wrote down the truth, time included",
  ];
}

/** `3..5, 9` */
function ranges(seqs: readonly number[]): string {
  const found: [number, number][] = [];
  for (const seq of seqs) {
    const last = found.at(-1);
    if (last !== undefined && last[1] === seq - 1) last[1] = seq;
    else found.push([seq, seq]);
  }
  return found.map(([from, to]) => from === to ? `${from}` : `${from}..${to}`).join(", ");
}
