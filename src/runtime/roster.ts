import type { Places } from "../actor/mod.ts";
import { createDueClock } from "./due_clock.ts";
import type { Machine } from "./machine.ts";

/** How long an actor that always has something to do keeps its place when others wait, in milliseconds. */
const tenureMs = 250;

/** The actors of a house that have a worker, and those that wait for one. */
export interface Roster extends Places {
  /** Nobody is started or put to sleep any more: the house stops. */
  stop(): void;
}

/**
 * Keeps the number of workers within `activeMax`: when another actor needs one,
 * the one that has been idle longest sleeps; if none is idle, whoever came first
 * is next, and one that is never idle makes room after a while.
 */
export function createRoster(machine: Pick<Machine, "nowMs" | "after">, activeMax: number): Roster {
  const { nowMs } = machine;
  /** Since when each has its place, in milliseconds since 1970. */
  const active = new Map<string, number>();
  /** How each is put to sleep, the one that is idle longest first. */
  const idle = new Map<string, () => void>();
  /** How each is started, the one that waits longest first. */
  const waiting = new Map<string, () => void>();
  const due = createDueClock(machine, () => "idle", ({ address }) => idle.get(address)?.());
  let stopped = false;

  function enter(address: string, start: () => void) {
    active.set(address, nowMs());
    start();
  }

  function busy(address: string) {
    if (idle.delete(address)) due.cancel(address, "idle");
  }

  return {
    take(address, start) {
      if (stopped) return;
      if (active.size >= activeMax) {
        const [sleep] = idle.values();
        sleep?.(); // Which leaves its place.
      }
      if (active.size < activeMax) enter(address, start);
      else waiting.set(address, start);
    },
    idle(address, idleMs, sleep) {
      if (stopped) return;
      if (waiting.size > 0) return sleep();
      idle.set(address, sleep);
      due.set({ address, dueMs: nowMs() + idleMs });
    },
    busy,
    leave(address) {
      busy(address);
      waiting.delete(address);
      if (!active.delete(address) || stopped) return;
      const [next] = waiting;
      if (next === undefined) return;
      const [other, start] = next;
      waiting.delete(other);
      enter(other, start);
    },
    overstays: (address) => waiting.size > 0 && nowMs() - (active.get(address) ?? Infinity) >= tenureMs,
    stop() {
      stopped = true;
      waiting.clear();
      due.stop();
    },
  };
}
