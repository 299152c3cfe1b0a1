import { deepStrictEqual, match, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { test } from "node:test";
import { Crash, type HostCall, refusalText, request, startFiles, startSource } from "./script_actor.ts";

/** One turn of a script whose `handle` has this body, after its `import … from "theater"`. */
async function turn(
  body: string,
  message: unknown = null,
): Promise<{ response: unknown; calls: HostCall[] }> {
  const actor = await startFiles({
    "main.ts": `import * as theater from "theater";
const { log, clock, random, timers, environment, send, self } = theater;
void [log, clock, random, timers, environment, send, self];
export function handle(state: any, message: any): any {\n${body}\n}`,
  });
  const [, response] = actor.handle("null", request(message));
  return { response: JSON.parse(response), calls: actor.calls };
}

async function crashText(body: string): Promise<string> {
  let text = "";
  try {
    await turn(body);
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    text = error.message;
  }
  ok(text !== "", "it did not crash");
  return text;
}

test("a script without init starts with its params, or with an object", async () => {
  const actor = await startSource("return { handle: (state, message) => [state, message] };");
  strictEqual(actor.init('{"a":[1,"é"]}'), '{"a":[1,"é"]}');
  strictEqual(actor.init("null"), "{}");
  strictEqual(actor.init("0"), "0");
});

test("a script is given plain values and its values become JSON", async () => {
  const actor = await startFiles({
    "main.ts": `export const init = (params: { start: number }) => ({ n: params.start });
      export const handle = (state: { n: number }, message: { type: string; from: string; body: number }) =>
        [{ n: state.n + message.body }, { ...message, absent: undefined }];`,
  });
  strictEqual(actor.init('{"start":40}'), '{"n":40}');
  deepStrictEqual(actor.handle('{"n":40}', request(2)), [
    '{"n":42}',
    '{"type":"request","from":"outside","body":2}',
  ]);
});

test("a Refusal is an answer, and the actor goes on", async () => {
  const actor = await startFiles({
    "main.ts": `import { Refusal } from "theater";
      export function init(params: unknown) { if (params === 1) throw new Refusal("not with 1"); }
      export function handle(state: unknown, { body }: { body: string }) {
        if (body === "subclass") throw new (class extends Refusal {})("of another class");
        if (body !== "") throw new Refusal(body);
        return [state, 0];
      }`,
  });
  for (const text of ["no such account", "é \u{1F600}", "  two\nlines"]) {
    throws(() => actor.handle("1", request(text)), (error) => refusalText(error) === text);
  }
  throws(() => actor.handle("1", request("\ud800 lone")), (error) => refusalText(error) === "\ufffd lone");
  throws(() => actor.handle("1", request("subclass")), (error) => refusalText(error) === "of another class");
  throws(() => actor.init("1"), (error) => refusalText(error) === "not with 1");
  deepStrictEqual(actor.handle("1", request("")), ["1", "0"]);
});

test("time and randomness come from the host", async () => {
  const { response } = await turn(`return [0, [
    Date.now(), new Date(), clock.now(), new Date(0), new Date(2020, 0, 1), Date.UTC(2020, 0), Date(), typeof Date(5 as any),
    new (class extends Date { twice() { return this.getTime() * 2; } })().twice(), new Date() instanceof Date, Date.name,
    new Date(0).constructor === Date, performance.now(), clock.monotonic(), Math.random(), random.number(),
    [...random.bytes(2)], random.uuid(),
  ]];`);
  deepStrictEqual(response, [
    1_700_000_000_123,
    "2023-11-14T22:13:20.123Z",
    1_700_000_000_123,
    "1970-01-01T00:00:00.000Z",
    "2020-01-01T00:00:00.000Z",
    1_577_836_800_000,
    "Tue Nov 14 2023 22:13:20 GMT+0000",
    "string",
    3_400_000_000_246,
    true,
    "Date",
    true,
    5.5,
    5_500_000,
    0.5,
    0.5,
    [255, 255],
    "ffffffff-ffff-4fff-bfff-ffffffffffff",
  ]);
});

const drawn: readonly (readonly [bits: bigint, number: number])[] = [
  [0n, 0],
  [2047n, 0],
  [2048n, 2 ** -53],
  [1n << 53n, 2 ** -11],
  [1n << 62n, 0.25],
  [3n << 62n, 0.75],
  [(1n << 64n) - 2048n, 1 - 2 ** -53],
  [(1n << 64n) - 1n, 1 - 2 ** -53],
];

test("Math.random() is the upper 53 of the host's 64 bits", async () => {
  for (const [bits, number] of drawn) {
    const actor = await startSource("return { handle: () => [0, Math.random()] };", { bits });
    strictEqual(Number(actor.handle("0", "0")[1]), number, `${bits}`);
  }
});

test("effects reach the host as the interfaces want them", async () => {
  const { response, calls } = await turn(`
    const id = timers.set(1000, { again: [1] });
    timers.cancel(id);
    send("shop/office", null);
    return [0, [id, environment.get("HOME"), environment.get("PATH") === undefined, self()]];`);
  deepStrictEqual(response, ["1048577", "/home/ada", true, "shop/till"]);
  deepStrictEqual(calls, [["set", 1000n, '{"again":[1]}'], ["cancel", 1_048_577n], [
    "send",
    "shop/office",
    "null",
  ]]);
});

test("lines for the log show values as they are written", async () => {
  const { calls } = await turn(`
    log.debug("plain", 1, -0, null, undefined, 5n, [1, "a"], { a: { b: true } });
    console.log(new Map([["k", new Set([1])]]), new Date(0), /x/g, new TypeError("no"), new Uint8Array(2));
    console.info(function named() {}, () => {}, Symbol("s"), new (class Point { x = 1 })());
    const cyclic: any = { a: [] }; cyclic.a.push(cyclic); console.warn(cyclic);
    console.error("\\ud800", [[[[[[1]]]]]], Array.from({ length: 102 }, () => 0).length);
    console.debug(Array.from({ length: 102 }, () => 0));
    return [0, 0];`);
  deepStrictEqual(calls.slice(0, 5), [
    ["log", "debug", 'plain 1 -0 null undefined 5n [1, "a"] {"a": {"b": true}}'],
    ["log", "info", 'Map {"k" => Set {1}} 1970-01-01T00:00:00.000Z /x/g TypeError: no Uint8Array[0, 0]'],
    ["log", "info", '[function named] [function without a name] Symbol(s) Point {"x": 1}'],
    ["log", "warn", '{"a": [[itself]]}'],
    ["log", "error", "\ufffd [[[[[[…]]]]]] 102"],
  ]);
  match(String(calls[5]?.[2]), /^\[(0, ){100}… 2 more\]$/);
});

test("request, defer and reply pass plain values on, and say why they cannot", async () => {
  const actor = await startFiles({
    "main.ts": `
import { defer, reply, request } from "theater";
export function handle(state, { body }) {
  if (body === "other") request("other", 1);
  if (body === "nobody") reply("1", null);
  const token = defer();
  reply(token, { late: true });
  return [state, [request("shop/office", { n: 1 }), request("shop/office", 2, 30), token]];
}`,
  });
  deepStrictEqual(actor.handle("1", request(""))[1], '["3145729","3145729","2097152"]');
  deepStrictEqual(actor.calls, [
    ["reply", 2_097_152n, '{"late":true}'],
    ["request", "shop/office", '{"n":1}', 5000n],
    ["request", "shop/office", "2", 30n],
  ]);
  throws(() => actor.handle("1", request("other")), /7 own timers, requests and returned messages wait/);
  throws(() => actor.handle("1", request("nobody")), /Cannot reply to 1: nobody waits for it/);
});

test("send() says why it cannot, in a way that a script can handle", async () => {
  const { response } = await turn(`
    const errors: unknown[] = [];
    for (const to of ["other", "BAD"]) {
      try { send(to, 1); } catch (error: any) {
        errors.push([error instanceof theater.SendError, error.name, error.code, error.message]);
      }
    }
    return [0, errors];`);
  deepStrictEqual(response, [
    [
      true,
      "SendError",
      "not-allowed",
      "Cannot send to other: the manifest does not allow it; add it to permissions.send",
    ],
    [true, "SendError", "bad-address", 'Cannot send to "BAD": wanted a-z'],
  ]);
});

const results: readonly (readonly [body: string, text: string])[] = [
  ["", "handle() must return [state, response], got undefined"],
  ["return null;", "handle() must return [state, response], got null"],
  ["return { state: 1, response: 2 };", "handle() must return [state, response], got object"],
  ["return [1];", "handle() must return [state, response], got an array of 1"],
  ["return [1, 2, 3];", "handle() must return [state, response], got an array of 3"],
  ["return [undefined, 1];", "state is undefined; use null where there is nothing"],
  ["return [1, undefined];", "response is undefined; use null where there is nothing"],
  ["return [{ a: [1, undefined] }, 1];", "state.a[1] is undefined; use null where there is nothing"],
  ["return [1, { a: { b: () => 1 } }];", "response.a.b is a function; JSON has none"],
  ["return [1, { a: Symbol() }];", "response.a is a symbol; JSON has none"],
  [
    "return [{ a: [{ 'b c': 5n }] }, 1];",
    'state.a[0]["b c"] is a BigInt; JSON has none: use a string, or a number if it is small',
  ],
  ["return [{ a: NaN }, 1];", "state.a is NaN; JSON has no such number"],
  ["return [1, [-1 / 0]];", "response[0] is -Infinity; JSON has no such number"],
  ["return [{ a: new Map() }, 1];", "state.a is of type Map, which JSON cannot hold: use an object"],
  ["return [new Set(), 1];", "state is of type Set, which JSON cannot hold: use an array"],
  ["return [1, new Error('x')];", "response is of type Error, which JSON cannot hold: use its message"],
  [
    "return [new Uint8Array(1), 1];",
    "state is a Uint8Array, which JSON cannot hold: use an array of numbers, or text",
  ],
  ["return [{ toJSON() {} }, 1];", "state has a toJSON() that returns nothing"],
  ["timers.set(1, { a: NaN });", "timer body.a is NaN; JSON has no such number"],
  ["send('a', () => 1);", "message body is a function; JSON has none"],
];

for (const [body, text] of results) {
  test(`a crash says: ${text}`, async () => {
    strictEqual((await crashText(body)).split("\n")[0], `TypeError: ${text}`);
  });
}

for (
  const value of [
    "const a: any = {}; a.a = a;",
    "const a: any = []; a[0] = a;",
  ]
) {
  test(`a crash tells of a value that does not end: ${value}`, async () => {
    match(
      await crashText(`${value} return [a, 1];`),
      /^TypeError: state(\.a|\[0\])+\.?… lies deeper than 500 levels/,
    );
  });
}

test("a value of a class, or with a toJSON(), becomes what JSON.stringify makes of it", async () => {
  const { response } = await turn(
    "return [0, [new (class P { x = 1 })(), new Date(0), Object.create(null), { toJSON: () => 5 }]];",
  );
  deepStrictEqual(response, [{ x: 1 }, "1970-01-01T00:00:00.000Z", {}, 5]);
});

const crashes: readonly (readonly [body: string, text: RegExp])[] = [
  ["throw new RangeError('too far');", /^RangeError: too far\n/],
  ["throw 'text';", /^handle\(\) threw "text", which is not an Error$/],
  ["throw undefined;", /^handle\(\) threw undefined, which is not an Error$/],
  ["throw { a: 1 };", /^handle\(\) threw \{"a":1\}, which is not an Error$/],
  [
    "throw new Error('outer', { cause: new TypeError('inner') });",
    /^Error: outer\n[^]*\ncaused by TypeError: inner\n/,
  ],
  ["return Promise.resolve([1, 2]);", /^TypeError: handle\(\) returned a promise: .* must not be async/],
  [
    "setTimeout(() => {}, 5);",
    /^ReferenceError: setTimeout is not defined: .* use timers\.set from "theater"/,
  ],
  ["fetch('x');", /^ReferenceError: fetch is not defined: .* nothing but what it imports from "theater"/],
  ["process.exit();", /^ReferenceError: process is not defined: .* use environment\.get from "theater"/],
  ["new URL('x');", /^ReferenceError: URL is not defined: an actor has the JavaScript language/],
  ["return nonsense;", /^ReferenceError: nonsense is not defined\n/],
  [
    "timers.set(-1, 0);",
    /^TypeError: Cannot use -1 as a delay in milliseconds: wanted a whole number from 0/,
  ],
  ["timers.set(1.5, 0);", /^TypeError: Cannot use 1\.5 as a delay/],
  ["timers.set(2000, 0);", /^RangeError: too late\n/],
  ["timers.cancel('x');", /^TypeError: Cannot use "x" as a timer: wanted the id that timers\.set returned/],
  ["random.bytes(65537);", /^TypeError: Cannot use 65537 as a number of random bytes/],
  ["environment.get(5 as any);", /^TypeError: Cannot use 5 as the name of a variable: wanted a string/],
  ["send(null as any, 1);", /^TypeError: Cannot use null as an address: wanted a string/],
  ["send('other', 1);", /^SendError: Cannot send to other: the manifest does not allow it/],
];

for (const [body, text] of crashes) {
  test(`a crash tells what happened: ${body}`, async () => match(await crashText(body), text));
}

test("an async handle is refused in words", async () => {
  const actor = await startFiles({ "main.ts": "export async function handle() { return [1, 2]; }" });
  throws(() => actor.handle("0", request(0)), /handle\(\) returned a promise/);
});

test("a crash names the author's files and lines", async () => {
  const actor = await startFiles({
    "main.ts": [
      'import { total, type Cart } from "./lib/cart.ts";',
      "",
      "interface State {",
      "  carts: Cart[];",
      "}",
      "",
      "/** Adds up. */",
      "export function handle(state: State, message: unknown): [State, number] {",
      "  void message;",
      "  return [",
      "    state,",
      "    state.carts.map((cart) => total(cart)).length,",
      "  ];",
      "}",
    ].join("\n"),
    "lib/cart.ts": [
      "export type Cart = { items: { price: number }[] };",
      "",
      "export const total = (cart: Cart): number => {",
      "",
      "  // The sum.",
      "  return cart.items.reduce((sum, { price }) => sum + price, 0);",
      "};",
    ].join("\n"),
  });
  throws(() => actor.handle('{"carts":[{}]}', request(0)), (error) => {
    ok(error instanceof Crash);
    strictEqual(
      error.message,
      [
        "TypeError: cannot read property 'reduce' of undefined",
        "    at total (lib/cart.ts:6)",
        "    at (main.ts:12)",
        "    at handle (main.ts:12)",
      ].join("\n"),
    );
    return true;
  });
});

test("a script that cannot be loaded crashes at its start", async () => {
  for (
    const [source, text] of [
      ["return {};", /A script must export a function handle/],
      ["return { handle: 1 };", /A script must export a function handle/],
      ["return { init: 1, handle() {} };", /The export init must be a function/],
      ["throw new Error('at the top');", /^Error: at the top\n {4}at \(source:1\)$/],
      ["let x y;", /^SyntaxError: /],
    ] as const
  ) {
    await rejects(startSource(source), (error) => error instanceof Crash && text.test(error.message), source);
  }
});

test("nothing of the engine or of its wrapper is left in the realm", async () => {
  const { response } = await turn("return [0, Object.getOwnPropertyNames(globalThis).sort()];");
  const names = new Set(response as string[]);
  for (
    const absent of [
      "__cqjs",
      "wit",
      "queueMicrotask",
      "WeakRef",
      "FinalizationRegistry",
      "setTimeout",
      "Atomics",
    ]
  ) {
    ok(!names.has(absent), absent);
  }
  for (
    const there of [
      "console",
      "performance",
      "Date",
      "Math",
      "JSON",
      "Map",
      "BigInt",
      "Promise",
      "Uint8Array",
    ]
  ) {
    ok(names.has(there), there);
  }
});
