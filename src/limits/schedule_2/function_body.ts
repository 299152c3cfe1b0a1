/**
 * Rewrites the body of one function.
 * @module
 */

import { Code, NO_RESULT, OP } from "../code.ts";
import { LimitError } from "../fault.ts";
import { FUNCTION_BYTES_MAX, REWRITTEN_FUNCTION_BYTES_MAX } from "../instrumentation.ts";
import { Reader } from "../reader.ts";
import { type Shape, V128 } from "../shape.ts";
import type { Writer } from "../writer.ts";
import type { Additions } from "./additions.ts";
import { EDIT, EDIT_SIZE } from "./edits.ts";
import type { Functions, Survey } from "./functions.ts";
import { readLocals } from "./locals.ts";
import { BodyScan } from "./scan.ts";
import { CALLER_RUN_MAX, checkUnits, frameUnits, LIGHT_UNITS_MAX, RELAY_UNITS_MAX } from "./schedule.ts";

/** Rewrites one function's body after the other, callees first. */
export interface BodyRewriter {
  /**
   * Reads a body from `reader`, which ends with it, and writes it without its size.
   * @returns the offsets of branches that are hardly ever taken
   * @throws {LimitError}
   */
  rewrite(reader: Reader, functionIndex: number, out: Writer): readonly number[];
}

/** How one function is rewritten. */
interface Plan {
  /** Cost of the check at its entry; 0 for none. */
  readonly entryUnits: number;
  /** Units of stack to hold; 0 where its callers do. */
  readonly units: number;
  /** Units that must be left besides. */
  readonly reserve: number;
  /** Indices of added locals. */
  readonly fuelLocal: number;
  readonly usedLocal: number;
  readonly canonLocals: Readonly<Record<"f32" | "f64" | "v128", number>>;
}

/** A rewriter for the functions of one module. */
export function bodyRewriter(
  shape: Shape,
  added: Additions,
  functions: Functions,
  { floats }: Pick<Survey, "floats">,
): BodyRewriter {
  const scan = new BodyScan(shape, functions, floats);
  let bodyFrom = 0;
  let rare: number[] = [];

  return {
    rewrite(reader, functionIndex, out) {
      const sizeBefore = bodyFrom = out.size;
      rare = [];
      checkSize(functionIndex, reader.end - reader.position, FUNCTION_BYTES_MAX);
      const typeIndex = shape.functions[functionIndex] as number;
      const type = shape.types[typeIndex];
      if (!type) return reader.fail("wanted a function type");
      const locals = readLocals(reader, type, floats);
      const codeFrom = locals.to;
      reader.position = codeFrom;
      scan.scan(reader, type.results.length, locals);

      const frame = frameUnits({
        params: type.paramSlots,
        results: type.resultSlots,
        locals: locals.slots,
        operands: scan.operandSlots,
      });
      const inner = functions.isInner(functionIndex);
      const { callsAccounted } = scan;
      const light = inner && !callsAccounted && frame + scan.lightUnits <= LIGHT_UNITS_MAX;
      const relay = inner && callsAccounted && frame + scan.relayUnits <= RELAY_UNITS_MAX;
      const accounted = !light && !relay;
      const entryUnits = inner && scan.runAtExit <= CALLER_RUN_MAX ? 0 : checkUnits(scan.runAtExit);
      functions.settle(functionIndex, {
        callerRun: entryUnits > 0 ? 0 : scan.runAtExit,
        fueled: scan.fueled || entryUnits > 0,
        accounted: callsAccounted || accounted,
        relayUnits: relay ? frame + scan.relayUnits : 0,
        lightUnits: accounted ? 0 : light ? frame + scan.lightUnits : scan.lightUnits,
      });

      const groups: (readonly [count: number, type: number])[] = [];
      let next = locals.count;
      const add = (valueType: number): number => {
        groups.push([1, valueType]);
        return next++;
      };
      const has = (kind: number) => {
        const { numbers, used } = scan.edits;
        for (let k = 0; k < used; k += EDIT_SIZE) if (numbers[k] === kind) return true;
        return false;
      };
      const plan: Plan = {
        entryUnits,
        units: accounted ? frame + scan.relayUnits : 0,
        reserve: scan.lightUnits,
        fuelLocal: scan.checks || entryUnits > 0 ? add(0x7f) : -1,
        usedLocal: accounted ? add(0x7f) : -1,
        canonLocals: {
          f32: floats && has(EDIT.canonF32) ? add(0x7d) : -1,
          f64: floats && has(EDIT.canonF64) ? add(0x7c) : -1,
          v128: floats && (has(EDIT.canonF32x4) || has(EDIT.canonF64x2)) ? add(V128) : -1,
        },
      };
      out.u32(locals.groups + groups.length);
      out.copy(reader.bytes, locals.from, locals.to);
      for (const [count, valueType] of groups) {
        out.u32(count);
        out.u8(valueType);
      }
      writeBody(plan, typeIndex, reader.bytes, codeFrom, reader.end, out);
      checkSize(functionIndex, out.size - sizeBefore, REWRITTEN_FUNCTION_BYTES_MAX);
      return rare;
    },
  };

  function writeBody(
    plan: Plan,
    typeIndex: number,
    source: Uint8Array,
    from: number,
    end: number,
    out: Writer,
  ): void {
    const wrapped = plan.units > 0;
    if (plan.units > 0) writeEnter(plan, out);
    if (plan.entryUnits > 0) writeCheck(plan, plan.entryUnits, out);
    if (wrapped) added.blocks.writeBlock(typeIndex, out);
    writeEdited(plan, wrapped, source, from, end, out);
    if (!wrapped) return;
    writeLeave(plan, out);
    out.u8(OP.end);
  }

  /** Takes the frame's units of stack. */
  function writeEnter({ units, reserve, usedLocal }: Plan, out: Writer): void {
    const code = new Code(out).op(OP.globalGet, added.used).i32(units).u8(OP.i32Add);
    code.op(OP.localTee, usedLocal).op(OP.globalSet, added.used).op(OP.localGet, usedLocal);
    if (reserve > 0) code.i32(reserve).u8(OP.i32Add);
    code.op(OP.globalGet, added.limit).u8(OP.i32GtS);
    rare.push(out.size - bodyFrom);
    code.u8(OP.if).u8(NO_RESULT).op(OP.localGet, usedLocal);
    if (reserve > 0) code.i32(reserve).u8(OP.i32Add);
    code.op(OP.call, added.deepen).u8(OP.end);
  }

  /** A check in a loop, where the fuel is in a local. */
  function writeLocalCheck({ fuelLocal }: Plan, units: number, out: Writer): void {
    const code = new Code(out).op(OP.localGet, fuelLocal).i32(units).u8(OP.i32Sub).op(OP.localTee, fuelLocal);
    code.i32(0).u8(OP.i32LtS);
    rare.push(out.size - bodyFrom);
    code.u8(OP.if).u8(NO_RESULT);
    code.op(OP.localGet, fuelLocal).op(OP.call, added.tickLocal).op(OP.localSet, fuelLocal).u8(OP.end);
  }

  /** A check anywhere else; the local is only used to look at what was set. */
  function writeCheck({ fuelLocal }: Plan, units: number, out: Writer): void {
    const code = new Code(out).op(OP.globalGet, added.fuel).i32(units).u8(OP.i32Sub);
    code.op(OP.localTee, fuelLocal).op(OP.globalSet, added.fuel).op(OP.localGet, fuelLocal);
    code.i32(0).u8(OP.i32LtS);
    rare.push(out.size - bodyFrom);
    code.u8(OP.if).u8(NO_RESULT).op(OP.call, added.tick).u8(OP.end);
  }

  /** Gives the frame's units back. */
  function writeLeave({ usedLocal, units }: Plan, out: Writer): void {
    if (units > 0) {
      new Code(out).op(OP.localGet, usedLocal).i32(units).u8(OP.i32Sub).op(OP.globalSet, added.used);
    }
  }

  function takeFuel({ fuelLocal }: Plan, out: Writer): void {
    new Code(out).op(OP.globalGet, added.fuel).op(OP.localSet, fuelLocal);
  }

  function putFuelBack({ fuelLocal }: Plan, out: Writer): void {
    new Code(out).op(OP.localGet, fuelLocal).op(OP.globalSet, added.fuel);
  }

  /** Writes `source[from, end)` with the edits of the scan. */
  function writeEdited(
    plan: Plan,
    wrapped: boolean,
    source: Uint8Array,
    from: number,
    end: number,
    out: Writer,
  ): void {
    const { numbers, used } = scan.edits;
    /** Loops around the place, and from which of them on the fuel is in the local; 0 for none. */
    let loops = 0;
    let local = 0;
    for (let k = 0; k < used; k += EDIT_SIZE) {
      const kind = numbers[k] as number;
      const argument = numbers[k + 1] as number;
      if (kind === EDIT.none || kind === EDIT.leave && !wrapped) continue;
      if (kind === EDIT.exitIf && (local === 0 || argument >= local)) continue;
      out.copy(source, from, numbers[k + 2]);
      from = numbers[k + 3] as number;
      switch (kind) {
        case EDIT.loop:
          loops++;
          if (local > 0 || argument === 0) break;
          local = loops;
          takeFuel(plan, out);
          break;
        case EDIT.loopEnd:
          if (local === loops) {
            putFuelBack(plan, out);
            local = 0;
          }
          loops--;
          break;
        case EDIT.check:
          if (local > 0) writeLocalCheck(plan, argument, out);
          else writeCheck(plan, argument, out);
          break;
        case EDIT.exit:
          if (argument < local) putFuelBack(plan, out);
          break;
        case EDIT.exitIf: {
          const label = new Reader(source, (numbers[k + 2] as number) + 1).u32();
          out.u8(OP.if);
          out.u8(NO_RESULT);
          putFuelBack(plan, out);
          new Code(out).op(OP.br, label + 1).u8(OP.end);
          break;
        }
        case EDIT.beforeCall:
          if (local > 0) putFuelBack(plan, out);
          break;
        case EDIT.afterCall:
          if (local > 0) takeFuel(plan, out);
          break;
        case EDIT.tail:
          if (local > 0) putFuelBack(plan, out);
          writeLeave(plan, out);
          break;
        case EDIT.chargeBytes:
          writeCall(plan, added.chargeBytes, local > 0, out);
          break;
        case EDIT.chargeElements:
          writeCall(plan, added.chargeElements, local > 0, out);
          break;
        case EDIT.grow:
          writeCall(plan, added.grow, local > 0, out);
          break;
        case EDIT.leave:
          new Code(out).op(OP.br, argument);
          break;
        default:
          writeCanonical(plan, kind, out);
      }
    }
    out.copy(source, from, end);
  }

  /** Calls an added function that uses fuel. */
  function writeCall(plan: Plan, index: number, local: boolean, out: Writer): void {
    if (local) putFuelBack(plan, out);
    new Code(out).op(OP.call, index);
    if (local) takeFuel(plan, out);
  }

  function writeCanonical({ canonLocals: { f32, f64, v128 } }: Plan, kind: number, out: Writer): void {
    switch (kind) {
      case EDIT.canonF32:
        return writeCanon(f32, OP.f32Ne, CANON_F32, out);
      case EDIT.canonF64:
        return writeCanon(f64, OP.f64Ne, CANON_F64, out);
      case EDIT.canonF32x4:
        return writeVectorCanon(v128, F32X4_EQ, CANON_F32X4, out);
      case EDIT.canonF64x2:
        return writeVectorCanon(v128, F64X2_EQ, CANON_F64X2, out);
    }
  }

  /** A branch that is never taken costs less than a select, which the next operation would wait for. */
  function writeCanon(local: number, ne: number, canon: Uint8Array, out: Writer): void {
    const code = new Code(out).op(OP.localTee, local).op(OP.localGet, local).u8(ne);
    rare.push(out.size - bodyFrom);
    code.u8(OP.if).u8(NO_RESULT);
    out.copy(canon);
    code.op(OP.localSet, local).u8(OP.end).op(OP.localGet, local);
  }
}

const CANON_F32 = Uint8Array.of(OP.f32Const, 0, 0, 0xc0, 0x7f);
const CANON_F64 = Uint8Array.of(OP.f64Const, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f);
const CANON_F32X4 = Uint8Array.of(0xfd, 12, ...repeat(4, CANON_F32.subarray(1)));
const CANON_F64X2 = Uint8Array.of(0xfd, 12, ...repeat(2, CANON_F64.subarray(1)));
const F32X4_EQ = 65;
const F64X2_EQ = 71;
const BITSELECT = 82;

function repeat(times: number, bytes: Uint8Array): number[] {
  return Array.from({ length: times }, () => [...bytes]).flat();
}

function writeVectorCanon(local: number, eq: number, canon: Uint8Array, out: Writer): void {
  const code = new Code(out).op(OP.localTee, local);
  out.copy(canon);
  code.op(OP.localGet, local).op(OP.localGet, local).u8(0xfd).u32(eq).u8(0xfd).u32(BITSELECT);
}

function checkSize(functionIndex: number, bytes: number, bytesMax: number): void {
  if (bytes > bytesMax) throw new LimitError({ code: "function_too_large", functionIndex, bytes, bytesMax });
}
