/**
 * What whoever asks believes already: keys, a policy, a checkpoint saved earlier.
 * Nothing in the evidence can add to it, save that a key may hand over to another.
 * Layer 2.
 * @module
 */

import { type Checkpoint, type Note, type Policy, type VerifierKey } from "../note/mod.ts";

/** All that is believed; nothing of it is needed for the levels that ask for consistency only. */
export interface Trust {
  /** Keys of the node. */
  readonly keys: readonly VerifierKey[];
  readonly policy?: Policy;
  /** A checkpoint that was saved elsewhere, earlier. */
  readonly since?: { readonly checkpoint: Checkpoint; readonly note: Note };
}

/** Nothing is believed. */
export const noTrust: Trust = { keys: [] };
