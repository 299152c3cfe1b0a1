import { deepEqual, equal, match } from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { processId, processLives } from "./process.ts";
import { runtime } from "./runtime.ts";

const program = fileURLToPath(new URL("./testing/pipe_program.ts", import.meta.url));
const runProgram = runtime.name === "deno" ? ["run", "-A", "--no-prompt", program] : [program];

function start(what: string): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [...runProgram, what], { env: { ...process.env, THEATER_TEST: "set" } });
}

interface Ended {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
  readonly signal: string | null;
}

function ending(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const chunks = { out: [] as Uint8Array[], err: [] as Uint8Array[] };
  child.stdout.on("data", (chunk: Uint8Array) => chunks.out.push(chunk));
  child.stderr.on("data", (chunk: Uint8Array) => chunks.err.push(chunk));
  child.stdin.on("error", () => {}); // It may close before it has heard all.
  const text = (of: readonly Uint8Array[]) => of.map((chunk) => new TextDecoder().decode(chunk)).join("");
  return new Promise((resolve) =>
    child.on(
      "close",
      (code, signal) => resolve({ out: text(chunks.out), err: text(chunks.err), code, signal }),
    )
  );
}

const inputs: readonly (readonly [string, string, string])[] = [
  ["nothing", "", ""],
  ["lines", "a\nb\r\n\né", "<a>\n<b>\n<>\n<é>\n"],
  ["thousands of lines", "x\n".repeat(20_000), "<x>\n".repeat(20_000)],
];
for (const [what, input, output] of inputs) {
  test(`standard input of ${what} comes line by line`, async () => {
    const child = start("lines");
    const ended = ending(child);
    child.stdin.end(input);
    deepEqual(await ended, { out: output, err: "", code: 0, signal: null });
  });
}

test("a line that is too long ends the reading with its number", async () => {
  const child = start("lines");
  const ended = ending(child);
  child.stdin.end("short\n" + "x".repeat(5000));
  const { out, err, code } = await ended;
  equal(out, "<short>\n");
  equal(err, "Cannot read line 2 as it is too long: wanted at most 1000 bytes\n");
  equal(code, 2);
});

test("a reader of standard input may leave while there is more", async () => {
  const child = start("first");
  const ended = ending(child);
  child.stdin.write("one\n");
  child.stdin.write("two\n");
  deepEqual(await ended, { out: "<one>\n", err: "", code: 0, signal: null });
});

test("a pipe that is closed ends the writer quietly", async () => {
  const child = start("endless");
  const ended = ending(child);
  child.stdout.once("data", () => child.stdout.destroy());
  const { err, code, signal } = await ended;
  deepEqual({ err, code, signal }, { err: "", code: 0, signal: null });
});

test("what is written to a slow reader arrives whole", async () => {
  const child = start("much");
  let bytes = 0;
  let out = "";
  for await (const chunk of child.stdout) {
    await new Promise((resolve) => setImmediate(resolve)); // Others get their turn before each piece.
    bytes += (chunk as Uint8Array).length;
    out += String(chunk);
  }
  equal(bytes, 20_000_000);
  equal(out, Array.from({ length: 20_000 }, (_, i) => String(i).padStart(999) + "\n").join(""));
});

test("signals are counted, and end what waits for standard input", async (context) => {
  if (runtime.os === "win32") return context.skip("there are no such signals");
  const child = start("interrupt");
  const ended = ending(child);
  const heard = () =>
    new Promise<string>((resolve) => child.stdout.once("data", (chunk) => resolve(String(chunk))));
  match(await heard(), /ready set/);
  // Not child.kill(): under Deno it also closes the pipe to the child.
  process.kill(child.pid ?? 0, "SIGINT");
  match(await heard(), /SIGINT 1/);
  process.kill(child.pid ?? 0, "SIGTERM");
  const { out, err, code } = await ended;
  match(out, /SIGTERM 2\nended\n$/);
  equal(err, "");
  equal(code, 7);
});

test("a process is known to live, or not", async () => {
  equal(processLives(processId), true);
  const child = start("lines");
  const ended = ending(child);
  const { pid = 0 } = child;
  equal(processLives(pid), true);
  child.stdin.end();
  await ended;
  equal(processLives(pid), false);
});
