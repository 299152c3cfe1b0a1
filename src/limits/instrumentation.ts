/**
 * What a schedule adds to a module, and how it rewrites the module's functions.
 * Everything is added behind what the module has, so that no index shifts.
 * @module
 */

import type { Reader } from "./reader.ts";
import type { Shape } from "./shape.ts";
import type { Writer } from "./writer.ts";

/** A function type that is added: the bytes of its params and results. */
export type AddedType = readonly [params: ArrayLike<number>, results: ArrayLike<number>];

/** An added function: its index among the added types, its body without locals, its export name. */
export interface AddedFunction {
  readonly type: number;
  readonly body: Uint8Array;
  readonly exported?: string;
}

/** The additions to one module. */
export interface Instrumentation {
  readonly types: readonly AddedType[];
  /** In the order of their indices, behind the module's. */
  readonly functions: readonly AddedFunction[];
  /** How many globals are added, each a mutable i32 that begins at 0. */
  readonly globals: number;
  /** Size of the table that is added. */
  readonly tickSlots: number;
  /** Whether the version section says how far the module's memory may grow. */
  readonly saysPages: boolean;
  /**
   * Rewrites `count` functions, which `reader` gives each with its size.
   * @throws {LimitError}
   */
  rewriteBodies(reader: Reader, count: number): RewrittenBodies;
}

/** The rewritten functions of a module. */
export interface RewrittenBodies {
  /** Each with its size, in their order. */
  write(out: Writer): void;
  /** Content of the custom section that says which branches are hardly ever taken; there need be none. */
  readonly hints?: Uint8Array;
}

/** A released way to count fuel and stack: it never changes. */
export interface Schedule {
  readonly version: { readonly rewriter: number; readonly schedule: number };
  /** @throws {LimitError} */
  instrument(bytes: Uint8Array, shape: Shape): Instrumentation;
}

/** Largest body of a function, in bytes. */
export const FUNCTION_BYTES_MAX = 1 << 20;

/** Largest body after rewriting, in bytes: the engines' own limit. */
export const REWRITTEN_FUNCTION_BYTES_MAX = 7_654_321;

/** Most params and locals of a function together, the engines' own limit. */
export const LOCALS_MAX = 50_000;
