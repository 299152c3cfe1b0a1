/**
 * The program that is one file: how long it takes to start, and how large it is.
 *
 *     bun run build && bun bench/binary.ts dist/theater-linux-x64
 *     deno run -A --no-prompt bench/binary.ts dist/theater-linux-x64
 *
 * @module
 */

import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { printTable } from "./table.ts";

const program = resolve(process.argv[2] ?? "dist/theater-linux-x64");
const hello = fileURLToPath(new URL("../examples/hello/", import.meta.url));

/** Folders of one house; `cache` may be shared by several. */
interface Place {
  readonly folder: string;
  readonly cache: string;
}

function newPlace(cache?: string): Place {
  const folder = mkdtempSync(join(tmpdir(), "theater-bench-"));
  for (const name of ["theater.toml", "hello.ts"]) cpSync(join(hello, name), join(folder, name));
  return { folder, cache: cache ?? join(folder, "cache") };
}

/** Milliseconds from the start of the process to the first byte of an answer. */
function firstAnswerMs({ folder, cache }: Place): Promise<number> {
  const from = performance.now();
  const child = spawn(program, ["run", join(folder, "theater.toml"), "-", "--quiet"], {
    env: { HOME: folder, PATH: "", THEATER_CACHE_DIR: cache },
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end('{"name":"Ada"}\n');
  return new Promise((settle, reject) => {
    let ms = NaN;
    child.stdout.once("data", () => ms = performance.now() - from);
    child.on(
      "close",
      (code) => code === 0 ? settle(ms) : reject(new Error(`theater run ended with ${code}`)),
    );
  });
}

function helpMs(): number {
  const from = performance.now();
  spawnSync(program, ["--help"], { env: {}, stdio: "ignore" });
  return performance.now() - from;
}

/** Median and least of `count` measurements. */
async function measured(count: number, measure: () => number | Promise<number>): Promise<[string, string]> {
  const values: number[] = [];
  for (let k = 0; k < count; k++) values.push(await measure());
  values.sort((a, b) => a - b);
  return [(values[count >> 1] ?? NaN).toFixed(0), (values[0] ?? NaN).toFixed(0)];
}

const house = newPlace();
const places = [house];
const fresh = (cache?: string): Promise<number> => {
  const place = newPlace(cache);
  places.push(place);
  return firstAnswerMs(place);
};
try {
  helpMs(); // The file is in memory from here on.
  printTable(["program", "ms (median)", "ms (least)"], [
    ["theater --help", ...await measured(15, helpMs)],
    ["first answer, empty cache, new log", ...await measured(5, () => fresh())],
    ["first answer, warm cache, new log", ...await measured(15, () => fresh(house.cache))],
    ["first answer, warm cache, log goes on", ...await measured(15, () => firstAnswerMs(house))],
  ]);
  const bytes = readFileSync(program);
  printTable(["size", "MB"], [
    ["program", (statSync(program).size / 1e6).toFixed(1)],
    ["program, gzip -9", (gzipSync(bytes, { level: 9 }).length / 1e6).toFixed(1)],
  ]);
} finally {
  for (const { folder } of places) rmSync(folder, { recursive: true, force: true });
}
