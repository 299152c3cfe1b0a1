/**
 * The instructions of WebAssembly that the rewriter knows (core specification,
 * section 5.4): what follows the opcode, and by how much it changes the height
 * of the operand stack. Whatever is not listed is refused.
 * @module
 */

import type { Feature } from "./fault.ts";

/** What follows an opcode, or what it does to control: the one thing a scanner switches on. */
export const FORM = {
  unknown: 0,
  plain: 1,
  block: 2,
  loop: 3,
  if: 4,
  else: 5,
  end: 6,
  br: 7,
  brIf: 8,
  brTable: 9,
  return: 10,
  unreachable: 11,
  call: 12,
  callIndirect: 13,
  returnCall: 14,
  returnCallIndirect: 15,
  local: 16,
  global: 17,
  table: 18,
  memoryAccess: 19,
  memorySize: 20,
  memoryGrow: 21,
  i32Const: 22,
  i64Const: 23,
  bytes4: 24,
  bytes8: 25,
  selectTyped: 26,
  refNull: 27,
  refFunc: 28,
  bulkPrefix: 29,
  simdPrefix: 30,
  // Behind the prefix 0xfc.
  memoryInit: 31,
  memoryCopy: 32,
  memoryFill: 33,
  segmentDrop: 34,
  tableInit: 35,
  tableCopy: 36,
  tableBulk: 37,
  tableSize: 38,
  // Behind the prefix 0xfd.
  bytes16: 39,
  lane: 40,
  laneAccess: 41,
} as const;

/** Forms and stack effects of one opcode space. */
export interface OpcodeSpace {
  /** One of {@linkcode FORM} for every opcode below its length. */
  readonly form: Uint8Array;
  /** Operands pushed less operands popped; 0 where the scanner knows better (control, calls). */
  readonly net: Int8Array;
}

type Row = readonly [first: number, last: number, form: number, net: number];

function space(size: number, rows: readonly Row[]): OpcodeSpace {
  const form = new Uint8Array(size);
  const net = new Int8Array(size);
  for (const [first, last, f, n] of rows) {
    form.fill(f, first, last + 1);
    net.fill(n, first, last + 1);
  }
  return { form, net };
}

/** Opcodes of one byte. */
export const PLAIN: OpcodeSpace = space(256, [
  [0x00, 0x00, FORM.unreachable, 0],
  [0x01, 0x01, FORM.plain, 0], // nop
  [0x02, 0x02, FORM.block, 0],
  [0x03, 0x03, FORM.loop, 0],
  [0x04, 0x04, FORM.if, -1],
  [0x05, 0x05, FORM.else, 0],
  [0x0b, 0x0b, FORM.end, 0],
  [0x0c, 0x0c, FORM.br, 0],
  [0x0d, 0x0d, FORM.brIf, -1],
  [0x0e, 0x0e, FORM.brTable, -1],
  [0x0f, 0x0f, FORM.return, 0],
  [0x10, 0x10, FORM.call, 0],
  [0x11, 0x11, FORM.callIndirect, -1],
  [0x12, 0x12, FORM.returnCall, 0],
  [0x13, 0x13, FORM.returnCallIndirect, -1],
  [0x1a, 0x1a, FORM.plain, -1], // drop
  [0x1b, 0x1b, FORM.plain, -2], // select
  [0x1c, 0x1c, FORM.selectTyped, -2],
  [0x20, 0x20, FORM.local, 1], // local.get
  [0x21, 0x21, FORM.local, -1], // local.set
  [0x22, 0x22, FORM.local, 0], // local.tee
  [0x23, 0x23, FORM.global, 1], // global.get
  [0x24, 0x24, FORM.global, -1], // global.set
  [0x25, 0x25, FORM.table, 0], // table.get
  [0x26, 0x26, FORM.table, -2], // table.set
  [0x28, 0x35, FORM.memoryAccess, 0], // loads
  [0x36, 0x3e, FORM.memoryAccess, -2], // stores
  [0x3f, 0x3f, FORM.memorySize, 1],
  [0x40, 0x40, FORM.memoryGrow, 0],
  [0x41, 0x41, FORM.i32Const, 1],
  [0x42, 0x42, FORM.i64Const, 1],
  [0x43, 0x43, FORM.bytes4, 1], // f32.const
  [0x44, 0x44, FORM.bytes8, 1], // f64.const
  [0x45, 0x45, FORM.plain, 0], // i32.eqz
  [0x46, 0x4f, FORM.plain, -1], // i32 comparisons
  [0x50, 0x50, FORM.plain, 0], // i64.eqz
  [0x51, 0x66, FORM.plain, -1], // i64, f32, f64 comparisons
  [0x67, 0x69, FORM.plain, 0], // i32 clz, ctz, popcnt
  [0x6a, 0x78, FORM.plain, -1], // i32 arithmetic
  [0x79, 0x7b, FORM.plain, 0], // i64 clz, ctz, popcnt
  [0x7c, 0x8a, FORM.plain, -1], // i64 arithmetic
  [0x8b, 0x91, FORM.plain, 0], // f32 abs to sqrt
  [0x92, 0x98, FORM.plain, -1], // f32 add to copysign
  [0x99, 0x9f, FORM.plain, 0], // f64 abs to sqrt
  [0xa0, 0xa6, FORM.plain, -1], // f64 add to copysign
  [0xa7, 0xc4, FORM.plain, 0], // conversions, sign extensions
  [0xd0, 0xd0, FORM.refNull, 1],
  [0xd1, 0xd1, FORM.plain, 0], // ref.is_null
  [0xd2, 0xd2, FORM.refFunc, 1],
  [0xfc, 0xfc, FORM.bulkPrefix, 0],
  [0xfd, 0xfd, FORM.simdPrefix, 0],
]);

/** Opcodes behind the prefix 0xfc: saturating conversions, bulk memory and tables. */
export const BULK: OpcodeSpace = space(18, [
  [0, 7, FORM.plain, 0], // trunc_sat
  [8, 8, FORM.memoryInit, -3],
  [9, 9, FORM.segmentDrop, 0], // data.drop
  [10, 10, FORM.memoryCopy, -3],
  [11, 11, FORM.memoryFill, -3],
  [12, 12, FORM.tableInit, -3],
  [13, 13, FORM.segmentDrop, 0], // elem.drop
  [14, 14, FORM.tableCopy, -3],
  [15, 15, FORM.tableBulk, -1], // table.grow
  [16, 16, FORM.tableSize, 1],
  [17, 17, FORM.tableBulk, -3], // table.fill
]);

/** Opcodes behind the prefix 0xfd: 128-bit vectors. The holes are unassigned. */
export const SIMD: OpcodeSpace = space(256, [
  [0, 10, FORM.memoryAccess, 0], // loads
  [11, 11, FORM.memoryAccess, -2], // v128.store
  [12, 12, FORM.bytes16, 1], // v128.const
  [13, 13, FORM.bytes16, -1], // i8x16.shuffle
  [14, 14, FORM.plain, -1], // i8x16.swizzle
  [15, 20, FORM.plain, 0], // splats
  [21, 22, FORM.lane, 0], // i8x16.extract_lane
  [23, 23, FORM.lane, -1], // i8x16.replace_lane
  [24, 25, FORM.lane, 0], // i16x8
  [26, 26, FORM.lane, -1],
  [27, 27, FORM.lane, 0], // i32x4
  [28, 28, FORM.lane, -1],
  [29, 29, FORM.lane, 0], // i64x2
  [30, 30, FORM.lane, -1],
  [31, 31, FORM.lane, 0], // f32x4
  [32, 32, FORM.lane, -1],
  [33, 33, FORM.lane, 0], // f64x2
  [34, 34, FORM.lane, -1],
  [35, 76, FORM.plain, -1], // comparisons
  [77, 77, FORM.plain, 0], // v128.not
  [78, 81, FORM.plain, -1], // and, andnot, or, xor
  [82, 82, FORM.plain, -2], // bitselect
  [83, 83, FORM.plain, 0], // any_true
  [84, 87, FORM.laneAccess, -1], // load_lane
  [88, 91, FORM.laneAccess, -2], // store_lane
  [92, 93, FORM.memoryAccess, 0], // load_zero
  [94, 100, FORM.plain, 0], // demote, promote; i8x16 abs to bitmask
  [101, 102, FORM.plain, -1], // narrow
  [103, 106, FORM.plain, 0], // f32x4 ceil to nearest
  [107, 115, FORM.plain, -1], // i8x16 shifts, add, sub
  [116, 117, FORM.plain, 0], // f64x2 ceil, floor
  [118, 121, FORM.plain, -1], // i8x16 min, max
  [122, 122, FORM.plain, 0], // f64x2.trunc
  [123, 123, FORM.plain, -1], // i8x16.avgr_u
  [124, 129, FORM.plain, 0], // extadd_pairwise; i16x8 abs, neg
  [130, 130, FORM.plain, -1], // q15mulr_sat_s
  [131, 132, FORM.plain, 0], // all_true, bitmask
  [133, 134, FORM.plain, -1], // narrow
  [135, 138, FORM.plain, 0], // extend
  [139, 147, FORM.plain, -1], // i16x8 shifts, add, sub
  [148, 148, FORM.plain, 0], // f64x2.nearest
  [149, 153, FORM.plain, -1], // i16x8 mul, min, max
  [155, 159, FORM.plain, -1], // i16x8 avgr_u, extmul
  [160, 161, FORM.plain, 0], // i32x4 abs, neg
  [163, 164, FORM.plain, 0], // all_true, bitmask
  [167, 170, FORM.plain, 0], // extend
  [171, 174, FORM.plain, -1], // i32x4 shifts, add
  [177, 177, FORM.plain, -1], // i32x4.sub
  [181, 186, FORM.plain, -1], // i32x4 mul to dot
  [188, 191, FORM.plain, -1], // extmul
  [192, 193, FORM.plain, 0], // i64x2 abs, neg
  [195, 196, FORM.plain, 0], // all_true, bitmask
  [199, 202, FORM.plain, 0], // extend
  [203, 206, FORM.plain, -1], // i64x2 shifts, add
  [209, 209, FORM.plain, -1], // i64x2.sub
  [213, 223, FORM.plain, -1], // i64x2 mul, comparisons, extmul
  [224, 225, FORM.plain, 0], // f32x4 abs, neg
  [227, 227, FORM.plain, 0], // f32x4.sqrt
  [228, 235, FORM.plain, -1], // f32x4 add to pmax
  [236, 237, FORM.plain, 0], // f64x2 abs, neg
  [239, 239, FORM.plain, 0], // f64x2.sqrt
  [240, 247, FORM.plain, -1], // f64x2 add to pmax
  [248, 255, FORM.plain, 0], // conversions
]);

/** The feature that an unlisted opcode belongs to; undefined if it is none that is known. */
export function featureOf(opcode: number, second = 0): Feature | undefined {
  if (opcode >= 0x06 && opcode <= 0x0a || opcode === 0x18 || opcode === 0x19 || opcode === 0x1f) {
    return "exceptions";
  }
  if (opcode === 0x14 || opcode === 0x15 || opcode >= 0xd4 && opcode <= 0xd6) return "function_references";
  if (opcode === 0xd3 || opcode === 0xfb) return "gc";
  if (opcode >= 0xe0 && opcode <= 0xe6) return "stack_switching";
  if (opcode === 0xfe) return "threads";
  if (opcode === 0xfc && second >= 19 && second <= 22) return "wide_arithmetic";
  if (opcode === 0xfd && second >= 256 && second <= 275) return "relaxed_simd";
  return undefined;
}
