/**
 * Rewrites a core module so that an instance of it can be stopped and bounded.
 * @module
 */

import {
  ADDED_GLOBALS,
  addedFunctions,
  type Additions,
  EXPORTED,
  layOut,
  VERSION_SECTION,
  writeTypes,
} from "./additions.ts";
import { LimitError } from "./fault.ts";
import { bodyRewriter } from "./function_body.ts";
import { Reader } from "./reader.ts";
import { limits as released } from "./schedule.ts";
import { checkSections } from "./sections.ts";
import { atEnd, readShape, SECTION, type Shape } from "./shape.ts";
import { Writer } from "./writer.ts";

/** Largest module, in bytes, before rewriting. */
export const MODULE_BYTES_MAX = 64 << 20;

/** Largest module, in bytes, after rewriting. */
export const REWRITTEN_BYTES_MAX = 256 << 20;

/** Size to which a table may grow, in elements, and how many tables a module may define. */
export const TABLE_ELEMENTS_MAX = 1 << 17;
export const TABLES_MAX = 16;

const PAGE_BYTES = 65_536;

/** Bounds that are built into a rewritten module. */
export interface Limits {
  /** Size to which the memory that the module defines may grow, in bytes; rounded down to pages of 64 KiB. */
  readonly memoryBytesMax: number;
  /**
   * Units of stack that all frames of a component may hold together: a frame holds 12 and its params (twice),
   * results, locals and operands. `STACK_UNITS_MAX` fits into every engine's stack.
   */
  readonly stackUnitsMax: number;
}

/**
 * Rewrites a core module: what it computes stays the same, and
 * - every function entry, loop iteration and long run of code costs fuel, and calls the host when
 *   it is used up, which may refill or throw,
 * - bulk operations are charged by their size,
 * - recursion traps at the same call on every engine,
 * - its memory and tables cannot grow above a cap.
 *
 * An instance of the result must be made by a meter. The start function becomes an export that the
 * meter calls. Custom sections are dropped, except `name`. The same bytes and limits give the same
 * bytes, on every engine that does not refuse them.
 *
 * @param bytes a core module; borrowed and left as it is
 * @returns a new, valid module
 * @throws {LimitError} when the module is broken, too large, or uses what is not supported
 * @throws {RangeError} when a limit is not a positive integer, or too large
 */
export function limitModule(bytes: Uint8Array, limits: Limits): Uint8Array<ArrayBuffer> {
  checkLimit("memoryBytesMax", limits.memoryBytesMax, 0, 65_536 * PAGE_BYTES);
  checkLimit("stackUnitsMax", limits.stackUnitsMax, 1, 0x3fffffff);
  if (bytes.length > MODULE_BYTES_MAX) {
    throw new LimitError({ code: "module_too_large", bytes: bytes.length, bytesMax: MODULE_BYTES_MAX });
  }
  const shape = checkSections(bytes, readShape(bytes));
  const added = layOut(shape);
  const out = new Writer(bytes.length + (bytes.length >> 1) + 1024, REWRITTEN_BYTES_MAX);
  out.copy(bytes, 0, 8);
  const rewrite: SectionRewriter = { bytes, shape, added, limits, out };
  writeTypeSection(rewrite);
  copySection(rewrite, SECTION.import);
  writeFunctionSection(rewrite);
  writeTableSection(rewrite);
  writeMemorySection(rewrite);
  writeGlobalSection(rewrite);
  writeExportSection(rewrite);
  copySection(rewrite, SECTION.element);
  copySection(rewrite, SECTION.dataCount);
  writeCodeSection(rewrite);
  copySection(rewrite, SECTION.data);
  if (shape.names) {
    const { start, end } = shape.names;
    out.section(SECTION.custom, () => out.copy(bytes, start, end));
  }
  out.section(SECTION.custom, () => {
    out.name(VERSION_SECTION);
    out.u32(released.version.rewriter);
    out.u32(released.version.schedule);
    out.u32(limits.stackUnitsMax);
  });
  // Types are the engine's to check. On what it was given, so that nothing here can make a bad module good.
  if (!WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>)) {
    throw new LimitError({ code: "invalid_module" });
  }
  return out.take();
}

/** What every section's rewriter works with. */
interface SectionRewriter {
  readonly bytes: Uint8Array;
  readonly shape: Shape;
  readonly added: Additions;
  readonly limits: Limits;
  readonly out: Writer;
}

function checkLimit(name: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new RangeError(
      `Cannot limit module by ${name}: wanted an integer from ${min} to ${max}, got ${value}`,
    );
  }
}

/** A reader of a section, or of none: then it counts no items. */
function open({ bytes, shape }: SectionRewriter, id: number): Reader {
  const span = shape.sections.get(id);
  return span ? new Reader(bytes, span.start, span.end) : new Reader(Uint8Array.of(0));
}

/** Writes a vector section: what the module has, item by item, and `addedCount` items behind it. */
function writeVector(
  rewrite: SectionRewriter,
  id: number,
  addedCount: number,
  item: (reader: Reader) => void,
  add: () => void,
): void {
  const { out } = rewrite;
  const reader = open(rewrite, id);
  out.section(id, () => {
    const count = reader.count();
    out.u32(count + addedCount);
    for (let k = 0; k < count; k++) item(reader);
    atEnd(reader);
    add();
  });
}

/** Writes a vector section whose items stay as they are, with `addedCount` items behind them. */
function extendVector(rewrite: SectionRewriter, id: number, addedCount: number, add: () => void): void {
  const { out } = rewrite;
  const reader = open(rewrite, id);
  out.section(id, () => {
    out.u32(reader.count() + addedCount);
    out.copy(reader.bytes, reader.position, reader.end);
    add();
  });
}

function copySection({ bytes, shape, out }: SectionRewriter, id: number): void {
  const span = shape.sections.get(id);
  if (span) out.section(id, () => out.copy(bytes, span.start, span.end));
}

function writeTypeSection(rewrite: SectionRewriter): void {
  const { out, added } = rewrite;
  const scratch = new Writer(256, REWRITTEN_BYTES_MAX);
  const count = writeTypes(scratch, added);
  extendVector(rewrite, SECTION.type, count, () => out.copy(scratch.view()));
}

function writeFunctionSection(rewrite: SectionRewriter): void {
  const { out, added } = rewrite;
  const functions = addedFunctions(added);
  extendVector(rewrite, SECTION.function, functions.length, () => {
    for (const { type } of functions) out.u32(added.types + type);
  });
}

function writeTableSection(rewrite: SectionRewriter): void {
  const { out } = rewrite;
  const count = open(rewrite, SECTION.table).count();
  if (count > TABLES_MAX) {
    throw new LimitError({ code: "too_many", what: "tables", count, countMax: TABLES_MAX });
  }
  const item = (reader: Reader) => {
    const at = reader.position;
    if (reader.bytes[at] === 0x40) reader.refuse("function_references", at); // a table with an initial value
    out.u8(reader.referenceType());
    const { minimum, maximum = TABLE_ELEMENTS_MAX } = reader.limits();
    if (minimum > TABLE_ELEMENTS_MAX) {
      throw new LimitError({
        code: "table_minimum_over_cap",
        minimumElements: minimum,
        elementsMax: TABLE_ELEMENTS_MAX,
      });
    }
    if (maximum < minimum) reader.fail("wanted a maximum not below the minimum", at);
    out.u8(0x01);
    out.u32(minimum);
    out.u32(Math.min(maximum, TABLE_ELEMENTS_MAX));
  };
  writeVector(rewrite, SECTION.table, 1, item, () => out.copy(Uint8Array.of(0x70, 0x01, 2, 2)));
}

function writeMemorySection(rewrite: SectionRewriter): void {
  const { out, shape, limits } = rewrite;
  if (!shape.sections.has(SECTION.memory)) return;
  const pagesMax = Math.floor(limits.memoryBytesMax / PAGE_BYTES);
  const reader = open(rewrite, SECTION.memory);
  const at = reader.position;
  // The cap is one memory's; with several it would not bound the module.
  if (reader.count() > 1) reader.refuse("multiple_memories", at);
  writeVector(rewrite, SECTION.memory, 0, (reader) => {
    const at = reader.position;
    const { minimum, maximum = pagesMax } = reader.limits();
    if (minimum > pagesMax) {
      throw new LimitError({
        code: "memory_minimum_over_cap",
        minimumBytes: minimum * PAGE_BYTES,
        memoryBytesMax: limits.memoryBytesMax,
      });
    }
    if (maximum < minimum) reader.fail("wanted a maximum not below the minimum", at);
    if (maximum > 65_536) reader.fail("wanted a maximum of at most 65,536 pages", at);
    out.u8(0x01);
    out.u32(minimum);
    out.u32(Math.min(maximum, pagesMax));
  }, () => {});
}

function writeGlobalSection(rewrite: SectionRewriter): void {
  const { out } = rewrite;
  const counter = Uint8Array.of(0x7f, 0x01, 0x41, 0, 0x0b); // i32, mutable, 0
  extendVector(rewrite, SECTION.global, ADDED_GLOBALS, () => {
    for (let k = 0; k < ADDED_GLOBALS; k++) out.copy(counter);
  });
}

function writeExportSection(rewrite: SectionRewriter): void {
  const { out, shape, added } = rewrite;
  const functions = addedFunctions(added);
  const named = functions.filter((f) => f.exported !== undefined).length;
  extendVector(rewrite, SECTION.export, named + (shape.start === undefined ? 1 : 2), () => {
    functions.forEach((f, k) => {
      if (f.exported !== undefined) writeExport(out, f.exported, 0x00, added.tickFunction + k);
    });
    writeExport(out, EXPORTED.ticks, 0x01, added.tickTable);
    if (shape.start !== undefined) writeExport(out, EXPORTED.start, 0x00, shape.start);
  });
}

function writeExport(out: Writer, name: string, kind: number, index: number): void {
  out.name(name);
  out.u8(kind);
  out.u32(index);
}

function writeCodeSection(rewrite: SectionRewriter): void {
  const { bytes, shape, added, out } = rewrite;
  const defined = shape.functions.length - shape.importedFunctions;
  const reader = open(rewrite, SECTION.code);
  const count = reader.count();
  if (count !== defined) reader.fail(`wanted ${defined} function bodies, got ${count}`);
  const bodies = bodyRewriter(shape, added);
  const functions = addedFunctions(added);
  const body = new Writer(1 << 14, REWRITTEN_BYTES_MAX);
  out.section(SECTION.code, () => {
    out.u32(count + functions.length);
    for (let k = 0; k < count; k++) {
      const size = reader.count();
      const from = reader.position;
      reader.skip(size);
      body.clear();
      bodies.rewrite(new Reader(bytes, from, reader.position), shape.importedFunctions + k, body);
      out.u32(body.size);
      out.copy(body.view());
    }
    atEnd(reader);
    for (const { body } of functions) {
      out.u32(body.length + 1);
      out.u8(0); // no locals
      out.copy(body);
    }
  });
}
