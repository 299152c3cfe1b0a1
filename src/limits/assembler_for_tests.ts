/**
 * Assembles small core modules for the tests of this room, from numbers.
 * @module
 */

/** Bytes, nested as is convenient to write. */
export type Code = readonly (number | Code)[];

export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const V128 = 0x7b;
export const FUNCREF = 0x70;
export const EXTERNREF = 0x6f;

/** A function; its type is added to the module. */
export interface TestFunction {
  readonly params?: readonly number[];
  readonly results?: readonly number[];
  readonly locals?: readonly number[];
  /** Without the final `end`. */
  readonly code: Code;
  readonly exported?: string;
}

/** A module; indices of functions count the imports first. Every function may be named by `ref.func`. */
export interface TestModule {
  /** Types beyond those of functions, from type index 0. */
  readonly types?: readonly (readonly [params: readonly number[], results: readonly number[]])[];
  /** Name, params, results; imported from the module "h". */
  readonly imports?:
    readonly (readonly [name: string, params: readonly number[], results: readonly number[]])[];
  readonly functions?: readonly TestFunction[];
  /** Reference type, minimum and, where there is one, maximum. */
  readonly tables?: readonly (readonly [type: number, minimum: number, maximum?: number])[];
  readonly memory?: readonly [minimum: number, maximum?: number];
  /** Type, mutable, initial expression without `end`; exported as g0, g1, …. */
  readonly globals?: readonly (readonly [type: number, mutable: boolean, init: Code])[];
  readonly start?: number;
  /** Whole element segments. */
  readonly elements?: readonly Code[];
  /** Whole data segments. */
  readonly data?: readonly Code[];
  /** Whole sections, put behind the section of that id. */
  readonly extra?: readonly (readonly [behind: number, section: Code])[];
}

export function flat(code: Code): number[] {
  return code.flatMap((item) => typeof item === "number" ? [item] : flat(item));
}

/** Unsigned LEB128. */
export function u32(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 0x7f; value >>>= 7) bytes.push(value & 0x7f | 0x80);
  return [...bytes, value];
}

/** Signed LEB128. */
export function s32(value: number): number[] {
  const bytes: number[] = [];
  for (; value < -64 || value > 63; value >>= 7) bytes.push(value & 0x7f | 0x80);
  return [...bytes, value & 0x7f];
}

export function name(text: string): number[] {
  const bytes = new TextEncoder().encode(text);
  return [...u32(bytes.length), ...bytes];
}

export function vector(items: readonly Code[]): number[] {
  return [...u32(items.length), ...flat(items)];
}

export function section(id: number, content: Code): number[] {
  const bytes = flat(content);
  return [id, ...u32(bytes.length), ...bytes];
}

export const PREAMBLE: readonly number[] = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** The bytes of a module. */
export function assemble(module: TestModule): Uint8Array<ArrayBuffer> {
  const { functions = [], imports = [] } = module;
  const types: Code[] = [];
  const typeOf = (params: readonly number[] = [], results: readonly number[] = []) => {
    const type = [0x60, ...vector(params.map((p) => [p])), ...vector(results.map((r) => [r]))];
    const known = types.findIndex((t) => t.join() === type.join());
    return known < 0 ? types.push(type) - 1 : known;
  };
  for (const [params, results] of module.types ?? []) {
    types.push([0x60, ...vector(params.map((p) => [p])), ...vector(results.map((r) => [r]))]);
  }
  const importItems = imports.map(([field, params, results]) => [
    ...name("h"),
    ...name(field),
    0x00,
    ...u32(typeOf(params, results)),
  ]);
  const functionItems = functions.map(({ params, results }) => u32(typeOf(params, results)));
  const limits = (minimum: number, maximum: number | undefined) =>
    maximum === undefined ? [0, ...u32(minimum)] : [1, ...u32(minimum), ...u32(maximum)];
  const exports: Code[] = [];
  functions.forEach(({ exported }, k) => {
    if (exported !== undefined) exports.push([...name(exported), 0x00, ...u32(imports.length + k)]);
  });
  if (module.memory) exports.push([...name("memory"), 0x02, 0]);
  module.globals?.forEach((_, k) => exports.push([...name(`g${k}`), 0x03, ...u32(k)]));
  const { elements = [], data = [] } = module;
  const sections: (Code | undefined)[] = [
    section(1, vector(types)),
    imports.length ? section(2, vector(importItems)) : undefined,
    functions.length ? section(3, vector(functionItems)) : undefined,
    module.tables &&
    section(4, vector(module.tables.map(([type, minimum, maximum]) => [type, limits(minimum, maximum)]))),
    module.memory && section(5, vector([limits(...module.memory)])),
    module.globals &&
    section(6, vector(module.globals.map(([type, mutable, init]) => [type, mutable ? 1 : 0, init, 0x0b]))),
    exports.length ? section(7, vector(exports)) : undefined,
    module.start === undefined ? undefined : section(8, u32(module.start)),
    elements.length ? section(9, vector(elements)) : undefined,
    data.length ? section(12, u32(data.length)) : undefined,
    functions.length
      ? section(
        10,
        vector(functions.map(({ locals = [], code }) => {
          const body = flat([vector(locals.map((type) => [1, type])), code, 0x0b]);
          return [u32(body.length), body];
        })),
      )
      : undefined,
    data.length ? section(11, vector(data)) : undefined,
  ];
  const bytes = [...PREAMBLE];
  for (const content of sections) {
    if (!content) continue;
    bytes.push(...flat(content));
    for (const [behind, extra] of module.extra ?? []) if (content[0] === behind) bytes.push(...flat(extra));
  }
  return Uint8Array.from(bytes);
}

/** A declarative segment that makes functions fit for `ref.func`. */
export function declare(functions: readonly number[]): Code {
  return [0x03, 0x00, vector(functions.map((f) => u32(f)))];
}

/** A reproducible stream of integers in `[0, bound)`. */
export function randomFrom(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => { // mulberry32
    state = state + 0x6d2b79f5 >>> 0;
    let x = Math.imul(state ^ state >>> 15, state | 1);
    x = x + Math.imul(x ^ x >>> 7, x | 61) ^ x;
    return ((x ^ x >>> 14) >>> 0) % bound;
  };
}
