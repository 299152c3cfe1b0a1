/**
 * What the rewriter must know of a module before it writes: where its sections
 * are, its function types, and how many of everything it has.
 * @module
 */

import { LimitError } from "./fault.ts";
import { hex, Reader } from "./reader.ts";

/** Section ids (core specification, section 5.5.2). */
export const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const;

/** The order in which sections must come; an id that is not here is unknown. */
const ORDER: readonly number[] = [
  SECTION.type,
  SECTION.import,
  SECTION.function,
  SECTION.table,
  SECTION.memory,
  SECTION.tag,
  SECTION.global,
  SECTION.export,
  SECTION.start,
  SECTION.element,
  SECTION.dataCount,
  SECTION.code,
  SECTION.data,
];

/** Largest number of functions that a module may define. */
export const FUNCTIONS_MAX = 50_000;

/** Largest number of params and of results, the engines' own limit. */
const SIGNATURE_MAX = 1000;

/** Content of one section: bytes `[start, end)`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Ways to call a function: from outside, as an export or the start function; by a reference to it. */
export const CALLED = { fromOutside: 1, byReference: 2 } as const;

/** The value type of references to functions. */
export const FUNCREF = 0x70;

/** The value type of 128-bit vectors. */
export const V128 = 0x7b;

/** A function type. Slots count a v128 as two. */
export interface FunctionType {
  /** Whether a param or result is a v128. */
  readonly vectors: boolean;
  readonly paramCount: number;
  readonly paramSlots: number;
  readonly resultSlots: number;
  /** The params' value types, a view. */
  readonly params: Uint8Array;
  /** The results' value types, a view. */
  readonly results: Uint8Array;
}

/** The parts of a module that the rewriter looks up. Counts include imports. */
export interface Shape {
  readonly sections: ReadonlyMap<number, Span>;
  /** The custom section `name`, if there is one: the only one that is kept. */
  readonly names: Span | undefined;
  readonly types: readonly FunctionType[];
  /** Type index of every function, imported ones first. */
  readonly functions: readonly number[];
  readonly importedFunctions: number;
  readonly tables: number;
  readonly memories: number;
  readonly globals: number;
  /** Whether a global is a v128; before the globals are checked: an imported one. */
  readonly vectorGlobals: boolean;
  /** Index of the start function. */
  readonly start: number | undefined;
  /** Largest size in pages that the module declares for its first memory. */
  readonly memoryPagesMax: number | undefined;
  /** Whether functions may leave the module as references; before the sections are checked: by what it imports. */
  readonly leaksReferences: boolean;
  /** How each function may be called but by a direct call: bits of {@linkcode CALLED}. */
  readonly called: Uint8Array;
}

/**
 * Reads the shape of a module.
 * @throws {LimitError}
 */
export function readShape(bytes: Uint8Array): Shape {
  const { sections, names } = readSections(bytes);
  const at = (id: number) => {
    const span = sections.get(id);
    return span && new Reader(bytes, span.start, span.end);
  };
  const types = readTypes(at(SECTION.type));
  const imports = readImports(at(SECTION.import), types.length);
  const functions = imports.functions;
  const importedFunctions = functions.length;
  const reader = at(SECTION.function);
  if (reader) {
    const count = reader.count();
    if (count > FUNCTIONS_MAX) {
      throw new LimitError({ code: "too_many", what: "functions", count, countMax: FUNCTIONS_MAX });
    }
    for (let k = 0; k < count; k++) functions.push(reader.index(types.length, "type"));
    atEnd(reader);
  }
  const start = readStart(at(SECTION.start), functions, types);
  const called = new Uint8Array(functions.length);
  if (start !== undefined) called[start] = CALLED.fromOutside;
  const memory = at(SECTION.memory);
  const ownMemories = memory?.count() ?? 0;
  return {
    vectorGlobals: imports.vectorGlobals,
    leaksReferences: imports.tables > 0 || imports.functionGlobals ||
      types.some(({ params, results }) => params.includes(FUNCREF) || results.includes(FUNCREF)),
    called,
    memoryPagesMax: imports.memories > 0
      ? imports.memoryPagesMax
      : ownMemories > 0
      ? memory?.limits().maximum
      : undefined,
    start,
    sections,
    names,
    types,
    functions,
    importedFunctions,
    tables: imports.tables + (at(SECTION.table)?.count() ?? 0),
    memories: imports.memories + ownMemories,
    globals: imports.globals + (at(SECTION.global)?.count() ?? 0),
  };
}

/** Refuses bytes that are left over in a section or function. */
export function atEnd(reader: Reader): void {
  if (reader.position !== reader.end) {
    reader.fail(`wanted the end, got ${reader.end - reader.position} more bytes`);
  }
}

function readSections(bytes: Uint8Array): { sections: Map<number, Span>; names: Span | undefined } {
  const preamble = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  if (preamble.some((byte, k) => bytes[k] !== byte)) {
    const component = preamble.slice(0, 4).every((byte, k) => bytes[k] === byte) && bytes[6] === 1;
    throw new LimitError({ code: "not_core_module", found: component ? "component" : "other" });
  }
  const reader = new Reader(bytes, preamble.length);
  const sections = new Map<number, Span>();
  let names: Span | undefined;
  let rank = -1;
  while (reader.position < bytes.length) {
    const at = reader.position;
    const id = reader.u8();
    const size = reader.u32();
    const start = reader.position;
    reader.skip(size);
    const span = { start, end: start + size };
    if (id === SECTION.custom) {
      const name = new Reader(bytes, start, span.end).name();
      if (name.length === 4 && new TextDecoder().decode(name) === "name") names ??= span;
      continue;
    }
    const next = ORDER.indexOf(id);
    if (next < 0) reader.fail(`wanted a section id, got ${hex(id)}`, at);
    if (next <= rank) reader.fail(`wanted sections in their order, got section ${id} late or twice`, at);
    if (id === SECTION.tag) reader.refuse("exceptions", at);
    rank = next;
    sections.set(id, span);
  }
  return { sections, names };
}

function readTypes(reader: Reader | undefined): FunctionType[] {
  const types: FunctionType[] = [];
  if (!reader) return types;
  for (let left = reader.count(); left > 0; left--) {
    const at = reader.position;
    const form = reader.u8();
    if (form === 0x5d) reader.refuse("stack_switching", at); // cont
    if (form >= 0x4c && form <= 0x5f) reader.refuse("gc", at); // rec, sub, struct, array
    if (form !== 0x60) reader.fail(`wanted a function type, got ${hex(form)}`, at);
    const params = readValueTypes(reader, "params");
    const results = readValueTypes(reader, "results");
    types.push({
      vectors: params.includes(V128) || results.includes(V128),
      paramCount: params.length,
      paramSlots: slots(params),
      resultSlots: slots(results),
      params,
      results,
    });
  }
  atEnd(reader);
  return types;
}

function readValueTypes(reader: Reader, what: "params" | "results"): Uint8Array {
  const count = reader.count();
  if (count > SIGNATURE_MAX) throw new LimitError({ code: "too_many", what, count, countMax: SIGNATURE_MAX });
  const from = reader.position;
  for (let k = 0; k < count; k++) reader.valueType();
  return reader.bytes.subarray(from, reader.position);
}

function slots(types: Uint8Array): number {
  let count = types.length;
  for (const type of types) if (type === V128) count++;
  return count;
}

interface Imported {
  readonly functions: number[];
  tables: number;
  memories: number;
  globals: number;
  vectorGlobals: boolean;
  functionGlobals: boolean;
  memoryPagesMax: number | undefined;
}

function readImports(
  reader: Reader | undefined,
  types: number,
): Imported {
  const found: Imported = {
    functions: [],
    tables: 0,
    memories: 0,
    globals: 0,
    vectorGlobals: false,
    functionGlobals: false,
    memoryPagesMax: undefined,
  };
  if (!reader) return found;
  for (let left = reader.count(); left > 0; left--) {
    refuseReserved(reader.name());
    reader.name();
    const at = reader.position;
    const kind = reader.u8();
    if (kind === 0x00) {
      found.functions.push(reader.index(types, "type"));
    } else if (kind === 0x01) {
      reader.referenceType();
      reader.limits();
      found.tables++;
    } else if (kind === 0x02) {
      const { maximum } = reader.limits();
      if (found.memories++ === 0) found.memoryPagesMax = maximum;
    } else if (kind === 0x03) {
      const type = readGlobalType(reader);
      if (type === V128) found.vectorGlobals = true;
      if (type === FUNCREF) found.functionGlobals = true;
      found.globals++;
    } else if (kind === 0x04) {
      reader.refuse("exceptions", at);
    } else if (kind === 0x7e || kind === 0x7f) {
      reader.refuse("compact_imports", at);
    } else {
      reader.fail(`wanted the kind of an import, got ${hex(kind)}`, at);
    }
  }
  atEnd(reader);
  return found;
}

/** Reads the start section. The function must take and return nothing, which its later export would not ensure. */
function readStart(
  reader: Reader | undefined,
  functions: readonly number[],
  types: readonly FunctionType[],
): number | undefined {
  if (!reader) return undefined;
  const index = reader.index(functions.length, "function");
  atEnd(reader);
  const type = types[functions[index] as number];
  if (!type || type.paramCount > 0 || type.results.length > 0) {
    reader.fail("wanted a start function without params and results");
  }
  return index;
}

/** Reads a global's type; returns its value type. */
export function readGlobalType(reader: Reader): number {
  const type = reader.valueType();
  const at = reader.position;
  const flags = reader.u8();
  if (flags === 2 || flags === 3) reader.refuse("threads", at);
  if (flags > 3) reader.fail(`wanted a global's mutability, got ${hex(flags)}`, at);
  return type;
}

/** Beginning of every name that the rewriter adds; a module that uses one itself is refused. */
export const RESERVED = "theater:limits";

/** @throws {LimitError} `reserved_name` */
export function refuseReserved(name: Uint8Array): void {
  if (name.length < RESERVED.length) return;
  const text = new TextDecoder().decode(name);
  if (text.startsWith(RESERVED)) throw new LimitError({ code: "reserved_name", name: text });
}
