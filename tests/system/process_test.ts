import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { openDatabase, socketPathFor } from "../../src/platform/mod.ts";
import { openLog } from "../../src/store/mod.ts";
import { type CliResult, collect, commandFor, runCli, startCli } from "../cli/run_cli.ts";
import { checkLog, logPath, makeFolder, readLog, sharedCache, story, test, until } from "./house.ts";

const run = makeFolder();
const env = { THEATER_CACHE_DIR: sharedCache, XDG_RUNTIME_DIR: run };

const files = {
  "theater.toml":
    `name = "echo"\ncomponent = "echo.ts"\nlimits = { turn_ms = 30_000, message = "64KiB" }\npermissions = { log = true }\n`,
  "echo.ts": `
    import { log, Refusal } from "theater";
    export function init() { return { n: 0 }; }
    export function handle(state, { body }) {
      log.info("got", body);
      if (body === "refuse") throw new Refusal("not this");
      if (body === "die") throw new Error("as told");
      if (body === "spin") for (;;);
      if (body === "slow") for (let i = 0; i < 4e6; i++);
      return [{ n: state.n + 1 }, { n: state.n + 1, body }];
    }`,
};

/** A command line that is at work. */
interface Running {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly ended: Promise<CliResult>;
}

function start(folder: string, args: readonly string[] = ["run", "theater.toml"]): Running {
  const child = startCli(args, { folder, env });
  const killChild = () => child.kill("SIGKILL");
  process.on("exit", killChild); // A test that fails leaves its house behind.
  child.on("close", () => process.off("exit", killChild));
  const [out, err] = [collect(child.stdout), collect(child.stderr)];
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout: out(), stderr: err() }));
  });
  return { child, out, err, ended };
}

/** Deno's `child.kill` sends one signal only, and forgets the exit code. */
function signal({ child }: Running, name: "SIGINT" | "SIGTERM" | "SIGKILL"): void {
  process.kill(child.pid ?? 0, name);
}

async function serving(folder: string): Promise<Running> {
  const running = start(folder);
  await until("the house to be open", () => {
    if (running.child.exitCode !== null) throw new Error(`It ended: ${running.err()}`);
    return running.out().includes("Ctrl-C");
  });
  return running;
}

const send = (folder: string, ...args: string[]) => runCli(["send", ...args], { folder, env });

test("theater send: every kind of answer, its exit code and its words", async () => {
  const folder = makeFolder(files);
  const house = await serving(folder);
  const socket = socketPath(folder);
  strictEqual(statSync(socket).mode & 0o777, 0o600);
  strictEqual(statSync(dirname(socket)).mode & 0o777, 0o700);

  const cases: readonly (readonly [args: string[], code: number, out: RegExp, err: RegExp])[] = [
    [["echo", '{"a": [1]}'], 0, /^\{"n":1,"body":\{"a":\[1\]\}\}\n$/, /^$/],
    [["echo", '"refuse"'], 1, /^$/, /echo refused the message: not this/],
    [["echo", '"die"'], 1, /^$/, /echo crashed \(script\) on the message: [^]*as told/],
    [["echo", "1", "--no-wait"], 0, /^$/, /accepted in entry \d+/],
    [["echo", "1", "--no-wait", "--json"], 0, /^\{"accepted":\{"actor":"echo","seq":\d+\}\}\n$/, /^$/],
    [["echo", "2", "--id", "k"], 0, /"body":2/, /^$/],
    [["echo", "2", "--id", "k"], 0, /"body":2/, /^$/],
    [["echo", "3", "--id", "k"], 2, /^$/, /key was used before/],
    [["nobody", "1"], 2, /^$/, /no actor nobody/],
    [["echo", "{"], 2, /^$/, /JSON/],
    [["echo", '"slow"', "--timeout", "1ms"], 2, /^$/, /did not answer in time/],
    [["echo", "x".repeat(70_000).replace(/^.|.$/g, '"')], 2, /^$/, /wanted at most 65536 bytes/],
  ];
  for (const [args, code, out, err] of cases) {
    const result = await send(folder, ...args);
    const what = args.join(" ").slice(0, 60);
    strictEqual(result.code, code, `${what}: ${result.stderr}`);
    match(result.stdout, out, what);
    match(result.stderr, err, what);
  }
  const piped = await runCli(["send", "echo", "-"], { folder, env, input: '{\n  "piped": true\n}\n' });
  strictEqual(piped.code, 0, piped.stderr);
  ok(piped.stdout.includes('"body":{"piped":true}'), piped.stdout);

  signal(house, "SIGTERM");
  const ended = await house.ended;
  strictEqual(ended.code, 130, ended.stderr);
  ok(!existsSync(socket), "the socket is gone");
  const closed = await send(folder, "echo", "1");
  strictEqual(closed.code, 2);
  match(closed.stderr, /nobody runs this log/);
  readLog(folder, (reader) => strictEqual(reader.actor("echo")?.status, "resting"));
  checkLog(folder);
});

/** The socket of a folder's house; the runtime folder is the one that the processes are given. */
function socketPath(folder: string): string {
  return join(run, "theater", socketPathFor(logPath(folder)).split("/").at(-1) ?? "");
}

test("a second run on the same log is refused with the number of the process that has it", async () => {
  const folder = makeFolder(files);
  const house = await serving(folder);
  const second = await runCli(["run", "theater.toml", "-"], { folder, env, input: "1\n" });
  strictEqual(second.code, 4, second.stderr);
  ok(second.stderr.includes(String(house.child.pid)), second.stderr);
  strictEqual(second.stdout, "");
  strictEqual((await send(folder, "echo", '"still there"')).code, 0);
  signal(house, "SIGKILL");
  await house.ended;
  const third = await runCli(["run", "theater.toml", "-", "--quiet"], { folder, env, input: "1\n" });
  deepStrictEqual([third.code, third.stdout], [0, '{"n":2,"body":1}\n'], third.stderr);
  ok(story(folder, "echo").includes("keyframe recover"));
  checkLog(folder);
});

for (
  const [what, prepare, code, words] of [
    [
      "a file where its folder should be",
      (folder: string) => writeFileSync(join(folder, ".theater"), ""),
      2,
      /\.theater/,
    ],
    [
      "a log that is none",
      (folder: string) => plant(folder, "this is not a database, just text\n".repeat(200)),
      2,
      /not a log|not a database/,
    ],
    [
      "another program's database",
      (folder: string) => plant(folder, readFileSync(otherDatabase())),
      2,
      /not a log/,
    ],
    [
      "a truncated log",
      (folder: string) => plant(folder, readFileSync(realLog()).subarray(0, 9000)),
      4,
      /damaged|malformed/,
    ],
  ] as const
) {
  test(`${what}: exit ${code}, with the reason, and left as it was`, async () => {
    const folder = makeFolder(files);
    prepare(folder);
    const before = existsSync(logPath(folder)) ? readFileSync(logPath(folder)) : undefined;
    const result = await runCli(["run", "theater.toml", "-"], { folder, env, input: "1\n" });
    strictEqual(result.code, code, result.stderr);
    match(result.stderr, words);
    strictEqual(result.stdout, "");
    if (before !== undefined) ok(before.equals(readFileSync(logPath(folder))), "the file was changed");
  });
}

function plant(folder: string, bytes: string | Uint8Array): void {
  mkdirSync(dirname(logPath(folder)));
  writeFileSync(logPath(folder), bytes);
}

function otherDatabase(): string {
  const path = join(makeFolder(), "other.db");
  const database = openDatabase(path);
  database.exec("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  database.close();
  return path;
}

function realLog(): string {
  const path = join(makeFolder(), "log.db");
  openLog(path).close();
  return path;
}

test("SIGINT finishes the turn in hand, commits it and answers it; the rest has no turn", async () => {
  const folder = makeFolder(files);
  const house = start(folder, ["run", "theater.toml", "-", "--quiet"]);
  house.child.stdin?.write('"first"\n');
  await until("the first answer", () => house.out().includes("first"));
  house.child.stdin?.write('"slow"\n'.repeat(20));
  await new Promise((resolve) => setTimeout(resolve, 200));
  signal(house, "SIGINT");
  const { code, stdout, stderr } = await house.ended;
  strictEqual(code, 130, stderr);
  const answers = stdout.trim().split("\n").map((line) => JSON.parse(line));
  const handled = answers.filter(({ error }) => error === undefined);
  deepStrictEqual(handled.map(({ n }) => n), handled.map((_, index) => index + 1));
  deepStrictEqual(new Set(answers.slice(handled.length).map(({ error }) => error.code)).size <= 1, true);
  const words = story(folder, "echo");
  strictEqual(
    words.filter((word) => word === "receive request").length,
    handled.length,
    "answered, if in the log",
  );
  strictEqual(words.at(-1), "ok");
  readLog(folder, (reader) => strictEqual(reader.actor("echo")?.status, "resting"));
  checkLog(folder);
});

test("a second SIGINT ends an actor that spins at once, also in a feed with more behind it", async () => {
  for (const args of [["run", "theater.toml"], ["run", "theater.toml", "-"]]) {
    const folder = makeFolder(files);
    const feeding = args.includes("-");
    const house = feeding ? start(folder, args) : await serving(folder);
    if (feeding) house.child.stdin?.write('"first"\n"spin"\n"spin"\n"spin"\n');
    const asked = feeding ? undefined : send(folder, "echo", '"spin"');
    if (feeding) await until("the first answer", () => house.out().includes("first"));
    await new Promise((resolve) => setTimeout(resolve, 900));
    signal(house, "SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 200));
    strictEqual(house.child.exitCode, null, `it waits for the turn in hand: ${house.err()}`);
    signal(house, "SIGINT");
    const ended = await house.ended;
    strictEqual(ended.code, 130, ended.stderr);
    await asked;
    strictEqual(story(folder, "echo").at(-1), "cut killed");
    strictEqual(story(folder, "echo").filter((word) => word.startsWith("cut")).length, 1);
    checkLog(folder);
  }
});

test("SIGINT twice ends an actor whose init spins", async () => {
  const folder = makeFolder({
    ...files,
    "echo.ts": files["echo.ts"].replace("{ return { n: 0 }; }", "{ for (;;); }"),
  });
  const house = start(folder);
  await until("init to begin", () => {
    try {
      return readLog(folder, (reader) => (reader.actor("echo")?.size ?? 0) > 3);
    } catch {
      return false; // The log is being made.
    }
  });
  signal(house, "SIGINT");
  await new Promise((resolve) => setTimeout(resolve, 100));
  signal(house, "SIGINT");
  const ended = await house.ended;
  strictEqual(ended.code, 130, ended.stderr);
  checkLog(folder);
});

test("when nobody reads the answers any more it ends in silence, and the log is whole", async () => {
  const folder = makeFolder(files);
  const command = commandFor(["run", "theater.toml", "-", "--quiet"]).map((word) => `'${word}'`).join(" ");
  const feeder = `i=0; while [ $i -lt 3000 ]; do echo $i; i=$((i+1)); done`;
  const child = spawn("sh", ["-c", `(${feeder}) | ${command} | head -1`], {
    cwd: folder,
    env: { ...process.env, ...env, THEATER_DATA_DIR: join(folder, "data") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err] = [collect(child.stdout), collect(child.stderr)];
  await new Promise((resolve) => child.on("close", resolve));
  strictEqual(out(), '{"n":1,"body":0}\n');
  strictEqual(err(), "");
  checkLog(folder);
});

test("when nobody reads any more it ends although its input is still open", async () => {
  const folder = makeFolder(files);
  const house = start(folder, ["run", "theater.toml", "-", "--quiet"]);
  house.child.stdin?.on("error", () => {});
  house.child.stdin?.write("1\n");
  await until("an answer", () => house.out().includes("\n"));
  house.child.stdout?.destroy();
  const feeding = setInterval(() => house.child.stdin?.write("2\n"), 20);
  const ended = await house.ended;
  clearInterval(feeding);
  strictEqual(ended.code, 0, ended.stderr);
  checkLog(folder);
});

test("a feed answers every line in its place, says what was wrong with it, and exits with 1", async () => {
  const folder = makeFolder(files);
  const input = ['"a"', "", "{", '"refuse"', '"die"', '{"b":1}'].join("\n");
  const result = await runCli(["run", "theater.toml", "-", "--quiet"], { folder, env, input });
  strictEqual(result.code, 1, result.stderr);
  const answers = result.stdout.trim().split("\n").map((line) => JSON.parse(line));
  deepStrictEqual(
    answers.map(({ error, body }) => error?.code ?? body),
    ["a", "not_json", "refused", "script", { b: 1 }],
  );
  checkLog(folder);
});
