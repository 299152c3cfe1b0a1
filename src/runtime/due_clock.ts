import type { Machine } from "./machine.ts";

/** Longest wait that the runtimes' own timers take, in milliseconds (2^31 - 1). */
const waitMsMax = 2_147_483_647;

/** Something of an actor that is due at a time. */
export interface Due {
  readonly address: string;
  /** Milliseconds since 1970. */
  readonly dueMs: number;
}

/** Tells of what is due, each once. */
export interface DueClock<T extends Due> {
  set(item: T): void;
  /** Takes one back; one that is unknown or was told of is ignored. */
  cancel(address: string, name: string): void;
  /** Tells no more, and takes no more. */
  stop(): void;
}

/**
 * @param machine gives the time
 * @param nameOf what an item is called, unique within its actor
 * @param tell called with each item when it is due, in order of due time
 */
export function createDueClock<T extends Due>(
  machine: Pick<Machine, "nowMs" | "after">,
  nameOf: (item: T) => string,
  tell: (item: T) => void,
): DueClock<T> {
  const waiting = new Map<string, T>();
  let takeBack = () => {};
  let wakesMs = Infinity;
  let stopped = false;

  /** Sets the one timer of the runtime; later than need be never, sooner perhaps, as then nothing is due. */
  function schedule(dueMs: number) {
    if (dueMs >= wakesMs) return;
    takeBack();
    wakesMs = dueMs;
    takeBack = machine.after(Math.min(Math.max(dueMs - machine.nowMs(), 0), waitMsMax), tellDue);
  }

  function tellDue() {
    wakesMs = Infinity;
    const now = machine.nowMs();
    const due: T[] = [];
    let earliest = Infinity;
    for (const item of waiting.values()) {
      if (item.dueMs <= now) due.push(item);
      else earliest = Math.min(earliest, item.dueMs);
    }
    due.sort((a, b) => a.dueMs - b.dueMs);
    for (const item of due) waiting.delete(key(item.address, nameOf(item)));
    if (earliest < Infinity) schedule(earliest);
    for (const item of due) tell(item);
  }

  return {
    set(item) {
      if (stopped) return; // It is in the log, for the next start.
      waiting.set(key(item.address, nameOf(item)), item);
      schedule(item.dueMs);
    },
    cancel(address, name) {
      // The runtime's timer is left: it costs less to wake for nothing than to look for the next one due.
      waiting.delete(key(address, name));
    },
    stop() {
      stopped = true;
      waiting.clear();
      takeBack();
      wakesMs = Infinity;
    },
  };
}

function key(address: string, name: string): string {
  return `${address}#${name}`;
}
