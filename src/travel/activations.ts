/**
 * The activations of a chain, found from the end backwards: to know a late
 * moment nobody reads the whole of a long chain.
 *
 * @module
 */

import type { KeyframeEntry } from "../chain/mod.ts";
import { type ActivationOutline, readStored } from "../replay/mod.ts";
import type { ActorRow, LogReader } from "../store/mod.ts";

/**
 * The activations before the entry `to`, from the last to the first, as if the
 * chain had ended there: one in which no turn has ended by then is left out.
 */
export function* activationsBefore(
  reader: LogReader,
  { address, size }: ActorRow,
  to: number = size,
): Generator<ActivationOutline> {
  let end = to;
  let next: KeyframeEntry | undefined;
  /** The last turn that has ended. */
  let ended: number | undefined;
  for (const stored of reader.entries(address, { to, backwards: true })) {
    // Most entries are none: do not parse them.
    if (ended !== undefined && !stored.text.includes('"kind":"keyframe"')) continue;
    const entry = readStored(address, stored);
    if (entry.kind === "return" || entry.kind === "trap" || entry.kind === "cut") ended ??= entry.turn;
    if (entry.kind !== "keyframe") continue;
    if (ended === undefined && isPruned(reader, address, entry.seq, end)) {
      ended = Math.max(entry.turn, (next?.turn ?? 0) - 1);
    }
    if (ended !== undefined) {
      yield {
        address,
        keyframe: entry,
        to: end,
        turns: ended - entry.turn + 1,
        next,
        stateKept: reader.parts(address, entry.seq)[0]?.bytes !== undefined,
      };
    }
    end = entry.seq;
    next = entry;
    ended = undefined;
  }
}

function isPruned(reader: LogReader, address: string, from: number, to: number): boolean {
  for (const _ of reader.pruned(address, { from, to })) return true;
  return false;
}

/**
 * The same in runs, from the last to the first: the first activation of a run has a state that is
 * kept, or is the first of all; the others, in order, go on from the end of the one before.
 */
export function* runsBefore(reader: LogReader, row: ActorRow, to?: number): Generator<ActivationOutline[]> {
  let run: ActivationOutline[] = [];
  for (const activation of activationsBefore(reader, row, to)) {
    run.unshift(activation);
    if (!activation.stateKept) continue;
    yield run;
    run = [];
  }
  if (run.length > 0) yield run;
}
