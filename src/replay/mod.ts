/**
 * Running again what is recorded.
 *
 * Turns are read from a log, run in a worker that holds no host function, and
 * compared with the record to the byte: whole chains, several activations at a
 * time, or what is needed to know a state. Recovery rests on it: the state row of
 * an actor may be older than its last turn, and replay gives back the rest.
 *
 * Trusts nothing that is read: entries are parsed strictly, links and
 * commitments recomputed. Layer 5.
 *
 * @example
 * ```ts
 * const { state, replayed } = await currentState(reader, "ledger", ports);
 * ```
 * @module
 */

export { type CurrentState, currentState, type ReplayPorts } from "./current_state.ts";
export {
  callRecord,
  type CheckedEntry,
  entryAt,
  headOf,
  partSalt,
  partText,
  readEntries,
  readStored,
  readTurns,
  type RecordedTurn,
} from "./recorded_turn.ts";
export { type CodeDifference, type DiffersIn, differsIn, type FieldDifference } from "./code_difference.ts";
export type { DivergenceReport } from "./divergence_report.ts";
export { type ActivationOutline, stateKept } from "./chain_outline.ts";
export {
  type ActivationReplay,
  type FreshReplay,
  replayActivation,
  type ReplayTools,
} from "./replay_activation.ts";
export { type ChainReplay, replayChains, type ReplayOptions } from "./replay_chains.ts";
export { type DivergedIn, ReplayError, type ReplayFault, type TurnDifference } from "./replay_error.ts";
export type { Override } from "./override.ts";
export { OverrideError, type OverrideFault } from "./override_error.ts";
export type { PassedOver, PassedOverCode, ReplayAbility } from "./replayable.ts";
export {
  type ReplayJob,
  type ReplayResult,
  replayTurns,
  type StartReplaying,
  type WatchedTurn,
} from "./replay_turns.ts";
export { type UsedOverride, type WhatIf, whatIf, type WhatIfRequest, type WhatIfTools } from "./what_if.ts";
export type { WhatIfCall, WhatIfEnd, WhatIfTurn } from "./what_if_turn.ts";
export {
  type AgainstOptions,
  type AgainstReplay,
  type AgainstTools,
  type DifferingTurn,
  type NotCompared,
  replayAgainst,
} from "./replay_against.ts";
