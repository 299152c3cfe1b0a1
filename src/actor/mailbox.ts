import type { Incoming } from "./message.ts";

/** Messages that wait for their turn, in order of arrival. */
export interface Mailbox {
  /** How many wait. */
  size(): number;
  push(message: Incoming): void;
  /** Puts messages back that were taken but never reached a turn, in front, in order. */
  putBack(messages: readonly Incoming[]): void;
  /** Takes up to `count` messages, and no more than `charsMax` characters of bodies beyond the first. */
  take(count: number, charsMax: number): Incoming[];
}

/** An empty mailbox. It bounds nothing: who may push is decided before. */
export function createMailbox(): Mailbox {
  let waiting: Incoming[] = [];
  let first = 0; // Index of the oldest one: shifting an array of thousands is slow.

  function compact() {
    if (first > 1024 && first * 2 > waiting.length) {
      waiting = waiting.slice(first);
      first = 0;
    }
  }

  return {
    size: () => waiting.length - first,
    push: (message) => void waiting.push(message),
    putBack(messages) {
      waiting = [...messages, ...waiting.slice(first)];
      first = 0;
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
        first += 1;
      }
      compact();
      return taken;
    },
  };
}
