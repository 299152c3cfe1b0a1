import { deepEqual, equal, match } from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { collect, runCli, startCli } from "./run_cli.ts";
import { sharedCache, until } from "../system/house.ts";

const slow = { timeout: 120_000 };
const folder = mkdtempSync(join(tmpdir(), "theater-supervision-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const env = { THEATER_CACHE_DIR: sharedCache };

const child = (name: string) => `[[child]]\nname = "${name}"\ncomponent = "a.ts"\n`;
writeFileSync(
  join(folder, "theater.toml"),
  `name = "bank"\ncomponent = "a.ts"\npermissions.send = ["*"]\nsupervisor.intensity = 3\n${child("t1")}${
    child("t2")
  }`,
);
writeFileSync(
  join(folder, "a.ts"),
  `import { request } from "theater";
   export const init = () => 0;
   export function handle(n, { type, body }) {
     if (body === "poison") throw new Error("poison");
     if (body?.ask !== undefined) request(body.ask, 1);
     return type === "request" ? [n + 1, n + 1] : [n, null];
   }`,
);

async function cli(...args: readonly string[]) {
  return await runCli(args, { folder, env });
}

test(
  "stop, restart, ps --tree, dead-letters and log --tree, while the house runs and after",
  slow,
  async () => {
    const house = startCli(["run", "theater.toml"], { folder, env });
    const said = collect(house.stdout);
    const ended = new Promise<number | null>((resolve) => house.on("close", resolve));
    try {
      await until("the house to run", () => said().includes("bank is running"));
      await cli("send", "bank", '{"ask":"bank/t1"}');
      equal((await cli("send", "bank/t1", '"poison"')).code, 1);
      equal((await cli("send", "bank/t1", "1")).stdout, "2\n");

      match((await cli("ps", "--tree")).stdout, /t1 +running .* restart \(crash\), 1 of 3, /);
      equal((await cli("stop", "bank/t2")).stdout, "bank/t2 stopped\n");
      const again = await cli("stop", "bank/t2", "--json");
      deepEqual([again.code, JSON.parse(again.stderr).error.code], [2, "already_down"]);
      match((await cli("send", "bank/t2", "1")).stderr, /bank\/t2 is not running/);
      deepEqual(JSON.parse((await cli("restart", "bank/t2", "--json")).stdout), { restarted: "bank/t2" });
      equal((await cli("send", "bank/t2", "1")).stdout, "1\n");
      const nobody = await cli("restart", "bank/nobody");
      deepEqual([nobody.code, nobody.stdout], [2, ""]);
      match(nobody.stderr, /Cannot restart bank\/nobody: there is no actor/);

      const letters = (await cli("dead-letters", "--json")).stdout.trim().split("\n").map((line) =>
        JSON.parse(line)
      );
      deepEqual(letters.map(({ actor, body, code }) => [actor, body, code]), [[
        "bank/t1",
        '"poison"',
        "script",
      ]]);
      match((await cli("dead-letters", "bank/t1")).stdout, /bank\/t1 \d+ .*"poison" {2}trap script .*poison/);
      const resent = await cli("dead-letters", "bank/t1", "--send", String(letters[0].seq));
      deepEqual([resent.code, resent.stdout], [1, ""]);
      match(resent.stderr, /bank\/t1 crashed \(script\)/);
      const none = await cli("dead-letters", "bank/t1", "--send", "0");
      deepEqual([none.code, none.stdout], [2, ""]);
      equal((await cli("dead-letters", "--send", "3")).code, 2);

      const family = (await cli("log", "bank", "--tree", "--json")).stdout.trim().split("\n")
        .map((line) => JSON.parse(line));
      const at = (actor: string, wanted: (entry: Record<string, unknown>) => boolean) =>
        family.findIndex((each) => each.actor === actor && wanted(each.entry));
      const asked = at("bank", ({ function: name }) => String(name).endsWith("#request"));
      const received = at("bank/t1", ({ kind, from }) => kind === "receive" && from === "bank");
      const replied = at("bank", ({ type }) => type === "reply");
      deepEqual([asked >= 0, asked < received, received < replied], [true, true, true]);
      equal(family.some(({ actor }) => actor === "bank/t2"), true);
      equal((await cli("log", "bank/t1", "--tree", "--json")).stdout.includes('"bank/t2"'), false);
      equal((await cli("log", "--tree", "--follow")).code, 2);

      equal((await cli("stop")).stdout, "the house stopped\n");
      equal(await ended, 0);
    } finally {
      house.kill("SIGKILL");
    }
    for (const args of [["stop"], ["stop", "bank"], ["restart", "bank"]]) {
      const closed = await cli(...args);
      equal(closed.code, 2);
      match(closed.stderr, /nobody runs this log/);
    }
    match((await cli("dead-letters")).stdout, /(.*poison.*\n){2}/);
    equal((await cli("verify")).code, 0);
  },
);

test("a house whose root crashes too often, or ends itself, says so by its exit code", slow, async () => {
  const own = mkdtempSync(join(folder, "root-"));
  writeFileSync(join(own, "theater.toml"), 'name = "root"\ncomponent = "a.ts"\n');
  writeFileSync(
    join(own, "a.ts"),
    `import { exit } from "theater";
     export function handle(state, { body }) {
       if (body === "exit") exit(); else throw new Error("always");
       return [state, "bye"];
     }`,
  );
  const run = (input: string) => runCli(["run", "theater.toml", "-"], { folder: own, input, env });
  const gaveUp = await run("1\n2\n3\n");
  equal(gaveUp.code, 1);
  match(gaveUp.stderr, /! root has failed: script \(entry \d+\)/);
  const left = await run('"exit"\n');
  deepEqual([left.code, left.stdout], [0, '"bye"\n']);
});
