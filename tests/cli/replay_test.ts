import { deepEqual, equal, match } from "node:assert/strict";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openDatabase } from "../../src/platform/mod.ts";
import { forge } from "../system/forge.ts";
import { callCli } from "./call_cli.ts";
import { runCli } from "./run_cli.ts";
import { makeFolder } from "./sample_folder.ts";

const folder = makeFolder();
const log = join(folder, ".theater", "theater.db");

const recorded = (async () => {
  writeFileSync(
    join(folder, "theater.toml"),
    'name = "till"\ncomponent = "till.ts"\npermissions = { log = true }\n[[child]]\nname = "quiet"\ncomponent = "till.ts"\n',
  );
  writeFileSync(
    join(folder, "till.ts"),
    `import { log } from "theater";
     export const init = () => ({ sum: 0 });
     export function handle({ sum }, { body }) { log.info("paid", { sum: sum + body }); return [{ sum: sum + body }, { sum: sum + body }]; }`,
  );
  const { code, stderr } = await runCli(["run", "theater.toml", "-"], { folder, input: "1\n2\n3\n" });
  equal(code, 0, stderr);
})();

/** A copy of the log, changed. */
async function changed(name: string, change: (path: string) => void): Promise<string> {
  await recorded;
  copyFileSync(log, join(folder, name));
  change(join(folder, name));
  return name;
}

const slow = { timeout: 120_000 };

test(
  "theater replay says how much it reproduced, on which engine, of a recording from which",
  slow,
  async () => {
    await recorded;
    const { code, stdout, stderr } = await runCli(["replay"], { folder });
    equal(code, 0, stdout + stderr);
    match(
      stdout,
      /^✓ till {8}5 of 5 turns {2}1 activation\n✓ till\/quiet {2}2 of 2 turns {2}1 activation\n\nreproduced 7 turns of 7 on \S+ \S+, recorded on \S+ \S+\n$/,
    );
    equal(stderr, "");
  },
);

test("theater replay --json has one object with everything", slow, async () => {
  await recorded;
  const { code, stdout } = await runCli(["replay", ".theater/theater.db", "till", "--json"], { folder });
  equal(code, 0);
  const { engine, recordedOn, reproduced, turns, exit, actors } = JSON.parse(stdout);
  deepEqual({ recordedOn, reproduced, turns, exit }, {
    recordedOn: [engine],
    reproduced: 5,
    turns: 5,
    exit: 0,
  });
  deepEqual(actors, [{
    address: "till",
    turns: 5,
    activations: 1,
    reproduced: 5,
    passedOver: [],
    partsPassedOver: 0,
    divergences: [],
    engines: [engine],
  }]);
});

/** The seq of the last call of a log. */
function lastCall(path: string): number {
  const database = openDatabase(path);
  const row = database.prepare<{ seq: number }>(
    "SELECT max(seq) AS seq FROM entry WHERE json_extract(entry, '$.kind') = 'call' AND json_extract(entry, '$.function') LIKE '%write'",
  ).get();
  database.close();
  return row?.seq ?? -1;
}

test("theater replay shows where a turn goes another way, and what it may come from", slow, async () => {
  let seq = -1;
  const forged = await changed("forged.db", (path) => {
    seq = lastCall(path);
    // What was signed would tell, so the forger gives it up.
    const database = openDatabase(path);
    database.exec("DELETE FROM seal; DELETE FROM checkpoint; DELETE FROM tile");
    database.close();
    forge(path, { address: "till", seq, parts: { 0: String.raw`["info","paid {\"sum\": 7}"]` } });
  });
  const { code, stdout } = await callCli(["replay", forged], { folder });
  equal(code, 1, stdout);
  match(stdout, /^✗ till {8}4 of 5 turns/);
  match(stdout, /\nreproduced 6 turns of 7 on /);
  match(
    stdout,
    new RegExp(
      String.raw`\ntill, turn 4, entry ${seq}: call 0 differs in arguments\[1\]
  function  theater:actor/log@0\.1\.0#write
  at        arguments\[1\]
  expected  "paid \{\\"sum\\": 7\}"
  got       "paid \{\\"sum\\": 6\}"
 {28}\^
  just before
(    .*\n){4}  it may come from
    another component: `,
    ),
  );
  const verified = await callCli(["verify", forged, "--replay"], { folder });
  equal(verified.code, 1);
  match(verified.stdout, /\n✗ replay /);
  match(
    verified.stdout,
    new RegExp(String.raw`\n {2}till, entry ${seq}: diverged: wanted arguments\[1\] "paid`),
  );
  const { stdout: json } = await callCli(["replay", forged, "--json"], { folder });
  const [{ seq: at, what, path, function: called, before }] = JSON.parse(json).actors[0].divergences;
  deepEqual([at, what, path, called], [seq, "call", "arguments[1]", "theater:actor/log@0.1.0#write"]);
  deepEqual(before, [seq - 4, seq - 3, seq - 2, seq - 1]);
});

test("theater replay runs nothing of a file that is refuted", slow, async () => {
  const bent = await changed("bent.db", (path) => {
    const database = openDatabase(path);
    database.prepare("UPDATE entry SET part_0 = CAST(? AS BLOB) WHERE seq = ?").run('["x"]', lastCall(path));
    database.close();
  });
  const { code, stdout, stderr } = await callCli(["replay", bent], { folder });
  deepEqual([code, stdout], [1, ""]);
  match(stderr, /^error: Cannot replay bent\.db: refuted: till[^\n]*\n {2}theater verify says/);
});

test("theater replay ends with 2 where the component is not here", slow, async () => {
  const bare = await changed("bare.db", (path) => {
    const database = openDatabase(path);
    database.exec("DELETE FROM blob");
    database.close();
  });
  const { code, stdout } = await callCli(["replay", bare], { folder });
  equal(code, 2, stdout);
  match(stdout, /\nreproduced 0 turns of 7 on /);
  match(stdout, /\nnot run again\n {2}till, turns 0 to 4: the component [0-9a-f]{64} is not here\n/);
});

const refusals: readonly (readonly [args: readonly string[], says: RegExp])[] = [
  [["nothing.db"], /nothing\.db as there is no such file/],
  [["theater.toml"], /this is no verdict: the file could not be read/],
  [[".theater/theater.db", "till/loud"], /till\/loud/],
  [["theater.toml", "--db", "x.db"], /both name what is to be replayed/],
];

for (const [args, says] of refusals) {
  test(`theater replay ${args.join(" ")} is refused`, slow, async () => {
    await recorded;
    const { code, stderr } = await callCli(["replay", ...args], { folder });
    equal(code, 2, stderr);
    match(stderr, says);
  });
}
