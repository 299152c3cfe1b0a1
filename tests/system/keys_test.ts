import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { Answer } from "../../src/actor/mod.ts";
import { checkLog, countOf, crashAfter, entriesOf, inHouse, makeFolder, story, test } from "./house.ts";

const files = {
  "theater.toml":
    `name = "till"\ncomponent = "till.ts"\nsupervisor.intensity = 1000\nlimits = { turn_ms = 1000 }\n`,
  "till.ts": `
    import { Refusal } from "theater";
    export function init() { return { n: 0 }; }
    export function handle(state, { body }) {
      if (body === "refuse") throw new Refusal("no");
      if (body === "die") throw new Error("as told");
      if (body === "loop") for (;;);
      if (body === "slow") for (let i = 0; i < 3e5; i++);
      const n = state.n + 1;
      return [{ n }, { n, body }];
    }`,
};

const turns = (folder: string) =>
  story(folder, "till").filter((word) => word.startsWith("receive ")).length - 1;

test("a key with the same body gets the recorded answer, whatever it was, and no second turn; across restarts too", async () => {
  const folder = makeFolder(files);
  const first = new Map<string, Answer>();
  const bodies = ["fine", "refuse", "die", "loop", { "a": [1] }];
  await inHouse(folder, async ({ send }) => {
    for (const [k, body] of bodies.entries()) first.set(`k${k}`, await send(body, { key: `k${k}` }));
    deepStrictEqual([...first.values()].map(({ answer }) => answer), [
      "ok",
      "refused",
      "trapped",
      "cut",
      "ok",
    ]);
    for (const [k, body] of bodies.entries()) {
      deepStrictEqual(await send(body, { key: `k${k}` }), first.get(`k${k}`));
    }
  });
  strictEqual(turns(folder), bodies.length);
  await inHouse(folder, async ({ send }) => {
    for (const [k, body] of bodies.entries()) {
      deepStrictEqual(await send(body, { key: `k${k}` }), first.get(`k${k}`));
    }
    const other = await send("fine", { key: "another" });
    strictEqual(other.answer === "ok" && other.response, '{"n":3,"body":"fine"}');
  });
  strictEqual(turns(folder), bodies.length + 1);
  checkLog(folder);
});

test("a key with another body is refused, while the first waits and afterwards", async () => {
  const folder = makeFolder(files);
  await inHouse(folder, async ({ send, sendText }) => {
    const slow = send("slow", { key: "k" });
    const during = await send("other", { key: "k" });
    strictEqual(during.answer === "undelivered" && during.code, "key_reused");
    strictEqual((await slow).answer, "ok");
    for (const text of ['"other"', ' "slow"', "1"]) {
      const after = await sendText(text, { key: "k" });
      strictEqual(after.answer === "undelivered" && after.code, "key_reused", text);
    }
  });
  strictEqual(turns(folder), 1);
  checkLog(folder);
});

test("the same key while the first is on its way joins it, also when it crashes", async () => {
  const folder = makeFolder(files);
  await inHouse(folder, async ({ send }) => {
    for (const body of ["slow", "die", "loop"]) {
      const answers = await Promise.all(Array.from({ length: 5 }, () => send(body, { key: `k-${body}` })));
      for (const answer of answers) deepStrictEqual(answer, answers[0], body);
      const accepted = await send(body, { key: `k-${body}`, wait: "acceptance" });
      strictEqual(accepted.answer, "accepted");
    }
  });
  strictEqual(turns(folder), 3);
  checkLog(folder);
});

test("accepted first, waited for later: one accept, one turn, and the receive names the accept", async () => {
  const folder = makeFolder(files);
  await inHouse(folder, async ({ send }) => {
    const accepted = await send("slow", { key: "k", wait: "acceptance" });
    ok(accepted.answer === "accepted");
    const again = await Promise.all([
      send("slow", { key: "k", wait: "acceptance" }),
      send("slow", { key: "k" }),
      send("slow", { key: "k" }),
    ]);
    strictEqual(again[0]?.answer, "accepted");
    strictEqual(again[1]?.answer === "ok" && again[1].response, '{"n":1,"body":"slow"}');
    deepStrictEqual(again[1], again[2]);
    deepStrictEqual(await send("slow", { key: "k" }), again[1]);
  });
  strictEqual(countOf(folder, "till", "accept"), 1);
  strictEqual(turns(folder), 1);
  const entries = entriesOf(folder, "till");
  const accept = entries.find(({ entry }) => entry.kind === "accept");
  const receive = entries.find(({ entry }) => entry.kind === "receive" && entry.type === "send");
  ok(
    receive?.entry.kind === "receive" && receive.entry.cause_seq === accept?.entry.seq && receive.entry.keyed,
  );
  deepStrictEqual(receive.entry.parts, accept?.entry.parts);
  deepStrictEqual(accept?.parts, ['"slow"', "k"]);
  checkLog(folder);
});

test("two acceptances of one key in the same moment write it down once", async () => {
  const folder = makeFolder(files);
  await inHouse(folder, async ({ send }) => {
    const answers = await Promise.all([1, 2, 3].map(() => send("fine", { key: "k", wait: "acceptance" })));
    deepStrictEqual(answers.map(({ answer }) => answer), ["accepted", "accepted", "accepted"]);
  });
  strictEqual(countOf(folder, "till", "accept"), 1);
  checkLog(folder);
});

test("what was accepted before a crash has its turn after it, once, and can be waited for", async () => {
  const crashed = await crashAfter(makeFolder(files), async ({ send }) => {
    await Promise.all(["a", "b", "c"].map((key) => send("slow", { key, wait: "acceptance" })));
  });
  const before = turns(crashed);
  ok(before < 3, "wanted mail that waits");
  await inHouse(crashed, async ({ send }) => {
    const answers = await Promise.all(["a", "b", "c"].map((key) => send("slow", { key })));
    deepStrictEqual(answers.map((answer) => answer.answer === "ok" && JSON.parse(answer.response).n), [
      1,
      2,
      3,
    ]);
    const again = await send("slow", { key: "b", wait: "acceptance" });
    strictEqual(again.answer, "accepted");
  });
  strictEqual(turns(crashed), 3);
  strictEqual(countOf(crashed, "till", "accept"), 3);
  checkLog(crashed);
});

test("keys that no log can hold are refused", async () => {
  const folder = makeFolder(files);
  await inHouse(folder, async ({ send }) => {
    for (const key of ["", "x".repeat(1025), "\ud800"]) {
      const answer = await send("fine", { key });
      strictEqual(answer.answer === "undelivered" && answer.code, "bad_key");
    }
    for (const key of ["x".repeat(1024), "ключ", "\0", " "]) {
      strictEqual((await send("fine", { key })).answer, "ok", JSON.stringify(key));
    }
  });
  strictEqual(turns(folder), 4);
  checkLog(folder);
});
