/**
 * Rewrites a core module so that an instance of it can be stopped and bounded.
 * @module
 */

import { LimitError } from "./fault.ts";
import type { Instrumentation } from "./instrumentation.ts";
import { EXPORTED, VERSION_SECTION } from "./protocol.ts";
import { Reader } from "./reader.ts";
import { limits as released, scheduleOf } from "./schedules.ts";
import { checkSections } from "./sections.ts";
import { atEnd, readShape, SECTION, type Shape } from "./shape.ts";
import { REWRITTEN_BYTES_MAX, Writer } from "./writer.ts";

/** Largest module, in bytes, before rewriting. */
export const MODULE_BYTES_MAX = 64 << 20;

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
  /**
   * The schedule to count by; an old one only to replay what was recorded with it.
   * @default the newest
   */
  readonly schedule?: number;
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
 * @throws {RangeError} when a limit is not a positive integer, or too large, or there is no such schedule
 */
export function limitModule(bytes: Uint8Array, limits: Limits): Uint8Array<ArrayBuffer> {
  checkLimit("memoryBytesMax", limits.memoryBytesMax, 0, 65_536 * PAGE_BYTES);
  checkLimit("stackUnitsMax", limits.stackUnitsMax, 1, 0x3fffffff);
  const schedule = scheduleOf(limits.schedule ?? released.version.schedule);
  if (bytes.length > MODULE_BYTES_MAX) {
    throw new LimitError({ code: "module_too_large", bytes: bytes.length, bytesMax: MODULE_BYTES_MAX });
  }
  const shape = checkSections(bytes, readShape(bytes));
  const pagesMax = Math.floor(limits.memoryBytesMax / PAGE_BYTES);
  const added = schedule.instrument(bytes, shape);
  const out = new Writer(bytes.length + (bytes.length >> 1) + 1024, REWRITTEN_BYTES_MAX);
  out.copy(bytes, 0, 8);
  const rewrite: SectionRewriter = { bytes, shape, added, limits, pagesMax, out };
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
    out.u32(schedule.version.rewriter);
    out.u32(schedule.version.schedule);
    out.u32(limits.stackUnitsMax);
    if (added.saysPages && shape.sections.has(SECTION.memory)) {
      out.u32(Math.min(pagesMax, shape.memoryPagesMax ?? pagesMax));
    }
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
  readonly added: Instrumentation;
  readonly limits: Limits;
  readonly pagesMax: number;
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
  extendVector(rewrite, SECTION.type, added.types.length, () => {
    for (const type of added.types) {
      out.u8(0x60);
      for (const list of type) {
        out.u32(list.length);
        for (let k = 0; k < list.length; k++) out.u8(list[k] as number);
      }
    }
  });
}

function writeFunctionSection(rewrite: SectionRewriter): void {
  const { out, shape, added: { functions } } = rewrite;
  extendVector(rewrite, SECTION.function, functions.length, () => {
    for (const { type } of functions) out.u32(shape.types.length + type);
  });
}

function writeTableSection(rewrite: SectionRewriter): void {
  const { out, added } = rewrite;
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
  writeVector(rewrite, SECTION.table, 1, item, () => {
    out.copy(Uint8Array.of(0x70, 0x01, added.tickSlots, added.tickSlots));
  });
}

function writeMemorySection(rewrite: SectionRewriter): void {
  const { out, shape, limits, pagesMax } = rewrite;
  if (!shape.sections.has(SECTION.memory)) return;
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
  const { out, added: { globals } } = rewrite;
  const counter = Uint8Array.of(0x7f, 0x01, 0x41, 0, 0x0b); // i32, mutable, 0
  extendVector(rewrite, SECTION.global, globals, () => {
    for (let k = 0; k < globals; k++) out.copy(counter);
  });
}

function writeExportSection(rewrite: SectionRewriter): void {
  const { out, shape, added: { functions } } = rewrite;
  const named = functions.filter((f) => f.exported !== undefined).length;
  extendVector(rewrite, SECTION.export, named + (shape.start === undefined ? 1 : 2), () => {
    functions.forEach((f, k) => {
      if (f.exported !== undefined) writeExport(out, f.exported, 0x00, shape.functions.length + k);
    });
    writeExport(out, EXPORTED.ticks, 0x01, shape.tables);
    if (shape.start !== undefined) writeExport(out, EXPORTED.start, 0x00, shape.start);
  });
}

function writeExport(out: Writer, name: string, kind: number, index: number): void {
  out.name(name);
  out.u8(kind);
  out.u32(index);
}

function writeCodeSection(rewrite: SectionRewriter): void {
  const { shape, added, out } = rewrite;
  const defined = shape.functions.length - shape.importedFunctions;
  const reader = open(rewrite, SECTION.code);
  const count = reader.count();
  if (count !== defined) reader.fail(`wanted ${defined} function bodies, got ${count}`);
  const bodies = added.rewriteBodies(reader, count);
  const { hints } = bodies;
  if (hints) out.section(SECTION.custom, () => out.copy(hints));
  out.section(SECTION.code, () => {
    out.u32(count + added.functions.length);
    bodies.write(out);
    atEnd(reader);
    for (const { body } of added.functions) {
      out.u32(body.length + 1);
      out.u8(0); // no locals
      out.copy(body);
    }
  });
}
