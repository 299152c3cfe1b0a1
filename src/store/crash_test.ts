import { deepEqual, equal, ok } from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runtime } from "../platform/mod.ts";
import { type LogReader, openLog, openLogReader, StoreError } from "./mod.ts";
import { appendOf, bytesOf } from "./testing/writes.ts";

const program = fileURLToPath(new URL("./testing/crashing_writer.ts", import.meta.url));
const runProgram = runtime.name === "deno" ? ["run", "-A", "--no-prompt"] : [];

/** Starts a writer, lets it commit `commits` times, then kills it with no warning; returns the last seq it told. */
function writeAndKill(path: string, commits: number): Promise<number> {
  const child = spawn(process.execPath, [...runProgram, program, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let told = "";
  let last = -1;
  child.stdout.on("data", (chunk: Uint8Array) => {
    told += new TextDecoder().decode(chunk);
    const lines = told.split("\n");
    told = lines.pop() ?? "";
    if (lines.length > 0) last = Number(lines.at(-1));
    commits -= lines.length;
    // The pipe runs behind, so it dies wherever it has come to by now.
    if (commits <= 0) child.kill("SIGKILL");
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on(
      "close",
      (_code, signal) => signal === "SIGKILL" ? resolve(last) : reject(new Error("it ended by itself")),
    );
  });
}

/** Only whole commits: chains of one length, each part what it should be, one message, of the last commit. */
function checkWhole(reader: LogReader, atLeast: number): number {
  const sizes = reader.actors().map(({ address, size }) => [address, size]);
  const [[, size] = ["", 0]] = sizes as [string, number][];
  deepEqual(sizes, [["a", size], ["b", size], ["c", size]]);
  ok(size > atLeast, `told of commit ${atLeast}, found ${size}`);
  for (const address of ["a", "b", "c"]) {
    for (const record of reader.records(address)) {
      const { seq, text, parts } = appendOf(address, record.seq, {
        parts: ["x".repeat(record.seq * 97 % 20_000)],
      });
      deepEqual(record, { seq, text, parts });
    }
  }
  deepEqual(reader.mail("a").map(({ body }) => body), [bytesOf(String(size - 1))]);
  return size;
}

test("a writer that is killed leaves whole commits only, and all that it told of", async () => {
  const folder = mkdtempSync(join(tmpdir(), "theater-crash-"));
  const path = join(folder, "theater.db");
  try {
    let size = 0;
    for (const commits of [1, 40, 7, 90]) {
      const told = await writeAndKill(path, commits);
      // While nobody writes, a copy of the files and the files themselves say the same.
      cpSync(folder, `${folder}-copy`, { recursive: true });
      const reader = openLogReader(path);
      size = checkWhole(reader, Math.max(told, size));
      reader.close();
      const copy = openLog(join(`${folder}-copy`, "theater.db"));
      equal(checkWhole(copy, told), size);
      copy.close();
      rmSync(`${folder}-copy`, { recursive: true });
    }
    const store = openLog(path);
    equal(checkWhole(store, size - 1), size);
    store.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("while another process writes, the log can be read and not be written, and it says by whom", async () => {
  const folder = mkdtempSync(join(tmpdir(), "theater-crash-"));
  const path = join(folder, "theater.db");
  const child = spawn(process.execPath, [...runProgram, program, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const nextCommit = () => new Promise((resolve) => child.stdout.once("data", resolve));
    await nextCommit();
    let refused: unknown;
    try {
      openLog(path);
    } catch (error) {
      refused = error;
    }
    ok(refused instanceof StoreError);
    equal(refused.fault.code, "in_use");
    ok(refused.fault.code === "in_use" && refused.fault.holder?.pid === child.pid, refused.message);
    const reader = openLogReader(path);
    const before = reader.actor("a")?.size ?? 0;
    await nextCommit(); // May have been told before we looked; the one after it was not.
    await nextCommit();
    ok((reader.actor("a")?.size ?? 0) > before, "it stood still");
    reader.close();
  } finally {
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("close", resolve));
    rmSync(folder, { recursive: true });
  }
});

test("a disk that fails in the middle refuses commits, tells why, and keeps what it took", async (context) => {
  if (runtime.os === "win32") return context.skip("no such limit there");
  const folder = mkdtempSync(join(tmpdir(), "theater-crash-"));
  const path = join(folder, "theater.db");
  try {
    // No file may grow past some hundred KiB; without the signal, writing on is an error.
    const limited = `trap "" XFSZ; ulimit -f 1000; exec "$@"`;
    const command = ["-c", limited, "sh", process.execPath, ...runProgram, program, path];
    const child = spawn("sh", command, { stdio: ["ignore", "pipe", "pipe"] });
    let told = "";
    let complaint = "";
    child.stdout.on("data", (chunk: Uint8Array) => told += new TextDecoder().decode(chunk));
    child.stderr.on("data", (chunk: Uint8Array) => complaint += new TextDecoder().decode(chunk));
    const code = await new Promise((resolve) => child.on("close", resolve));
    equal(code, 1, complaint);
    ok(/StoreError.*(disk|full)/.test(complaint), complaint);
    const last = Number(told.trim().split("\n").at(-1));
    const store = openLog(path);
    equal(checkWhole(store, last), last + 1);
    store.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
