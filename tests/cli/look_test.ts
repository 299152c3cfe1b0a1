import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { deepEqual, equal, match } from "node:assert/strict";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { callCli } from "./call_cli.ts";
import { runCli } from "./run_cli.ts";
import { makeFolder, makeSampleFolder } from "./sample_folder.ts";
import { startMs } from "./sample_log.ts";

const folder = makeSampleFolder();

/** A copy of the sample, changed by hand. */
function tamper(sql: string): string {
  const changed = makeFolder();
  const path = join(changed, "changed.db");
  copyFileSync(join(folder, ".theater", "theater.db"), path);
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
  return changed;
}

test("theater show shows an entry with its turn, hashes and parts", async () => {
  const { code, stdout } = await callCli(["show", "ledger", "6"], { folder });
  equal(code, 0);
  match(stdout, /^ledger {2}entry 6 {2}receive\n/);
  match(stdout, /\n {2}turn {8}2 {2}entries 6\.\.9\n/);
  match(stdout, /\n {2}hash {8}✓ [0-9a-f]{64}\n {2}prev {8}✓ [0-9a-f]{64}\n {2}cause {7}✓ entry 5\n/);
  match(stdout, /\n\{"cause":"[0-9a-f]{64}","cause_seq":5,.*"v":1\}\n/);
  match(
    stdout,
    /\nbody {2}present, 54 B\n {2}commitment {2}✓ [0-9a-f]{64}\n {2}salt {10}[0-9a-f]{32}\n\{"op": "post", /,
  );
  match(stdout, /\nkey {2}present, 9 B\n.*\n.*\nposting-1\n$/);
});

test("theater show names the cause in another chain, and what only replay can tell", async () => {
  const caused = await callCli(["show", "ledger/auditor", "3"], { folder });
  match(caused.stdout, /\n {2}cause {7}✓ entry 8 of ledger\n/);
  const derivable = await callCli(["show", "ledger", "9"], { folder });
  match(derivable.stdout, /\nstate {2}derivable\n {2}commitment {2}\? [0-9a-f]{64}\n/);
});

test("theater show --part gives the bytes of a part", async () => {
  const { code, stdout } = await runCli(["show", "ledger", "13", "--part", "response"], { folder });
  deepEqual([code, stdout], [0, '{"cash":1200,"rent":12345678901234567890}\n']);
  const both = await runCli(["show", "ledger", "13", "--part", "response", "--json"], { folder });
  equal(both.code, 2);
  equal(JSON.parse(both.stderr).error.code, "conflict");
});

test("theater show --json says what was checked", async () => {
  const { stdout } = await runCli(["show", "ledger", "9", "--json"], { folder });
  const { actor, seq, turn, prev, next, parts } = JSON.parse(stdout);
  deepEqual([actor, seq, turn], ["ledger", 9, { turn: 2, from: 6, to: 9 }]);
  deepEqual([prev, next], [{ check: "holds" }, { check: "holds" }]);
  deepEqual(parts.map(({ role, check }: Record<string, string>) => [role, check]), [
    ["state", "open"],
    ["response", "holds"],
  ]);
});

const forgeries: readonly (readonly [what: string, sql: string, seq: string, says: RegExp])[] = [
  [
    "a part that was changed",
    "UPDATE entry SET part_1 = CAST('{\"ok\":null}' AS BLOB) WHERE actor = 1 AND seq = 9",
    "9",
    /\nresponse .*\n {2}commitment {2}✗ wanted [0-9a-f]{64}, got [0-9a-f]{64}\n/,
  ],
  [
    "an entry that was changed",
    "UPDATE entry SET entry = replace(entry, '\"fuel\":12345', '\"fuel\":12344') WHERE actor = 1 AND seq = 9",
    "9",
    /\n {2}hash {8}✗ wanted [0-9a-f]{64}, got/,
  ],
  [
    "an entry before that was changed",
    "UPDATE entry SET entry = replace(entry, '\"call\":1', '\"call\":0') WHERE actor = 1 AND seq = 8",
    "9",
    /\n {2}prev {8}✗ wanted/,
  ],
  [
    "a cause that was changed",
    "UPDATE entry SET entry = replace(entry, '\"time\":17', '\"time\":16') WHERE actor = 1 AND seq = 5",
    "6",
    /\n {2}cause {7}✗ wanted .* entry 5\n/,
  ],
];

for (const [what, sql, seq, says] of forgeries) {
  test(`theater show finds ${what}`, async () => {
    const changed = tamper(sql);
    const { code, stdout } = await callCli(["show", "ledger", seq], { folder: changed });
    equal(code, 1);
    match(stdout, says);
    equal((await callCli(["show", "ledger", seq, "--json"], { folder: changed })).code, 1);
  });
}

test("an entry of a version to come is not guessed at", async () => {
  const changed = tamper(
    "UPDATE entry SET entry = replace(entry, '\"v\":1}', '\"v\":2}') WHERE actor = 1 AND seq = 9",
  );
  for (const args of [["show", "ledger", "9"], ["log", "ledger"]]) {
    const { code, stderr } = await runCli(args, { folder: changed });
    equal(code, 2);
    match(
      stderr,
      /^error: Cannot read entry 9 of ledger: .*version.*\n {2}a newer version of Theater may have written it\n/,
    );
  }
});

test("theater state is exact in a pipe, and laid out on a terminal", async () => {
  const exact = '{"accounts":{"cash":1200,"rent":12345678901234567890},"postings":2}\n';
  const pipe = await runCli(["state", "ledger"], { folder });
  deepEqual([pipe.code, pipe.stdout], [0, exact]);
  equal((await callCli(["state", "ledger", "--raw"], { folder })).stdout, exact);
  const laidOut = await callCli(["state", "ledger"], { folder, columns: 40 });
  equal(
    laidOut.stdout,
    '{\n  "accounts": {\n    "cash": 1200,\n    "rent": 12345678901234567890\n  },\n  "postings": 2\n}\n',
  );
  const { stdout } = await runCli(["state", "ledger", "--json"], { folder });
  equal(stdout, `{"actor":"ledger","seq":18,"state":${exact.trimEnd()}}\n`);
});

test("theater state does not show a state that is not the one committed to", async () => {
  const changed = tamper("UPDATE state SET bytes = CAST('{\"accounts\":{}}' AS BLOB)");
  const { code, stdout, stderr } = await runCli(["state", "ledger"], { folder: changed });
  deepEqual([code, stdout], [2, ""]);
  match(stderr, /^error: Cannot read ledger .*damaged/);
});

test("theater state says when there is none yet", async () => {
  const changed = tamper(
    "DELETE FROM entry WHERE actor = 2 AND seq > 0; UPDATE actor SET size = 1 WHERE id = 2",
  );
  const { code, stderr } = await runCli(["state", "ledger/auditor"], { folder: changed });
  equal(code, 2);
  match(stderr, /the state of ledger\/auditor: it has none yet/);
});

test("theater ps shows the tree of actors", async () => {
  const { code, stdout } = await callCli(["ps"], { folder, nowMs: startMs + 120_000 });
  equal(code, 0);
  const lines = stdout.replace(/\d+\.\d kB/g, "9.9 kB").split("\n");
  deepEqual(lines, [
    "ACTOR      STATUS   TURNS  ENTRIES    SIZE  LAST ENTRY",
    "ledger     resting      7       20  9.9 kB  1 min ago",
    "           trap: denied (entry 16): Cannot call clock.now: the manifest does no…",
    "└ auditor  failed       2        5  9.9 kB  1 min ago",
    "           cut: deadline (entry 4): the turn took longer than 5000 ms",
    "",
  ]);
  deepEqual(await callCli(["ps", "--tree"], { folder, nowMs: startMs + 120_000 }), {
    code,
    stdout,
    stderr: "",
  });
});

test("theater ps --json gives an object for each actor", async () => {
  const { stdout } = await runCli(["ps", "--json"], { folder });
  const [ledger, auditor] = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  deepEqual([ledger.actor, ledger.status, ledger.turns, ledger.entries], ["ledger", "resting", 7, 20]);
  deepEqual([ledger.last_entry_ms, ledger.last_error.seq, ledger.last_error.kind], [
    startMs + 1100,
    16,
    "trap",
  ]);
  deepEqual([auditor.actor, auditor.status, auditor.last_error.kind], ["ledger/auditor", "failed", "cut"]);
});

test("theater ps says when a log has no actors", async () => {
  const { openLog } = await import("../../src/store/mod.ts");
  const empty = makeFolder();
  openLog(join(empty, "empty.db"), { nodeName: "sample" }).close();
  const { code, stdout, stderr } = await runCli(["ps"], { folder: empty });
  deepEqual([code, stdout], [0, ""]);
  match(stderr, /^no actors in .*empty\.db yet\n$/);
});

test("a damaged log has an exit code of its own", async () => {
  const damaged = makeFolder();
  const path = join(damaged, "bad.db");
  copyFileSync(join(folder, ".theater", "theater.db"), path);
  const { openSync, writeSync, closeSync } = await import("node:fs");
  const file = openSync(path, "r+");
  // Past the header, over the first pages of the tables.
  writeSync(file, new Uint8Array(12_000).fill(0xab), 0, 12_000, 100);
  closeSync(file);
  const { code, stderr } = await runCli(["log"], { folder: damaged });
  equal(code, 4, stderr);
  match(stderr, /^error: Cannot use .*bad\.db as it is damaged/);
});

test("a log of a newer version is refused with the reason", async () => {
  const changed = tamper("PRAGMA user_version = 99");
  const { code, stderr } = await runCli(["ps"], { folder: changed });
  equal(code, 2);
  match(stderr, /a newer theater wrote it/);
});

test("theater check reads a manifest and its script, and says what the actor may do", async () => {
  const good = makeFolder();
  writeFileSync(
    join(good, "bank.toml"),
    'name = "bank"\ncomponent = "bank.ts"\n[permissions]\nlog = true\nsend = ["bank/*"]\n' +
      '[[child]]\nname = "teller"\ncomponent = "bank.ts"\n[child.limits]\nmemory = "16MiB"\n',
  );
  writeFileSync(
    join(good, "bank.ts"),
    "export function handle(state, message) {\n  return [state, null];\n}\n",
  );
  const { code, stdout, stderr } = await runCli(["check", "bank.toml"], { folder: good });
  equal(code, 0, stderr);
  match(
    stdout,
    /^ok {2}bank\.toml: 2 actors\n\nbank\n {2}component {2}bank\.ts\n {2}sha256 {5}[0-9a-f]{64}\n/,
  );
  match(stdout, /\n {2}may {8}write log lines; send to bank\/\*\n {2}limits {5}turn 5 s, memory 64MiB, .*\n/);
  match(
    stdout,
    /\nbank\/teller\n.*\n.*\n {2}may {8}answer messages, nothing else\n {2}limits {5}.*memory 16MiB,.*\d\n$/,
  );
  const json = await runCli(["check", "bank.toml", "--json"], { folder: good });
  const { ok, actors } = JSON.parse(json.stdout);
  deepEqual([ok, actors.map(({ actor }: { actor: string }) => actor)], [true, ["bank", "bank/teller"]]);
});

test("theater check names every problem with its place", async () => {
  const bad = makeFolder();
  writeFileSync(join(bad, "bad.toml"), 'name = "Bank"\ncomponent = "bank.ts"\n[permissions]\nclok = true\n');
  const { code, stdout, stderr } = await runCli(["check", "bad.toml"], { folder: bad });
  deepEqual([code, stdout], [2, ""]);
  match(stderr, /^bad\.toml:1:8: .*wanted .*, got /m);
  match(stderr, /^bad\.toml:4:1: Cannot read permissions\.clok: .*did you mean clock\?/m);
  match(stderr, /^error: Cannot use the manifest: it has 2 problems$/m);
  const json = await runCli(["check", "bad.toml", "--json"], { folder: bad });
  const { error } = JSON.parse(json.stderr);
  deepEqual(
    [error.code, error.evidence.problems.map(({ line, column }: Record<string, number>) => [line, column])],
    ["bad_manifest", [[1, 8], [4, 1]]],
  );
});

const components:
  readonly (readonly [what: string, name: string, content: string | undefined, says: RegExp])[] = [
    ["is missing", "bank.ts", undefined, /bank\.ts: there is no such file/],
    ["does not parse", "bank.ts", "export function handle( {\n", /bank\.ts:\d+:\d+\n/],
    ["has no handle", "bank.ts", "export const x = 1;\n", /wanted an exported function "handle"/],
    ["is not a component", "bank.wasm", "not wasm", /wanted a WebAssembly component, got/],
    ["is missing", "bank.wasm", undefined, /bank\.wasm: there is no such file/],
  ];

for (const [what, name, content, says] of components) {
  test(`theater check says that ${name} ${what}`, async () => {
    const bad = makeFolder();
    writeFileSync(join(bad, "bank.toml"), `name = "bank"\ncomponent = "${name}"\n`);
    if (content !== undefined) writeFileSync(join(bad, name), content);
    const { code, stderr } = await runCli(["check", "bank.toml"], { folder: bad });
    equal(code, 2);
    match(stderr, /^bank\.toml: bank: Cannot /m);
    match(stderr, says);
    match(stderr, /^error: Cannot run bank$/m);
  });
}

test("theater state replays the turns since the state that is kept", async () => {
  const live = makeFolder();
  writeFileSync(join(live, "counter.toml"), 'name = "counter"\ncomponent = "counter.ts"\n');
  writeFileSync(
    join(live, "counter.ts"),
    "export function init() { return 0; }\n" +
      "export function handle(state, message) { return [state + message.body, state]; }\n",
  );
  const { code, stderr } = await runCli(["run", "counter.toml", "-", "--quiet"], {
    folder: live,
    input: "1\n20\n300\n",
  });
  equal(code, 0, stderr);
  const kept = await runCli(["state", "counter"], { folder: live });
  deepEqual([kept.code, kept.stdout], [0, "321\n"]);

  // Without the row only the commitments are left, and the way to make the bytes again.
  const database = new DatabaseSync(join(live, ".theater", "theater.db"));
  database.exec("DELETE FROM state");
  database.close();
  deepEqual(await runCli(["state", "counter"], { folder: live }), kept);
});
