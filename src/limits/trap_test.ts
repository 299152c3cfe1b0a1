import { equal } from "node:assert/strict";
import { test } from "node:test";
import { assemble, type Code, FUNCREF, I32, name, type TestModule, vector } from "./assembler_for_tests.ts";
import { i32 } from "./fixtures_for_tests.ts";
import { type TrapCode, trapCode } from "./trap.ts";

const END = 0x0b;
const DROP = 0x1a;
const i64 = (low: number): Code => [0x42, low];
const MIN_I64: Code = [0x42, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f];
const f64 = (value: number): Code => [0x44, ...new Uint8Array(new Float64Array([value]).buffer)];
const f32 = (value: number): Code => [0x43, ...new Uint8Array(new Float32Array([value]).buffer)];

/** Code that traps, in a module with a memory of a page, a table of two with a function and null. */
const TRAPS: readonly (readonly [name: string, code: TrapCode, trap: Code])[] = [
  ["unreachable", "unreachable", [0x00]],
  ["i32.div_s by 0", "divide_by_zero", [i32(1), i32(0), 0x6d, DROP]],
  ["i32.div_u by 0", "divide_by_zero", [i32(1), i32(0), 0x6e, DROP]],
  ["i32.rem_s by 0", "divide_by_zero", [i32(1), i32(0), 0x6f, DROP]],
  ["i32.rem_u by 0", "divide_by_zero", [i32(1), i32(0), 0x70, DROP]],
  ["i64.div_s by 0", "divide_by_zero", [i64(1), i64(0), 0x7f, DROP]],
  ["i64.div_u by 0", "divide_by_zero", [i64(1), i64(0), 0x80, DROP]],
  ["i64.rem_s by 0", "divide_by_zero", [i64(1), i64(0), 0x81, DROP]],
  ["i64.rem_u by 0", "divide_by_zero", [i64(1), i64(0), 0x82, DROP]],
  ["i32.div_s of the least by -1", "integer_overflow", [i32(-0x80000000), i32(-1), 0x6d, DROP]],
  ["i64.div_s of the least by -1", "integer_overflow", [MIN_I64, i64(0x7f), 0x7f, DROP]],
  ...[0xa8, 0xa9, 0xae, 0xaf].flatMap((op) => [
    [`f32 truncation ${op} of a large number`, "integer_overflow", [f32(1e30), op, DROP]] as const,
    [`f32 truncation ${op} of NaN`, "integer_overflow", [f32(NaN), op, DROP]] as const,
  ]),
  ...[0xaa, 0xab, 0xb0, 0xb1].flatMap((op) => [
    [`f64 truncation ${op} of a negative number`, "integer_overflow", [f64(-1e30), op, DROP]] as const,
    [`f64 truncation ${op} of infinity`, "integer_overflow", [f64(Infinity), op, DROP]] as const,
  ]),
  ["a load", "out_of_bounds", [i32(65533), 0x28, 2, 0, DROP]],
  ["a load with an offset", "out_of_bounds", [i32(-1), 0x2d, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, DROP]],
  ["a store", "out_of_bounds", [i32(-1), i32(1), 0x36, 2, 0]],
  ["a vector load", "out_of_bounds", [i32(65535), 0xfd, 0, 4, 0, DROP]],
  ["memory.fill", "out_of_bounds", [i32(1), i32(1), i32(-1), 0xfc, 11, 0]],
  ["memory.copy", "out_of_bounds", [i32(1), i32(65530), i32(9), 0xfc, 10, 0, 0]],
  ["memory.init", "out_of_bounds", [i32(1), i32(1), i32(9), 0xfc, 8, 0, 0]],
  ["table.get", "out_of_bounds", [i32(2), 0x25, 0, DROP]],
  ["table.set", "out_of_bounds", [i32(2), 0xd0, FUNCREF, 0x26, 0]],
  ["table.fill", "out_of_bounds", [i32(1), 0xd0, FUNCREF, i32(2), 0xfc, 17, 0]],
  ["table.copy", "out_of_bounds", [i32(1), i32(0), i32(2), 0xfc, 14, 0, 0]],
  ["table.init", "out_of_bounds", [i32(0), i32(1), i32(2), 0xfc, 12, 1, 0]],
  ["an indirect call beyond the table", "out_of_bounds", [i32(2), 0x11, 0, 0]],
  ["an indirect call of null", "indirect_call", [i32(1), 0x11, 0, 0]],
  ["an indirect call of another type", "indirect_call", [i32(0), 0x11, 1, 0, DROP]],
  ["endless recursion", "stack", [0x10, 0, 0x10, 0]],
];

const SURROUNDINGS = {
  types: [[[], []], [[], [I32]]],
  memory: [1],
  tables: [[FUNCREF, 2]],
  elements: [[0x00, i32(0), END, vector([[0]])], [0x01, 0x00, vector([[0]])]],
  data: [[0x01, name("abc")]],
} as const satisfies TestModule;

for (const [trapName, code, trap] of TRAPS) {
  test(`trapCode() of ${trapName} is ${code}`, () => {
    const bytes = assemble({ ...SURROUNDINGS, functions: [{ exported: "run", code: trap }] });
    const { run } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as { run: () => void };
    equal(trapCode(thrown(run)), code);
    equal(trapCode(thrown(run)), code, "a second time, after the engine has seen it trap");
  });
}

const INSTANTIATION: readonly (readonly [name: string, code: TrapCode, module: TestModule])[] = [
  ["a data segment", "out_of_bounds", { memory: [1], data: [[0x00, i32(65535), END, name("abc")]] }],
  ["an element segment", "out_of_bounds", {
    tables: [[FUNCREF, 1]],
    functions: [{ code: [] }],
    elements: [[0x00, i32(1), END, vector([[0]])]],
  }],
  ["a start function", "unreachable", { start: 0, functions: [{ code: [0x00] }] }],
];
for (const [what, code, module] of INSTANTIATION) {
  test(`trapCode() of ${what} in instantiation is ${code}`, () => {
    const compiled = new WebAssembly.Module(assemble(module));
    equal(trapCode(thrown(() => new WebAssembly.Instance(compiled))), code);
  });
}

/** What jco's glue makes of V8's words, and says by itself. */
const REWORDED: readonly (readonly [message: string, code: TrapCode])[] = [
  ["wasm trap: wasm `unreachable` instruction executed", "unreachable"],
  ["wasm trap: out of bounds memory access", "out_of_bounds"],
  ["wasm trap: integer divide by zero", "divide_by_zero"],
  ["wasm trap: integer overflow", "integer_overflow"],
  ["wasm trap: invalid conversion to integer", "integer_overflow"],
  ["wasm trap: undefined element: out of bounds table access", "out_of_bounds"],
  ["wasm trap: indirect call type mismatch", "indirect_call"],
  ["wasm trap: call stack exhausted", "stack"],
  ["wasm trap: list content out-of-bounds", "out_of_bounds"],
  ["wasm trap: string content out-of-bounds", "out_of_bounds"],
  ["wasm trap: cannot enter component instance", "unknown"],
];
for (const [message, code] of REWORDED) {
  test(`trapCode() of "${message}" is ${code}`, () => {
    equal(trapCode(new WebAssembly.RuntimeError(message)), code);
  });
}

test("trapCode() of what is no trap", () => {
  equal(trapCode(new RangeError("WebAssembly.Memory(): could not allocate memory")), "memory");
  equal(
    trapCode(
      new RangeError("WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance"),
    ),
    "memory",
  );
  equal(trapCode(new RangeError("Out of memory")), "memory");
  equal(trapCode(new RangeError("Invalid array length")), "host");
  equal(trapCode(new TypeError("unreachable")), "host");
  equal(trapCode("unreachable"), "host");
  equal(trapCode(undefined), "host");
  equal(trapCode(new WebAssembly.RuntimeError("something new")), "unknown");
  equal(trapCode(new WebAssembly.RuntimeError("unreachable"), { stackExhausted: () => true }), "stack");
  equal(
    trapCode(new WebAssembly.RuntimeError("unreachable"), { stackExhausted: () => false }),
    "unreachable",
  );
  const host = {
    run: () => {
      throw new Error("of the host");
    },
  };
  const bytes = assemble({ imports: [["run", [], []]], functions: [{ exported: "go", code: [0x10, 0] }] });
  const { go } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { h: host }).exports as {
    go: () => void;
  };
  equal(trapCode(thrown(go)), "host");
});

function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("Cannot test trap as nothing was thrown");
}
