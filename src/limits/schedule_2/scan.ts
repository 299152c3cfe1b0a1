/**
 * Walks over the code of one function, once, and notes what must be done where.
 * It keeps what a validator keeps of control flow and the height of the
 * operand stack, but no types: those are the engine's to check.
 * @module
 */

import { LimitError } from "../fault.ts";
import { Instruction } from "../instruction.ts";
import { FORM } from "../opcodes.ts";
import type { Reader } from "../reader.ts";
import type { Shape } from "../shape.ts";
import { EDIT, Edits } from "./edits.ts";
import { Floats } from "./floats.ts";
import type { Functions } from "./functions.ts";
import type { Locals } from "./locals.ts";
import { CALL_INSTRUCTIONS, checkUnits, FAR_CALL_INSTRUCTIONS, RUN_INSTRUCTIONS_MAX } from "./schedule.ts";

/** Deepest nesting of blocks in one function. */
export const NESTING_MAX = 16_384;

/** Numbers a block takes in the stack of blocks. */
const BLOCK_SIZE = 12;
// What they are: the opcode, operands below its params, its params, its results, the longest run of
// instructions that branches to its end, the run at an `if`, the loops around it, `#called` where its
// end is branched to and at an `if`; and of a loop: the longest run that comes to its header, and the offsets
// of its first edit and its check.
const OPENED_BY = 0;
const BASE = 1;
const PARAMS = 2;
const RESULTS = 3;
const RUN_AT_END = 4;
const RUN_AT_IF = 5;
const RUN_AT_HEADER = 6;
const CHECK = 7;
const LOOPS = 8;
const BEGIN = 9;
const CALLED_AT_END = 10;
const CALLED_AT_IF = 11;
/** More loops than there can be. */
const NOWHERE = NESTING_MAX;
/** Mark of a block that was opened in dead code. */
const DEAD = 0x100;
const OPCODE = 0xff;

const LOOP = 0x03;
const IF = 0x04;
const ELSE = 0x05;

/** A scanner of function bodies; one serves a whole module, its results last until the next scan. */
export class BodyScan {
  /** What to do, by position. */
  readonly edits = new Edits();
  /** Slots of the highest operand stack of the function. */
  operandSlots = 0;
  /** Longest run of instructions that leads to an exit of the function. */
  runAtExit = 0;
  /** Whether there is any check. */
  checks = false;
  /** Whether there is any check, charge, or call of what may have one. */
  fueled = false;
  /** Whether anything that is accounted may be called. */
  callsAccounted = false;
  /** Units to hold for callees that are not accounted but call what is. */
  relayUnits = 0;
  /** Units that must be left besides for other callees. */
  lightUnits = 0;

  readonly #shape: Shape;
  readonly #functions: Functions;
  readonly #instruction = new Instruction();
  readonly #floats: Floats | undefined;
  #blocks = new Int32Array(64 * BLOCK_SIZE);
  /** Offset of the innermost block. */
  #top = 0;
  #height = 0;
  #peak = 0;
  #live = true;
  /** Loops around here. */
  #loops = 0;
  /** Of these, the outer ones that have used fuel by a call since their header on every path to here. */
  #called = 0;
  /** Upper bound of the instructions since the last check, over all paths to here. */
  #run = 0;
  /** Whether an operand may be a v128: then all are taken for one. */
  #vectors = false;

  /** @param floats whether the module makes NaNs */
  constructor(shape: Shape, functions: Functions, floats: boolean) {
    this.#shape = shape;
    this.#functions = functions;
    this.#floats = floats ? new Floats(this.edits) : undefined;
  }

  /**
   * Scans the code at `reader` up to its end, which must be the function's.
   * @param results count of the function's results
   * @throws {LimitError}
   */
  scan(reader: Reader, results: number, locals: Locals): void {
    this.edits.used = 0;
    this.checks =
      this.fueled =
      this.callsAccounted =
        false;
    this.relayUnits = this.lightUnits = 0;
    this.#vectors = locals.vectors;
    this.#peak = 0;
    this.#height = 0;
    this.#run = 0;
    this.#live = true;
    this.#loops = this.#called = 0;
    this.#top = -BLOCK_SIZE;
    this.#floats?.begin(reader.bytes, locals.types, locals.params);
    this.#open(reader, 0x02, 0, results);
    while (this.#top >= 0) this.#step(reader, locals.count);
    if (reader.position !== reader.end) reader.fail("wanted the function's end, got more code");
    this.operandSlots = this.#vectors ? 2 * this.#peak : this.#peak;
    this.#floats?.finish();
  }

  #step(reader: Reader, locals: number): void {
    if (this.#live && this.#run >= RUN_INSTRUCTIONS_MAX) this.#check(reader.position, this.#run);
    this.#run++;
    const instruction = this.#instruction;
    instruction.read(reader, this.#shape, locals);
    const { at, form } = instruction;
    if (instruction.vector) this.#vectors = true;
    switch (form) {
      case FORM.block:
      case FORM.loop:
      case FORM.if:
        this.#block(reader);
        return;
      case FORM.else:
        this.#else(reader, at);
        return;
      case FORM.end:
        this.#end(reader, at);
        return;
      case FORM.br:
      case FORM.brTable:
        this.#move(reader, instruction.net, at);
        this.#branch(reader, false);
        this.#live = false;
        return;
      case FORM.brIf:
        this.#move(reader, instruction.net, at);
        this.#branch(reader, true);
        return;
      case FORM.return:
        this.#leave();
        this.edits.add(EDIT.leave, this.#top / BLOCK_SIZE, at, reader.position);
        return;
      case FORM.unreachable:
        this.#live = false;
        return;
      case FORM.call:
      case FORM.callIndirect:
      case FORM.returnCall:
      case FORM.returnCallIndirect:
        this.#call(reader);
        return;
      case FORM.memoryGrow:
        this.#charge(EDIT.grow, at, reader.position); // Dead code keeps its own.
        break;
      case FORM.memoryInit:
      case FORM.memoryCopy:
      case FORM.memoryFill:
        this.#charge(EDIT.chargeBytes, at, at);
        break;
      case FORM.tableInit:
      case FORM.tableCopy:
      case FORM.tableBulk:
        this.#charge(EDIT.chargeElements, at, at);
        break;
    }
    if (this.#live) this.#floats?.step(instruction, this.#height, reader.position);
    this.#move(reader, instruction.net, at);
  }

  #check(at: number, run: number): number {
    this.checks = this.fueled = true;
    this.#run = 0;
    return this.edits.add(EDIT.check, checkUnits(run), at, at);
  }

  /** Its operand, the count, is on top of the stack. */
  #charge(kind: number, from: number, to: number): void {
    if (!this.#live) return;
    this.#usesFuel();
    this.edits.add(kind, 0, from, to);
  }

  /** Here is what uses fuel of its own. */
  #usesFuel(): void {
    this.fueled = true;
    this.#called = this.#loops;
  }

  #call(reader: Reader): void {
    const { at, form, index, net, results } = this.#instruction;
    const tail = form === FORM.returnCall || form === FORM.returnCallIndirect;
    const direct = form === FORM.call || form === FORM.returnCall;
    const height = this.#height;
    // Heads count for themselves, and are the only ones that may come later.
    const callee = direct ? this.#functions.settled(index) : undefined;
    this.#run += callee ? CALL_INSTRUCTIONS + callee.callerRun : FAR_CALL_INSTRUCTIONS;
    this.relayUnits = Math.max(this.relayUnits, callee?.relayUnits ?? 0);
    this.lightUnits = Math.max(this.lightUnits, callee?.lightUnits ?? 0);
    if (callee?.accounted ?? true) this.callsAccounted = true;
    const fueled = callee?.fueled ?? true;
    if (fueled || tail) this.#usesFuel();
    this.#move(reader, net - results, at);
    if (tail) {
      this.edits.add(EDIT.tail, 0, at, at);
      if (!this.#live) return;
      this.#floats?.observe(this.#height, height);
      this.#arrive(0);
      this.#live = false;
      return;
    }
    if (fueled) {
      this.edits.add(EDIT.beforeCall, 0, at, at);
      this.edits.add(EDIT.afterCall, 0, reader.position, reader.position);
    }
    if (this.#live) this.#floats?.step(this.#instruction, height, reader.position);
    this.#move(reader, results, at);
  }

  #block(reader: Reader): void {
    const { opcode, net, params, results, at } = this.#instruction;
    this.#move(reader, net, at);
    if (this.#live) {
      this.#floats?.observe(this.#height - params, this.#height);
      this.#floats?.forget(this.#height - params, this.#height);
    }
    this.#move(reader, -params, at);
    this.#open(reader, opcode, params, results);
    this.#move(reader, params, at);
    if (opcode === LOOP && this.#live) {
      this.#loops++;
      this.#blocks[this.#top + BEGIN] = this.edits.add(EDIT.loop, 0, at, at);
      this.#blocks[this.#top + RUN_AT_HEADER] = this.#run;
      this.#blocks[this.#top + CHECK] = this.#check(reader.position, 0);
    }
  }

  #open(reader: Reader, opcode: number, params: number, results: number): void {
    const top = this.#top + BLOCK_SIZE;
    if (top >= NESTING_MAX * BLOCK_SIZE) {
      throw new LimitError({ code: "nesting_too_deep", position: reader.position, depthMax: NESTING_MAX });
    }
    if (top + BLOCK_SIZE > this.#blocks.length) {
      const larger = new Int32Array(this.#blocks.length * 2);
      larger.set(this.#blocks);
      this.#blocks = larger;
    }
    const blocks = this.#blocks;
    blocks[top + OPENED_BY] = this.#live ? opcode : opcode | DEAD;
    blocks[top + BASE] = this.#height;
    blocks[top + PARAMS] = params;
    blocks[top + RESULTS] = results;
    blocks[top + RUN_AT_END] = 0;
    blocks[top + RUN_AT_IF] = this.#run;
    blocks[top + LOOPS] = this.#loops;
    blocks[top + CALLED_AT_END] = NOWHERE;
    blocks[top + CALLED_AT_IF] = this.#called;
    this.#top = top;
  }

  #else(reader: Reader, at: number): void {
    const top = this.#top;
    const blocks = this.#blocks;
    const openedBy = blocks[top + OPENED_BY] as number;
    if ((openedBy & OPCODE) !== IF) reader.fail("wanted `else` only in an `if`", at);
    this.#close(reader, top, at);
    blocks[top + OPENED_BY] = openedBy & ~OPCODE | ELSE;
    this.#height = (blocks[top + BASE] as number) + (blocks[top + PARAMS] as number);
    this.#live = !(openedBy & DEAD);
    this.#run = blocks[top + RUN_AT_IF] as number;
    this.#called = blocks[top + CALLED_AT_IF] as number;
    if (this.#live) this.#floats?.forget(blocks[top + BASE] as number, this.#height);
  }

  #end(reader: Reader, at: number): void {
    const top = this.#top;
    const blocks = this.#blocks;
    const openedBy = blocks[top + OPENED_BY] as number;
    const opcode = openedBy & OPCODE;
    this.#close(reader, top, at);
    const run = blocks[top + RUN_AT_END] as number;
    const skipped = opcode === IF ? blocks[top + RUN_AT_IF] as number : 0;
    this.#run = Math.max(run, skipped);
    const called = blocks[top + CALLED_AT_END] as number;
    this.#called = Math.min(called, opcode === IF ? blocks[top + CALLED_AT_IF] as number : NOWHERE);
    this.#live = !(openedBy & DEAD); // Live if somebody may branch here; nobody does no harm.
    this.#height = blocks[top + BASE] as number;
    this.#top = top - BLOCK_SIZE;
    if (opcode === LOOP && this.#live) {
      const { numbers } = this.edits;
      numbers[(blocks[top + CHECK] as number) + 1] = checkUnits(blocks[top + RUN_AT_HEADER] as number);
      this.edits.add(EDIT.loopEnd, 0, reader.position, reader.position);
      this.#loops--;
    }
    this.#called = Math.min(this.#called, this.#loops);
    if (top === 0) this.runAtExit = this.#run;
    if (this.#live) {
      this.#floats?.forget(this.#height, this.#height + (blocks[top + RESULTS] as number));
      this.#height += blocks[top + RESULTS] as number;
      if (this.#height > this.#peak) this.#peak = this.#height;
    }
  }

  /** The end of a block or of an `if`'s first half: what falls through arrives at the block's end. */
  #close(reader: Reader, top: number, at: number): void {
    if (!this.#live) return;
    const base = this.#blocks[top + BASE] as number;
    const wanted = base + (this.#blocks[top + RESULTS] as number);
    if (this.#height !== wanted) reader.fail(`wanted ${wanted} operands, got ${this.#height}`, at);
    this.#floats?.observe(base, this.#height);
    this.#arrive(top);
  }

  /** @param conditional whether it is a `br_if` */
  #branch(reader: Reader, conditional: boolean): void {
    const { labels, labelCount, at } = this.#instruction;
    const depth = this.#top / BLOCK_SIZE + 1;
    let loops = this.#loops;
    let carriedMost = 0;
    for (let k = 0; k < labelCount; k++) {
      const label = labels[k] as number >>> 0;
      if (label >= depth) reader.fail(`wanted a label index below ${depth}, got ${label}`, at);
      if (!this.#live) continue;
      const block = this.#top - label * BLOCK_SIZE;
      const loop = ((this.#blocks[block + OPENED_BY] as number) & OPCODE) === LOOP;
      const carried = this.#blocks[block + (loop ? PARAMS : RESULTS)] as number;
      this.#floats?.observe(Math.max(0, this.#height - carried), this.#height);
      loops = Math.min(loops, (this.#blocks[block + LOOPS] as number) + (loop ? 1 : 0));
      carriedMost = Math.max(carriedMost, carried);
      if (loop) this.#goRound(block);
      else this.#arrive(block);
    }
    if (!this.#live || loops === this.#loops) return;
    if (conditional && carriedMost === 0) this.edits.add(EDIT.exitIf, loops, at, reader.position);
    else this.edits.add(EDIT.exit, loops, at, at);
  }

  #leave(): void {
    if (!this.#live) return;
    const results = this.#blocks[RESULTS] as number;
    this.#floats?.observe(Math.max(0, this.#height - results), this.#height);
    if (this.#loops > 0) this.edits.add(EDIT.exit, 0, this.#instruction.at, this.#instruction.at);
    this.#arrive(0);
    this.#live = false;
  }

  #arrive(block: number): void {
    const blocks = this.#blocks;
    if (this.#run > (blocks[block + RUN_AT_END] as number)) blocks[block + RUN_AT_END] = this.#run;
    if (this.#called < (blocks[block + CALLED_AT_END] as number)) {
      blocks[block + CALLED_AT_END] = this.#called;
    }
  }

  #goRound(block: number): void {
    const blocks = this.#blocks;
    if (this.#run > (blocks[block + RUN_AT_HEADER] as number)) blocks[block + RUN_AT_HEADER] = this.#run;
    if (this.#called <= (blocks[block + LOOPS] as number)) {
      this.edits.numbers[(blocks[block + BEGIN] as number) + 1] = 1;
    }
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
}
