/**
 * Time travel: the state of an actor at any moment of its chain, and what
 * changed it.
 *
 * A state is read where the log keeps it, else its turns are run again from the
 * keyframe before it on, no further than it takes; nothing is written, and no
 * host function can be reached. What comes out matches what the chain commits
 * to. Trusts nothing that is read. Layer 5.
 *
 * @example
 * ```ts
 * const seq = locate(reader, row, { point: "turn", turn: 12 });
 * const { state } = await stateAt(reader, row, seq, tools);
 * ```
 * @module
 */

export { type Blame, blameField, type BlameOptions, type FieldChange } from "./blame.ts";
export { locate, openingOf, type Point } from "./point.ts";
export { type LazyTools, type StateAt, stateAt, type StateEntry, stateEntryAt } from "./state_at.ts";
export { statesAround, type StateWindow, type WindowSize } from "./state_window.ts";
export { TravelError, type TravelFault } from "./travel_error.ts";
