/**
 * The program in a system that holds nothing else: the C library that it is
 * linked to, and `/proc`.
 */

import { equal, match } from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { program } from "../cli/run_cli.ts";

function reasonToSkip(): string | false {
  if (program === undefined) return "THEATER_PROGRAM names no program";
  if (process.platform !== "linux" || userInfo().uid !== 0) {
    return "it takes Linux and root to change the root";
  }
  const { status } = spawnSync("unshare", ["--mount", "--", "true"]);
  return status === 0 ? false : "a new mount namespace cannot be made here";
}

/** The files that the system's loader takes for a program, itself included. */
function libraries(path: string): readonly string[] {
  return [...execFileSync("ldd", [path], { encoding: "utf8" }).matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(
    ([, file = ""]) => file,
  );
}

test("in a system with nothing else it runs, shows, verifies and replays the ledger", {
  skip: reasonToSkip(),
}, () => {
  const root = mkdtempSync(join(tmpdir(), "theater-root-"));
  try {
    for (const folder of ["proc", "dev", "tmp", "work"]) mkdirSync(join(root, folder));
    copyFileSync(program ?? "", join(root, "theater"));
    for (const file of libraries(program ?? "")) {
      mkdirSync(join(root, dirname(file)), { recursive: true });
      copyFileSync(file, join(root, file));
    }
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
