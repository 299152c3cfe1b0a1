import { deepEqual, equal, match } from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runCli } from "./run_cli.ts";
import { makeFolder } from "./sample_folder.ts";

const folder = makeFolder();
const log = join(folder, ".theater", "theater.db");

const slow = { timeout: 120_000 };

/** Pays into a till; `reach` makes it try everything that there is, and say how far it came. */
const till = `
import { environment, log, random, send, timers } from "theater";
export const init = () => ({ sum: 0, at: [] });
export function handle(state, { body }) {
  const at = body.skip ? 7 : Date.now();
  const sum = state.sum + body.pay;
  log.info("paid", { sum });
  if (body.reach === "send") send("till/ear", { sum });
  if (body.reach === "timer") timers.set(1, { sum });
  if (body.reach === "random") Math.random();
  if (body.reach === "environment") environment.get("HOME");
  if (body.reach === "globals") return [{ found: ["Deno", "Bun", "fetch", "process", "WebSocket"].filter((name) => name in globalThis) }, 0];
  if (at === 1001) throw new Error("an odd time");
  return [{ sum, at: [...state.at, at] }, { sum }];
}`;

interface LoggedEntry {
  readonly seq: number;
  readonly kind: string;
  readonly function?: string;
}

const recorded = (async () => {
  writeFileSync(
    join(folder, "theater.toml"),
    'name = "till"\ncomponent = "till.ts"\n' +
      'permissions = { log = true, clock = true, random = true, timers = true, send = ["till/ear"], environment = ["HOME"] }\n' +
      '[[child]]\nname = "ear"\ncomponent = "ear.ts"\n',
  );
  writeFileSync(join(folder, "till.ts"), till);
  writeFileSync(
    join(folder, "ear.ts"),
    "export const init = () => []; export const handle = (heard, m) => [[...heard, m.body], 0];",
  );
  const { stderr } = await runCli(["run", "theater.toml", "-"], { folder, input: '{"pay":1}\n{"pay":2}\n' });
  match(stderr, /2 messages/);
  const { stdout } = await runCli(["log", "till", "--json"], { folder });
  return stdout.trim().split("\n").map((line) => JSON.parse(line).entry as LoggedEntry);
})();

/** The clock of each of the two messages, and the messages themselves. */
async function places() {
  const entries = await recorded;
  const clocks = entries.filter((entry) => entry.function?.endsWith("#now")).map(({ seq }) => seq);
  const [, ...messages] = entries.filter(({ kind }) => kind === "receive").map(({ seq }) => seq);
  return { clocks, messages };
}

async function ask(...overrides: readonly string[]) {
  const words = overrides.flatMap((each) => ["--override", each]);
  const { code, stdout, stderr } = await runCli(["replay", "till", ...words, "--json"], { folder });
  equal(code, 0, stderr);
  return JSON.parse(stdout);
}

test("an override answers a call otherwise, and later turns go on from there", slow, async () => {
  const { clocks } = await places();
  const what = await ask(`${clocks[0]}=1000`, `${clocks[1]}="2000"`);
  deepEqual(what.state, { sum: 3, at: [1000, 2000] });
  deepEqual(what.overrides.map(({ used }: { used: boolean }) => used), [true, true]);
  deepEqual(what.turns, 2);
  const [first] = what.differences;
  equal(first.calls[0].went, "otherwise");
  deepEqual(first.calls[0].result, ["1000"]);
  equal(first.state.at(-1).path, "/at/0");
  equal(first.state.at(-1).whatIf, 1000);
});

test(
  "an override that makes a turn crash leaves the state as it was, and the actor goes on",
  slow,
  async () => {
    const { clocks } = await places();
    const what = await ask(`${clocks[0]}=1001`, `${clocks[1]}=2000`);
    deepEqual(what.state, { sum: 2, at: [2000] });
    const [first, second] = what.differences;
    deepEqual([first.whatIf.end, first.whatIf.code], ["trap", "script"]);
    // What it logs now was never recorded; it is said, and does no harm.
    deepEqual(second.calls.map(({ went }: { went: string }) => went), ["otherwise", "supposed", "missed"]);
  },
);

test("an override of a message gives the actor another one", slow, async () => {
  const { clocks, messages } = await places();
  const what = await ask(`${messages[0]}={"pay":40}`, `${clocks[0]}=2`, `${clocks[1]}=4`);
  deepEqual(what.state, { sum: 42, at: [2, 4] });
  deepEqual(what.differences[0].body, { pay: 40 });
  deepEqual(what.differences[0].whatIf, { end: "ok", response: { sum: 40 } });
});

for (const reach of ["random", "environment"]) {
  test(
    `a component that reaches for ${reach} where nothing was recorded is stopped there`,
    slow,
    async () => {
      const { clocks, messages } = await places();
      const what = await ask(`${messages[0]}={"pay":1,"reach":"${reach}"}`, `${clocks[1]}=4`);
      const [first] = what.differences;
      deepEqual([first.whatIf.end, first.whatIf.code], ["trap", "host"]);
      const { detail, function: name } = first.calls.find(({ went }: { went: string }) =>
        went === "unanswered"
      );
      match(name, new RegExp(reach));
      match(detail, /^Cannot answer theater:.*: no recorded call of this turn is left that asks this$/);
      deepEqual(what.state, { sum: 2, at: [4] }); // The turn had no effect.
    },
  );
}

for (const [reach, name] of [["send", "messaging"], ["timer", "timers"]] as const) {
  test(`a component that stages a ${reach} goes on, and nothing leaves`, slow, async () => {
    const { clocks, messages } = await places();
    const before = createHash("sha256").update(readFileSync(log)).digest("hex");
    const what = await ask(`${messages[1]}={"pay":1,"reach":"${reach}"}`, `${clocks[1]}=4`);
    deepEqual(what.state.sum, 2);
    const staged = what.differences.flatMap(({ calls }: { calls: { function: string; went: string }[] }) =>
      calls
    )
      .find((call: { function: string }) => call.function.includes(name));
    equal(staged.went, "supposed");
    equal(createHash("sha256").update(readFileSync(log)).digest("hex"), before);
    equal((await runCli(["state", "till/ear"], { folder })).stdout, "[]\n");
  });
}

test("nothing of the world is in reach of a component", slow, async () => {
  const { messages } = await places();
  deepEqual((await ask(`${messages[1]}={"pay":1,"reach":"globals"}`)).state, { found: [] });
});

test("the text says what was asked, what went another way, and how it ended", slow, async () => {
  const { clocks, messages } = await places();
  const { code, stdout } = await runCli(
    [
      "replay",
      ".theater/theater.db",
      "till",
      "--override",
      `${messages[0]}={"pay":40}`,
      "--override",
      `${clocks[0]}=2`,
    ],
    { folder },
  );
  equal(code, 0);
  match(stdout, new RegExp(`^what if the message of turn 2, entry ${messages[0]}, were \\{"pay":40\\}\\n`));
  match(stdout, new RegExp(`\\n {2}answered {2}clock.now → \\["2"\\], entry ${clocks[0]}\\n`));
  match(stdout, /\n {2}called {4}log.write "info","paid \{\\"sum\\": 40\}"\n {2}recorded {2}log.write /);
  match(
    stdout,
    /\n {2}ended {5}ok \{"sum":40\}\n {2}recorded {2}ok \{"sum":1\}\n {2}state {5}\/sum 1 → 40\n/,
  );
  match(stdout, /\n2 turns of 2 went another way; the state at the end\n\{"sum": 42, /);
});

test("a turn without an answer, and an override that the run never came to, are said", slow, async () => {
  const { clocks, messages } = await places();
  const override = (text: string) => ["--override", text];
  const { stdout } = await runCli([
    ...["replay", "till", ...override(`${messages[0]}={"pay":1,"reach":"random"}`)],
    ...[...override(`${messages[1]}={"pay":1,"skip":true}`), ...override(`${clocks[1]}=1`)],
  ], { folder });
  match(
    stdout,
    new RegExp(
      `\\n! what if clock.now in turn 3, entry ${clocks[1]}, were 1 \\(the run never came to it\\)\\n`,
    ),
  );
  match(stdout, /\nturn 2 ended where the recording had no answer; no host was asked\n/);
});

const refusals: readonly [
  name: string,
  override: (at: Awaited<ReturnType<typeof places>>) => string,
  says: RegExp,
][] = [
  [
    "another type than the function has",
    ({ clocks }) => `${clocks[0]}="soon"`,
    /wanted a string of decimal digits .* got "soon"/,
  ],
  [
    "what answers nothing",
    ({ clocks }) => `${Number(clocks[0]) + 1}=1`,
    /wanted a function that answers something/,
  ],
  ["an entry of another kind", () => "0=1", /wanted an entry of the kind call or receive, got a genesis/],
  ["an entry that there is not", () => "999=1", /Cannot find entry 999 of till/],
  ["what is no JSON", ({ clocks }) => `${clocks[0]}=soon`, /Cannot read --override/],
];
for (const [name, override, says] of refusals) {
  test(`an override refuses ${name}`, slow, async () => {
    const { code, stderr } = await runCli(["replay", "till", "--override", override(await places())], {
      folder,
    });
    equal(code, 2, stderr);
    match(stderr, says);
  });
}
