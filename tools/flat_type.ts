import type { FunctionType, ValueType } from "../src/value/mod.ts";

/** A type of core WebAssembly, as the canonical ABI uses them. */
export type CoreType = "i32" | "i64" | "f32" | "f64";

/**
 * The core values as which one value is passed ("Canonical ABI", section
 * "Flattening"), for the tool that writes guests.
 */
export function flatten(type: ValueType): CoreType[] {
  switch (type.kind) {
    case "u64":
    case "s64":
      return ["i64"];
    case "f32":
      return ["f32"];
    case "f64":
      return ["f64"];
    case "string":
    case "list":
      return ["i32", "i32"];
    case "tuple":
      return type.elements.flatMap(flatten);
    case "record":
      return type.fields.flatMap((field) => flatten(field.type));
    case "variant":
      return flattenCases(type.cases.map((one) => one.type));
    case "option":
      return flattenCases([undefined, type.some]);
    case "result":
      return flattenCases([type.ok, type.err]);
    case "bool":
    case "u8":
    case "u16":
    case "u32":
    case "s8":
    case "s16":
    case "s32":
    case "char":
    case "enum":
    case "flags":
    case "own":
    case "borrow":
      return ["i32"];
  }
}

function flattenCases(cases: readonly (ValueType | undefined)[]): CoreType[] {
  const joined: CoreType[] = [];
  for (const type of cases) {
    for (const [index, flat] of (type === undefined ? [] : flatten(type)).entries()) {
      joined[index] = joinTypes(joined[index], flat);
    }
  }
  return ["i32", ...joined];
}

function joinTypes(a: CoreType | undefined, b: CoreType): CoreType {
  if (a === undefined || a === b) return b;
  return (a === "i32" && b === "f32") || (a === "f32" && b === "i32") ? "i32" : "i64";
}

/** The core signature of a function that is lifted; results that need memory are one address. */
export function coreSignature(type: FunctionType): {
  params: CoreType[];
  results: CoreType[];
  resultInMemory: boolean;
} {
  const flat = type.params.flatMap((param) => flatten(param.type));
  const results = type.result === undefined ? [] : flatten(type.result);
  const resultInMemory = results.length > 1;
  return {
    params: flat.length > 16 ? ["i32"] : flat,
    results: resultInMemory ? ["i32"] : results,
    resultInMemory,
  };
}
