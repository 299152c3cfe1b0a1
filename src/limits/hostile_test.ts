import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import {
  assemble,
  type Code,
  flat,
  FUNCREF,
  I32,
  name,
  PREAMBLE,
  randomFrom,
  section,
  type TestModule,
  u32,
  V128,
  vector,
} from "./assembler_for_tests.ts";
import { LimitError, type LimitFault } from "./fault.ts";
import { FIXTURES, get, i32 } from "./fixtures_for_tests.ts";
import { FUNCTION_BYTES_MAX, LOCALS_MAX } from "./instrumentation.ts";
import { limitModule, type Limits, MODULE_BYTES_MAX, TABLE_ELEMENTS_MAX, TABLES_MAX } from "./rewrite.ts";
import { ADDED_LOCALS_MAX } from "./schedule_2/locals.ts";
import { NESTING_MAX } from "./schedule_2/scan.ts";
import { FUNCTIONS_MAX } from "./shape.ts";

const limits = { memoryBytesMax: 4 * 65536, stackUnitsMax: 10_000 };
const END = 0x0b;

/** What a module is refused for; undefined if it is not, and then what comes out is valid. */
function refusal(bytes: Uint8Array, within: Limits = limits): LimitFault | undefined {
  try {
    ok(WebAssembly.validate(limitModule(bytes, within)), "what comes out must be valid");
    return undefined;
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    ok(error.message.startsWith("Cannot limit module as "), error.message);
    return error.fault;
  }
}

/** Refusals that a valid module may meet. */
const OF_VALID: readonly LimitFault["code"][] = [
  "unsupported_feature",
  "memory_minimum_over_cap",
  "table_minimum_over_cap",
  "too_many",
  "reserved_name",
];

/** Checks a damaged module: valid ones may only be refused by name, all others must be refused. */
function judge(bytes: Uint8Array<ArrayBuffer>, what: string): void {
  let fault: LimitFault | undefined;
  try {
    fault = refusal(bytes);
  } catch (error) {
    throw new Error(`${what}: ${error}`);
  }
  const valid = WebAssembly.validate(bytes);
  if (!valid) ok(fault, `${what}: is invalid, but was rewritten`);
  else if (fault) ok(OF_VALID.includes(fault.code), `${what}: is valid, but ${JSON.stringify(fault)}`);
}

test("every truncation of a module is refused, or valid by itself", () => {
  for (const fixture of FIXTURES) {
    const size = Math.min(fixture.bytes.length, 3000);
    for (let k = 0; k < size; k++) judge(fixture.bytes.slice(0, k), `${fixture.name}, first ${k} bytes`);
  }
});

test("every module with damaged bytes is refused, or rewritten right", () => {
  const seed = 4711;
  const random = randomFrom(seed);
  for (let round = 0; round < 6000; round++) {
    const fixture = FIXTURES[random(FIXTURES.length)] ?? FIXTURES[0];
    ok(fixture);
    if (fixture.bytes.length > 5000 && round % 16) continue;
    const bytes = fixture.bytes.slice();
    for (let flips = 1 + random(3); flips > 0; flips--) {
      const at = random(bytes.length);
      bytes[at] = random(2) ? (bytes[at] as number) ^ 1 << random(8) : random(256);
    }
    judge(bytes, `seed ${seed}, round ${round}, ${fixture.name}`);
  }
});

test("every module with bytes lost, doubled or inserted is refused, or rewritten right", () => {
  const seed = 815;
  const random = randomFrom(seed);
  for (let round = 0; round < 3000; round++) {
    const { bytes, name } = FIXTURES[random(FIXTURES.length)] ?? { bytes: new Uint8Array(), name: "" };
    if (bytes.length > 5000) continue;
    const from = random(bytes.length);
    const to = Math.min(bytes.length, from + random(12));
    const parts = [
      [bytes.slice(0, from), bytes.slice(to)],
      [bytes.slice(0, to), bytes.slice(from)],
      [bytes.slice(0, from), Uint8Array.from({ length: to - from }, () => random(256)), bytes.slice(from)],
    ][random(3)] as Uint8Array[];
    judge(Uint8Array.from(parts.flatMap((part) => [...part])), `seed ${seed}, round ${round}, ${name}`);
  }
});

test("noise is refused", () => {
  const seed = 3;
  const random = randomFrom(seed);
  for (let round = 0; round < 3000; round++) {
    const noise = Array.from({ length: random(60) }, () => random(256));
    const sections = [
      section(1, [1, 0x60, 0, 0]),
      section(3, [1, 0]),
      section(10, [1, u32(noise.length), noise]),
    ];
    judge(Uint8Array.from(flat([PREAMBLE, sections])), `seed ${seed}, round ${round}`);
    judge(Uint8Array.from([...PREAMBLE, ...noise]), `seed ${seed}, round ${round}`);
  }
});

/** A function of this code in a module with one of most things. */
function withCode(code: Code): TestModule {
  return {
    memory: [1],
    tables: [[FUNCREF, 1]],
    globals: [[I32, true, i32(0)]],
    functions: [{ params: [I32], exported: "run", code }],
  };
}

const REFUSED: readonly (readonly [name: string, module: TestModule | Code, fault: Partial<LimitFault>])[] = [
  ["nothing", [], { code: "not_core_module", found: "other" }],
  ["text", [0x28, 0x6d, 0x6f, 0x64, 0x75, 0x6c, 0x65, 0x29], { code: "not_core_module", found: "other" }],
  ["a component", [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0], { code: "not_core_module", found: "component" }],
  ["a later version", [0, 0x61, 0x73, 0x6d, 2, 0, 0, 0], { code: "not_core_module", found: "other" }],
  ["an unknown section", [PREAMBLE, 14, 0], { code: "malformed", position: 8 }],
  ["a section twice", [PREAMBLE, section(1, [0]), section(1, [0])], { code: "malformed", position: 11 }],
  ["sections out of order", [PREAMBLE, section(3, [0]), section(1, [0])], {
    code: "malformed",
    position: 11,
  }],
  ["a section that is too long", [PREAMBLE, 1, 5, 0], { code: "malformed", position: 10 }],
  ["a section with more than its items", [PREAMBLE, section(1, [0, 0])], { code: "malformed" }],
  ["a count beyond the section", [PREAMBLE, section(1, [0xff, 0xff, 0xff, 0xff, 0x0f])], {
    code: "malformed",
  }],
  ["a count of six bytes", [PREAMBLE, section(1, [0x80, 0x80, 0x80, 0x80, 0x80, 0])], { code: "malformed" }],
  ["a count of 33 bits", [PREAMBLE, section(1, [0x80, 0x80, 0x80, 0x80, 0x10])], { code: "malformed" }],
  ["code without functions", [PREAMBLE, section(10, [1, 2, 0, END])], { code: "malformed" }],
  ["functions without code", [PREAMBLE, section(1, [1, 0x60, 0, 0]), section(3, [1, 0])], {
    code: "malformed",
  }],
  ["an i32.const of six bytes", withCode([0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 0x1a]), {
    code: "malformed",
  }],
  ["an i32.const of 33 bits", withCode([0x41, 0x80, 0x80, 0x80, 0x80, 0x10, 0x1a]), { code: "malformed" }],
  ["an i64.const of 65 bits", withCode([0x42, ...new Array(9).fill(0x80), 0x02, 0x1a]), {
    code: "malformed",
  }],
  ["a type mismatch", withCode([0x42, 0, get(0), 0x6a, 0x1a]), { code: "invalid_module" }],
  ["an operand too few", withCode([get(0), 0x6a, 0x1a]), { code: "malformed" }],
  ["an operand too many", withCode([get(0)]), { code: "malformed" }],
  ["an operand from outside of the block", withCode([get(0), 0x02, 0x40, 0x1a, END]), { code: "malformed" }],
  ["an end too many", withCode([END]), { code: "malformed" }],
  ["an end too few", withCode([0x02, 0x40]), { code: "malformed" }],
  ["an else without if", withCode([0x02, 0x40, 0x05, END]), { code: "malformed" }],
  ["two else", withCode([get(0), 0x04, 0x40, 0x05, 0x05, END]), { code: "malformed" }],
  ["a label too far", withCode([0x0c, 1]), { code: "malformed" }],
  ["a label too far in dead code", withCode([0x00, 0x0c, 1]), { code: "malformed" }],
  ["a local of the rewriter", withCode([get(1), 0x1a]), { code: "malformed" }],
  ["a global of the rewriter", withCode([0x23, 1, 0x1a]), { code: "malformed" }],
  ["a global of the rewriter in dead code", withCode([0x00, 0x24, 1]), { code: "malformed" }],
  ["a function of the rewriter", withCode([0x10, 1]), { code: "malformed" }],
  ["a reference to a function of the rewriter", withCode([0xd2, 1, 0x1a]), { code: "malformed" }],
  ["a table of the rewriter", withCode([i32(0), 0x25, 1, 0x1a]), { code: "malformed" }],
  ["an indirect call in a table of the rewriter", withCode([i32(0), 0x11, 0, 1]), { code: "malformed" }],
  ["a type of the rewriter", withCode([i32(0), 0x11, 1, 0]), { code: "malformed" }],
  ["a block type of the rewriter", withCode([0x02, 1, END]), { code: "malformed" }],
  ["a table of the rewriter in a copy", withCode([i32(0), i32(0), i32(0), 0xfc, 14, 1, 0]), {
    code: "malformed",
  }],
  ["an element segment for a table of the rewriter", {
    ...withCode([]),
    elements: [[0x02, 1, i32(0), END, 0x00, vector([[0]])]],
  }, { code: "malformed" }],
  ["an element segment with a function of the rewriter", {
    ...withCode([]),
    elements: [[0x00, i32(0), END, vector([[1]])]],
  }, { code: "malformed" }],
  ["an element expression with a function of the rewriter", {
    ...withCode([]),
    elements: [[0x05, FUNCREF, vector([[0xd2, 1, END]])]],
  }, { code: "malformed" }],
  ["a global that begins as one of the rewriter", {
    ...withCode([]),
    globals: [[I32, true, [0x23, 1]]],
  }, { code: "malformed" }],
  ["an export of a global of the rewriter", {
    functions: [{ code: [] }],
    extra: [[3, section(7, vector([[name("x"), 0x03, 0]]))]],
  }, { code: "malformed" }],
  ["an export of a table of the rewriter", {
    functions: [{ code: [] }],
    extra: [[3, section(7, vector([[name("x"), 0x01, 0]]))]],
  }, { code: "malformed" }],
  ["an export of a function of the rewriter", {
    functions: [{ code: [] }],
    extra: [[3, section(7, vector([[name("x"), 0x00, 1]]))]],
  }, { code: "malformed" }],
  ["a start function of the rewriter", { ...withCode([]), start: 1 }, { code: "malformed" }],
  ["a start function with a param", { ...withCode([]), start: 0 }, { code: "malformed" }],
  ["an export by a reserved name", {
    functions: [{ exported: "theater:limits/fuel", code: [] }],
  }, { code: "reserved_name", name: "theater:limits/fuel" }],
  ["an import by a reserved name", {
    extra: [[1, section(2, vector([[name("theater:limits"), name("x"), 0x03, I32, 0]]))]],
  }, { code: "reserved_name", name: "theater:limits" }],
  ["two memories", {
    functions: [{ code: [] }],
    extra: [[3, section(5, [2, 0, 1, 0, 1])]],
  }, { code: "unsupported_feature", feature: "multiple_memories" }],
  ["a shared memory", { extra: [[1, section(5, [1, 3, 1, 2])]] }, {
    code: "unsupported_feature",
    feature: "threads",
  }],
  ["a memory of 64 bits", { extra: [[1, section(5, [1, 4, 1])]] }, {
    code: "unsupported_feature",
    feature: "memory64",
  }],
  ["a table of 64 bits", { extra: [[1, section(4, [1, FUNCREF, 4, 1])]] }, {
    code: "unsupported_feature",
    feature: "memory64",
  }],
  ["pages of another size", { extra: [[1, section(5, [1, 8, 1, 0])]] }, {
    code: "unsupported_feature",
    feature: "custom_page_sizes",
  }],
  ["a shared memory from outside", {
    extra: [[1, section(2, vector([[name("h"), name("m"), 0x02, 3, 1, 2]]))]],
  }, { code: "unsupported_feature", feature: "threads" }],
  ["a shared global", { extra: [[1, section(6, [1, I32, 2, i32(0), END])]] }, {
    code: "unsupported_feature",
    feature: "threads",
  }],
  ["an atomic operation", withCode([i32(0), 0xfe, 0x10, 2, 0, 0x1a]), {
    code: "unsupported_feature",
    feature: "threads",
  }],
  ["a relaxed vector operation", withCode([0xfd, u32(0x100)]), {
    code: "unsupported_feature",
    feature: "relaxed_simd",
  }],
  ["a tag", { extra: [[1, section(13, [1, 0, 0])]] }, { code: "unsupported_feature", feature: "exceptions" }],
  ["an imported tag", {
    types: [[[], []]],
    extra: [[1, section(2, vector([[name("h"), name("t"), 0x04, 0, 0]]))]],
  }, { code: "unsupported_feature", feature: "exceptions" }],
  ["a legacy try", withCode([0x06, 0x40, END]), { code: "unsupported_feature", feature: "exceptions" }],
  ["a try_table", withCode([0x1f, 0x40, 0, END]), { code: "unsupported_feature", feature: "exceptions" }],
  ["a throw", withCode([0x08, 0]), { code: "unsupported_feature", feature: "exceptions" }],
  ["a throw_ref", withCode([0x0a]), { code: "unsupported_feature", feature: "exceptions" }],
  ["an exnref local", { functions: [{ locals: [0x69], code: [] }] }, {
    code: "unsupported_feature",
    feature: "exceptions",
  }],
  ["a struct type", [PREAMBLE, section(1, [1, 0x5f, 0])], { code: "unsupported_feature", feature: "gc" }],
  ["a recursive group", [PREAMBLE, section(1, [1, 0x4e, 0])], { code: "unsupported_feature", feature: "gc" }],
  ["an anyref param", { functions: [{ params: [0x6e], code: [] }] }, {
    code: "unsupported_feature",
    feature: "gc",
  }],
  ["a GC instruction", withCode([i32(0), 0xfb, 28, 0x1a]), { code: "unsupported_feature", feature: "gc" }],
  ["ref.eq", withCode([0xd3]), { code: "unsupported_feature", feature: "gc" }],
  ["a typed reference", { functions: [{ params: [0x64, 0], code: [] }] }, {
    code: "unsupported_feature",
    feature: "function_references",
  }],
  ["call_ref", withCode([0xd2, 0, 0x14, 0]), { code: "unsupported_feature", feature: "function_references" }],
  ["a table with an initial value", {
    extra: [[1, section(4, [1, 0x40, 0, FUNCREF, 0, 1, 0xd0, FUNCREF, END])]],
  }, {
    code: "unsupported_feature",
    feature: "function_references",
  }],
  ["128-bit arithmetic", withCode([0xfc, 19]), { code: "unsupported_feature", feature: "wide_arithmetic" }],
  ["a continuation type", [PREAMBLE, section(1, [1, 0x5d, 0])], {
    code: "unsupported_feature",
    feature: "stack_switching",
  }],
  ["an unknown opcode", withCode([0xff]), { code: "malformed" }],
  ["a memory above the cap", { memory: [5] }, {
    code: "memory_minimum_over_cap",
    minimumBytes: 5 * 65536,
    memoryBytesMax: limits.memoryBytesMax,
  }],
  ["a table above the cap", { tables: [[FUNCREF, TABLE_ELEMENTS_MAX + 1]] }, {
    code: "table_minimum_over_cap",
    minimumElements: TABLE_ELEMENTS_MAX + 1,
    elementsMax: TABLE_ELEMENTS_MAX,
  }],
  ["too many tables", { tables: Array.from({ length: TABLES_MAX + 1 }, () => [FUNCREF, 1]) }, {
    code: "too_many",
    what: "tables",
    count: TABLES_MAX + 1,
    countMax: TABLES_MAX,
  }],
  ["too many params", { functions: [{ params: new Array(1001).fill(I32), code: [] }] }, {
    code: "too_many",
    what: "params",
    count: 1001,
  }],
];
for (const [what, module, fault] of REFUSED) {
  test(`limitModule() refuses ${what}`, () => {
    const bytes = Array.isArray(module) ? Uint8Array.from(flat(module)) : assemble(module as TestModule);
    const found = refusal(bytes);
    ok(found, "it was rewritten");
    deepEqual(Object.fromEntries(Object.entries(found).filter(([key]) => key in fault)), fault);
  });
}

test("limitModule() refuses what it has made itself", () => {
  for (const { bytes } of FIXTURES) equal(refusal(limitModule(bytes, limits))?.code, "reserved_name");
});

/** A module with one function of this body, locals and end included. */
function withBody(body: Uint8Array, globals: Code = []): Uint8Array<ArrayBuffer> {
  const before = flat([PREAMBLE, section(1, [1, 0x60, 0, 0]), section(3, [1, 0]), globals]);
  const size = u32(body.length);
  const head = [...before, 10, ...u32(body.length + size.length + 1), 1, ...size];
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}

test("limitModule() bounds the size of modules and functions", () => {
  equal(refusal(new Uint8Array(MODULE_BYTES_MAX + 1))?.code, "module_too_large");
  const body = new Uint8Array(FUNCTION_BYTES_MAX).fill(0x01);
  body[0] = 0;
  body[FUNCTION_BYTES_MAX - 1] = END;
  equal(refusal(withBody(body)), undefined);
  const larger = new Uint8Array(FUNCTION_BYTES_MAX + 1).fill(0x01);
  larger[0] = 0;
  larger[FUNCTION_BYTES_MAX] = END;
  equal(refusal(withBody(larger))?.code, "function_too_large");
});

test("limitModule() refuses a function that grows beyond what engines take", () => {
  // Nothing but loops: three bytes each become 24, as the indices of what is added take two bytes.
  const globals = section(6, vector(Array.from({ length: 128 }, () => [I32, 0, i32(0), END])));
  const body = new Uint8Array(FUNCTION_BYTES_MAX - 2);
  for (let k = 1; k < body.length - 1; k += 3) body.set([0x03, 0x40, END], k);
  body[body.length - 1] = END;
  equal(body.length % 3, 2);
  ok(WebAssembly.validate(withBody(body, globals)));
  const refused = (bytes: Uint8Array, schedule: number) => refusal(bytes, { ...limits, schedule })?.code;
  equal(refused(withBody(body), 1), undefined);
  equal(refused(withBody(body, globals), 1), "function_too_large");
  equal(refused(withBody(body), 2), "function_too_large");
});

test("limitModule() bounds nesting", () => {
  const nested = (depth: number) => {
    const body = new Uint8Array(1 + 3 * depth + 1);
    for (let k = 0; k < depth; k++) body.set([0x02, 0x40], 1 + 2 * k);
    body.fill(END, 1 + 2 * depth);
    return refusal(withBody(body));
  };
  equal(nested(NESTING_MAX - 1), undefined);
  equal(nested(NESTING_MAX)?.code, "nesting_too_deep");
  equal(nested(300_000)?.code, "nesting_too_deep");
});

test("limitModule() bounds locals", () => {
  const body = (count: number) => Uint8Array.from(flat([1, u32(count), V128, END]));
  equal(refusal(withBody(body(LOCALS_MAX - ADDED_LOCALS_MAX))), undefined);
  equal(refusal(withBody(body(LOCALS_MAX - ADDED_LOCALS_MAX + 1)))?.code, "too_many");
  equal(refusal(withBody(body(0xffffffff)))?.code, "too_many");
});

test("limitModule() bounds the number of functions", () => {
  const many = (count: number) => {
    const head = flat([PREAMBLE, section(1, [1, 0x60, 0, 0])]);
    const functions = [...u32(count), ...new Array<number>(count).fill(0)];
    const code: number[] = [...u32(count)];
    for (let k = 0; k < count; k++) code.push(2, 0, END);
    return Uint8Array.from([
      ...head,
      3,
      ...u32(functions.length),
      ...functions,
      10,
      ...u32(code.length),
      ...code,
    ]);
  };
  equal(refusal(many(FUNCTIONS_MAX)), undefined);
  deepEqual(refusal(many(FUNCTIONS_MAX + 1)), {
    code: "too_many",
    what: "functions",
    count: FUNCTIONS_MAX + 1,
    countMax: FUNCTIONS_MAX,
  });
});
