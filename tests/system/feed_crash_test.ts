import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { runCli, startCli } from "../cli/run_cli.ts";
import {
  checkLog,
  entriesOf,
  inHouse,
  logPath,
  makeFolder,
  readLog,
  repositoryPath,
  sharedCache,
  test,
} from "./house.ts";

/** How often the process is killed; more for a long test. */
const kills = Number(process.env["THEATER_TEST_KILLS"] ?? 5);
const lineCount = Number(process.env["THEATER_TEST_LINES"] ?? 1500);
const seed = Number(process.env["THEATER_TEST_SEED"] ?? Date.now() % 1_000_000);

/** mulberry32. */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const env = { THEATER_CACHE_DIR: sharedCache };
const feed = ["run", "theater.toml", "-", "--id-from", "/id"];

function ledgerFolder(): string {
  return makeFolder({
    "theater.toml": `name = "ledger"\ncomponent = "ledger.ts"\n`,
    "ledger.ts": readFileSync(repositoryPath("examples/ledger/ledger.ts"), "utf8"),
  });
}

const postings =
  readFileSync(repositoryPath("examples/ledger/postings.jsonl"), "utf8").split("\n").slice(0, lineCount)
    .join("\n") + "\n";

/** Answers as printed, without the places of refusals in the log, which the kills move. */
function answersIn(stdout: string): string[] {
  return stdout.trim().split("\n").map((line) => line.replace(/,"seq":[0-9]+/, ""));
}

/** Feeds a process until it has printed so many lines and so many milliseconds have passed, then kills it. */
function feedAndKill(
  folder: string,
  input: string,
  lines: number,
  delayMs: number,
): Promise<{ lines: number; signal: string | null }> {
  const child: ChildProcess = startCli(feed, { folder, env });
  let printed = 0;
  let killing = false;
  const kill = () => {
    if (killing) return;
    killing = true;
    setTimeout(() => child.kill("SIGKILL"), delayMs);
  };
  child.stdin?.on("error", () => {}); // It dies while we write.
  child.stdin?.end(input);
  child.stderr?.resume();
  child.stdout?.on("data", (chunk: Uint8Array) => {
    for (const byte of chunk) if (byte === 0x0a) printed += 1;
    if (printed >= lines) kill();
  });
  if (lines === 0) kill();
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (_code, signal) => resolve({ lines: printed, signal }));
  });
}

test(`a feed that is killed ${kills} times comes to the same end: nothing lost, nothing twice (seed ${seed})`, async () => {
  const random = randomFrom(seed);
  const whole = ledgerFolder();
  const reference = await runCli([...feed, "--quiet"], { folder: whole, input: postings, env });
  ok(reference.code === 0 || reference.code === 1, reference.stderr);

  const folder = ledgerFolder();
  let killed = 0;
  for (let k = 0; k < kills; k++) {
    const early = random() < 0.2;
    const lines = early ? 0 : 1 + Math.floor(((k + random()) / kills) * (lineCount - 2));
    const delayMs = early ? random() * 600 : random() * 15;
    const { signal, lines: printed } = await feedAndKill(folder, postings, lines, delayMs);
    if (signal === "SIGKILL") killed += 1;
    if (printed === 0) continue;
    const turns = readLog(folder, (reader) => reader.actor("ledger")?.turns ?? 0);
    ok(turns > printed, `seed ${seed}: ${printed} answers were printed, the log has ${turns} turns`);
  }
  ok(killed > kills / 2, `wanted most of ${kills} killed, got ${killed}`);
  const last = await runCli([...feed, "--quiet"], { folder, input: postings, env });
  const [answers, wantedAnswers] = [answersIn(last.stdout), answersIn(reference.stdout)];
  strictEqual(answers.length, lineCount, `seed ${seed}`);
  const differing = answers.findIndex((answer, line) => answer !== wantedAnswers[line]);
  strictEqual(
    answers[differing],
    wantedAnswers[differing],
    `seed ${seed}: line ${differing} is answered otherwise`,
  );
  strictEqual(last.code, reference.code);

  const balances = (of: string) =>
    runCli(["run", "theater.toml", "-", "--quiet"], { folder: of, input: '{"op":"balances"}\n', env });
  const [wanted, got] = [await balances(whole), await balances(folder)];
  strictEqual(wanted.code, 0, wanted.stderr);
  strictEqual(got.stdout, wanted.stdout, `seed ${seed}: the balances differ`);

  checkLog(folder);
  const answered = new Map<string, number>();
  const entries = entriesOf(folder, "ledger");
  for (const [index, { entry, parts }] of entries.entries()) {
    if (entry.kind !== "receive" || !entry.keyed) continue;
    answered.set(parts[1] ?? "", (answered.get(parts[1] ?? "") ?? 0) + 1);
    strictEqual(entries[index + 1]?.entry.kind, "return");
  }
  const ids = postings.trim().split("\n").map((line) => JSON.parse(line).id as string);
  deepStrictEqual([...answered.keys()].sort(), [...ids].sort(), `seed ${seed}`);
  deepStrictEqual([...answered.values()].filter((times) => times !== 1), [], `seed ${seed}: handled twice`);
  const recoveries =
    entries.filter(({ entry }) => entry.kind === "keyframe" && entry.reason === "recover").length;
  ok(recoveries > 0, "wanted a recovery");
  readLog(folder, (reader) => strictEqual(reader.actor("ledger")?.status, "resting", logPath(folder)));
});

test(`a family that is killed ${kills} times passes every message on once (seed ${seed})`, async () => {
  const random = randomFrom(seed + 1);
  const actor = (name: string) =>
    `name = "${name}"\ncomponent = "relay.ts"\npermissions = { send = ["*"], timers = true }\n`;
  const folder = makeFolder({
    "theater.toml": actor("a") + `[[child]]\nname = "b"\nmanifest = "b.toml"\n`,
    "b.toml": actor("b") + `[[child]]\nname = "c"\nmanifest = "c.toml"\n`,
    "c.toml": actor("c"),
    "relay.ts": `
      import { send, self, timers } from "theater";
      export function init() { return { seen: 0, fired: 0 }; }
      export function handle(state, { type, body }) {
        if (body === "?") return [state, state];
        if (type === "timer") return [{ ...state, fired: state.fired + 1 }, null];
        if (self() !== "a/b/c") for (let k = 0; k < 2; k++) send(self() + (self() === "a" ? "/b" : "/c"), body);
        else timers.set(5, body.id);
        return [{ ...state, seen: state.seen + 1 }, body.id];
      }`,
  });
  const lines = 120;
  const input = Array.from({ length: lines }, (_, id) => `{"id":${id}}\n`).join("");
  for (let k = 0; k < kills; k++) {
    await feedAndKill(folder, input, Math.floor(((k + random()) / kills) * lines), random() * 40);
  }
  const last = await runCli([...feed, "--quiet"], { folder, input, env });
  strictEqual(last.code, 0, last.stderr);
  strictEqual(last.stdout, Array.from({ length: lines }, (_, id) => `${id}\n`).join(""));
  await inHouse(folder, async ({ send }) => {
    const counts = async () => {
      const answers = [];
      for (const to of ["a", "a/b", "a/b/c"]) answers.push(await send("?", { to }));
      return answers.map((answer) => answer.answer === "ok" ? answer.response : answer.answer).join();
    };
    const wanted = [lines, 2 * lines, 4 * lines].map((seen, level) =>
      JSON.stringify({ seen, fired: level === 2 ? seen : 0 })
    ).join();
    for (let tries = 0; tries < 500 && await counts() !== wanted; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    strictEqual(await counts(), wanted, `seed ${seed}`);
  });
  checkLog(folder);
});
