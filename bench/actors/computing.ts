/**
 * A script actor that computes: what a turn of it costs is QuickJS at work.
 * @module
 */
import type { Request } from "theater";

interface Point {
  readonly x: number;
  readonly y: number;
}

class Vector implements Point {
  constructor(readonly x: number, readonly y: number) {}
  plus(other: Point): Vector {
    return new Vector(this.x + other.x, this.y + other.y);
  }
}

/** What it can be asked for; each takes some milliseconds and returns a number that tells whether it was right. */
const tasks: Readonly<Record<string, () => number>> = {
  objects() {
    let at = new Vector(0, 0);
    const step = new Vector(1, 2);
    for (let k = 0; k < 8000; k++) at = at.plus(step);
    return at.x + at.y;
  },
  json() {
    const items = Array.from(
      { length: 120 },
      (_, k) => ({ id: k, name: `item "${k}"`, tags: ["a", "b", null] }),
    );
    let size = 0;
    for (let k = 0; k < 6; k++) size += JSON.stringify(JSON.parse(JSON.stringify(items))).length;
    return size;
  },
  regex() {
    const text = "2026-11-24 actor shop/till posted 42.17 EUR; ".repeat(40);
    let found = 0;
    for (const match of text.matchAll(/(\d{4})-(\d\d)-(\d\d)|(\w+)\/(\w+)|\d+\.\d{2} [A-Z]{3}/g)) {
      found += match[0].length;
    }
    return found;
  },
  sort() {
    const items: number[] = [];
    for (let k = 0, seed = 1; k < 1500; k++) items.push(seed = seed * 16_807 % 2_147_483_647);
    return items.sort((a, b) => a - b)[750] ?? 0;
  },
  text() {
    const counts = new Map<string, number>();
    for (const word of "the actor of the chain and the entry of the log ".repeat(60).split(" ")) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    return [...counts].map(([word, count]) => `${word}:${count}`).join().length;
  },
  sieve() {
    const composite = new Uint8Array(6000);
    let sum = 0;
    for (let k = 2; k < composite.length; k++) {
      if (composite[k]) continue;
      sum += k;
      for (let j = k * k; j < composite.length; j += k) composite[j] = 1;
    }
    return sum;
  },
};

export function handle(state: unknown, message: Request<string>): [unknown, number] {
  return [state, tasks[message.body]?.() ?? -1];
}
