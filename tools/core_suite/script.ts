/**
 * The scripts of the core test suite, in the JSON that wabt's wast2json makes of them.
 * @module
 */

/** A value in a script; bits as decimal text, `nan:canonical`, `nan:arithmetic` or, of a reference, `null`. */
export interface Value {
  readonly type: string;
  readonly value?: string | readonly string[];
  readonly lane_type?: string;
  readonly values?: readonly Value[];
}

/** A call of an export, or a look at one. */
export interface Action {
  readonly type: "invoke" | "get";
  readonly module?: string;
  readonly field: string;
  readonly args?: readonly Value[];
}

/** One command of a script. */
export interface Command {
  readonly type: string;
  readonly line: number;
  readonly name?: string;
  readonly as?: string;
  readonly filename?: string;
  readonly module_type?: string;
  readonly action?: Action;
  readonly expected?: readonly Value[];
  readonly text?: string;
}

/** Bytes that a value of a number or vector type takes. */
export function sizeOf(type: string): number | undefined {
  switch (type) {
    case "i32":
    case "f32":
      return 4;
    case "i64":
    case "f64":
      return 8;
    case "v128":
      return 16;
  }
  return undefined;
}

/** The lanes of a value: its type once, or what its vector is made of. */
function lanesOf({ type, value, lane_type }: Value): readonly (readonly [type: string, text: string])[] {
  if (type === "v128") return (value as readonly string[]).map((lane) => [lane_type ?? "i32", lane]);
  return [[type, String(value)]];
}

function laneSize(type: string): number {
  switch (type) {
    case "i8":
      return 1;
    case "i16":
      return 2;
    case "i64":
    case "f64":
      return 8;
    default:
      return 4;
  }
}

/** Writes a value's bits at `at`. */
export function writeValue(view: DataView, at: number, value: Value): void {
  for (const [type, text] of lanesOf(value)) {
    const size = laneSize(type);
    const bits = BigInt(text);
    for (let k = 0; k < size; k++) view.setUint8(at + k, Number(bits >> BigInt(8 * k) & 0xffn));
    at += size;
  }
}

/** Whether the bits at `at` are what is expected. */
export function isExpected(view: DataView, at: number, expected: Value): boolean {
  for (const [type, text] of lanesOf(expected)) {
    const size = laneSize(type);
    let bits = 0n;
    for (let k = size; k-- > 0;) bits = bits << 8n | BigInt(view.getUint8(at + k));
    if (!laneIs(bits, size, text)) return false;
    at += size;
  }
  return true;
}

function laneIs(bits: bigint, size: number, text: string): boolean {
  const quiet = size === 4 ? 0x7fc00000n : 0x7ff8000000000000n;
  const sign = size === 4 ? 0x80000000n : 0x8000000000000000n;
  switch (text) {
    case "nan:canonical":
      return (bits & ~sign) === quiet;
    case "nan:arithmetic":
      return (bits & quiet) === quiet;
  }
  return bits === BigInt.asUintN(8 * size, BigInt(text));
}
