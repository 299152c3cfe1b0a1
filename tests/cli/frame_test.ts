import { test } from "node:test";
import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { catalogue } from "../../src/cli/catalogue.ts";
import { program, runCli } from "./run_cli.ts";
import { makeFolder, makeSampleFolder } from "./sample_folder.ts";

const folder = makeSampleFolder();

/** Command lines that are refused: what standard error says, and the code for machines. */
const refusals: readonly (readonly [args: readonly string[], says: RegExp, code: string])[] = [
  [["sohw"], /"sohw" as a command.*\n {2}did you mean show\?/, "unknown_command"],
  [["help", "lgo"], /did you mean log\?/, "unknown_command"],
  [["--kind", "call"], /--kind before the command/, "unknown_option"],
  [["log", "--knid", "call"], /--knid as an option of "log".*\n {2}did you mean --kind\?/, "unknown_option"],
  [["log", "-x"], /-x as an option of "log"/, "unknown_option"],
  [
    ["log", "--kind", "trp"],
    /--kind: wanted one of genesis, .*, got "trp"\n {2}did you mean trap\?/,
    "bad_value",
  ],
  [["log", "--kind"], /--kind: wanted one of .*, got nothing/, "missing_value"],
  [["log", "--text", "--utc"], /--text: wanted some text, got the option --utc\n.*--text=…/, "missing_value"],
  [["log", "--utc=yes"], /--utc: wanted no value, got "yes"/, "unwanted_value"],
  [["log", "--last", "-5"], /--last: wanted/, "missing_value"],
  [["log", "--last", "few"], /--last: wanted a whole number, or "all", got "few"/, "bad_value"],
  [["log", "--turn", "9..3"], /--turn: wanted .*, got "9..3"/, "bad_value"],
  [["log", "--since", "2026-02-31"], /--since: wanted a time .*, got "2026-02-31"/, "bad_value"],
  [["log", "ledger", "more"], /no further word: got "more"/, "extra_operand"],
  [["show", "ledger"], /"show" as <seq> is missing/, "missing_operand"],
  [["show", "ledger", "x"], /<seq>: wanted a whole number, got "x"/, "bad_value"],
  [["show", "ledger", "99"], /entry 99 of ledger: it has 20, the last one is 19/, "no_such_entry"],
  [
    ["show", "ledger", "9", "--part", "body"],
    /"body" of entry 9 of ledger: it has state, response/,
    "no_such_part",
  ],
  [
    ["show", "ledger", "9", "--part", "state"],
    /"state" of entry 9 of ledger: it is derivable/,
    "no_such_part",
  ],
  [
    ["state", "ledgr"],
    /"ledgr".*\n {2}did you mean ledger\?\n {2}it has ledger, ledger\/auditor/,
    "no_such_actor",
  ],
  [["log", "nobody"], /the actor "nobody"/, "no_such_actor"],
  [["log", "--db", "other.db"], /the log other.db: there is no such file/, "log_not_found"],
  [["check", "missing.toml"], /the manifest missing.toml: there is no such file/, "file_not_found"],
  [["completions", "tcsh"], /<shell>: wanted one of bash, zsh, fish, got "tcsh"/, "bad_value"],
];

for (const [args, says, code] of refusals) {
  test(`theater ${args.join(" ")} is refused with ${code}`, async () => {
    const plain = await runCli(args, { folder });
    equal(plain.code, 2, plain.stderr);
    equal(plain.stdout, "");
    match(plain.stderr, /^error: Cannot /);
    if (!args.includes("--json")) match(plain.stderr, says);
    doesNotMatch(plain.stderr, /fault of Theater itself/);

    if (args.includes("--part")) return; // Has no form for machines.
    const forMachines = await runCli([...args, "--json"], { folder });
    const { error } = JSON.parse(forMachines.stderr);
    deepEqual([forMachines.code, error.exit], [2, 2]);
    // Where a value is missing at the end, --json is taken for it, and the refusal is the same.
    equal(error.code, code);
    equal(typeof error.message, "string");
  });
}

test("theater alone prints help and fails", async () => {
  const { code, stdout, stderr } = await runCli([], { folder });
  deepEqual([code, stdout], [2, ""]);
  match(stderr, /^Theater runs WebAssembly components/);
});

test("theater --help and theater help print the same", async () => {
  const [long, short, command] = await Promise.all(
    [["--help"], ["-h"], ["help"]].map((args) => runCli(args, { folder })),
  );
  deepEqual([long, short], [command, command]);
  equal(command?.code, 0);
  for (const { name } of catalogue) match(command?.stdout ?? "", new RegExp(`^  ${name} `, "m"));
});

test("theater --version and theater version print the same", async () => {
  const [option, command] = await Promise.all(
    [["--version"], ["version"]].map((args) => runCli(args, { folder })),
  );
  deepEqual(option, command);
  match(command?.stdout ?? "", /^theater \d+\.\d+\.\d+\n/);
  const { stdout } = await runCli(["version", "--json"], { folder });
  deepEqual(Object.keys(JSON.parse(stdout)), [
    "theater",
    "runtime",
    ...(program === undefined ? [] : ["commit", "target"]),
    "formats",
    "execution",
  ]);
});

for (const entry of catalogue) {
  test(`theater ${entry.name} says the same of itself in the catalogue, in help and when asked`, async () => {
    const command = await entry.load();
    deepEqual([command.name, command.summary], [entry.name, entry.summary]);
    ok(command.examples.length > 0, "no examples");
    for (const { line } of command.examples) match(line, new RegExp(`theater ${entry.name}`));
    const operands = Object.values(command.operands).map((operand) => {
      const { placeholder } = operand.reader;
      if (operand.required) return placeholder;
      return `[${placeholder.replace(/^<(.*)>$/, "$1")}]${"many" in operand ? "…" : ""}`;
    });
    equal(entry.operands, operands.join(" "));
    const [asked, helped] = await Promise.all([
      runCli([entry.name, "--help"], { folder }),
      runCli(["help", entry.name], { folder }),
    ]);
    deepEqual(asked, helped);
    equal(asked.code, 0);
    match(asked.stdout, new RegExp(`^${entry.summary}\n\nUsage  theater ${entry.name}`));
  });
}

test("options of every command may stand before its name", async () => {
  const { code, stdout } = await runCli(["--db", ".theater/theater.db", "--json", "ps"], { folder });
  equal(code, 0);
  equal(stdout.trim().split("\n").length, 2);
});

test("help wins over what else is wrong", async () => {
  const { code, stdout } = await runCli(["show", "--nonsense", "--help"], { folder });
  equal(code, 0);
  match(stdout, /Usage {2}theater show <actor> <seq>/);
});

test("colours are for those who can see them", async () => {
  const setups: readonly (readonly [readonly string[], Readonly<Record<string, string>>, boolean])[] = [
    [[], {}, false],
    [[], { FORCE_COLOR: "1" }, true],
    [["--no-color"], { FORCE_COLOR: "1" }, false],
    [[], { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
  ];
  for (const [args, env, coloured] of setups) {
    const { stdout } = await runCli(["log", ...args], { folder, env });
    equal(stdout.includes("\x1b["), coloured, JSON.stringify([args, env]));
  }
});

test("the log is found where it usually is, else as the only one in the folder", async () => {
  const source = join(folder, ".theater", "theater.db");
  const none = makeFolder();
  writeFileSync(join(none, "notes.db"), "not a database");
  const missing = await runCli(["ps"], { folder: none });
  equal(missing.code, 2);
  match(
    missing.stderr,
    /Cannot find a log: looked for .*theater\.db and a log among the files .*\*\.db\n.*--db <file>/,
  );

  const one = makeFolder();
  writeFileSync(join(one, "notes.db"), "not a database");
  copyFileSync(source, join(one, "bank.db"));
  equal((await runCli(["ps"], { folder: one })).code, 0);

  copyFileSync(source, join(one, "copy.db"));
  const two = await runCli(["ps"], { folder: one });
  equal(two.code, 2);
  match(two.stderr, /Cannot choose a log: found bank\.db, copy\.db\n/);

  mkdirSync(join(one, ".theater"));
  copyFileSync(source, join(one, ".theater", "theater.db"));
  equal((await runCli(["ps"], { folder: one })).code, 0);
});

test("a file that is not a log is refused by name", async () => {
  const other = makeFolder();
  writeFileSync(join(other, "notes.db"), "not a database");
  const { code, stderr } = await runCli(["log", "--db", "notes.db"], { folder: other });
  equal(code, 2);
  match(stderr, /^error: Cannot open .*notes\.db as it is not a log of theater/);
});

for (const shell of ["bash", "zsh", "fish"]) {
  test(`theater completions ${shell} names every command`, async () => {
    const { code, stdout } = await runCli(["completions", shell], { folder });
    equal(code, 0);
    for (const { name } of catalogue) match(stdout, new RegExp(`\\b${name}\\b`));
    match(stdout, /genesis keyframe/);
  });
}
