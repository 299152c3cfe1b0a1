/**
 * Walks over the code of one function, once, and notes what must be inserted
 * where. It keeps what a validator keeps of control flow and the height of the
 * operand stack, but no types: those are the engine's to check.
 * @module
 */

import { LimitError } from "../fault.ts";
import { BULK, featureOf, FORM, PLAIN, SIMD } from "../opcodes.ts";
import { hex, type Reader } from "../reader.ts";
import { IMPORT_CALL_INSTRUCTIONS, RUN_INSTRUCTIONS_MAX } from "./schedule.ts";
import type { Shape } from "../shape.ts";

/** Deepest nesting of blocks in one function. */
export const NESTING_MAX = 16_384;

/** What is to be done at a place in the code. */
export const EDIT = {
  /** Insert a fuel check, in a place where speed counts. */
  check: 0,
  /** Insert a fuel check as a call, which is short: straight code needs many, and few of them run. */
  runCheck: 1,
  /** Insert the charge of a bulk operation. */
  chargeBytes: 2,
  chargeElements: 3,
  chargePages: 4,
  /** Only where the stack is accounted: write `br` to the function's end; the argument is the label. */
  leave: 5,
  /** Only where the stack is accounted: give the frame's units back before a tail call. */
  tail: 6,
} as const;

/** Numbers an edit takes in {@linkcode BodyScan.edits}: kind, argument, `[from, to)` of the code it replaces. */
export const EDIT_SIZE = 4;

/** Numbers a block takes in the stack of blocks. */
const BLOCK_SIZE = 6;
// What they are: the opcode, operands below its params, its params, its results,
// the longest run of instructions that branches to its end, and the run at an `if`.
const OPENED_BY = 0;
const BASE = 1;
const PARAMS = 2;
const RESULTS = 3;
const RUN_AT_END = 4;
const RUN_AT_IF = 5;
/** Marks a block that was opened in dead code. */
const DEAD = 0x100;

const LOOP = 0x03;
const IF = 0x04;
const ELSE = 0x05;

/** A scanner of function bodies; one serves a whole module, its results last until the next scan. */
export class BodyScan {
  /** What to do, {@linkcode EDIT_SIZE} numbers each, by position. */
  edits = new Int32Array(1024);
  /** How many numbers of `edits` are in use. */
  editsUsed = 0;
  /** Slots of the highest operand stack of the function. */
  operandSlots = 0;
  /** Whether the function calls any other. */
  calls = false;

  readonly #shape: Shape;
  #blocks = new Int32Array(64 * BLOCK_SIZE);
  /** Offset of the innermost block. */
  #top = 0;
  #height = 0;
  #peak = 0;
  #live = true;
  /** Upper bound of the instructions since the last check, over all paths to here. */
  #run = 0;
  /** Whether an operand may be a v128: then all are taken for one. */
  #vectors = false;

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  /**
   * Scans the code at `reader` up to its end, which must be the function's.
   * @param results count of the function's results
   * @param locals count of its params and locals
   * @param vectors whether one of these is a v128
   * @throws {LimitError}
   */
  scan(reader: Reader, results: number, locals: number, vectors: boolean): void {
    this.editsUsed = 0;
    this.calls = false;
    this.#vectors = vectors;
    this.#peak = 0;
    this.#height = 0;
    this.#run = 0;
    this.#live = true;
    this.#top = -BLOCK_SIZE;
    this.#open(reader, 0x02, 0, results);
    while (this.#top >= 0) this.#instruction(reader, locals);
    if (reader.position !== reader.end) reader.fail("wanted the function's end, got more code");
    this.operandSlots = this.#vectors ? 2 * this.#peak : this.#peak;
  }

  #instruction(reader: Reader, locals: number): void {
    const shape = this.#shape;
    const at = reader.position;
    if (this.#live && this.#run >= RUN_INSTRUCTIONS_MAX) {
      this.#edit(EDIT.runCheck, 0, at, at);
      this.#run = 0;
    }
    this.#run++;
    const opcode = reader.u8();
    const net = PLAIN.net[opcode] as number;
    const form = PLAIN.form[opcode] as number;
    switch (form) {
      case FORM.plain:
        break;
      case FORM.local:
        reader.index(locals, "local");
        break;
      case FORM.global:
        reader.index(shape.globals, "global");
        if (shape.vectorGlobals) this.#vectors = true;
        break;
      case FORM.i32Const:
        reader.skipSigned(32);
        break;
      case FORM.i64Const:
        reader.skipSigned(64);
        break;
      case FORM.bytes4:
        reader.skip(4);
        break;
      case FORM.bytes8:
        reader.skip(8);
        break;
      case FORM.memoryAccess:
        this.#memoryArgument(reader);
        break;
      case FORM.memorySize:
        reader.index(shape.memories, "memory");
        break;
      case FORM.memoryGrow:
        this.#charge(EDIT.chargePages, at);
        reader.index(shape.memories, "memory");
        break;
      case FORM.table:
        reader.index(shape.tables, "table");
        break;
      case FORM.selectTyped:
        if (reader.u32() !== 1) reader.fail("wanted one type for select", at);
        reader.valueType();
        break;
      case FORM.refNull:
        reader.referenceType();
        break;
      case FORM.refFunc:
        reader.index(shape.functions.length, "function");
        break;
      case FORM.bulkPrefix:
        this.#bulk(reader, at);
        return;
      case FORM.simdPrefix:
        this.#simd(reader, at);
        return;
      case FORM.call:
      case FORM.returnCall: {
        const callee = reader.index(shape.functions.length, "function");
        if (callee < shape.importedFunctions) this.#run += IMPORT_CALL_INSTRUCTIONS - 1;
        this.#called(reader, at, shape.functions[callee] as number, form === FORM.returnCall);
        return;
      }
      case FORM.callIndirect:
      case FORM.returnCallIndirect: {
        const type = reader.index(shape.types.length, "type");
        reader.index(shape.tables, "table");
        this.#move(reader, net, at);
        this.#called(reader, at, type, form === FORM.returnCallIndirect);
        return;
      }
      case FORM.block:
      case FORM.loop:
      case FORM.if:
        this.#move(reader, net, at);
        this.#block(reader, opcode);
        return;
      case FORM.else:
        this.#else(reader, at);
        return;
      case FORM.end:
        this.#end(reader, at);
        return;
      case FORM.br:
        this.#branch(reader);
        this.#die();
        return;
      case FORM.brIf:
        this.#branch(reader);
        break;
      case FORM.brTable:
        for (let left = reader.count() + 1; left > 0; left--) this.#branch(reader);
        this.#die();
        return;
      case FORM.return:
        this.#edit(EDIT.leave, this.#top / BLOCK_SIZE, at, reader.position);
        this.#die();
        return;
      case FORM.unreachable:
        this.#die();
        return;
      default:
        this.#unknown(reader, at, opcode, 0);
    }
    this.#move(reader, net, at);
  }

  #bulk(reader: Reader, at: number): void {
    const { memories, tables } = this.#shape;
    const opcode = reader.u32();
    switch (BULK.form[opcode] ?? FORM.unknown) {
      case FORM.plain:
        break;
      case FORM.memoryInit:
        this.#charge(EDIT.chargeBytes, at);
        reader.u32();
        reader.index(memories, "memory");
        break;
      case FORM.memoryCopy:
        this.#charge(EDIT.chargeBytes, at);
        reader.index(memories, "memory");
        reader.index(memories, "memory");
        break;
      case FORM.memoryFill:
        this.#charge(EDIT.chargeBytes, at);
        reader.index(memories, "memory");
        break;
      case FORM.segmentDrop:
        reader.u32();
        break;
      case FORM.tableInit:
        this.#charge(EDIT.chargeElements, at);
        reader.u32();
        reader.index(tables, "table");
        break;
      case FORM.tableCopy:
        this.#charge(EDIT.chargeElements, at);
        reader.index(tables, "table");
        reader.index(tables, "table");
        break;
      case FORM.tableBulk:
        this.#charge(EDIT.chargeElements, at);
        reader.index(tables, "table");
        break;
      case FORM.tableSize:
        reader.index(tables, "table");
        break;
      default:
        this.#unknown(reader, at, 0xfc, opcode);
    }
    this.#move(reader, BULK.net[opcode] as number, at);
  }

  #simd(reader: Reader, at: number): void {
    const opcode = reader.u32();
    this.#vectors = true;
    switch (SIMD.form[opcode] ?? FORM.unknown) {
      case FORM.plain:
        break;
      case FORM.memoryAccess:
        this.#memoryArgument(reader);
        break;
      case FORM.bytes16:
        reader.skip(16);
        break;
      case FORM.lane:
        reader.u8();
        break;
      case FORM.laneAccess:
        this.#memoryArgument(reader);
        reader.u8();
        break;
      default:
        this.#unknown(reader, at, 0xfd, opcode);
    }
    this.#move(reader, SIMD.net[opcode] as number, at);
  }

  #unknown(reader: Reader, at: number, opcode: number, second: number): never {
    const feature = featureOf(opcode, second);
    if (feature) reader.refuse(feature, at);
    const prefixed = opcode === 0xfc || opcode === 0xfd;
    return reader.fail(`wanted a known opcode, got ${hex(opcode)}${prefixed ? ` ${second}` : ""}`, at);
  }

  #memoryArgument(reader: Reader): void {
    // Bit 6 of the alignment says that a memory index follows.
    if (reader.u32() & 0x40) reader.index(this.#shape.memories, "memory");
    else if (this.#shape.memories === 0) reader.fail("wanted a memory, got none");
    reader.u32();
  }

  /** The charge is itself a check, and its operand, the count, is on top of the stack. */
  #charge(kind: number, at: number): void {
    if (!this.#live) return;
    this.#edit(kind, 0, at, at);
    this.#run = 0;
  }

  #called(reader: Reader, at: number, typeIndex: number, tail: boolean): void {
    const type = this.#shape.types[typeIndex];
    if (!type) return reader.fail("wanted a function type", at);
    this.calls = true;
    if (type.vectors) this.#vectors = true;
    this.#move(reader, -type.paramCount, at);
    if (tail) {
      this.#edit(EDIT.tail, 0, at, at);
      this.#die();
    } else {
      this.#move(reader, type.results.length, at);
    }
  }

  #block(reader: Reader, opcode: number): void {
    const at = reader.position;
    const first = reader.u8();
    let params = 0;
    let results = 0;
    if (first >= 0x41 && first <= 0x7f) { // A value type, as a negative number of one byte.
      reader.position = at;
      reader.valueType();
      results = 1;
    } else if (first !== 0x40) {
      reader.position = at;
      reader.skipSigned(33);
      const end = reader.position;
      reader.position = at;
      const type = this.#shape.types[reader.u32()];
      if (!type || reader.position !== end) reader.fail("wanted a block type", at);
      params = type.paramCount;
      results = type.results.length;
    }
    this.#move(reader, -params, at);
    this.#open(reader, opcode, params, results);
    this.#move(reader, params, at);
    if (opcode === LOOP && this.#live) {
      this.#edit(EDIT.check, 0, reader.position, reader.position);
      this.#run = 0;
    }
  }

  #open(reader: Reader, opcode: number, params: number, results: number): void {
    const top = this.#top + BLOCK_SIZE;
    if (top >= NESTING_MAX * BLOCK_SIZE) {
      throw new LimitError({ code: "nesting_too_deep", position: reader.position, depthMax: NESTING_MAX });
    }
    if (top + BLOCK_SIZE > this.#blocks.length) this.#blocks = grown(this.#blocks);
    const blocks = this.#blocks;
    blocks[top + OPENED_BY] = this.#live ? opcode : opcode | DEAD;
    blocks[top + BASE] = this.#height;
    blocks[top + PARAMS] = params;
    blocks[top + RESULTS] = results;
    blocks[top + RUN_AT_END] = 0;
    blocks[top + RUN_AT_IF] = this.#run;
    this.#top = top;
  }

  #else(reader: Reader, at: number): void {
    const top = this.#top;
    const openedBy = this.#blocks[top + OPENED_BY] as number;
    if ((openedBy & ~DEAD) !== IF) reader.fail("wanted `else` only in an `if`", at);
    this.#close(reader, top, at);
    this.#blocks[top + OPENED_BY] = ELSE | openedBy & DEAD;
    this.#height = (this.#blocks[top + BASE] as number) + (this.#blocks[top + PARAMS] as number);
    this.#live = !(openedBy & DEAD);
    this.#run = this.#blocks[top + RUN_AT_IF] as number;
  }

  #end(reader: Reader, at: number): void {
    const top = this.#top;
    const openedBy = this.#blocks[top + OPENED_BY] as number;
    this.#close(reader, top, at);
    const run = this.#blocks[top + RUN_AT_END] as number;
    const skipped = openedBy === IF ? this.#blocks[top + RUN_AT_IF] as number : 0;
    this.#run = Math.max(run, skipped);
    this.#live = !(openedBy & DEAD); // Live if somebody may branch here; nobody does no harm.
    this.#height = this.#blocks[top + BASE] as number;
    this.#top = top - BLOCK_SIZE;
    if (this.#live) {
      this.#height += this.#blocks[top + RESULTS] as number;
      if (this.#height > this.#peak) this.#peak = this.#height;
    }
  }

  /** The end of a block or of an `if`'s first half: what falls through arrives at the block's end. */
  #close(reader: Reader, top: number, at: number): void {
    if (!this.#live) return;
    const wanted = (this.#blocks[top + BASE] as number) + (this.#blocks[top + RESULTS] as number);
    if (this.#height !== wanted) reader.fail(`wanted ${wanted} operands, got ${this.#height}`, at);
    this.#arrive(top);
  }

  #branch(reader: Reader): void {
    const label = reader.index(this.#top / BLOCK_SIZE + 1, "label");
    const block = this.#top - label * BLOCK_SIZE;
    // A branch to a loop goes to its header, where there is a check.
    if (this.#live && this.#blocks[block + OPENED_BY] !== LOOP) this.#arrive(block);
  }

  #arrive(block: number): void {
    const at = block + RUN_AT_END;
    if (this.#run > (this.#blocks[at] as number)) this.#blocks[at] = this.#run;
  }

  #die(): void {
    this.#live = false;
  }

  /** Changes the height of the operand stack; in dead code there is none to speak of. */
  #move(reader: Reader, net: number, at: number): void {
    if (!this.#live) return;
    const height = this.#height + net;
    if (height < (this.#blocks[this.#top + BASE] as number)) {
      reader.fail("wanted more operands on the stack", at);
    }
    this.#height = height;
    if (height > this.#peak) this.#peak = height;
  }

  #edit(kind: number, argument: number, from: number, to: number): void {
    const used = this.editsUsed;
    if (used + EDIT_SIZE > this.edits.length) this.edits = grown(this.edits);
    const edits = this.edits;
    edits[used] = kind;
    edits[used + 1] = argument;
    edits[used + 2] = from;
    edits[used + 3] = to;
    this.editsUsed = used + EDIT_SIZE;
  }
}

function grown(numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}
