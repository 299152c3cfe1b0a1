/**
 * The judge: evidence in, verdict out.
 *
 * One pass over every chain, one over the leaves of the node's tree. Memory does
 * not grow with the number of entries, save by 50 bytes for a message that was
 * sent. Layer 2.
 * @module
 */

import { addressOf } from "../address/mod.ts";
import { sha256Hex } from "../codec/mod.ts";
import { type CarriedLineage, createCarriedLineage, type JudgeLineage } from "./carried_lineage.ts";
import { type Causes, createCauses } from "./causes.ts";
import { checkChain, nodeAddress } from "./check_chain.ts";
import { createNewsChecker } from "./check_news.ts";
import { checkNodeTree, type NodeTreeSummary } from "./check_node_tree.ts";
import { createSignatureChecker, type NodeSeal, type SignatureSummary } from "./check_signatures.ts";
import { type Evidence, EvidenceError } from "./evidence.ts";
import { createFaultList, type FaultList } from "./fault.ts";
import { createLineage, type Fork, type Lineage } from "./lineage.ts";
import { createTally, type Tally } from "./tally.ts";
import { noTrust, type Trust } from "./trust.ts";
import { type Coverage, judge, type Level, type LevelName, type Standing, type Verdict } from "./verdict.ts";

/** Called now and then: how many entries were read, of how many the evidence says there are. */
export type Progress = (entries: number, of: number) => void;

/** How many entries lie between two calls of {@linkcode Progress}. */
const progressEntries = 4096;

/** What replay came to; see `withReplay`. */
export interface ReplayOutcome {
  /** Which engine ran it. */
  readonly engine: string;
  readonly turns: number;
  /** Turns that could not be run: cut short, or resting on parts that are not there. */
  readonly passedOver: number;
  readonly faults: FaultList;
}

/** A verdict, and what is needed to add to it. */
export interface Judgement {
  readonly verdict: Verdict;
  /** The same verdict with the turns run again. */
  withReplay(outcome: ReplayOutcome): Verdict;
}

/**
 * Judges evidence. Any bytes at all give a verdict.
 *
 * @param trust What whoever asks believes already. Without it the verdict is on consistency only.
 * @param judgeLineage judges the proofs that forks carry; `judgeLineage` of the proof room. Without it they prove nothing.
 */
export function verify(
  evidence: Evidence,
  trust: Trust = noTrust,
  progress?: Progress,
  judgeLineage?: JudgeLineage,
): Judgement {
  const tally = createTally();
  const lists: Record<LevelName, FaultList> = {
    entries: createFaultList(),
    trees: createFaultList(),
    signatures: createFaultList(),
    continuity: createFaultList(),
    replay: createFaultList(),
  };
  const causes = createCauses();
  let forks: readonly Fork[] = [];
  let carried: CarriedLineage | undefined;
  readable(lists.entries, () => {
    const lineage = createLineage(evidence);
    checkEntries(evidence, { causes, lineage, lists, tally, progress });
    forks = lineage.finish(lists.entries);
    checkStrays(evidence, lineage.forks, lists.entries);
    carried = createCarriedLineage(evidence, lineage.forks, tally, trust, judgeLineage);
  });
  const { faults: _none, ...sent } = finishCauses(evidence, causes, lists.entries);
  const since = trust.since?.checkpoint;
  let nodeTree: NodeTreeSummary = {
    leaves: 0,
    absentLeaves: 0,
    checkpoints: 0,
    signed: 0,
    rootAt: () => undefined,
  };
  let signatures: SignatureSummary = { checkpoints: 0, own: 0, vouched: 0, signer: undefined };
  readable(lists.trees, () => {
    const nodeSeals: NodeSeal[] = [...evidence.seals(nodeAddress)].map(({ index, size }) => ({
      index,
      size,
    }));
    const checker = createSignatureChecker(evidence.node, tally.nodeKeys, nodeSeals, trust, lists.signatures);
    nodeTree = checkNodeTree(
      evidence,
      checker,
      new Set([...carried?.sizes ?? [], ...(since === undefined ? [] : [since.size])]),
      lists.trees,
      tally,
    );
    signatures = checker.finish();
  });
  checkContinuity(evidence, trust, nodeTree, lists.continuity);
  const lineage = carried?.finish(forks, nodeTree.rootAt, lists.entries) ??
    { proved: 0, unproved: forks.length, unsigned: 0 };

  const levels = [
    entriesLevel(tally, sent.matched, lineage.proved, lists.entries),
    treesLevel(tally, nodeTree, lists.trees),
    signaturesLevel(signatures, trust, lists.signatures),
    continuityLevel(trust, lists.continuity),
  ];
  const coverage: Coverage = {
    parts: withoutUnknown(tally),
    prunedEntries: tally.prunedEntries,
    unsealedEntries: tally.unsealedEntries,
    unsignedLeaves: nodeTree.leaves - signatures.vouched,
    absentLeaves: nodeTree.absentLeaves,
    absentSenders: { messages: sent.absentMessages, senders: sent.absentSenders },
    absentNews: tally.absentNews,
    uncheckedForks: lineage.unproved,
    unsignedForks: lineage.unsigned,
    absentBlobs: tally.absentBlobs.size,
    erasuresOpen: tally.erasuresOpen,
    abandoned: tally.abandoned ?? null,
    turnsNotReplayed: tally.turns,
  };
  const { kind, node } = evidence;
  const standing: Standing = {
    signer: signatures.signer,
    since: since !== undefined && lists.continuity.count() === 0 ? since.size : undefined,
  };
  const finish = (replay: Level, turnsNotReplayed: number) =>
    judge({ kind, node }, [...levels, replay], { ...coverage, turnsNotReplayed }, standing);
  return {
    verdict: finish(notReplayed(tally), tally.turns),
    withReplay: (outcome) => finish(replayLevel(outcome), Math.max(0, tally.turns - outcome.turns)),
  };
}

/** Runs a check; evidence that cannot be read is a fault, all else goes on. */
function readable(faults: FaultList, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    faults.add({
      code: "unreadable",
      wanted: "evidence that can be read to its end",
      got: error.fault.found,
    });
  }
}

function checkEntries(
  evidence: Evidence,
  { causes, lineage, lists: { entries, trees }, tally, progress }: {
    readonly causes: Causes;
    readonly lineage: Lineage;
    readonly lists: Record<LevelName, FaultList>;
    readonly tally: Tally;
    readonly progress: Progress | undefined;
  },
): void {
  const news = createNewsChecker(evidence, entries);
  const chains = evidence.chains();
  const total = chains.reduce((sum, { size }) => sum + size, 0);
  const step = () => {
    if (progress !== undefined && tally.entries % progressEntries === 0) progress(tally.entries, total);
  };
  for (const chain of chains) {
    tally.chains += 1;
    checkChain(chain, { evidence, entries, trees, tally, causes, lineage, news, step });
  }
  progress?.(tally.entries, total);
  for (const { sha256, bytes } of evidence.blobs()) {
    tally.blobs += 1;
    const got = sha256Hex(bytes);
    if (got !== sha256) entries.add({ code: "blob_hash", wanted: `bytes with the SHA-256 ${sha256}`, got });
  }
  for (const stray of evidence.strays()) {
    entries.add({ code: "stray", wanted: "only rows of chains that are here", got: stray });
  }
}

/** A proof of where a chain comes from belongs to a fork. */
function checkStrays(evidence: Evidence, forks: readonly Fork[], faults: FaultList): void {
  const forked = new Set(forks.map(({ origin }) => addressOf(origin)));
  for (const { address } of evidence.chains()) {
    if (forked.has(address) || evidence.lineage(address) === undefined) continue;
    const wanted = "a proof of where a chain comes from only with a fork";
    faults.add({ code: "stray", address, wanted, got: "one" });
  }
}

function finishCauses(evidence: Evidence, causes: Causes, faults: FaultList) {
  let sent = { matched: 0, absentMessages: 0, absentSenders: 0 };
  readable(faults, () => {
    sent = causes.finish(faults, (address, seq) => {
      const found = evidence.entry(address, seq);
      return found !== undefined && "pruned" in found ? found.pruned : undefined;
    });
  });
  return { ...sent, faults };
}

function checkContinuity(
  { kind, node }: Evidence,
  { since }: Trust,
  { leaves, rootAt }: NodeTreeSummary,
  faults: FaultList,
): void {
  if (since === undefined) return;
  const { origin, size, root } = since.checkpoint;
  const found = rootAt(size);
  if (origin !== node) {
    faults.add({
      code: "other_node",
      wanted: `a checkpoint of ${node}`,
      got: `one of ${origin}`,
      checkpoint: size,
    });
  } else if (found === undefined) {
    faults.add({
      code: "behind",
      // A bundle may be older than the checkpoint; a log may not.
      weight: kind === "bundle" ? "unknown" : "refutes",
      checkpoint: size,
      wanted: `at least ${size} leaves`,
      got: `${leaves}`,
    });
  } else if (found !== root) {
    faults.add({ code: "beside", checkpoint: size, wanted: `the root ${root}`, got: found });
  }
}

function level(
  name: LevelName,
  faults: FaultList,
  otherwise: "ok" | "unchecked",
  summary: string,
  counts: Level["counts"],
): Level {
  const status = faults.count() > 0 ? "failed" : otherwise;
  return { level: name, status, summary, counts, faults: faults.kept, faultCount: faults.count() };
}

function entriesLevel(tally: Tally, matched: number, proved: number, faults: FaultList): Level {
  const { chains, entries, turns, blobs, parts } = tally;
  const otherwise = chains === 0 ? "unchecked" : "ok";
  const summary = chains === 0
    ? "there is no chain"
    : `${count(entries, "entry", "entries")} in ${count(chains, "chain")}: links, order, causes; ` +
      `${count(parts.present, "part")} and ${count(blobs, "blob")}` +
      (proved === 0
        ? ""
        : `; ${count(proved, "fork")} proved without the chain of ${proved === 1 ? "its" : "their"} parent`);
  return level("entries", faults, otherwise, summary, {
    chains,
    entries,
    turns,
    parts: parts.present,
    blobs,
    messagesBetweenChains: matched,
    forksProved: proved,
  });
}

function treesLevel(tally: Tally, { leaves, checkpoints }: NodeTreeSummary, faults: FaultList): Level {
  const { seals, tiles } = tally;
  const summary = leaves === 0
    ? "nothing was sealed"
    : `${count(leaves, "leaf", "leaves")}, ${count(seals, "seal")}, ${count(checkpoints, "checkpoint")}, ` +
      `${count(tiles, "tile")}, all computed anew`;
  return level("trees", faults, leaves === 0 ? "unchecked" : "ok", summary, {
    leaves,
    seals,
    checkpoints,
    tiles,
  });
}

function signaturesLevel(
  { checkpoints, own, signer, vouched }: SignatureSummary,
  trust: Trust,
  faults: FaultList,
): Level {
  const asked = trust.keys.length > 0 || trust.policy !== undefined;
  const summary = checkpoints === 0
    ? "nothing was signed"
    : asked
    ? `signed by ${signer ?? "others"} up to ${count(vouched, "leaf", "leaves")}`
    : `${count(own, "checkpoint")} signed by the node's own keys; no key was given to hold them against`;
  const otherwise = asked && checkpoints > 0 ? "ok" : "unchecked";
  return level("signatures", faults, otherwise, summary, { checkpoints, own, vouched });
}

function continuityLevel({ since }: Trust, faults: FaultList): Level {
  const size = since?.checkpoint.size ?? 0;
  const summary = since === undefined
    ? "no earlier checkpoint was given"
    : `continues the checkpoint of ${count(size, "leaf", "leaves")}`;
  return level("continuity", faults, since === undefined ? "unchecked" : "ok", summary, { since: size });
}

function withoutUnknown({ parts: { unknown: _refuted, ...parts } }: Tally): Coverage["parts"] {
  return parts;
}

function notReplayed({ turns }: Tally): Level {
  return level("replay", createFaultList(), "unchecked", "not run again", { turns: 0, passedOver: turns });
}

function replayLevel({ engine, turns, passedOver, faults }: ReplayOutcome): Level {
  const more = passedOver === 0 ? "" : `, ${count(passedOver, "turn")} could not be run`;
  return level(
    "replay",
    faults,
    turns === 0 ? "unchecked" : "ok",
    `${count(turns, "turn")} run again on ${engine}${more}`,
    {
      turns,
      passedOver,
    },
  );
}

function count(n: number, one: string, many = `${one}s`): string {
  return `${String(n).replace(/\B(?=(?:[0-9]{3})+$)/g, ",")} ${n === 1 ? one : many}`;
}
