import type { FunctionType, ValueType } from "../value/mod.ts";
import type { ComponentType, InterfaceItem } from "./component_type.ts";

/** A type in the words of WIT, with named types written out: `record { x: s32, y: s32 }`. */
export function describeType(type: ValueType): string {
  switch (type.kind) {
    case "list":
      return `list<${describeType(type.element)}>`;
    case "tuple":
      return `tuple<${type.elements.map(describeType).join(", ")}>`;
    case "record":
      return `record { ${
        type.fields.map((field) => `${field.name}: ${describeType(field.type)}`).join(", ")
      } }`;
    case "variant":
      return `variant { ${
        type.cases.map((one) => one.type === undefined ? one.name : `${one.name}(${describeType(one.type)})`)
          .join(", ")
      } }`;
    case "enum":
    case "flags":
      return `${type.kind} { ${type.names.join(", ")} }`;
    case "option":
      return `option<${describeType(type.some)}>`;
    case "result": {
      if (type.err !== undefined) {
        return `result<${type.ok === undefined ? "_" : describeType(type.ok)}, ${describeType(type.err)}>`;
      }
      return type.ok === undefined ? "result" : `result<${describeType(type.ok)}>`;
    }
    case "own":
    case "borrow":
      return `${type.kind}<${type.resource}>`;
    case "bool":
    case "u8":
    case "u16":
    case "u32":
    case "u64":
    case "s8":
    case "s16":
    case "s32":
    case "s64":
    case "f32":
    case "f64":
    case "char":
    case "string":
      return type.kind;
  }
}

/** The type of a function in the words of WIT: `func(state: string) -> string`. */
export function describeFunction(type: FunctionType): string {
  const params = type.params.map((param) => `${param.name}: ${describeType(param.type)}`).join(", ");
  return `func(${params})${type.result === undefined ? "" : ` -> ${describeType(type.result)}`}`;
}

/** Longest lists in {@linkcode describeWorld}; the rest is counted. */
const namesMax = 8;

function some(names: readonly string[]): string {
  if (names.length <= namesMax) return names.join(", ");
  return `${names.slice(0, namesMax).join(", ")} and ${names.length - namesMax} more`;
}

function describeItem(item: InterfaceItem): string {
  if (item.kind === "function") return `${item.name} (a function)`;
  return `${item.name} (${some([...item.functions.keys()]) || "no functions"})`;
}

/** What a component imports and exports, in one readable line. */
export function describeWorld(type: ComponentType): string {
  const exports = some(type.exports.map(describeItem)) || "nothing";
  const imports = some(type.imports.map((item) => item.name)) || "nothing";
  return `a component that exports ${exports} and imports ${imports}`;
}
