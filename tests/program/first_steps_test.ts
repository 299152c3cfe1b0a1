/**
 * The lines of the README that install Theater, on a system that has a shell,
 * curl and openssl, and nothing else.
 */

import { equal, match } from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { sourceRoot } from "../../tools/program/stage_files.ts";
import { collect, program } from "../cli/run_cli.ts";
import { packedRelease, serve } from "../release/release_server.ts";
import { bareRoot, canChangeRoot, copyWithLibraries } from "./bare_root.ts";

function reasonToSkip(): string | false {
  if (program === undefined) return "THEATER_PROGRAM names no program";
  const missing = ["busybox", "curl", "openssl"].filter((name) => where(name) === "");
  if (missing.length > 0) return `there is no ${missing.join(", ")} here`;
  return canChangeRoot();
}

function where(name: string): string {
  return spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
}

/** The block of code below the heading "Install". */
function linesOfReadme(): string {
  const text = readFileSync(join(sourceRoot, "README.md"), "utf8");
  const [, block = ""] = /^## Install$[\s\S]*?^```sh\n([\s\S]*?)^```$/m.exec(text) ?? [];
  return block;
}

test(
  "on a bare system the lines of the README end in a verified bundle",
  { skip: reasonToSkip() },
  async () => {
    const lines = linesOfReadme();
    equal(lines.trim().split("\n").length, 3);
    const programs = mkdtempSync(join(tmpdir(), "theater-programs-"));
    const root = bareRoot();
    const served = await serve(new Map());
    try {
      const { target } = JSON.parse(execFileSync(program ?? "", ["version", "--json"], { encoding: "utf8" }));
      copyFileSync(program ?? "", join(programs, `theater-${target}`));
      for (const [name, bytes] of packedRelease(programs, served.base)) served.files.set(name, bytes);

      for (const folder of ["bin", "root", "usr/local/bin"]) {
        mkdirSync(join(root, folder), {
          recursive: true,
        });
      }
      for (const name of ["busybox", "curl", "openssl"]) {
        copyWithLibraries(where(name), root);
        copyFileSync(where(name), join(root, "bin", name));
      }
      const tools =
        "cat chmod cut grep gzip head id ls mkdir mktemp mv rm sed sh sha256sum tail tar tr uname";
      for (const name of tools.split(" ")) symlinkSync("busybox", join(root, "bin", name));
      copyWithLibraries(program ?? "", root, { itself: false }); // It is linked to the C library, as everything is.

      const child = spawn("unshare", [
        "--mount",
        "--",
        "sh",
        "-c",
        'mount -t proc proc "$0/proc" && chroot=$(command -v chroot) && ' +
        'exec env -i HOME=/root PATH=/usr/local/bin:/bin releases="$1" "$chroot" "$0" /bin/sh -uc "cd; $2"',
        root,
        served.base,
        lines,
      ], { stdio: ["ignore", "pipe", "pipe"] });
      const [out, err] = [collect(child.stdout), collect(child.stderr)];
      const code = await new Promise((resolve) => child.on("close", resolve));
      equal(code, 0, `${out()}${err()}`);
      match(out(), /^installed \/usr\/local\/bin\/theater: theater \d/);
      match(out(), /✓ entries +[\d,]+ entries/);
      match(out(), /✓ replay +[\d,]+ turns run again/);
      const answers = readFileSync(join(root, "root/answers.jsonl"), "utf8").trim().split("\n");
      equal(answers.length, 20_031);
    } finally {
      await served.close();
      rmSync(root, { recursive: true, force: true });
      rmSync(programs, { recursive: true, force: true });
    }
  },
);
