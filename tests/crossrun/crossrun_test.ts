import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openLogReader } from "../../src/store/mod.ts";
import { runtime } from "../../src/platform/mod.ts";
import { inHouse, logPath, makeFolder, repositoryPath, test } from "../system/house.ts";
import { crossRun } from "./crossrun.ts";
import { engineNames, isInstalled, otherThan, runUnder } from "./engines.ts";
import { randomRun } from "./random_run.ts";
import { type ReplayLine, replayWhole } from "./replay_runs.ts";

const skip = !engineNames.every(isInstalled);
const other = otherThan(runtime.name);

/** A few of the runs that `deno task crossrun` makes by the hundred. */
const seeds = { deno: [2], bun: [3] } as const;

for (const from of engineNames) {
  test(
    `random runs recorded on ${from} replay on ${otherThan(from)} to the recorded heads`,
    async () => {
      const results = await crossRun({ from, seeds: seeds[from], folder: makeFolder() });
      for (const { seed, faults } of results) deepStrictEqual(faults, [], `seed ${seed}, from ${from}`);
      ok(results.every(({ replay }) => (replay?.reproduced ?? 0) > 20));
    },
    { skip: skip || from !== runtime.name }, // Each runtime's tests record their own share.
  );
}

test("a seed makes the same run again", async () => {
  await Promise.resolve();
  for (const seed of [0, 1, 2, 3]) deepStrictEqual(randomRun(seed), randomRun(seed));
  ok(JSON.stringify(randomRun(1)) !== JSON.stringify(randomRun(2)));
});

/** Replays a log here and on the other engine; both must come to the recorded heads. */
async function replayOnBoth(folder: string): Promise<readonly ReplayLine[]> {
  const reader = openLogReader(logPath(folder));
  const heads = Object.fromEntries(reader.actors().map(({ address, head }) => [address, head]));
  reader.close();
  const lines = [await replayWhole(logPath(folder))];
  if (!skip) {
    const ended = await runUnder(other, "tests/crossrun/replay_runs.ts", [logPath(folder)], (line) => {
      lines.push(JSON.parse(line));
    });
    strictEqual(lines.length, 2, ended.stderr);
  }
  for (const { engine, verdict, divergences, passedOver, reproduced, turns, ...line } of lines) {
    deepStrictEqual([verdict, divergences, passedOver, line.heads], [0, [], [], heads], engine);
    strictEqual(reproduced, turns, engine);
  }
  return lines;
}

/** Manifests of the examples and of the actors of the tests, and what is said to them. */
const actors: readonly {
  readonly name: string;
  readonly manifest: string;
  readonly bodies: readonly string[];
}[] = [
  {
    name: "examples/hello",
    manifest: readFileSync(repositoryPath("examples/hello/theater.toml"), "utf8"),
    bodies: ['{"name":"Ada"}', '{"name":"Ødegård"}', "{}", "1"],
  },
  {
    name: "examples/ledger",
    manifest: readFileSync(repositoryPath("examples/ledger/theater.toml"), "utf8"),
    bodies: readFileSync(repositoryPath("examples/ledger/postings.jsonl"), "utf8").split("\n").slice(0, 200),
  },
  {
    name: "examples/tally",
    manifest: readFileSync(repositoryPath("examples/tally/theater.toml"), "utf8"),
    bodies: ["1", "{}", '"x"'],
  },
  {
    name: "tests/guests",
    manifest: `name = "counter"\ncomponent = "counter.wasm"\nlimits = { turn_ms = 300, memory = "4MiB" }\n` +
      `permissions = { log = true }\n`,
    bodies: ['"plain"', '"trap"', '"err"', '"grow"', '"deep"', '"spin"', '"plain"'],
  },
  {
    name: "tests/guests",
    manifest: `name = "rogue"\ncomponent = "rogue.wasm"\n`,
    bodies: Array.from({ length: 10 }, (_, digit) => `${digit}`),
  },
];

for (const { name, manifest, bodies } of actors) {
  const called = /^name = "(.*)"/.exec(manifest)?.[1] ?? "";
  test(`${called} replays on both engines to the recorded head`, async () => {
    const beside = /component = "(.*)"/.exec(manifest)?.[1] ?? "";
    const folder = makeFolder({
      "theater.toml": manifest.replace(beside, repositoryPath(join(name, beside))),
    });
    await inHouse(folder, async ({ sendText }) => {
      for (const body of bodies.filter((text) => text !== "")) await sendText(body);
    }, { turnsPerActivation: 60 });
    await replayOnBoth(folder);
  });
}
