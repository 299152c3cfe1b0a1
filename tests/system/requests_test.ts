import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import {
  crashAfter,
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

/** An asker that does what it is told and keeps every message that comes back, and one that answers. */
function pair(limits = "", calleeLimits = ""): Record<string, string> {
  return {
    "theater.toml": `
      name = "asker"
      component = "asker.ts"
      limits = { turn_ms = 60_000 ${limits} }
      permissions = { send = ["*"], timers = true }
      supervisor.intensity = 1000
      [[child]]
      name = "callee"
      component = "callee.ts"
      limits = { turn_ms = 60_000 ${calleeLimits} }
      permissions = { send = ["*"], timers = true }`,
    "asker.ts": `
      import { request, send, timers, Refusal, SendError } from "theater";
      const to = "asker/callee";
      export function init() { return { back: [], ids: [] }; }
      export function handle(state, message) {
        const { type, body } = message;
        if (type !== "request") return [{ ...state, back: [...state.back, message] }, null];
        if (body === "back") return [state, state.back];
        if (body === "echo?") return [state, { echoed: "self" }];
        const ids = [];
        for (const step of body.steps ?? []) {
          try {
            if (step.ask !== undefined) ids.push(request(step.to ?? to, step.ask, step.within));
            if (step.send !== undefined) send(step.to ?? to, step.send);
            if (step.timer !== undefined) ids.push(timers.set(step.timer, null));
          } catch (error) {
            ids.push(error.code ?? error.message);
          }
        }
        if (body.refuse) throw new Refusal("as told");
        if (body.die) throw new Error("as told");
        return [{ ...state, ids: [...state.ids, ...ids] }, ids];
      }`,
    "callee.ts": `
      import { defer, reply, request, Refusal } from "theater";
      export function init() { return { got: [], tokens: [] }; }
      export function handle(state, { type, from, body }) {
        const next = { ...state, got: [...state.got, body] };
        if (body === "got") return [state, state.got];
        if (body === "tokens") return [state, state.tokens];
        if (body?.refuse !== undefined) throw new Refusal(body.refuse);
        if (body === "die") throw new Error("as told");
        if (body?.spin !== undefined) { for (let k = 0; k < body.spin; k++); return [next, "spun"]; }
        if (body === "later") {
          const token = defer();
          if (token !== undefined && token !== defer()) throw new Error("another token");
          return [{ ...next, tokens: [...state.tokens, token ?? null] }, "to nobody"];
        }
        if (body?.reply !== undefined) {
          try {
            reply(body.token ?? state.tokens[body.which ?? 0], body.reply);
            if (body.twice) reply(body.token ?? state.tokens[body.which ?? 0], body.reply);
          } catch (error) { return [next, error.code ?? error.message]; }
          if (body.thenDie) throw new Error("as told");
          return [next, "replied"];
        }
        return [next, { echo: body, type, from }];
      }`,
  };
}

async function ask<T = unknown>(house: House, body: unknown, to = "asker"): Promise<T> {
  const answer = await house.send(body, { to });
  if (answer.answer !== "ok") throw new Error(JSON.stringify(answer));
  return JSON.parse(answer.response) as T;
}

interface Back {
  readonly type: string;
  readonly from: string;
  readonly request: string;
  readonly outcome: string;
  readonly body: unknown;
}

/** What came back to the asker, once it is so much. */
async function back(house: House, count: number): Promise<readonly Back[]> {
  for (let tries = 0;; tries++) {
    const all = await ask<readonly Back[]>(house, "back");
    if (all.length >= count) return all;
    if (tries > 2000) throw new Error(`Gave up: ${JSON.stringify(all)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const requestsIn = (folder: string) => readLog(folder, (reader) => reader.requests().length);

test("a request is answered by a message: the response, the refusal, the crash", async () => {
  const folder = makeFolder(pair());
  await inHouse(folder, async (house) => {
    const ids = await ask<string[]>(house, {
      steps: [{ ask: { schön: 1 } }, { ask: { refuse: 'no "such" shop' } }, { ask: "die" }, { ask: "after" }],
    });
    const from = "asker/callee";
    const echo = (body: unknown) => ({ echo: body, type: "request", from: "asker" });
    deepStrictEqual(await back(house, 4), [
      { type: "reply", from, request: ids[0], outcome: "ok", body: echo({ schön: 1 }) },
      { type: "reply", from, request: ids[1], outcome: "refused", body: 'no "such" shop' },
      { type: "reply", from, request: ids[2], outcome: "crashed", body: "script" },
      { type: "reply", from, request: ids[3], outcome: "ok", body: echo("after") },
    ]);
  });
  strictEqual(requestsIn(folder), 0);
  await proveLog(folder);
});

test("what has no turn comes back as undelivered, with the reason", async () => {
  const folder = makeFolder(pair("", ", message = 64, mailbox = 1"));
  await inHouse(folder, async (house) => {
    await ask(house, {
      steps: [{ ask: 1, to: "asker/nobody" }, { ask: "x".repeat(70) }, { ask: { spin: 1e5 } }, { ask: 2 }],
    });
    const all = await back(house, 4);
    deepStrictEqual(all.map(({ outcome, body }) => [outcome, body]).sort(), [
      ["ok", "spun"],
      ["undelivered", "mailbox_full"],
      ["undelivered", "no_actor"],
      ["undelivered", "too_large"],
    ]);
  });
  await proveLog(folder);
});

test("a request times out once, and the reply that comes too late is dropped", async () => {
  const folder = makeFolder(pair());
  await inHouse(folder, async (house) => {
    const [id] = await ask<string[]>(house, { steps: [{ ask: { spin: 3e6 }, within: 20 }] });
    deepStrictEqual(await back(house, 1), [
      { type: "reply", from: "asker/callee", request: id, outcome: "timeout", body: null },
    ]);
    await until("the late turn", () => story(folder, "asker/callee").at(-1) === "ok");
    await ask(house, { steps: [{ ask: "next" }] });
    deepStrictEqual((await back(house, 2)).map(({ outcome }) => outcome), ["timeout", "ok"]);
  });
  strictEqual(requestsIn(folder), 0);
  await proveLog(folder);
});

test("a time limit that ran out while nothing ran is told once at the next start", async () => {
  const folder = makeFolder(pair());
  const crashed = await crashAfter(folder, async (house) => {
    await ask(house, { steps: [{ ask: "later", within: 300 }, { ask: "later", within: 1e9 }] });
    await until("both to be deferred", () => countReturns(folder, "asker/callee") === 2);
  });
  strictEqual(requestsIn(crashed), 2);
  await new Promise((resolve) => setTimeout(resolve, 350));
  for (let round = 0; round < 2; round++) {
    await inHouse(crashed, async (house) => {
      deepStrictEqual((await back(house, 1)).map(({ outcome }) => outcome), ["timeout"]);
    });
  }
  strictEqual(requestsIn(crashed), 1);
  await proveLog(crashed);
});

function countReturns(folder: string, address: string): number {
  return entriesOf(folder, address).filter(({ entry }) => entry.kind === "return" && entry.deferred).length;
}

test("a deferred reply comes when it is given, once, also after a crash of the actor and of the host", async () => {
  const folder = makeFolder(pair());
  const crashed = await crashAfter(folder, async (house) => {
    await ask(house, { steps: [{ ask: "later" }, { ask: "later" }, { ask: "later" }, { ask: "die" }] });
    deepStrictEqual((await back(house, 1)).map(({ outcome }) => outcome), ["crashed"]);
    strictEqual(await ask(house, { reply: "first", which: 0 }, "asker/callee"), "replied");
    strictEqual((await back(house, 2))[1]?.body, "first");
    strictEqual(await ask(house, { reply: "again", which: 0 }, "asker/callee"), "nobody");
    strictEqual(await ask(house, { reply: "never given", token: "12345" }, "asker/callee"), "nobody");
    // A reply in a turn that crashes is dropped, and can be given again.
    const died = await house.send({ reply: "dropped", which: 1, thenDie: true }, { to: "asker/callee" });
    strictEqual(died.answer, "trapped");
  });
  await inHouse(crashed, async (house) => {
    strictEqual(await ask(house, { reply: "again", which: 0 }, "asker/callee"), "nobody");
    strictEqual(await ask(house, { reply: "second", which: 1 }, "asker/callee"), "replied");
    strictEqual(await ask(house, { reply: "third", which: 2, twice: true }, "asker/callee"), "nobody");
    strictEqual((await back(house, 4)).length, 4);
    deepStrictEqual((await back(house, 4)).map(({ body }) => body), ["script", "first", "second", "third"]);
  });
  strictEqual(requestsIn(crashed), 0);
  await proveLog(crashed);
});

test("defer is for whom somebody waits: not for a send, not for who gave up", async () => {
  const folder = makeFolder(pair());
  await inHouse(folder, async (house) => {
    await ask(house, { steps: [{ ask: { spin: 1e6 } }, { ask: "later", within: 0 }, { send: "later" }] });
    await back(house, 2);
    await until("the third turn", async () => (await ask<unknown[]>(house, "tokens", "asker/callee")).length);
    deepStrictEqual(await ask(house, "tokens", "asker/callee"), [null, null]);
  });
  await proveLog(folder);
});

test("who waits outside gets a deferred reply too, and so does who asks again with the same key", async () => {
  const folder = makeFolder(pair());
  await inHouse(folder, async (house) => {
    const asked = [house.send("later", { to: "asker/callee" })];
    await until("the first to be deferred", () => countReturns(folder, "asker/callee") === 1);
    asked.push(house.send("later", { to: "asker/callee", key: "k" }));
    await until("the second to be deferred", () => countReturns(folder, "asker/callee") === 2);
    asked.push(house.send("later", { to: "asker/callee", key: "k" }));
    await ask(house, { reply: { n: 1 }, which: 0 }, "asker/callee");
    await ask(house, { reply: { n: 2 }, which: 1 }, "asker/callee");
    asked.push(house.send("later", { to: "asker/callee", key: "k" }));
    const answers = await Promise.all(asked);
    deepStrictEqual(
      answers.map((answer) => (answer.answer === "ok" ? answer.response : answer)),
      ['{"n":1}', '{"n":2}', '{"n":2}', '{"n":2}'],
    );
  });
  await inHouse(folder, async (house) => {
    const answer = await house.send("later", { to: "asker/callee", key: "k" });
    ok(answer.answer === "ok" && answer.response === '{"n":2}', JSON.stringify(answer));
  });
  await proveLog(folder);
});

test("an actor may ask itself, and requests keep their order with sends", async () => {
  const folder = makeFolder(pair());
  await inHouse(folder, async (house) => {
    await ask(house, { steps: [{ ask: "echo?", to: "asker" }] });
    deepStrictEqual((await back(house, 1)).map(({ from, body }) => [from, body]), [[
      "asker",
      { echoed: "self" },
    ]]);
    await ask(house, { steps: [1, 2, 3, 4, 5, 6].map((n) => (n % 2 === 0 ? { ask: n } : { send: n })) });
    await back(house, 4);
    deepStrictEqual(await ask(house, "got", "asker/callee"), [1, 2, 3, 4, 5, 6]);
  });
  await proveLog(folder);
});

test("requests of a turn that is refused or crashes are dropped", async () => {
  const folder = makeFolder(pair());
  await inHouse(folder, async (house) => {
    const steps = [{ ask: 1 }, { ask: 2 }];
    strictEqual((await house.send({ steps, refuse: true })).answer, "refused");
    strictEqual((await house.send({ steps, die: true })).answer, "trapped");
    await ask(house, { steps: [{ ask: "kept" }] });
    strictEqual((await back(house, 1)).length, 1);
    deepStrictEqual(await ask(house, "got", "asker/callee"), ["kept"]);
  });
  await proveLog(folder);
});

test("what an actor has outstanding is bounded, and room for it is kept in its mailbox", async () => {
  const folder = makeFolder(pair(", pending = 3, mailbox = 1"));
  await inHouse(folder, async (house) => {
    const ids = await ask<string[]>(house, {
      steps: [{ ask: "later" }, { timer: 1e9 }, { ask: 1 }, { ask: 2 }, { timer: 5 }, { send: "still" }],
    });
    ok(ids.slice(0, 3).every((id) => /^[0-9]+$/.test(id)), ids.join());
    strictEqual(ids[3], "too-many");
    ok(ids[4]?.includes("limits.pending"), ids[4]);
    strictEqual((await back(house, 1)).length, 1);
    const [again, over] = await ask<string[]>(house, { steps: [{ ask: 3 }, { ask: 4 }] });
    ok(/^[0-9]+$/.test(again ?? ""));
    strictEqual(over, "too-many");
    await back(house, 2);
  });
  await proveLog(folder);
});

test("requests that wait, in a mailbox or deferred, survive a stop and a crash of the host", async () => {
  const folder = makeFolder(pair());
  const house = await openHouse(folder);
  const asked = house.send({
    steps: [{ ask: "later" }, ...Array.from({ length: 8 }, (_, n) => ({ ask: n }))],
  });
  await asked;
  await house.stop();
  const crashed = await crashAfter(folder, async (house) => {
    await ask(house, { steps: [{ ask: { spin: 3e6 } }, { ask: "last" }] });
  });
  await inHouse(crashed, async (house) => {
    await until(
      "the token",
      async () => (await ask<unknown[]>(house, "tokens", "asker/callee")).length === 1,
    );
    await ask(house, { reply: "at last" }, "asker/callee");
    const all = await back(house, 11);
    strictEqual(new Set(all.map(({ request }) => request)).size, 11);
    ok(all.every(({ outcome }) => outcome === "ok"));
  });
  strictEqual(requestsIn(crashed), 0);
  await proveLog(crashed);
});
