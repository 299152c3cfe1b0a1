import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import {
  checkLog,
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
  writeFiles,
} from "./house.ts";

/** A parent that sends what it is told to, and a child that keeps what it got. */
function family(child = "", slow = 0): Record<string, string> {
  return {
    "theater.toml": `
      name = "parent"
      component = "parent.ts"
      limits = { turn_ms = 60_000 }
      permissions = { send = ["*"] }
      [[child]]
      name = "child"
      component = "child.ts"
      permissions = { send = ["parent"] }
      ${child}`,
    "parent.ts": `
      import { Refusal, send } from "theater";
      export function init() { return { back: [] }; }
      export function handle(state, message) {
        const { type, from, body } = message;
        if (type !== "request") return [{ back: [...state.back, { type, from, body }] }, null];
        if (body === "back") return [state, state.back];
        for (const [to, what] of body.sends ?? []) send(to, what);
        if (body.refuse) throw new Refusal("as told");
        if (body.die) throw new Error("as told");
        return [state, "sent"];
      }`,
    "child.ts": `
      import { send } from "theater";
      export function init() { return { got: [] }; }
      export function handle(state, { type, from, body }) {
        if (type === "request") return [state, state.got];
        for (let i = 0; i < ${slow} && body !== "quick"; i++);
        if (body?.echo !== undefined) send(from, { echoed: body.echo });
        return [{ got: [...state.got, body] }, null];
      }`,
  };
}

async function answerOf(house: House, body: unknown, to = "parent"): Promise<unknown> {
  const answer = await house.send(body, { to });
  if (answer.answer !== "ok") throw new Error(JSON.stringify(answer));
  return JSON.parse(answer.response);
}

async function childGot(house: House, count: number): Promise<unknown[]> {
  for (;;) {
    const got = await answerOf(house, "?", "parent/child");
    if (Array.isArray(got) && got.length >= count) return got;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("sends arrive in order, and every receive names the call that sent it", async () => {
  const folder = makeFolder(family());
  const expected: unknown[] = [];
  await inHouse(folder, async (house) => {
    for (let k = 0; k < 20; k++) {
      const batch = Array.from({ length: k % 5 }, (_, n) => ({ k, n, text: "schön" }));
      expected.push(...batch);
      await answerOf(house, { sends: batch.map((what) => ["parent/child", what]) });
    }
    deepStrictEqual(await childGot(house, expected.length), expected);
  });
  const calls = new Map(entriesOf(folder, "parent").map((said) => [said.entry.seq, said]));
  const { node } = readLog(folder, ({ node }) => ({ node }));
  let received = 0;
  for (const { entry, parts } of entriesOf(folder, "parent/child")) {
    if (entry.kind !== "receive" || entry.type !== "send") continue;
    strictEqual(entry.from, "parent");
    strictEqual(entry.cause_origin, `${node}/parent`);
    const cause = calls.get(entry.cause_seq ?? -1);
    ok(cause?.entry.kind === "call" && cause.entry.bodied);
    strictEqual(cause.parts[2], parts[0]);
    strictEqual(cause.entry.parts[2], entry.parts[0], "the commitment is repeated");
    received += 1;
  }
  strictEqual(received, expected.length);
  checkLog(folder);
});

test("children answer by sending, and a conversation goes both ways", async () => {
  const folder = makeFolder(family());
  await inHouse(folder, async (house) => {
    await answerOf(house, { sends: [1, 2, 3].map((n) => ["parent/child", { echo: n }]) });
    await childGot(house, 3);
    const back = await answerOf(house, "back");
    deepStrictEqual(
      back,
      [1, 2, 3].map((n) => ({ type: "send", from: "parent/child", body: { echoed: n } })),
    );
  });
  checkLog(folder);
});

test("sends of a turn that is refused or crashes are dropped, and counted", async () => {
  const folder = makeFolder(family());
  await inHouse(folder, async (house) => {
    const sends = [["parent/child", 1], ["parent/child", 2]];
    strictEqual((await house.send({ sends, refuse: true })).answer, "refused");
    strictEqual((await house.send({ sends, die: true })).answer, "trapped");
    await answerOf(house, { sends: [["parent/child", "kept"]] });
    deepStrictEqual(await childGot(house, 1), ["kept"]);
  });
  const closings = entriesOf(folder, "parent").flatMap(({ entry }) =>
    (entry.kind === "return" && entry.outcome === "err") || entry.kind === "trap" ? [entry.effects] : []
  );
  deepStrictEqual(closings, [2, 2]);
  checkLog(folder);
});

test("what cannot be delivered comes back with the reason", async () => {
  const folder = makeFolder(family("limits = { message = 64, turn_ms = 60_000 }"));
  await inHouse(folder, async (house) => {
    const large = "x".repeat(100);
    await answerOf(house, { sends: [["nobody", 1], ["parent/child", large], ["parent/child", "small"]] });
    deepStrictEqual(await childGot(house, 1), ["small"]);
    deepStrictEqual(await answerOf(house, "back"), [
      { type: "undeliverable", from: "parent", body: { to: "nobody", reason: "no_actor", body: 1 } },
      {
        type: "undeliverable",
        from: "parent",
        body: { to: "parent/child", reason: "too_large", body: large },
      },
    ]);
  });
  const back = entriesOf(folder, "parent").filter(({ entry }) =>
    entry.kind === "receive" && entry.type === "undeliverable"
  );
  for (const { entry } of back) ok(entry.kind === "receive" && entry.cause_seq !== undefined);
  checkLog(folder);
});

test("a full mailbox refuses, also what one turn sends at once", async () => {
  const folder = makeFolder(family("limits = { mailbox = 5, turn_ms = 60_000 }", 200_000));
  await inHouse(folder, async (house) => {
    await answerOf(house, { sends: Array.from({ length: 20 }, (_, n) => ["parent/child", n]) });
    const back = await until(
      "undeliverables",
      () => story(folder, "parent").join().includes("undeliverable"),
    );
    ok(back);
    await childGot(house, 5);
    const returned = await answerOf(house, "back") as { body: { body: number; reason: string } }[];
    const got = await childGot(house, 5) as number[];
    deepStrictEqual(got, [0, 1, 2, 3, 4]);
    deepStrictEqual(returned.map(({ body }) => body.body), Array.from({ length: 15 }, (_, n) => n + 5));
    deepStrictEqual([...new Set(returned.map(({ body }) => body.reason))], ["mailbox_full"]);
  });
  checkLog(folder);
});

test("a full mailbox refuses messages from outside, waited for or not", async () => {
  const folder = makeFolder({
    "theater.toml": `name = "slow"\ncomponent = "slow.ts"\nlimits = { mailbox = 3, turn_ms = 60_000 }\n`,
    "slow.ts":
      `export function handle(state, message) { for (let i = 0; i < 1e5; i++); return [state, message.body]; }`,
  });
  await inHouse(folder, async ({ send }) => {
    const accepted = await Promise.all(Array.from({ length: 10 }, (_, n) => send(n, { wait: "acceptance" })));
    const words = accepted.map((answer) => answer.answer === "undelivered" ? answer.code : answer.answer);
    deepStrictEqual(words, [...Array(3).fill("accepted"), ...Array(7).fill("mailbox_full")]);
    const asked = await Promise.all(Array.from({ length: 10 }, (_, n) => send(n)));
    ok(asked.some((answer) => answer.answer === "undelivered" && answer.code === "mailbox_full"));
  });
  checkLog(folder);
});

test("mail that had no turn yet survives a crash, and is handled once", async () => {
  const crashed = await crashAfter(
    makeFolder(family("limits = { turn_ms = 60_000 }", 3_000_000)),
    async (house) => {
      await answerOf(house, { sends: [0, 1, 2, 3, 4].map((n) => ["parent/child", n]) });
    },
  );
  const waiting = readLog(crashed, (reader) => reader.mail("parent/child").length);
  ok(waiting > 0, "wanted mail that waits");
  writeFiles(crashed, family("limits = { turn_ms = 60_000 }", 0));
  await inHouse(crashed, async (house) => {
    deepStrictEqual(await childGot(house, 5), [0, 1, 2, 3, 4]);
  }, { upgrade: true });
  readLog(crashed, (reader) => strictEqual(reader.mail("parent/child").length, 0));
  strictEqual(story(crashed, "parent/child").filter((word) => word === "receive send").length, 5);
  checkLog(crashed);
});

test("mail for an actor that is stopping is kept for the next start", async () => {
  const folder = makeFolder(family("limits = { turn_ms = 60_000 }", 1_000_000));
  await inHouse(folder, async (house) => {
    const asked = house.send({ sends: [0, 1, 2, 3, 4].map((n) => ["parent/child", n]) });
    await until(
      "the child to be at it",
      () => story(folder, "parent").at(-1) === "ok" && story(folder, "parent").includes("call send returned"),
    );
    await house.stop();
    strictEqual((await asked).answer, "ok");
  });
  await inHouse(folder, async (house) => {
    deepStrictEqual(await childGot(house, 5), [0, 1, 2, 3, 4]);
    deepStrictEqual(await answerOf(house, "back"), []);
  });
  checkLog(folder);
});

test("a house of three levels stops while all of them talk, and nothing is lost or comes twice", async () => {
  const relay = `
    import { send, self } from "theater";
    export function init() { return { seen: 0 }; }
    export function handle(state, { type, body }) {
      if (body === "?") return [state, state.seen];
      if (self() !== "a/b/c") for (let k = 0; k < 3; k++) send(self() + (self() === "a" ? "/b" : "/c"), body);
      return [{ seen: state.seen + 1 }, null];
    }`;
  const node = (name: string) => `name = "${name}"\ncomponent = "relay.ts"\npermissions = { send = ["*"] }\n`;
  const folder = makeFolder({
    "theater.toml": node("a") + `[[child]]\nname = "b"\nmanifest = "b.toml"\n`,
    "b.toml": node("b") + `[[child]]\nname = "c"\nmanifest = "c.toml"\n`,
    "c.toml": node("c"),
    "relay.ts": relay,
  });
  const counts = async (house: House) => [
    await answerOf(house, "?", "a"),
    await answerOf(house, "?", "a/b"),
    await answerOf(house, "?", "a/b/c"),
  ];
  let sent = 0;
  for (let round = 0; round < 4; round++) {
    const house = await openHouse(folder);
    const asked = Array.from({ length: 15 }, (_, n) => house.send(n, { to: "a" }));
    await new Promise((resolve) => setTimeout(resolve, 15 * round));
    await house.stop();
    sent += (await Promise.all(asked)).filter(({ answer }) => answer === "ok").length;
  }
  await inHouse(folder, async (house) => {
    for (let tries = 0; tries < 200; tries++) {
      if ((await counts(house)).at(-1) === 9 * sent) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    deepStrictEqual(await counts(house), [sent, 3 * sent, 9 * sent]);
  });
  checkLog(folder);
});
