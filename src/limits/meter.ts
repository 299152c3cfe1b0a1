/**
 * Meters the instances of one component.
 * @module
 */

import { createFuel } from "./fuel.ts";
import { EXPORTED, TICK_SLOT, VERSION_SECTION } from "./protocol.ts";
import { Reader } from "./reader.ts";
import { limits, scheduleOf } from "./schedules.ts";
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

/**
 * Thrown through the guest, to the caller of the export, when the machine refused memory that the guest may
 * have. It ends the guest: an answer of -1 that another machine would not give could not be replayed.
 */
export class MemoryRefused extends Error {
  override readonly name = "MemoryRefused";
  readonly pages: number;
  constructor(pages: number) {
    super(
      `Cannot grow memory: wanted ${pages} pages, which is within the limit, got a refusal by the machine`,
    );
    this.pages = pages;
  }
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
  /** To how many pages memories may grow, and the memory of each module. */
  const pagesMax = new WeakMap<WebAssembly.Memory, number>();
  const memories: (number | undefined)[] = [];
  const refusedTick = toFuncref((id, pages) => {
    if (pages <= (memories[id] ?? 0)) throw new MemoryRefused(pages);
    return 0;
  });
  const stackTick = toFuncref((id, left) => stack ? stack.ask(id, left) : -1);
  return {
    instantiateCore(module, imports) {
      const { units, pages } = readVersion(module);
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
      memories.push(pages ?? importedPages(module, imports));
      if (pages !== undefined) {
        for (const value of Object.values(exports)) {
          if (value instanceof WebAssembly.Memory) pagesMax.set(value, pages);
        }
      }
      if (ticks.length > TICK_SLOT.refused) ticks.set(TICK_SLOT.refused, refusedTick);
      added(EXPORTED.join)(modules++);
      fuel.add({ get: added(EXPORTED.fuel), set: added(EXPORTED.setFuel) });
      stack.add({ get: added(EXPORTED.stack), set: added(EXPORTED.setStack) }, added(EXPORTED.clearStack));
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

  /** Pages to which the memory that a module imports may grow, if a module of this meter defines it. */
  function importedPages(module: WebAssembly.Module, imports: WebAssembly.Imports | undefined) {
    const memory = WebAssembly.Module.imports(module).find(({ kind }) => kind === "memory");
    const value = memory && imports?.[memory.module]?.[memory.name];
    return value instanceof WebAssembly.Memory ? pagesMax.get(value) : undefined;
  }
}

/** The limits that were built into a module, if a rewriter of this version did it. */
function readVersion(
  module: WebAssembly.Module,
): { readonly units: number; readonly pages: number | undefined } {
  const section = WebAssembly.Module.customSections(module, VERSION_SECTION)[0];
  const reader = section && new Reader(new Uint8Array(section));
  const rewriter = reader?.u32();
  const schedule = reader?.u32();
  const known = schedule !== undefined && limits.schedules.includes(schedule) &&
    scheduleOf(schedule).version.rewriter === rewriter;
  if (!reader || !known) {
    throw new TypeError(
      `Cannot instantiate module with a meter: wanted one limited by a schedule of ${
        limits.schedules.join(", ")
      }, got ${reader ? `rewriter ${rewriter} and schedule ${schedule}` : "one without limits"}`,
    );
  }
  const units = reader.u32();
  return { units, pages: reader.position < reader.end ? reader.u32() : undefined };
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
