import { deepEqual, equal, match } from "node:assert/strict";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openDatabase } from "../../src/platform/mod.ts";
import { vkeyOf, writeSmallBundle } from "../proof/evidence_log.ts";
import { type CliResult, runCli } from "./run_cli.ts";
import { makeFolder } from "./sample_folder.ts";

const slow = { timeout: 120_000 };

/** A folder with the small bundle, the keys of its node, and a checkpoint that was saved. */
function makeBundle() {
  const folder = makeFolder();
  writeSmallBundle(join(folder, "bundle.db"));
  writeFileSync(join(folder, "node.vkey"), `# of the node\n${vkeyOf(1)}\n\n${vkeyOf(2)}\n`);
  const change = (sql: string, name = "bundle.db") => {
    const database = openDatabase(join(folder, name));
    database.exec(`PRAGMA foreign_keys = OFF; ${sql}`);
    database.close();
  };
  const read = openDatabase(join(folder, "bundle.db"), { readOnly: true });
  writeFileSync(join(folder, "saved"), String(read.prepare("SELECT note FROM checkpoint").get()?.["note"]));
  read.close();
  return { folder, change, cli: (args: readonly string[]) => runCli(["verify", ...args], { folder }) };
}

test("theater verify says at a glance what was checked, what it amounts to, and what it does not speak of", async () => {
  const { cli } = makeBundle();
  const { code, stdout, stderr } = await cli(["bundle.db"]);
  equal(code, 0, stderr);
  equal(
    stdout,
    `✓ entries     30 entries in 3 chains: links, order, causes; 41 parts and 1 blob
✓ trees       7 leaves, 7 seals, 4 checkpoints, 0 tiles, all computed anew
– signatures  4 checkpoints signed by the node's own keys; no key was given to hold them against
– continuity  no earlier checkpoint was given
– replay      not run again
– coverage    not everything, see below

internally consistent, signer unverified

not covered
  2 parts withheld from this bundle
  1 part erased, as an entry says
  2 entries pruned, as an entry says
  1 state not kept, as replay gives it back
  10 turns not run again
`,
  );
});

test("theater verify takes keys by themselves and from files, and a saved checkpoint", async () => {
  const { cli } = makeBundle();
  const [byFile, byText, stranger, since] = await Promise.all([
    cli(["bundle.db", "--key", "node.vkey", "--since", "saved"]),
    cli(["bundle.db", "--key", vkeyOf(2)]),
    cli(["bundle.db", "--key", vkeyOf(3)]),
    cli(["bundle.db", "--since", "saved", "--json"]),
  ]);
  match(
    byFile.stdout,
    /\nverified: signed by home~\S+, and it continues your checkpoint of 2 leaves\n/,
  );
  match(byText.stdout, /\nverified: signed by home~\S+\n/);
  deepEqual([byFile.code, byText.code, stranger.code, since.code], [0, 0, 3, 0]);
  match(stranger.stdout, /\npolicy not met\n[^]*not_trusted: wanted signatures of home~/);
  const verdict = JSON.parse(since.stdout);
  deepEqual(
    verdict.levels.map(({ level, status }: { level: string; status: string }) => `${level} ${status}`),
    [
      "entries ok",
      "trees ok",
      "signatures unchecked",
      "continuity ok",
      "replay unchecked",
    ],
  );
});

test("theater verify names the first bad entry, with what was wanted and got", async () => {
  const { cli, change } = makeBundle();
  change(`UPDATE entry SET entry = replace(entry, '"fuel":99', '"fuel":98')`);
  const { code, stdout } = await cli(["bundle.db"]);
  equal(code, 1);
  match(stdout, /^✗ entries {5}1 fault in 30 entries/);
  match(stdout, /\nrefuted: bank, entry 14 \(wrong_prev\)\n/);
  match(
    stdout,
    / {2}bank, entry 14: wrong_prev: wanted [0-9a-f]{64}, got [0-9a-f]{64} \(entry 13 that is here is not/,
  );
});

/** What cannot be checked: how the file is spoilt, and the code for machines. */
const unchecked: readonly (readonly [name: string, spoil: (path: string) => void, code: string])[] = [
  ["a file that was cut off", (path) => writeFileSync(path, readFileSync(path).subarray(0, 9000)), "damaged"],
  [
    "a file that is no database",
    (path) => writeFileSync(path, "nothing of the kind".repeat(99)),
    "not_a_log",
  ],
  ["an empty file", (path) => writeFileSync(path, ""), "not_a_log"],
];

for (const [name, spoil, code] of unchecked) {
  test(`theater verify ends with 2 and ${code} on ${name}`, async () => {
    const { folder, cli } = makeBundle();
    spoil(join(folder, "bundle.db"));
    const plain = await cli(["bundle.db"]);
    equal(plain.code, 2);
    match(plain.stderr, /^error: Cannot [^\n]*\n {2}this is no verdict/);
    const { code: exit, stderr } = await cli(["bundle.db", "--json"]);
    deepEqual([exit, JSON.parse(stderr).error.code], [2, code]);
  });
}

const refusals: readonly (readonly [args: readonly string[], says: RegExp])[] = [
  [["nothing.db"], /nothing\.db as there is no such file/],
  [["bundle.db", "--key", "nothing.vkey"], /a verifier key, or a file with some nothing\.vkey/],
  [["bundle.db", "--key", `${vkeyOf(1).slice(0, -4)}AAAA`], /as its id is not its own/],
  [["bundle.db", "--policy", "saved"], /Cannot read the policy/],
  [["bundle.db", "--since", "node.vkey"], /Cannot read the note/],
  [["bundle.db", "--db", "bundle.db"], /both name what is to be checked/],
];

for (const [args, says] of refusals) {
  test(`theater verify ${args.join(" ").slice(0, 60)} is refused`, async () => {
    const { code, stderr } = await makeBundle().cli(args);
    equal(code, 2, stderr);
    match(stderr, says);
  });
}

test("what a bundle says never reaches the terminal as a control character", async () => {
  const { cli, change } = makeBundle();
  change(`UPDATE actor SET address = 'ba' || char(27) || '[31mnk' WHERE address = 'bank'`);
  const { code, stdout } = await cli(["bundle.db"]);
  equal(code, 1);
  // deno-lint-ignore no-control-regex
  equal(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(stdout), false, JSON.stringify(stdout));
});

test(
  "theater verify --replay runs every turn again, as far as what it takes is here",
  slow,
  async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, "theater.toml"), 'name = "counter"\ncomponent = "counter.ts"\n');
    writeFileSync(
      join(folder, "counter.ts"),
      "export const init = () => 0;\nexport const handle = (n, { body }) => [n + body, n + body];\n",
    );
    const cli = (args: readonly string[], input?: string): Promise<CliResult> =>
      runCli(args, { folder, ...(input !== undefined && { input }) });
    equal((await cli(["run", "theater.toml", "-"], "1\n2\n3\n")).code, 0);
    equal((await cli(["run", "theater.toml", "-"], "4\n")).code, 0);
    const replayed = await cli(["verify", "--replay"]);
    equal(replayed.code, 0, replayed.stdout + replayed.stderr);
    match(replayed.stdout, /\n✓ replay {6}7 turns run again on /);
    match(replayed.stdout, /\ninternally consistent, signer unverified\n/);

    // A host that ran another script than it says: all hashes are right, and replay tells.
    const log = join(folder, ".theater", "theater.db");
    const bare = join(folder, "bare.db");
    copyFileSync(log, bare);
    const database = openDatabase(bare);
    database.exec("DELETE FROM blob WHERE length(bytes) < 1000");
    database.close();
    const without = await cli(["verify", "bare.db", "--replay"]);
    equal(without.code, 0, without.stdout);
    match(without.stdout, /\n– replay {6}0 turns run again on .*, 7 turns could not be run\n/);
    match(without.stdout, /\n {2}1 component not here\n/);
  },
);
