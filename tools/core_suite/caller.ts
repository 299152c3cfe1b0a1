/**
 * Calls exports to the bit: JavaScript can pass no vectors, and shows no bits of
 * a NaN, so a small module beside it loads the arguments from its memory, calls,
 * and stores the results there.
 * @module
 */

import { sizeOf } from "./script.ts";

/** A way to call one export. */
export interface Caller {
  /** Arguments one behind the other from 0 on, results from {@linkcode RESULTS_AT} on. */
  readonly memory: DataView;
  call(): void;
}

export const RESULTS_AT = 32_768;

const VALUE_TYPE: Readonly<Record<string, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};
const LOAD: Readonly<Record<string, readonly number[]>> = {
  i32: [0x28, 0],
  i64: [0x29, 0],
  f32: [0x2a, 0],
  f64: [0x2b, 0],
  v128: [0xfd, 0, 0],
};
const STORE: Readonly<Record<string, readonly number[]>> = {
  i32: [0x36, 0],
  i64: [0x37, 0],
  f32: [0x38, 0],
  f64: [0x39, 0],
  v128: [0xfd, 11, 0],
};

/** @returns undefined where a type is not one of numbers or vectors, or the export is of another type */
export function makeCaller(
  target: CallableFunction,
  params: readonly string[],
  results: readonly string[],
): Caller | undefined {
  if ([...params, ...results].some((type) => sizeOf(type) === undefined)) return undefined;
  const types = (
    list: readonly string[],
  ) => [...u32(list.length), ...list.map((type) => VALUE_TYPE[type] ?? 0)];
  const code: number[] = [...u32(results.length), ...results.flatMap((type) => [1, VALUE_TYPE[type] ?? 0])];
  let at = 0;
  for (const type of params) {
    code.push(0x41, 0, ...LOAD[type] ?? [], ...u32(at));
    at += sizeOf(type) ?? 0;
  }
  code.push(0x10, 0);
  results.forEach((_, k) => code.push(0x21, ...u32(results.length - 1 - k)));
  at = RESULTS_AT;
  results.forEach((type, k) => {
    code.push(0x41, 0, 0x20, ...u32(k), ...STORE[type] ?? [], ...u32(at));
    at += sizeOf(type) ?? 0;
  });
  code.push(0x0b);
  const section = (id: number, content: readonly number[]) => [id, ...u32(content.length), ...content];
  const bytes = Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [2, 0x60, ...types(params), ...types(results), 0x60, 0, 0]),
    ...section(2, [1, 1, 0x74, 1, 0x66, 0, 0]), // import "t" "f"
    ...section(3, [1, 1]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, 1, 0x63, 0, 1, 1, 0x6d, 2, 0]), // export "c", "m"
    ...section(10, [1, ...u32(code.length), ...code]),
  ]);
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { t: { f: target } });
    return {
      memory: new DataView((exports["m"] as WebAssembly.Memory).buffer),
      call: exports["c"] as () => void,
    };
  } catch (error) {
    if (error instanceof WebAssembly.LinkError) return undefined;
    throw error;
  }
}

function u32(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 0x7f; value >>>= 7) bytes.push(value & 0x7f | 0x80);
  return [...bytes, value];
}
