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

import { type BlockTypes, blockTypesOf } from "../block_types.ts";
import { Code, code, NO_RESULT, OP } from "../code.ts";
import type { AddedFunction, AddedType } from "../instrumentation.ts";
import { EXPORTED, TICK_SLOT } from "../protocol.ts";
import type { Shape } from "../shape.ts";
import type { Writer } from "../writer.ts";
import { BULK_CHARGES } from "./schedule.ts";

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
  readonly blocks: BlockTypes;
}

const I32 = 0x7f;
const FIXED_TYPES: readonly AddedType[] = [
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
    blocks: blockTypesOf(shape, types + FIXED_TYPES.length),
  };
}

/** The added types, in order. */
export function addedTypes(added: Additions): readonly AddedType[] {
  return [...FIXED_TYPES, ...added.blocks.added];
}

/** The added functions, in the order of their indices from `tickFunction` on. */
export function addedFunctions(added: Additions): readonly AddedFunction[] {
  const { fuelGlobal: fuel, stackGlobal: stack, idGlobal: id } = added;
  const get = (index: number) => code((out) => out.op(OP.globalGet, index));
  const set = (index: number) => code((out) => out.op(OP.localGet, 0).op(OP.globalSet, index));
  const askHost = (out: Code, global: number, slot: number) =>
    out.op(OP.globalGet, id).op(OP.globalGet, global).i32(slot)
      .op(OP.callIndirect, added.types + TYPE.host).u32(added.tickTable).op(OP.globalSet, global);
  const charge = ({ base, shift }: { readonly base: number; readonly shift: number }) =>
    code((out) => {
      out.op(OP.globalGet, fuel).i32(base).op(OP.localGet, 0).i32(shift).u8(OP.i32ShrU).u8(OP.i32Add).u8(
        OP.i32Sub,
      )
        .op(OP.globalSet, fuel);
      ifBelowZero(out, fuel).op(OP.call, added.tickFunction).u8(OP.end).op(OP.localGet, 0);
    });
  return [
    { type: TYPE.tick, body: code((out) => askHost(out, fuel, TICK_SLOT.fuel)) },
    {
      type: TYPE.tick,
      body: code((out) =>
        ifBelowZero(askHost(out, stack, TICK_SLOT.stack), stack).u8(OP.unreachable).u8(OP.end)
      ),
    },
    { type: TYPE.tick, body: Uint8Array.of(...checkCode(added), OP.end) },
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
  const out = new Code().op(OP.globalGet, fuel).i32(1).u8(OP.i32Sub).op(OP.globalSet, fuel);
  return ifBelowZero(out, fuel).op(OP.call, tickFunction).u8(OP.end).bytes();
}

/** Writes what an accounted function does first: take `units` of stack. */
export function writeEnter(out: Writer, added: Additions, units: number): void {
  const { stackGlobal: stack, stackFunction } = added;
  const code = new Code(out).op(OP.globalGet, stack).i32(units).u8(OP.i32Sub).op(OP.globalSet, stack);
  ifBelowZero(code, stack).op(OP.call, stackFunction).u8(OP.end);
}

/** Writes what an accounted function does last, on every way out: give `units` of stack back. */
export function writeLeave(out: Writer, added: Additions, units: number): void {
  const { stackGlobal: stack } = added;
  new Code(out).op(OP.globalGet, stack).i32(units).u8(OP.i32Add).op(OP.globalSet, stack);
}

function ifBelowZero(out: Code, global: number): Code {
  return out.op(OP.globalGet, global).i32(0).u8(OP.i32LtS).u8(OP.if).u8(NO_RESULT);
}
