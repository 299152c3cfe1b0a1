import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import type { Answer } from "../../src/actor/mod.ts";
import { RuntimeError } from "../../src/runtime/mod.ts";
import { StoreError } from "../../src/store/mod.ts";
import { collect, commandFor } from "../cli/run_cli.ts";
import { checkLog, entriesOf, inHouse, makeFolder, openHouse, readLog, sharedCache, test } from "./house.ts";

const filler = (name: string) => ({
  "theater.toml": `
    name = "${name}"
    component = "filler.ts"
    permissions = { log = true }
    [[child]]
    name = "other"
    component = "filler.ts"
    permissions = { log = true }`,
  "filler.ts": `
    import { log } from "theater";
    export function init() { return { n: 0 }; }
    export function handle(state, { body }) {
      if (body !== "n") log.info("x".repeat(20_000));
      return [{ n: state.n + 1 }, state.n + 1];
    }`,
});

test("a full disk: no answer that is not in the log, the house closes with the reason, and goes on when there is room", async () => {
  const folder = makeFolder(filler("filler"));
  const house = await openHouse(folder, { bytesMax: 2_600_000 });
  const answers: Answer[] = [];
  for (let k = 0; k < 200; k++) {
    const batch = await Promise.all([
      ...Array.from({ length: 5 }, (_, n) => house.send(5 * k + n)),
      house.send("n", { to: "filler/other" }),
    ]);
    answers.push(...batch);
    if (batch.some(({ answer }) => answer !== "ok")) break;
  }
  await rejects(house.theater.closed, (error: unknown) => {
    ok(error instanceof RuntimeError && error.fault.code === "commit_failed", String(error));
    match(error.message, /disk is full/);
    return true;
  });
  const answered = answers.filter(({ answer }) => answer === "ok");
  ok(answered.length > 10, `wanted some answers before the disk was full, got ${answered.length}`);
  for (const answer of answers) {
    if (answer.answer !== "ok") strictEqual(answer.answer === "undelivered" && answer.code, "not_running");
  }
  const late = await house.send("late");
  strictEqual(late.answer === "undelivered" && late.code, "not_running");
  await house.stop();

  checkLog(folder);
  const committed = ["filler", "filler/other"].flatMap((address) =>
    entriesOf(folder, address).filter(({ entry }) => entry.kind === "return" && entry.parts.length === 2)
  );
  strictEqual(committed.length, answered.length);
  readLog(folder, (reader) => {
    // The other may have stopped in order, if that little was still to be written.
    ok(reader.actors().some(({ status }) => status === "running"));
  });
  await inHouse(folder, async ({ send }) => {
    const root = answered.filter((answer) => "seq" in answer).length;
    const [one, two] = [await send("n"), await send("n", { to: "filler/other" })];
    ok(one.answer === "ok" && two.answer === "ok");
    strictEqual(Number(one.response) + Number(two.response), root + 2);
  });
  checkLog(folder);
});

test("a disk that is full from the start is refused, with the reason", async () => {
  const folder = makeFolder(filler("filler"));
  await rejects(
    openHouse(folder, { bytesMax: 300_000 }),
    (error: unknown) =>
      (error instanceof StoreError && error.fault.code === "full") ||
      (error instanceof RuntimeError && error.fault.code === "commit_failed"),
  );
  await inHouse(folder, async ({ send }) => strictEqual((await send("n")).answer, "ok"));
  checkLog(folder);
});

test("the command line ends with 4 when the system takes no more bytes, and what it printed is in the log", async () => {
  const folder = makeFolder(filler("filler"));
  const command = commandFor(["run", "theater.toml", "-", "--quiet"]).map((word) => `'${word}'`).join(" ");
  const input = Array.from({ length: 400 }, (_, n) => `${n}\n`).join("");
  // The limit of the shell is on the size of files, in blocks of 512 bytes (1024 in some).
  const script = `trap '' XFSZ; ulimit -f 6000; exec ${command}`;
  const env = {
    ...process.env,
    THEATER_CACHE_DIR: sharedCache,
    THEATER_DATA_DIR: join(folder, "data"),
  };
  const child = spawn("sh", ["-c", script], { cwd: folder, env, stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => {}); // It ends before it has read everything.
  child.stdin.end(input);
  const [out, err] = [collect(child.stdout), collect(child.stderr)];
  const status = await new Promise((resolve) => child.on("close", resolve));
  const [stdout, stderr] = [out(), err()];
  strictEqual(status, 4, stderr);
  match(stderr, /error: Cannot write the log/);
  const printed = stdout.trim().split("\n").filter((line) => !line.includes("error"));
  ok(printed.length > 10, stdout.slice(0, 300));
  deepStrictEqual(printed, printed.map((_, n) => String(n + 1)));
  checkLog(folder);
  const returns = entriesOf(folder, "filler").filter(({ entry }) =>
    entry.kind === "return" && entry.parts.length === 2
  );
  ok(returns.length >= printed.length, `${returns.length} in the log, ${printed.length} printed`);
});
