import type { FunctionType } from "../value/mod.ts";
import { ComponentError } from "./component_error.ts";
import type { ComponentType, InstanceItem } from "./component_type.ts";
import { describeFunction, describeWorld } from "./describe_world.ts";

/** Interfaces that the host provides: by full name, their functions. */
export type ProvidedInterfaces = ReadonlyMap<string, ReadonlyMap<string, FunctionType>>;

/** The interface that every actor exports (`wit/actor.wit`). */
export const actorInterfaceName = "theater:actor/actor@0.1.0";

/** The functions of {@linkcode actorInterfaceName}. */
export const actorFunctions: ReadonlyMap<string, FunctionType> = new Map<string, FunctionType>([
  ["init", {
    params: [{ name: "params", type: { kind: "string" } }],
    result: { kind: "result", ok: { kind: "string" }, err: { kind: "string" } },
  }],
  ["handle", {
    params: [{ name: "state", type: { kind: "string" } }, { name: "message", type: { kind: "string" } }],
    result: {
      kind: "result",
      ok: { kind: "tuple", elements: [{ kind: "string" }, { kind: "string" }] },
      err: { kind: "string" },
    },
  }],
]);

/** The interface of a component that can take over the state of another (`wit/actor.wit`). */
export const migrationInterfaceName = "theater:actor/migration@0.1.0";

const migrationFunctions: ReadonlyMap<string, FunctionType> = new Map<string, FunctionType>([
  ["migrate", {
    params: [{ name: "state", type: { kind: "string" } }],
    result: { kind: "result", ok: { kind: "string" }, err: { kind: "string" } },
  }],
]);

/**
 * Checks that a component can take over the state of another.
 *
 * @throws {ComponentError} `missing_export` or `type_mismatch`
 */
export function checkMigration(type: ComponentType): void {
  checkExports(type, migrationInterfaceName, migrationFunctions);
}

/**
 * Checks that a component is an actor that can be run here: it exports the actor
 * interface with exactly its types, and every function that it imports is
 * provided with exactly the type that it expects. It may export more, which is
 * never called.
 *
 * @throws {ComponentError} `missing_export`, `type_mismatch` or `unknown_import`, for the first that is wrong.
 */
export function checkActor(type: ComponentType, provided: ProvidedInterfaces): void {
  checkExports(type, actorInterfaceName, actorFunctions);
  for (const item of type.imports) {
    const functions = provided.get(item.name);
    if (item.kind === "function" || functions === undefined) {
      throw new ComponentError({ code: "unknown_import", import: item.name, known: [...provided.keys()] });
    }
    checkImport(item, functions);
  }
}

function checkExports(
  type: ComponentType,
  name: string,
  functions: ReadonlyMap<string, FunctionType>,
): void {
  const found = type.exports.find((item) => item.name === name);
  const missing = (wanted: string): never => {
    throw new ComponentError({ code: "missing_export", wanted, found: describeWorld(type) });
  };
  if (found === undefined || found.kind === "function") {
    return missing(`${name} with ${[...functions.keys()].join(" and ")}`);
  }
  for (const [key, wanted] of functions) {
    const got = found.functions.get(key);
    if (got === undefined) return missing(`${name} with ${key}: ${describeFunction(wanted)}`);
    checkFunction("export", `${name}#${key}`, wanted, got);
  }
}

function checkImport(item: InstanceItem, provided: ReadonlyMap<string, FunctionType>): void {
  for (const [name, got] of item.functions) {
    const wanted = provided.get(name);
    if (wanted === undefined) {
      throw new ComponentError({
        code: "unknown_import",
        import: `${item.name}#${name}`,
        known: [...provided.keys()].map((known) => `${item.name}#${known}`),
      });
    }
    checkFunction("import", `${item.name}#${name}`, wanted, got);
  }
}

function checkFunction(
  side: "export" | "import",
  name: string,
  wanted: FunctionType,
  got: FunctionType,
): void {
  // Types are written out, so they are equal when their descriptions are.
  const [wantedText, gotText] = [describeFunction(wanted), describeFunction(got)];
  if (wantedText !== gotText) {
    throw new ComponentError({
      code: "type_mismatch",
      side,
      function: name,
      wanted: wantedText,
      got: gotText,
    });
  }
}
