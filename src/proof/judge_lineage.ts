/**
 * The judge of where a forked chain comes from, by the proof that it carries:
 * the entries of its parent from the one that commits to the state up to the one
 * after which the fork went its own way. Pure.
 *
 * @module
 */

import { chainHash, type Entry, parseEntry, statePosition } from "../chain/mod.ts";
import { prefixRoot } from "../merkle/mod.ts";
import { checkpointOf, parseCheckpoint, parseNote, parseProofFile } from "../note/mod.ts";
import type { Fork, JudgeLineage, LineageFault, LineageJudgement } from "../verify/mod.ts";
import type { EntryProof, Proof } from "./proof.ts";
import { ProofError } from "./proof_error.ts";
import { readProofJson } from "./proof_json.ts";
import { verifyProof } from "./verify_proof.ts";

/**
 * Judges a proof in JSON ({@linkcode readProofJson}) that shows no parts.
 *
 * The root that the fork names needs no proof of its own: the path of its last
 * entry has, on the left, all subtrees that the tree of that size is made of.
 */
export const judgeLineage: JudgeLineage = (fork, text, trust): LineageJudgement => {
  const faults: LineageFault[] = [];
  const wrong = (wanted: string, got: string) => void faults.push({ code: "lineage_proof", wanted, got });
  const differs = (wanted: string, got: string) => {
    if (wanted !== got) faults.push({ code: "lineage_differs", wanted, got });
  };
  let proof: Proof;
  try {
    proof = readProofJson(text);
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    wrong("a proof", error.message);
    return { faults, head: undefined };
  }
  const verdict = verifyProof(proof, trust);
  for (const { code, weight, message } of verdict.findings) {
    if (weight === "policy") {
      faults.push({ code: "lineage_untrusted", weight, wanted: "a key that was given", got: message });
    } else wrong("a proof that is right", `${code}: ${message}`);
  }
  if (faults.some(({ code }) => code === "lineage_proof")) return { faults, head: undefined };

  const entries = proof.entries.map(({ entry }) => parseEntry(entry));
  const [first] = entries;
  const last = entries.at(-1);
  const lastProof = proof.entries.at(-1);
  if (first === undefined || last === undefined || lastProof === undefined) {
    return { faults, head: undefined };
  }
  if (proof.entries.some(({ parts }) => parts.length > 0)) wrong("no parts", "some that are shown");
  if (proof.entries.some(({ headProof }) => headProof !== lastProof.headProof)) {
    wrong("one head proof for all entries", "several");
  }
  entries.forEach(({ seq }, k) => {
    if (seq !== first.seq + k) wrong(`entry ${first.seq + k}`, `entry ${seq}`);
  });
  entries.forEach((entry, k) => {
    const state = stateOf(entry);
    if (k > 0 && state !== undefined) {
      wrong("no other state after the first entry", `that of entry ${entry.seq}`);
    }
  });
  if (last.kind !== "return" && last.kind !== "trap" && last.kind !== "cut") {
    wrong("the end of a turn as the last entry", last.kind);
  }
  differs(fork.parent, verdict.origin ?? "none");
  differs(`entry ${fork.seq}`, `entry ${last.seq}`);
  differs(fork.entry, chainHash(lastProof.entry));
  differs(`the state ${fork.state}`, `the state ${stateOf(first) ?? "of none"}`);
  differs(`the root ${fork.root}`, `the root ${rootUpTo(last, lastProof)}`);
  const head = checkpointOf(parseProofFile(lastProof.headProof));
  return { faults, head: { origin: head.origin, size: head.size, root: head.root } };
};

/** The commitment of the state after an entry. */
function stateOf(entry: Entry): Fork["state"] | undefined {
  return entry.parts[statePosition(entry)];
}

/** The root of the parent's tree up to its last entry here. */
function rootUpTo({ seq: index }: Entry, { entry, entryProof }: EntryProof): string {
  const { path, signedCheckpoint } = parseProofFile(entryProof);
  return prefixRoot(chainHash(entry), { index, path }, parseCheckpoint(parseNote(signedCheckpoint).text));
}
