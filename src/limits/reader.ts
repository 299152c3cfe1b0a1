/**
 * Reads the WebAssembly binary format (core specification, section 5).
 *
 * Bytes come from strangers: every read is checked against the end, every
 * integer against its longest encoding, and whatever is wrong is a
 * {@linkcode LimitError} with the position.
 * @module
 */

import { type Feature, LimitError } from "./fault.ts";

/** A cursor over `bytes[position, end)`. Borrows the bytes, never changes them. */
export class Reader {
  readonly bytes: Uint8Array;
  /** Offset of the next byte. */
  position: number;
  /** One past the last byte that may be read. */
  end: number;

  constructor(bytes: Uint8Array, position = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  /** @throws {LimitError} `malformed`, always. */
  fail(what: string, position: number = this.position): never {
    throw new LimitError({ code: "malformed", position, what });
  }

  /** @throws {LimitError} `unsupported_feature`, always. */
  refuse(feature: Feature, position: number = this.position): never {
    throw new LimitError({ code: "unsupported_feature", feature, position });
  }

  u8(): number {
    if (this.position >= this.end) this.fail("wanted another byte, got the end");
    return this.bytes[this.position++] as number;
  }

  skip(count: number): void {
    if (count > this.end - this.position) {
      this.fail(`wanted ${count} more bytes, got ${this.end - this.position}`);
    }
    this.position += count;
  }

  /** Unsigned LEB128 of at most 32 bits in at most 5 bytes (section 5.2.2). */
  u32(): number {
    const first = this.u8();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    for (let shift = 7; shift < 28; shift += 7) {
      const byte = this.u8();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    const last = this.u8();
    if (last > 0x0f) this.fail("wanted an unsigned 32-bit LEB, got one that is too long", this.position - 1);
    return (value | last << 28) >>> 0;
  }

  /** Moves past a signed LEB128 of `bits` bits: 32 in at most 5 bytes, 33 in 5, 64 in 10. */
  skipSigned(bits: 32 | 33 | 64): void {
    const bytesMax = bits === 64 ? 10 : 5;
    for (let count = 1; count < bytesMax; count++) if (this.u8() < 0x80) return;
    const last = this.u8();
    // Payload bits of the last byte: the rest must repeat the sign bit.
    const used = bits - 7 * (bytesMax - 1);
    const sign = last >> (used - 1);
    if (sign !== 0 && sign !== 0x7f >> (used - 1)) {
      this.fail(`wanted a signed ${bits}-bit LEB, got one that is too long`, this.position - 1);
    }
  }

  /** A vector's count, refused at once if the items (a byte each at least) cannot be there. */
  count(): number {
    const at = this.position;
    const count = this.u32();
    if (count > this.end - this.position) {
      this.fail(`wanted ${count} items, got ${this.end - this.position} bytes`, at);
    }
    return count;
  }

  /** The bytes of a name, a view; its UTF-8 is the engine's to check. */
  name(): Uint8Array {
    const size = this.count();
    const from = this.position;
    this.position += size;
    return this.bytes.subarray(from, this.position);
  }

  /** An index that must be below `size`. */
  index(size: number, what: string): number {
    const at = this.position;
    const index = this.u32();
    if (index >= size) this.fail(`wanted a ${what} index below ${size}, got ${index}`, at);
    return index;
  }

  /** A value type: numbers, vectors, funcref and externref. Returns its byte. */
  valueType(): number {
    const at = this.position;
    const type = this.u8();
    if (type >= 0x7b && type <= 0x7f || type === 0x70 || type === 0x6f) return type;
    return refuseType(this, type, at);
  }

  /** A reference type: funcref or externref. Returns its byte. */
  referenceType(): number {
    const at = this.position;
    const type = this.u8();
    if (type === 0x70 || type === 0x6f) return type;
    return refuseType(this, type, at);
  }

  /** Limits of a memory or table; `maximum` is undefined where there is none. */
  limits(): { readonly minimum: number; readonly maximum: number | undefined } {
    const at = this.position;
    const flags = this.u8();
    if (flags & 0xf0) this.fail(`wanted limits flags, got ${hex(flags)}`, at);
    if (flags & 8) this.refuse("custom_page_sizes", at);
    if (flags & 4) this.refuse("memory64", at);
    if (flags & 2) this.refuse("threads", at);
    const minimum = this.u32();
    return { minimum, maximum: flags & 1 ? this.u32() : undefined };
  }
}

/** `0x` and two digits. */
export function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0")}`;
}

function refuseType(reader: Reader, type: number, at: number): never {
  // Abstract heap types of the GC and exception proposals, then typed references.
  if (type === 0x69 || type === 0x74) reader.refuse("exceptions", at);
  if (type === 0x68 || type === 0x75) reader.refuse("stack_switching", at);
  if (type === 0x63 || type === 0x64) reader.refuse("function_references", at);
  if (type >= 0x6a && type <= 0x73 || type === 0x77 || type === 0x78) reader.refuse("gc", at);
  return reader.fail(`wanted a value type, got ${hex(type)}`, at);
}
