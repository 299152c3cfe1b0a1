import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import {
  crashAfter,
  entriesOf,
  type House,
  inHouse,
  makeFolder,
  readLog,
  story,
  test,
  until,
  writeFiles,
} from "./house.ts";
import { proveLog } from "./proof_of_log.ts";

/** Counts what comes, in its state and in what its instance remembers beside it. */
const script = `
  import { request, send, timers } from "theater";
  let remembered = 0;
  export function init() { return { n: 0, got: [] }; }
  export function handle(state, { type, from, outcome, body }) {
    remembered += 1;
    if (body === "state") return [state, { ...state, remembered }];
    if (body?.timer !== undefined) timers.set(body.timer, "rang");
    if (body?.ask !== undefined) request(body.ask, body.body, 60_000);
    if (body?.late !== undefined) request(body.late, { spin: 50_000_000 }, 1);
    if (body?.spin !== undefined) for (let k = 0; k < body.spin; k++);
    // A round: each passes it on to the next of the list, until none is left.
    if (body?.pass !== undefined && body.pass.length > 0) {
      const [next, ...rest] = body.pass;
      send(next, { pass: rest });
    }
    const got = [type, outcome ?? body?.no ?? (typeof body === "string" ? body : from)];
    return [{ n: state.n + 1, got: [...state.got, got] }, state.n + 1];
  }`;

function house(limits: string, names: readonly string[], top = "", children = ""): Record<string, string> {
  const settings = `
    component = "actor.ts"
    permissions = { send = ["*"], timers = true }`;
  return {
    "theater.toml": `
      name = "top"
      ${settings}
      limits = { turn_ms = 60_000 ${limits} }
      ${top}
      ${
      names.map((name) => `
      [[child]]
      name = "${name}"
      ${settings}
      limits = { turn_ms = 60_000 ${limits} }
      ${children}`).join("\n")
    }`,
    "actor.ts": script,
  };
}

const soon = ", idle_ms = 1";

async function ask<T = number>(house: House, to: string, body: unknown): Promise<T> {
  const answer = await house.send(body, { to });
  if (answer.answer !== "ok") throw new Error(JSON.stringify(answer));
  return JSON.parse(answer.response) as T;
}

function statusOf(folder: string, address: string): string | undefined {
  return readLog(folder, (reader) => reader.actor(address)?.status);
}

async function asleep(folder: string, ...addresses: readonly string[]): Promise<void> {
  for (const address of addresses) {
    await until(`${address} to sleep`, () => statusOf(folder, address) === "asleep");
  }
}

const keyframes = (folder: string, address: string) =>
  story(folder, address).filter((line) => line.startsWith("keyframe")).map((line) => line.slice(9));

interface State {
  readonly n: number;
  readonly got: readonly (readonly [string, unknown])[];
  readonly remembered: number;
}

test("an idle actor sleeps, and a message wakes it on its state, without what its instance remembered", async () => {
  const folder = makeFolder(house(soon, ["a"]));
  await inHouse(folder, async (house) => {
    await asleep(folder, "top", "top/a");
    strictEqual(await ask(house, "top/a", "one"), 1);
    await asleep(folder, "top/a");
    const { n, remembered } = await ask<State>(house, "top/a", "state");
    deepStrictEqual([n, remembered], [1, 1]);
    strictEqual((await house.send("two", { to: "top/a", wait: "acceptance" })).answer, "accepted");
    await until(
      "its turn",
      () => entriesOf(folder, "top/a").filter(({ entry }) => entry.kind === "receive").length === 4,
    );
  });
  deepStrictEqual(keyframes(folder, "top/a").slice(0, 3), ["start", "wake", "wake"]);
  await proveLog(folder);
});

test("an actor that is busy, or that may idle long, does not sleep", async () => {
  const folder = makeFolder(house("", ["a"]));
  await inHouse(folder, async (house) => {
    for (let k = 1; k <= 20; k++) strictEqual(await ask(house, "top/a", "x"), k);
    strictEqual((await ask<State>(house, "top/a", "state")).remembered, 21);
  });
  deepStrictEqual(keyframes(folder, "top/a"), ["start"]);
});

test("a timer, a reply, and a time limit that ran out wake an actor", async () => {
  const folder = makeFolder(house(soon, ["a", "b"]));
  await inHouse(folder, async (house) => {
    const received = (...what: readonly unknown[]) =>
      until(
        what.join(" "),
        () =>
          entriesOf(folder, "top/a").some(({ entry }) =>
            entry.kind === "receive" && entry.type === what[0] &&
            (entry.type !== "reply" || entry.outcome === what[1])
          ),
      );
    await ask(house, "top/a", { timer: 100 });
    await asleep(folder, "top/a");
    await received("timer");
    await ask(house, "top/a", { ask: "top/b", body: "x" });
    await received("reply", "ok");
    await ask(house, "top/a", { late: "top/b" });
    await received("reply", "timeout");
    await asleep(folder, "top/a", "top/b");
  });
  const { got } = await inHouse(folder, (house) => ask<State>(house, "top/a", "state"));
  deepStrictEqual(got.filter(([type]) => type !== "request"), [
    ["timer", "rang"],
    ["reply", "ok"],
    ["reply", "timeout"],
  ]);
  ok(keyframes(folder, "top/a").every((reason, k) => reason === (k === 0 ? "start" : "wake")));
  await proveLog(folder);
});

test("with one place, actors that talk to each other take turns, and nothing is lost or out of order", async () => {
  const names = ["a", "b", "c", "d"];
  const folder = makeFolder(house("", names, "max_active = 1"));
  const rounds = 5;
  await inHouse(folder, async (house) => {
    const ring = names.map((name) => `top/${name}`);
    const sent = Array.from({ length: rounds }, () => ask(house, "top", { pass: [...ring, "top"] }));
    await Promise.all(sent);
    await until("the last round", async () => (await ask<State>(house, "top", "state")).n === 2 * rounds);
    const asked = Array.from({ length: 20 }, (_, k) => ask(house, `top/${names[k % 4]}`, { no: k }));
    await Promise.all(asked);
    for (const [which, name] of names.entries()) {
      const { got } = await ask<State>(house, `top/${name}`, "state");
      strictEqual(got.filter(([type]) => type === "send").length, rounds);
      deepStrictEqual(
        got.flatMap(([type, no]) => (type === "request" ? [no] : [])),
        [0, 4, 8, 12, 16].map((k) => k + which),
      );
    }
  });
  await proveLog(folder);
});

test("an actor that is never idle makes room for one that waits", async () => {
  const folder = makeFolder(house("", ["a"]));
  await inHouse(folder, async (house) => {
    let done = false;
    const flood = (async () => {
      while (!done) await ask(house, "top", { spin: 100_000 });
    })();
    const floods = [
      flood,
      (async () => {
        while (!done) await ask(house, "top", { spin: 100_000 });
      })(),
    ];
    strictEqual(await ask(house, "top/a", "x"), 1);
    done = true;
    await Promise.all(floods);
  }, { maxActive: 1 });
  await proveLog(folder);
});

test("a host that dies while actors sleep finds them asleep; its timers and requests are kept", async () => {
  const folder = makeFolder(house(soon, ["a", "b"]));
  const copy = await crashAfter(folder, async (house) => {
    await ask(house, "top/a", "one");
    await ask(house, "top/a", { timer: 1500 });
    await asleep(folder, "top/a", "top/b");
  });
  await inHouse(copy, async (house) => {
    ok(
      !house.events.some(({ event, address }) => event === "started" && address !== "top"),
      "nobody was started",
    );
    strictEqual(statusOf(copy, "top/b"), "asleep");
    const { got } = await until("the timer", async () => {
      const state = await ask<State>(house, "top/a", "state");
      return state.got.length === 3 && state;
    });
    deepStrictEqual(got[2], ["timer", "rang"]);
  });
  strictEqual(keyframes(copy, "top/a")[1], "wake");
  deepStrictEqual(keyframes(copy, "top/b"), ["start"]);
  await proveLog(copy);
});

test("a host that stops leaves its sleepers asleep, and what was accepted for one wakes it in the next", async () => {
  const folder = makeFolder(house(soon, ["a", "b"]));
  const copy = await crashAfter(folder, async (house) => {
    await asleep(folder, "top/a", "top/b");
    await house.send("kept", { to: "top/a", wait: "acceptance" });
  });
  await inHouse(
    copy,
    (house) =>
      until("its turn", async () => (await ask<State>(house, "top/a", "state")).got.length === 1).then(
        () => {},
      ),
  );
  await inHouse(folder, () => asleep(folder, "top/b"));
  strictEqual(statusOf(folder, "top/b"), "asleep");
  deepStrictEqual(keyframes(folder, "top/b"), ["start"]);
  await proveLog(folder);
  await proveLog(copy);
});

test("a sleeping actor is stopped, started again, and upgraded like any other", async () => {
  const folder = makeFolder(house(soon, ["a", "b"]));
  await inHouse(folder, async (house) => {
    await ask(house, "top/a", "one");
    await asleep(folder, "top/a", "top/b");
    deepStrictEqual(await house.theater.wish({ wish: "stop", address: "top/b" }), { answer: "done" });
    await until("the end", () => statusOf(folder, "top/b") === "stopped");
    strictEqual((await house.send("x", { to: "top/b" })).answer, "undelivered");
    deepStrictEqual(await house.theater.wish({ wish: "restart", address: "top/a" }), { answer: "done" });
    await until("the restart", () => keyframes(folder, "top/a").at(-1) === "restart");
    await asleep(folder, "top/a");
    writeFiles(folder, { "other.ts": script.replace("state.n + 1, got", "state.n + 10, got") });
    const { answer } = await house.theater.upgrade({ address: "top/a", path: join(folder, "other.ts") });
    strictEqual(answer, "upgraded");
    await asleep(folder, "top/a");
    await ask(house, "top/a", "ten");
    strictEqual((await ask<State>(house, "top/a", "state")).n, 11);
    deepStrictEqual(await house.theater.wish({ wish: "restart", address: "top" }), { answer: "done" });
    await until("the restart", () => keyframes(folder, "top/a").at(-1) === "restart");
  });
  await proveLog(folder);
});

test("a manifest that changed is found at the start also for an actor that sleeps", async () => {
  const folder = makeFolder(house(soon, ["a"]));
  await inHouse(folder, () => asleep(folder, "top/a"));
  writeFiles(folder, house(", idle_ms = 2", ["a"]));
  await inHouse(folder, async () => {}).then(
    () => ok(false, "it started"),
    (error: Error) => ok(error.message.includes("idleMs"), error.message),
  );
  await inHouse(folder, async (house) => void strictEqual(await ask(house, "top/a", "one"), 1), {
    upgrade: true,
  });
  deepStrictEqual(keyframes(folder, "top/a").slice(0, 2), ["start", "upgrade"]);
  await proveLog(folder);
});

test("restarts that count are counted on after sleep", async () => {
  const folder = makeFolder({
    ...house(soon, ["a"], "supervisor = { intensity = 1, period_ms = 600_000 }"),
    "actor.ts": script.replace(
      "remembered += 1;",
      `remembered += 1; if (body === "die") throw new Error("as told");`,
    ),
  });
  await inHouse(folder, async (house) => {
    await house.send("die", { to: "top/a" });
    await until("the restart", () => keyframes(folder, "top/a").includes("restart"));
    await asleep(folder, "top/a", "top");
  });
  const decisions = () =>
    entriesOf(folder, "top/a").flatMap(({ entry }) => (entry.kind === "supervise" ? [entry.decision] : []));
  await inHouse(folder, async (house) => {
    await asleep(folder, "top");
    await house.send("die", { to: "top/a" });
    await until("the decision", () => decisions().includes("give_up"));
  });
  deepStrictEqual(decisions().slice(0, 2), ["restart", "give_up"]);
  await proveLog(folder);
});
