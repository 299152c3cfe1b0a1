import { nestingMax } from "./budget.ts";
import { type ByteReader, hexByte } from "./byte_reader.ts";
import { ComponentError, type Position } from "./component_error.ts";
import { checkCoreName, checkExternName } from "./names.ts";
import {
  type Closure,
  type Entity,
  type InstanceExports,
  newScope,
  type Resource,
  type Scope,
  type TypeEntity,
} from "./scope.ts";
import { readFunctionType, readValueTypeDefinition, typeAt, type TypeContext } from "./value_type_section.ts";

/** What a decoder of a body needs. */
export interface BodyContext extends TypeContext {
  /** How many bodies this one stands in. */
  readonly depth: number;
  /** Makes a resource that is different from all others. */
  newResource(name: string | undefined): Resource;
}

/** The context for a body within this one. @throws {ComponentError} `too_large` past {@linkcode nestingMax}. */
export function enter(context: BodyContext, reader: ByteReader, parent: Scope): BodyContext {
  const depth = context.depth + 1;
  if (depth > nestingMax) {
    throw new ComponentError({ code: "too_large", what: "levels of nesting", max: nestingMax, got: depth });
  }
  return { ...context, reader, scope: newScope(parent), depth };
}

/** Gives the entity the next index of its space. */
export function define(scope: Scope, entity: Entity): void {
  switch (entity.sort) {
    case "function":
      scope.functions.push(entity.type);
      return;
    case "type":
      scope.types.push(entity.type);
      return;
    case "instance":
      scope.instances.push(entity.exports);
      return;
    case "component":
      scope.components.push(entity.closure);
      return;
  }
}

/**
 * Reads one definition of the space of types ("Binary", production `deftype`).
 * Of an instance type only the extent is kept: {@linkcode instantiateType} reads
 * it again for each instance, as each has resources of its own.
 */
export function readTypeDefinition(context: BodyContext): TypeEntity {
  const { reader, budget, scope } = context;
  budget.spend(1);
  const value = readValueTypeDefinition(context);
  if (value !== undefined) return { sort: "value", value };
  const position = reader.position;
  const code = reader.byte("a definition of a type");
  switch (code) {
    case 0x40:
      return { sort: "function", type: readFunctionType(context) };
    case 0x41:
      readDeclarations(enter(context, reader, scope), undefined);
      return { sort: "component_type" };
    case 0x42: {
      const body = reader.again();
      readDeclarations(enter(context, reader, scope), undefined);
      return { sort: "instance_type", closure: { body, scope } };
    }
    case 0x3f: {
      reader.expect(0x7f, "a resource represented by i32");
      const at = reader.position;
      const flag = reader.byte("a destructor");
      if (flag === 1) reader.u32("the index of a destructor");
      else if (flag !== 0) reader.malformed("0x00 or 0x01 before a destructor", hexByte(flag), at);
      return { sort: "resource", resource: context.newResource(undefined) };
    }
    case 0x3e:
      throw new ComponentError({
        code: "unsupported",
        position,
        feature: "a resource with an async destructor",
      });
    case 0x43:
      throw new ComponentError({ code: "unsupported", position, feature: "an async function" });
  }
  return reader.malformed("a definition of a type", hexByte(code), position);
}

/** An instance of an instance type; `name` is that of the interface, for the resources that it defines. */
function instantiateType(context: BodyContext, closure: Closure, name: string | undefined): InstanceExports {
  return readDeclarations(enter(context, closure.body.again(), closure.scope), name);
}

/**
 * Reads the declarations of an instance type or component type ("Binary",
 * productions `instancedecl` and `componentdecl`) and gives its exports.
 */
function readDeclarations(context: BodyContext, name: string | undefined): InstanceExports {
  const { reader, scope, budget } = context;
  const exports = new Map<string, Entity>();
  const count = reader.count("declarations");
  for (let index = 0; index < count; index += 1) {
    budget.spend(1);
    const position = reader.position;
    const code = reader.byte("a declaration");
    switch (code) {
      case 0x00:
        throw new ComponentError({ code: "unsupported", position, feature: "a core type in a type" });
      case 0x01:
        scope.types.push(readTypeDefinition(context));
        break;
      case 0x02:
        readAlias(context);
        break;
      case 0x03: {
        const imported = readExternName(reader);
        define(scope, readExternType(context, imported));
        break;
      }
      case 0x04: {
        const at = reader.position;
        const exported = readExternName(reader);
        const entity = readExternType(context, name === undefined ? undefined : `${name}/${exported}`);
        define(scope, entity);
        addExport(reader, exports, exported, entity, at);
        break;
      }
      default:
        reader.malformed("a declaration", hexByte(code), position);
    }
  }
  return exports;
}

/** Reads a name between core modules. */
export function readCoreName(reader: ByteReader): void {
  const position = reader.position;
  checkCoreName(reader.text("a core name"), position);
}

/** Adds one export; refuses a name that is there already. */
export function addExport(
  reader: ByteReader,
  exports: Map<string, Entity>,
  name: string,
  entity: Entity,
  position: Position,
): void {
  if (exports.has(name)) reader.malformed("a name that is not yet exported", `"${name}" again`, position);
  exports.set(name, entity);
}

/** Reads a name of an import or export ("Binary", productions `importname'` and `exportname'`). */
export function readExternName(reader: ByteReader): string {
  const position = reader.position;
  const code = reader.byte("a name");
  if (code === 2) {
    throw new ComponentError({ code: "unsupported", position, feature: "a name with a version suffix" });
  }
  if (code > 2) reader.malformed("0x00 or 0x01 before a name", hexByte(code), position);
  return checkExternName(reader.text("a name"), position);
}

/**
 * Reads the type of an import or export ("Binary", production `externdesc`) and
 * gives an entity of that type, with fresh resources.
 *
 * @param name for an instance or resource.
 */
export function readExternType(context: BodyContext, name: string | undefined): Entity {
  const { reader } = context;
  const position = reader.position;
  const code = reader.byte("the sort of an import or export");
  switch (code) {
    case 0x00:
      throw new ComponentError({
        code: "unsupported",
        position,
        feature: "a core module as import or export",
      });
    case 0x01: {
      const entity = typeAt(context, reader.u32("the index of a type"), position);
      if (entity.sort === "function") return { sort: "function", type: entity.type };
      return reader.malformed("the type of a function", `a type of sort ${entity.sort}`, position);
    }
    case 0x02:
      throw new ComponentError({ code: "unsupported", position, feature: "a value as import or export" });
    case 0x03:
      return { sort: "type", type: readTypeBound(context, name) };
    case 0x04:
      throw new ComponentError({ code: "unsupported", position, feature: "a component as import or export" });
    case 0x05: {
      const entity = typeAt(context, reader.u32("the index of a type"), position);
      if (entity.sort === "instance_type") {
        return { sort: "instance", exports: instantiateType(context, entity.closure, name) };
      }
      return reader.malformed("the type of an instance", `a type of sort ${entity.sort}`, position);
    }
  }
  return reader.malformed("the sort of an import or export", hexByte(code), position);
}

function readTypeBound(context: BodyContext, name: string | undefined): TypeEntity {
  const { reader } = context;
  const position = reader.position;
  const bound = reader.byte("the bound of a type");
  if (bound === 0) return typeAt(context, reader.u32("the index of a type"), position);
  if (bound === 1) return { sort: "resource", resource: context.newResource(name) };
  return reader.malformed("0x00 or 0x01 for the bound of a type", hexByte(bound), position);
}

/** Reads an alias ("Binary", production `alias`). Those of core definitions have no use here. */
export function readAlias(context: BodyContext): void {
  const { reader, scope } = context;
  const position = reader.position;
  const sort = readSort(reader);
  const target = reader.byte("the target of an alias");
  switch (target) {
    case 0x00: {
      const exports = instanceAt(context, reader.u32("the index of an instance"), position);
      const name = checkExternName(reader.text("the name of an export"), position);
      const entity = exports.get(name);
      if (entity === undefined || entity.sort !== sort) {
        reader.malformed(`an export "${name}" of sort ${sort}`, entity?.sort ?? "none", position);
      } else define(scope, entity);
      return;
    }
    case 0x01:
      if (sort !== "core") reader.malformed("a core sort", sort, position);
      reader.u32("the index of a core instance");
      readCoreName(reader);
      return;
    case 0x02:
      readOuterAlias(context, sort, position);
      return;
  }
  reader.malformed("the target of an alias", hexByte(target), position);
}

function readOuterAlias(context: BodyContext, sort: Entity["sort"] | "core", position: Position): void {
  const { reader, scope } = context;
  const levels = reader.u32("a number of levels");
  const index = reader.u32("an index");
  let outer: Scope | undefined = scope;
  for (let level = 0; level < levels && outer !== undefined; level += 1) outer = outer.parent;
  if (outer === undefined) return reader.malformed("a number of levels that exist", `${levels}`, position);
  switch (sort) {
    case "core":
      return;
    case "type": {
      const type = outer.types[index];
      if (type === undefined) return reader.malformed("the index of an outer type", `${index}`, position);
      return define(scope, { sort, type });
    }
    case "component": {
      const closure = outer.components[index];
      if (closure === undefined) {
        return reader.malformed("the index of an outer component", `${index}`, position);
      }
      return define(scope, { sort, closure });
    }
    case "function":
    case "instance":
      return reader.malformed("a type or component from outside", `a ${sort}`, position);
  }
}

/** Reads a sort ("Binary", production `sort`); all core sorts are one here. */
export function readSort(reader: ByteReader): Entity["sort"] | "core" {
  const position = reader.position;
  const code = reader.byte("a sort");
  switch (code) {
    case 0x00: {
      const at = reader.position;
      const core = reader.byte("a core sort");
      if (core > 0x04 && (core < 0x10 || core > 0x12)) reader.malformed("a core sort", hexByte(core), at);
      return "core";
    }
    case 0x01:
      return "function";
    case 0x02:
      throw new ComponentError({ code: "unsupported", position, feature: "a value definition" });
    case 0x03:
      return "type";
    case 0x04:
      return "component";
    case 0x05:
      return "instance";
  }
  return reader.malformed("a sort", hexByte(code), position);
}

/** Reads a sort and an index and gives what they stand for; nothing for a core definition. */
export function readReference(context: BodyContext): Entity | undefined {
  const { reader, scope } = context;
  const position = reader.position;
  const sort = readSort(reader);
  const index = reader.u32("an index");
  const missing = (size: number) =>
    reader.malformed(`the index of a ${sort} below ${size}`, `${index}`, position);
  switch (sort) {
    case "core":
      return undefined;
    case "function": {
      const type = scope.functions[index];
      return type === undefined ? missing(scope.functions.length) : { sort, type };
    }
    case "type": {
      const type = scope.types[index];
      return type === undefined ? missing(scope.types.length) : { sort, type };
    }
    case "instance": {
      const exports = scope.instances[index];
      return exports === undefined ? missing(scope.instances.length) : { sort, exports };
    }
    case "component": {
      const closure = scope.components[index];
      return closure === undefined ? missing(scope.components.length) : { sort, closure };
    }
  }
}

/** The instance with an index. */
function instanceAt({ reader, scope }: BodyContext, index: number, position: Position): InstanceExports {
  const exports = scope.instances[index];
  if (exports !== undefined) return exports;
  return reader.malformed(`the index of an instance below ${scope.instances.length}`, `${index}`, position);
}
