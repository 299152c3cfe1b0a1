import { deepEqual, equal } from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { randomModule } from "./random_modules_for_tests.ts";
import { createMeter } from "./meter.ts";
import { limitModule } from "./rewrite.ts";
import { limits as released } from "./schedules.ts";
import { trapCode } from "./trap.ts";

const limits = { memoryBytesMax: 4 * 65536, stackUnitsMax: 96_000 };
const modules = 400;
const calls: readonly (readonly [depth: number, number: number, float: number])[] = [
  [0, 1, 0.5],
  [2, -7, NaN],
  [3, 0x10000, -1e300],
];

/** What the calls of one instance came to; memory as it is at the end. */
interface Seen {
  readonly ends: readonly string[];
  readonly memory: Uint8Array;
  readonly global: unknown;
}

function observe(instance: WebAssembly.Instance, beforeCall: () => void = () => {}): Seen {
  const run = instance.exports["run"] as (...params: readonly number[]) => number;
  const ends = calls.map((params) => {
    beforeCall();
    try {
      return String(run(...params));
    } catch (error) {
      return trapCode(error);
    }
  });
  return {
    ends,
    memory: new Uint8Array((instance.exports["memory"] as WebAssembly.Memory).buffer),
    global: (instance.exports["g0"] as WebAssembly.Global).value,
  };
}

/** SHA-256 of what all modules came to, bits of NaNs and fuel included; other hashes are another schedule. */
const HASHES: Readonly<Record<number, string>> = {
  2: "df7865ca0a4dfc1050449cf89ce62f4e3316a4276b4d2c00b8b2107efae18635",
};

for (const schedule of released.schedules) {
  test(`random modules do the same when they are limited, on every engine (schedule ${schedule})`, () => {
    const hash = createHash("sha256");
    for (let seed = 1; seed <= modules; seed++) {
      const showsNaN = seed % 2 === 0;
      const bytes = randomModule(seed, showsNaN);
      const module = new WebAssembly.Module(bytes);
      const rewritten = limitModule(bytes, { ...limits, schedule });
      const meter = createMeter();
      const fuel: number[] = [];
      const limited = observe(
        meter.instantiateCore(new WebAssembly.Module(rewritten)),
        () => {
          fuel.push(meter.fuelUsed());
          meter.beginTurn();
        },
      );
      hash.update(`${seed} ${fuel} ${meter.fuelUsed()} ${limited.ends} ${limited.global} `).update(
        limited.memory,
      );
      // Original modules differ from engine to engine in what they show of NaNs.
      if (!showsNaN) deepEqual(limited, observe(new WebAssembly.Instance(module)), `seed ${seed}`);
    }
    // Schedule 1 leaves NaNs as the engine makes them.
    if (schedule > 1) equal(hash.digest("hex"), HASHES[schedule]);
  });
}
