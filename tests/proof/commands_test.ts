/** The commands that prove and take away, as somebody types them. */

import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { type CliResult, runCli } from "../cli/run_cli.ts";
import { writeSample } from "../cli/sample_log.ts";
import { test } from "../system/house.ts";

const top = mkdtempSync(join(tmpdir(), "theater-commands-"));
after(() => rmSync(top, { recursive: true, force: true }));
let folders = 0;

/** A folder with the sample log, and keys of its own. */
function makeFolder(): { folder: string; run(...args: string[]): Promise<CliResult> } {
  const folder = join(top, `${folders++}`);
  mkdirSync(join(folder, ".theater"), { recursive: true });
  writeSample(join(folder, ".theater", "theater.db"));
  const env = { THEATER_DATA_DIR: join(folder, "data") };
  return { folder, run: (...args) => runCli(args, { folder, env }) };
}

function done({ code, stdout, stderr }: CliResult): string {
  equal(code, 0, stderr + stdout);
  return stdout;
}

async function nodeKey(run: (...args: string[]) => Promise<CliResult>): Promise<string> {
  const [key = ""] = /\S+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+/.exec(done(await run("keys"))) ?? [];
  ok(key !== "");
  return key;
}

test("theater prove writes a proof that theater verify accepts by the node's key alone", async () => {
  const { folder, run } = makeFolder();
  match(done(await run("prove", "ledger", "6")), /entry 6 of ledger proved in ledger-6\.proof\.json/);
  const key = await nodeKey(run);
  match(done(await run("verify", "ledger-6.proof.json", "--key", key)), /verified: signed by/);
  match(done(await run("verify", "ledger-6.proof.json")), /internally consistent, signer unverified/);

  done(await run("prove", "ledger", "5..9", "-o", "span", "--withhold-body"));
  deepEqual(readdirSync(join(folder, "span")).sort(), ["5", "6", "7", "8", "9", "README.txt"]);
  ok(!readdirSync(join(folder, "span", "6")).some((name) => name.startsWith("part-")));
  done(await run("verify", "span", "--key", key));

  const shown = JSON.parse(done(await run("prove", "ledger", "6", "-o", "key", "--part", "key", "--json")));
  equal(shown.shown, 1);
  equal(shown.withheld, 1);

  const there = await run("prove", "ledger", "6");
  equal(there.code, 2);
  match(there.stderr, /something is there already/);
  done(await run("prove", "ledger", "6", "--force"));
  match((await run("prove", "ledger", "20")).stderr, /it has 20, the last one is 19/);
});

test("theater export writes a bundle that the other commands read", async () => {
  const { folder, run } = makeFolder();
  done(await run("prove", "ledger", "6")); // So that it is signed.
  match(done(await run("export", "ledger", "ledger/auditor", "-o", "out.db")), /signed at \d+ leaves/);
  const log = done(await run("log", "--db", "out.db", "ledger"));
  equal(log, done(await run("log", "ledger")));
  match(done(await run("show", "ledger", "6", "--db", "out.db")), /posting-1/);
  equal(done(await run("state", "ledger", "--db", "out.db")), done(await run("state", "ledger")));

  const without = await run("export", "--all", "-o", "short.db", "--withhold", "seq:6,part:body");
  match(done(without), /1 part withheld\n.*\n {2}the same stands in\n {4}ledger: body of 5/);
  const closed = JSON.parse(
    done(
      await run("export", "--all", "-o", "closed.db", "--withhold", "seq:6,part:body", "--closure", "--json"),
    ),
  );
  deepEqual(closed.remains, { copies: [], replayed: [], follows: [] });
  ok(!readFileSync(join(folder, "closed.db")).includes("120000"));

  equal((await run("export", "-o", "x.db")).code, 2);
  match((await run("export", "nobody", "-o", "x.db")).stderr, /the actor "nobody"/);
  match((await run("export", "ledger", "-o", "out.db")).stderr, /something is there already/);
  match(
    (await run("export", "ledger", "-o", "x.db", "--withhold", "body")).stderr,
    /wanted kind:, function:/,
  );
});

test("theater erase takes a part out of the file, and says what still tells of it", async () => {
  const { folder, run } = makeFolder();
  const bytes = () => readFileSync(join(folder, ".theater", "theater.db"));
  ok(bytes().includes("999999999"));
  match(done(await run("erase", "ledger", "10", "--dry-run")), /1 part of ledger would be erased/);
  ok(bytes().includes("999999999"));
  match((await run("erase", "ledger", "10")).stderr, /--reason <text> is missing/);
  const erased = done(await run("erase", "ledger", "10", "--reason", "a mistake"));
  match(erased, /1 part erased/);
  match(erased, /ledger: error of 11/);
  ok(!bytes().includes("999999999"));
  ok(!existsSync(join(folder, ".theater", "theater.db.scrub")));
  match((await run("erase", "ledger", "10", "--reason", "again")).stderr, /gone already/);
  match(done(await run("show", "ledger", "20")), /a mistake/);
});

test("theater prune drops entries down to their hashes, and puts them back", async () => {
  const { run } = makeFolder();
  done(await run("prove", "ledger", "6", "-o", "old"));
  const key = await nodeKey(run);
  done(await run("export", "ledger", "-o", "saved.db"));
  match((await run("prune", "ledger", "--before", "16")).stderr, /go on from a keyframe/);
  match(
    done(await run("prune", "ledger", "--restore", "saved.db").then(() => run("log", "ledger"))),
    /overdraft/,
  );
  match((await run("prune", "ledger", "--restore", "saved.db")).stderr, /none of its pruned entries/);
  match((await run("prune", "ledger")).stderr, /--before <seq> is missing/);
  done(await run("verify", "old", "--key", key));
});
