import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { assemble, FUNCREF, I32, I64 } from "./assembler_for_tests.ts";
import { type Fixture, fixtureImports, FIXTURES, get, i32 } from "./fixtures_for_tests.ts";
import { limitModule, TABLE_ELEMENTS_MAX } from "./rewrite.ts";
import { createMeter } from "./meter.ts";
import { limits as released } from "./schedules.ts";
import { trapCode } from "./trap.ts";

const limits = { memoryBytesMax: 4 * 65536, stackUnitsMax: 10_000 };

/** Everything that can be seen of an instance that made a fixture's calls. */
function observe(
  fixture: Fixture,
  instantiate: (imports: WebAssembly.Imports) => WebAssembly.Instance,
  afterCall: (instance: WebAssembly.Instance, returned: boolean) => void = () => {},
): string[] {
  const seen: string[] = [];
  const instance: WebAssembly.Instance = instantiate(fixtureImports(() => instance));
  for (const [name, ...params] of fixture.calls) {
    let result: unknown;
    let returned = true;
    try {
      result = (instance.exports[name] as CallableFunction)(...params);
    } catch (error) {
      result = trapCode(error);
      returned = false;
    }
    seen.push(`${name}(${params}) = ${result}`);
    afterCall(instance, returned);
  }
  for (const [name, value] of Object.entries(instance.exports)) {
    if (value instanceof WebAssembly.Global) {
      seen.push(`${name} = ${String(value.value).replace(/\s.*/s, "")}`);
    }
    if (value instanceof WebAssembly.Memory) {
      const bytes = new Uint8Array(value.buffer);
      seen.push(
        `${name}: ${bytes.length} bytes, ${bytes.reduce((sum, b, k) => (sum * 31 + b + k) >>> 0, 0)}`,
      );
    }
  }
  return seen;
}

const cases = FIXTURES.flatMap((fixture) => released.schedules.map((schedule) => ({ fixture, schedule })));
for (const { fixture, schedule } of cases) {
  test(`limitModule() keeps the meaning of ${fixture.name} (schedule ${schedule})`, () => {
    ok(WebAssembly.validate(fixture.bytes), "the fixture itself must be valid");
    const plain = observe(
      fixture,
      (imports) => new WebAssembly.Instance(new WebAssembly.Module(fixture.bytes), imports),
    );
    const before = fixture.bytes.slice();
    const limited = limitModule(fixture.bytes, { ...limits, schedule });
    deepEqual(fixture.bytes, before, "the module given must stay as it is");
    const meter = createMeter();
    let atRest: number | undefined;
    const metered = observe(
      fixture,
      (imports) => meter.instantiateCore(new WebAssembly.Module(limited), imports),
      ({ exports }, returned) => {
        meter.beginTurn(); // puts back what a trap has left, and nothing else
        const stack = (exports["theater:limits/stack"] as () => number)();
        if (returned && atRest) equal(stack, atRest, "every way out must give the stack back");
        if (stack > 0) atRest = stack;
      },
    );
    deepEqual(metered, plain);
  });
}

test("limitModule() gives the stack back on every way out", () => {
  for (const fixture of FIXTURES) {
    // No turn begins in between, so whatever one call keeps is missing in the next ones.
    const meter = createMeter();
    const module = new WebAssembly.Module(limitModule(fixture.bytes, { ...limits, stackUnitsMax: 400 }));
    const instance: WebAssembly.Instance = meter.instantiateCore(module, fixtureImports(() => instance));
    for (const [name, ...params] of fixture.calls) {
      if (fixture.name === "traps" || name === "factorial" || name === "too far") continue;
      for (let k = 0; k < 30; k++) {
        try {
          (instance.exports[name] as CallableFunction)(...params);
        } catch (error) {
          ok(trapCode(error) !== "unreachable", `${fixture.name}: ${name}(${params}): ${error}`);
          meter.beginTurn();
        }
        equal(meter.stackExhausted(), false, `${fixture.name}: ${name}(${params})`);
      }
    }
  }
});

/** SHA-256 of all fixtures rewritten, by schedule. Other bytes are another version of the rewriter. */
const HASHES: Readonly<Record<number, string>> = {
  1: "56ccea5dde9fcdbf2ccfdc3450573cabbafa7e2309f9e34b364c98ee6be651f7",
  2: "fe51612b354890738ea91081c7a6fa20c2cc0dec8fe96279cf1710ff61a7542d",
};
for (const schedule of released.schedules) {
  test(`limitModule() gives the same bytes every time, on every engine (schedule ${schedule})`, () => {
    const hash = createHash("sha256");
    for (const { bytes } of FIXTURES) {
      const first = limitModule(bytes, { ...limits, schedule });
      deepEqual(limitModule(bytes, { ...limits, schedule }), first);
      hash.update(first);
    }
    equal(hash.digest("hex"), HASHES[schedule]);
  });
}

const growers: readonly (readonly [
  name: string,
  memory: readonly [number, number?],
  memoryBytesMax: number,
  pages: number,
])[] = [
  ["no maximum", [1], 3 * 65536, 3],
  ["a larger maximum", [1, 100], 3 * 65536, 3],
  ["a smaller maximum", [1, 2], 3 * 65536, 2],
  ["the cap itself as minimum", [3], 3 * 65536, 3],
  ["a cap that is not a whole page", [0], 3 * 65536 - 1, 2],
  ["no room", [0], 0, 0],
];
for (const [name, memory, memoryBytesMax, pages] of growers) {
  test(`limitModule() caps a memory with ${name}`, () => {
    const bytes = assemble({
      memory,
      functions: [{ params: [I32], results: [I32], exported: "grow", code: [get(0), 0x40, 0] }],
    });
    const module = new WebAssembly.Module(limitModule(bytes, { ...limits, memoryBytesMax }));
    const { exports } = createMeter().instantiateCore(module);
    const grow = exports["grow"] as (pages: number) => number;
    let size = memory[0];
    for (; size < pages; size++) equal(grow(1), size);
    equal(grow(1), -1);
    equal(grow(0), pages);
    equal((exports["memory"] as WebAssembly.Memory).buffer.byteLength, pages * 65536);
  });
}

test("limitModule() caps tables", () => {
  const bytes = assemble({
    tables: [[FUNCREF, 2]],
    functions: [{
      params: [I32],
      results: [I32],
      exported: "grow",
      code: [0xd0, FUNCREF, get(0), 0xfc, 15, 0],
    }],
  });
  const { exports } = createMeter().instantiateCore(new WebAssembly.Module(limitModule(bytes, limits)));
  const grow = exports["grow"] as (elements: number) => number;
  equal(grow(TABLE_ELEMENTS_MAX), -1);
  equal(grow(TABLE_ELEMENTS_MAX - 2), 2);
  equal(grow(1), -1);
});

test("limitModule() keeps the name section and drops the others", () => {
  const name = [0, 8, 4, ...new TextEncoder().encode("name"), 1, 1, 0];
  const other = [0, 3, 2, 0x68, 0x69];
  const bytes = assemble({ functions: [{ code: [] }], extra: [[1, other], [10, name], [10, other]] });
  const module = new WebAssembly.Module(limitModule(bytes, limits));
  equal(WebAssembly.Module.customSections(module, "hi").length, 0);
  equal(WebAssembly.Module.customSections(module, "name").length, 1);
  equal(WebAssembly.Module.customSections(module, "theater:limits").length, 1);
});

test("limitModule() refuses limits that are none", () => {
  const bytes = assemble({});
  for (const value of [-1, 0.5, NaN, Infinity, 2 ** 40]) {
    throws(() => limitModule(bytes, { ...limits, memoryBytesMax: value }), RangeError);
    throws(() => limitModule(bytes, { ...limits, stackUnitsMax: value }), RangeError);
  }
  throws(() => limitModule(bytes, { ...limits, stackUnitsMax: 0 }), RangeError);
});

test("limitModule() writes block types beyond one byte", () => {
  // Enough types that the added ones need two bytes, as a signed number too.
  const types = Array.from({ length: 70 }, (_, k) => [Array.from({ length: k }, () => I32), []] as const);
  const bytes = assemble({
    types,
    functions: [
      { results: [I32, I64], code: [i32(1), 0x42, 2, 0x10, 1], exported: "pair" },
      { code: [] },
    ],
  });
  const { exports } = createMeter().instantiateCore(new WebAssembly.Module(limitModule(bytes, limits)));
  deepEqual((exports["pair"] as CallableFunction)(), [1, 2n]);
});
