/**
 * The state machine over the entries of one chain: `docs/format/chain.md`, "How
 * entries follow each other". Every step makes a new machine, so that a refusal
 * leaves no trace.
 *
 * Layer 1.
 * @module
 */

import { ChainError, type LinkCode } from "./chain_error.ts";
import type { Entry, HashHex, MessageType } from "./entry.ts";
import { zeroHash } from "./hash.ts";

/** The turn that is open. */
export interface OpenTurn {
  readonly turn: number;
  readonly opened: "instantiate" | MessageType;
  readonly calls: number;
  /** Set once a call was not answered: the turn can only trap, or be cut. */
  readonly unanswered: "denied" | "failed" | undefined;
}

/** Where the machine stands. */
export interface Machine {
  readonly size: number;
  readonly hash: HashHex;
  readonly origin: string | undefined;
  readonly activations: number;
  readonly turns: number;
  readonly incarnations: number;
  readonly turn: OpenTurn | undefined;
  readonly alive: boolean;
  readonly initialised: boolean;
  readonly stateSeq: number | undefined;
  /** Why the next keyframe begins an activation, where the chain says so: the first one, and one behind an incarnation. */
  readonly reason: "start" | "fork" | undefined;
  /** Whether the instance was made for another component, and has had no message yet. */
  readonly upgraded: boolean;
  /** Set behind pruned entries, up to the next keyframe. */
  readonly inGap: boolean;
  /** Set once entries are pruned, until a receive tells whether an init had ended well. */
  readonly initUnknown: boolean;
  /** What the last key signs from; undefined before the first. */
  readonly since: number | undefined;
  /** Entries before this one may be pruned. */
  readonly prunedBefore: number;
}

/** Before the first entry. */
export const start: Machine = {
  size: 0,
  hash: zeroHash,
  origin: undefined,
  activations: 0,
  turns: 0,
  incarnations: 0,
  turn: undefined,
  alive: false,
  initialised: false,
  stateSeq: undefined,
  reason: "start",
  upgraded: false,
  inGap: false,
  initUnknown: false,
  since: undefined,
  prunedBefore: 0,
};

/** Behind an entry of which only the hash is known. */
export function passOver(m: Machine, hash: HashHex): Machine {
  return {
    ...m,
    size: m.size + 1,
    hash,
    turn: undefined,
    alive: false,
    inGap: true,
    initUnknown: true,
    stateSeq: undefined,
  };
}

/** @throws {ChainError} `turn_open` */
export function refuseOpenTurn(m: Machine, entry: Entry): void {
  if (m.turn !== undefined) throw linkFault("turn_open", `the end of turn ${m.turn.turn}`, entry.kind);
}

/** An entry that cannot stand where it stands. */
export function linkFault(code: LinkCode, wanted: string, got: string): ChainError {
  return new ChainError({ code, wanted, got });
}
