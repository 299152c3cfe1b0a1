/** `theater upgrade-self` of the program that is one file, against a server of this machine. */

import { deepEqual, equal, match } from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, test } from "node:test";
import project from "../../package.json" with { type: "json" };
import { collect, program, runCli } from "../cli/run_cli.ts";
import { key, releaseOf, serve, type Served, signedList, standIn } from "../release/release_server.ts";

const skip = program === undefined
  ? "THEATER_PROGRAM names no program"
  : process.platform === "win32"
  ? "the program that takes its place here is a shell script"
  : false;
const top = mkdtempSync(join(tmpdir(), "theater-upgrade-"));
after(() => rmSync(top, { recursive: true }));

const target: string = program === undefined
  ? ""
  : JSON.parse(execFileSync(program, ["version", "--json"], { encoding: "utf8" })).target;

interface Place {
  readonly folder: string;
  readonly path: string;
  run(...args: string[]): Promise<{ code: number | null; out: string; err: string }>;
}

let count = 0;

function newPlace(): Place {
  const folder = join(top, `${count++}`);
  mkdirSync(folder);
  const path = join(folder, "theater");
  copyFileSync(program ?? "", path);
  const run: Place["run"] = (...args) => {
    const child = spawn(path, ["upgrade-self", ...args], {
      env: { HOME: top, PATH: "/usr/bin:/bin" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [out, err] = [collect(child.stdout), collect(child.stderr)];
    return new Promise((resolve) => child.on("close", (code) => resolve({ code, out: out(), err: err() })));
  };
  return { folder, path, run };
}

async function withRelease(
  version: string,
  work: (served: Served) => Promise<void>,
  newProgram = standIn(version),
): Promise<void> {
  const served = await serve(releaseOf(version, target, newProgram));
  try {
    await work(served);
  } finally {
    await served.close();
  }
}

test(
  "a newer release takes the place of the program",
  { skip },
  () =>
    withRelease("99.0.0", async ({ base }) => {
      const { folder, path, run } = newPlace();
      const look = await run("--from", base, "--key", key, "--check");
      deepEqual(look, { code: 0, out: `there is 99.0.0, and this is ${project.version}\n`, err: "" });
      const ended = await run("--from", base, "--key", key);
      deepEqual(ended, { code: 0, out: `upgraded from ${project.version} to 99.0.0\n`, err: "" });
      equal(execFileSync(path, ["--version"], { encoding: "utf8" }), "theater 99.0.0\n");
      deepEqual(readdirSync(folder), ["theater"]);
    }),
);

test("what is not newer is not taken, unless it is asked for by its number", { skip }, async () => {
  const { path, run } = newPlace();
  for (const version of [project.version, "0.0.1"]) {
    await withRelease(version, async ({ base }) => {
      const { code, out } = await run("--from", base, "--key", key, "--json");
      equal(code, 0);
      deepEqual(JSON.parse(out), {
        from: project.version,
        to: version,
        commit: "unknown",
        newer: false,
        upgraded: false,
      });
    });
  }
  await withRelease("0.0.1", async ({ base }) => {
    const other = await run("--from", base, "--key", key, "--to", "0.0.2");
    deepEqual([other.code, other.out], [2, ""]);
    match(other.err, /wanted version 0\.0\.2, got 0\.0\.1/);
    equal((await run("--from", base, "--key", key, "--to", "0.0.1")).code, 0);
    equal(execFileSync(path, ["--version"], { encoding: "utf8" }), "theater 0.0.1\n");
  });
});

const spoiled: readonly (readonly [what: string, spoil: (served: Served) => void, says: RegExp])[] = [
  [
    "the signature of somebody else",
    ({ files }) => {
      const body = new TextDecoder().decode(files.get("checksums.txt")).split("\n\n")[0] ?? "";
      for (const [name, bytes] of signedList(`${body}\n`, "other")) files.set(name, bytes);
    },
    /no known key has signed it/,
  ],
  [
    "a list that was changed",
    ({ files }) => {
      const text = new TextDecoder().decode(files.get("checksums.txt"));
      files.set("checksums.txt", new TextEncoder().encode(text.replace("99.0.0", "99.0.1")));
    },
    /signature/,
  ],
  [
    "no signature",
    ({ files }) => {
      const body = new TextDecoder().decode(files.get("checksums.txt")).split("\n\n")[0] ?? "";
      files.set("checksums.txt", new TextEncoder().encode(`${body}\n`));
    },
    /error: Cannot /,
  ],
  [
    "another program",
    ({ files }) => files.set(`theater-${target}.gz`, new Uint8Array(5)),
    /wanted the SHA-256/,
  ],
  [
    "half a program",
    ({ broken }) => broken.add(`theater-${target}.gz`),
    /Cannot download|wanted the SHA-256/,
  ],
  ["half a list", ({ broken }) => broken.add("checksums.txt"), /error: Cannot /],
  ["no list", ({ files }) => files.delete("checksums.txt"), /Cannot download .*: wanted status 200, got 404/],
  ["no program", ({ files }) => files.delete(`theater-${target}.gz`), /wanted status 200, got 404/],
];

for (const [what, spoil, says] of spoiled) {
  test(`${what}: the program stays what it is`, { skip }, () =>
    withRelease("99.0.0", async (served) => {
      spoil(served);
      const { folder, path, run } = newPlace();
      const { code, out, err } = await run("--from", served.base, "--key", key);
      deepEqual([code, out], [2, ""]);
      match(err, says);
      equal(err.includes("fault of Theater itself"), false, err);
      deepEqual(readdirSync(folder), ["theater"]);
      equal(readFileSync(path).equals(readFileSync(program ?? "")), true);
    }));
}

test(
  "a program that does not start is not put in place",
  { skip },
  () =>
    withRelease("99.0.0", async ({ base }) => {
      const { folder, path, run } = newPlace();
      const { code, err } = await run("--from", base, "--key", key);
      equal(code, 2);
      match(err, /Cannot replace the program .*: the new one does not start/);
      deepEqual(readdirSync(folder), ["theater"]);
      equal(readFileSync(path).equals(readFileSync(program ?? "")), true);
    }, new TextEncoder().encode("#!/bin/sh\nexit 3\n")),
);

test(
  "from sources there is nothing to upgrade",
  { skip: program !== undefined && "it is a program" },
  async () => {
    const { code, stderr } = await runCli(["upgrade-self"], { folder: top });
    equal(code, 2);
    match(stderr, /Cannot upgrade Theater: it runs from its sources here/);
  },
);
