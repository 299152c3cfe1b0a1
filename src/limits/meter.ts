/**
 * Meters the instances of one component.
 * @module
 */

import { EXPORTED, TICK_SLOT, VERSION_SECTION } from "./additions.ts";
import { createFuel } from "./fuel.ts";
import { Reader } from "./reader.ts";
import { limits } from "./schedule.ts";
import { createStack, type Stack } from "./stack.ts";

/** What a meter needs. */
export interface MeterOptions {
  /**
   * Called while the guest runs, at least every `HELD_UNITS_MAX` (32,768) units of fuel: every 15 ms
   * at the very worst, every 25 µs as a rule. What it throws stops
   * the guest and reaches the caller of the export as it is: a guest cannot catch it. It must not call into the
   * guest. Host functions use no fuel, so one that takes long must look at the clock itself.
   * @default nothing
   */
  readonly onTick?: () => void;
}

/** A turn's limits. */
export interface TurnLimits {
  /**
   * Stop the guest, with a {@linkcode FuelExhausted}, at the first check where the fuel used is this much or
   * more. Given what `fuelUsed()` said when a turn was cut by its tick, that is the same check, on any engine.
   * @default no limit
   */
  readonly fuelMax?: number;
}

/** The meter of one component. */
export interface Meter {
  /**
   * Instantiates one limited core module and runs its start function: the hook of that name for jco's
   * `instantiate()`. Throws whatever instantiation, the start function or the tick throws.
   * @throws {TypeError} when the module does not come from `limitModule()` of this version, or has another
   * stack limit than the modules before
   */
  readonly instantiateCore: (
    module: WebAssembly.Module,
    imports?: WebAssembly.Imports,
  ) => WebAssembly.Instance;
  /**
   * Begins a turn: fuel used is zero again, and the stack is empty. Only while no guest code is running. A new
   * meter is in a turn without limits, for the instantiation.
   * @throws {RangeError} when `fuelMax` is not a safe integer of zero or more
   */
  beginTurn(limits?: TurnLimits): void;
  /** Fuel used in this turn, in units of the schedule; may be asked at any time, in `onTick` and host calls too. */
  fuelUsed(): number;
  /** Whether this turn was stopped by its `fuelMax`. */
  fuelExhausted(): boolean;
  /** Whether this turn overflowed the stack of its limits; then that is what its trap came from. */
  stackExhausted(): boolean;
}

/** Makes a meter. Use one for all the core modules of one component instance, and for nothing else. */
export function createMeter({ onTick = () => {} }: MeterOptions = {}): Meter {
  const fuel = createFuel(onTick);
  let stack: Stack | undefined;
  let stackUnitsMax: number | undefined;
  let modules = 0;
  const fuelTick = toFuncref(fuel.tick);
  const stackTick = toFuncref((id, left) => stack ? stack.ask(id, left) : -1);
  return {
    instantiateCore(module, imports) {
      const units = readStackUnits(module);
      if (units !== (stackUnitsMax ??= units)) {
        throw new TypeError(
          `Cannot instantiate module with this meter as its stack differs: wanted ${stackUnitsMax} units, got ${units}`,
        );
      }
      stack ??= createStack(units);
      const instance = new WebAssembly.Instance(module, imports);
      const { exports } = instance;
      const added = (name: string) => exports[name] as (...params: number[]) => number;
      const ticks = exports[EXPORTED.ticks] as WebAssembly.Table;
      ticks.set(TICK_SLOT.fuel, fuelTick);
      ticks.set(TICK_SLOT.stack, stackTick);
      added(EXPORTED.join)(modules++);
      fuel.add({ get: added(EXPORTED.fuel), set: added(EXPORTED.setFuel) });
      stack.add({ get: added(EXPORTED.stack), set: added(EXPORTED.setStack) });
      if (exports[EXPORTED.start]) added(EXPORTED.start)();
      return instance;
    },
    beginTurn({ fuelMax = Infinity } = {}) {
      if (fuelMax !== Infinity && !(Number.isSafeInteger(fuelMax) && fuelMax >= 0)) {
        throw new RangeError(
          `Cannot begin turn by fuelMax: wanted a safe integer of 0 or more, got ${fuelMax}`,
        );
      }
      fuel.begin(fuelMax);
      stack?.begin();
    },
    fuelUsed: fuel.used,
    fuelExhausted: fuel.exhausted,
    stackExhausted: () => stack?.exhausted() ?? false,
  };
}

/** The stack limit that was built into a module, if this version's rewriter did it. */
function readStackUnits(module: WebAssembly.Module): number {
  const section = WebAssembly.Module.customSections(module, VERSION_SECTION)[0];
  const reader = section && new Reader(new Uint8Array(section));
  const rewriter = reader?.u32();
  const schedule = reader?.u32();
  if (!reader || rewriter !== limits.version.rewriter || schedule !== limits.version.schedule) {
    throw new TypeError(
      `Cannot instantiate module with a meter: wanted one limited by rewriter ${limits.version.rewriter} ` +
        `and schedule ${limits.version.schedule}, got ${
          reader ? `${rewriter} and ${schedule}` : "one without limits"
        }`,
    );
  }
  return reader.u32();
}

/** A module that exports its import, which makes a host function (i32, i32) -> i32 fit for a table. */
const REEXPORT = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x07, 0x01, 0x60, 0x02, 0x7f, 0x7f, 0x01, 0x7f], // type (i32, i32) -> i32
  ...[0x02, 0x07, 0x01, 0x01, 0x68, 0x01, 0x66, 0x00, 0x00], // import "h" "f"
  ...[0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00], // export "f"
);
let reexport: WebAssembly.Module | undefined;

type Funcref = Parameters<WebAssembly.Table["set"]>[1];

function toFuncref(f: (id: number, left: number) => number): Funcref {
  reexport ??= new WebAssembly.Module(REEXPORT);
  return new WebAssembly.Instance(reexport, { h: { f } }).exports["f"] as Funcref;
}
