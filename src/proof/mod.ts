/**
 * Proofs: that one entry, or a few, stand in the chain of an actor, and that the
 * node has signed it, without the rest.
 *
 * A proof carries two standard `c2sp.org/tlog-proof@v1` texts an entry: the entry
 * in the tree of its actor, the head of that tree in the tree of the node. It
 * discloses the parts that were chosen, and none of the others. How it is written
 * is in `docs/format/proof.md`.
 *
 * Making one trusts the log no further than its own tree; judging one trusts
 * nothing but the keys that are handed in, and is pure. Only `proof_files.ts`
 * reads or writes files. Layer 3.
 *
 * @example
 * ```ts
 * const proof = makeProof(log, { address: "ledger", from: 14, to: 15, signer });
 * saveProof("posting.proof.json", proof);
 * const { headline } = verifyProof(loadProof("posting.proof.json"), { keys: [nodeKey] });
 * ```
 * @module
 */

export { headBody } from "./head_body.ts";
export { judgeLineage } from "./judge_lineage.ts";
export { actorNodes, nodeNodes } from "./log_tree.ts";
export { type LineageRequest, makeLineage } from "./make_lineage.ts";
export { type ActorSigner, makeProof, type ProofRequest, sealedSize } from "./make_proof.ts";
export { type EntryProof, type Proof, proofBytesMax, proofEntriesMax, type ShownPart } from "./proof.ts";
export { ProofError, type ProofFault } from "./proof_error.ts";
export { loadProof, looksLikeProof, saveProof } from "./proof_files.ts";
export { type ProofFile, type ProofFolder, readProofFiles, writeProofFiles } from "./proof_folder.ts";
export { proofFormat, readProofJson, writeProofJson } from "./proof_json.ts";
export type { ProofFinding, ProofVerdict, ProofVerdictCode, ProvenEntry } from "./verdict.ts";
export { type ProofTrust, verifyProof } from "./verify_proof.ts";
