import { equal, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import { assemble, type Code, F32, F64, I32, I64, type TestModule, u32 } from "./assembler_for_tests.ts";
import { get, i32, set } from "./fixtures_for_tests.ts";
import { createMeter, MemoryRefused } from "./meter.ts";
import { limitModule } from "./rewrite.ts";

const limits = { memoryBytesMax: 4 * 65536, stackUnitsMax: 10_000 };
const CANON_64 = 0x7ff8000000000000n;
const CANON_32 = 0x7fc00000;
/** A signalling NaN and a quiet one, both with a payload. */
const ODD_64: Code = [0x42, ...bits64(0xfff4dead00000001n), 0xbf];
const ODD_32: Code = [0x41, ...bits32(0xffa0beef), 0xbe];

function bits64(bits: bigint): number[] {
  const bytes: number[] = [];
  let value = BigInt.asIntN(64, bits);
  for (; value < -64n || value > 63n; value >>= 7n) bytes.push(Number(value & 0x7fn) | 0x80);
  return [...bytes, Number(value & 0x7fn)];
}

function bits32(bits: number): number[] {
  return bits64(BigInt(bits | 0));
}

function run(module: TestModule): unknown {
  const code = new WebAssembly.Module(limitModule(assemble(module), limits));
  return (createMeter().instantiateCore(code).exports["run"] as () => unknown)();
}

const store64: Code = [0x39, 3, 0];
const load64: Code = [i32(0), 0x29, 3, 0]; // as i64
const at0 = i32(0);

/** Code without params that leaves the bits of a double, and what they must be. */
const doubles: readonly (readonly [what: string, code: Code, bits: bigint])[] = [
  ["a sum that is reinterpreted", [ODD_64, ODD_64, 0xa0, 0xbd], CANON_64],
  [
    "a quotient of zeros",
    [[0x44, 0, 0, 0, 0, 0, 0, 0, 0], [0x44, 0, 0, 0, 0, 0, 0, 0, 0], 0xa3, 0xbd],
    CANON_64,
  ],
  ["a root of -1", [0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0xbf, 0x9f, 0xbd], CANON_64],
  ["a minimum that is stored", [at0, ODD_64, ODD_64, 0xa4, store64, load64], CANON_64],
  ["a sum of a sum", [ODD_64, ODD_64, 0xa0, ODD_64, 0xa0, 0xbd], CANON_64],
  ["a sum in a local", [ODD_64, ODD_64, 0xa0, set(0), get(0), 0xbd], CANON_64],
  ["a sum that a local passes on", [ODD_64, ODD_64, 0xa0, set(0), get(0), set(1), get(1), 0xbd], CANON_64],
  [
    "a sum in a local that bits were in before",
    [ODD_64, set(0), get(0), get(0), 0xa0, 0x22, 0, 0xbd],
    CANON_64,
  ],
  ["a sum that leaves a block", [0x02, F64, ODD_64, ODD_64, 0xa0, 0x0b, 0xbd], CANON_64],
  ["a sum that a branch carries", [0x02, F64, ODD_64, ODD_64, 0xa0, 0x0c, 0, 0x0b, 0xbd], CANON_64],
  ["a sum that is selected", [ODD_64, ODD_64, 0xa0, ODD_64, i32(1), 0x1b, 0xbd], CANON_64],
  ["the opposite of a sum", [ODD_64, ODD_64, 0xa0, 0x9a, 0xbd], CANON_64 | 1n << 63n],
  [
    "a number with the sign of a sum",
    [[0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0xbf], ODD_64, ODD_64, 0xa0, 0xa6, 0xbd],
    0x3ff0000000000000n,
  ],
  ["a float made a double", [ODD_32, 0xbb, 0xbd], CANON_64],
  ["bits that come and go", [ODD_64, 0xbd], 0xfff4dead00000001n],
  ["bits that are stored and loaded", [at0, ODD_64, store64, load64], 0xfff4dead00000001n],
  [
    "bits in a local that a sum may be in",
    [ODD_64, set(0), i32(0), 0x04, 0x40, get(0), get(0), 0xa0, set(0), 0x0b, get(0), 0xbd],
    0xfff4dead00000001n,
  ],
  ["the opposite of bits", [ODD_64, 0x9a, 0xbd], 0x7ff4dead00000001n],
];
for (const [what, code, bits] of doubles) {
  test(`the bits of ${what} are the same on every engine`, () => {
    const functions = [{ results: [I64], locals: [F64, F64], exported: "run", code }];
    const seen = BigInt.asUintN(64, run({ memory: [1], functions }) as bigint);
    equal(seen.toString(16), bits.toString(16));
  });
}

test("bits of NaNs that vectors and floats show are the same on every engine", () => {
  const zero = [0xfd, 12, ...new Array<number>(16).fill(0)];
  const lanes = (divide: number, extract: Code): Code => [zero, zero, 0xfd, u32(divide), extract];
  const low64: Code = [0xfd, 29, 0]; // i64x2.extract_lane 0
  const code = (result: number, body: Code) => ({
    functions: [{ results: [result], exported: "run", code: body }],
  });
  equal(run(code(I64, lanes(243, low64))), CANON_64); // f64x2.div
  equal(run(code(I64, lanes(231, low64))), BigInt(CANON_32) << 32n | BigInt(CANON_32)); // f32x4.div
  equal(run(code(I32, [ODD_32, ODD_32, 0x92, 0xbc])), CANON_32);
  equal(run(code(I32, [ODD_64, 0xb6, 0xbc])), CANON_32);
  equal(run(code(I32, [ODD_32, 0xbc])), 0xffa0beef | 0);
});

test("a module without arithmetic on floats is left without a check of NaNs", () => {
  const sum = (type: number, add: number) =>
    limitModule(
      assemble({
        functions: [{ params: [type], results: [type], exported: "run", code: [get(0), get(0), add] }],
      }),
      limits,
    ).length;
  ok(sum(F32, 0x92) > sum(I32, 0x6a));
  equal(sum(I64, 0x7c), sum(I32, 0x6a));
});

test("a memory that the machine refuses ends the guest, but only below its cap", () => {
  const meter = createMeter();
  const make = (module: TestModule, imports?: WebAssembly.Imports) =>
    meter.instantiateCore(new WebAssembly.Module(limitModule(assemble(module), limits)), imports);
  const owner = make({ memory: [1, 3] });
  const user = make(
    { extra: [[1, [2, 8, 1, 1, 0x68, 1, 0x6d, 0x02, 0, 1]]], functions: [{ code: [] }] },
    { h: { m: owner.exports["memory"] as WebAssembly.Memory } },
  );
  const stranger = make(
    { extra: [[1, [2, 8, 1, 1, 0x68, 1, 0x6d, 0x02, 0, 1]]], functions: [{ code: [] }] },
    { h: { m: new WebAssembly.Memory({ initial: 1 }) } },
  );
  [owner, user, stranger].forEach(({ exports }, id) => {
    // What a rewritten memory.grow calls when it was answered with -1.
    const refused = (exports["theater:limits/ticks"] as WebAssembly.Table).get(2) as unknown;
    const tell = refused as (id: number, pages: number) => number;
    equal(tell(id, 4), 0);
    if (id < 2) throws(() => tell(id, 3), MemoryRefused);
    else equal(tell(id, 3), 0); // Nobody knows its cap.
  });
});
