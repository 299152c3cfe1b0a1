/**
 * Chains: entries to the bit, the append rule, and the rules by which entries
 * follow each other.
 *
 * An entry is a line of canonical JSON that commits to what was said and names
 * the hash of the entry before. Readers here are strict and trust nothing;
 * writers cannot write what readers refuse. Pure: no I/O, clock or randomness
 * (salts are handed in). Specified in `docs/format/`. Layer 1.
 *
 * @example
 * ```ts
 * import { appendEntry, createChainChecker } from "./mod.ts";
 *
 * const salt = crypto.getRandomValues(new Uint8Array(16));
 * const origin = "home~00112233445566778899aabbccddeeff/counter";
 * const genesis = appendEntry(undefined, { kind: "genesis", time: Date.now(), origin }, [
 *   { text: '{"theater":"0.1.0"}', salt },
 * ]);
 * const checker = createChainChecker();
 * checker.next(genesis.text);
 * checker.summary().hash === genesis.hash; // true
 * ```
 * @module
 */

export { type Appended, appendEntry, type ChainHead } from "./append.ts";
export {
  type OpenCause,
  replyFunction,
  requestFunction,
  sendFunction,
  setTimerFunction,
  spawnFunction,
} from "./cause_ledger.ts";
export {
  ChainError,
  type ChainFault,
  type EntryFault,
  type LinkCode,
  type LinkFault,
} from "./chain_error.ts";
export { type ChainChecker, type ChainSummary, createChainChecker } from "./check.ts";
export {
  type AcceptedType,
  type AcceptEntry,
  type CallEntry,
  type CallOutcome,
  type ClosingEntry,
  type CutEntry,
  type CutReason,
  type Draft,
  type Entry,
  entryBytesMax,
  type EntryKind,
  entryVersion,
  type EraseEntry,
  type GenesisEntry,
  type HashHex,
  type IncarnationEntry,
  type KeyEntry,
  type KeyframeEntry,
  type KeyframeReason,
  type MessageType,
  type PartRole,
  type PruneEntry,
  type ReceiveEntry,
  type ReplyOutcome,
  type ReturnEntry,
  type SuperviseEntry,
  type SupervisorDecision,
  type SupervisorRule,
  type SupervisorStrategy,
  type TrapCode,
  type TrapEntry,
} from "./entry.ts";
export { chainHash, isHashHex, zeroHash } from "./hash.ts";
export {
  callsPerTurn,
  type Message,
  messageText,
  type News,
  newsBody,
  requestId,
  turnOfId,
  undeliverableBody,
  type UndeliverableReason,
} from "./message.ts";
export { parseEntry } from "./parse.ts";
export {
  commitDigest,
  commitInput,
  commitPart,
  isPartRole,
  type PartInput,
  partRoleNames,
  partRoles,
  saltBytes,
  statePosition,
} from "./part.ts";
export { serializeEntry } from "./serialize.ts";
