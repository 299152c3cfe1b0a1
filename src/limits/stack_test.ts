import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { randomFrom } from "./assembler_for_tests.ts";
import { createStack, type Stack } from "./stack.ts";

/** Modules whose counters are plain numbers, and which enter and leave as rewritten functions do. */
function counters(stack: Stack, count: number) {
  const left: number[] = [];
  for (let id = 0; id < count; id++) {
    left.push(0);
    stack.add({ get: () => left[id] as number, set: (units) => void (left[id] = units) });
  }
  return {
    /** Returns false where a guest would trap. */
    enter(id: number, units: number): boolean {
      left[id] = (left[id] as number) - units;
      if ((left[id] as number) < 0) left[id] = stack.ask(id, left[id] as number);
      return (left[id] as number) >= 0;
    },
    leave(id: number, units: number): void {
      left[id] = (left[id] as number) + units;
    },
  };
}

test("the stack ends at the same frame, whichever modules hold it", () => {
  const seed = 99;
  const random = randomFrom(seed);
  for (let round = 0; round < 400; round++) {
    const unitsMax = 1 + random(round % 2 ? 50_000 : 300);
    const stack = createStack(unitsMax);
    const modules = 1 + random(6);
    const { enter, leave } = counters(stack, modules);
    for (let turn = 0; turn < 3; turn++) {
      stack.begin();
      const frames: [id: number, units: number][] = [];
      let held = 0;
      for (let k = 0; k < 2000; k++) {
        if (frames.length && random(5) < 2) {
          const [id, units] = frames.pop() as [number, number];
          leave(id, units);
          held -= units;
          continue;
        }
        const id = random(modules);
        const units = 8 + random(40);
        const fits = held + units <= unitsMax;
        equal(enter(id, units), fits, `seed ${seed}, round ${round}: ${held} + ${units} of ${unitsMax}`);
        equal(stack.exhausted(), !fits);
        if (!fits) break; // A trap: nothing is given back.
        frames.push([id, units]);
        held += units;
      }
    }
  }
});

test("an exhausted stack stays so until the next turn", () => {
  const stack = createStack(100);
  const { enter } = counters(stack, 2);
  ok(enter(0, 60));
  ok(!enter(1, 41));
  ok(!enter(0, 50));
  ok(!enter(1, 1));
  stack.begin();
  equal(stack.exhausted(), false);
  ok(enter(1, 100));
  ok(!enter(0, 1));
});
