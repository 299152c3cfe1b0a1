import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import process from "node:process";
import { runtime } from "../../src/platform/mod.ts";
import {
  crashCopy,
  inHouse,
  logPath,
  makeFolder,
  openHouse,
  repositoryPath,
  test,
  until,
  writeFiles,
} from "../system/house.ts";
import { recordEverything } from "../system/record_everything.ts";
import { engineNames, isInstalled, otherThan, runUnder } from "./engines.ts";
import { type ReplayLine, replayWhole } from "./replay_runs.ts";

/**
 * The kinds of entries that a host writes. Not among them: a cut because the worker was lost, which is not run
 * again, as nobody knows where it was; traps `host`, `memory` and `unknown`, which no guest here brings about.
 */
const kinds = [
  "accept send",
  "call denied",
  "call failed",
  "call returned",
  "call returned bodied",
  "cut deadline",
  "cut killed",
  "genesis",
  "keyframe recover",
  "keyframe renew",
  "keyframe restart",
  "keyframe start",
  "keyframe upgrade",
  "keyframe wake",
  "receive init",
  "receive migrate",
  "receive reply crashed",
  "receive reply ok",
  "receive reply refused",
  "receive reply timeout",
  "receive reply undelivered",
  "receive request",
  "receive request keyed",
  "receive send",
  "receive timer",
  "receive undeliverable",
  "return err",
  "return ok",
  "return ok deferred",
  "supervise restart crash",
  "supervise restart parent",
  "trap answer",
  "trap denied",
  "trap divide_by_zero",
  "trap indirect_call",
  "trap integer_overflow",
  "trap out_of_bounds",
  "trap script",
  "trap stack",
  "trap unreachable",
] as const;

/** Records a run in which all of them occur; returns its folder. */
async function recordAll(): Promise<string> {
  const folder = makeFolder();
  await recordEverything(folder);
  const counter = { to: "everything/counter" };
  const house = await openHouse(folder);
  await house.send({ op: "log" });
  const crashed = crashCopy(folder);
  await house.stop();
  // From here on in what the crash left.
  writeFiles(crashed, {
    "next.ts": "export const migrate = (state) => ({ was: state }), handle = (state) => [state, null];",
  });
  await inHouse(crashed, async ({ send, theater }) => {
    const path = repositoryPath("tests/guests/rogue.wasm");
    strictEqual((await theater.upgrade({ address: counter.to, path })).answer, "upgraded");
    await send("plain", counter);
    const poor = { address: "everything/poor", path: join(crashed, "next.ts"), migrate: true };
    strictEqual((await theater.upgrade(poor)).answer, "upgraded");
    const begun = performance.now();
    const looping = send({ op: "loop" });
    await until("it loops", () => performance.now() - begun > 200 || undefined);
    theater.kill();
    await looping;
  });
  await inHouse(crashed, ({ send }) => send({ op: "log" }).then(() => {}), { upgrade: true });
  return crashed;
}

test("every kind of entry is recorded and replays, here and on the other engine", async () => {
  const folder = await recordAll();
  const lines: ReplayLine[] = [await replayWhole(logPath(folder))];
  const other = otherThan(runtime.name);
  if (engineNames.every(isInstalled)) {
    const ended = await runUnder(other, "tests/crossrun/replay_runs.ts", [logPath(folder)], (line) => {
      lines.push(JSON.parse(line));
    });
    strictEqual(lines.length, 2, ended.stderr);
  }
  for (const line of lines) {
    deepStrictEqual(Object.keys(line.kinds).sort(), kinds, "the kinds that were recorded");
    deepStrictEqual([line.verdict, line.divergences, line.passedOver], [0, [], []], line.engine);
    strictEqual(line.reproduced, line.turns, line.engine);
  }
});

process.env["THEATER_TEST_SET"] = "gesetzt";
