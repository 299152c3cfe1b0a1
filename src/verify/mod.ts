/**
 * The judge: what a log, a bundle or a proof shows, and what it does not.
 *
 * Reads evidence through a port of its own and trusts nothing in it: every hash
 * is computed anew, every rule of `docs/format/` is applied, what is missing
 * without a committed reason refutes. What is believed beforehand (a key, a
 * policy, a checkpoint saved earlier) comes from whoever asks. Shares no code
 * with what writes logs, save chain, codec, merkle and note. Pure: no I/O, clock
 * or randomness. Layer 2.
 *
 * @example
 * ```ts
 * import { verify } from "./src/verify/mod.ts";
 *
 * const { verdict } = verify(evidence);
 * console.log(verdict.headline); // internally consistent, signer unverified
 * ```
 * @module
 */

export {
  type Evidence,
  type EvidenceChain,
  type EvidenceEntry,
  EvidenceError,
  type EvidenceFault,
  type EvidenceLeaf,
  type EvidencePart,
  type EvidencePartStatus,
  type EvidenceSeal,
  nodeTreeName,
} from "./evidence.ts";
export {
  createFaultList,
  describeFault,
  type FaultList,
  type FaultWeight,
  type LineageCode,
  type VerifyCode,
  type VerifyFault,
} from "./fault.ts";
export type { JudgeLineage, LineageFault, LineageJudgement, LineageTrust } from "./carried_lineage.ts";
export type { Fork } from "./lineage.ts";
export { noTrust, type Trust } from "./trust.ts";
export { type Coverage, type Level, type LevelName, levelNames, type Verdict } from "./verdict.ts";
export { type Judgement, type Progress, type ReplayOutcome, verify } from "./verify.ts";
