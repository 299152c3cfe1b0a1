/**
 * Decodes instructions, one after the other, and checks what follows the opcode.
 * @module
 */

import { BULK, featureOf, FORM, PLAIN, SIMD } from "./opcodes.ts";
import { hex, type Reader } from "./reader.ts";
import type { FunctionType, Shape } from "./shape.ts";

/** The instruction that was decoded last; its fields change with every {@linkcode Instruction.read}. */
export class Instruction {
  /** Position of its opcode. */
  at = 0;
  opcode = 0;
  /** What follows the prefix 0xfc or 0xfd. */
  second = 0;
  /** One of `FORM`; behind a prefix the form of the second opcode. */
  form = 0;
  /** Operands pushed less operands popped; of calls and blocks all of it. */
  net = 0;
  /** Of a local, callee, memory, … whichever it has. */
  index = 0;
  /** Params and results of a block, or of what is called. */
  params = 0;
  results = 0;
  /** Labels of a branch; of `br_table` the default is the last. */
  labels = new Int32Array(64);
  labelCount = 0;
  /** Whether it may put a v128 on the stack. */
  vector = false;

  /**
   * Reads the next instruction.
   * @param locals count of the function's params and locals
   * @throws {LimitError}
   */
  read(reader: Reader, shape: Shape, locals: number): void {
    const at = this.at = reader.position;
    const opcode = this.opcode = reader.u8();
    this.net = PLAIN.net[opcode] as number;
    this.labelCount = 0;
    this.vector = false;
    const form = this.form = PLAIN.form[opcode] as number;
    switch (form) {
      case FORM.plain:
      case FORM.else:
      case FORM.end:
      case FORM.return:
      case FORM.unreachable:
        break;
      case FORM.local:
        this.index = reader.index(locals, "local");
        break;
      case FORM.global:
        reader.index(shape.globals, "global");
        this.vector = shape.vectorGlobals;
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
        memoryArgument(reader, shape);
        break;
      case FORM.memorySize:
      case FORM.memoryGrow:
        this.index = reader.index(shape.memories, "memory");
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
        this.#bulk(reader, shape);
        break;
      case FORM.simdPrefix:
        this.#simd(reader, shape);
        break;
      case FORM.call:
      case FORM.returnCall:
        this.index = reader.index(shape.functions.length, "function");
        this.#called(reader, shape.types[shape.functions[this.index] as number]);
        break;
      case FORM.callIndirect:
      case FORM.returnCallIndirect: {
        const type = reader.index(shape.types.length, "type");
        reader.index(shape.tables, "table");
        this.#called(reader, shape.types[type]);
        break;
      }
      case FORM.block:
      case FORM.loop:
      case FORM.if:
        this.#blockType(reader, shape);
        break;
      case FORM.br:
      case FORM.brIf:
        this.#label(reader);
        break;
      case FORM.brTable:
        for (let left = reader.count() + 1; left > 0; left--) this.#label(reader);
        break;
      default:
        this.#unknown(reader);
    }
  }

  #label(reader: Reader): void {
    if (this.labelCount === this.labels.length) {
      const larger = new Int32Array(this.labels.length * 2);
      larger.set(this.labels);
      this.labels = larger;
    }
    this.labels[this.labelCount++] = reader.u32();
  }

  #called(reader: Reader, type: FunctionType | undefined): void {
    if (!type) return reader.fail("wanted a function type", this.at);
    this.params = type.paramCount;
    this.results = type.results.length;
    this.net += this.results - this.params;
    this.vector = type.vectors;
  }

  #blockType(reader: Reader, shape: Shape): void {
    const at = reader.position;
    const first = reader.u8();
    this.params = 0;
    this.results = 0;
    if (first >= 0x41 && first <= 0x7f) { // A value type, as a negative number of one byte.
      reader.position = at;
      reader.valueType();
      this.results = 1;
    } else if (first !== 0x40) {
      reader.position = at;
      reader.skipSigned(33);
      const end = reader.position;
      reader.position = at;
      const type = shape.types[reader.u32()];
      if (!type || reader.position !== end) reader.fail("wanted a block type", at);
      this.params = type.paramCount;
      this.results = type.results.length;
    }
  }

  #bulk(reader: Reader, shape: Shape): void {
    const { memories, tables } = shape;
    const second = this.second = reader.u32();
    this.form = BULK.form[second] ?? FORM.unknown;
    switch (this.form) {
      case FORM.plain:
        break;
      case FORM.memoryInit:
        reader.u32();
        reader.index(memories, "memory");
        break;
      case FORM.memoryCopy:
        reader.index(memories, "memory");
        reader.index(memories, "memory");
        break;
      case FORM.memoryFill:
        reader.index(memories, "memory");
        break;
      case FORM.segmentDrop:
        reader.u32();
        break;
      case FORM.tableInit:
        reader.u32();
        reader.index(tables, "table");
        break;
      case FORM.tableCopy:
        reader.index(tables, "table");
        reader.index(tables, "table");
        break;
      case FORM.tableBulk:
      case FORM.tableSize:
        reader.index(tables, "table");
        break;
      default:
        this.#unknown(reader);
    }
    this.net = BULK.net[second] as number;
  }

  #simd(reader: Reader, shape: Shape): void {
    const second = this.second = reader.u32();
    this.vector = true;
    this.form = SIMD.form[second] ?? FORM.unknown;
    switch (this.form) {
      case FORM.plain:
        break;
      case FORM.memoryAccess:
        memoryArgument(reader, shape);
        break;
      case FORM.bytes16:
        reader.skip(16);
        break;
      case FORM.lane:
        reader.u8();
        break;
      case FORM.laneAccess:
        memoryArgument(reader, shape);
        reader.u8();
        break;
      default:
        this.#unknown(reader);
    }
    this.net = SIMD.net[second] as number;
  }

  #unknown(reader: Reader): never {
    const { at, opcode } = this;
    const prefixed = opcode === 0xfc || opcode === 0xfd;
    const feature = featureOf(opcode, prefixed ? this.second : 0);
    if (feature) reader.refuse(feature, at);
    return reader.fail(
      `wanted a known opcode, got ${hex(opcode)}${prefixed ? ` ${this.second}` : ""}`,
      at,
    );
  }
}

function memoryArgument(reader: Reader, shape: Shape): void {
  // Bit 6 of the alignment says that a memory index follows.
  if (reader.u32() & 0x40) reader.index(shape.memories, "memory");
  else if (shape.memories === 0) reader.fail("wanted a memory, got none");
  reader.u32();
}
