/**
 * The state of an actor at any entry of its chain.
 *
 * @module
 */

import {
  commitPart,
  type GenesisEntry,
  type KeyframeEntry,
  type ReturnEntry,
  statePosition,
} from "../chain/mod.ts";
import { decodeUtf8, encodeUtf8 } from "../codec/mod.ts";
import {
  type ActivationOutline,
  readStored,
  ReplayError,
  type ReplayTools,
  stateKept,
} from "../replay/mod.ts";
import type { ActorRow, LogReader } from "../store/mod.ts";
import { runsBefore } from "./activations.ts";
import { replayRun } from "./replay_run.ts";
import { TravelError } from "./travel_error.ts";

/** An entry that commits to the state after it; of a fork, the first one too. */
export type StateEntry = GenesisEntry | KeyframeEntry | ReturnEntry;

/** A state, and where it comes from. */
export interface StateAt {
  /** JSON text; `null` text where the actor had not been initialised. */
  readonly state: string;
  /** The entry that commits to it. */
  readonly seq: number;
  /** Absent at the beginning of a fork. */
  readonly turn?: number;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  /** How many turns were run again to know it. */
  readonly replayed: number;
}

/** What runs turns again; loaded only when it takes that. */
export type LazyTools = () => Promise<ReplayTools>;

/**
 * The state after the entry at `seq`; it always matches the commitment of the
 * last entry up to there that has one.
 *
 * Where its bytes are at hand nothing is run. Else the turns of its activation
 * are, from the keyframe on and no further than it takes, in a worker that can reach nothing.
 *
 * @throws {TravelError}
 * @throws {ReplayError} `damaged`
 */
export async function stateAt(
  reader: LogReader,
  row: ActorRow,
  seq: number,
  tools: LazyTools,
): Promise<StateAt> {
  const { address } = row;
  const entry = stateEntryAt(reader, address, seq);
  const found = (state: string, replayed: number): StateAt => ({
    state,
    seq: entry.seq,
    ...(entry.kind !== "genesis" && { turn: entry.turn }),
    timeMs: entry.time,
    replayed,
  });
  const position = statePosition(entry);
  const part = reader.parts(address, entry.seq)[position];
  if (part?.salt === undefined) {
    throw new TravelError({
      code: "state_absent",
      address,
      seq: entry.seq,
      status: part?.status ?? "missing",
    });
  }
  const { salt } = part;
  const isIt = (bytes: Uint8Array) => commitPart(bytes, salt) === entry.parts[position];
  const damaged = (detail: string) => new ReplayError({ code: "damaged", address, seq: entry.seq, detail });
  if (part.bytes !== undefined) {
    if (isIt(part.bytes)) return found(decodeUtf8(part.bytes), 0);
    throw damaged("the state is not what the entry commits to");
  }
  const kept = reader.state(address);
  if (kept !== undefined && isIt(kept.bytes)) return found(decodeUtf8(kept.bytes), 0);
  if (kept?.seq === entry.seq) throw damaged("the state row does not match the commitment of its entry");

  const [run = []] = runsBefore(reader, row, entry.seq + 1);
  const last = run.at(-1);
  const began = last && stateKept(reader, last);
  if (began !== undefined && isIt(encodeUtf8(began))) return found(began, 0);
  const { end, replayed } = await replayRun(reader, upTo(run, entry), await tools());
  if ("failure" in end) throw end.failure;
  if (isIt(encodeUtf8(end.state))) return found(end.state, replayed);
  throw damaged("the state that replay gives does not match its commitment");
}

/**
 * The last entry up to `seq` that commits to a state.
 *
 * @throws {TravelError} `no_state`, `pruned`
 */
export function stateEntryAt(reader: LogReader, address: string, seq: number): StateEntry {
  let expected = seq;
  for (const stored of reader.entries(address, { to: seq + 1, backwards: true })) {
    if (stored.seq !== expected) break;
    const entry = readStored(address, stored);
    if (entry.kind === "incarnation") throw new TravelError({ code: "no_state", address, seq });
    if (entry.kind === "genesis" && entry.fork_origin !== undefined) return entry;
    if (entry.kind === "keyframe" || (entry.kind === "return" && entry.outcome === "ok")) return entry;
    expected -= 1;
  }
  // What is missing may have made another state than the one before it.
  if (expected < 0) throw new TravelError({ code: "no_state", address, seq });
  throw new TravelError({ code: "pruned", address, seq: expected });
}

/** A run of activations as if the chain ended with `entry`. */
function upTo(run: readonly ActivationOutline[], entry: StateEntry): readonly ActivationOutline[] {
  return run.flatMap((activation) => {
    // A keyframe itself: all that it takes is the end of the activation before.
    if (activation.keyframe.seq === entry.seq) return [];
    if (activation.to <= entry.seq || entry.kind === "genesis") return [activation];
    return [{ ...activation, turns: entry.turn - activation.keyframe.turn + 1 }];
  });
}
