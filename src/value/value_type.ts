/** A type without parts: one word says it all. */
export type PrimitiveKind =
  | "bool"
  | "u8"
  | "u16"
  | "u32"
  | "u64"
  | "s8"
  | "s16"
  | "s32"
  | "s64"
  | "f32"
  | "f64"
  | "char"
  | "string";

/**
 * The type of a value that crosses the boundary of a component, resolved: no
 * names of other types are left in it, so two types are equal when they look
 * equal. Plain data, so it crosses a thread intact.
 *
 * Names of fields, cases and flags are spelt as in WIT, in kebab-case.
 */
export type ValueType =
  | { readonly kind: PrimitiveKind }
  | { readonly kind: "list"; readonly element: ValueType }
  | { readonly kind: "tuple"; readonly elements: readonly ValueType[] }
  | { readonly kind: "record"; readonly fields: readonly RecordField[] }
  | { readonly kind: "variant"; readonly cases: readonly VariantCase[] }
  | { readonly kind: "enum"; readonly names: readonly string[] }
  | { readonly kind: "flags"; readonly names: readonly string[] }
  | { readonly kind: "option"; readonly some: ValueType }
  | { readonly kind: "result"; readonly ok?: ValueType; readonly err?: ValueType }
  | ResourceHandle;

/** One field of a record. */
export interface RecordField {
  readonly name: string;
  readonly type: ValueType;
}

/** One case of a variant; without `type` it carries nothing. */
export interface VariantCase {
  readonly name: string;
  readonly type?: ValueType;
}

/** A handle to a resource, given away (`own`) or lent for one call (`borrow`). */
export interface ResourceHandle {
  readonly kind: "own" | "borrow";
  /** `interface/resource` by the interface that defines it, such as `wasi:io/streams@0.2.6/input-stream`. */
  readonly resource: string;
}
