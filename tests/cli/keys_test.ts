import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openCheckpoint, parseVerifierKey } from "../../src/note/mod.ts";
import { type CliResult, runCli, startCli } from "./run_cli.ts";
import { makeFolder, makeSampleFolder } from "./sample_folder.ts";

/** A folder with an actor, and a data folder of its own. */
function makeActor() {
  const folder = makeFolder();
  writeFileSync(join(folder, "theater.toml"), 'name = "counter"\ncomponent = "counter.ts"\n');
  writeFileSync(
    join(folder, "counter.ts"),
    "export const init = () => 0;\nexport const handle = (n, { body }) => [n + body, n + body];\n",
  );
  const data = join(folder, "data");
  const cli = (args: readonly string[], input?: string): Promise<CliResult> =>
    runCli(args, { folder, env: { THEATER_DATA_DIR: data }, ...(input !== undefined && { input }) });
  return { folder, data, cli, log: join(folder, ".theater", "theater.db") };
}

const slow = { timeout: 120_000 };

test(
  "a first run makes a key, and says where it is; keys shows it; checkpoint is signed by it",
  slow,
  async () => {
    const { folder, data, cli, log } = makeActor();
    const first = await cli(["run", "theater.toml", "-"], "1\n2\n");
    equal(first.code, 0, first.stderr);
    const [, seed = ""] = /keep a copy of (\S+)/.exec(first.stderr) ?? [];
    ok(seed.startsWith(data), first.stderr);
    match(readFileSync(seed, "utf8"), /^[0-9a-f]{64}\n$/);
    const second = await cli(["run", "theater.toml", "-"], "3\n");
    ok(!second.stderr.includes("made the key"), second.stderr);

    const shown = await cli(["keys"]);
    equal(shown.code, 0, shown.stderr);
    const [line = ""] = shown.stdout.split("\n");
    const key = parseVerifierKey(line);
    ok(shown.stdout.includes(seed));
    const { stdout } = await cli(["keys", "--json"]);
    const facts = JSON.parse(stdout);
    deepEqual([facts.key, facts.node, facts.seed_file], [line, key.name, seed]);
    ok(!shown.stdout.includes(readFileSync(seed, "utf8").trim()), "the seed is shown");

    const checkpoint = await cli(["checkpoint"]);
    equal(openCheckpoint(checkpoint.stdout, [key]).size, facts.signed_size);
    // Kept elsewhere, it shows later that the log goes on from it.
    writeFileSync(join(folder, "saved.checkpoint"), checkpoint.stdout);
    writeFileSync(join(folder, "node.vkey"), `${line}\n`);
    await cli(["run", "theater.toml", "-"], "4\n");
    const verified = await cli(["verify", "--since", "saved.checkpoint", "--key", "node.vkey"]);
    equal(verified.code, 0, verified.stdout + verified.stderr);

    // The chain of the node is no actor, and can be looked at all the same.
    ok(!(await cli(["ps"])).stdout.includes(".node"));
    match((await cli(["log", ".node"])).stdout, /key.*signs/);
    ok(existsSync(log));
  },
);

test("while the log is run, checkpoint is sealed on the spot", slow, async () => {
  const { folder, data, cli } = makeActor();
  const house = startCli(["run", "theater.toml"], { folder, env: { THEATER_DATA_DIR: data } });
  try {
    await new Promise<void>((resolve) => {
      house.stdout?.on(
        "data",
        (chunk: Uint8Array) => new TextDecoder().decode(chunk).includes("Ctrl-C") && resolve(),
      );
    });
    const before = await cli(["checkpoint"]);
    equal((await cli(["send", "counter", "5"])).stdout, "5\n");
    const after = await cli(["checkpoint"]);
    equal(after.code, 0, after.stderr);
    notEqual(after.stdout, before.stdout);
    const key = parseVerifierKey(JSON.parse((await cli(["keys", "--json"])).stdout).key);
    equal(openCheckpoint(after.stdout, [key]).size, openCheckpoint(before.stdout, [key]).size + 1);
    equal((await cli(["keys", "--rotate"])).code, 4); // It is in use.
  } finally {
    house.kill("SIGINT");
    await new Promise((resolve) => house.once("close", resolve));
  }
});

test("a key is changed, and a log that cannot go on is given up", slow, async () => {
  const { cli, log } = makeActor();
  await cli(["run", "theater.toml", "-"], "1\n");
  const before = (await cli(["keys"])).stdout.split("\n")[0];
  const rotated = await cli(["keys", "--rotate"]);
  equal(rotated.code, 0, rotated.stderr);
  notEqual(rotated.stdout.split("\n")[0], before);
  match(rotated.stdout, /^before: /m);
  copyFileSync(log, `${log}.backup`);
  equal((await cli(["run", "theater.toml", "-"], "2\n")).code, 0);
  copyFileSync(`${log}.backup`, log);
  rmSync(`${log}.backup`);
  const refused = await cli(["run", "theater.toml", "-"], "3\n");
  equal(refused.code, 2);
  match(refused.stderr, /older than what it has signed/);
  match(refused.stderr, /theater keys --abandon/);
  const abandoned = await cli(["keys", "--abandon"]);
  equal(abandoned.code, 0, abandoned.stderr);
  ok(readdirSync(join(log, "..")).some((name) => name.startsWith("theater.db.abandoned-")));
  equal((await cli(["run", "theater.toml", "-"], "3\n")).stdout, "3\n");
  equal((await cli(["verify"])).code, 0);
  equal((await cli(["keys", "--rotate", "--abandon"])).code, 2);
});

test("a log that has signed nothing has no key to show and no checkpoint", async () => {
  const folder = makeSampleFolder();
  const env = { THEATER_DATA_DIR: join(folder, "data") };
  for (const [command, code] of [["keys", "no_key"], ["checkpoint", "unsigned"]] as const) {
    const { code: exit, stderr } = await runCli([command, "--json"], { folder, env });
    equal(exit, 2);
    equal(JSON.parse(stderr).error.code, code);
  }
  ok(!existsSync(join(folder, "data")));
  mkdirSync(join(folder, "empty"));
  equal((await runCli(["keys"], { folder: join(folder, "empty"), env })).code, 2);
});
