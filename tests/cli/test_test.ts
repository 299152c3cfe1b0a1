import { deepEqual, equal, match } from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { callCli } from "./call_cli.ts";
import { runCli } from "./run_cli.ts";
import { makeFolder } from "./sample_folder.ts";

const folder = makeFolder();

const till = `import { log } from "theater";
export const init = () => ({ sum: 0 });
export function handle({ sum }, { body }) {
  log.info("paid", { sum: sum + body });
  return [{ sum: sum + body }, { sum: sum + body }];
}
`;

const recorded = (async () => {
  writeFileSync(
    join(folder, "theater.toml"),
    'name = "till"\ncomponent = "till.ts"\npermissions = { log = true }\n[[child]]\nname = "quiet"\ncomponent = "till.ts"\n',
  );
  writeFileSync(join(folder, "till.ts"), till);
  writeFileSync(
    join(folder, "next.ts"),
    till.replace("return [{ sum: sum + body }", "return [{ sum: sum + body, n: 1 }"),
  );
  const { code, stderr } = await runCli(["run", "theater.toml", "-"], { folder, input: "1\n2\n" });
  equal(code, 0, stderr);
  const exported = await callCli(["export", "till", "till/quiet", "-o", "bundle.db"], { folder });
  equal(exported.code, 0, exported.stderr);
})();

const slow = { timeout: 120_000 };

test("theater test says that code does what is recorded, and ends with 0", slow, async () => {
  await recorded;
  const { code, stdout, stderr } = await runCli(["test", "bundle.db", "--against", "till.ts"], { folder });
  equal(code, 0, stdout + stderr);
  equal(
    stdout,
    "✓ till  4 of 4 turns compared  none differs\n✓ till/quiet  2 of 2 turns compared  none differs\n\n" +
      "same: 6 turns compared: 6 the same\n",
  );
  equal(stderr, "");
});

test("theater test says what differs by turn and field, and ends with 1", slow, async () => {
  await recorded;
  const { code, stdout } = await runCli(["test", "-a", "next.ts", "--actor", "till"], { folder });
  equal(code, 1);
  match(
    stdout,
    /^✗ till {2}4 of 4 turns compared {2}2 differ\n\ndifferent: 4 turns compared: 2 differ, 2 the same \(state 2\)\n/,
  );
  match(
    stdout,
    /\ntill, turn 2 \(request\), entries \d+ to \d+\n {2}another state\n {4}\/n\n {6}expected {2}nothing\n {6}got {7}1\n/,
  );
});

test("theater test --json has one object with everything, and --junit a file beside it", slow, async () => {
  await recorded;
  const args = ["test", "bundle.db", "bundle.db", "--against", "next.ts", "--json", "--junit", "report.xml"];
  const { code, stdout } = await callCli(args, { folder });
  equal(code, 1, stdout);
  const { verdict, exit, turns, compared, same, differing, accepted, counts, actors } = JSON.parse(stdout);
  deepEqual({ verdict, exit, turns, compared, same, differing, accepted, counts }, {
    verdict: "different",
    exit: 1,
    turns: 12,
    compared: 12,
    same: 8,
    differing: 4,
    accepted: 0,
    counts: { state: 4 },
  });
  equal(actors.length, 4);
  const { opening, closing, differences: [{ expected, got, ...difference }], ...turn } =
    actors[0].differing[0];
  deepEqual(turn, { turn: 2, type: "request" });
  deepEqual(difference, { what: "state", fields: [{ path: "/n", got: "1" }], more: 0, accepted: false });
  match(`${opening} ${closing} ${expected} ${got}`, /^\d+ \d+ [0-9a-f]{64} [0-9a-f]{64}$/);
  match(
    readFileSync(join(folder, "report.xml"), "utf8"),
    /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="theater test" tests="12" failures="4"/,
  );
});

test(
  "theater test --update keeps a list, which makes the next run end with 0, and one without differences with 1",
  slow,
  async () => {
    await recorded;
    const run = (...args: string[]) =>
      callCli(["test", "bundle.db", "--accept", "ok.json", ...args], { folder });
    const updated = await run("--against", "next.ts", "--update");
    deepEqual([updated.code, updated.stderr], [0, ""]);
    match(updated.stdout, /\nok\.json: 2 added, 0 removed; look at it before you keep it\n$/);
    const again = await run("--against", "next.ts");
    equal(again.code, 0);
    match(again.stdout, /\nsame: 6 turns compared: 2 differ as accepted, 4 the same \(state 2\)\n$/);
    const back = await run("--against", "till.ts");
    equal(back.code, 1);
    match(back.stdout, /\naccepted, and did not happen\n {2}till, turn 2: state \(\/n: nothing -> 1\)\n/);
  },
);

/** What ends with 2, and what is said then. */
const refusals: readonly (readonly [string, readonly string[], RegExp])[] = [
  ["no code", ["bundle.db"], /^error: Cannot run "test" as --against <file> is missing\n/],
  [
    "code that is not there",
    ["bundle.db", "-a", "gone.ts"],
    /^error: Cannot read the new code gone\.ts: there is no such file\n$/,
  ],
  [
    "a recording that is not there",
    ["gone.db", "-a", "till.ts"],
    /^error: Cannot read the recording gone\.db/,
  ],
  [
    "two names for it",
    ["bundle.db", "--db", "x.db", "-a", "till.ts"],
    /^error: Cannot take --db together with <file>/,
  ],
  [
    "an update of nothing",
    ["bundle.db", "-a", "till.ts", "--update"],
    /^error: Cannot update the accepted .*\n {2}name it with --accept/,
  ],
  [
    "another actor",
    ["bundle.db", "-a", "till.ts", "--actor", "tilt"],
    /^error: Cannot find the actor "tilt" in bundle\.db\n {2}it has till, till\/quiet\n$/,
  ],
];

for (const [name, args, words] of refusals) {
  test(`theater test ends with 2, and says why: ${name}`, slow, async () => {
    await recorded;
    const { code, stdout, stderr } = await callCli(["test", ...args, "--junit", "error.xml"], { folder });
    deepEqual([code, stdout], [2, ""]);
    match(stderr, words);
  });
}

test("what could not be tested is an error in JUnit XML", slow, async () => {
  await recorded;
  await callCli(["test", "gone.db", "-a", "till.ts", "--junit", "error.xml"], { folder });
  match(
    readFileSync(join(folder, "error.xml"), "utf8"),
    /errors="1".*\n.*\n.*<error message="Cannot read the recording gone\.db/,
  );
});

test("what a recording says does not reach the terminal", slow, async () => {
  const other = makeFolder();
  const source = (word: string) =>
    `export const init = () => 0;\nexport const handle = (n) => [n, { "a\\u001b[31m": "${word}\\u202e\\u009b" }];\n`;
  writeFileSync(join(other, "theater.toml"), 'name = "sly"\ncomponent = "sly.ts"\n');
  writeFileSync(join(other, "sly.ts"), source("old"));
  writeFileSync(join(other, "new.ts"), source("new"));
  equal((await runCli(["run", "theater.toml", "-"], { folder: other, input: "1\n" })).code, 0);
  const { code, stdout } = await callCli(["test", "-a", "new.ts"], { folder: other, colour: true });
  equal(code, 1);
  deepEqual(
    stdout.match(
      // deno-lint-ignore no-control-regex
      /[\u0000-\u0009\u000b-\u001a\u001c-\u001f\u007f-\u009f\u202e]|\u001b(?!\[(1|2|22|31|32|39)m)/g,
    ),
    null,
  );
  match(stdout, /\\u202e/);
});
