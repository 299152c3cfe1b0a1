import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import {
  crashCopy,
  entriesOf,
  type House,
  inHouse,
  makeFolder,
  openHouse,
  readLog,
  story,
  test,
  until,
} from "./house.ts";
import { proveLog } from "./proof_of_log.ts";

/** Does what it is told, counts, and keeps what its children's news say. */
const script = `
  import { exit, request, send, Refusal } from "theater";
  export function init(params) { return { n: 0, news: [], back: [], params }; }
  export function handle(state, { type, outcome, body }) {
    if (type === "news") {
      if (state.params === "deaf") throw new Refusal("not interested");
      return [{ ...state, news: [...state.news, ...body.news] }, null];
    }
    if (type === "undeliverable" || type === "reply") {
      return [{ ...state, back: [...state.back, [type, outcome ?? body.reason, type === "reply" ? body : body.body]] }, null];
    }
    if (body === "state") return [state, state];
    const next = { ...state, n: state.n + 1 };
    if (body === "die") throw new Error("as told");
    if (body === "exit") exit();
    if (body?.spin !== undefined) for (let k = 0; k < body.spin; k++);
    if (body?.ask !== undefined) request(body.ask, body.body ?? null, 60_000);
    if (body?.send !== undefined) send(body.send, body.body ?? null);
    return [next, next.n];
  }`;

interface ChildSpec {
  readonly name: string;
  readonly policy?: string;
}

/** A root, and a supervisor below it with children. */
function family(supervisor: string, children: readonly ChildSpec[], top = ""): Record<string, string> {
  const grants = `limits = { turn_ms = 60_000 }\npermissions = { send = ["*"] }`;
  return {
    "theater.toml": `
      name = "top"
      component = "actor.ts"
      ${grants}
      ${top}
      [[child]]
      name = "mid"
      manifest = "mid.toml"`,
    "mid.toml": `
      name = "mid"
      component = "actor.ts"
      ${grants}
      supervisor = { ${[supervisor, "news = true"].filter((key) => key !== "").join(", ")} }
      ${
      children.map(({ name, policy = "" }) =>
        `[[child]]\nname = "${name}"\nmanifest = "child.toml"\n${policy}\n`
      ).join("\n")
    }`,
    "child.toml": `name = "child"\ncomponent = "actor.ts"\n${grants}\n`,
    "actor.ts": script,
  };
}

async function ask<T = unknown>(house: House, to: string, body: unknown): Promise<T> {
  const answer = await house.send(body, { to });
  if (answer.answer !== "ok") throw new Error(JSON.stringify(answer));
  return JSON.parse(answer.response) as T;
}

interface State {
  readonly n: number;
  readonly news: readonly { readonly child: string; readonly event: string; readonly reason: string }[];
  readonly back: readonly unknown[];
}

async function stateOf(house: House, to: string): Promise<State> {
  return await ask<State>(house, to, "state");
}

/** Decisions in a chain: what, by which rule, after whom, the restarts counted. */
function decisions(folder: string, address: string) {
  return entriesOf(folder, address).flatMap(({ entry }) =>
    entry.kind === "supervise"
      ? [`${entry.decision} ${entry.rule} ${entry.by} ${entry.restarts}/${entry.intensity}`]
      : []
  );
}

function hasRestarted(folder: string, address: string): boolean {
  return story(folder, address).includes("keyframe restart");
}

function statusOf(folder: string, address: string): string | undefined {
  return readLog(folder, (reader) => reader.actor(address)?.status);
}

test("a child that crashes is restarted with its last state, its message is not tried again, and its parent is told", async () => {
  const folder = makeFolder(family("", [{ name: "a" }, { name: "b" }]));
  await inHouse(folder, async (house) => {
    strictEqual(await ask(house, "top/mid/a", "one"), 1);
    const asked = [house.send("die", { to: "top/mid/a" }), house.send("two", { to: "top/mid/a" })];
    deepStrictEqual((await Promise.all(asked)).map(({ answer }) => answer), ["trapped", "ok"]);
    strictEqual((await stateOf(house, "top/mid/a")).n, 2);
    await until("news", async () => (await stateOf(house, "top/mid")).news.length === 2);
    deepStrictEqual((await stateOf(house, "top/mid")).news.map(({ child, event }) => [child, event]), [
      ["top/mid/a", "crashed"],
      ["top/mid/a", "restarted"],
    ]);
    ok(!JSON.stringify((await stateOf(house, "top/mid")).news).includes("as told"), "no words of the child");
  });
  deepStrictEqual(decisions(folder, "top/mid/a"), ["restart crash top/mid/a 1/1"]);
  deepStrictEqual(decisions(folder, "top/mid/b"), []);
  deepStrictEqual(decisions(folder, "top/mid"), []);
  await proveLog(folder);
});

test("past the intensity the supervisor gives up, ends its children in reverse order, and is restarted itself", async () => {
  const folder = makeFolder(family("intensity = 1", [{ name: "a" }, { name: "b" }, { name: "c" }]));
  await inHouse(folder, async (house) => {
    await ask(house, "top/mid/a", "kept");
    await house.send("die", { to: "top/mid/b" });
    await house.send("die", { to: "top/mid/b" });
    await until("the restart", () => hasRestarted(folder, "top/mid/c"));
    strictEqual(await ask(house, "top/mid/a", "again"), 2);
    strictEqual(await ask(house, "top/mid/b", "again"), 1);
  });
  deepStrictEqual(decisions(folder, "top/mid/b"), [
    "restart crash top/mid/b 1/1",
    "give_up intensity top/mid/b 2/1",
    "restart parent top/mid 1/1",
  ]);
  for (const sibling of ["a", "c"]) {
    deepStrictEqual(decisions(folder, `top/mid/${sibling}`), [
      "stop parent top/mid/b 2/1",
      "restart parent top/mid 1/1",
    ]);
  }
  deepStrictEqual(decisions(folder, "top/mid"), ["restart crash top/mid 1/1"]);
  const endOf = (child: string) =>
    entriesOf(folder, child).find(({ entry }) => entry.kind === "supervise" && entry.rule === "parent")?.entry
      .time ??
      0;
  ok(endOf("top/mid/c") <= endOf("top/mid/a"));
  await proveLog(folder);
});

test("a root that crashes too often ends the house, and says so", async () => {
  const folder = makeFolder(family("", []));
  const house = await openHouse(folder);
  await house.send("die");
  strictEqual((await house.send("one")).answer, "ok");
  await house.send("die");
  await house.theater.closed;
  const failed = house.events.find(({ event }) => event === "failed");
  ok(failed?.event === "failed" && failed.address === "top", JSON.stringify(house.events));
  deepStrictEqual(decisions(folder, "top"), ["restart crash top 1/1", "give_up intensity top 2/1"]);
  deepStrictEqual(decisions(folder, "top/mid"), ["restart parent top 0/1", "stop parent top 0/1"]);
  await proveLog(folder);
});

test("one_for_all restarts all, rest_for_one those after it", async () => {
  for (const [strategy, restarted] of [["one_for_all", "a b c d"], ["rest_for_one", "b c d"]] as const) {
    const temporary = { name: "c", policy: 'restart = "temporary"' };
    const folder = makeFolder(
      family(`strategy = "${strategy}"`, [{ name: "a" }, { name: "b" }, temporary, { name: "d" }]),
    );
    await inHouse(folder, async (house) => {
      await house.send("die", { to: "top/mid/b" });
      await until("the restart", () => hasRestarted(folder, "top/mid/d"));
      strictEqual((await house.send("x", { to: "top/mid/c" })).answer, "undelivered");
      strictEqual(await ask(house, "top/mid/a", "x"), 1);
    });
    for (const child of ["a", "b", "c", "d"]) {
      const expected = child === "b"
        ? ["restart crash top/mid/b 1/1"]
        : !restarted.includes(child)
        ? []
        : [`${child === "c" ? "stop" : "restart"} sibling top/mid/b 1/1`];
      deepStrictEqual(decisions(folder, `top/mid/${child}`), expected, `${strategy} ${child}`);
    }
    await proveLog(folder);
  }
});

test("a child that ends itself is started again only if it is permanent, and what waits for it comes back", async () => {
  const folder = makeFolder(
    family("", [{ name: "a" }, { name: "b", policy: 'restart = "transient"' }]),
  );
  await inHouse(folder, async (house) => {
    strictEqual(await ask(house, "top/mid/a", "exit"), 1);
    strictEqual(await ask(house, "top/mid/a", "again"), 2);
    const b = "top/mid/b";
    const waiting = [{ spin: 3e6 }, "exit", "late"].map((body) => house.send(body, { to: b }));
    await ask(house, "top", { send: b, body: 1 });
    await ask(house, "top", { ask: b, body: 2 });
    const answers = await Promise.all(waiting);
    deepStrictEqual(answers.map(({ answer }) => answer), ["ok", "ok", "undelivered"]);
    await ask(house, "top", { send: b, body: 3 });
    await ask(house, "top", { ask: b, body: 4 });
    await until("what comes back", async () => (await stateOf(house, "top")).back.length === 4);
    const { back } = await stateOf(house, "top");
    deepStrictEqual(back.map((item) => JSON.stringify(item)).sort(), [
      '["reply","undelivered","stopped"]',
      '["reply","undelivered","stopped"]',
      '["undeliverable","stopped",1]',
      '["undeliverable","stopped",3]',
    ]);
  });
  deepStrictEqual(decisions(folder, "top/mid/a"), ["restart crash top/mid/a 1/1"]);
  deepStrictEqual(decisions(folder, "top/mid/b"), ["stop kept top/mid/b 1/1"]);
  strictEqual(statusOf(folder, "top/mid/b"), "stopped");
  await proveLog(folder);
  await inHouse(folder, async (house) => {
    strictEqual(await ask(house, "top/mid/b", "a new run starts all that is declared"), 3);
  });
  await proveLog(folder);
});

test("the end of a significant child ends its parent", async () => {
  const folder = makeFolder(
    family('auto_shutdown = "any_significant"', [
      { name: "a", policy: 'restart = "transient"\nsignificant = true' },
      { name: "b" },
    ]),
  );
  await inHouse(folder, async (house) => {
    await ask(house, "top/mid/a", "exit");
    await until("the restart", () => hasRestarted(folder, "top/mid/b"));
    strictEqual(await ask(house, "top/mid/a", "again"), 2);
  });
  deepStrictEqual(decisions(folder, "top/mid/b"), [
    "stop parent top/mid/a 0/1",
    "restart parent top/mid 0/1",
  ]);
  deepStrictEqual(decisions(folder, "top/mid"), ["restart crash top/mid 1/1"]);
  await proveLog(folder);
});

test("a child may be started afresh: a new incarnation, with init, in the same chain", async () => {
  const folder = makeFolder(
    family("intensity = 10", [{ name: "a", policy: 'on_restart = "fresh"' }]),
  );
  await inHouse(folder, async (house) => {
    const a = "top/mid/a";
    strictEqual(await ask(house, a, "one"), 1);
    strictEqual(await ask(house, a, { ask: "top/nobody" }), 2);
    await house.send("die", { to: a });
    strictEqual(await ask(house, a, "anew"), 1);
    await house.send("die", { to: a });
    strictEqual(await ask(house, a, "anew"), 1);
  });
  await inHouse(folder, async (house) => strictEqual(await ask(house, "top/mid/a", "goes on"), 2));
  const words = story(folder, "top/mid/a");
  deepStrictEqual(words.filter((word) => /^(keyframe|incarnation|receive init)/.test(word)), [
    "keyframe start",
    "receive init",
    "incarnation",
    "keyframe start",
    "receive init",
    "incarnation",
    "keyframe start",
    "receive init",
    "keyframe wake",
  ]);
  await proveLog(folder);
});

test("a restart waits as long as its backoff says, and messages wait with it", async () => {
  const folder = makeFolder(family("intensity = 10, backoff_ms = 200", [{ name: "a" }]));
  await inHouse(folder, async (house) => {
    await house.send("die", { to: "top/mid/a" });
    await house.send("die", { to: "top/mid/a" });
    strictEqual(await ask(house, "top/mid/a", "x"), 1);
  });
  const entries = entriesOf(folder, "top/mid/a").map(({ entry }) => entry);
  const delays = entries.flatMap((entry, at) => {
    if (entry.kind !== "supervise") return [];
    const next = entries[at + 1];
    ok(next !== undefined && next.time - entry.time >= entry.delay_ms - 2, "it waited");
    return [entry.delay_ms];
  });
  ok(delays.length === 2 && delays[0]! >= 100 && delays[0]! < 200 && delays[1]! >= 200 && delays[1]! < 400);
  await proveLog(folder);
});

test("who does not end within its time is killed", async () => {
  const folder = makeFolder(
    family('strategy = "one_for_all"', [{ name: "a" }, { name: "b", policy: "shutdown_ms = 50" }]),
  );
  await inHouse(folder, async (house) => {
    const spinning = house.send({ spin: 1e9 }, { to: "top/mid/b" });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await house.send("die", { to: "top/mid/a" });
    const answer = await spinning;
    ok(answer.answer === "cut" && answer.reason === "killed", JSON.stringify(answer));
    strictEqual(await ask(house, "top/mid/b", "x"), 1);
  });
  await proveLog(folder);
});

test("restarts still count after the host was killed", async () => {
  const folder = makeFolder(family("intensity = 2, period_ms = 60_000", [{ name: "a" }]));
  const house = await openHouse(folder);
  await house.send("die", { to: "top/mid/a" });
  await house.send("die", { to: "top/mid/a" });
  await until(
    "the second restart",
    () => story(folder, "top/mid/a").filter((word) => word === "supervise").length === 2,
  );
  const crashed = crashCopy(folder);
  await house.stop();
  await inHouse(crashed, async (again) => {
    await again.send("die", { to: "top/mid/a" });
    await until("it to give up", () => decisions(crashed, "top/mid/a").length === 4);
  });
  strictEqual(decisions(crashed, "top/mid/a")[2], "give_up intensity top/mid/a 3/2");
  await proveLog(crashed);
});

test("a root that ends itself ends the house in order", async () => {
  const folder = makeFolder(family("", [{ name: "a" }]));
  const house = await openHouse(folder);
  strictEqual(await ask(house, "top", "exit"), 1);
  await house.theater.closed;
  deepStrictEqual(decisions(folder, "top"), ["stop kept top 0/1"]);
  deepStrictEqual(decisions(folder, "top/mid/a"), ["stop parent top 0/1"]);
  strictEqual(statusOf(folder, "top"), "stopped");
  await proveLog(folder);
});

test("however noisy a child is, its parent's log hardly grows, and a refusal of news is ignored", async () => {
  const deaf = { ...family("intensity = 1000", [{ name: "a" }]) };
  deaf["mid.toml"] = deaf["mid.toml"]?.replace("component", 'params = "deaf"\ncomponent') ?? "";
  const folder = makeFolder(deaf);
  await inHouse(folder, async (house) => {
    const crashes = Array.from({ length: 60 }, () => house.send("die", { to: "top/mid/a" }));
    await Promise.all(crashes);
    strictEqual(await ask(house, "top/mid/a", "x"), 1);
    strictEqual(await ask(house, "top/mid", "x"), 1);
  });
  const told = story(folder, "top/mid").filter((word) => word === "receive news").length;
  ok(told >= 1 && told < 60, `${told}`);
  await proveLog(folder);
});
