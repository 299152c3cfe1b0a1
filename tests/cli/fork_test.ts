import { deepEqual, equal, match, ok } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runCli, startCli } from "./run_cli.ts";
import { makeFolder } from "./sample_folder.ts";

const slow = { timeout: 240_000 };

const till = `
import { log, timers } from "theater";
export const init = () => ({ sum: 0 });
export function handle({ sum }, { body }) {
  log.info("paid", { pay: body.pay });
  if (body.remind) timers.set(3_600_000, { remind: true });
  if (body.pay < 0) throw new Error("no debts");
  return [{ sum: sum + body.pay }, { sum: sum + body.pay }];
}`;

/** A folder with a log: three payments, each with a key, a timer, and a crash at the end. */
async function makeLog(): Promise<string> {
  const folder = makeFolder();
  writeFileSync(
    join(folder, "theater.toml"),
    'name = "till"\ncomponent = "till.ts"\npermissions = { log = true, timers = true }\nlimits = { turn_ms = 4000 }\n' +
      '[[child]]\nname = "ear"\ncomponent = "ear.ts"\n',
  );
  writeFileSync(join(folder, "till.ts"), till);
  writeFileSync(join(folder, "ear.ts"), "export const init = () => 0; export const handle = (n) => [n, 0];");
  const input =
    '{"id":"a","pay":1}\n{"id":"b","pay":2,"remind":true}\n{"id":"c","pay":4}\n{"id":"d","pay":-1}\n';
  const { stderr } = await runCli(["run", "theater.toml", "-", "--id-from", "/id"], { folder, input });
  match(stderr, /4 messages/);
  return folder;
}

const shared = makeLog();

async function cli(folder: string, ...args: readonly string[]) {
  const { code, stdout, stderr } = await runCli(args, { folder });
  return { code, stdout, stderr, said: stdout + stderr };
}

/** Runs a command that must end well. */
async function done(folder: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, said } = await cli(folder, ...args);
  equal(code, 0, said);
  return stdout;
}

async function feed(folder: string, input: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await runCli(["run", ...args, "-", "-q"], { folder, input });
  return stdout;
}

test("a fork goes on from a past turn, with its own manifest, and verifies and replays", slow, async () => {
  const folder = await shared;
  const made = await done(folder, "fork", "till", "--at", "turn:3", "--as", "what-if");
  match(made, /^what-if goes on from turn 3 of till, entry [0-9]+, of /);
  match(
    made,
    /\n {2}left behind: 1 timer, 1 child, 2 idempotency keys\n {4}timer [0-9]+, due at .*\n {4}child till\/ear\n/,
  );
  match(made, /\n {2}theater run what-if.toml {2}goes on with it\n$/);
  equal(await done(folder, "state", "what-if"), '{"sum":3}\n');
  equal(await done(folder, "state", "what-if", "--at", "last"), '{"sum":3}\n');
  // The same key as one that its parent has seen: forks inherit none.
  equal(await feed(folder, '{"id":"a","pay":10}\n', "what-if.toml", "--id-from", "/id"), '{"sum":13}\n');
  equal(await feed(folder, '{"pay":100}\n', "what-if.toml"), '{"sum":113}\n');
  equal(await done(folder, "state", "till"), '{"sum":7}\n');
  const entries = (await done(folder, "log", "what-if", "--json")).trim().split("\n")
    .map((line) => JSON.parse(line).entry);
  deepEqual(entries.filter(({ kind }) => kind === "keyframe").map(({ reason }) => reason), ["fork", "wake"]);
  equal(entries.filter(({ kind, type }) => kind === "receive" && type === "init").length, 0);
  const manifest = readFileSync(join(folder, "what-if.toml"), "utf8");
  match(manifest, /\n\[permissions\]\nlog = true\ntimers = true\n\n\[limits\]\nturn_ms = 4000\n$/);
  // It runs the very script that its parent ran.
  const { stdout: ran } = await cli(folder, "show", "what-if", "1", "--part", "component");
  equal(ran, (await cli(folder, "show", "till", "1", "--part", "component")).stdout);
  match(await done(folder, "verify", "--replay"), /\n✓ replay {6}[0-9]+ turns run again/);
  match(await done(folder, "replay"), /\n✓ what-if +[0-9]+ of [0-9]+ turns/);
});

test("a fork can be forked, also before it has begun, and from the end without --at", slow, async () => {
  const folder = await shared;
  await done(folder, "fork", "till", "--at", "last", "--as", "one");
  equal(await done(folder, "state", "one"), '{"sum":7}\n');
  const { code, stderr } = await cli(folder, "fork", "one", "--as", "two");
  equal(code, 2, "nothing has run yet, so that no turn has ended");
  match(stderr, /no turn has ended there/);
  await feed(folder, '{"pay":1}\n', "one.toml");
  await done(folder, "fork", "one", "--as", "two");
  equal(await feed(folder, '{"pay":1}\n', "two.toml"), '{"sum":9}\n');
  await done(folder, "export", "two", "-o", "two.db");
  const key = JSON.parse(await done(folder, "keys", "--json")).key;
  const { said, code: verified } = await cli(folder, "verify", "two.db", "--key", key);
  equal(verified, 0, said);
  match(said, /1 fork proved without the chain of its parent/);
});

test(
  "a fork off a turn that crashed has the state before it, and proves that none lies between",
  slow,
  async () => {
    const folder = await shared;
    const { parent, proved } = JSON.parse(
      await done(folder, "fork", "till", "--at", "turn:5", "--as", "crashed", "--json"),
    );
    ok(parent.stateSeq < parent.seq);
    equal(proved, true);
    equal(await done(folder, "state", "crashed"), '{"sum":7}\n');
    await done(folder, "export", "crashed", "-o", "crashed.db");
    match(await done(folder, "verify", "crashed.db"), /1 fork proved without the chain of its parent/);
  },
);

test(
  "a fork can go on with other code, and one that does not fit is refused before anything is made",
  slow,
  async () => {
    const folder = await shared;
    writeFileSync(join(folder, "twice.ts"), till.replace("sum + body.pay }, {", "sum + 2 * body.pay }, {"));
    await done(folder, "fork", "till", "--at", "turn:2", "--as", "twice", "--with", "twice.ts");
    match(readFileSync(join(folder, "twice.toml"), "utf8"), /\ncomponent = "twice.ts"\n/);
    await feed(folder, '{"pay":5}\n', "twice.toml");
    equal(await done(folder, "state", "twice"), '{"sum":11}\n');
    writeFileSync(join(folder, "broken.ts"), "export const nothing = 1;");
    const { code, stderr } = await cli(folder, "fork", "till", "--as", "broken", "--with", "broken.ts");
    equal(code, 2);
    match(stderr, /wanted an exported function "handle"/);
    equal(existsSync(join(folder, "broken.toml")), false);
    ok(existsSync(join(folder, "broken.ts")), "what the user wrote stays");
    match((await cli(folder, "state", "broken")).stderr, /Cannot find the actor "broken"/);
  },
);

test("while a house has the log, a fork goes into another, and is proved by its key", slow, async () => {
  const folder = await makeLog();
  const house = startCli(["run", "theater.toml"], { folder });
  const ended = new Promise<void>((resolve) => house.on("close", () => resolve()));
  try {
    await new Promise<void>((resolve) => house.stdout?.once("data", () => resolve())); // "till is running"
    const { code, stderr } = await cli(folder, "fork", "till", "--at", "turn:4", "--as", "side");
    equal(code, 4, stderr);
    match(stderr, /in use by process/);
    match(stderr, /add --into side.theater.db/);
    equal(existsSync(join(folder, "side.toml")), false);
    const made = await done(
      folder,
      "fork",
      "till",
      "--at",
      "turn:4",
      "--as",
      "side",
      "--into",
      "side.theater.db",
    );
    match(made, /\n {2}theater run side.toml --db side.theater.db {2}goes on with it\n$/);
    await done(folder, "send", "till", '{"pay":1}');
  } finally {
    house.kill("SIGINT");
    await ended;
  }
  equal(await feed(folder, '{"pay":1}\n', "side.toml", "--db", "side.theater.db"), '{"sum":8}\n');
  const keyOf = async (db: string) => JSON.parse(await done(folder, "keys", "--json", "--db", db)).key;
  const [side, till] = [await keyOf("side.theater.db"), await keyOf(".theater/theater.db")];
  await done(folder, "export", "side", "-o", "side.bundle.db", "--db", "side.theater.db");
  const without = await done(folder, "verify", "side.bundle.db", "--key", side);
  match(without, /1 fork off another node, whose key was not given/);
  const both = await done(folder, "verify", "side.bundle.db", "--key", side, "--key", till);
  equal(/off another node/.test(both), false, both);
});

test("a bundle that somebody sent can be forked into a log of one's own", slow, async () => {
  const folder = await shared;
  await done(folder, "export", "till", "-o", "till.db");
  const refused = await cli(folder, "fork", "till", "--db", "till.db", "--as", "mine");
  equal(refused.code, 2);
  match(refused.stderr, /nobody writes to one\n.*--into/);
  await done(
    folder,
    "fork",
    "till",
    "--db",
    "till.db",
    "--at",
    "turn:2",
    "--as",
    "mine",
    "--into",
    "mine.theater.db",
  );
  equal(await feed(folder, '{"pay":1}\n', "mine.toml", "--db", "mine.theater.db"), '{"sum":2}\n');
  match(await done(folder, "verify", "mine.theater.db"), /1 fork proved without the chain of its parent/);
  match(await done(folder, "replay", "mine.theater.db"), /reproduced 2 turns of 2/);
});

const refusals: readonly [name: string, args: readonly string[], says: RegExp][] = [
  ["a name with a slash", ["--as", "till/copy"], /a fork has no parent to be a child of/],
  ["a name that is taken", ["--as", "till"], /has an actor of that name/],
  ["a name of the world outside", ["--as", "outside"], /stands for the world outside/],
  ["a moment before the first state", ["--as", "early", "--at", "0"], /no turn has ended there/],
  ["a moment before init", ["--as", "early", "--at", "turn:0"], /it has no state yet/],
  ["a turn that there is not", ["--as", "late", "--at", "turn:99"], /Cannot find turn 99/],
  ["no name", [], /--as <name> is missing/],
];
for (const [name, args, says] of refusals) {
  test(`theater fork refuses ${name}`, slow, async () => {
    const folder = await shared;
    const { code, stderr } = await cli(folder, "fork", "till", ...args);
    equal(code, 2, stderr);
    match(stderr, says);
  });
}

test("theater fork does not write over a manifest unless it is told to", slow, async () => {
  const folder = await shared;
  writeFileSync(join(folder, "kept.toml"), "# mine\n");
  const { code, stderr } = await cli(folder, "fork", "till", "--as", "kept");
  equal(code, 2);
  match(stderr, /something is there already/);
  await done(folder, "fork", "till", "--as", "kept", "--force");
});

test("the checker in Python agrees on a log with forks and on the bundle of one", slow, async () => {
  const folder = await shared;
  const checker = fileURLToPath(new URL("../conformance/theater_check.py", import.meta.url));
  if (spawnSync("python3", ["--version"]).status !== 0) return;
  await done(folder, "fork", "till", "--at", "turn:3", "--as", "checked");
  await done(folder, "export", "checked", "-o", "checked.db");
  for (const file of [".theater/theater.db", "checked.db"]) {
    const { status, stdout, stderr } = spawnSync("python3", [checker, join(folder, file)], {
      encoding: "utf8",
    });
    equal(status, 0, stdout + stderr);
  }
});
