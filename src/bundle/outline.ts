/**
 * The outline of a chain: its turns and what was accepted, without what was said.
 *
 * @module
 */

import {
  type AcceptEntry,
  type CallEntry,
  type ClosingEntry,
  type Entry,
  type GenesisEntry,
  type KeyframeEntry,
  parseEntry,
  type ReceiveEntry,
} from "../chain/mod.ts";
import type { LogReader } from "../store/mod.ts";
import { type PartPlace, placeOf, placesOf } from "./part_place.ts";

/** One turn of a chain. */
export interface OutlinedTurn {
  readonly address: string;
  readonly opening: KeyframeEntry | ReceiveEntry;
  readonly calls: readonly CallEntry[];
  /** Absent while the turn is open. */
  readonly closing?: ClosingEntry;
}

/** One chain. Entries that are pruned, and turns that they cut into, are left out. */
export interface Outline {
  readonly address: string;
  readonly origin: string;
  /** Undefined of a chain that has no entries. */
  readonly genesis: GenesisEntry | undefined;
  readonly accepts: readonly AcceptEntry[];
  readonly turns: readonly OutlinedTurn[];
  /** Whether the last turn has not ended. */
  readonly open: boolean;
}

/** Reads the outline of a chain. */
export function outlineChain(reader: LogReader, address: string): Outline {
  let genesis: GenesisEntry | undefined;
  const accepts: AcceptEntry[] = [];
  const turns: OutlinedTurn[] = [];
  let opening: KeyframeEntry | ReceiveEntry | undefined;
  let calls: CallEntry[] = [];
  let last = -1;
  for (const { seq, text } of reader.entries(address)) {
    if (seq !== last + 1) opening = undefined;
    last = seq;
    const entry: Entry = parseEntry(text);
    switch (entry.kind) { // No default: a new kind fails to compile here.
      case "genesis":
        genesis = entry;
        break;
      case "erase":
      case "prune":
      case "key":
      case "incarnation":
      case "supervise":
        break;
      case "accept":
        accepts.push(entry);
        break;
      case "keyframe":
      case "receive":
        opening = entry;
        calls = [];
        break;
      case "call":
        calls.push(entry);
        break;
      case "return":
      case "trap":
      case "cut":
        if (opening !== undefined) turns.push({ address, opening, calls, closing: entry });
        opening = undefined;
        break;
    }
  }
  if (opening !== undefined) turns.push({ address, opening, calls });
  const origin = `${reader.node}/${address}`;
  return { address, origin, genesis, accepts, turns, open: opening !== undefined };
}

/** What goes into a turn from outside: all that replay feeds in. */
export function inputsOf({ address, opening, calls }: OutlinedTurn): PartPlace[] {
  return [
    ...placesOf(address, opening).filter(({ role }) => role !== "key"),
    ...calls.flatMap((call) => placesOf(address, call).filter(({ role }) => role === "result")),
  ];
}

/** What a turn makes of it: all that replay gives back. */
export function outputsOf({ address, calls, closing }: OutlinedTurn): PartPlace[] {
  return [
    ...calls.flatMap((call) => placesOf(address, call).filter(({ role }) => role !== "result")),
    ...(closing === undefined || closing.kind === "cut" ? [] : placesOf(address, closing)),
  ];
}

/** The part `state` of the entry that closes a turn, if it has one. */
export function stateAfter({ address, closing }: OutlinedTurn): PartPlace | undefined {
  return closing?.kind === "return" ? placeOf(address, closing, "state") : undefined;
}
