import { equal, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "./clock.ts";
import { randomBytes } from "./random.ts";

test("random bytes have the length asked for, and are nobody else's", () => {
  for (const count of [0, 1, 16, 255, 256, 257, 4096, 65536]) equal(randomBytes(count).length, count);
  const drawn = Array.from({ length: 2000 }, () => randomBytes(16));
  equal(new Set(drawn.map(String)).size, drawn.length);
  const [first = new Uint8Array(), second = new Uint8Array()] = drawn;
  const before = String(second);
  first.fill(0);
  equal(first.buffer === second.buffer, false);
  equal(String(second), before);
});

for (const count of [-1, 1.5, NaN, 65537, Infinity]) {
  test(`${count} random bytes cannot be had`, () => throws(() => randomBytes(count), RangeError));
}

test("the clock tells milliseconds since 1970, and nanoseconds that never step back", () => {
  ok(Number.isInteger(systemClock.nowMs()) && systemClock.nowMs() > Date.UTC(2024, 0));
  let last = systemClock.monotonicNs();
  for (let i = 0; i < 1000; i++) {
    const next = systemClock.monotonicNs();
    ok(next >= last);
    last = next;
  }
});
