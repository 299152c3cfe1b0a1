/**
 * The program that is one file does not do what the folder or the environment in
 * which it is started tells the runtime inside it.
 */

import { deepEqual, equal, match } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { program } from "../cli/run_cli.ts";

const skip = program === undefined ? "THEATER_PROGRAM names no program" : false;
const examples = fileURLToPath(new URL("../../examples/", import.meta.url));

const top = mkdtempSync(join(tmpdir(), "theater-program-"));
after(() => rmSync(top, { recursive: true }));

/** Says that it ran, by a file. */
const trap = (mark: string) => `require("fs").writeFileSync(${JSON.stringify(mark)}, "ran");`;

/** A folder with the hello example and every file that steers Bun, Deno or Node where it lies. */
function hostileFolder(name: string): { readonly folder: string; readonly mark: string } {
  const folder = join(top, name);
  const mark = join(folder, "the-trap-ran");
  cpSync(join(examples, "hello"), folder, { recursive: true, filter: (path) => !path.includes(".theater") });
  const files: Readonly<Record<string, string>> = {
    "trap.cjs": trap(mark),
    "bunfig.toml":
      'preload = ["./trap.cjs"]\n[run]\npreload = ["./trap.cjs"]\n[test]\npreload = ["./trap.cjs"]\n',
    "package.json": JSON.stringify({
      type: "commonjs",
      imports: { "#x": "./trap.cjs", "node:fs": "./trap.cjs" },
      main: "./trap.cjs",
      scripts: { run: "node trap.cjs", theater: "node trap.cjs" },
    }),
    "deno.json": JSON.stringify({ imports: { "node:fs": "./trap.cjs", "esbuild-wasm": "./trap.cjs" } }),
    "tsconfig.json": JSON.stringify({
      compilerOptions: { baseUrl: ".", paths: { "*": ["./trap.cjs"], "node:fs": ["./trap.cjs"] } },
    }),
    "node_modules/esbuild-wasm/index.js": trap(mark),
    "node_modules/fs/index.js": trap(mark),
  };
  const variables = [
    `THEATER_CACHE_DIR=${join(folder, "cache-of-dotenv")}`,
    "FORCE_COLOR=1",
    "BUN_OPTIONS=--preload ./trap.cjs",
  ].join("\n");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  writeFileSync(join(folder, ".bunfig.toml"), files["bunfig.toml"] ?? "");
  writeFileSync(join(folder, "jsconfig.json"), files["tsconfig.json"] ?? "");
  for (const end of ["", ".local", ".production", ".development"]) {
    writeFileSync(join(folder, `.env${end}`), variables);
  }
  return { folder, mark };
}

function start(args: readonly string[], folder: string, env: Readonly<Record<string, string>>, input = "") {
  return spawnSync(program ?? "", args, { cwd: folder, env, input, encoding: "utf8", timeout: 60_000 });
}

test("files of the folder, and of the home, steer nothing", { skip }, () => {
  const { folder, mark } = hostileFolder("files");
  const cache = join(top, "cache");
  const env = { HOME: folder, XDG_CONFIG_HOME: folder, THEATER_CACHE_DIR: cache };
  const ended = start(["run", "theater.toml", "-", "--quiet"], folder, env, '{"name":"Ada"}\n');
  deepEqual([ended.status, ended.stdout, ended.stderr], [0, '{"hello":"Ada","greeted":1}\n', ""]);
  equal(existsSync(mark), false, "a file of the folder was run");
  equal(existsSync(join(folder, "cache-of-dotenv")), false, ".env was read");
  equal(readdirSync(cache).length > 0, true);
});

/** Variables that make Bun, Deno or Node do something else, with `<folder>` for the hostile folder. */
const hostileVariables: readonly Readonly<Record<string, string>>[] = [
  { BUN_OPTIONS: "--preload ./trap.cjs" },
  { BUN_OPTIONS: "--config=./bunfig.toml" },
  { BUN_OPTIONS: "--print 1" },
  { BUN_BE_BUN: "1" },
  { BUN_INSPECT: "ws://127.0.0.1:0/x?break=1" },
  { BUN_INSPECT_PRELOAD: "./trap.cjs" },
  { BUN_INSPECT_CONNECT_TO: "127.0.0.1:1" },
  { BUN_BYTECODE_ORDER_OUT: "<folder>/order", BUN_BYTECODE_ORDER_NAMES_OUT: "<folder>/names" },
  { BUN_BYTECODE_DIGEST_OUT: "<folder>/digest" },
  { BUN_RUNTIME_TRANSPILER_CACHE_PATH: "<folder>/transpiled" },
  { BUN_INSTALL: "<folder>/bun", BUN_INSTALL_CACHE_DIR: "<folder>/bun-cache" },
  { NODE_OPTIONS: "--require ./trap.cjs --inspect" },
  { NODE_PATH: "<folder>/node_modules" },
  { NODE_CHANNEL_FD: "0" },
  { NODE_V8_COVERAGE: "<folder>/coverage", NODE_COMPILE_CACHE: "<folder>/compiled" },
  { NODE_TLS_REJECT_UNAUTHORIZED: "0" },
  { NODE_ENV: "development", NODE_DEBUG: "*", DEBUG: "*" },
  { DENO_DIR: "<folder>/deno", DENO_FLAGS: "--allow-all" },
];

for (const variables of hostileVariables) {
  const name = Object.entries(variables).map(([key, value]) => `${key}=${value}`).join(" ");
  test(`${name} steers nothing`, { skip }, () => {
    const { folder, mark } = hostileFolder(name.replace(/[^A-Za-z]+/g, "-"));
    const before = readdirSync(folder);
    const set = Object.fromEntries(
      Object.entries(variables).map(([key, value]) => [key, value.replace("<folder>", folder)]),
    );
    const env = {
      HOME: top,
      THEATER_CACHE_DIR: join(top, "cache"),
      THEATER_DATA_DIR: join(top, "data"),
      ...set,
    };
    const ended = start(["run", "theater.toml", "-", "--quiet"], folder, env, '{"name":"Ada"}\n');
    deepEqual([ended.status, ended.stdout, ended.stderr], [0, '{"hello":"Ada","greeted":1}\n', ""]);
    equal(existsSync(mark), false, "the trap ran");
    deepEqual(readdirSync(folder).filter((one) => one !== ".theater"), before);
  });
}

test("a variable that changes the engine is refused", { skip }, () => {
  const ended = start(["version"], top, { HOME: top, BUN_JSC_useBBQJIT: "0" });
  deepEqual([ended.status, ended.stdout], [2, ""]);
  match(ended.stderr, /Cannot start with the variable BUN_JSC_useBBQJIT/);
});

test("nothing is left outside of the folders for the cache, the data and the log", { skip }, () => {
  const folder = join(top, "tidy");
  const home = join(folder, "home");
  mkdirSync(home, { recursive: true });
  cpSync(join(examples, "hello"), join(folder, "hello"), {
    recursive: true,
    filter: (path) => !path.includes(".theater"),
  });
  cpSync(join(examples, "tally"), join(folder, "tally"), {
    recursive: true,
    filter: (path) => !path.includes(".theater"),
  });
  const env = { HOME: home, PATH: "", TMPDIR: home };
  const options = ["--cache-dir", "kept/cache", "--data-dir", "kept/data"];
  const hello = start(
    ["run", "hello/theater.toml", "-", "--quiet", ...options],
    folder,
    env,
    '{"name":"Ada"}\n',
  );
  deepEqual([hello.status, hello.stderr], [0, ""]);
  const tally = start(["check", "tally/theater.toml", ...options], folder, env);
  deepEqual([tally.status, tally.stderr], [0, ""]);
  const log = ["--db", "hello/.theater/theater.db", ...options];
  for (const args of [["verify"], ["replay"], ["log"], ["export", "--all", "-o", "kept/hello.db"]]) {
    const ended = start([...args, ...log], folder, env);
    equal(ended.status, 0, `${args.join(" ")}: ${ended.stderr}`);
  }
  deepEqual(
    readdirSync(home).filter((name) => !/^theater-[0-9]+$/.test(name)),
    [],
    "the home was written to",
  );
  deepEqual(readdirSync(join(folder, "kept")).sort(), ["cache", "data", "hello.db"]);
  deepEqual(readdirSync(folder).sort(), ["hello", "home", "kept", "tally"]);
});
