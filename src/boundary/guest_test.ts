import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { readFileSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { loadComponent } from "../component/mod.ts";
import type { FunctionType, ValueType } from "../value/mod.ts";
import {
  type Boundary,
  type CallRecord,
  createRecorder,
  createReplayer,
  type HostBinding,
  Stopped,
} from "./mod.ts";
import { encodeEach, encoderOf } from "./encode.ts";
import { noHandles } from "./handles.ts";
import { randomFrom, randomValue } from "./testing/random_values.ts";

/** The guest hands every kind of value on, from the export of a name to the import of that name. */
const bytes = readFileSync(new URL("../../tests/guests/values.wasm", import.meta.url));
const component = await loadComponent(new Uint8Array(bytes), {
  limit: (core) => core,
  cacheVersion: "as it is",
});
const { type } = component;
const echo = "test:values/echo@0.1.0";
const run = "test:values/run@0.1.0";

type Instantiate = (
  core: (name: string) => WebAssembly.Module | undefined,
  imports: Readonly<Record<string, unknown>>,
  instantiateCore: (module: WebAssembly.Module, imports: WebAssembly.Imports) => WebAssembly.Instance,
) => unknown;

const url = URL.createObjectURL(new Blob([component.glue], { type: "text/javascript" }));
const { instantiate } = await import(url) as { readonly instantiate: Instantiate };

function instantiated({ imports }: Pick<Boundary, "imports">): unknown {
  return instantiate(
    (name) => component.modules[name],
    imports,
    (module, imports) => new WebAssembly.Instance(module, imports),
  );
}

/** The functions of the guest that hand values on which are no resources. */
const echoes: readonly (readonly [name: string, type: FunctionType])[] = [...functionsOf(run)]
  .filter(([name]) => name.startsWith("echo-") && !name.includes("blob"));

function functionsOf(name: string): ReadonlyMap<string, FunctionType> {
  const item = [...type.imports, ...type.exports].find((item) => item.name === name);
  return item?.kind === "instance" ? item.functions : new Map();
}

interface Bytes {
  bytes: Uint8Array;
}

function host(dropped: Bytes[] = []): Map<string, HostBinding> {
  const table = new Map<string, HostBinding>();
  for (const [name, { params }] of functionsOf(echo)) {
    const call = (...values: unknown[]) =>
      params.length === 1 ? values[0] : params.length === 0 ? undefined : values;
    if (name.startsWith("echo-")) table.set(`${echo}#${name}`, { call });
  }
  const blobs: Readonly<Record<string, (...values: never[]) => unknown>> = {
    "[constructor]blob": (bytes: Uint8Array): Bytes => ({ bytes }),
    "[method]blob.size": (self: Bytes) => self.bytes.length,
    "[method]blob.append": (self: Bytes, more: Uint8Array) => {
      self.bytes = Uint8Array.of(...self.bytes, ...more);
    },
    "[static]blob.join": (a: Bytes, b: Bytes): Bytes => ({ bytes: Uint8Array.of(...a.bytes, ...b.bytes) }),
    "[resource-drop]blob": (self: Bytes) => void dropped.push(self),
    "look": (blob: Bytes) => blob.bytes.length,
  };
  for (const [name, call] of Object.entries(blobs)) {
    table.set(`${echo}#${name}`, { call: call as (...values: unknown[]) => unknown });
  }
  return table;
}

const limits = { callsMax: 1_000, valueBytesMax: 1_000_000, recordBytesMax: 10_000_000 };

function recorder(table = host()): { readonly boundary: Boundary; readonly instance: unknown } {
  const boundary = createRecorder({ type, host: table, limits, nowMs: () => 0 });
  boundary.beginTurn();
  const instance = instantiated(boundary);
  deepStrictEqual(boundary.endTurn(), [], "this guest calls nothing at its start");
  return { boundary, instance };
}

function replayer() {
  const boundary = createReplayer({ type });
  boundary.beginTurn([]);
  const instance = instantiated(boundary);
  strictEqual(boundary.endTurn(), undefined);
  return { boundary, instance };
}

/** Edges of each type, as texts of one value. */
function edges(type: ValueType): string[] {
  const integers: Readonly<Record<string, readonly (number | string)[]>> = {
    u8: [0, 255],
    u16: [0, 65535],
    u32: [0, 2147483648, 4294967295],
    s8: [-128, -1, 127],
    s16: [-32768, -1, 32767],
    s32: [-2147483648, -1, 2147483647],
    u64: ['"0"', '"9007199254740993"', '"9223372036854775808"', '"18446744073709551615"'],
    s64: ['"-9223372036854775808"', '"-1"', '"9223372036854775807"'],
    f32: [0, '"-0"', '"nan"', '"inf"', '"-inf"', "1.401298464324817e-45", "3.4028234663852886e+38"],
    f64: [0, '"-0"', '"nan"', '"inf"', '"-inf"', "5e-324", "1.7976931348623157e+308", "0.1"],
    bool: ["false", "true"],
    char: ['"a"', '"\\u0000"', '"\ud7ff"', '"\ue000"', '"\uffff"', '"\u{10000}"', '"\u{10ffff}"'],
    string: ['""', '"\\u0000"', '"\ufeffé😀\u{10ffff}"', `"${"x".repeat(70_000)}"`],
  };
  const plain = integers[type.kind];
  if (plain !== undefined) return plain.map(String);
  switch (type.kind) {
    case "list":
      if (type.element.kind === "u8") return ['""', '"AA=="', '"+/8="', `"${"AAAA".repeat(20_000)}"`];
      return ["[]", ...edges(type.element).map((text) => `[${text}]`), `[${edges(type.element).join(",")}]`];
    case "enum":
      return type.names.map((name) => JSON.stringify(name));
    case "flags":
      return ["[]", JSON.stringify(type.names), ...type.names.map((name) => JSON.stringify([name]))];
    case "option":
      return ["null", ...edges(type.some).map((text) => type.some.kind === "option" ? `[${text}]` : text)];
    case "result":
      return (["ok", "err"] as const).flatMap((side) => {
        const payload = type[side];
        return (payload ? edges(payload) : ["null"]).map((text) => `{"${side}":${text}}`);
      });
    case "variant":
      return type.cases.flatMap(({ name, type }) =>
        type ? edges(type).map((text) => `{"${name}":${text}}`) : [JSON.stringify(name)]
      );
    default:
      return []; // Tuples and records have only values from the seed.
  }
}

for (const [name, fn] of echoes) {
  test(`${name} hands every value on, is recorded, and replays`, () => {
    const seed = Number(process.env["THEATER_SEED"] ?? Date.now() % 1_000_000);
    const random = randomFrom(seed);
    const encoders = fn.params.map((param) => encoderOf(param.type, noHandles));
    const texts = Array.from(
      { length: 30 },
      () => encodeEach(encoders, fn.params.map((param) => randomValue(random, param.type))),
    );
    const [only] = fn.params;
    if (only !== undefined && fn.params.length === 1) {
      texts.push(...edges(only.type).map((text) => `[${text}]`));
    }

    const live = recorder();
    const again = replayer();
    for (const text of texts) {
      const where = `seed ${seed}, ${text.slice(0, 200)}`;
      const result = fn.params.length === 1 ? text : fn.params.length === 0 ? "[]" : `[${text}]`;
      live.boundary.beginTurn();
      strictEqual(live.boundary.callExport(live.instance, `${run}#${name}`, text), result, where);
      const calls = live.boundary.endTurn();
      const call = { function: `${echo}#${name}`, arguments: text, outcome: "returned", result, timeMs: 0 };
      deepStrictEqual(calls, [call], where);

      again.boundary.beginTurn(calls);
      strictEqual(again.boundary.callExport(again.instance, `${run}#${name}`, text), result, where);
      strictEqual(again.boundary.endTurn(), undefined, where);
    }
  });
}

test("the guest has functions for all kinds of values", () => {
  const kinds = new Set(echoes.flatMap(([, fn]) => fn.params.map((param) => param.type.kind)));
  const missing = [
    ..."bool u8 u16 u32 u64 s8 s16 s32 s64 f32 f64 char string list tuple record variant enum flags option result"
      .split(" "),
  ].filter((kind) => !kinds.has(kind as ValueType["kind"]));
  deepStrictEqual(missing, []);
});

test("resources of the host are made, used, lent, given and dropped by the guest, and replay", () => {
  const dropped: Bytes[] = [];
  const live = recorder(host(dropped));
  live.boundary.beginTurn();
  strictEqual(live.boundary.callExport(live.instance, `${run}#work-blob`, '["AQID"]'), "[[3,6,6,9]]");
  strictEqual(live.boundary.callExport(live.instance, `${run}#work-blob`, '[""]'), "[[0,0,0,0]]");
  const calls = live.boundary.endTurn();
  deepStrictEqual(
    calls.slice(0, 10).map((call) => [call.function.slice(echo.length + 1), call.arguments, call.result]),
    [
      ["[constructor]blob", '["AQID"]', "[1]"],
      ["[method]blob.size", "[1]", "[3]"],
      ["[method]blob.append", '[1,"AQID"]', "[]"],
      ["[method]blob.size", "[1]", "[6]"],
      ["look", "[1]", "[6]"],
      ["[constructor]blob", '["AQID"]', "[2]"],
      ["[static]blob.join", "[1,2]", "[3]"],
      ["[method]blob.size", "[3]", "[9]"],
      ["[resource-drop]blob", "[2]", "[]"],
      ["[resource-drop]blob", "[3]", "[]"],
    ],
  );
  strictEqual(calls[10]?.result, "[4]", "a number is never used twice");
  deepStrictEqual(dropped.map((blob) => blob.bytes.length), [3, 9, 0, 0]);

  const again = replayer();
  again.boundary.beginTurn(calls);
  strictEqual(again.boundary.callExport(again.instance, `${run}#work-blob`, '["AQID"]'), "[[3,6,6,9]]");
  strictEqual(again.boundary.callExport(again.instance, `${run}#work-blob`, '[""]'), "[[0,0,0,0]]");
  strictEqual(again.boundary.endTurn(), undefined);
});

test("resources of the guest have numbers of their own, and live until given back or dropped", () => {
  const { boundary, instance } = recorder();
  const call = (name: string, text: string) => boundary.callExport(instance, `${run}#${name}`, text);
  boundary.beginTurn();
  strictEqual(call("[constructor]tally", '["5"]'), "[1]");
  strictEqual(call("[constructor]tally", '["18446744073709551615"]'), "[2]");
  strictEqual(call("[method]tally.add", '[1,"7"]'), '["12"]');
  strictEqual(call("[method]tally.add", '[2,"1"]'), '["0"]');
  strictEqual(call("read-tally", "[1]"), '["12"]');
  strictEqual(call("[static]tally.merge", "[1,2]"), "[3]");
  strictEqual(call("read-tally", "[3]"), '["12"]');
  strictEqual(call("tallies", "[]"), "[1]");
  throws(() => call("read-tally", "[1]"), { name: "BoundaryError" });
  strictEqual(call("[resource-drop]tally", "[3]"), "[]");
  strictEqual(call("tallies", "[]"), "[0]");
  throws(() => call("[resource-drop]tally", "[3]"), { name: "BoundaryError" });
  deepStrictEqual(boundary.endTurn(), []);
});

/** A turn of several calls, whose record is then tampered with. */
function busyTurn(boundary: Pick<Boundary, "callExport">, instance: unknown): string[] {
  const asked = [
    ["echo-string", '["hello"]'],
    ["echo-everything", everything],
    ["work-blob", '["AQID"]'],
    ["echo-results", '[[{"ok":null},{"err":{"at":{"x":-1,"y":2}}}]]'],
    ["echo-f32", "[0.5]"],
  ] as const;
  return asked.map(([name, text]) => boundary.callExport(instance, `${run}#${name}`, text));
}

const everything = (() => {
  const [param] = functionsOf(run).get("echo-everything")?.params ?? [];
  if (param === undefined) throw new Error("The guest has no function echo-everything");
  return `[${encoderOf(param.type, noHandles)(randomValue(randomFrom(7), param.type))}]`;
})();

const busy = recorder();
busy.boundary.beginTurn();
const answers = busyTurn(busy.boundary, busy.instance);
const recorded = busy.boundary.endTurn();

test("a turn of many calls replays to the same answers", () => {
  const again = replayer();
  again.boundary.beginTurn(structuredClone(recorded));
  deepStrictEqual(busyTurn(again.boundary, again.instance), answers);
  strictEqual(again.boundary.endTurn(), undefined);
});

/** Ways to tamper with one record of the turn; each shows at that call. */
const tampers:
  readonly (readonly [string, (calls: readonly CallRecord[], at: number) => (CallRecord | undefined)[]])[] = [
    ["another function", (calls, at) => put(calls, at, { function: `${echo}#echo-nothing` })],
    ["other arguments", (calls, at) => put(calls, at, { arguments: '["other"]' })],
    ["a result of another type", (calls, at) => put(calls, at, { result: "[{}]" })],
    ["one call missing", (calls, at) => calls.filter((_call, i) => i !== at)],
    [
      "one call more",
      (
        calls,
        at,
      ) => [...calls.slice(0, at), { ...calls[at] as CallRecord, function: "more" }, ...calls.slice(at)],
    ],
    [
      "two calls exchanged",
      (calls, at) => calls.map((call, i) => i === at ? calls[at + 1] : i === at + 1 ? calls[at] : call),
    ],
  ];

function put(calls: readonly CallRecord[], at: number, change: Partial<CallRecord>): CallRecord[] {
  return calls.map((call, i) => i === at ? { ...call, ...change } : call);
}

for (const [name, tamper] of tampers) {
  test(`${name} is found at that very call, wherever it is`, () => {
    strictEqual(recorded.length > 10, true);
    for (let at = 0; at < recorded.length - 1; at++) {
      const calls = tamper(recorded, at).filter((call) => call !== undefined);
      const again = replayer();
      again.boundary.beginTurn(calls);
      throws(() => busyTurn(again.boundary, again.instance), Stopped);
      strictEqual(again.boundary.endTurn()?.at, at);
    }
  });
}

test("a stop passes through the component, in a function with a result as well", () => {
  for (const name of ["echo-string", "echo-result"]) {
    const table = host().set(`${echo}#${name}`, { denied: "not this one" });
    const { boundary, instance } = recorder(table);
    const text = name === "echo-string" ? '["x"]' : '[{"ok":1}]';
    boundary.beginTurn();
    throws(
      () => boundary.callExport(instance, `${run}#${name}`, text),
      (error) =>
        error instanceof Stopped && error.stop.code === "denied" && error.stop.text === "not this one",
    );
    throws(() => boundary.callExport(instance, `${run}#echo-nothing`, "[]"), Stopped);
    const calls = boundary.endTurn();
    strictEqual(calls.length, 1);

    const again = replayer();
    again.boundary.beginTurn(calls);
    throws(() => again.boundary.callExport(again.instance, `${run}#${name}`, text), Stopped);
    strictEqual(again.boundary.endTurn(), undefined);
    deepStrictEqual(again.boundary.stopped(), boundary.stopped());
  }
});
