import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import process from "node:process";
import { commandFor, runCli } from "../cli/run_cli.ts";
import { makeFolder, sharedCache, test } from "../system/house.ts";
import { proveLog } from "../system/proof_of_log.ts";
import { soakBank } from "./bank_soak.ts";

/** How often the host is killed; `tests/soak/soak.ts` is for many. */
const kills = Number(process.env["THEATER_TEST_KILLS"] ?? 5);
const seed = Number(process.env["THEATER_TEST_SEED"] ?? Date.now() % 1_000_000);

test(`a bank that is killed ${kills} times loses no transfer and no cent (seed ${seed})`, async () => {
  const folder = makeFolder();
  const variables = { THEATER_CACHE_DIR: sharedCache, THEATER_DATA_DIR: makeFolder(), NO_COLOR: "1" };
  const soaked = await soakBank({
    folder,
    seed,
    kills,
    commands: [commandFor([])],
    env: { ...process.env, ...variables },
  });
  deepStrictEqual(soaked.faults, [], `seed ${seed}`);
  strictEqual(soaked.kills, kills);
  ok(soaked.done > 0, `seed ${seed}: wanted a transfer that is done, got ${JSON.stringify(soaked)}`);
  const verified = await runCli(["verify", "--replay"], { folder, env: variables });
  strictEqual(verified.code, 0, `seed ${seed}: ${verified.stdout}${verified.stderr}`);
  await proveLog(folder);
});
