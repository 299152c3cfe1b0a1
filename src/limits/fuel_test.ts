import { equal, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import { randomFrom } from "./assembler_for_tests.ts";
import { createFuel, type Fuel, FuelExhausted, HELD_UNITS_MAX, SLICE_UNITS } from "./fuel.ts";

/** Modules whose counters are plain numbers, and which charge as rewritten code does. */
function counters(fuel: Fuel, count: number): { charge: (id: number, units: number) => void } {
  const left: number[] = [];
  for (let id = 0; id < count; id++) {
    left.push(0);
    fuel.add({ get: () => left[id] as number, set: (units) => void (left[id] = units) });
  }
  return {
    charge(id, units) {
      left[id] = (left[id] as number) - units;
      if ((left[id] as number) < 0) left[id] = fuel.tick(id, left[id] as number);
    },
  };
}

test("a turn stops at the first charge that reaches fuelMax, whichever modules ran", () => {
  const seed = 20240501;
  const random = randomFrom(seed);
  for (let round = 0; round < 300; round++) {
    const fuel = createFuel(() => {});
    const modules = 1 + random(6);
    const { charge } = counters(fuel, modules);
    const unitsMax = random([10, 1000, 300_000][random(3)] as number);
    const big = [2, 300, 40_000][random(3)] as number;
    fuel.begin(unitsMax);
    let used = 0;
    for (;;) {
      const units = 1 + random(random(4) ? 2 : big);
      used += units;
      try {
        charge(random(modules), units);
      } catch (error) {
        ok(error instanceof FuelExhausted, `seed ${seed}, round ${round}: ${error}`);
        ok(used >= unitsMax, `seed ${seed}, round ${round}: stopped at ${used} of ${unitsMax}`);
        equal(error.fuelUsed, used, `seed ${seed}, round ${round}`);
        equal(error.fuelMax, unitsMax);
        break;
      }
      ok(used < unitsMax, `seed ${seed}, round ${round}: went on at ${used} of ${unitsMax}`);
      equal(fuel.used(), used, `seed ${seed}, round ${round}`);
      equal(fuel.exhausted(), false);
    }
    equal(fuel.used(), used);
    equal(fuel.exhausted(), true);
  }
});

test("onTick is asked at least every HELD_UNITS_MAX units", () => {
  const seed = 7;
  const random = randomFrom(seed);
  for (const modules of [1, 2, 5, 40]) {
    let since = 0;
    const fuel = createFuel(() => void (since = 0));
    const { charge } = counters(fuel, modules);
    for (let k = 0; k < 100_000; k++) {
      const units = 1 + random(300);
      since += units;
      charge(random(modules), units);
      ok(since <= HELD_UNITS_MAX, `seed ${seed}, ${modules} modules: ${since} units without a tick`);
    }
  }
});

test("onTick is asked once a slice when one module runs", () => {
  let ticks = 0;
  const fuel = createFuel(() => void ticks++);
  const { charge } = counters(fuel, 3);
  for (let k = 0; k < 100 * (SLICE_UNITS + 1); k++) charge(1, 1);
  equal(ticks, 100);
});

test("what onTick throws leaves the count right, and the next check ticks again", () => {
  let stop = false;
  const fuel = createFuel(() => {
    if (stop) throw "stopped";
  });
  const { charge } = counters(fuel, 2);
  charge(0, 5);
  charge(1, 7);
  stop = true;
  charge(0, SLICE_UNITS); // has just so much
  throws(() => charge(0, 2), (e) => e === "stopped");
  equal(fuel.used(), 14 + SLICE_UNITS);
  throws(() => charge(0, 1), (e) => e === "stopped");
  equal(fuel.used(), 15 + SLICE_UNITS);
  charge(1, 1); // holds fuel of its own
  equal(fuel.used(), 16 + SLICE_UNITS);
  stop = false;
  fuel.begin(Infinity);
  equal(fuel.used(), 0);
  charge(0, 3);
  equal(fuel.used(), 3);
});

test("used() is right while onTick runs", () => {
  const seen: number[] = [];
  const fuel = createFuel(() => void seen.push(fuel.used()));
  const { charge } = counters(fuel, 2);
  charge(0, 4);
  charge(1, 3);
  charge(0, SLICE_UNITS);
  charge(0, 1);
  equal(seen.join(), `4,7,${8 + SLICE_UNITS}`);
});

test("begin() forgets what was used, and takes back fuel beyond the new limit", () => {
  const fuel = createFuel(() => {});
  const { charge } = counters(fuel, 2);
  charge(0, 1);
  charge(1, 1);
  fuel.begin(3);
  equal(fuel.used(), 0);
  charge(0, 1);
  charge(1, 1);
  throws(() => charge(0, 1), FuelExhausted);
  fuel.begin(0);
  throws(() => charge(1, 1), FuelExhausted);
  equal(fuel.used(), 1);
});
