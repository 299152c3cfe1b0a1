import { deepStrictEqual, ok } from "node:assert/strict";
import { test } from "node:test";
import type { Write } from "../../src/store/mod.ts";
import { type Sabotage, simulate } from "./simulate.ts";

const seeds = Number(process.env["THEATER_SIMULATION_SEEDS"] ?? 1000);

test("whatever dies at whatever step, the log keeps what was promised", async () => {
  let lives = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const played = await simulate(seed);
    lives += played.lives;
    const about = `seed ${seed}:\n${played.problems.join("\n")}\n${played.trace.slice(-40).join("\n")}`;
    deepStrictEqual(played.problems, [], about);
  }
  ok(lives > 1.5 * seeds, `${lives} hosts for ${seeds} seeds`);
});

test("the same seed plays the same", async () => {
  deepStrictEqual(await simulate(7), await simulate(7));
});

const without = (kind: Write["write"]): Sabotage => ({
  tamper: (writes) => writes.filter(({ write }) => write !== kind),
});

for (
  const [what, sabotage] of [
    ["a message that was handled is not taken out of its mailbox", without("mail-taken")],
    ["a timer that fired is not taken back", without("timer-gone")],
    ["a timer is not written down", without("timer")],
    ["a request is not written down", without("request")],
    ["a reply does not end its request", without("request-gone")],
    ["a key is not written down", without("key")],
    ["a restart is not counted", without("restart")],
    ["the disk says that it has what it has not", { lyingDisk: true }],
    ["a commit is torn", { tamper: (writes) => writes.length > 6 ? writes.slice(0, -1) : writes }],
  ] as const satisfies readonly (readonly [string, Sabotage])[]
) {
  test(`it is noticed when ${what}`, async () => {
    for (let seed = 1; seed <= 300; seed++) {
      if ((await simulate(seed, sabotage)).problems.length > 0) return;
    }
    ok(false, "no seed of 300 shows it");
  });
}
