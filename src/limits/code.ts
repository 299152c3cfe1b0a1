/**
 * Instructions that are added to a module, as a chain of calls.
 * @module
 */

import { Writer } from "./writer.ts";

/** Opcodes that added code is made of (core specification, section 5.4). */
export const OP = {
  unreachable: 0x00,
  block: 0x02,
  if: 0x04,
  end: 0x0b,
  br: 0x0c,
  call: 0x10,
  callIndirect: 0x11,
  drop: 0x1a,
  select: 0x1b,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  memorySize: 0x3f,
  memoryGrow: 0x40,
  i32Const: 0x41,
  f32Const: 0x43,
  f64Const: 0x44,
  i32Eq: 0x46,
  i32LtS: 0x48,
  i32GtS: 0x4a,
  i32LeU: 0x4d,
  f32Ne: 0x5c,
  f64Ne: 0x62,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32And: 0x71,
  i32ShrU: 0x76,
} as const;

/** The type of a block without results. */
export const NO_RESULT = 0x40;

/** Writes instructions behind what a writer has. */
export class Code {
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
    this.#out.u8(OP.i32Const);
    this.#out.s32(value);
    return this;
  }
  bytes(): Uint8Array {
    return this.#out.take();
  }
}

/** The body of a function without locals, its end included. */
export function code(write: (out: Code) => void): Uint8Array {
  const out = new Code();
  write(out);
  return out.u8(OP.end).bytes();
}
