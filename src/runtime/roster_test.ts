import { deepStrictEqual } from "node:assert/strict";
import { test } from "node:test";
import { createRoster } from "./roster.ts";

/** A roster whose events are kept: `+a` when a starts, `-a` when it is put to sleep. */
function stage(activeMax: number) {
  let now = 0;
  const events: string[] = [];
  const roster = createRoster({ nowMs: () => now, after: () => () => {} }, activeMax);
  return {
    roster,
    events,
    pass: (ms: number) => void (now += ms),
    take: (name: string) => roster.take(name, () => void events.push(`+${name}`)),
    idle: (name: string) =>
      roster.idle(name, 60_000, () => {
        events.push(`-${name}`);
        roster.leave(name);
      }),
  };
}

test("the one that has been idle longest makes room", () => {
  const { roster, events, take, idle } = stage(3);
  for (const name of ["a", "b", "c"]) {
    take(name);
    idle(name);
  }
  roster.busy("a");
  idle("a");
  take("d");
  take("e");
  roster.stop();
  deepStrictEqual(events, ["+a", "+b", "+c", "-b", "+d", "-c", "+e"]);
});

test("where none is idle, actors start in the order in which they asked", () => {
  const { roster, events, take, idle } = stage(1);
  for (const name of ["a", "b", "c"]) take(name);
  roster.leave("b"); // It waits no longer.
  idle("a");
  take("d");
  roster.leave("c");
  roster.stop();
  roster.leave("d");
  take("e");
  deepStrictEqual(events, ["+a", "-a", "+c", "+d"]);
});

test("one that is never idle makes room after a while, if others wait", () => {
  const { roster, pass, take } = stage(1);
  take("a");
  pass(10_000);
  const before = roster.overstays("a");
  take("b");
  const after = roster.overstays("a");
  roster.leave("a");
  deepStrictEqual([before, after, roster.overstays("b")], [false, true, false]);
  roster.stop();
});
