import type { ComponentType } from "../component/mod.ts";
import type { FunctionType } from "../value/mod.ts";
import { BoundaryError } from "./boundary_error.ts";
import { createResourceTable, type HandleView, type ResourceNumbers, type ResourceTable } from "./handles.ts";
import { Misfit } from "./misfit.ts";
import { camelCase, parseFunctionName, pascalCase, withoutVersion } from "./names.ts";

/** One function that the component imports. */
export interface ImportedFunction {
  /** As it is recorded: `interface#function` or `function`. */
  readonly name: string;
  readonly type: FunctionType;
  /** The resource that it drops, where it is a drop; the component's type does not list these. */
  readonly drops?: ResourceTable;
}

/** Answers the calls of one function. For a drop, the only value is what stands for the resource. */
export type Answerer = (values: readonly unknown[]) => unknown;

/** The resources that the host defines, from both sides. */
export interface ImportedResources {
  /** As the component's glue sees them. */
  readonly guest: HandleView;
  /** As host functions see them. */
  readonly host: HandleView;
}

/** What jco's glue is given to instantiate a component. */
export interface BoundImports {
  readonly imports: Readonly<Record<string, unknown>>;
  readonly resources: ImportedResources;
}

/** An interface that the component imports. */
type ImportedInterface = Extract<ComponentType["imports"][number], { kind: "instance" }>;

/** A resource and the class that jco's glue is given for it. */
interface BoundResource {
  readonly table: ResourceTable;
  readonly resourceClass: { readonly prototype: object };
  construct: Answerer | undefined;
}

/**
 * Makes the object that jco's glue takes its imports from: interfaces by their
 * name with and without version, functions in camelCase, resources as classes,
 * a function by itself as the default of a module. `bind` is asked once for
 * each function, drops of resources included.
 *
 * @throws {BoundaryError} `import_clash`: without versions, which the glue
 * leaves out, two imports have the same name.
 */
export function bindImports(
  type: ComponentType,
  numbers: ResourceNumbers,
  bind: (fn: ImportedFunction, resources: ImportedResources) => Answerer,
): BoundImports {
  const bound = new Map<string, BoundResource>();
  for (const item of type.imports) {
    if (item.kind === "function") continue;
    for (const name of item.resources) {
      bound.set(`${item.name}/${name}`, bindResource(`${item.name}/${name}`, numbers));
    }
  }
  const resources: ImportedResources = {
    guest: byResource(bound, (table) => table.guest),
    host: byResource(bound, (table) => table.host),
  };

  const imports: Record<string, unknown> = Object.create(null);
  const owners = new Map<string, string>();
  for (const item of type.imports) {
    if (item.kind === "function") {
      imports[item.name] = { default: caller(bind({ name: item.name, type: item.type }, resources)) };
      continue;
    }
    const module = bindInterface(item, bound, (fn) => bind(fn, resources));
    const short = withoutVersion(item.name);
    for (const member of Object.keys(module)) {
      const first = owners.get(`${short}#${member}`);
      if (first !== undefined) throw new BoundaryError({ code: "import_clash", first, second: item.name });
      owners.set(`${short}#${member}`, item.name);
    }
    imports[item.name] = module;
    imports[short] = { ...imports[short] as object | undefined, ...module };
  }
  return { imports, resources };
}

function bindInterface(
  item: ImportedInterface,
  bound: ReadonlyMap<string, BoundResource>,
  bind: (fn: ImportedFunction) => Answerer,
): Record<string, unknown> {
  const module: Record<string, unknown> = Object.create(null); // A function may be named as a frozen member of Object.prototype.
  for (const name of item.resources) {
    const resource = bound.get(`${item.name}/${name}`);
    if (resource === undefined) continue;
    module[pascalCase(name)] = resource.resourceClass;
    const drop = bind({
      name: `${item.name}#[resource-drop]${name}`,
      type: { params: [{ name: "self", type: { kind: "own", resource: resource.table.resource } }] },
      drops: resource.table,
    });
    // Where the engine has no Symbol.dispose, the glue makes do with the other.
    for (const symbol of new Set([Symbol.dispose ?? Symbol.for("dispose"), Symbol.for("dispose")])) {
      define(resource.resourceClass.prototype, symbol, method(drop));
    }
  }
  for (const [name, type] of item.functions) {
    const answer = bind({ name: `${item.name}#${name}`, type });
    const parsed = parseFunctionName(name);
    if (parsed.is === "function") {
      module[camelCase(parsed.name)] = caller(answer);
      continue;
    }
    const resource = bound.get(`${item.name}/${parsed.resource}`);
    if (resource === undefined) {
      throw new BoundaryError({ code: "unknown_resource", function: `${item.name}#${name}` });
    }
    if (parsed.is === "constructor") resource.construct = answer;
    else if (parsed.is === "method") {
      define(resource.resourceClass.prototype, camelCase(parsed.name), method(answer));
    } else if (parsed.is === "static") define(resource.resourceClass, camelCase(parsed.name), caller(answer));
  }
  return module;
}

function bindResource(id: string, numbers: ResourceNumbers): BoundResource {
  // The glue says `new`, and gets what the recorded constructor answered.
  const resourceClass = function (...values: unknown[]): unknown {
    if (resource.construct === undefined) {
      throw new TypeError(`Cannot construct a ${id}: it has no constructor`);
    }
    return resource.construct(values);
  };
  const prototype: object = resourceClass.prototype;
  const resource: BoundResource = {
    table: createResourceTable(id, prototype, numbers),
    resourceClass,
    construct: undefined,
  };
  return resource;
}

function caller(answer: Answerer) {
  return (...values: unknown[]) => answer(values);
}

function method(answer: Answerer) {
  return function (this: unknown, ...values: unknown[]) {
    return answer([this, ...values]);
  };
}

/** Assignment would fail where a frozen prototype above has the name. */
function define(target: object, name: string | symbol, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true });
}

function byResource(
  bound: ReadonlyMap<string, BoundResource>,
  side: (table: ResourceTable) => HandleView,
): HandleView {
  function find(resource: string): HandleView {
    const found = bound.get(resource);
    if (found === undefined) throw new Misfit("a resource of the host", `a ${resource}`);
    return side(found.table);
  }
  return {
    numberOf: (handle, value) => find(handle.resource).numberOf(handle, value),
    resourceOf: (handle, number) => find(handle.resource).resourceOf(handle, number),
  };
}
