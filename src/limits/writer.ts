/**
 * Writes the WebAssembly binary format into one growing buffer.
 * @module
 */

import { LimitError } from "./fault.ts";

/** Largest module, in bytes, after rewriting. */
export const REWRITTEN_BYTES_MAX = 256 << 20;

/** Bytes under construction. */
export class Writer {
  #bytes: Uint8Array;
  /** How many bytes are written. */
  size = 0;
  readonly #bytesMax: number;

  /** @throws {LimitError} `module_too_large`, from any method, once more than `bytesMax` are written. */
  constructor(capacity: number, bytesMax: number) {
    this.#bytes = new Uint8Array(capacity);
    this.#bytesMax = bytesMax;
  }

  #reserve(count: number): void {
    const needed = this.size + count;
    if (needed <= this.#bytes.length) return;
    if (needed > this.#bytesMax) {
      throw new LimitError({ code: "module_too_large", bytes: needed, bytesMax: this.#bytesMax });
    }
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.size));
    this.#bytes = grown;
  }

  u8(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.size++] = byte;
  }

  /** Unsigned LEB128, shortest form. */
  u32(value: number): void {
    this.#reserve(5);
    while (value > 0x7f) {
      this.#bytes[this.size++] = value & 0x7f | 0x80;
      value >>>= 7;
    }
    this.#bytes[this.size++] = value;
  }

  /** Signed LEB128 of a 32-bit integer, shortest form. */
  s32(value: number): void {
    this.#reserve(5);
    while (value < -64 || value > 63) {
      this.#bytes[this.size++] = value & 0x7f | 0x80;
      value >>= 7;
    }
    this.#bytes[this.size++] = value & 0x7f;
  }

  /** Copies `source[from, to)`. */
  copy(source: Uint8Array, from = 0, to: number = source.length): void {
    const count = to - from;
    this.#reserve(count);
    if (count < 48) { // Below that a loop beats subarray() and set() on both engines.
      const bytes = this.#bytes;
      for (let k = this.size; from < to; k++, from++) bytes[k] = source[from] as number;
    } else {
      this.#bytes.set(source.subarray(from, to), this.size);
    }
    this.size += count;
  }

  /** A name: its size, then its UTF-8. */
  name(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.u32(bytes.length);
    this.copy(bytes);
  }

  /** A section: id, size (always five bytes, as it is known only afterwards), content. */
  section(id: number, content: () => void): void {
    this.u8(id);
    this.#reserve(5);
    const at = this.size;
    this.size += 5;
    content();
    let size = this.size - at - 5;
    for (let k = 0; k < 4; k++, size >>>= 7) this.#bytes[at + k] = size & 0x7f | 0x80;
    this.#bytes[at + 4] = size;
  }

  /** Forgets what was written, keeps the buffer. */
  clear(): void {
    this.size = 0;
  }

  /** What was written, a view that the next write may change. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.size);
  }

  /** What was written, a copy of its own. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.size) as Uint8Array<ArrayBuffer>;
  }
}
