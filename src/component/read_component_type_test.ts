import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import {
  component,
  coreExporting,
  externName,
  section,
  text,
  u32,
  vector,
} from "../../tests/guests/component_bytes.ts";
import type { FunctionType } from "../value/mod.ts";
import { ComponentError, type ComponentFault } from "./component_error.ts";
import type { ComponentType, InstanceItem } from "./component_type.ts";
import { describeFunction, describeWorld } from "./describe_world.ts";
import { readComponentType } from "./read_component_type.ts";

async function guest(name: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(new URL(`../../tests/guests/${name}.wasm`, import.meta.url)));
}

function instance(type: ComponentType, side: "imports" | "exports", name: string): InstanceItem {
  const item = type[side].find((one) => one.name === name);
  if (item?.kind !== "instance") throw new Error(`no instance ${name}`);
  return item;
}

/** The function, in words. */
function words(item: InstanceItem, name: string): string {
  const type: FunctionType | undefined = item.functions.get(name);
  return type === undefined ? "none" : describeFunction(type);
}

/** Whether the bytes decode; throws whatever is not a refusal. */
function decodes(bytes: Uint8Array): ComponentType | undefined {
  try {
    return readComponentType(bytes);
  } catch (error) {
    if (error instanceof ComponentError) return undefined;
    throw error;
  }
}

function refusal(bytes: Uint8Array): ComponentFault {
  try {
    readComponentType(bytes);
  } catch (error) {
    if (error instanceof ComponentError) return error.fault;
    throw error;
  }
  throw new Error("not refused");
}

test("readComponentType() reads the counter", async () => {
  const type = readComponentType(await guest("counter"));
  deepEqual(type.imports.map((item) => item.name), ["theater:actor/log@0.1.0"]);
  deepEqual(type.exports.map((item) => item.name), ["theater:actor/actor@0.1.0"]);
  equal(
    words(instance(type, "imports", "theater:actor/log@0.1.0"), "write"),
    "func(level: enum { debug, info, warn, error }, text: string)",
  );
  const actor = instance(type, "exports", "theater:actor/actor@0.1.0");
  equal(words(actor, "init"), "func(params: string) -> result<string, string>");
  equal(
    words(actor, "handle"),
    "func(state: string, message: string) -> result<tuple<string, string>, string>",
  );
});

test("readComponentType() reads the guest of all values", async () => {
  const type = readComponentType(await guest("values"));
  const echo = instance(type, "imports", "test:values/echo@0.1.0");
  const run = instance(type, "exports", "test:values/run@0.1.0");
  deepEqual(echo.resources, ["blob"]);
  deepEqual(run.resources, ["tally"]); // `blob` is exported too, but belongs to `echo`.
  for (const [name, type] of echo.functions) {
    if (!name.startsWith("[")) equal(words(run, name), describeFunction(type), name);
  }
  equal(words(echo, "[constructor]blob"), "func(bytes: list<u8>) -> own<test:values/echo@0.1.0/blob>");
  equal(
    words(echo, "[method]blob.append"),
    "func(self: borrow<test:values/echo@0.1.0/blob>, bytes: list<u8>)",
  );
  equal(
    words(run, "[static]tally.merge"),
    "func(first: own<test:values/run@0.1.0/tally>, second: own<test:values/run@0.1.0/tally>)" +
      " -> own<test:values/run@0.1.0/tally>",
  );
  equal(words(run, "look"), "func(v: borrow<test:values/echo@0.1.0/blob>) -> u32");
  equal(
    words(run, "echo-shape"),
    "func(v: variant { nothing, circle(f64), square(u32), named(string), at(record { x: s32, y: s32 }), " +
      "pair(tuple<u8, u64>), crowd(list<record { name: string, age: u8, tags: list<string>, " +
      "partner: option<string>, home: record { x: s32, y: s32 } }>) }) -> " +
      words(run, "echo-shape").split(" -> ")[1],
  );
  equal(words(run, "echo-result-err").split(" -> ")[1], "result<_, enum { red, green, deep-blue }>");
  equal(words(run, "echo-result-bare"), "func(v: result) -> result");
  equal(words(run, "echo-nothing"), "func()");
});

test("readComponentType() gives plain data", async () => {
  const type = readComponentType(await guest("values"));
  deepEqual(structuredClone(type), type);
});

const other: readonly (readonly [name: string, bytes: Uint8Array, found: RegExp])[] = [
  ["an empty file", new Uint8Array(), /^an empty file$/],
  ["a core module", Uint8Array.from(coreExporting("x")), /^a core module/],
  ["half a preamble", Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d), /ends in its preamble/],
  ["another version", Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0e, 0, 1, 0), /another version \(14 0 1 0/],
  [
    "a script",
    new TextEncoder().encode("export const actor = 1;\n"),
    /^a text that begins with "export const actor/,
  ],
  ["WAT", new TextEncoder().encode("(component)"), /text form/],
  ["WAT after a comment", new TextEncoder().encode(";; hi\n(component)"), /text form/],
  ["an archive", Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0, 0, 1), /^a file of another kind$/],
];
for (const [name, bytes, found] of other) {
  test(`readComponentType() says what ${name} is`, () => {
    const fault = refusal(bytes);
    ok(fault.code === "not_a_component" && found.test(fault.found), JSON.stringify(fault));
  });
}

// A type section with these definitions, and an export of a function whose type is the last of them.
const types = (...definitions: readonly (readonly number[])[]) => section(7, vector(...definitions));
const functionImport = (name: string, type: number) =>
  section(10, vector([...externName(name), 1, ...u32(type)]));
const tupleOf = (type: number) => [0x6f, ...vector([...u32(type)], [...u32(type)])];
const listOf = (type: number) => [0x70, ...u32(type)];
const inInstance = (...declarations: readonly (readonly number[])[]) => [0x42, ...vector(...declarations)];

/** A component that instantiates the inner one `times` over. */
const repeated = (inner: readonly number[], times: number) =>
  component(
    section(4, inner),
    section(5, vector(...Array.from({ length: times }, () => [0, 0, 0]))),
  );

function nested<T>(start: T, depth: number, wrap: (inner: T) => T): T {
  let value = start;
  for (let level = 0; level < depth; level += 1) value = wrap(value);
  return value;
}

type Refused = readonly [
  name: string,
  bytes: readonly number[],
  code: ComponentFault["code"],
  evidence: RegExp,
];
const refused: readonly Refused[] = [
  ["a section that is longer than the file", [...component(), 7, 5, 0], "malformed", /section of 5 bytes/],
  ["a section that is not used up", component(section(7, [...vector(), 0])), "malformed", /end of a section/],
  ["an unknown section", component(section(13, [])), "malformed", /0x0d/],
  ["a number of six bytes", [...component(), 7, 0x80, 0x80, 0x80, 0x80, 0x80, 0], "malformed", /below 2\^32/],
  ["a number of 2^32", [...component(), 7, 0xff, 0xff, 0xff, 0xff, 0x1f], "malformed", /below 2\^32/],
  ["a count beyond the section", component(section(7, u32(1000))), "malformed", /1000 types/],
  ["a type of the future", component(types([0x1f])), "malformed", /0x1f/],
  ["a type that is not there", component(types(listOf(7))), "malformed", /below 0/],
  ["a type that is itself", component(types(listOf(0))), "malformed", /below 0/],
  ["a name in other bytes than UTF-8", component(types([0x6d, 1, 1, 0xff])), "malformed", /UTF-8/],
  ["an enum without names", component(types([0x6d, 0])), "malformed", /at least one/],
  [
    "an enum with a name twice",
    component(types([0x6d, ...vector(text("a"), text("A"))])),
    "malformed",
    /again/,
  ],
  [
    "33 flags",
    component(types([0x6e, ...vector(...Array.from({ length: 33 }, (_, i) => text(`f${i}`)))])),
    "malformed",
    /32 flags/,
  ],
  [
    "an import twice",
    component(types([0x40, 0, 1, 0]), functionImport("a", 0), functionImport("a", 0)),
    "malformed",
    /again/,
  ],
  [
    "a function of the wrong sort",
    component(types([0x7f]), functionImport("a", 0)),
    "malformed",
    /type of a function/,
  ],
  ["an alias out of everything", component(section(6, vector([3, 2, 9, 0]))), "malformed", /levels/],
  ["a name with a quote", component(types([0x40, 0, 1, 0]), functionImport("a'b", 0)), "bad_name", /a'b/],
  [
    "a name with a line end",
    component(types([0x40, 0, 1, 0]), functionImport("a\n", 0)),
    "bad_name",
    /kebab/,
  ],
  [
    "a field called __proto__",
    component(types([0x72, ...vector([...text("__proto__"), 0x7f])])),
    "bad_name",
    /proto/,
  ],
  [
    "an interface with a hostile version",
    component(types(inInstance()), section(10, vector([...externName("a:b/c@1.0.0-'"), 5, 0]))),
    "bad_name",
    /1\.0\.0-'/,
  ],
  [
    "a core name with a quote",
    component(section(2, vector([1, ...vector([...text("a'b"), 0, 0])]))),
    "bad_name",
    /a'b/,
  ],
  ["a stream", component(types([0x66, 0])), "unsupported", /stream/],
  ["a future", component(types([0x65, 0])), "unsupported", /future/],
  ["an error-context", component(types([0x64])), "unsupported", /error-context/],
  ["an async function", component(types([0x43, 0, 1, 0])), "unsupported", /async/],
  ["an async name", component(types([0x40, 0, 1, 0]), functionImport("[async]a", 0)), "unsupported", /async/],
  ["an import by URL", component(types([0x40, 0, 1, 0]), functionImport("url=<x>", 0)), "unsupported", /URL/],
  ["a list of fixed length", component(types([0x67, 0x7f, 4])), "unsupported", /fixed length/],
  ["a start function", component(section(9, [])), "unsupported", /start/],
  ["a value", component(section(12, [])), "unsupported", /values/],
  ["a built-in for tasks", component(section(8, vector([0x08]))), "unsupported", /asynchronous/],
  [
    "an import of a core module",
    component(section(10, vector([...externName("a"), 0, 0x11, 0]))),
    "unsupported",
    /core module/,
  ],
  [
    "a deep type",
    component(types([0x7f], ...Array.from({ length: 80 }, (_, i) => listOf(i)))),
    "too_large",
    /levels in one type/,
  ],
  [
    "a type that doubles 40 times",
    component(types([0x7f], ...Array.from({ length: 40 }, (_, i) => tupleOf(i)))),
    "too_large",
    /types in one type/,
  ],
  [
    "deep instance types",
    component(types(nested(inInstance(), 40, (inner) => inInstance([1, ...inner])))),
    "too_large",
    /nesting/,
  ],
  ["deep components", nested(component(), 40, (inner) => repeated(inner, 1)), "too_large", /nesting/],
  [
    "components that multiply",
    nested(component(), 12, (inner) => repeated(inner, 10)),
    "too_large",
    /definitions/,
  ],
];
for (const [name, bytes, code, evidence] of refused) {
  test(`readComponentType() refuses ${name}`, () => {
    throws(
      () => readComponentType(Uint8Array.from(bytes)),
      (error) => error instanceof ComponentError && error.fault.code === code && evidence.test(error.message),
    );
  });
}

test("readComponentType() refuses a component of more than 64 MiB", () => {
  deepEqual(refusal(new Uint8Array(64 * 1024 * 1024 + 1)), {
    code: "too_large",
    what: "bytes",
    max: 67_108_864,
    got: 67_108_865,
  });
});

test("readComponentType() says where: the position is one in the file", () => {
  const bytes = component(types([0x7f]), types([0x7f]), types([0x1f]));
  const fault = refusal(Uint8Array.from(bytes));
  ok(fault.code === "malformed");
  equal(fault.position, bytes.length - 1);
});

test("readComponentType() reads or refuses every part of the counter that was cut off", async () => {
  const bytes = await guest("counter");
  const whole = readComponentType(bytes);
  let refusals = 0;
  for (let length = 0; length < bytes.length; length += 1) {
    const type = decodes(bytes.subarray(0, length));
    if (type === undefined) refusals += 1;
    // What ends with a section is a component; it has not more than the whole.
    else {ok(
        type.imports.length <= whole.imports.length && type.exports.length <= whole.exports.length,
        `${length}`,
      );}
  }
  ok(refusals > bytes.length * 0.9, `${refusals} of ${bytes.length}`);
});

test("readComponentType() reads or refuses parts of the guest of all values", async () => {
  const bytes = await guest("values");
  let refusals = 0;
  for (let length = 8; length < bytes.length; length += 397) {
    if (decodes(bytes.subarray(0, length)) === undefined) refusals += 1;
  }
  ok(refusals > 80, `${refusals}`);
});

test("readComponentType() reads or refuses damaged guests, and lets no hostile name through", async () => {
  const seed = 20_250_611;
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
  for (const [name, rounds] of [["counter", 3000], ["values", 100]] as const) {
    const bytes = await guest(name);
    let refusals = 0;
    for (let round = 0; round < rounds; round += 1) {
      const damaged = bytes.slice();
      for (let flips = 1 + random(3); flips > 0; flips -= 1) damaged[random(damaged.length)] = random(256);
      let type: ComponentType | undefined;
      try {
        type = decodes(damaged);
      } catch (error) {
        throw new Error(`seed ${seed}, ${name}, round ${round}`, { cause: error });
      }
      if (type === undefined) refusals += 1;
      else ok(!/['"`\\\n]/.test(describeWorld(type)), `seed ${seed}, ${name}, round ${round}`);
    }
    ok(refusals > 0, `seed ${seed}, ${name}`);
  }
});
