/**
 * A chain seen from above: its activations, and with which states they begin.
 *
 * @module
 */

import type { KeyframeEntry } from "../chain/mod.ts";
import { decodeUtf8 } from "../codec/mod.ts";
import type { ActorRow, LogReader } from "../store/mod.ts";
import { readStored } from "./recorded_turn.ts";

/** One activation of a chain. */
export interface ActivationOutline {
  readonly address: string;
  readonly keyframe: KeyframeEntry;
  /** Its entries are those of `[keyframe.seq, to)`. */
  readonly to: number;
  /** How many turns it has, that which instantiates included. */
  readonly turns: number;
  /** The keyframe of the activation after it. */
  readonly next: KeyframeEntry | undefined;
  /** Whether the log keeps the state with which it begins, so that it needs none before it. */
  readonly stateKept: boolean;
}

/** Reads where the activations of a chain begin, in order. @throws {ReplayError} `damaged` */
export function outlineChain(reader: LogReader, { address, size, turns }: ActorRow): ActivationOutline[] {
  const keyframes: KeyframeEntry[] = [];
  for (const stored of reader.entries(address, { to: size })) {
    // Most entries are none: do not parse them.
    if (!stored.text.includes('"kind":"keyframe"')) continue;
    const entry = readStored(address, stored);
    if (entry.kind === "keyframe") keyframes.push(entry);
  }
  return keyframes.map((keyframe, k) => {
    const next = keyframes[k + 1];
    return {
      address,
      keyframe,
      to: next?.seq ?? size,
      turns: (next?.turn ?? turns) - keyframe.turn,
      next,
      stateKept: reader.parts(address, keyframe.seq)[0]?.bytes !== undefined,
    };
  });
}

/** The state with which an activation begins, where the log keeps it. */
export function stateKept(reader: LogReader, { address, keyframe }: ActivationOutline): string | undefined {
  const bytes = reader.parts(address, keyframe.seq)[0]?.bytes;
  return bytes && decodeUtf8(bytes);
}

/**
 * Activations that must be run one after the other, as only the end of one gives
 * the state of the next; runs do not depend on each other.
 */
export function splitIntoRuns(activations: readonly ActivationOutline[]): ActivationOutline[][] {
  const runs: ActivationOutline[][] = [];
  for (const activation of activations) {
    const last = runs.at(-1);
    if (last === undefined || activation.stateKept) runs.push([activation]);
    else last.push(activation);
  }
  return runs;
}
