/**
 * Soaks the bank of `examples/bank`, then verifies and replays its log:
 *
 *     deno run -A --no-prompt tests/soak/soak.ts --minutes 10 --kills 300 --seed 7
 *     bun tests/soak/soak.ts --minutes 10
 *
 * The host is killed until `--minutes` or `--kills` are over, whichever comes
 * first. It is started with Deno and Bun by turns if both are in the PATH. The log
 * stays in the folder that is printed if anything is wrong, or with `--keep`.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { soakBank } from "./bank_soak.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    kills: { type: "string", default: "1000000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    keep: { type: "boolean", default: false },
  },
});
const [minutes, kills, seed] = [values.minutes, values.kills, values.seed].map(Number);
if (minutes === undefined || kills === undefined || seed === undefined || isNaN(minutes + kills + seed)) {
  throw new TypeError("Cannot read the options: wanted numbers for --minutes, --kills and --seed");
}

const scratch = mkdtempSync(join(tmpdir(), "theater-soak-"));
const folder = join(scratch, "bank");
mkdirSync(folder);
const env = {
  ...process.env,
  THEATER_CACHE_DIR: join(scratch, "cache"),
  THEATER_DATA_DIR: join(scratch, "data"),
  NO_COLOR: "1",
};
const repository = fileURLToPath(new URL("../../", import.meta.url));
const cli = join(repository, "cli.ts");
const all = [["deno", "run", "-A", "--no-prompt", "--quiet", cli], ["bun", cli]] as const;
const commands = all.filter(([program]) => spawnSync(program, ["--version"]).status === 0);
console.log(`seed ${seed}, by turns ${commands.map(([program]) => program).join(" and ")}, in ${folder}`);

const soaked = await soakBank({
  folder,
  seed,
  kills,
  untilMs: minutes * 60_000,
  commands,
  env,
  say: (line) => console.log(line),
});
const { faults: found, ...figures } = soaked;
console.log(JSON.stringify(figures));
const faults = [...found];
const log = join(folder, ".theater", "theater.db");
for (const [program, ...before] of commands) {
  check(program, [...before, "verify", log, "--replay"]);
}
if (spawnSync("python3", ["--version"]).status === 0) {
  check("python3", [join(repository, "tests/conformance/theater_check.py"), log]);
} else console.log("python3 is not here: its checker was not run");

for (const fault of faults.slice(0, 50)) console.log(`WRONG: ${fault}`);
console.log(faults.length === 0 ? "nothing is wrong" : `${faults.length} wrong, seed ${seed}, log ${log}`);
if (faults.length === 0 && !values.keep) rmSync(scratch, { recursive: true, force: true });
process.exitCode = faults.length === 0 ? 0 : 1;

function check(program: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(program, args, { env, encoding: "utf8", maxBuffer: 2 ** 28 });
  const last = stdout.trim().split("\n").slice(-8).join("\n");
  console.log(`${program}: exit code ${status}\n${last}`);
  if (status !== 0) faults.push(`${program} ${args.join(" ")} ended with ${status}: ${stderr.slice(-2000)}`);
}
