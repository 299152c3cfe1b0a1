import { deepEqual, equal, match } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runCli } from "./run_cli.ts";
import { makeFolder } from "./sample_folder.ts";

/** Runs an actor that loops when it is told so, with little fuel. */
async function run(...options: readonly string[]) {
  const folder = makeFolder();
  writeFileSync(join(folder, "a.toml"), 'name = "a"\ncomponent = "a.ts"\nlimits = { fuel = 10_000_000 }\n');
  writeFileSync(
    join(folder, "a.ts"),
    "export function handle(state, { body }) { while (body === 'loop'); return [state, body]; }",
  );
  return await runCli(["run", "a.toml", "-", "--stats", ...options], { folder, input: '"go"\n"loop"\n' });
}

test("theater run --stats says what each turn used, and limits.fuel ends one", async () => {
  const { code, stderr, stdout } = await run();
  equal(code, 1);
  match(stdout, /^"go"\n/);
  match(stderr, /\na turn 2: ok, fuel [\d,]+, 0 calls, [\d,]+ ms\n/);
  match(stderr, /\na turn 3: fuel, fuel 10,000,\d{3}, 0 calls, [\d,]+ ms\n/);
});

test("theater run --stats --json writes an object for each turn on standard error", async () => {
  const { stderr } = await run("--json", "--quiet");
  const turns = stderr.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  deepEqual(Object.keys(turns[0]), ["actor", "turn", "end", "fuel", "calls", "ms"]);
  equal(turns.find(({ turn }) => turn === 3).end, "fuel");
});
