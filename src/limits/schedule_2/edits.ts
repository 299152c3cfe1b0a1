/**
 * Places in the code of one function, and what is to be done there.
 * @module
 */

/** What is to be done at a place. */
export const EDIT = {
  /** Nothing: it turned out that nothing need be done. */
  none: 0,
  /** Insert a fuel check; the argument is its cost. */
  check: 1,
  /** Before and after a loop; the argument of the first is 1 if it can go round without a call that uses fuel. */
  loop: 2,
  loopEnd: 3,
  /** Insert the charge of a bulk operation. */
  chargeBytes: 4,
  chargeElements: 5,
  /** Write a call in place of `memory.grow`. */
  grow: 6,
  /** Where the function's end has work to do: write `br` to it in place of `return`; the argument is the label. */
  leave: 7,
  /** Before a tail call. */
  tail: 8,
  /** Insert what makes a NaN canonical. */
  canonF32: 9,
  canonF64: 10,
  canonF32x4: 11,
  canonF64x2: 12,
  /** Before a branch out of loops, which leaves so many around it as the argument says. */
  exit: 13,
  /** The same in place of a `br_if` that carries nothing. */
  exitIf: 14,
  /** Before and after a call that may use fuel. */
  beforeCall: 15,
  afterCall: 16,
} as const;

/** Numbers an edit takes: kind, argument, `[from, to)` of the code it replaces. */
export const EDIT_SIZE = 4;

/** The edits of one function, by position. */
export class Edits {
  numbers = new Int32Array(1024);
  used = 0;

  /** Adds an edit; returns its offset. */
  add(kind: number, argument: number, from: number, to: number): number {
    const at = this.used;
    if (at + EDIT_SIZE > this.numbers.length) {
      const larger = new Int32Array(this.numbers.length * 2);
      larger.set(this.numbers);
      this.numbers = larger;
    }
    const { numbers } = this;
    numbers[at] = kind;
    numbers[at + 1] = argument;
    numbers[at + 2] = from;
    numbers[at + 3] = to;
    this.used = at + EDIT_SIZE;
    return at;
  }
}
