/**
 * Finds where a NaN must be made canonical: WebAssembly leaves the bits of a NaN
 * that arithmetic makes to the machine, and engines differ.
 *
 * A result of arithmetic that only arithmetic, comparisons and conversions look
 * at may have any bits. Whatever else takes it (a store, a call, a reinterpretation,
 * the end of a block, …) could show them: then it is made canonical, where it is made,
 * or, if it comes from a local that never holds anything but such results, where
 * it is taken from there, which spares the loops that add up in a local. A NaN
 * that was loaded, passed or reinterpreted keeps its bits, as it must.
 * @module
 */

import { FORM } from "../opcodes.ts";
import type { Instruction } from "../instruction.ts";
import { EDIT, type Edits } from "./edits.ts";

/** What an instruction is to this analysis. */
const KIND = { other: 0, arithmetic32: 1, arithmetic64: 2, blind: 3, constant: 4, convert: 5 } as const;

const PLAIN_KIND = table(256, [
  [0x1a, 0x1a, KIND.blind], // drop
  [0x43, 0x44, KIND.constant], // f32.const, f64.const
  [0x5b, 0x66, KIND.blind], // comparisons
  [0x8d, 0x97, KIND.arithmetic32], // ceil to max
  [0x9b, 0xa5, KIND.arithmetic64],
  [0xa8, 0xab, KIND.blind], // i32.trunc
  [0xae, 0xb1, KIND.blind], // i64.trunc
  [0xb2, 0xb5, KIND.convert], // f32.convert
  [0xb6, 0xb6, KIND.arithmetic32], // f32.demote_f64
  [0xb7, 0xba, KIND.convert], // f64.convert
  [0xbb, 0xbb, KIND.arithmetic64], // f64.promote_f32
]);

/** Arithmetic on vectors, which is always made canonical: by the form of its lanes. */
const SIMD_KIND = table(256, [
  [94, 94, KIND.arithmetic32], // f32x4.demote_f64x2_zero
  [95, 95, KIND.arithmetic64], // f64x2.promote_low_f32x4
  [103, 106, KIND.arithmetic32], // f32x4 ceil to nearest
  [116, 117, KIND.arithmetic64], // f64x2 ceil, floor
  [122, 122, KIND.arithmetic64], // f64x2.trunc
  [148, 148, KIND.arithmetic64], // f64x2.nearest
  [227, 233, KIND.arithmetic32], // f32x4 sqrt to max
  [239, 245, KIND.arithmetic64], // f64x2 sqrt to max
]);

function table(size: number, rows: readonly (readonly [first: number, last: number, kind: number])[]) {
  const kinds = new Uint8Array(size);
  for (const [first, last, kind] of rows) kinds.fill(kind, first, last + 1);
  return kinds;
}

/** Whether an instruction makes NaNs, so that its module has to be watched. */
export function makesNaN({ opcode, second }: Instruction): boolean {
  const kind = opcode === 0xfd ? SIMD_KIND[second] : PLAIN_KIND[opcode];
  return kind === KIND.arithmetic32 || kind === KIND.arithmetic64;
}

/** Operands that are no sites: bits that must stay as they are, and constants that are no NaN. */
const BITS = 0;
const NUMBER = -1;

/**
 * Follows the operands of one function, and enables the edits that are needed.
 * A *site* is an instruction that puts a value on the stack: arithmetic, or the
 * `local.get` of a float.
 */
export class Floats {
  readonly #edits: Edits;
  #stack = new Int32Array(256);
  /** Of each site, from 1 on: its edit, what the edit becomes when it is enabled, its local or -1. */
  #sites: number[] = [];
  #seen: boolean[] = [];
  /** Pairs of a site and the local that it is put into. */
  #sets: number[] = [];
  /** Locals that were ever given bits that must stay. */
  #impure = new Set<number>();
  #types: Uint8Array = new Uint8Array();
  #bytes: Uint8Array = new Uint8Array();

  constructor(edits: Edits) {
    this.#edits = edits;
  }

  /**
   * @param bytes the module
   * @param types value types of the function's params and locals
   * @param params how many of them are params
   */
  begin(bytes: Uint8Array, types: Uint8Array, params: number): void {
    this.#bytes = bytes;
    this.#types = types;
    this.#sites = [0, 0, 0];
    this.#seen = [true];
    this.#sets = [];
    this.#impure.clear();
    for (let k = 0; k < params; k++) this.#impure.add(k);
  }

  /** An instruction in live code that ends at `end`, with `height` operands before it. */
  step(instruction: Instruction, height: number, end: number): void {
    const { opcode, form, net } = instruction;
    if (opcode === 0xfd) return this.#vector(instruction, height, end);
    const kind = opcode === 0xfc ? instruction.second < 8 ? KIND.blind : KIND.other : PLAIN_KIND[opcode];
    switch (kind) {
      case KIND.arithmetic32:
        return this.#push(height + net - 1, this.#site(EDIT.canonF32, -1, end));
      case KIND.arithmetic64:
        return this.#push(height + net - 1, this.#site(EDIT.canonF64, -1, end));
      case KIND.constant:
        return this.#push(height, isNumber(this.#bytes, end) ? NUMBER : BITS);
      case KIND.convert:
        return this.#push(height - 1, NUMBER);
      case KIND.blind:
        if (opcode !== 0x1a) this.#push(height + net - 1, BITS);
        return;
    }
    if (form === FORM.local) return this.#local(instruction, height, end);
    if (form === FORM.call || form === FORM.callIndirect) {
      const from = height + net - instruction.results;
      this.observe(from, height);
      for (let k = 0; k < instruction.results; k++) this.#push(from + k, BITS);
      return;
    }
    const pushed = pushes(instruction) ? 1 : 0;
    const from = height + net - pushed;
    this.observe(from, height);
    if (pushed) this.#push(from, BITS);
  }

  /** The bits of the operands `[from, to)` can be seen from here on. */
  observe(from: number, to: number): void {
    for (let k = from; k < to; k++) {
      const site = this.#stack[k] as number;
      if (site > 0) this.#seen[site] = true;
    }
  }

  /** The operands `[from, to)` are whatever arrives at a label. */
  forget(from: number, to: number): void {
    for (let k = from; k < to; k++) this.#push(k, BITS);
  }

  /** Enables the edits of the function. */
  finish(): void {
    const setsOf = new Map<number, number[]>();
    for (let k = 0; k < this.#sets.length; k += 2) {
      const local = this.#sets[k + 1] as number;
      const known = setsOf.get(local);
      if (known) known.push(this.#sets[k] as number);
      else setsOf.set(local, [this.#sets[k] as number]);
    }
    const waiting: number[] = [];
    for (let site = 1; site < this.#seen.length; site++) if (this.#seen[site]) waiting.push(site);
    for (let site = waiting.pop(); site !== undefined; site = waiting.pop()) {
      const local = this.#sites[3 * site + 2] as number;
      if (local < 0 || !this.#impure.has(local)) {
        this.#edits.numbers[this.#sites[3 * site] as number] = this.#sites[3 * site + 1] as number;
        continue;
      }
      for (const source of setsOf.get(local) ?? []) {
        if (this.#seen[source]) continue;
        this.#seen[source] = true;
        waiting.push(source);
      }
      setsOf.delete(local);
    }
  }

  #local({ opcode, index }: Instruction, height: number, end: number): void {
    const type = this.#types[index];
    const float = type === 0x7d || type === 0x7c;
    if (opcode === 0x20) {
      const edit = type === 0x7d ? EDIT.canonF32 : EDIT.canonF64;
      this.#push(height, float ? this.#site(edit, index, end) : BITS);
      return;
    }
    if (!float) return;
    const source = this.#stack[height - 1] as number;
    if (source > 0) this.#sets.push(source, index);
    // What another local holds may be bits that must stay.
    if (source === BITS || source > 0 && (this.#sites[3 * source + 2] as number) >= 0) {
      this.#impure.add(index);
    }
  }

  #vector({ second, net, form }: Instruction, height: number, end: number): void {
    const kind = SIMD_KIND[second];
    if (kind === KIND.arithmetic32) this.#edits.add(EDIT.canonF32x4, 0, end, end);
    if (kind === KIND.arithmetic64) this.#edits.add(EDIT.canonF64x2, 0, end, end);
    const pushed = storesVector(second, form) ? 0 : 1;
    this.observe(height + net - pushed, height);
    if (pushed) this.#push(height + net - 1, BITS);
  }

  #site(edit: number, local: number, end: number): number {
    const site = this.#seen.length;
    this.#sites.push(this.#edits.add(EDIT.none, 0, end, end), edit, local);
    this.#seen.push(false);
    return site;
  }

  #push(at: number, value: number): void {
    if (at >= this.#stack.length) {
      const larger = new Int32Array(this.#stack.length * 2);
      larger.set(this.#stack);
      this.#stack = larger;
    }
    this.#stack[at] = value;
  }
}

/** Whether the constant that ends at `end` is finite, by its exponent. */
function isNumber(bytes: Uint8Array, end: number): boolean {
  return ((bytes[end - 1] as number) & 0x7f) !== 0x7f;
}

/** Whether an instruction, of those that are neither of floats nor of control, leaves a value. */
function pushes({ opcode, form, net }: Instruction): boolean {
  switch (form) {
    case FORM.global:
      return opcode === 0x23;
    case FORM.table:
      return opcode === 0x25;
    case FORM.memoryAccess:
      return net === 0;
    case FORM.tableBulk:
      return net === -1;
    case FORM.memoryInit:
    case FORM.memoryCopy:
    case FORM.memoryFill:
    case FORM.segmentDrop:
    case FORM.tableInit:
    case FORM.tableCopy:
      return false;
    default:
      return opcode !== 0x01; // nop
  }
}

function storesVector(second: number, form: number): boolean {
  return second === 11 || form === FORM.laneAccess && second >= 88;
}
