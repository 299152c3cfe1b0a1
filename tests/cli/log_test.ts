import { spawn } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { chainHash, commitPart, parseEntry } from "../../src/chain/mod.ts";
import { fromHex } from "../../src/codec/mod.ts";
import { openLog } from "../../src/store/mod.ts";
import { callCli } from "./call_cli.ts";
import { commandFor, runCli, startCli } from "./run_cli.ts";
import { makeFolder, makeSampleFolder } from "./sample_folder.ts";
import { beginChain, startMs, writeLongLog } from "./sample_log.ts";

const folder = makeSampleFolder();

/** The numbers of the entries that a command line shows. */
async function shown(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(["log", ...args], { folder });
  equal(code, 0, stderr);
  return stdout.split("\n").filter((line) => line !== "").map((line) => line.trim().split(" ")[0]).join(" ");
}

test("theater log shows an actor, one line an entry", async () => {
  const { stdout } = await runCli(["log", "ledger"], { folder });
  const lines = stdout.split("\n");
  equal(lines.length, 21);
  const samples: readonly (readonly [number, string])[] = [
    [1, "  1  2026-03-01 13:03:22.010  keyframe  activation 0 starts  turn 0  state 4 B"],
    [
      6,
      '  6  2026-03-01 13:03:22.120  receive   request from outside  {"op":"post","from":"cash","to":"rent","cents":120000}  key posting-1  turn 2',
    ],
    [
      7,
      '  7  2026-03-01 13:03:22.121  call      log.write  "info","posted \\u001b[31mred\\u001b[0m Zoë 東京"',
    ],
    [8, '  8  2026-03-01 13:03:22.122  call      messaging.send  "ledger/auditor",{"posted":1} → ok'],
    [9, '  9  2026-03-01 13:03:22.123  return    ok  → {"ok":true}  1 effect  fuel 12,345'],
    [11, " 11  2026-03-01 13:03:22.501  return    refused  → overdraft: rent has 1200.00  fuel 4,000"],
    [
      15,
      ' 15  2026-03-01 13:03:22.901  call      clock.now denied  → "Cannot call clock.now: the manifest does not grant it"',
    ],
    [17, " 17  2026-03-01 13:03:23.000  keyframe  activation 1 restarts  turn 6"],
  ];
  for (const [number, line] of samples) equal(lines[number], line);
});

test("theater log shows all actors in the order of time", async () => {
  const { stdout } = await runCli(["log"], { folder });
  const lines = stdout.trimEnd().split("\n").map((line) => line.trim().split(/ {2,}/));
  equal(lines.length, 25);
  deepEqual(lines.slice(0, 5).map(([seq, , actor]) => `${actor} ${seq}`), [
    "ledger 0",
    "ledger/auditor 0",
    "ledger 1",
    "ledger 2",
    "ledger/auditor 1",
  ]);
  const times = lines.map(([, time]) => time ?? "");
  deepEqual(times, times.toSorted());
});

test("theater log tells local time, or UTC", async () => {
  const env = { TZ: "America/St_Johns" };
  const local = await runCli(["log", "ledger", "--seq", "0"], { folder, env });
  match(local.stdout, /^ {2}0 {2}2026-03-01 09:33:22\.000 /);
  const utc = await runCli(["log", "ledger", "--seq", "0", "--utc"], { folder, env });
  match(utc.stdout, /^ {2}0 {2}2026-03-01 13:03:22\.000 /);
});

const filters: readonly (readonly [args: readonly string[], shows: string])[] = [
  [["ledger", "--kind", "trap"], "16"],
  [["ledger", "--kind", "trap", "--kind", "keyframe"], "1 16 17"],
  [["--kind", "cut"], "4"],
  [["ledger", "--function", "log.write"], "7"],
  [["ledger", "--function", "write"], "7"],
  [["ledger", "--function", "clock", "--function", "log"], "7 15"],
  [["ledger", "--function", "theater:actor/messaging@0.1.0#send"], "8"],
  [["ledger", "--function", "wri"], ""],
  [["ledger", "--turn", "2"], "6 7 8 9"],
  [["ledger", "--turn", "..1"], "1 2 3 4"],
  [["ledger", "--turn", "5.."], "14 15 16 17 18"],
  [["ledger", "--seq", "3..5"], "3 4 5"],
  [["ledger", "--seq", "18..99"], "18 19"],
  [["ledger", "--seq", "50..60"], ""],
  [["ledger", "--since", "2026-03-01T13:03:23Z"], "17 18 19"],
  [["ledger", "--until", "2026-03-01T14:03:22.020+01:00"], "0 1 2 3"],
  [["--since", "10m"], ""],
  [["ledger", "--text", "overdraft"], "11"],
  [["ledger", "--text", "東京"], "7"],
  [["ledger", "--text", '"op":"post"', "--kind", "receive"], "6 10"],
  [["ledger", "--text", "1200", "--kind", "return"], "11 13"],
  [["ledger", "--last", "3"], "17 18 19"],
  [["ledger", "-n", "2", "--kind", "call"], "8 15"],
  [["ledger", "-n", "0"], ""],
  [["ledger", "--last", "all", "--seq", "..1"], "0 1"],
];

for (const [args, shows] of filters) {
  test(`theater log ${args.join(" ")} shows ${shows === "" ? "nothing" : shows}`, async () => {
    equal(await shown(...args), shows);
  });
}

test("theater log --json gives whole entries, with all that is needed to check them", async () => {
  const { stdout } = await runCli(["log", "--json"], { folder });
  const lines = stdout.trimEnd().split("\n");
  equal(lines.length, 25);
  for (const line of lines) {
    const { actor, seq, hash, entry, parts } = JSON.parse(line);
    const text = line.slice(line.indexOf('"entry":') + 8, line.indexOf(',"parts":[{"role"'));
    equal(chainHash(text), hash);
    deepEqual(parseEntry(text), entry);
    ok(actor === "ledger" || actor === "ledger/auditor");
    equal(entry.seq, seq);
    for (const [position, part] of parts.entries()) {
      equal(part.commitment, entry.parts[position]);
      if (part.status === "derivable") continue;
      equal(commitPart(new TextEncoder().encode(part.text), fromHex(part.salt, 16)), part.commitment);
    }
  }
});

test("a terminal shows the newest 50 lines, cut to its width, and says so", async () => {
  const long = makeFolder();
  writeLongLog(join(long, "busy.db"), 80);
  const { stdout, stderr } = await callCli(["log", "--utc"], { folder: long, nowMs: startMs });
  equal(stderr, "… 31 older entries; --last <n> or --last all shows more\n");
  const lines = stdout.trimEnd().split("\n");
  equal(lines.length, 50);
  equal(lines.at(-1), ' 80  13:03:22.079  accept    send from outside  {"message":79}');
  const filtered = await callCli(["log", "--utc", "--kind", "accept", "-n", "5"], {
    folder: long,
    nowMs: startMs,
  });
  equal(filtered.stderr, "… older entries match, too; --last <n> or --last all shows more\n");
  const all = await callCli(["log", "--last", "all"], { folder: long });
  equal(all.stderr, "");
});

for (const columns of [40, 60, 80, 120, 200]) {
  test(`no line is wider than a terminal of ${columns} columns`, async () => {
    const { stdout } = await callCli(["log", "--utc"], { folder, columns });
    for (const line of stdout.split("\n")) ok(line.length <= columns, `${line.length}: ${line}`);
    const wide = await callCli(["log", "--utc", "--wide"], { folder, columns });
    ok(wide.stdout.split("\n").some((line) => line.length > 120));
  });
}

test("a terminal is told the date once a day", async () => {
  const { stdout } = await callCli(["log", "ledger", "--utc", "--seq", "..1"], {
    folder,
    nowMs: startMs + 86_400_000,
  });
  match(stdout, /^2026-03-01\n {2}0 {2}13:03:22\.000 {2}genesis .*\n {2}1 {2}13:03:22\.010 /);
  const today = await callCli(["log", "ledger", "--utc", "--seq", "..1"], { folder, nowMs: startMs });
  match(today.stdout, /^ {2}0 {2}13:03:22\.000/);
});

test("what went wrong is red, and nothing else is", async () => {
  const { stdout } = await callCli(["log", "--utc"], { folder, colour: true });
  const red = stdout.split("\n").filter((line) => line.includes("\x1b[31m"));
  deepEqual(red.map((line) => /(?:call|trap|cut) /.exec(line)?.[0]), ["call ", "trap ", "cut "]);
});

test("nothing that an actor said reaches the terminal as a control character", async () => {
  for (const args of [["log", "ledger"], ["show", "ledger", "7"], ["ps"]]) {
    const { stdout } = await callCli(args, { folder });
    // deno-lint-ignore no-control-regex
    equal(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(stdout), false, stdout);
  }
});

test("theater log --follow shows what comes, until interrupted", async () => {
  const live = makeFolder();
  const store = openLog(join(live, "live.db"), { nodeName: "sample" });
  const accept = { kind: "accept", time: startMs, type: "send", from: "outside", keyed: false } as const;
  const first = beginChain(store, "first");
  first.write(accept, '"before"');
  let said = 0;
  const { code, stdout } = await callCli(["log", "--follow", "--kind", "accept"], {
    folder: live,
    watch(printed, interrupt) {
      // Each line that is shown makes the next one happen; the last is of an actor that was not there before.
      if (said === 0 && printed.includes("before")) {
        said = 1;
        first.write(accept, '"meanwhile"');
      } else if (said === 1 && printed.includes("meanwhile")) {
        said = 2;
        beginChain(store, "second").write(accept, '"from another"');
      } else if (printed.includes("another")) interrupt();
    },
  });
  store.close();
  equal(code, 130);
  deepEqual(stdout.match(/"[a-z ]+"/g), ['"before"', '"meanwhile"', '"from another"']);
});

test("SIGINT ends theater log --follow with the exit code of an interrupt", async () => {
  const child = startCli(["log", "--follow"], { folder });
  const code = new Promise((resolve) => child.on("close", resolve));
  // It listens for signals before it shows anything. Not child.kill(): under Deno that hides the exit code.
  child.stdout?.once("data", () => process.kill(child.pid ?? 0, "SIGINT"));
  equal(await code, 130);
});

test("a reader that goes away ends theater log in silence", async () => {
  const long = makeFolder();
  // Many times what fits into a pipe.
  writeLongLog(join(long, "busy.db"), 5000);
  const line = commandFor(["log", "--json"]).map((word) => `'${word}'`).join(" ");
  const shell = spawn("bash", ["-c", `set -o pipefail; ${line} | head -n 1`], { cwd: long });
  const printed: string[] = [];
  shell.stdout.on("data", (chunk) => printed.push(String(chunk)));
  shell.stderr.on("data", (chunk) => printed.push(`stderr: ${chunk}`));
  const code = await new Promise((resolve) => shell.on("close", resolve));
  equal(code, 0);
  match(printed.join(""), /^\{"actor":"busy","seq":0,.*\}\n$/);
});
