/**
 * Checks the sections that are copied as they are. What the rewriter adds lies
 * behind the module's own indices, so an index beyond these must be refused: it
 * would come to point at the meter.
 * @module
 */

import { hex, Reader } from "./reader.ts";
import {
  atEnd,
  CALLED,
  FUNCREF,
  readGlobalType,
  refuseReserved,
  SECTION,
  type Shape,
  V128,
} from "./shape.ts";

/**
 * Checks the sections of globals, exports, elements and data.
 * @returns what the code of the module is to be read with
 * @throws {LimitError}
 */
export function checkSections(bytes: Uint8Array, shape: Shape): Shape {
  let { vectorGlobals, leaksReferences } = shape;
  checkVector(bytes, shape, SECTION.global, (reader) => {
    const type = readGlobalType(reader);
    if (type === V128) vectorGlobals = true;
    if (type === FUNCREF) leaksReferences = true;
    checkConstant(reader, shape);
  });
  checkVector(bytes, shape, SECTION.export, (reader) => {
    if (checkExport(reader, shape) === "table") leaksReferences = true;
  });
  checkVector(bytes, shape, SECTION.element, checkElements);
  checkVector(bytes, shape, SECTION.data, checkData);
  return { ...shape, vectorGlobals, leaksReferences };
}

function checkVector(
  bytes: Uint8Array,
  shape: Shape,
  id: number,
  checkItem: (reader: Reader, shape: Shape) => void,
): void {
  const span = shape.sections.get(id);
  if (!span) return;
  const reader = new Reader(bytes, span.start, span.end);
  for (let left = reader.count(); left > 0; left--) checkItem(reader, shape);
  atEnd(reader);
}

function checkExport(reader: Reader, shape: Shape): "function" | "table" | "memory" | "global" {
  refuseReserved(reader.name());
  const at = reader.position;
  const kind = reader.u8();
  switch (kind) {
    case 0x00:
      markCalled(shape, reader.index(shape.functions.length, "function"), CALLED.fromOutside);
      return "function";
    case 0x01:
      reader.index(shape.tables, "table");
      return "table";
    case 0x02:
      reader.index(shape.memories, "memory");
      return "memory";
    case 0x03:
      reader.index(shape.globals, "global");
      return "global";
    default:
      return reader.fail(`wanted the kind of an export, got ${hex(kind)}`, at);
  }
}

function markCalled({ called }: Shape, index: number, how: number): void {
  called[index] = (called[index] as number) | how;
}

function checkElements(reader: Reader, shape: Shape): void {
  const at = reader.position;
  const flags = reader.u32(); // Bit 0: passive or declarative; 1: explicit table or kind; 2: expressions.
  if (flags > 7) reader.fail(`wanted element flags, got ${flags}`, at);
  if (!(flags & 1)) {
    if (flags & 2) reader.index(shape.tables, "table");
    else if (shape.tables === 0) reader.fail("wanted a table, got none", at);
    checkConstant(reader, shape);
  }
  if (flags & 3) {
    const kindAt = reader.position;
    if (flags & 4) reader.referenceType();
    else if (reader.u8() !== 0x00) reader.fail("wanted the element kind of functions", kindAt);
  }
  for (let left = reader.count(); left > 0; left--) {
    if (flags & 4) checkConstant(reader, shape);
    else markCalled(shape, reader.index(shape.functions.length, "function"), CALLED.byReference);
  }
}

function checkData(reader: Reader, shape: Shape): void {
  const at = reader.position;
  const flags = reader.u32(); // 0: active, 1: passive, 2: active with a memory index.
  if (flags > 2) reader.fail(`wanted data flags, got ${flags}`, at);
  if (flags === 2) reader.index(shape.memories, "memory");
  else if (flags === 0 && shape.memories === 0) reader.fail("wanted a memory, got none", at);
  if (flags !== 1) checkConstant(reader, shape);
  reader.skip(reader.u32());
}

/** Moves past a constant expression (core specification, section 3.3.13). */
function checkConstant(reader: Reader, shape: Shape): void {
  while (true) {
    const at = reader.position;
    const opcode = reader.u8();
    switch (opcode) {
      case 0x0b: // end
        return;
      case 0x23: // global.get
        reader.index(shape.globals, "global");
        break;
      case 0x41: // i32.const
        reader.skipSigned(32);
        break;
      case 0x42: // i64.const
        reader.skipSigned(64);
        break;
      case 0x43: // f32.const
        reader.skip(4);
        break;
      case 0x44: // f64.const
        reader.skip(8);
        break;
      case 0x6a: // i32 and i64: add, sub, mul
      case 0x6b:
      case 0x6c:
      case 0x7c:
      case 0x7d:
      case 0x7e:
        break;
      case 0xd0: // ref.null
        reader.referenceType();
        break;
      case 0xd2: // ref.func
        markCalled(shape, reader.index(shape.functions.length, "function"), CALLED.byReference);
        break;
      case 0xfb:
        reader.refuse("gc", at);
        break;
      case 0xfd: // v128.const
        if (reader.u32() !== 12) reader.fail("wanted a constant expression", at);
        reader.skip(16);
        break;
      default:
        reader.fail(`wanted a constant expression, got ${hex(opcode)}`, at);
    }
  }
}
