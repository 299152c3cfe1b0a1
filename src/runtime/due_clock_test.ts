import { deepStrictEqual } from "node:assert/strict";
import { test } from "node:test";
import { createDueClock, type Due } from "./due_clock.ts";

interface Item extends Due {
  readonly name: string;
}

/** A clock whose machine is moved by hand. */
function handClock() {
  let nowMs = 1000;
  const wishes = new Set<{ readonly atMs: number; readonly work: () => void }>();
  const told: string[] = [];
  const machine = {
    nowMs: () => nowMs,
    after(ms: number, work: () => void) {
      const wish = { atMs: nowMs + ms, work };
      wishes.add(wish);
      return () => void wishes.delete(wish);
    },
  };
  const clock = createDueClock<Item>(machine, ({ name }) => name, ({ name }) => void told.push(name));
  return {
    clock,
    told,
    waits: () => wishes.size,
    item: (name: string, inMs: number): Item => ({ address: "a", name, dueMs: nowMs + inMs }),
    pass(ms: number) {
      nowMs += ms;
      for (const wish of [...wishes]) {
        if (wish.atMs <= nowMs && wishes.delete(wish)) wish.work();
      }
    },
  };
}

test("what is due is told of once, in order, and what was taken back is not", () => {
  const { clock, told, item, pass } = handClock();
  clock.set(item("late", 30));
  clock.set(item("second", 20));
  clock.set(item("first", 10));
  clock.set(item("gone", 15));
  clock.cancel("a", "gone");
  pass(9);
  deepStrictEqual(told, []);
  pass(12);
  deepStrictEqual(told, ["first", "second"]);
  pass(100);
  deepStrictEqual(told, ["first", "second", "late"]);
});

test("a clock that has stopped tells of nothing, and does not keep the program from ending", () => {
  const { clock, told, item, pass, waits } = handClock();
  clock.set(item("before", 10));
  clock.stop();
  clock.set(item("after", 10)); // An actor that is ending has committed a turn.
  deepStrictEqual(waits(), 0);
  pass(100);
  deepStrictEqual(told, []);
});
