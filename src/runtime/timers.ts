import type { TimerRow } from "../store/mod.ts";

/** Longest wait that the runtimes' own timers take, in milliseconds (2^31 - 1). */
const waitMsMax = 2_147_483_647;

/** Fires timers at their time, each once. */
export interface TimerClock {
  set(timer: TimerRow): void;
  /** Takes one back; one that is unknown or has fired is ignored. */
  cancel(address: string, timer: string): void;
  /** Fires no more. */
  stop(): void;
}

/** @param fire called with each timer when it is due, in order of due time */
export function createTimerClock(nowMs: () => number, fire: (timer: TimerRow) => void): TimerClock {
  const waiting = new Map<string, TimerRow>();
  let handle: ReturnType<typeof setTimeout> | undefined;

  function schedule() {
    clearTimeout(handle);
    handle = undefined;
    let earliest = Infinity;
    for (const { dueMs } of waiting.values()) earliest = Math.min(earliest, dueMs);
    if (earliest === Infinity) return;
    handle = setTimeout(fireDue, Math.min(Math.max(earliest - nowMs(), 0), waitMsMax));
  }

  function fireDue() {
    const now = nowMs();
    const due = [...waiting.values()].filter(({ dueMs }) => dueMs <= now).sort((a, b) => a.dueMs - b.dueMs);
    for (const timer of due) waiting.delete(key(timer.address, timer.timer));
    for (const timer of due) fire(timer);
    schedule();
  }

  return {
    set(timer) {
      waiting.set(key(timer.address, timer.timer), timer);
      schedule();
    },
    cancel(address, timer) {
      if (waiting.delete(key(address, timer))) schedule();
    },
    stop() {
      waiting.clear();
      schedule();
    },
  };
}

function key(address: string, timer: string): string {
  return `${address}#${timer}`;
}
