/** Kinds that cross as JSON integers, with their ranges. */
export const integerRanges = {
  u8: { min: 0, max: 0xff },
  u16: { min: 0, max: 0xffff },
  u32: { min: 0, max: 0xffff_ffff },
  s8: { min: -0x80, max: 0x7f },
  s16: { min: -0x8000, max: 0x7fff },
  s32: { min: -0x8000_0000, max: 0x7fff_ffff },
} as const;

/** Kinds that cross as decimal strings, as a JSON number cannot hold them, with their ranges. */
export const bigRanges = {
  u64: { min: 0n, max: 0xffff_ffff_ffff_ffffn },
  s64: { min: -0x8000_0000_0000_0000n, max: 0x7fff_ffff_ffff_ffffn },
} as const;

/** What jco lifts a list of numbers to: one array over the bytes. A list of u8 is apart: it crosses as base64. */
export const numericArrays = {
  s8: Int8Array,
  u16: Uint16Array,
  s16: Int16Array,
  u32: Uint32Array,
  s32: Int32Array,
  u64: BigUint64Array,
  s64: BigInt64Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;

/** A kind that has a numeric array. */
export type NumericKind = keyof typeof numericArrays;

/** Whether lists of this kind are numeric arrays in JavaScript. */
export function isNumericKind(kind: string): kind is NumericKind {
  return Object.hasOwn(numericArrays, kind);
}

/** The floats that JSON has no number for, and negative zero, which canonical JSON would lose. */
export const namedFloats: ReadonlyMap<string, number> = new Map([
  ["nan", NaN],
  ["inf", Infinity],
  ["-inf", -Infinity],
  ["-0", -0],
]);

/** A float as JSON text. */
export function floatText(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '"-0"' : String(value);
  return Number.isNaN(value) ? '"nan"' : value > 0 ? '"inf"' : '"-inf"';
}
