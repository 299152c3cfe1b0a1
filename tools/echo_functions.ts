import type { ComponentType } from "../src/component/mod.ts";
import type { FunctionType } from "../src/value/mod.ts";
import { coreSignature } from "./flat_type.ts";

/**
 * WAT for functions that hand everything on: for each name that an imported
 * interface and an exported one share, an import and a function that calls it
 * with its own arguments and returns what it gets. As both have one type, the
 * core values are the same on both sides and nothing needs to be looked at.
 */
export function echoFunctions(type: ComponentType): { imports: string; functions: string } {
  const imports: string[] = [];
  const functions: string[] = [];
  for (const exported of type.exports) {
    for (const imported of type.imports) {
      if (exported.kind !== "instance" || imported.kind !== "instance") continue;
      for (const [name, signature] of exported.functions) {
        if (!imported.functions.has(name)) continue;
        imports.push(importOf(imported.name, name, signature));
        functions.push(...functionOf(exported.name, name, signature));
      }
    }
  }
  return { imports: imports.join("\n"), functions: functions.join("\n") };
}

function list(word: "param" | "result", types: readonly string[]): string {
  return types.length === 0 ? "" : ` (${word} ${types.join(" ")})`;
}

function importOf(owner: string, name: string, type: FunctionType): string {
  const { params, results, resultInMemory } = coreSignature(type);
  const into = resultInMemory ? [...params, "i32"] : params;
  return `  (import "${owner}" "${name}" (func $import-${name}${list("param", into)}${
    list("result", resultInMemory ? [] : results)
  }))`;
}

function functionOf(owner: string, name: string, type: FunctionType): string[] {
  const { params, results, resultInMemory } = coreSignature(type);
  const given = params.map((_, index) => `(local.get ${index})`);
  if (resultInMemory) given.push("(global.get $results)");
  const lent = type.params.flatMap((param, index) =>
    param.type.kind === "borrow" ? [` (call $drop-blob (local.get ${index}))`] : []
  );
  return [
    `  (func (export "${owner}#${name}")${list("param", params)}${list("result", results)}`,
    `    (call $import-${name} ${given.join(" ")})${resultInMemory ? " (global.get $results)" : ""}${
      lent.join("")
    })`,
    `  (func (export "cabi_post_${owner}#${name}")${list("param", results)} (call $free))`,
  ];
}
