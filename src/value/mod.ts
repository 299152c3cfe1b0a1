/**
 * The vocabulary of types that cross the boundary of a component: what the
 * component room reads out of a binary and what the boundary room encodes by.
 *
 * Types only, no code, so there is nothing to trust. Layer L0.
 *
 * @example
 * ```ts
 * import type { FunctionType } from "../value/mod.ts";
 *
 * const write: FunctionType = {
 *   params: [
 *     { name: "level", type: { kind: "enum", names: ["debug", "info", "warn", "error"] } },
 *     { name: "text", type: { kind: "string" } },
 *   ],
 * };
 * ```
 * @module
 */

export type { PrimitiveKind, RecordField, ResourceHandle, ValueType, VariantCase } from "./value_type.ts";
export type { FunctionType, Parameter } from "./function_type.ts";
