import type { FunctionType, ValueType } from "../value/mod.ts";
import { type Budget, newBudget } from "./budget.ts";
import { ByteReader } from "./byte_reader.ts";
import { componentPreamble, readBody } from "./component_body.ts";
import { ComponentError } from "./component_error.ts";
import type { ComponentType, InterfaceItem } from "./component_type.ts";
import { type Entity, type InstanceExports, newScope, type Resource } from "./scope.ts";

/** Largest component, in bytes. */
export const componentBytesMax = 64 * 1024 * 1024;

/**
 * Reads the types of everything that a component imports and exports out of its
 * bytes. It does not validate what is inside of functions and core modules; the
 * generator does that ({@linkcode transpile}).
 *
 * All names in the result are within the grammar of the component model, and
 * all types are written out.
 *
 * @throws {ComponentError} where the bytes are no component, are malformed, use
 * a part of the component model that Theater does not run, or pass a limit.
 */
export function readComponentType(bytes: Uint8Array): ComponentType {
  if (bytes.length > componentBytesMax) {
    throw new ComponentError({ code: "too_large", what: "bytes", max: componentBytesMax, got: bytes.length });
  }
  const other = sniff(bytes);
  if (other !== undefined) throw new ComponentError({ code: "not_a_component", found: other });

  const resources = new Map<string, Resource>();
  const budget = newBudget();
  const body = readBody({
    reader: new ByteReader(bytes),
    scope: newScope(undefined),
    budget,
    depth: 0,
    newResource(name) {
      const token = `#${resources.size}`;
      const resource: Resource = name === undefined ? { token } : { token, name };
      resources.set(token, resource);
      return resource;
    },
  }, undefined);
  nameResources(body.exports, "");
  const names = { resources, budget };
  return { imports: items(body.imports, names), exports: items(body.exports, names) };
}

/** What the file is where it is not a component; nothing where it may be one. */
function sniff(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return "an empty file";
  const magic = componentPreamble.slice(0, 4).every((byte, index) => bytes[index] === byte);
  if (magic) {
    const kind = bytes.subarray(4, 8);
    if (kind.length < 4) return "a file of WebAssembly that ends in its preamble";
    if (kind[0] === 1 && kind[1] === 0 && kind[2] === 0 && kind[3] === 0) {
      return "a core module (make a component of it, for example with `wasm-tools component new`)";
    }
    if (componentPreamble.every((byte, index) => bytes[index] === byte)) return undefined;
    return `WebAssembly of another version (${[...kind].join(" ")} after the magic bytes)`;
  }
  const start = new TextDecoder("utf-8").decode(bytes.subarray(0, 512)).trimStart();
  if (/^\(\s*(component|module)\b/.test(start) || start.startsWith(";;")) {
    return "WebAssembly in text form (assemble it, for example with `wasm-tools parse`)";
  }
  // A control character other than white space, or what was not UTF-8.
  // deno-lint-ignore no-control-regex
  if (/[\u0000-\u0008\u000e-\u001f\ufffd]/.test(start.slice(0, 256))) return "a file of another kind";
  return `a text that begins with ${JSON.stringify(start.slice(0, 24))}`;
}

/** Names the resources that the component defines, by where they are exported first. */
function nameResources(exports: InstanceExports, prefix: string): void {
  for (const [name, entity] of exports) {
    if (entity.sort === "type" && entity.type.sort === "resource") {
      entity.type.resource.name ??= prefix + name;
    }
    if (entity.sort === "instance") nameResources(entity.exports, `${prefix}${name}/`);
  }
}

interface Names {
  readonly resources: ReadonlyMap<string, Resource>;
  readonly budget: Budget;
}

function items(entities: ReadonlyMap<string, Entity>, names: Names): InterfaceItem[] {
  const all: InterfaceItem[] = [];
  for (const [name, entity] of entities) {
    switch (entity.sort) {
      case "function":
        all.push({ kind: "function", name, type: writtenOutFunction(entity.type, names) });
        break;
      case "instance":
        all.push(instanceItem(name, entity.exports, names));
        break;
      case "type": // Types by themselves are written out where they are used.
        break;
      case "component":
        throw new ComponentError({
          code: "unsupported",
          position: 0,
          feature: `a component as import or export ("${name}")`,
        });
    }
  }
  return all;
}

function instanceItem(name: string, exports: InstanceExports, names: Names): InterfaceItem {
  const functions = new Map<string, FunctionType>();
  const resources: string[] = [];
  for (const [part, entity] of exports) {
    switch (entity.sort) {
      case "function":
        functions.set(part, writtenOutFunction(entity.type, names));
        break;
      case "type":
        // An interface re-exports the resources that it uses; only its own count.
        if (entity.type.sort === "resource" && entity.type.resource.name === `${name}/${part}`) {
          resources.push(part);
        }
        break;
      case "instance":
      case "component":
        throw new ComponentError({
          code: "unsupported",
          position: 0,
          feature: `an ${entity.sort} within an instance ("${name}", "${part}")`,
        });
    }
  }
  return { kind: "instance", name, functions, resources };
}

function writtenOutFunction(type: FunctionType, names: Names): FunctionType {
  const params = type.params.map((param) => ({ name: param.name, type: writtenOut(param.type, names) }));
  return type.result === undefined ? { params } : { params, result: writtenOut(type.result, names) };
}

/** A copy of the type in which nothing is shared and every handle has the name of its resource. */
function writtenOut(type: ValueType, names: Names): ValueType {
  names.budget.spend(1);
  switch (type.kind) {
    case "list":
      return { kind: "list", element: writtenOut(type.element, names) };
    case "tuple":
      return { kind: "tuple", elements: type.elements.map((element) => writtenOut(element, names)) };
    case "record":
      return {
        kind: "record",
        fields: type.fields.map((field) => ({ name: field.name, type: writtenOut(field.type, names) })),
      };
    case "variant":
      return {
        kind: "variant",
        cases: type.cases.map(({ name, type }) =>
          type === undefined ? { name } : { name, type: writtenOut(type, names) }
        ),
      };
    case "option":
      return { kind: "option", some: writtenOut(type.some, names) };
    case "result":
      return {
        kind: "result",
        ...(type.ok === undefined ? {} : { ok: writtenOut(type.ok, names) }),
        ...(type.err === undefined ? {} : { err: writtenOut(type.err, names) }),
      };
    case "own":
    case "borrow": {
      const name = names.resources.get(type.resource)?.name;
      if (name !== undefined) return { kind: type.kind, resource: name };
      throw new ComponentError({
        code: "unsupported",
        position: 0,
        feature: "a resource that is never named",
      });
    }
    case "enum":
    case "flags":
      return { kind: type.kind, names: [...type.names] };
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
      return { kind: type.kind };
  }
}
