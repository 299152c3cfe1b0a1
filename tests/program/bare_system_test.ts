/**
 * The program in a system that holds nothing else: the C library that it is
 * linked to, and `/proc`.
 */

import { equal, match } from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { program } from "../cli/run_cli.ts";
import { bareRoot, canChangeRoot, copyWithLibraries } from "./bare_root.ts";

const skip = program === undefined ? "THEATER_PROGRAM names no program" : canChangeRoot();

test("in a system with nothing else it runs, shows, verifies and replays the ledger", {
  skip,
}, () => {
  const root = bareRoot();
  try {
    mkdirSync(join(root, "work"));
    copyWithLibraries(program ?? "", root, { itself: false });
    copyFileSync(program ?? "", join(root, "theater"));
    const examples = fileURLToPath(new URL("../../examples/", import.meta.url));
    for (const file of ["theater.toml", "ledger.ts", "postings.jsonl"]) {
      cpSync(join(examples, "ledger", file), join(root, "work", file));
    }
    const theater = (args: readonly string[], input = "") =>
      spawnSync("unshare", [
        "--mount",
        "--",
        "sh",
        "-c",
        'mount -t proc proc "$0/proc" && chroot=$(command -v chroot) && exec env -i "$chroot" "$0" /theater "$@"',
        root,
        ...args,
      ], { input, encoding: "utf8", timeout: 60_000 });

    const postings = execFileSync("head", ["-n", "60", join(root, "work", "postings.jsonl")], {
      encoding: "utf8",
    });
    const places = ["--data-dir", "/work/data", "--cache-dir", "/work/cache", "--db", "/work/ledger.db"];
    const run = theater(["run", "/work/theater.toml", "-", "--quiet", ...places], postings);
    equal(run.stderr, "");
    equal(run.stdout.trim().split("\n").length, 60);
    const steps: readonly (readonly [readonly string[], RegExp])[] = [
      [["log", "ledger", "--last", "3"], /return/],
      [["state", "ledger"], /\{/],
      [["export", "--all", "-o", "/work/bundle.db"], /./],
      [["verify", "/work/bundle.db", "--replay"], /✓ replay +\d+ turns run again/],
    ];
    for (const [args, says] of steps) {
      const [command] = args;
      const ended = theater([...args, ...(command === "verify" ? places.slice(0, 4) : places)]);
      equal(ended.status, 0, `${args.join(" ")}: ${ended.stdout}${ended.stderr}`);
      match(ended.stdout + ended.stderr, says);
    }
    equal(readdirSync(join(root, "tmp")).every((name) => name.startsWith("theater-")), true);
  } finally {
    rmSync(root, { recursive: true });
  }
});
