import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { RuntimeError } from "../../src/runtime/mod.ts";
import {
  checkLog,
  entriesOf,
  inHouse,
  makeFolder,
  openHouse,
  readLog,
  story,
  test,
  writeFiles,
} from "./house.ts";

const counter = `
  export function init(params) { return { count: params?.from ?? 0 }; }
  export function handle(state, message) {
    const count = state.count + 1;
    return [{ count }, { count, got: message.body }];
  }
`;

const files = { "theater.toml": `name = "counter"\ncomponent = "counter.ts"\n`, "counter.ts": counter };

test("an actor starts, answers, stops, and goes on from its state", async () => {
  const folder = makeFolder(files);
  await inHouse(folder, async ({ send }) => {
    deepStrictEqual(await send("one"), { answer: "ok", response: `{"count":1,"got":"one"}`, seq: 7 });
    deepStrictEqual(await send({ n: 2 }), { answer: "ok", response: `{"count":2,"got":{"n":2}}`, seq: 9 });
  });
  readLog(folder, (reader) => strictEqual(reader.actor("counter")?.status, "resting"));
  checkLog(folder);
  await inHouse(folder, async ({ send }) => {
    deepStrictEqual(await send("three"), { answer: "ok", response: `{"count":3,"got":"three"}`, seq: 14 });
    readLog(folder, (reader) => strictEqual(reader.actor("counter")?.status, "running"));
  });
  deepStrictEqual(story(folder, "counter"), [
    "genesis",
    "keyframe start",
    "call load returned",
    "ok",
    "receive init",
    "ok",
    "receive request",
    "ok",
    "receive request",
    "ok",
    "keyframe wake",
    "call load returned",
    "ok",
    "receive request",
    "ok",
  ]);
  checkLog(folder);
});

test("messages are handed over verbatim, and answers given back so", async () => {
  const folder = makeFolder({
    "theater.toml": `name = "echo"\ncomponent = "counter.wasm"\npermissions = { log = true }\n`,
    "counter.wasm": "counter.wasm",
  });
  const body = `{"b":1e3, "a":12345678901234567890,"a":[ ]}`;
  await inHouse(folder, async ({ sendText }) => {
    strictEqual((await sendText(body)).answer, "ok");
  });
  const entries = entriesOf(folder, "echo");
  const received = entries.findLast(({ entry }) => entry.kind === "receive");
  strictEqual(received?.parts[0], body);
  const call = entries.findLast(({ entry }) => entry.kind === "call");
  const logged = JSON.stringify(`{"type":"request","from":"outside","body":${body}}`);
  strictEqual(call?.parts[0], `["info",${logged}]`);
  checkLog(folder);
});

test("a new activation begins after so many turns, and the state goes on", async () => {
  const folder = makeFolder(files);
  await inHouse(folder, async ({ send }) => {
    const answers = await Promise.all(Array.from({ length: 250 }, (_, k) => send(k)));
    deepStrictEqual(
      answers.map((answer) => answer.answer === "ok" && JSON.parse(answer.response)),
      answers.map((_, k) => ({ count: k + 1, got: k })),
    );
  }, { turnsPerActivation: 100 });
  const keyframes = story(folder, "counter").filter((word) => word.startsWith("keyframe"));
  deepStrictEqual(keyframes, ["keyframe start", "keyframe renew", "keyframe renew"]);
  readLog(folder, (reader) => strictEqual(reader.actor("counter")?.turns, 1 + 1 + 250 + 2));
  checkLog(folder);
});

test("a crash is followed by a keyframe with the reason restart", async () => {
  const folder = makeFolder({
    ...files,
    "counter.ts": counter.replace(
      "const count",
      "if (message.body === 'die') throw new Error('as told'); const count",
    ),
  });
  await inHouse(folder, async ({ send }) => {
    await send("one");
    strictEqual((await send("die")).answer, "trapped");
    deepStrictEqual(await send("two"), { answer: "ok", response: `{"count":2,"got":"two"}`, seq: 16 });
  });
  strictEqual(story(folder, "counter").filter((word) => word === "keyframe restart").length, 1);
  checkLog(folder);
});

for (
  const [what, changed] of [
    ["component", { "counter.ts": counter.replace("+ 1", "+ 2") }],
    ["manifest", { "theater.toml": files["theater.toml"] + "limits = { turn_ms = 4000 }\n" }],
  ] as const
) {
  test(`a changed ${what} is refused, and nothing is written; with upgrade it goes on`, async () => {
    const folder = makeFolder(files);
    await inHouse(folder, ({ send }) => send("one"));
    const before = story(folder, "counter");
    writeFiles(folder, changed);
    await rejects(openHouse(folder), (error: unknown) => {
      return error instanceof RuntimeError && error.fault.code === "changed" && error.fault.what === what &&
        error.message.includes("--upgrade");
    });
    deepStrictEqual(story(folder, "counter"), before);
    readLog(folder, (reader) => strictEqual(reader.actor("counter")?.status, "resting"));
    await inHouse(folder, async ({ send }) => {
      const answer = await send("two");
      strictEqual(answer.answer === "ok" && JSON.parse(answer.response).count, what === "component" ? 3 : 2);
    }, { upgrade: true });
    strictEqual(story(folder, "counter").filter((word) => word === "keyframe upgrade").length, 1);
    checkLog(folder);
    await inHouse(folder, ({ send }) => send("three"));
    strictEqual(story(folder, "counter").filter((word) => word === "keyframe wake").length, 1);
  });
}

test("a start that is refused because of one actor writes nothing of the others", async () => {
  const folder = makeFolder({
    "theater.toml": `name = "top"\ncomponent = "counter.ts"\n[[child]]\nname = "bad"\ncomponent = "bad.ts"\n`,
    "counter.ts": counter,
    "bad.ts": "export function handle( {",
  });
  await rejects(openHouse(folder), /bad/);
  readLog(folder, (reader) => deepStrictEqual(reader.actors(), []));
  writeFiles(folder, { "bad.ts": counter });
  await inHouse(folder, ({ send }) => send("one"));
  const before = readLog(folder, (reader) => reader.actors());
  writeFiles(folder, { "bad.ts": counter.replace("+ 1", "+ 2") });
  await rejects(openHouse(folder), /top\/bad/);
  deepStrictEqual(readLog(folder, (reader) => reader.actors()), before);
  checkLog(folder);
});

test("an actor that refuses its params does not start, however often, and starts when it takes them", async () => {
  const picky = `
    import { Refusal } from "theater";
    export function init(params) {
      if (params?.good !== true) throw new Refusal("not these");
      return { n: 0 };
    }
    export function handle({ n }) { return [{ n: n + 1 }, n + 1]; }
  `;
  const manifest = `name = "picky"\ncomponent = "picky.ts"\n`;
  const folder = makeFolder({ "theater.toml": manifest, "picky.ts": picky });
  for (let k = 0; k < 3; k++) {
    await inHouse(folder, async ({ events, send }) => {
      strictEqual(events.filter(({ event }) => event === "failed").length, 1, `start ${k}`);
      const answer = await send(1);
      strictEqual(answer.answer === "undelivered" && answer.code, "not_running");
    });
    checkLog(folder);
    readLog(folder, (reader) => strictEqual(reader.actor("picky")?.status, "failed"));
  }
  writeFiles(folder, { "theater.toml": manifest + "params = { good = true }\n" });
  await inHouse(folder, async ({ send }) => {
    const answer = await send(1);
    strictEqual(answer.answer === "ok" && answer.response, "1");
  }, { upgrade: true });
  checkLog(folder);
});
