import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import process from "node:process";
import { RuntimeError } from "../../src/runtime/mod.ts";
import { checkLog, entriesOf, inHouse, makeFolder, openHouse, readLog, story, test } from "./house.ts";

function script(permissions: string, body: string): Record<string, string> {
  return {
    "theater.toml":
      `name = "script"\ncomponent = "script.ts"\nsupervisor.intensity = 1000\npermissions = { ${permissions} }\n`,
    "script.ts": `
      import * as theater from "theater";
      const { log, clock, random, timers, environment, send, self } = theater;
      export function handle(state, message) {
        const of = () => { ${body} };
        if (message.body === "no") return [state, "not asked"];
        return [state, of() ?? null];
      }`,
  };
}

const calls: readonly (readonly [what: string, call: string, grant: string, recorded: string])[] = [
  ["log", "return log.info('x');", "log = true", "theater:actor/log@0.1.0#write"],
  ["console", "return console.log('x');", "log = true", "theater:actor/log@0.1.0#write"],
  ["clock.now", "return typeof clock.now();", "clock = true", "theater:actor/clock@0.1.0#now"],
  [
    "clock.monotonic",
    "return typeof clock.monotonic();",
    "clock = true",
    "theater:actor/clock@0.1.0#monotonic",
  ],
  ["Date.now", "return typeof Date.now();", "clock = true", "theater:actor/clock@0.1.0#now"],
  ["new Date", "return typeof new Date().getTime();", "clock = true", "theater:actor/clock@0.1.0#now"],
  ["random.bytes", "return random.bytes(4).length;", "random = true", "theater:actor/random@0.1.0#bytes"],
  ["Math.random", "return typeof Math.random();", "random = true", "theater:actor/random@0.1.0#bits"],
  ["timers.set", "return typeof timers.set(1e9, 1);", "timers = true", "theater:actor/timers@0.1.0#set"],
  ["timers.cancel", "return timers.cancel('1');", "timers = true", "theater:actor/timers@0.1.0#cancel"],
  [
    "environment.get",
    "return environment.get('THEATER_TEST_UNSET') ?? 'unset';",
    `environment = ["THEATER_TEST_UNSET"]`,
    "theater:actor/environment@0.1.0#get",
  ],
];

const everyCall = `switch (message.body) { ${
  calls.map(([what, call]) => `case ${JSON.stringify(what)}: ${call}`).join("\n")
} }`;

test("a call without its grant ends the turn, and is recorded as denied", async () => {
  const folder = makeFolder(script("", everyCall));
  await inHouse(folder, async ({ send }) => {
    for (const [what, , grant, recorded] of calls) {
      const answer = await send(what);
      ok(answer.answer === "trapped", `${what}: ${JSON.stringify(answer)}`);
      strictEqual(answer.code, "denied", what);
      ok(
        answer.reason.includes(recorded) && answer.reason.includes(grant.replace(/\[.*/, "")),
        answer.reason,
      );
      strictEqual((await send("no")).answer, "ok", what);
    }
  });
  const denied = entriesOf(folder, "script").flatMap(({ entry }) =>
    entry.kind === "call" && entry.outcome === "denied" ? [entry] : []
  );
  deepStrictEqual(denied.map((entry) => entry.function), calls.map(([, , , recorded]) => recorded));
  const words = story(folder, "script");
  for (const { seq } of denied) strictEqual(words[seq + 1], "trap denied");
  checkLog(folder);
});

test("a call with its grant is answered, and recorded", async () => {
  const folder = makeFolder(script([...new Set(calls.map(([, , grant]) => grant))].join(", "), everyCall));
  await inHouse(folder, async ({ send }) => {
    for (const [what] of calls) strictEqual((await send(what)).answer, "ok", what);
  });
  const returned = entriesOf(folder, "script").flatMap(({ entry }) =>
    entry.kind === "call" && entry.outcome === "returned" ? [entry.function] : []
  );
  deepStrictEqual(returned.slice(1), calls.map(([, , , recorded]) => recorded));
  checkLog(folder);
});

test("a variable of the environment is read only if the manifest names it", async () => {
  process.env["THEATER_TEST_NAMED"] = "wörth";
  process.env["THEATER_TEST_OTHER"] = "secret";
  const folder = makeFolder(
    script(`environment = ["THEATER_TEST_NAMED"]`, "return environment.get(message.body) ?? 'unset';"),
  );
  await inHouse(folder, async ({ send }) => {
    const named = await send("THEATER_TEST_NAMED");
    strictEqual(named.answer === "ok" && named.response, '"wörth"');
    for (const name of ["THEATER_TEST_OTHER", "PATH", "__proto__", ""]) {
      const other = await send(name);
      ok(other.answer === "trapped", JSON.stringify(other));
      strictEqual(other.code, "denied");
      match(other.reason, /permissions.environment/);
    }
  });
  ok(!JSON.stringify(entriesOf(folder, "script")).includes("secret"));
  checkLog(folder);
});

test("a component that imports what is not granted is refused before it starts, and nothing is written", async () => {
  const folder = makeFolder({
    "theater.toml": `name = "counter"\ncomponent = "counter.wasm"\n`,
    "counter.wasm": "counter.wasm",
  });
  await rejects(openHouse(folder), (error: unknown) => {
    ok(error instanceof RuntimeError && error.fault.code === "not_granted", String(error));
    deepStrictEqual(error.fault.imports, ["theater:actor/log@0.1.0"]);
    match(error.message, /add log = true to \[permissions\]/);
    return true;
  });
  readLog(folder, (reader) => deepStrictEqual(reader.actors(), []));
});

test("a send to an address that is not allowed is refused on the spot, and recorded", async () => {
  const folder = makeFolder(script(
    `send = ["friend", "team/*"]`,
    "try { send(message.body, 1); return 'sent'; } catch (error) { return error.code; }",
  ));
  const codes: string[] = [];
  await inHouse(folder, async ({ send }) => {
    for (const to of ["stranger", "team", "team/a", "team/a/b", "friend", "friend/x", "BAD", "", "outside"]) {
      const answer = await send(to);
      codes.push(answer.answer === "ok" ? JSON.parse(answer.response) : JSON.stringify(answer));
    }
  });
  deepStrictEqual(codes, [
    "not-allowed",
    "not-allowed",
    "sent",
    "sent",
    "sent",
    "not-allowed",
    "bad-address",
    "bad-address",
    "bad-address",
  ]);
  checkLog(folder);
});

test("a script reaches nothing but the language and what it imports", async () => {
  const folder = makeFolder(script(
    "log = true",
    `const found = Object.getOwnPropertyNames(globalThis).filter((name) => !/^[A-Z]/.test(name)).sort();
     let compiled;
     try { compiled = Function("return typeof Deno + typeof Bun + typeof process + typeof require + typeof fetch")(); }
     catch (error) { compiled = error.name; }
     return { found, compiled, url: typeof URL, worker: typeof Worker, wasm: typeof WebAssembly, shared: typeof Atomics };`,
  ));
  await inHouse(folder, async ({ send }) => {
    const answer = await send("yes");
    ok(answer.answer === "ok", JSON.stringify(answer));
    const { found, compiled, ...rest } = JSON.parse(answer.response);
    strictEqual(compiled, "undefined".repeat(5));
    for (const name of found) {
      ok(
        /^(console|atob|btoa|performance|globalThis|undefined|escape|unescape|eval|parse\w+|is\w+|(de|en)codeURI\w*)$/
          .test(name),
        `a script sees ${name}`,
      );
    }
    deepStrictEqual({ ...rest, shared: undefined }, {
      url: "undefined",
      worker: "undefined",
      wasm: "undefined",
      shared: undefined,
    });
  });
});
