/**
 * How names of WIT become names of JavaScript in what jco generates: words are
 * joined, each but the first with a capital; digits begin no word.
 */
export function camelCase(name: string): string {
  const pascal = pascalCase(name);
  return pascal.charAt(0).toLowerCase() + pascal.slice(1);
}

/** The same with a first capital, as resources are called. */
export function pascalCase(name: string): string {
  return name.split("-").map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()).join("");
}

/** What a function of a component is for, as its name tells. */
export type FunctionName =
  | { readonly is: "function"; readonly name: string }
  | { readonly is: "constructor" | "drop"; readonly resource: string }
  | { readonly is: "method" | "static"; readonly resource: string; readonly name: string };

const resourceFunction =
  /^\[(?:(constructor)\]([^.]+)|(resource-drop)\]([^.]+)|(method|static)\]([^.]+)\.([^.]+))$/;

/** Takes `[method]blob.size` and its like apart. */
export function parseFunctionName(text: string): FunctionName {
  const match = resourceFunction.exec(text);
  if (match === null) return { is: "function", name: text };
  const [, constructor, made, , dropped, kind, resource, name] = match;
  if (constructor !== undefined) return { is: "constructor", resource: made ?? "" };
  if (dropped !== undefined) return { is: "drop", resource: dropped };
  return { is: kind === "method" ? "method" : "static", resource: resource ?? "", name: name ?? "" };
}

/** `wasi:io/streams@0.2.6` without its version, as jco looks imports up. */
export function withoutVersion(name: string): string {
  const at = name.indexOf("@");
  return at < 0 ? name : name.slice(0, at);
}
