import { ComponentError, type Position } from "./component_error.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads the primitive parts of the binary format from `[position, end)` of a
 * file, so that every position in an error is one in the file.
 *
 * Nothing is copied. Every method throws a {@linkcode ComponentError} with code
 * `malformed` where the bytes run out or break the format.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly end: Position;
  position: Position;

  constructor(bytes: Uint8Array, position: Position = 0, end: Position = bytes.length) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  get atEnd(): boolean {
    return this.position >= this.end;
  }

  /** A reader of what this one has still before it, with a position of its own. */
  again(): ByteReader {
    return new ByteReader(this.bytes, this.position, this.end);
  }

  /** Throws; `position` is where the offending part begins. */
  malformed(wanted: string, got: string, position: Position = this.position): never {
    throw new ComponentError({ code: "malformed", position, wanted, got });
  }

  /** One byte; `wanted` names it where there is none. */
  byte(wanted = "a byte"): number {
    const value = this.position < this.end ? this.bytes[this.position] : undefined;
    if (value === undefined) return this.malformed(wanted, "the end");
    this.position += 1;
    return value;
  }

  /** The byte that comes next, without moving on. */
  peek(wanted = "a byte"): number {
    const value = this.byte(wanted);
    this.position -= 1;
    return value;
  }

  /** One byte that must be `value`. */
  expect(value: number, wanted: string): void {
    const at = this.position;
    const got = this.byte(wanted);
    if (got !== value) this.malformed(wanted, hexByte(got), at);
  }

  /** An unsigned LEB128 number below 2^32, in at most 5 bytes. */
  u32(wanted = "a number"): number {
    const at = this.position;
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte(wanted);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value > 0xffffffff) break;
        return value;
      }
    }
    return this.malformed(`${wanted} below 2^32`, "a larger one", at);
  }

  /**
   * An index or a one-byte code, as types of values are written: a signed LEB128
   * number of 33 bits, of which the negative ones are codes of a single byte.
   */
  indexOrCode(): { readonly index: number } | { readonly code: number } {
    const at = this.position;
    const first = this.peek("a type");
    if ((first & 0xc0) === 0x40) return { code: this.byte() };
    const index = this.u32("a type");
    // Bit 6 of the last byte is the sign.
    if (((this.bytes[this.position - 1] ?? 0) & 0x40) !== 0 && this.position - at < 5) {
      return this.malformed("the index of a type", "a negative number", at);
    }
    return { index };
  }

  /** The length of a vector. Each element takes a byte at least, so it is at most what is left. */
  count(wanted: string): number {
    const at = this.position;
    const count = this.u32(`a count of ${wanted}`);
    if (count > this.end - this.position) this.malformed(`${count} ${wanted}`, "the end", at);
    return count;
  }

  /** A text: its length in bytes, then UTF-8. */
  text(wanted: string): string {
    const at = this.position;
    const length = this.u32(`the length of ${wanted}`);
    if (length > this.end - this.position) this.malformed(`${wanted} of ${length} bytes`, "the end", at);
    const slice = this.bytes.subarray(this.position, this.position + length);
    this.position += length;
    try {
      return utf8.decode(slice);
    } catch {
      return this.malformed(`${wanted} in UTF-8`, "other bytes", at);
    }
  }

  /** A reader of the next `length` bytes; this one moves past them. */
  section(length: number, wanted: string): ByteReader {
    if (length > this.end - this.position) this.malformed(`${wanted} of ${length} bytes`, "the end");
    const inner = new ByteReader(this.bytes, this.position, this.position + length);
    this.position += length;
    return inner;
  }
}

/** A byte as it is written in documents: `0x0d`. */
export function hexByte(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0")}`;
}
