import type {
  FunctionType,
  Parameter,
  PrimitiveKind,
  RecordField,
  ValueType,
  VariantCase,
} from "../value/mod.ts";
import { type Budget, typeDepthMax, typeNodesMax } from "./budget.ts";
import { type ByteReader, hexByte } from "./byte_reader.ts";
import { ComponentError, type Position } from "./component_error.ts";
import { checkLabel } from "./names.ts";
import type { Scope, SizedType, TypeEntity } from "./scope.ts";

/** Codes of types without parts ("Binary", production `primvaltype`). */
const primitives: ReadonlyMap<number, PrimitiveKind> = new Map([
  [0x7f, "bool"],
  [0x7e, "s8"],
  [0x7d, "u8"],
  [0x7c, "s16"],
  [0x7b, "u16"],
  [0x7a, "s32"],
  [0x79, "u32"],
  [0x78, "s64"],
  [0x77, "u64"],
  [0x76, "f32"],
  [0x75, "f64"],
  [0x74, "char"],
  [0x73, "string"],
]);

/** Codes that are known and refused, by the name of what they stand for. */
const unsupportedTypes: ReadonlyMap<number, string> = new Map([
  [0x67, "a list of fixed length"],
  [0x66, "a stream"],
  [0x65, "a future"],
  [0x64, "error-context"],
  [0x63, "a map"],
]);

/** As many flags as the component model allows ("Binary", production `defvaltype`). */
const flagsMax = 32;

/** What a decoder of types needs: where it reads, in which scope, on whose account. */
export interface TypeContext {
  readonly reader: ByteReader;
  readonly scope: Scope;
  readonly budget: Budget;
}

/** The type with an index; `wanted` words for the error. */
export function typeAt({ reader, scope }: TypeContext, index: number, position: Position): TypeEntity {
  const entity = scope.types[index];
  if (entity === undefined) {
    return reader.malformed(`the index of a type below ${scope.types.length}`, `${index}`, position);
  }
  return entity;
}

function sized(type: ValueType, parts: readonly SizedType[]): SizedType {
  let nodes = 1;
  let depth = 1;
  for (const part of parts) {
    nodes += part.nodes;
    depth = Math.max(depth, part.depth + 1);
  }
  if (nodes > typeNodesMax) {
    throw new ComponentError({ code: "too_large", what: "types in one type", max: typeNodesMax, got: nodes });
  }
  if (depth > typeDepthMax) {
    throw new ComponentError({
      code: "too_large",
      what: "levels in one type",
      max: typeDepthMax,
      got: depth,
    });
  }
  return { type, nodes, depth };
}

/** Reads the use of a type of values: a code or an index. */
export function readValueType(context: TypeContext): SizedType {
  const { reader } = context;
  const position = reader.position;
  const found = reader.indexOrCode();
  if ("code" in found) {
    const kind = primitives.get(found.code);
    if (kind !== undefined) return sized({ kind }, []);
    const feature = unsupportedTypes.get(found.code);
    if (feature !== undefined) throw new ComponentError({ code: "unsupported", position, feature });
    return reader.malformed("a type of values", hexByte(found.code), position);
  }
  const entity = typeAt(context, found.index, position);
  if (entity.sort !== "value") {
    return reader.malformed("a type of values", `a type of sort ${entity.sort}`, position);
  }
  return entity.value;
}

/** Reads `count` names; refuses a name that is there twice, however its letters are cased. */
function readNamed<T>(context: TypeContext, wanted: string, read: (name: string) => T): T[] {
  const { reader, budget } = context;
  const at = reader.position;
  const count = reader.count(wanted);
  if (count === 0) reader.malformed(`at least one of ${wanted}`, "none", at);
  const seen = new Set<string>();
  const all: T[] = [];
  for (let index = 0; index < count; index += 1) {
    budget.spend(1);
    all.push(read(readLabel(reader, seen)));
  }
  return all;
}

function readLabel(reader: ByteReader, seen: Set<string>): string {
  const position = reader.position;
  const name = checkLabel(reader.text("a name"), position);
  const folded = name.toLowerCase();
  if (seen.has(folded)) reader.malformed("a name that is not yet taken", `"${name}" again`, position);
  seen.add(folded);
  return name;
}

/** Reads what may be absent: 0x00, or 0x01 and the type. */
function readOptionalType(context: TypeContext): SizedType | undefined {
  const position = context.reader.position;
  const flag = context.reader.byte("0x00 or 0x01");
  if (flag === 0) return undefined;
  if (flag === 1) return readValueType(context);
  return context.reader.malformed("0x00 or 0x01", hexByte(flag), position);
}

function readHandle(context: TypeContext, kind: "own" | "borrow"): SizedType {
  const position = context.reader.position;
  const entity = typeAt(context, context.reader.u32("the index of a resource"), position);
  if (entity.sort !== "resource") {
    return context.reader.malformed("a resource", `a type of sort ${entity.sort}`, position);
  }
  return sized({ kind, resource: entity.resource.token }, []);
}

function readRecord(context: TypeContext): SizedType {
  const parts: SizedType[] = [];
  const fields = readNamed(context, "fields", (name): RecordField => {
    const part = readValueType(context);
    parts.push(part);
    return { name, type: part.type };
  });
  return sized({ kind: "record", fields }, parts);
}

function readVariant(context: TypeContext): SizedType {
  const parts: SizedType[] = [];
  const cases = readNamed(context, "cases", (name): VariantCase => {
    const part = readOptionalType(context);
    context.reader.expect(0, "0x00 after a case");
    if (part === undefined) return { name };
    parts.push(part);
    return { name, type: part.type };
  });
  // A case without a type is still a node: it is written out.
  return sized({ kind: "variant", cases }, parts);
}

function readTuple(context: TypeContext): SizedType {
  const { reader, budget } = context;
  const at = reader.position;
  const count = reader.count("elements of a tuple");
  if (count === 0) reader.malformed("at least one element of a tuple", "none", at);
  const parts: SizedType[] = [];
  for (let index = 0; index < count; index += 1) {
    budget.spend(1);
    parts.push(readValueType(context));
  }
  return sized({ kind: "tuple", elements: parts.map((part) => part.type) }, parts);
}

function readFlags(context: TypeContext): SizedType {
  const at = context.reader.position;
  const names = readNamed(context, "flags", (name) => name);
  if (names.length > flagsMax) context.reader.malformed(`at most ${flagsMax} flags`, `${names.length}`, at);
  return sized({ kind: "flags", names }, []);
}

function readResult(context: TypeContext): SizedType {
  const ok = readOptionalType(context);
  const err = readOptionalType(context);
  const type: ValueType = {
    kind: "result",
    ...(ok === undefined ? {} : { ok: ok.type }),
    ...(err === undefined ? {} : { err: err.type }),
  };
  return sized(type, [ok, err].filter((part) => part !== undefined));
}

/**
 * Reads the definition of a type of values ("Binary", production `defvaltype`),
 * or nothing where the code is not one of those.
 */
export function readValueTypeDefinition(context: TypeContext): SizedType | undefined {
  const { reader } = context;
  const position = reader.position;
  const code = reader.peek("a definition of a type");
  if (primitives.has(code) || unsupportedTypes.has(code)) return readValueType(context);
  reader.byte();
  switch (code) {
    case 0x72:
      return readRecord(context);
    case 0x71:
      return readVariant(context);
    case 0x70: {
      const element = readValueType(context);
      return sized({ kind: "list", element: element.type }, [element]);
    }
    case 0x6f:
      return readTuple(context);
    case 0x6e:
      return readFlags(context);
    case 0x6d:
      return sized({ kind: "enum", names: readNamed(context, "names of an enum", (name) => name) }, []);
    case 0x6b: {
      const some = readValueType(context);
      return sized({ kind: "option", some: some.type }, [some]);
    }
    case 0x6a:
      return readResult(context);
    case 0x69:
      return readHandle(context, "own");
    case 0x68:
      return readHandle(context, "borrow");
  }
  reader.position = position;
  return undefined;
}

/** Reads the type of a function, after its code ("Binary", production `functype`). */
export function readFunctionType(context: TypeContext): FunctionType {
  const { reader, budget } = context;
  const seen = new Set<string>();
  const params: Parameter[] = [];
  const count = reader.count("parameters");
  for (let index = 0; index < count; index += 1) {
    budget.spend(1);
    const name = readLabel(reader, seen);
    params.push({ name, type: readValueType(context).type });
  }
  const position = reader.position;
  const flag = reader.byte("a result");
  if (flag === 0) return { params, result: readValueType(context).type };
  if (flag !== 1) return reader.malformed("0x00 or 0x01 before a result", hexByte(flag), position);
  const names = reader.byte("a result");
  if (names !== 0) {
    throw new ComponentError({ code: "unsupported", position, feature: "a function with several results" });
  }
  return { params };
}
