import { type ClosingEntry, type HashHex, type KeyframeEntry, statePosition } from "../chain/mod.ts";
import { entryAt, partSalt, readStored, ReplayError } from "../replay/mod.ts";
import { readTreeHead } from "../merkle/mod.ts";
import { actorNodes } from "../proof/mod.ts";
import type { ActorRow, LogReader } from "../store/mod.ts";
import { type LazyTools, stateAt } from "../travel/mod.ts";
import { ForkError } from "./fork_error.ts";
import { findLeftBehind, type LeftBehind } from "./left_behind.ts";

/** The end of a turn, from which a fork can go on. */
export interface ForkPoint {
  readonly address: string;
  /** Origin of the chain. */
  readonly origin: string;
  /** The entry with which the turn ends. */
  readonly seq: number;
  readonly turn: number;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  /** Chain hash of that entry. */
  readonly entry: HashHex;
  /** Root of the tree over the chain up to that entry. */
  readonly root: HashHex;
  /** The last entry up to there that commits to a state. */
  readonly stateSeq: number;
  /** JSON text. */
  readonly state: string;
  /** Of the part `state` of that entry. */
  readonly salt: Uint8Array;
  /** With which the activation of that turn began: what ran, and what it might do. */
  readonly keyframe: KeyframeEntry;
  readonly left: LeftBehind;
}

/**
 * Finds the last turn that had ended at the entry `at`, and the state after it.
 *
 * @throws {ForkError} `no_turn`, `not_initialised`
 * @throws {TravelError | ReplayError | ChainError} when the state cannot be had, or the chain breaks a rule
 */
export async function findForkPoint(
  reader: LogReader,
  row: ActorRow,
  at: number,
  tools: LazyTools,
): Promise<ForkPoint> {
  const { address, origin } = row;
  const { closing, keyframe } = lastEnd(reader, address, at);
  const { seq, turn } = closing;
  const { summary, left } = findLeftBehind(reader, address, seq);
  if (!summary.initialised || summary.stateSeq === undefined) {
    throw new ForkError({ code: "not_initialised", address, seq });
  }
  const { state, seq: stateSeq } = await stateAt(reader, row, seq, tools);
  const position = statePosition(entryAt(reader, address, stateSeq));
  return {
    address,
    origin,
    seq,
    turn,
    timeMs: closing.time,
    entry: summary.hash,
    root: readTreeHead(actorNodes(reader, address, seq + 1), seq + 1).root as string as HashHex,
    stateSeq,
    state,
    salt: partSalt(reader, address, stateSeq, position),
    keyframe,
    left,
  };
}

/** The last entry up to `at` that closes a turn, and the keyframe of its activation. */
function lastEnd(
  reader: LogReader,
  address: string,
  at: number,
): { readonly closing: ClosingEntry; readonly keyframe: KeyframeEntry } {
  let closing: ClosingEntry | undefined;
  for (const stored of reader.entries(address, { to: at + 1, backwards: true })) {
    const entry = readStored(address, stored);
    if (entry.kind === "return" || entry.kind === "trap" || entry.kind === "cut") closing ??= entry;
    if (entry.kind === "keyframe" && closing !== undefined) return { closing, keyframe: entry };
  }
  if (closing === undefined) throw new ForkError({ code: "no_turn", address, seq: at });
  throw new ReplayError({
    code: "damaged",
    address,
    seq: closing.seq,
    detail: "no activation holds this entry",
  });
}
