import { type ByteReader, hexByte } from "./byte_reader.ts";
import { ComponentError, type Position } from "./component_error.ts";
import {
  addExport,
  type BodyContext,
  define,
  enter,
  readAlias,
  readCoreName,
  readExternName,
  readExternType,
  readReference,
  readTypeDefinition,
} from "./declarations.ts";
import type { Entity, InstanceExports } from "./scope.ts";

/** The eight bytes with which a component begins: magic, version 0x0d, layer 1. */
export const componentPreamble: readonly number[] = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];

/** What a component imports and exports, by name, in order. */
export interface Body {
  readonly imports: ReadonlyMap<string, Entity>;
  readonly exports: InstanceExports;
}

/**
 * Reads one component as if it were instantiated: with the entities of `given`
 * for its imports, or with fresh ones of the declared types where there are
 * none (the outermost component).
 */
export function readBody(context: BodyContext, given: InstanceExports | undefined): Body {
  const { reader } = context;
  const imports = new Map<string, Entity>();
  const exports = new Map<string, Entity>();
  readPreamble(reader);
  while (!reader.atEnd) {
    const position = reader.position;
    const id = reader.byte("a section");
    const section = reader.section(reader.u32("the size of a section"), "a section");
    readSection({ ...context, reader: section }, id, position, { given, imports, exports });
  }
  return { imports, exports };
}

function readPreamble(reader: ByteReader): void {
  const at = reader.position;
  for (const byte of componentPreamble) {
    if (reader.byte("the preamble of a component") !== byte) {
      reader.malformed("the preamble of a component", "other bytes", at);
    }
  }
}

interface BodyState {
  readonly given: InstanceExports | undefined;
  readonly imports: Map<string, Entity>;
  readonly exports: Map<string, Entity>;
}

/** Reads one section, which must be used up ("Binary", production `section`). */
function readSection(context: BodyContext, id: number, position: Position, state: BodyState): void {
  const { reader, scope } = context;
  switch (id) {
    case 0: // Custom sections and core modules say nothing about types.
    case 1:
      context.budget.spend(1);
      return;
    case 2:
      readVector(context, "core instances", () => readCoreInstance(context));
      break;
    case 3:
      throw new ComponentError({
        code: "unsupported",
        position,
        feature: "core types outside of core modules",
      });
    case 4:
      context.budget.spend(1);
      scope.components.push({ body: reader, scope });
      return;
    case 5:
      readVector(context, "instances", () => scope.instances.push(readInstance(context)));
      break;
    case 6:
      readVector(context, "aliases", () => readAlias(context));
      break;
    case 7:
      readVector(context, "types", () => scope.types.push(readTypeDefinition(context)));
      break;
    case 8:
      readVector(context, "canonical functions", () => readCanonical(context));
      break;
    case 9:
      throw new ComponentError({ code: "unsupported", position, feature: "a start function of a component" });
    case 10:
      readVector(context, "imports", () => readImport(context, state));
      break;
    case 11:
      readVector(context, "exports", () => readExport(context, state));
      break;
    case 12:
      throw new ComponentError({ code: "unsupported", position, feature: "values outside of functions" });
    default:
      reader.malformed("a section of a component", hexByte(id), position);
  }
  if (!reader.atEnd) reader.malformed("the end of a section", "more bytes");
}

function readVector(context: BodyContext, wanted: string, read: () => void): void {
  const count = context.reader.count(wanted);
  for (let index = 0; index < count; index += 1) {
    context.budget.spend(1);
    read();
  }
}

/** Reads an instance of a core module for its names only. */
function readCoreInstance({ reader }: BodyContext): void {
  const position = reader.position;
  const code = reader.byte("a core instance");
  if (code > 1) reader.malformed("0x00 or 0x01 for a core instance", hexByte(code), position);
  if (code === 0) reader.u32("the index of a core module");
  const count = reader.count(code === 0 ? "arguments" : "exports");
  for (let index = 0; index < count; index += 1) {
    readCoreName(reader);
    reader.byte("a core sort");
    reader.u32("a core index");
  }
}

/** Reads an instance ("Binary", production `instance`). */
function readInstance(context: BodyContext): InstanceExports {
  const { reader, scope } = context;
  const position = reader.position;
  const code = reader.byte("an instance");
  if (code === 1) return readInlineExports(context);
  if (code !== 0) return reader.malformed("0x00 or 0x01 for an instance", hexByte(code), position);
  const index = reader.u32("the index of a component");
  const closure = scope.components[index];
  if (closure === undefined) {
    return reader.malformed(
      `the index of a component below ${scope.components.length}`,
      `${index}`,
      position,
    );
  }
  const given = new Map<string, Entity>();
  const count = reader.count("arguments");
  for (let argument = 0; argument < count; argument += 1) {
    context.budget.spend(1);
    const name = reader.text("the name of an argument");
    const entity = readReference(context);
    if (entity !== undefined) given.set(name, entity);
  }
  return readBody(enter(context, closure.body.again(), closure.scope), given).exports;
}

function readInlineExports(context: BodyContext): InstanceExports {
  const { reader } = context;
  const exports = new Map<string, Entity>();
  const count = reader.count("exports");
  for (let index = 0; index < count; index += 1) {
    context.budget.spend(1);
    const at = reader.position;
    const name = readExternName(reader);
    const entity = readReference(context);
    if (entity !== undefined) addExport(reader, exports, name, entity, at);
  }
  return exports;
}

/** Reads a definition made by the canonical ABI; only `lift` makes a function of a component. */
function readCanonical(context: BodyContext): void {
  const { reader, scope } = context;
  const position = reader.position;
  const code = reader.byte("a canonical function");
  switch (code) {
    case 0x00: {
      reader.expect(0, "0x00 after lift");
      reader.u32("the index of a core function");
      readCanonicalOptions(reader);
      const at = reader.position;
      const index = reader.u32("the index of a type");
      const type = scope.types[index];
      if (type?.sort !== "function") return reader.malformed("the type of a function", `type ${index}`, at);
      scope.functions.push(type.type);
      return;
    }
    case 0x01: {
      reader.expect(0, "0x00 after lower");
      const at = reader.position;
      const index = reader.u32("the index of a function");
      if (index >= scope.functions.length) reader.malformed("the index of a function", `${index}`, at);
      readCanonicalOptions(reader);
      return;
    }
    case 0x02: // resource.new, resource.drop, resource.rep
    case 0x03:
    case 0x04: {
      const at = reader.position;
      const index = reader.u32("the index of a resource");
      if (scope.types[index]?.sort !== "resource") {
        reader.malformed("the index of a resource", `${index}`, at);
      }
      return;
    }
  }
  throw new ComponentError({
    code: "unsupported",
    position,
    feature: `a built-in for threads or asynchronous calls (canonical function ${hexByte(code)})`,
  });
}

function readCanonicalOptions(reader: ByteReader): void {
  const count = reader.count("options");
  for (let index = 0; index < count; index += 1) {
    const position = reader.position;
    const code = reader.byte("an option");
    if (code <= 0x02) continue; // utf8, utf16, latin1+utf16
    if (code <= 0x05) reader.u32("an index"); // memory, realloc, post-return
    else {
      throw new ComponentError({
        code: "unsupported",
        position,
        feature: code <= 0x07 ? "an async function" : `the option ${hexByte(code)} of a canonical function`,
      });
    }
  }
}

function readImport(context: BodyContext, { given, imports }: BodyState): void {
  const { reader, scope } = context;
  const at = reader.position;
  const name = readExternName(reader);
  const declared = readExternType(context, name);
  const entity = given === undefined ? declared : given.get(name);
  if (entity === undefined || entity.sort !== declared.sort) {
    return reader.malformed(`an argument "${name}" of sort ${declared.sort}`, entity?.sort ?? "none", at);
  }
  if (imports.has(name)) reader.malformed("a name that is not yet imported", `"${name}" again`, at);
  imports.set(name, entity);
  define(scope, entity);
}

/** Reads an export; a declared type may hide parts of an instance, nothing else. */
function readExport(context: BodyContext, { exports }: BodyState): void {
  const { reader, scope } = context;
  const at = reader.position;
  const name = readExternName(reader);
  let entity = readReference(context);
  const position = reader.position;
  const flag = reader.byte("a declared type");
  if (flag > 1) reader.malformed("0x00 or 0x01 before a declared type", hexByte(flag), position);
  if (entity === undefined) {
    throw new ComponentError({
      code: "unsupported",
      position: at,
      feature: "a core module as import or export",
    });
  }
  if (flag === 1) {
    const declared = readExternType(context, name);
    if (declared.sort !== entity.sort) {
      reader.malformed(`a declared type of sort ${entity.sort}`, declared.sort, position);
    }
    if (declared.sort === "instance" && entity.sort === "instance") {
      entity = { sort: "instance", exports: narrow(reader, entity.exports, declared.exports, position) };
    }
  }
  addExport(reader, exports, name, entity, at);
  define(scope, entity);
}

function narrow(
  reader: ByteReader,
  exports: InstanceExports,
  declared: InstanceExports,
  position: Position,
): InstanceExports {
  const kept = new Map<string, Entity>();
  for (const name of declared.keys()) {
    const entity = exports.get(name);
    if (entity === undefined) reader.malformed(`an export "${name}"`, "none", position);
    else kept.set(name, entity);
  }
  return kept;
}
