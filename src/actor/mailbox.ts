import type { Incoming } from "./message.ts";

/** Messages that wait for their turn, in order of arrival. */
export interface Mailbox {
  /** How many wait of these types. */
  count(...types: readonly Incoming["type"][]): number;
  /** How many wait. */
  size(): number;
  push(message: Incoming): void;
  /** Puts messages back that were taken but never reached a turn, in front, in order. */
  putBack(messages: readonly Incoming[]): void;
  /** Takes out what passes, in order. */
  remove(passes: (message: Incoming) => boolean): Incoming[];
  /** Takes up to `count` messages, and no more than `charsMax` characters of bodies beyond the first. */
  take(count: number, charsMax: number): Incoming[];
}

/** An empty mailbox. It bounds nothing: who may push is decided before. */
export function createMailbox(): Mailbox {
  let waiting: Incoming[] = [];
  let first = 0; // Index of the oldest one: shifting an array of thousands is slow.
  const counts = new Map<Incoming["type"], number>();

  function compact() {
    if (first > 1024 && first * 2 > waiting.length) {
      waiting = waiting.slice(first);
      first = 0;
    }
  }

  function add(type: Incoming["type"], change: 1 | -1) {
    counts.set(type, (counts.get(type) ?? 0) + change);
  }

  function count(...types: readonly Incoming["type"][]): number {
    return types.reduce((sum, type) => sum + (counts.get(type) ?? 0), 0);
  }

  return {
    count,
    size: () => waiting.length - first,
    push(message) {
      waiting.push(message);
      add(message.type, 1);
    },
    putBack(messages) {
      waiting = [...messages, ...waiting.slice(first)];
      first = 0;
      for (const { type } of messages) add(type, 1);
    },
    remove(passes) {
      const removed: Incoming[] = [];
      waiting = waiting.slice(first).filter((message) => {
        if (!passes(message)) return true;
        removed.push(message);
        return false;
      });
      first = 0;
      for (const { type } of removed) add(type, -1);
      return removed;
    },
    take(count, charsMax) {
      const taken: Incoming[] = [];
      let chars = 0;
      while (taken.length < count) {
        const message = waiting[first];
        if (message === undefined) break;
        chars += message.body.length;
        if (taken.length > 0 && chars > charsMax) break;
        taken.push(message);
        add(message.type, -1);
        first += 1;
      }
      compact();
      return taken;
    },
  };
}
