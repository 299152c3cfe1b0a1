/**
 * States for the stepper: those around a turn are asked for once and kept, so
 * that a step takes no replay of its own.
 *
 * @module
 */

import type { ReplayTools } from "../../replay/mod.ts";
import type { ActorRow, LogReader } from "../../store/mod.ts";
import { statesAround, type StateWindow, TravelError } from "../../travel/mod.ts";
import type { StateView } from "./render.ts";

/** Turns to each side whose states are kept, and of how many UTF-16 code units together. */
const windowSize = { turns: 200, chars: 32 * 1024 * 1024 };

/** Knows states, or finds out. */
export interface StepStates {
  /** What is known of a turn now; what is not known yet is sought, and `changed` is called when it is there. */
  view(turn: number): StateView;
}

/** @param changed called when more is known */
export function createStepStates(
  reader: LogReader,
  row: () => ActorRow,
  tools: () => Promise<ReplayTools>,
  changed: () => void,
): StepStates {
  let window: StateWindow | undefined;
  /** The turn that is wanted now, and the one that is sought. */
  let wanted = -1;
  let sought: number | undefined;
  const failures = new Map<number, string>();

  function known(turn: number): StateView | undefined {
    const after = window?.states.get(turn);
    if (window === undefined || after === undefined) return undefined;
    const before = turn === window.firstTurn ? window.begins : window.states.get(turn - 1);
    return { view: "known", before, after };
  }

  async function seek(turn: number): Promise<void> {
    sought = turn;
    try {
      window = await statesAround(reader, row(), turn, await tools(), windowSize);
      if (!window.states.has(turn)) {
        failures.set(
          turn,
          window.failure?.message ?? "the turn has not ended, or was cut off nobody knows where",
        );
      }
    } catch (error) {
      failures.set(
        turn,
        error instanceof TravelError || error instanceof Error ? error.message : String(error),
      );
    } finally {
      sought = undefined;
    }
    changed();
    if (wanted !== turn) view(wanted);
  }

  function view(turn: number): StateView {
    wanted = turn;
    const found = known(turn);
    if (found !== undefined) return found;
    const message = failures.get(turn);
    if (message !== undefined) return { view: "failed", message };
    if (sought === undefined) void seek(turn);
    return { view: "loading" };
  }

  return { view };
}
