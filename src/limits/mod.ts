/**
 * Limits on WebAssembly: a busy guest can be stopped, at a point that every
 * engine agrees on, and its fuel, stack and memory are bounded.
 *
 * No engine under Deno or Bun offers this (a worker in an endless loop cannot
 * even be terminated), so the code itself is rewritten: {@linkcode limitModule}
 * makes a core module count what it does, {@linkcode createMeter} watches the
 * count, and {@linkcode trapCode} names what ended a call.
 *
 * Modules come from strangers: whatever is wrong with one is a
 * {@linkcode LimitError}, and an index that points into what the rewriter adds is
 * refused, so that no module reaches its own meter. The engine is trusted to
 * validate what comes out, and the caller to instantiate nothing that was not
 * rewritten. Pure: no I/O, clock or randomness. Layer 2.
 *
 * @example
 * ```ts
 * import { createMeter, limitModule, STACK_UNITS_MAX } from "../limits/mod.ts";
 *
 * const bytes = limitModule(core, { memoryBytesMax: 64 << 20, stackUnitsMax: STACK_UNITS_MAX });
 * const meter = createMeter({ onTick: () => { if (Date.now() > deadline) throw late; } });
 * const { exports } = meter.instantiateCore(await WebAssembly.compile(bytes), imports);
 * meter.beginTurn({ fuelMax: 1_000_000 });
 * exports.run(); // or throws `late`, or FuelExhausted, at a check
 * console.log(meter.fuelUsed());
 * ```
 * @module
 */

export { type Countable, type Feature, LimitError, type LimitFault } from "./fault.ts";
export { FuelExhausted } from "./fuel.ts";
export { createMeter, MemoryRefused, type Meter, type MeterOptions, type TurnLimits } from "./meter.ts";
export { limitModule, type Limits } from "./rewrite.ts";
export { limits, rewriterOf } from "./schedules.ts";
export { STACK_UNITS_MAX } from "./stack_units.ts";
export { type TrapCode, trapCode } from "./trap.ts";
