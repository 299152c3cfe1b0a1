import { deepEqual, equal, match, ok } from "node:assert/strict";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { callCli } from "./call_cli.ts";
import { runCli } from "./run_cli.ts";
import { makeFolder } from "./sample_folder.ts";

const slow = { timeout: 180_000 };
const folder = makeFolder();

/** Turn 0 instantiates, turn 1 initialises; of the others each is a message. */
const recorded = (async () => {
  writeFileSync(join(folder, "theater.toml"), 'name = "till"\ncomponent = "till.ts"\n');
  writeFileSync(
    join(folder, "till.ts"),
    `import { Refusal } from "theater";
     let remembered = 0;
     export const init = () => ({ sum: 0, "a/b": [], big: 0 });
     export function handle(state, { body }) {
       remembered += 1;
       if (body === "refuse") throw new Refusal("no");
       if (body === "die") throw new Error("no");
       return [{ ...state, sum: state.sum + body, "a/b": [...state["a/b"], body].slice(-2), remembered }, null];
     }`,
  );
  const input = '1\n2\n"refuse"\n30\n"die"\n400\n5000\n'; // Turns 2 to 6, 7 instantiates, 8 and 9.
  const { code, stderr } = await runCli(["run", "theater.toml", "-", "--quiet"], { folder, input });
  equal(code, 1, stderr); // A message was refused, and one crashed.
})();

/** The entry that opens a turn. */
async function receiveOf(turn: number): Promise<number> {
  const { stdout } = await runCli(["log", "till", "--turn", `${turn}`, "--json", "--kind", "receive"], {
    folder,
  });
  return JSON.parse(stdout).entry.seq;
}

/** A folder with a copy of the log. */
async function logCopy(copy: string = makeFolder()): Promise<string> {
  await recorded;
  copyFileSync(join(folder, ".theater", "theater.db"), join(copy, "till.db"));
  return copy;
}

const after: readonly (readonly [moment: string, state: string])[] = [
  ["1", "null"],
  ["turn:0", "null"],
  ["turn:1", '{"sum":0,"a/b":[],"big":0}'],
  ["turn:3", '{"sum":3,"a/b":[1,2],"big":0,"remembered":2}'],
  ["turn:4", '{"sum":3,"a/b":[1,2],"big":0,"remembered":2}'],
  ["turn:5", '{"sum":33,"a/b":[2,30],"big":0,"remembered":4}'],
  ["turn:6", '{"sum":33,"a/b":[2,30],"big":0,"remembered":4}'],
  ["last-1", '{"sum":433,"a/b":[30,400],"big":0,"remembered":1}'],
  ["last", '{"sum":5433,"a/b":[400,5000],"big":0,"remembered":2}'],
  ["9999-01-01", '{"sum":5433,"a/b":[400,5000],"big":0,"remembered":2}'],
];

for (const [moment, state] of after) {
  test(`theater state --at ${moment}`, slow, async () => {
    await recorded;
    const { code, stdout, stderr } = await callCli(["state", "till", "--raw", "--at", moment], { folder });
    deepEqual([code, stdout, stderr], [0, `${state}\n`, ""]);
  });
}

test("theater state --at --json says which entry and turn it is of", slow, async () => {
  await recorded;
  const { stdout } = await runCli(["state", "till", "--at", "turn:6", "--json"], { folder });
  const { actor, turn, state, seq, time } = JSON.parse(stdout);
  deepEqual([actor, turn, state.sum, typeof seq, typeof time], ["till", 5, 33, "number", "number"]);
});

const refusals: readonly (readonly [args: readonly string[], says: RegExp])[] = [
  [["state", "till", "--at", "0"], /^error: Cannot show the state of till at entry 0: it has none yet\n/],
  [
    ["state", "till", "--at", "999"],
    /^error: Cannot find entry 999 of till: it has \d+, the last one is \d+\n {2}"theater log till"/,
  ],
  [
    ["state", "till", "--at", "turn:10"],
    /^error: Cannot find turn 10 of till: it has 10, the last one is 9\n/,
  ],
  [["state", "till", "--at", "last-10"], /^error: Cannot find turn -1 of till/],
  [["state", "till", "--at", "2020-01-01"], /^error: Cannot go back in till to 2020-01-0/],
  [
    ["state", "till", "--at", "yesterday"],
    /^error: Cannot read --at: wanted a moment: an entry such as 14, turn:12/,
  ],
  [["diff", "till"], /<moment> is missing/],
  [["diff", "till", "1", "2", "--patch", "--json"], /a patch is JSON already/],
  [["diff", "tell", "1"], /Cannot find the actor "tell"[^]*did you mean till\?/],
  [["blame", "till", "a..b"], /Cannot read <path>: wanted a field such as/],
  [["blame", "till", "nothing"], /^error: Cannot find \/nothing in the state of till: it was never there\n/],
  [["blame", "till", "sum", "--at", "0"], /it has none yet/],
];

for (const [args, says] of refusals) {
  test(`theater ${args.join(" ")} is refused`, slow, async () => {
    await recorded;
    const { code, stdout, stderr } = await callCli(args, { folder });
    deepEqual([code, stdout], [2, ""]);
    match(stderr, says);
  });
}

test("theater diff shows what changed, by path", slow, async () => {
  await recorded;
  const { code, stdout } = await callCli(["diff", "till", "turn:1", "turn:3"], { folder });
  equal(code, 0);
  match(stdout, /^till {2}entry \d+ → \d+, turn 1 → 3: 4 changes\n/);
  equal(
    stdout.slice(stdout.indexOf("\n") + 1),
    "~ /sum  0 → 3\n+ /a~1b/0  1\n+ /a~1b/1  2\n+ /remembered  2\n",
  );
  const coloured = await callCli(["diff", "till", "turn:1", "turn:3"], { folder, colour: true });
  ok(coloured.stdout.includes("\x1b[31m0\x1b[39m → \x1b[32m3\x1b[39m\n"));
  const narrow = await callCli(["diff", "till", "turn:0", "turn:3"], { folder, columns: 40 });
  match(narrow.stdout, /\n~ \(the whole\)\n {4}- null\n {4}\+ \{\n {4}\+ {3}"a\/b": \[1, 2\],\n/);
  const nothing = await callCli(["diff", "till", "turn:3", "turn:4"], { folder });
  match(nothing.stdout, /^till {2}entry \d+ \(turn 3\): no change\n$/);
});

test("theater diff --patch and --json are for other programs", slow, async () => {
  await recorded;
  const patch = await runCli(["diff", "till", "turn:8", "--patch"], { folder });
  equal(
    patch.stdout,
    '[\n{"op":"replace","path":"/sum","value":5433},\n{"op":"remove","path":"/a~1b/0"},\n' +
      '{"op":"add","path":"/a~1b/1","value":5000},\n{"op":"replace","path":"/remembered","value":2}\n]\n',
  );
  const { stdout } = await runCli(["diff", "till", "turn:8", "--json"], { folder });
  const { actor, from, to, changes, patch: inside } = JSON.parse(stdout);
  deepEqual([actor, from.turn, to.turn], ["till", 8, 9]);
  deepEqual(changes[0], { change: "replaced", path: "/sum", before: 433, after: 5433 });
  deepEqual(inside, JSON.parse(patch.stdout));
});

test("theater blame names the turn that last changed a field, or all", slow, async () => {
  await recorded;
  const last = await callCli(["blame", "till", "sum"], { folder, columns: 100 });
  match(
    last.stdout,
    /^till \/sum is 5433\nturn 9 {2}entry \d+ {2}\S+ \S+ {2}request from outside {2}433 → 5433\n$/,
  );
  const all = await callCli(["blame", "till", "/a~1b/0", "--all"], { folder, columns: 100 });
  deepEqual(
    all.stdout.match(/turn \d|\S+ → \S+/g),
    [
      ["turn 2", "nothing → 1"],
      ["turn 5", "1 → 2"],
      ["turn 8", "2 → 30"],
      ["turn 9", "30 → 400"],
    ].flat(),
  );
  const still = await callCli(["blame", "till", "big"], { folder });
  match(still.stdout, /^till \/big is 0\nturn 1 +entry \d+ .* init +nothing → 0\n$/);
  const then = await runCli(["blame", "till", "sum", "--at", "turn:7", "--json"], { folder });
  const { value, changes: [change] } = JSON.parse(then.stdout);
  deepEqual([value, change.turn, change.type, change.from, change.before, change.after], [
    33,
    5,
    "request",
    "outside",
    3,
    33,
  ]);
});

/** A copy from which things are taken away, one after the other: it is signed anew each time. */
const lessened = makeFolder();

test("what was erased is not brought back, and what it hides is said", slow, async () => {
  const copy = await logCopy(lessened);
  // The message of turn 3, and the states that would tell of it: after it the log keeps the next state whole.
  const erased = await runCli(["erase", "till", `${await receiveOf(3)}`, "--reason", "test"], {
    folder: copy,
  });
  equal(erased.code, 0, erased.stderr);
  const at = (moment: string) => callCli(["state", "till", "--raw", "--at", moment], { folder: copy });
  deepEqual((await at("turn:2")).stdout, '{"sum":1,"a/b":[1],"big":0,"remembered":1}\n');
  deepEqual((await at("turn:3")).stdout, '{"sum":3,"a/b":[1,2],"big":0,"remembered":2}\n');
  deepEqual((await at("last")).stdout, '{"sum":5433,"a/b":[400,5000],"big":0,"remembered":2}\n');
  const blamed = await callCli(["blame", "till", "sum", "--at", "turn:4"], { folder: copy, columns: 120 });
  match(blamed.stdout, /\nturn 3 .* one that cannot be run again {2}1 → 3\n$/);
  match(blamed.stderr, /^not run again: turn 3 \(1 turn\): .*erased/);
  // Turn 5 needs what the instance remembers of turn 3.
  const lost = await at("turn:5");
  deepEqual([lost.code, lost.stdout], [2, ""]);
  match(
    lost.stderr,
    /^error: Cannot show the state of till there: turn \d cannot be run again: [^\n]*remember[^\n]*\n {2}what it takes was erased/,
  );
});

test("what was withheld from a bundle is said, and the rest of it travels", slow, async () => {
  const copy = await logCopy();
  const bundle = join(copy, "part.db");
  const exported = await runCli([
    "export",
    "till",
    "-o",
    bundle,
    "--withhold",
    `seq:${await receiveOf(3)},part:body`,
  ], {
    folder: copy,
    env: { THEATER_DB: undefined },
  });
  equal(exported.code, 0, exported.stderr);
  const at = (moment: string) =>
    callCli(["state", "till", "--raw", "--at", moment, "--db", bundle], { folder: copy });
  deepEqual((await at("turn:2")).stdout, '{"sum":1,"a/b":[1],"big":0,"remembered":1}\n');
  deepEqual((await at("turn:9")).stdout, '{"sum":5433,"a/b":[400,5000],"big":0,"remembered":2}\n');
  const hidden = await at("turn:3");
  equal(hidden.code, 2);
  match(hidden.stderr, /turn 3 cannot be run again: .*withheld/);
});

test("what was pruned is said, with the way to put it back", slow, async () => {
  const copy = lessened;
  const { stdout } = await runCli(["log", "till", "--kind", "keyframe", "--json"], { folder: copy });
  const keyframe = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "").entry.seq;
  const pruned = await runCli(["prune", "till", "--before", `${keyframe}`, "--reason", "test"], {
    folder: copy,
  });
  equal(pruned.code, 0, pruned.stderr);
  const at = (...args: string[]) => callCli([...args], { folder: copy });
  equal(
    (await at("state", "till", "--raw", "--at", `${keyframe}`)).stdout,
    '{"sum":33,"a/b":[2,30],"big":0,"remembered":4}\n',
  );
  equal(
    (await at("state", "till", "--raw", "--at", "turn:8")).stdout,
    '{"sum":433,"a/b":[30,400],"big":0,"remembered":1}\n',
  );
  for (const moment of ["5", "turn:3", `${keyframe - 1}`]) {
    const { code, stderr } = await at("state", "till", "--at", moment);
    equal(code, 2);
    match(stderr, /entry \d+ is pruned\n {2}"theater prune till --restore <bundle\.db>"/, moment);
  }
  const blamed = await at("blame", "till", "sum", "--all");
  match(blamed.stdout, /^till \/sum is 5433\nturn/);
  match(blamed.stderr, /^not run again: turns 0 to 6 \(7 turns\): entry \d+ is pruned\n$/);
});
