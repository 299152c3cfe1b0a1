/**
 * What the rewriter adds to a module: a table, four globals and some functions.
 *
 * Fuel and stack are counted in globals of the module, which are not exported:
 * that is where engines count at the least cost (a shared, imported global made
 * a call of a QuickJS actor 15 to 30 % slower). The meter moves units between
 * the modules of a component when one has none left.
 *
 * - `fuel`: units left. A function with tight loops keeps them in a local, and
 *   puts them back before every call that may use fuel and at its end. After a trap
 *   the global says what was left at the last such place, whatever ticks there were.
 * - `used`: units of stack that the frames of this module hold, up to the call that
 *   is in hand. Every accounted function sets it before its calls, so that nobody has
 *   to give anything back, but for those that are called from outside.
 * - `limit`: units of stack that this module may hold.
 * @module
 */

import { type BlockTypes, blockTypesOf } from "../block_types.ts";
import { Code, code, NO_RESULT, OP } from "../code.ts";
import type { AddedFunction, AddedType } from "../instrumentation.ts";
import { EXPORTED, TICK_SLOT } from "../protocol.ts";
import type { Shape } from "../shape.ts";
import { BULK_CHARGES } from "./schedule.ts";

/** How many globals are added. */
export const ADDED_GLOBALS = 4;

/** Indices of what is added, in the index spaces of the rewritten module. */
export interface Additions {
  /** First added type. */
  readonly types: number;
  readonly tickTable: number;
  readonly fuel: number;
  readonly used: number;
  readonly limit: number;
  readonly id: number;
  /** () -> (): asks for fuel, which is below zero in its global. */
  readonly tick: number;
  /** (left) -> left: asks for fuel, which is below zero in a local. */
  readonly tickLocal: number;
  /** (units) -> (): asks for so much stack in all, or traps. */
  readonly deepen: number;
  /** (n) -> n: charges an operation over n. */
  readonly chargeBytes: number;
  readonly chargeElements: number;
  readonly chargePages: number;
  /** (pages) -> pages before or -1: `memory.grow`, charged. */
  readonly grow: number;
  /** (pages before or -1, pages) -> the same: tells the host if the machine refused. */
  readonly grown: number;
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
const TYPE = { act: 0, change: 1, get: 2, set: 3, host: 4 } as const;

/** Lays out the additions behind what the module has. */
export function layOut(shape: Shape): Additions {
  const types = shape.types.length;
  const { globals } = shape;
  const first = shape.functions.length;
  return {
    types,
    tickTable: shape.tables,
    fuel: globals,
    used: globals + 1,
    limit: globals + 2,
    id: globals + 3,
    tick: first,
    tickLocal: first + 1,
    deepen: first + 2,
    chargeBytes: first + 3,
    chargeElements: first + 4,
    chargePages: first + 5,
    grow: first + 6,
    grown: first + 7,
    blocks: blockTypesOf(shape, types + FIXED_TYPES.length),
  };
}

/** The added types, in order. */
export function addedTypes(added: Additions): readonly AddedType[] {
  return [...FIXED_TYPES, ...added.blocks.added];
}

/**
 * The added functions, in the order of their indices.
 * @param memory whether the module has one
 */
export function addedFunctions(added: Additions, memory: boolean): readonly AddedFunction[] {
  const { fuel, used, limit, id } = added;
  /** Calls the host with the id and the operand that `units` leaves. */
  const ask = (out: Code, slot: number, units: () => Code) => {
    out.op(OP.globalGet, id);
    return units().i32(slot).op(OP.callIndirect, added.types + TYPE.host).u32(added.tickTable);
  };
  const charge = ({ base, shift }: { readonly base: number; readonly shift: number }) =>
    code((out) => {
      out.op(OP.globalGet, fuel).i32(base).op(OP.localGet, 0).i32(shift).u8(OP.i32ShrU).u8(OP.i32Add)
        .u8(OP.i32Sub).op(OP.globalSet, fuel);
      ifNegative(out.op(OP.globalGet, fuel)).op(OP.call, added.tick).u8(OP.end).op(OP.localGet, 0);
    });
  return [
    {
      type: TYPE.act,
      body: code((out) => ask(out, TICK_SLOT.fuel, () => out.op(OP.globalGet, fuel)).op(OP.globalSet, fuel)),
    },
    { // The global changes by as much as the local does, but is exact while the host is asked.
      type: TYPE.change,
      body: code((out) => {
        out.op(OP.globalGet, fuel).op(OP.localGet, 0).u8(OP.i32Sub).op(OP.localGet, 0).op(OP.globalSet, fuel);
        ask(out, TICK_SLOT.fuel, () => out.op(OP.localGet, 0)).op(OP.localTee, 0)
          .u8(OP.i32Add).op(OP.globalSet, fuel).op(OP.localGet, 0);
      }),
    },
    {
      type: TYPE.set,
      body: code((out) => {
        ask(out, TICK_SLOT.stack, () => out.op(OP.globalGet, limit).op(OP.localGet, 0).u8(OP.i32Sub))
          .op(OP.localGet, 0).u8(OP.i32Add).op(OP.globalSet, limit);
        out.op(OP.localGet, 0).op(OP.globalGet, limit).u8(OP.i32GtS).u8(OP.if).u8(NO_RESULT)
          .u8(OP.unreachable).u8(OP.end);
      }),
    },
    { type: TYPE.change, body: charge(BULK_CHARGES.bytes) },
    { type: TYPE.change, body: charge(BULK_CHARGES.elements) },
    { type: TYPE.change, body: charge(BULK_CHARGES.pages) },
    ...growth(added, memory, ask),
    { type: TYPE.get, body: code((out) => out.op(OP.globalGet, fuel)), exported: EXPORTED.fuel },
    {
      type: TYPE.set,
      body: code((out) => out.op(OP.localGet, 0).op(OP.globalSet, fuel)),
      exported: EXPORTED.setFuel,
    },
    {
      type: TYPE.get,
      body: code((out) => out.op(OP.globalGet, limit).op(OP.globalGet, used).u8(OP.i32Sub)),
      exported: EXPORTED.stack,
    },
    {
      type: TYPE.set,
      body: code((out) =>
        out.op(OP.globalGet, used).op(OP.localGet, 0).u8(OP.i32Add).op(OP.globalSet, limit)
      ),
      exported: EXPORTED.setStack,
    },
    { type: TYPE.act, body: code((out) => out.i32(0).op(OP.globalSet, used)), exported: EXPORTED.clearStack },
    {
      type: TYPE.set,
      body: code((out) => out.op(OP.localGet, 0).op(OP.globalSet, id)),
      exported: EXPORTED.join,
    },
  ];
}

/** Pages that a memory may have at all. */
const PAGES_MAX = 65_536;

/** `memory.grow` that does not return when the machine refused what the cap allows: the host knows the cap. */
function growth(
  added: Additions,
  memory: boolean,
  ask: (out: Code, slot: number, units: () => Code) => Code,
): readonly AddedFunction[] {
  if (!memory) { // Nobody calls them, as there is no memory to grow.
    return [{ type: TYPE.change, body: code((out) => out.u8(OP.unreachable)) }, {
      type: TYPE.host,
      body: code((out) => out.u8(OP.unreachable)),
    }];
  }
  return [
    {
      type: TYPE.change,
      body: code((out) =>
        out.op(OP.localGet, 0).op(OP.call, added.chargePages).op(OP.memoryGrow, 0)
          .op(OP.localGet, 0).op(OP.call, added.grown)
      ),
    },
    {
      type: TYPE.host,
      body: code((out) => {
        out.op(OP.localGet, 0).i32(-1).u8(OP.i32Eq).op(OP.localGet, 1).i32(PAGES_MAX).u8(OP.i32LeU).u8(
          OP.i32And,
        );
        out.u8(OP.if).u8(NO_RESULT);
        ask(out, TICK_SLOT.refused, () => out.op(OP.localGet, 1).op(OP.memorySize, 0).u8(OP.i32Add)).u8(
          OP.drop,
        );
        out.u8(OP.end).op(OP.localGet, 0);
      }),
    },
  ];
}

/** Begins an `if` on the sign of the operand. */
export function ifNegative(out: Code): Code {
  return out.i32(0).u8(OP.i32LtS).u8(OP.if).u8(NO_RESULT);
}
