/**
 * Rewrites the body of one function.
 * @module
 */

import { type Additions, checkCode, writeEnter, writeLeave } from "./additions.ts";
import { LimitError } from "../fault.ts";
import { FUNCTION_BYTES_MAX, LOCALS_MAX, REWRITTEN_FUNCTION_BYTES_MAX } from "../instrumentation.ts";
import type { Reader } from "../reader.ts";
import { BodyScan, EDIT, EDIT_SIZE } from "./scan.ts";
import { frameUnits, LEAF_UNITS_MAX } from "./schedule.ts";
import { type Shape, V128 } from "../shape.ts";
import type { Writer } from "../writer.ts";

/** Rewrites one function's body after the other. */
export interface BodyRewriter {
  /**
   * Reads a body from `reader`, which ends with it, and writes it without its size.
   * @throws {LimitError}
   */
  rewrite(reader: Reader, functionIndex: number, out: Writer): void;
}

/** A rewriter for the functions of one module. */
export function bodyRewriter(shape: Shape, added: Additions): BodyRewriter {
  const scan = new BodyScan(shape);
  const check = checkCode(added);
  return { rewrite };

  function rewrite(reader: Reader, functionIndex: number, out: Writer): void {
    const sizeBefore = out.size;
    checkSize(functionIndex, reader.end - reader.position, FUNCTION_BYTES_MAX);
    const typeIndex = shape.functions[functionIndex] as number;
    const type = shape.types[typeIndex];
    if (!type) return reader.fail("wanted a function type");
    const from = reader.position;
    let locals = type.paramCount;
    let localSlots = 0;
    let vectors = type.vectors;
    for (let groups = reader.count(); groups > 0; groups--) {
      const count = reader.u32();
      locals += count;
      const vector = reader.valueType() === V128;
      vectors ||= vector;
      localSlots += vector ? 2 * count : count;
      if (locals > LOCALS_MAX) {
        throw new LimitError({ code: "too_many", what: "locals", count: locals, countMax: LOCALS_MAX });
      }
    }
    const codeFrom = reader.position;
    scan.scan(reader, type.results.length, locals, vectors);
    const units = frameUnits({
      params: type.paramSlots,
      results: type.resultSlots,
      locals: localSlots,
      operands: scan.operandSlots,
    });
    const accounted = scan.calls || units > LEAF_UNITS_MAX;
    out.copy(reader.bytes, from, codeFrom);
    out.copy(check);
    if (accounted) {
      writeEnter(out, added, units);
      added.blocks.writeBlock(typeIndex, out);
      writeEdited(reader.bytes, codeFrom, reader.end, units, out);
      writeLeave(out, added, units);
      out.u8(0x0b);
    } else {
      writeEdited(reader.bytes, codeFrom, reader.end, 0, out);
    }
    checkSize(functionIndex, out.size - sizeBefore, REWRITTEN_FUNCTION_BYTES_MAX);
  }

  /** Writes `source[from, end)` with the edits of the scan; `units` is 0 where the stack is not accounted. */
  function writeEdited(
    source: Uint8Array,
    from: number,
    end: number,
    units: number,
    out: Writer,
  ): void {
    const edits = scan.edits;
    const used = scan.editsUsed;
    for (let k = 0; k < used; k += EDIT_SIZE) {
      const kind = edits[k] as number;
      const argument = edits[k + 1] as number;
      if (units === 0 && (kind === EDIT.leave || kind === EDIT.tail)) continue;
      out.copy(source, from, edits[k + 2]);
      from = edits[k + 3] as number;
      switch (kind) {
        case EDIT.check:
          out.copy(check);
          break;
        case EDIT.runCheck:
          call(added.runCheckFunction, out);
          break;
        case EDIT.chargeBytes:
          call(added.chargeBytes, out);
          break;
        case EDIT.chargeElements:
          call(added.chargeElements, out);
          break;
        case EDIT.chargePages:
          call(added.chargePages, out);
          break;
        case EDIT.leave:
          out.u8(0x0c);
          out.u32(argument);
          break;
        case EDIT.tail:
          writeLeave(out, added, units);
          break;
      }
    }
    out.copy(source, from, end);
  }
}

function checkSize(functionIndex: number, bytes: number, bytesMax: number): void {
  if (bytes > bytesMax) throw new LimitError({ code: "function_too_large", functionIndex, bytes, bytesMax });
}

function call(index: number, out: Writer): void {
  out.u8(0x10);
  out.u32(index);
}
