/**
 * What the rewriter adds to a module: a table, three globals and eleven functions,
 * and the pieces of code that use them. All of it comes behind what the module
 * has, so that no index shifts.
 *
 * Fuel and stack are counted in globals of the module, which are not exported:
 * that is where engines count at the least cost (a shared, imported global made
 * a call of a QuickJS actor 15 to 30 % slower). The meter moves units between
 * the modules of a component when one has none left.
 * @module
 */

import { BULK_CHARGES } from "./schedule.ts";
import { RESERVED, type Shape } from "./shape.ts";
import { Writer } from "./writer.ts";

/** Names of the exports. */
export const EXPORTED = {
  /** Table of two host functions (id: i32, units: i32) -> i32; see {@linkcode TICK_SLOT}. */
  ticks: `${RESERVED}/ticks`,
  /** () -> i32: fuel left. */
  fuel: `${RESERVED}/fuel`,
  /** (i32) -> (): sets the fuel left. */
  setFuel: `${RESERVED}/set-fuel`,
  /** () -> i32: units of stack left. */
  stack: `${RESERVED}/stack`,
  /** (i32) -> (): sets the units of stack left. */
  setStack: `${RESERVED}/set-stack`,
  /** (i32) -> (): sets the id that is passed to the host functions. */
  join: `${RESERVED}/join`,
  /** The module's start function, which the host calls when the table is filled. */
  start: `${RESERVED}/start`,
} as const;

/**
 * Slots of the table. Both functions are called when units are below zero, with
 * the id of the module and the units, and return what is left from then on. The
 * fuel's throws to stop the guest; the stack's returns a negative number, and the
 * guest traps.
 */
export const TICK_SLOT = { fuel: 0, stack: 1 } as const;

/** Name of the custom section that says by what a module was rewritten: rewriter, schedule, stack units. */
export const VERSION_SECTION = RESERVED;

/** How many globals are added, each a mutable i32 that begins at 0. */
export const ADDED_GLOBALS = 3;

/** Indices of what is added, in the index spaces of the rewritten module. */
export interface Additions {
  /** First added type; see {@linkcode addedTypes}. */
  readonly types: number;
  readonly tickTable: number;
  readonly stackGlobal: number;
  readonly fuelGlobal: number;
  readonly idGlobal: number;
  /** First added function; they are in the order of {@linkcode addedFunctions}. */
  readonly tickFunction: number;
  readonly stackFunction: number;
  readonly runCheckFunction: number;
  readonly chargeBytes: number;
  readonly chargeElements: number;
  readonly chargePages: number;
  /** Type of the block around a function's body, by the function's type, if it has two results or more. */
  readonly blockTypes: ReadonlyMap<number, number>;
  /** Result types of these blocks, in order behind the other added types. */
  readonly blockResults: readonly Uint8Array[];
}

const I32 = 0x7f;
const FIXED_TYPES: readonly (readonly [params: readonly number[], results: readonly number[]])[] = [
  [[], []],
  [[I32], [I32]],
  [[], [I32]],
  [[I32], []],
  [[I32, I32], [I32]],
];
const TYPE = { tick: 0, charge: 1, get: 2, set: 3, host: 4 } as const;

/** Lays out the additions behind what the module has. */
export function layOut(shape: Shape): Additions {
  const types = shape.types.length;
  const blockTypes = new Map<number, number>();
  const blockResults: Uint8Array[] = [];
  const known = new Map<string, number>();
  for (let k = shape.importedFunctions; k < shape.functions.length; k++) {
    const type = shape.functions[k] as number;
    const results = shape.types[type]?.results;
    if (blockTypes.has(type) || !results || results.length < 2) continue;
    const key = results.join();
    let index = known.get(key);
    if (index === undefined) {
      index = types + FIXED_TYPES.length + blockResults.length;
      blockResults.push(results);
      known.set(key, index);
    }
    blockTypes.set(type, index);
  }
  const tickFunction = shape.functions.length;
  return {
    types,
    tickTable: shape.tables,
    fuelGlobal: shape.globals,
    stackGlobal: shape.globals + 1,
    idGlobal: shape.globals + 2,
    tickFunction,
    stackFunction: tickFunction + 1,
    runCheckFunction: tickFunction + 2,
    chargeBytes: tickFunction + 3,
    chargeElements: tickFunction + 4,
    chargePages: tickFunction + 5,
    blockTypes,
    blockResults,
  };
}

/** Writes the added types; returns how many there are. */
export function writeTypes(out: Writer, added: Additions): number {
  for (const [params, results] of FIXED_TYPES) {
    out.u8(0x60);
    for (const list of [params, results]) {
      out.u32(list.length);
      for (const type of list) out.u8(type);
    }
  }
  for (const results of added.blockResults) {
    out.u8(0x60);
    out.u32(0);
    out.u32(results.length);
    out.copy(results);
  }
  return FIXED_TYPES.length + added.blockResults.length;
}

/** An added function: its index among the added types, its body without locals, its export name. */
export interface AddedFunction {
  readonly type: number;
  readonly body: Uint8Array;
  readonly exported?: string;
}

/** The added functions, in the order of their indices from `tickFunction` on. */
export function addedFunctions(added: Additions): readonly AddedFunction[] {
  const { fuelGlobal: fuel, stackGlobal: stack, idGlobal: id } = added;
  const get = (index: number) => code((out) => out.op(GLOBAL_GET, index));
  const set = (index: number) => code((out) => out.op(LOCAL_GET, 0).op(GLOBAL_SET, index));
  const askHost = (out: Code, global: number, slot: number) =>
    out.op(GLOBAL_GET, id).op(GLOBAL_GET, global).i32(slot)
      .op(CALL_INDIRECT, added.types + TYPE.host).u32(added.tickTable).op(GLOBAL_SET, global);
  const charge = ({ base, shift }: { readonly base: number; readonly shift: number }) =>
    code((out) => {
      out.op(GLOBAL_GET, fuel).i32(base).op(LOCAL_GET, 0).i32(shift).u8(I32_SHR_U).u8(I32_ADD).u8(I32_SUB)
        .op(GLOBAL_SET, fuel);
      ifBelowZero(out, fuel).op(CALL, added.tickFunction).u8(END).op(LOCAL_GET, 0);
    });
  return [
    { type: TYPE.tick, body: code((out) => askHost(out, fuel, TICK_SLOT.fuel)) },
    {
      type: TYPE.tick,
      body: code((out) => ifBelowZero(askHost(out, stack, TICK_SLOT.stack), stack).u8(UNREACHABLE).u8(END)),
    },
    { type: TYPE.tick, body: Uint8Array.of(...checkCode(added), END) },
    { type: TYPE.charge, body: charge(BULK_CHARGES.bytes) },
    { type: TYPE.charge, body: charge(BULK_CHARGES.elements) },
    { type: TYPE.charge, body: charge(BULK_CHARGES.pages) },
    { type: TYPE.get, body: get(fuel), exported: EXPORTED.fuel },
    { type: TYPE.set, body: set(fuel), exported: EXPORTED.setFuel },
    { type: TYPE.get, body: get(stack), exported: EXPORTED.stack },
    { type: TYPE.set, body: set(stack), exported: EXPORTED.setStack },
    { type: TYPE.set, body: set(id), exported: EXPORTED.join },
  ];
}

/** A check: one unit of fuel less, and the tick if that was one too many. */
export function checkCode(added: Additions): Uint8Array {
  const { fuelGlobal: fuel, tickFunction } = added;
  const out = new Code().op(GLOBAL_GET, fuel).i32(1).u8(I32_SUB).op(GLOBAL_SET, fuel);
  return ifBelowZero(out, fuel).op(CALL, tickFunction).u8(END).bytes();
}

/** Writes what an accounted function does first: take `units` of stack. */
export function writeEnter(out: Writer, added: Additions, units: number): void {
  const { stackGlobal: stack, stackFunction } = added;
  const code = new Code(out).op(GLOBAL_GET, stack).i32(units).u8(I32_SUB).op(GLOBAL_SET, stack);
  ifBelowZero(code, stack).op(CALL, stackFunction).u8(END);
}

/** Writes what an accounted function does last, on every way out: give `units` of stack back. */
export function writeLeave(out: Writer, added: Additions, units: number): void {
  const { stackGlobal: stack } = added;
  new Code(out).op(GLOBAL_GET, stack).i32(units).u8(I32_ADD).op(GLOBAL_SET, stack);
}

function ifBelowZero(out: Code, global: number): Code {
  return out.op(GLOBAL_GET, global).i32(0).u8(I32_LT_S).u8(IF).u8(NO_RESULT);
}

const UNREACHABLE = 0x00;
const IF = 0x04;
const END = 0x0b;
const CALL = 0x10;
const CALL_INDIRECT = 0x11;
const LOCAL_GET = 0x20;
const GLOBAL_GET = 0x23;
const GLOBAL_SET = 0x24;
const I32_CONST = 0x41;
const I32_LT_S = 0x48;
const I32_ADD = 0x6a;
const I32_SUB = 0x6b;
const I32_SHR_U = 0x76;
const NO_RESULT = 0x40;

/** Instructions in a chain of calls. */
class Code {
  readonly #out: Writer;
  constructor(out: Writer = new Writer(64, 1 << 16)) {
    this.#out = out;
  }
  u8(byte: number): this {
    this.#out.u8(byte);
    return this;
  }
  u32(value: number): this {
    this.#out.u32(value);
    return this;
  }
  /** An opcode with one index behind it. */
  op(opcode: number, index: number): this {
    this.#out.u8(opcode);
    this.#out.u32(index);
    return this;
  }
  i32(value: number): this {
    this.#out.u8(I32_CONST);
    this.#out.s32(value);
    return this;
  }
  bytes(): Uint8Array {
    return this.#out.take();
  }
}

function code(write: (out: Code) => void): Uint8Array {
  const out = new Code();
  write(out);
  return out.u8(END).bytes();
}
