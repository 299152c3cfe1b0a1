/** Proving from a log that a house is writing at the time. */

import { equal, match } from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { runCli, startCli } from "../cli/run_cli.ts";
import { test, until } from "../system/house.ts";

const folder = mkdtempSync(join(tmpdir(), "theater-running-"));
after(() => rmSync(folder, { recursive: true, force: true }));

test("what was said a moment ago is sealed by the house, and proved", async () => {
  cpSync(fileURLToPath(new URL("../../examples/hello", import.meta.url)), folder, { recursive: true });
  const env = { THEATER_DATA_DIR: join(folder, "data") };
  const run = (...args: string[]) => runCli(args, { folder, env });
  const house = startCli(["run", "theater.toml"], { folder, env });
  let said = "";
  house.stdout?.on("data", (chunk: Uint8Array) => said += new TextDecoder().decode(chunk));
  const ended = new Promise((resolve) => house.on("close", resolve));
  try {
    await until("the house", () => said.includes("is running"), 60_000);
    const sent = await run("send", "hello", '{"name":"Ada"}', "--id", "once");
    equal(sent.code, 0, sent.stderr);
    const log = (await run("log", "hello", "--json", "--last", "1")).stdout;
    const { seq } = JSON.parse(log) as { seq: number };
    const proved = await run("prove", "hello", `${seq}`, "-o", "hello.json");
    equal(proved.code, 0, proved.stderr);
    const keys = await run("keys");
    const [key = ""] = /\S+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+/.exec(keys.stdout) ?? [];
    const verified = await run("verify", "hello.json", "--key", key);
    equal(verified.code, 0, verified.stdout + verified.stderr);
    match(verified.stdout, /verified: signed by/);
    const exported = await run("export", "hello", "-o", "hello.db");
    equal(exported.code, 0, exported.stderr);
    const bundle = await run("verify", "hello.db", "--key", key);
    equal(bundle.code, 0, bundle.stdout + bundle.stderr);
    const erased = await run("erase", "hello", `${seq}`, "--reason", "too soon");
    equal(erased.code, 4);
    match(erased.stderr, /in use by process/);
  } finally {
    house.kill("SIGINT");
    await ended;
  }
});
