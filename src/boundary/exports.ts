import type { ComponentType } from "../component/mod.ts";
import type { FunctionType, ResourceHandle } from "../value/mod.ts";
import { BoundaryError } from "./boundary_error.ts";
import { encoderOf } from "./encode.ts";
import type { HandleView } from "./handles.ts";
import { describeValue, Misfit } from "./misfit.ts";
import { camelCase, parseFunctionName, pascalCase } from "./names.ts";
import { compileSignature, type Signature } from "./signature.ts";

/** The exports of a component, callable on any instance of it. */
export interface ComponentExports {
  invoke(instance: unknown, name: string, values: readonly unknown[]): unknown;
  call(instance: unknown, name: string, argumentsText: string): string;
}

/** One function that the component exports. */
interface ExportedFunction {
  readonly signature: Signature;
  /** As jco has it: a result is returned or thrown. */
  apply(instance: unknown, values: readonly unknown[]): unknown;
  /** Tells whether what was thrown is the `err` of the function's result. */
  isErr(thrown: unknown): boolean;
  readonly fallible: boolean;
}

/**
 * Finds the exports of a component by `interface#function` or `function`.
 * Resources of its own are numbered as they come out, per resource from 1, and
 * held until they are given back or dropped with `interface#[resource-drop]name`,
 * so that no garbage collector decides when the guest hears of it.
 *
 * @param imported the resources of the host, as the glue sees them
 */
export function bindExports(type: ComponentType, imported: HandleView): ComponentExports {
  const functions = new Map<string, ExportedFunction>();
  const own = new Map<string, ExportedResource>();
  for (const item of type.exports) {
    if (item.kind === "instance") {
      for (const name of item.resources) own.set(`${item.name}/${name}`, createExportedResource());
    }
  }
  const handles = eitherView(own, imported);
  for (const item of type.exports) {
    if (item.kind === "function") {
      functions.set(
        item.name,
        exported(item.type, handles, (instance) => memberOf(instance, camelCase(item.name))),
      );
      continue;
    }
    for (const [name, functionType] of item.functions) {
      const find = (instance: unknown) => memberOf(instance, item.name);
      functions.set(`${item.name}#${name}`, exportedMember(name, functionType, handles, find));
    }
    for (const name of item.resources) {
      const handle: ResourceHandle = { kind: "own", resource: `${item.name}/${name}` };
      const drop = exported({ params: [{ name: "self", type: handle }] }, handles, () => dispose);
      functions.set(`${item.name}#[resource-drop]${name}`, drop);
    }
  }

  function find(name: string): ExportedFunction {
    const found = functions.get(name);
    if (found === undefined) throw new BoundaryError({ code: "no_such_export", function: name });
    return found;
  }

  function invoke(fn: ExportedFunction, instance: unknown, values: readonly unknown[]): unknown {
    if (!fn.fallible) return fn.apply(instance, values);
    try {
      return { tag: "ok", val: fn.apply(instance, values) };
    } catch (error) {
      if (fn.isErr(error)) return { tag: "err", val: error };
      throw error;
    }
  }

  return {
    invoke: (instance, name, values) => invoke(find(name), instance, values),
    call(instance, name, argumentsText) {
      const fn = find(name);
      const values = fn.signature.decodeArguments(argumentsText);
      return fn.signature.encodeResult(invoke(fn, instance, values));
    },
  };
}

function exported(
  type: FunctionType,
  handles: HandleView,
  find: (instance: unknown) => unknown,
): ExportedFunction {
  return {
    signature: compileSignature(type, handles),
    apply: (instance, values) => callable(find(instance))(...values),
    isErr: errTest(type),
    fallible: type.result?.kind === "result",
  };
}

function exportedMember(
  name: string,
  type: FunctionType,
  handles: HandleView,
  find: (instance: unknown) => unknown,
): ExportedFunction {
  const parsed = parseFunctionName(name);
  switch (parsed.is) {
    case "function":
      return exported(type, handles, (instance) => memberOf(find(instance), camelCase(parsed.name)));
    case "constructor":
      return exported(type, handles, (instance) => {
        const resourceClass = callable(memberOf(find(instance), pascalCase(parsed.resource)));
        return (...values: unknown[]) => Reflect.construct(resourceClass, values);
      });
    case "static":
      return exported(type, handles, (instance) => {
        const resourceClass = memberOf(find(instance), pascalCase(parsed.resource));
        return (...values: unknown[]) =>
          Reflect.apply(callable(memberOf(resourceClass, camelCase(parsed.name))), resourceClass, values);
      });
    case "method":
      return exported(
        type,
        handles,
        () => (self: unknown, ...values: unknown[]) =>
          Reflect.apply(callable(memberOf(self, camelCase(parsed.name))), self, values),
      );
    case "drop":
      return exported(type, handles, () => dispose);
  }
}

function dispose(self: unknown): void {
  const symbol: symbol = Symbol.dispose ?? Symbol.for("dispose");
  Reflect.apply(callable((self as Record<symbol, unknown>)[symbol]), self, []);
}

function memberOf(object: unknown, name: string): unknown {
  if ((typeof object !== "object" && typeof object !== "function") || object === null) return undefined;
  return (object as Readonly<Record<string, unknown>>)[name];
}

function callable(value: unknown): (...values: unknown[]) => unknown {
  if (typeof value === "function") return value as (...values: unknown[]) => unknown;
  throw new TypeError("Cannot call an export: the instance is of another component");
}

/** What a guest throws with an instruction of its own; it is no Error. */
function isWasmException(thrown: unknown): boolean {
  const Exception: unknown = Reflect.get(WebAssembly, "Exception");
  return typeof Exception === "function" && thrown instanceof Exception;
}

/** An `err` is thrown as the bare value. What the engine throws, or a host through it, is not of its type. */
function errTest(type: FunctionType): (thrown: unknown) => boolean {
  if (type.result?.kind !== "result") return () => false;
  const { err } = type.result;
  if (err === undefined) return (thrown) => thrown === undefined;
  // Only its shape matters here: a resource in it is counted when the result is written.
  const encode = encoderOf(err, { numberOf: () => 1, resourceOf: (_handle, number) => [number] });
  return (thrown) => {
    if (thrown instanceof Error || isWasmException(thrown)) return false;
    try {
      encode(thrown);
      return true;
    } catch {
      return false;
    }
  };
}

/** Resources of one type that the guest defines and the host has. */
type ExportedResource = HandleView;

function createExportedResource(): ExportedResource {
  const objects = new Map<number, object>();
  const numbers = new Map<object, number>();
  let next = 1;
  return {
    numberOf(handle, value) {
      if (typeof value !== "object" || value === null) {
        throw new Misfit(`a ${handle.resource}`, describeValue(value));
      }
      const known = numbers.get(value);
      if (known !== undefined) return known;
      const number = next++;
      objects.set(number, value);
      numbers.set(value, number);
      return number;
    },
    resourceOf(handle, number) {
      const object = objects.get(number);
      if (object === undefined) {
        throw new Misfit(`the handle of a ${handle.resource} that the host has`, `the handle ${number}`);
      }
      if (handle.kind === "own") {
        objects.delete(number);
        numbers.delete(object);
      }
      return object;
    },
  };
}

function eitherView(own: ReadonlyMap<string, ExportedResource>, imported: HandleView): HandleView {
  return {
    numberOf: (handle, value) => (own.get(handle.resource) ?? imported).numberOf(handle, value),
    resourceOf: (handle, number) => (own.get(handle.resource) ?? imported).resourceOf(handle, number),
  };
}
