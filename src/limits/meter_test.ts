import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { test as testOnce } from "node:test";
import { assemble, I32, type TestModule } from "./assembler_for_tests.ts";
import { factorial, fixtureImports, FIXTURES, get, i32, sum } from "./fixtures_for_tests.ts";
import { FuelExhausted, HELD_UNITS_MAX } from "./fuel.ts";
import { createMeter, type Meter } from "./meter.ts";
import { limitModule } from "./rewrite.ts";
import { limits as released } from "./schedules.ts";
import { trapCode } from "./trap.ts";

const limits = { memoryBytesMax: 4 * 65536, stackUnitsMax: 10_000 };

/** The schedule of the test that runs. */
let schedule: number = released.version.schedule;

/** Tests every released schedule. */
function test(name: string, run: () => void): void {
  for (const each of released.schedules) {
    testOnce(`${name} (schedule ${each})`, () => {
      schedule = each;
      run();
    });
  }
}

/** What differs between schedules 1 and 2. */
function bySchedule<T>(first: T, second: T): T {
  return schedule === 1 ? first : second;
}

function limited(module: TestModule | Uint8Array, stackUnitsMax = limits.stackUnitsMax): WebAssembly.Module {
  const bytes = module instanceof Uint8Array ? module : assemble(module);
  return new WebAssembly.Module(limitModule(bytes, { ...limits, stackUnitsMax, schedule }));
}

type Exported = (...params: number[]) => number;

function instance(meter: Meter, module: TestModule, imports?: WebAssembly.Imports): Record<string, Exported> {
  return meter.instantiateCore(limited(module), imports).exports as Record<string, Exported>;
}

const FOREVER = [0x03, 0x40, 0x0c, 0, 0x0b];

/** Fuel that each fixture uses for all its calls; another number is another schedule. */
const FUEL_1: Readonly<Record<string, number>> = {
  "loops and recursion": 100_119,
  "exits": 1912,
  "multi-value": 1010,
  "tail calls": 200_020,
  "imported functions": 6,
  "bulk memory and tables": 372,
  "vectors": 58,
  "globals, segments and a start function": 34,
  "straight code": 46,
  "traps": 12,
  "empty": 0,
  "one import": 0,
};
const FUEL_2: Readonly<Record<string, number>> = {
  ...FUEL_1,
  "exits": 1127,
  "straight code": 84,
};

test("fuel used is the same on every engine", () => {
  const used: Record<string, number> = {};
  for (const { name, bytes, calls } of FIXTURES) {
    const meter = createMeter();
    const made: WebAssembly.Instance = meter.instantiateCore(limited(bytes), fixtureImports(() => made));
    for (const [name, ...params] of calls) {
      try {
        (made.exports[name] as CallableFunction)(...params);
      } catch (error) {
        ok(error instanceof WebAssembly.RuntimeError, `${error}`);
      }
    }
    used[name] = meter.fuelUsed();
  }
  deepEqual(used, bySchedule(FUEL_1, FUEL_2));
});

const endless: readonly (readonly [name: string, module: TestModule])[] = [
  ["a loop", { functions: [{ exported: "run", code: FOREVER }] }],
  ["a loop with a body", {
    memory: [1],
    functions: [{ exported: "run", code: [0x03, 0x40, i32(0), i32(1), 0x36, 2, 0, 0x0c, 0, 0x0b] }],
  }],
  ["loops in loops", {
    functions: [{
      exported: "run",
      locals: [I32],
      code: [
        0x03,
        0x40,
        FOREVER.slice(0, 2),
        get(0),
        i32(1),
        0x6a,
        0x22,
        0,
        i32(3),
        0x48,
        0x0d,
        0,
        0x0b,
        0x0c,
        0,
        0x0b,
      ],
    }],
  }],
  ["a tail call", { functions: [{ exported: "run", code: [0x12, 0] }] }],
  ["a start function", { start: 0, functions: [{ exported: "run", code: FOREVER }] }],
  ["calls of a leaf in a loop", {
    functions: [{ exported: "run", code: [0x03, 0x40, 0x10, 1, 0x0c, 0, 0x0b] }, { code: [] }],
  }],
  ["fills of a memory", {
    memory: [4],
    functions: [{
      exported: "run",
      code: [0x03, 0x40, i32(0), i32(1), i32(4 * 65536), 0xfc, 11, 0, 0x0c, 0, 0x0b],
    }],
  }],
];
for (const [name, module] of endless) {
  test(`what onTick throws ends ${name}, and reaches the caller as it is`, () => {
    const reason = { stop: name };
    let ticks = 0;
    const meter = createMeter({
      onTick() {
        if (++ticks > 5) throw reason;
      },
    });
    let caught: unknown;
    try {
      instance(meter, module)["run"]?.();
    } catch (error) {
      caught = error;
    }
    ok(caught === reason, `got ${caught}`);
    equal(ticks, 6);
    equal(meter.fuelExhausted(), false);
    equal(meter.stackExhausted(), false);
    const cutAt = meter.fuelUsed();

    // The same turn with that much fuel stops at the same check.
    const again = createMeter();
    again.beginTurn({ fuelMax: cutAt });
    throws(() => instance(again, module)["run"]?.(), FuelExhausted);
    equal(again.fuelUsed(), cutAt);
    equal(again.fuelExhausted(), true);
  });
}

test("onTick is asked often enough, whatever straight code a loop runs", () => {
  // 100 jumps, each over the rest of a run that is just too short for a check.
  const jumpy = Array.from({ length: 100 }, () => [
    [0x02, 0x40, Array.from({ length: 29 }, () => [get(0), 0x1a]), i32(1), 0x0d, 0],
    [Array.from({ length: 10 }, () => [get(0), 0x1a]), 0x0b],
  ]);
  const meter = createMeter();
  const run = instance(meter, {
    functions: [{ params: [I32], exported: "run", code: jumpy }],
  })["run"] as Exported;
  run(0);
  // 61 instructions each, 64 at most without a check.
  ok(meter.fuelUsed() >= 95, `used ${meter.fuelUsed()}`);
});

test("bulk operations are charged by their size, before they run", () => {
  const meter = createMeter();
  const { fill, memory } = meter.instantiateCore(limited({
    memory: [4],
    functions: [{ params: [I32], exported: "fill", code: [i32(0), i32(9), get(0), 0xfc, 11, 0] }],
  })).exports as { fill: Exported; memory: WebAssembly.Memory };
  for (const [bytes, units] of [[0, 9], [63, 9], [64, 10], [65536, 9 + 1024]] as const) {
    meter.beginTurn();
    fill(bytes);
    equal(meter.fuelUsed(), units, `${bytes} bytes`);
  }
  new Uint8Array(memory.buffer).fill(0);
  meter.beginTurn({ fuelMax: 500 });
  throws(() => fill(65536), FuelExhausted);
  equal(new Uint8Array(memory.buffer)[0], 0);
  meter.beginTurn();
  equal(trapOf(() => fill(-1)), "out_of_bounds");
  equal(meter.fuelUsed(), 9 + (0xffffffff >>> 6));
});

test("a turn stops at exactly fuelMax, for every fuelMax that it could have", () => {
  // Two modules that call each other; every step is left behind in a global.
  const make = (meter: Meter) => {
    const inner = meter.instantiateCore(limited({
      globals: [[I32, true, i32(0)]],
      functions: [
        { code: [0x23, 0, i32(1), 0x6a, 0x24, 0] },
        { params: [I32], exported: "twice", code: [get(0), 0x04, 0x40, 0x10, 0, 0x10, 0, 0x0b] },
      ],
    }));
    const outer = meter.instantiateCore(
      limited({
        imports: [["twice", [I32], []]],
        functions: [{
          params: [I32],
          exported: "run",
          code: [0x03, 0x40, get(0), i32(1), 0x71, 0x10, 0, get(0), i32(1), 0x6b, 0x22, 0, 0x0d, 0, 0x0b],
        }],
      }),
      { h: { twice: inner.exports["twice"] as CallableFunction } },
    );
    return {
      run: outer.exports["run"] as Exported,
      steps: () => (inner.exports["g0"] as WebAssembly.Global).value as number,
    };
  };
  const meter = createMeter();
  make(meter).run(10);
  const whole = meter.fuelUsed();
  // run, and ten times: the loop, twice(), in half of them two steps, which schedule 2 counts with twice()
  equal(whole, bySchedule(31, 21));
  const steps: number[] = [];
  const warm = make(meter); // one that goes on holding fuel from turn to turn
  for (let fuelMax = 0; fuelMax <= whole + 1; fuelMax++) {
    for (const guest of [warm, make(meter)]) {
      const before = guest.steps();
      meter.beginTurn({ fuelMax });
      let stopped = false;
      try {
        guest.run(10);
      } catch (error) {
        ok(error instanceof FuelExhausted, `${error}`);
        stopped = true;
      }
      equal(stopped, fuelMax <= whole, `fuelMax ${fuelMax}`);
      equal(meter.fuelUsed(), Math.min(whole, Math.max(1, fuelMax)), `fuelMax ${fuelMax}`);
      if (guest === warm) steps.push(guest.steps() - before);
      else equal(guest.steps() - before, steps.at(-1), `fuelMax ${fuelMax}`);
    }
  }
  equal(
    steps.join(""),
    bySchedule("000000012222234444456666678888" + "8910", "0000002222444466668888" + "10"),
  );
});

test("fuelUsed() counts on while onTick and host functions run", () => {
  const seen: number[] = [];
  const meter = createMeter({ onTick: () => void seen.push(meter.fuelUsed()) });
  const { run } = instance(
    meter,
    { imports: [["look", [], []]], functions: [{ exported: "run", code: [0x10, 0, 0x10, 0] }] },
    { h: { look: () => void seen.push(meter.fuelUsed()) } },
  );
  run?.();
  deepEqual(seen, [1, 1, 1]);
});

/** Instances of `down`: (n) -> n calls deep, which says how deep it came. */
function deepest(stackUnitsMax: number): number {
  const meter = createMeter();
  const { exports } = meter.instantiateCore(limited({
    globals: [[I32, true, i32(0)]],
    functions: [{
      params: [I32],
      results: [I32],
      exported: "down",
      code: [
        0x23,
        0,
        i32(1),
        0x6a,
        0x24,
        0,
        get(0),
        0x04,
        I32,
        get(0),
        i32(1),
        0x6b,
        0x10,
        0,
        0x05,
        i32(0),
        0x0b,
      ],
    }],
  }, stackUnitsMax));
  const { value } = { value: () => (exports["g0"] as WebAssembly.Global).value as number };
  equal(trapOf(() => (exports["down"] as Exported)(1 << 30)), "unreachable");
  equal(trapOf(() => (exports["down"] as Exported)(0), meter), "stack");
  equal(meter.stackExhausted(), true);
  const depth = value();
  meter.beginTurn();
  equal((exports["down"] as Exported)(depth - 1), 0);
  equal(meter.stackExhausted(), false);
  equal(trapOf(() => (exports["down"] as Exported)(depth), meter), "stack");
  return depth;
}

function trapOf(run: () => unknown, meter?: Meter): string {
  try {
    run();
  } catch (error) {
    return trapCode(error, meter);
  }
  return "none";
}

test("recursion ends at the same depth on every engine", () => {
  // A frame: 12 or 14 units, 2 for the param, 1 for the result, 2 for the operands.
  const frame = bySchedule(17, 19);
  for (const units of [frame, 2 * frame - 1, 2 * frame, 10_000, 80_000]) {
    equal(deepest(units), Math.floor(units / frame), `${units} units`);
  }
  const meter = createMeter();
  const module = limited({ functions: [factorial(0)] }, 16);
  const { factorial: run } = meter.instantiateCore(module).exports as { factorial: Exported };
  equal(trapOf(() => run(0), meter), "stack");
});

test("modules of one component share one stack", () => {
  const depthBy = (modules: number, stackUnitsMax: number): number => {
    const meter = createMeter();
    const ring: ((n: number) => number)[] = [];
    let depth = 0;
    for (let k = 0; k < modules; k++) {
      const { run } = meter.instantiateCore(
        limited({
          imports: [["next", [I32], [I32]]],
          functions: [{ params: [I32], results: [I32], exported: "run", code: [get(0), 0x10, 0] }],
        }, stackUnitsMax),
        { h: { next: (n: number) => ring[++depth % modules]?.(n) } },
      ).exports as { run: Exported };
      ring.push(run);
    }
    equal(trapOf(() => ring[0]?.(1), meter), "stack");
    equal(meter.stackExhausted(), true);
    return depth;
  };
  const alone = depthBy(1, 3000);
  equal(alone, Math.floor(3000 / bySchedule(16, 18)));
  for (const modules of [2, 3, 7]) equal(depthBy(modules, 3000), alone, `${modules} modules`);
});

test("a trap, a stop or an overflow leaves nothing behind for the next turn", () => {
  const meter = createMeter({
    onTick() {
      if (stop) throw "stopped";
    },
  });
  let stop = false;
  const { sum: run, trap, spin, deep } = instance(meter, {
    functions: [
      sum,
      {
        exported: "trap",
        params: [I32],
        code: [get(0), 0x04, 0x40, get(0), i32(1), 0x6b, 0x10, 1, 0x0b, 0x00],
      },
      { exported: "spin", code: [0x10, 3] },
      { code: FOREVER },
      { exported: "deep", code: [0x10, 4] },
    ],
  });
  for (let round = 0; round < 50; round++) {
    meter.beginTurn();
    equal(trapOf(() => trap?.(500), meter), "unreachable");
    meter.beginTurn();
    equal(trapOf(() => deep?.(), meter), "stack");
    meter.beginTurn();
    stop = true;
    throws(() => spin?.(), (e) => e === "stopped");
    stop = false;
    meter.beginTurn();
    equal(run?.(10), 55);
    equal(meter.fuelUsed(), 11);
  }
});

test("a turn that is not limited is ticked no more seldom than promised", () => {
  let ticks = 0;
  const meter = createMeter({ onTick: () => void ticks++ });
  const { sum: run } = instance(meter, { functions: [sum] });
  for (let k = 0; k < 100; k++) {
    meter.beginTurn();
    run?.(100_000);
  }
  ok(ticks >= Math.floor(100 * 100_000 / HELD_UNITS_MAX), `got ${ticks}`);
});

test("a meter refuses modules that are not limited, or otherwise", () => {
  const plain = new WebAssembly.Module(assemble({ start: 0, functions: [{ code: FOREVER }] }));
  throws(() => createMeter().instantiateCore(plain), TypeError);
  const meter = createMeter();
  meter.instantiateCore(limited({}, 100));
  throws(() => meter.instantiateCore(limited({}, 101)), TypeError);
  for (const fuelMax of [-1, 0.5, NaN, 2 ** 60]) throws(() => meter.beginTurn({ fuelMax }), RangeError);
});
