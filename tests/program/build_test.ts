/** The build itself: what it makes is the same wherever and whenever it is made. */

import { equal, match } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import process from "node:process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { sourceCommit } from "../../tools/program/commit.ts";
import { sourceRoot } from "../../tools/program/stage_files.ts";
import { program } from "../cli/run_cli.ts";

const skip = program === undefined ? "THEATER_PROGRAM names no program" : false;

/** What the program is made of. */
const sources = ["cli.ts", "deno.json", "package.json", "src", "tools", "vendor", "wit"];

function sha256(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

test("a build in another folder gives the same bytes, below the size that was promised", { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), "theater-build-"));
  try {
    for (const path of sources) cpSync(join(sourceRoot, path), join(folder, path), { recursive: true });
    symlinkSync(realpathSync(join(sourceRoot, "node_modules")), join(folder, "node_modules"));
    execFileSync("bun", ["tools/build.ts"], {
      cwd: folder,
      env: { ...process.env, THEATER_COMMIT: sourceCommit(sourceRoot) },
      stdio: ["ignore", "ignore", "inherit"],
    });
    const [name = "", ...others] = readdirSync(join(folder, "dist"));
    equal(others.length, 0, `${others} was left behind`);
    match(name, /^theater-(linux|darwin|windows)-(x64|arm64)(-musl|\.exe)?$/);
    const path = join(folder, "dist", name);
    equal(
      sha256(path),
      sha256(program ?? ""),
      "wanted the bytes of THEATER_PROGRAM, built from these sources",
    );
    equal(statSync(path).size <= 125_000_000, true, `${statSync(path).size} bytes`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the program says what it was built from", { skip }, () => {
  const { theater, commit, target } = JSON.parse(
    execFileSync(program ?? "", ["version", "--json"], { encoding: "utf8" }),
  );
  match(theater, /^\d+\.\d+\.\d+$/);
  match(commit, /^([0-9a-f]{40}\+?|unknown)$/);
  match(target, /^(linux|darwin|windows)-(x64|arm64)(-musl)?$/);
});
