import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { exitCode } from "../../src/cli/exit_code.ts";
import { replayLog } from "../../src/cli/replay_log.ts";
import type { ChainReplay } from "../../src/replay/mod.ts";
import { openLogReader } from "../../src/store/mod.ts";
import { callCli } from "../cli/call_cli.ts";
import { inHouse, logPath, makeFolder, test } from "./house.ts";

const actors: Readonly<Record<string, string>> = {
  // Answers with how many turns this instance has had.
  counts: `
    let turns = 0;
    export function handle(state, message) { turns += 1; return [state, turns]; }`,
  // Puts what it remembers into its state, and asks the host by it; refuses and dies by it too.
  keeps: `
    import { log, Refusal } from "theater";
    const seen = [];
    export function init() { return { all: [] }; }
    export function handle(state, { body }) {
      if (body === "refuse" && seen.length > 0) throw new Refusal("seen " + seen.length);
      if (body === "die" && seen.length > 0) throw new Error("seen " + seen.length);
      seen.push(body);
      if (body === "log") log.info(seen);
      return [{ all: [...seen] }, null];
    }`,
  // Remembers what it need not: a cache that gives what it would compute.
  caches: `
    import { random } from "theater";
    const squares = new Map();
    const salt = random.bytes(4);
    export function handle(state, { body }) {
      if (body === "refuse") throw new (class extends Error {})("as told");
      const key = String(body);
      if (!squares.has(key)) squares.set(key, key.length ** 2);
      return [{ last: key }, [squares.get(key), [...salt]]];
    }`,
};

const bodies = ["one", "two", "log", "refuse", "three", "die", "four", "five"];

async function record(): Promise<string> {
  const children = Object.keys(actors).map((name) =>
    `[[child]]\nname = "${name}"\ncomponent = "${name}.ts"\npermissions = { log = true, random = true }\n`
  );
  const folder = makeFolder({
    "theater.toml":
      `name = "house"\ncomponent = "counter.wasm"\npermissions = { log = true, random = true }\nlimits = { turn_ms = 300 }\nsupervisor.intensity = 1000\n` +
      children.join(""),
    "counter.wasm": "counter.wasm",
    ...Object.fromEntries(Object.entries(actors).map(([name, text]) => [`${name}.ts`, text])),
  });
  await inHouse(folder, async ({ send, theater }) => {
    for (const to of theater.addresses) {
      for (const body of bodies) await send(body, { to });
    }
    await send("spin", { to: theater.root });
  });
  return folder;
}

async function replayFresh(folder: string): Promise<ReadonlyMap<string, ChainReplay>> {
  const reader = openLogReader(logPath(folder));
  try {
    const chains = await replayLog(reader, undefined, undefined, true);
    return new Map(chains.map((chain) => [chain.address, chain]));
  } finally {
    reader.close();
  }
}

test("a turn that depends on what its instance kept in memory is found, and no other", async () => {
  const folder = await record();
  const chains = await replayFresh(folder);
  for (const { address, divergences, passedOver } of chains.values()) {
    deepStrictEqual([divergences, passedOver], [[], []], address);
  }
  // Turn 0 instantiates and 1 is init; so is the first message in a fresh instance anyway.
  const counts = chains.get("house/counts")?.fresh;
  deepStrictEqual([counts?.turns, counts?.differing], [1 + bodies.length, bodies.length - 1]);
  deepStrictEqual(
    [counts?.first?.turn, counts?.first?.what, counts?.first?.expected, counts?.first?.got],
    [3, "response", "2", "1"],
  );
  const keeps = chains.get("house/keeps")?.fresh;
  // two, log, refuse, three, die; after which the actor is restarted: five.
  strictEqual(keeps?.differing, 6);
  deepStrictEqual(
    [keeps?.first?.turn, keeps?.first?.what, keeps?.first?.path, keeps?.first?.expected],
    [3, "state", "state.all[0]", '"one"'],
  );
  match(keeps?.first?.causes[0] ?? "", /hidden state/);
  for (const [address, turns] of [["house/caches", 9], ["house", 9]] as const) {
    const fresh = chains.get(address)?.fresh;
    deepStrictEqual([fresh?.turns, fresh?.differing, fresh?.first], [turns, 0, undefined], address);
  }
});

test("theater replay --fresh names the actors that depend on hidden state", async () => {
  const folder = await record();
  const args = ["--db", logPath(folder)];
  const plain = await callCli(["replay", ...args], { folder });
  strictEqual(plain.code, exitCode.done, plain.stderr);
  const told = await callCli(["replay", "--fresh", ...args], { folder });
  strictEqual(told.code, exitCode.no);
  match(told.stdout, /house\/counts: 7 of 9 turns, first turn 3/);
  match(told.stdout, /house\/counts, turn 3, entry \d+: the response differs\n {2}at {8}response/);
  const json = await callCli(["replay", "--fresh", "--json", ...args], { folder });
  const { exit, actors } = JSON.parse(json.stdout);
  strictEqual(exit, exitCode.no);
  ok(actors.every((actor: ChainReplay) => actor.fresh !== undefined));
});

test("theater replay --fresh finds nothing where there is nothing", async () => {
  const folder = makeFolder({
    "theater.toml": `name = "clean"\ncomponent = "clean.ts"\n`,
    "clean.ts":
      "export function handle(state, { body }) { return [{ n: (state.n ?? 0) + body }, state.n ?? 0]; }",
  });
  await inHouse(folder, async ({ send }) => {
    await Promise.all(Array.from({ length: 200 }, (_, k) => send(k)));
  });
  const told = await callCli(["replay", "--fresh", "--db", logPath(folder)], { folder });
  strictEqual(told.code, exitCode.done, told.stdout);
  match(told.stdout, /no actor depends on hidden state: 201 turns did the same/);
});
