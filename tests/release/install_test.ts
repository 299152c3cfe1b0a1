/** `install.sh`, against a server of this machine. */

import { deepEqual, equal, match } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, test } from "node:test";
import { sourceRoot } from "../../tools/program/stage_files.ts";
import { collect } from "../cli/run_cli.ts";
import { key, releaseOf, serve, type Served, signedList, standIn } from "./release_server.ts";

const skip = process.platform === "win32" ? "it is for a shell" : false;
const script = join(sourceRoot, "install.sh");
const target = "linux-x64"; // Named, so that the tests do not hang on the machine.
const top = mkdtempSync(join(tmpdir(), "theater-install-"));
after(() => rmSync(top, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the script; not blocking, as this process serves. */
function install(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  shell = "sh",
): Promise<Ended> {
  const child = spawn(shell, [script, ...args], {
    env: { PATH: process.env["PATH"] ?? "", HOME: join(top, "home"), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err] = [collect(child.stdout), collect(child.stderr)];
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out: out(), err: err() }));
  });
}

let count = 0;

/** A folder to install into that does not exist yet. */
function newPlace(): string {
  return join(top, `place-${count++}`, "bin");
}

async function withRelease(work: (served: Served) => Promise<void>, version = "0.1.0"): Promise<void> {
  const served = await serve(releaseOf(version, target, standIn(version)));
  try {
    await work(served);
  } finally {
    await served.close();
  }
}

test(
  "it installs what the project has signed, says what to add to PATH, and leaves nothing else",
  { skip },
  () =>
    withRelease(async ({ base }) => {
      const to = newPlace();
      const ended = await install(["--base", base, "--key", key, "--target", target, "--to", to]);
      deepEqual([ended.code, ended.err], [0, ""]);
      match(ended.out, /^installed .*\/theater: theater-linux-x64|^installed .*\/theater: theater 0\.1\.0/);
      match(ended.out, /is not in PATH/);
      deepEqual(readdirSync(to), ["theater"]);
      equal(statSync(join(to, "theater")).mode & 0o777, 0o755);
      deepEqual(readFileSync(join(to, "theater")), Buffer.from(standIn("0.1.0")));
    }),
);

test("with its folder in PATH it has nothing to add", { skip }, () =>
  withRelease(async ({ base }) => {
    const to = newPlace();
    const path = `${to}:${process.env["PATH"]}`;
    const ended = await install(["--base", base, "--key", key, "--target", target, "--to", to], {
      PATH: path,
    });
    equal(ended.code, 0, ended.err);
    equal(ended.out.includes("not in PATH"), false);
  }));

test("run again it brings the program up to date, and uninstall takes it away", { skip }, async () => {
  const to = newPlace();
  for (const version of ["0.1.0", "0.2.0"]) {
    await withRelease(async ({ base }) => {
      const args = ["--key", key, "--target", target, "--to", to, "--version", version];
      const ended = await install(args, { THEATER_RELEASES: `${base}/` });
      equal(ended.code, 0, ended.err);
      const said = spawnSync(join(to, "theater"), ["--version"], { encoding: "utf8" }).stdout;
      equal(said, `theater ${version}\n`);
    }, version);
  }
  const ended = await install(["--uninstall", "--to", to]);
  equal(ended.code, 0, ended.err);
  deepEqual(readdirSync(to), []);
  const again = await install(["--uninstall", "--to", to]);
  deepEqual([again.code, again.out], [1, ""]);
  match(again.err, /it is not there/);
});

/** Ways to spoil a release, and what is said of them. */
const spoiled: readonly (readonly [what: string, spoil: (served: Served) => void, says: RegExp])[] = [
  [
    "another program under the name",
    ({ files }) => files.set(`theater-${target}.gz`, new Uint8Array(Buffer.from("something else"))),
    /Cannot trust .*\.gz: wanted the SHA-256 [0-9a-f]{64}, got [0-9a-f]{64}/,
  ],
  [
    "a checksum that was changed",
    ({ files }) => {
      const text = new TextDecoder().decode(files.get("checksums.txt"));
      files.set("checksums.txt", new TextEncoder().encode(text.replace(/^[0-9a-f]{4}/m, "0000")));
    },
    /Cannot trust .*checksums\.txt: .* has not signed it/,
  ],
  [
    "the signature of somebody else",
    ({ files }) => {
      const body = new TextDecoder().decode(files.get("checksums.txt")).split("\n\n")[0] ?? "";
      for (const [name, bytes] of signedList(`${body}\n`, "other")) files.set(name, bytes);
    },
    /Cannot trust .*checksums\.txt: .* has not signed it/,
  ],
  [
    "no signature",
    ({ files }) => {
      const body = new TextDecoder().decode(files.get("checksums.txt")).split("\n\n")[0] ?? "";
      files.set("checksums.txt", new TextEncoder().encode(`${body}\n`));
      files.set("checksums.txt.sig", new Uint8Array());
    },
    /Cannot trust .*checksums\.txt: .* has not signed it/,
  ],
  [
    "lines before the signed ones",
    ({ files }) => {
      const text = new TextDecoder().decode(files.get("checksums.txt"));
      const more = `theater release v1\nversion 9.9.9\n\n${text}`;
      files.set("checksums.txt", new TextEncoder().encode(more));
    },
    /has not signed it/,
  ],
  ["half a list", ({ broken }) => broken.add("checksums.txt"), /Cannot download .*checksums\.txt/],
  ["half a program", ({ broken }) => broken.add(`theater-${target}.gz`), /Cannot download .*\.gz/],
  ["no list", ({ files }) => files.delete("checksums.txt"), /Cannot download .*checksums\.txt/],
  ["no program", ({ files }) => files.delete(`theater-${target}.gz`), /Cannot download .*\.gz/],
  [
    "a page of the server's in place of a list",
    ({ files }) => files.set("checksums.txt", new TextEncoder().encode("<html>\n")),
    /it is not of a release of Theater/,
  ],
];

/** With openssl, and, where it is hidden, with ssh-keygen. */
function toolsWithout(hidden: readonly string[]): string {
  const folder = join(top, `tools-without-${hidden.join("-")}`);
  if (existsSync(folder)) return folder;
  mkdirSync(folder);
  const wanted = [
    ..."sh cut sed grep head tail tr mktemp rm mv mkdir chmod gzip uname id curl wget cat ls sha256sum".split(
      " ",
    ),
    ..."openssl ssh-keygen shasum".split(" "),
  ];
  for (const name of wanted.filter((name) => !hidden.includes(name))) {
    const found = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
    if (found.startsWith("/")) symlinkSync(found, join(folder, name));
  }
  return folder;
}

const hasSshKeygen = spawnSync("sh", ["-c", "command -v ssh-keygen"]).status === 0;

for (const tool of ["openssl", "ssh-keygen"]) {
  const without = tool === "openssl" ? "ssh-keygen" : "openssl";
  const skipTool = skip || (tool === "ssh-keygen" && !hasSshKeygen ? "there is no ssh-keygen here" : false);
  test(
    `with ${tool} alone a good release is installed`,
    { skip: skipTool },
    () =>
      withRelease(async ({ base }) => {
        const to = newPlace();
        const ended = await install(["--base", base, "--key", key, "--target", target, "--to", to], {
          PATH: toolsWithout([without]),
        });
        deepEqual([ended.code, ended.err], [0, ""]);
      }),
  );
  for (const [what, spoil, says] of spoiled) {
    test(
      `with ${tool}, ${what}: refused, and nothing is left`,
      { skip: skipTool },
      () =>
        withRelease(async (served) => {
          spoil(served);
          const to = newPlace();
          const ended = await install(["--base", served.base, "--key", key, "--target", target, "--to", to], {
            PATH: toolsWithout([without]),
          });
          deepEqual([ended.code, ended.out], [1, ""]);
          match(ended.err, says);
          deepEqual(readdirSync(to), []);
        }),
    );
  }
}

test(
  "what is there stays when what comes is refused",
  { skip },
  () =>
    withRelease(async ({ base, files }) => {
      const to = newPlace();
      mkdirSync(to, { recursive: true });
      writeFileSync(join(to, "theater"), "the old one");
      files.set(`theater-${target}.gz`, new Uint8Array(9));
      const ended = await install(["--base", base, "--key", key, "--target", target, "--to", to]);
      equal(ended.code, 1);
      equal(readFileSync(join(to, "theater"), "utf8"), "the old one");
      deepEqual(readdirSync(to), ["theater"]);
    }),
);

test(
  "without a tool for signatures it stops, and does not go on without",
  { skip },
  () =>
    withRelease(async ({ base }) => {
      const to = newPlace();
      const ended = await install(["--base", base, "--key", key, "--target", target, "--to", to], {
        PATH: toolsWithout(["openssl", "ssh-keygen"]),
      });
      equal(ended.code, 1);
      match(ended.err, /Cannot check the signature: wanted openssl 1\.1\.1 or ssh-keygen 8\.0, got neither/);
      deepEqual(readdirSync(to), []);
    }),
);

const asked: readonly (readonly [what: string, args: readonly string[], says: RegExp])[] = [
  ["no address", ["--key", key], /nothing says where the release is/],
  ["no key", ["--base", "http://127.0.0.1:1"], /this script has no key of the project/],
  ["no signature, and no https", ["--base", "http://127.0.0.1:1", "--no-signature"], /wanted https/],
  ["an option that is none", ["--bse", "x"], /Cannot read --bse: there is no such option/],
  ["an option without its value", ["--base"], /Cannot read --base: wanted a value/],
  ["a server that is not there", ["--base", "http://127.0.0.1:1", "--key", key], /Cannot download/],
];

for (const [what, args, says] of asked) {
  test(`${what}: refused`, { skip }, async () => {
    const ended = await install([
      ...args,
      ...(args.at(-1) === "--base" ? [] : ["--to", newPlace(), "--target", target]),
    ]);
    deepEqual([ended.code, ended.out], [1, ""]);
    match(ended.err, says);
  });
}

test(
  "another version than the one that was asked for is refused",
  { skip },
  () =>
    withRelease(async ({ base }) => {
      const args = [
        "--base",
        base,
        "--key",
        key,
        "--target",
        target,
        "--version",
        "0.0.9",
        "--to",
        newPlace(),
      ];
      const ended = await install(args);
      equal(ended.code, 1);
      match(ended.err, /Cannot install 0\.0\.9: .* has 0\.1\.0/);
    }),
);

test("a target that the release has not is refused", { skip }, () =>
  withRelease(async ({ base }) => {
    const ended = await install(["--base", base, "--key", key, "--target", "plan9-mips", "--to", newPlace()]);
    equal(ended.code, 1);
    match(ended.err, /the release has no theater-plan9-mips\.gz/);
  }));

const asRoot = userInfo().uid === 0;

test(
  "a folder that may not be written to is refused before anything is downloaded",
  { skip },
  () =>
    withRelease(async ({ base }) => {
      const parent = newPlace();
      mkdirSync(parent, { recursive: true });
      // Root may write anywhere, but not below a file.
      if (asRoot) writeFileSync(join(parent, "locked"), "");
      else mkdirSync(join(parent, "locked"));
      if (!asRoot) chmodSync(join(parent, "locked"), 0o500);
      const to = asRoot ? join(parent, "locked", "bin") : join(parent, "locked");
      const ended = await install(["--base", base, "--key", key, "--target", target, "--to", to]);
      deepEqual([ended.code, ended.out], [1, ""]);
      match(ended.err, /Cannot (make the folder|write to) .*\n {2}choose another/);
    }),
);

const canMount = asRoot && process.platform === "linux" &&
  spawnSync("unshare", ["--mount", "--", "true"]).status === 0;

test("a full disk: refused, and what was there stays", {
  skip: skip || !canMount && "it takes root to make one",
}, async () => {
  const big = new Uint8Array(3_000_000).map((_, index) => (index * 2654435761) >>> 24);
  const served = await serve(releaseOf("0.1.0", target, big));
  try {
    const place = newPlace();
    mkdirSync(place, { recursive: true });
    const inside = `mount -t tmpfs -o size=1m tmpfs "${place}" && echo old > "${place}/theater" && ` +
      `{ sh "${script}" --base ${served.base} --key '${key}' --target ${target} --to "${place}"; ` +
      `echo "code $?"; cat "${place}/theater"; ls -A "${place}"; }`;
    const child = spawn("unshare", ["--mount", "--", "sh", "-c", inside], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [out, err] = [collect(child.stdout), collect(child.stderr)];
    await new Promise((resolve) => child.on("close", resolve));
    equal(out(), "code 1\nold\ntheater\n");
    match(err(), /is there room in/);
  } finally {
    await served.close();
  }
});

test(
  "it finds the machine by itself",
  { skip: skip || process.platform !== "linux" && "it is for Linux" },
  async () => {
    const own = `linux-${process.arch}`;
    const served = await serve(releaseOf("0.1.0", own, standIn("0.1.0")));
    try {
      for (const shell of ["sh", "bash", "busybox"]) {
        if (spawnSync("sh", ["-c", `command -v ${shell}`]).status !== 0) continue;
        const to = newPlace();
        const args = ["--base", served.base, "--key", key, "--to", to];
        const ended = shell === "busybox" ? await installWithBusybox(args) : await install(args, {}, shell);
        deepEqual([ended.code, ended.err], [0, ""], shell);
        match(ended.out, /: theater 0\.1\.0\n/);
      }
    } finally {
      await served.close();
    }
  },
);

function installWithBusybox(args: readonly string[]): Promise<Ended> {
  const folder = join(top, "busybox");
  mkdirSync(folder);
  writeFileSync(join(folder, "run"), `#!/bin/sh\nexec busybox sh "$@"\n`, { mode: 0o755 });
  return install(args, {}, join(folder, "run"));
}

test("it is clean for shellcheck", {
  skip: skip ||
    spawnSync("sh", ["-c", "command -v shellcheck"]).status !== 0 && "there is no shellcheck here",
}, () => {
  const { status, stdout } = spawnSync("shellcheck", ["--shell=sh", script], { encoding: "utf8" });
  equal(status, 0, stdout);
});
