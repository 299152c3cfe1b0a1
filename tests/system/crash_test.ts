import { deepStrictEqual, doesNotMatch, match, ok, strictEqual } from "node:assert/strict";
import type { Answer } from "../../src/actor/mod.ts";
import { checkLog, entriesOf, inHouse, makeFolder, readLog, story, test, until } from "./house.ts";

function counterFolder(limits = ""): string {
  return makeFolder({
    "theater.toml":
      `name = "counter"\ncomponent = "counter.wasm"\nsupervisor.intensity = 1000\npermissions = { log = true }\nlimits = { ${limits} }\n`,
    "counter.wasm": "counter.wasm",
  });
}

function scriptFolder(handle: string, limits = "", permissions = ""): string {
  return makeFolder({
    "theater.toml":
      `name = "script"\ncomponent = "script.ts"\nlimits = { ${limits} }\npermissions = { ${permissions} }\n`,
    "script.ts": `
      import { log, Refusal, timers, send } from "theater";
      export function init() { return { n: 0 }; }
      export function handle(state, { body }) {
        const n = state.n + 1;
        if (body !== "plain") { ${handle} }
        return [{ n }, n];
      }`,
  });
}

/** What is expected of one bad message: the answer, and the closing entry. */
interface Crash {
  readonly what: string;
  readonly folder: () => string;
  readonly body: unknown;
  readonly closing: string;
  readonly reason: RegExp;
}

const crashes: readonly Crash[] = [
  {
    what: "trap",
    folder: () => counterFolder(),
    body: "trap",
    closing: "trap unreachable",
    reason: /unreachable/,
  },
  {
    what: "spin",
    folder: () => counterFolder("turn_ms = 400"),
    body: "spin",
    closing: "cut deadline",
    reason: /longer than 400 ms \(limits.turn_ms\)/,
  },
  {
    what: "grow",
    folder: () => counterFolder(`memory = "4MiB"`),
    body: "grow",
    closing: "trap unreachable",
    reason: /unreachable/,
  },
  {
    what: "deep",
    folder: () => counterFolder("stack = 1000"),
    body: "deep",
    closing: "trap stack",
    reason: /limits.stack/,
  },
  {
    what: "deep with the largest stack",
    folder: () => counterFolder(),
    body: "deep",
    closing: "trap stack",
    reason: /limits.stack/,
  },
  {
    what: "spin with little fuel",
    folder: () => counterFolder("fuel = 100_000"),
    body: "spin",
    closing: "trap fuel",
    reason: /used up its fuel of 100000 units \(limits.fuel\)/,
  },
  {
    what: "a script that loops with little fuel",
    folder: () => scriptFolder("for (;;);", "fuel = 20_000_000"),
    body: 1,
    closing: "trap fuel",
    reason: /limits.fuel/,
  },
  {
    what: "a script that throws",
    folder: () => scriptFolder("throw new TypeError('as told');"),
    body: 1,
    closing: "trap script",
    reason: /TypeError: as told/,
  },
  {
    what: "a script that loops",
    folder: () => scriptFolder("for (;;);", "turn_ms = 500"),
    body: 1,
    closing: "cut deadline",
    reason: /limits.turn_ms/,
  },
  {
    what: "a script that logs without end",
    folder: () =>
      scriptFolder(
        "for (;;) log.info('x'.repeat(20_000));",
        `turn_ms = 60_000, memory = "8MiB"`,
        "log = true",
      ),
    body: 1,
    closing: "trap host",
    reason: /Cannot record/,
  },
  {
    what: "a script that recurses",
    folder: () => scriptFolder("const deep = () => 1 + deep(); deep();"),
    body: 1,
    closing: "trap stack",
    reason: /limits.stack/,
  },
  {
    what: "a script that allocates",
    folder: () =>
      scriptFolder("const all = []; for (;;) all.push(new Uint8Array(1 << 20));", `memory = "16MiB"`),
    body: 1,
    closing: "trap script",
    reason: /memory/,
  },
  {
    what: "a response too large",
    folder: () => scriptFolder("return [{ n }, 'x'.repeat(3000)];", `message = "2KiB"`),
    body: 1,
    closing: "trap answer",
    reason: /response.*2048 bytes/,
  },
  {
    what: "a state too large",
    folder: () => scriptFolder("return [{ n, pad: 'x'.repeat(3000) }, n];", `state = "2KiB"`),
    body: 1,
    closing: "trap answer",
    reason: /state.*2048 bytes/,
  },
];

for (const { what, folder: make, body, closing, reason } of crashes) {
  test(`${what}: recorded as "${closing}", answered, state unchanged, and the next message works`, async () => {
    const folder = make();
    let crashed: Answer | undefined;
    await inHouse(folder, async ({ send, theater }) => {
      const plain = { to: theater.root };
      const first = await send("plain", plain);
      strictEqual(first.answer === "ok" && first.response, "1");
      crashed = await send(body);
      const next = await send("plain", plain);
      strictEqual(next.answer === "ok" && next.response, "2", JSON.stringify(next));
    });
    const [address = ""] = readLog(folder, (reader) => reader.actors().map((row) => row.address));
    const entries = entriesOf(folder, address);
    const words = story(folder, address);
    const at = words.indexOf(closing);
    ok(at > 0, `wanted "${closing}" among ${words.join(", ")}`);
    match(entries[at]?.parts[0] ?? "", reason);
    deepStrictEqual(words.slice(at + 1, at + 3), ["supervise", "keyframe restart"]);
    const [kind, code] = closing.split(" ");
    const text = entries[at]?.parts[0];
    deepStrictEqual(
      crashed,
      kind === "trap"
        ? { answer: "trapped", code, reason: text, seq: at }
        : { answer: "cut", reason: code, detail: text, seq: at },
    );
    checkLog(folder);
  });
}

test("a refusal is an answer: no crash, no restart", async () => {
  const folder = counterFolder();
  await inHouse(folder, async ({ send, events }) => {
    deepStrictEqual(await send("err"), { answer: "refused", error: "refused", seq: 7 });
    const next = await send("plain");
    strictEqual(next.answer === "ok" && next.response, "1");
    deepStrictEqual(events.map(({ event }) => event), ["started"]);
  });
  strictEqual(story(folder, "counter").filter((word) => word.startsWith("keyframe")).length, 1);
  checkLog(folder);
});

test("a refusal with a text longer than a message may be is a crash", async () => {
  const folder = scriptFolder("throw new Refusal('x'.repeat(3000));", `message = "2KiB"`);
  await inHouse(folder, async ({ send }) => {
    const answer = await send(1);
    strictEqual(answer.answer === "trapped" && answer.code, "answer");
    const next = await send("plain");
    strictEqual(next.answer === "ok" && next.response, "1");
  });
  checkLog(folder);
});

test("messages that are not JSON, or too large, reach no turn", async () => {
  const folder = counterFolder(`message = "1KiB"`);
  await inHouse(folder, async ({ sendText, send }) => {
    for (const text of ["", "{", "nul", "[1,]", '{"a":1}x', "\u{feff}1", '"\ud800"']) {
      const answer = await sendText(text);
      strictEqual(answer.answer === "undelivered" && answer.code, "not_json", JSON.stringify(text));
    }
    const answer = await send("x".repeat(1100));
    strictEqual(answer.answer === "undelivered" && answer.code, "too_large");
    const none = await send("plain", { to: "nobody" });
    strictEqual(none.answer === "undelivered" && none.code, "no_such_actor");
    const next = await send("plain");
    strictEqual(next.answer === "ok" && next.response, "1");
  });
  checkLog(folder);
});

test("what is asked behind a message that crashes is answered after the restart, in order", async () => {
  const folder = counterFolder("turn_ms = 400");
  await inHouse(folder, async ({ send }) => {
    const bodies = ["a", "trap", "b", "c", "spin", "d", "err", "trap", "e"];
    const answers = await Promise.all(bodies.map((body) => send(body)));
    deepStrictEqual(
      answers.map((answer) => answer.answer === "ok" ? answer.response : answer.answer),
      ["1", "trapped", "2", "3", "cut", "4", "refused", "trapped", "5"],
    );
  });
  checkLog(folder);
});

test("one actor that spins leaves the others alone", async () => {
  const folder = makeFolder({
    "theater.toml": `
      name = "top"
      component = "counter.wasm"
      permissions = { log = true }
      limits = { turn_ms = 60_000 }
      [[child]]
      name = "other"
      component = "counter.wasm"
      permissions = { log = true }`,
    "counter.wasm": "counter.wasm",
  });
  await inHouse(folder, async ({ send, theater }) => {
    const spinning = send("spin");
    for (let n = 1; n <= 20; n++) {
      const answer = await send("plain", { to: "top/other" });
      strictEqual(answer.answer === "ok" && answer.response, String(n));
    }
    theater.kill();
    const cut = await spinning;
    strictEqual(cut.answer === "cut" && cut.reason, "killed");
    await theater.closed;
  });
  strictEqual(story(folder, "top").at(-1), "cut killed");
  checkLog(folder);
  await inHouse(folder, async ({ send }) => {
    const answer = await send("plain");
    strictEqual(answer.answer === "ok" && answer.response, "1");
  });
  deepStrictEqual(story(folder, "top").filter((word) => word.startsWith("keyframe")), [
    "keyframe start",
    "keyframe wake",
  ]);
});

test("killing a house that is idle stops it, and loses nothing", async () => {
  const folder = counterFolder();
  await inHouse(folder, async ({ send, theater }) => {
    await send("plain");
    theater.kill();
    await theater.closed;
    const answer = await send("plain");
    strictEqual(answer.answer === "undelivered" && answer.code, "not_running");
  });
  strictEqual(story(folder, "counter").at(-1), "ok");
  checkLog(folder);
});

test("stopping waits for the turn in hand, and answers what had no turn", async () => {
  const folder = scriptFolder(
    "const end = 3e6; let x = 0; for (let i = 0; i < end; i++) x += i;",
    "turn_ms = 60_000",
  );
  const answers: Answer[] = [];
  await inHouse(folder, async ({ send, theater }) => {
    const asked = [1, 2, 3, 4].map((body) => send(body));
    await until("the turn to begin", () => theater.addresses.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await theater.stop();
    answers.push(...await Promise.all(asked));
  });
  const words = answers.map((answer) => answer.answer);
  strictEqual(words[0], "ok");
  const handled = words.filter((word) => word === "ok").length;
  for (const [index, answer] of answers.entries()) {
    strictEqual(answer.answer === "ok", index < handled, words.join());
    if (answer.answer !== "ok") strictEqual(answer.answer === "undelivered" && answer.code, "not_running");
  }
  strictEqual(story(folder, "script").filter((word) => word === "receive request").length, handled);
  checkLog(folder);
});

test("a component that does not instantiate fails, and says so", async () => {
  const folder = makeFolder({
    "theater.toml": `name = "script"\ncomponent = "script.ts"\n`,
    "script.ts": `throw new Error("not today"); export function handle() {}`,
  });
  await inHouse(folder, async ({ events, send }) => {
    const failed = events.find(({ event }) => event === "failed");
    ok(failed?.event === "failed" && failed.reason.includes("not today"), JSON.stringify(events));
    const answer = await send(1);
    strictEqual(answer.answer === "undelivered" && answer.code, "not_running");
  });
  deepStrictEqual(story(folder, "script").slice(-2), ["trap script", "supervise"]);
  checkLog(folder);
});

for (
  const [digit, what, code] of [
    [1, "a state that is no JSON", "answer"],
    [2, "a response that is no JSON", "answer"],
    [3, "a state that is no UTF-8", "answer"],
    [4, "a state outside of the memory", "answer"],
    [5, "a result that is neither ok nor err", "answer"],
    [6, "a division by zero", "divide_by_zero"],
    [7, "an integer that overflows", "integer_overflow"],
    [8, "a read outside of the memory", "out_of_bounds"],
    [9, "a call of a null function", "indirect_call"],
  ] as const
) {
  test(`${what}: the same code in every engine`, async () => {
    const folder = makeFolder({
      "theater.toml": `name = "rogue"\ncomponent = "rogue.wasm"\n`,
      "rogue.wasm": "rogue.wasm",
    });
    await inHouse(folder, async ({ send }) => {
      const answer = await send(digit);
      deepStrictEqual(
        [answer.answer, answer.answer === "trapped" && answer.code],
        ["trapped", code],
        JSON.stringify(answer),
      );
      const next = await send(0);
      strictEqual(next.answer === "ok" && next.response, "1");
    });
    const trap = entriesOf(folder, "rogue").find(({ entry }) => entry.kind === "trap");
    doesNotMatch(trap?.parts[0] ?? "", /wasm|TypeError|RangeError|undefined/, "in the words of one engine");
    checkLog(folder);
  });
}
