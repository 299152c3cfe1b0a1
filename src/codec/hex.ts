import { CodecError } from "./codec_error.ts";
import { describeAt } from "./text_position.ts";

/** The digit that a character code stands for, -1 for none. */
const DIGITS = new Int8Array(0x80).fill(-1);
for (let digit = 0; digit < 16; digit++) DIGITS[digit.toString(16).charCodeAt(0)] = digit;

/** Writes bytes as lowercase hex, two digits a byte. */
export function toHex(bytes: Uint8Array): string {
  // 32 bytes: 0.03 µs in both runtimes; through node:buffer 0.2 / 0.13 µs (Deno / Bun).
  return bytes.toHex();
}

/**
 * Reads lowercase hex. Uppercase, prefixes and separators are refused, so one
 * byte string has one spelling.
 *
 * @param byteLength The exact number of bytes wanted; any if left out.
 * @throws {CodecError} `hex_length` or `hex_digit`.
 */
export function fromHex(text: string, byteLength?: number): Uint8Array<ArrayBuffer> {
  if (byteLength !== undefined && text.length !== byteLength * 2) {
    const wanted = `${byteLength * 2} characters (${byteLength} bytes)`;
    throw new CodecError({ code: "hex_length", wanted, gotChars: text.length });
  }
  if (text.length % 2 !== 0) {
    throw new CodecError({
      code: "hex_length",
      wanted: "an even number of characters",
      gotChars: text.length,
    });
  }
  // 32 bytes: 0.35 / 0.06 µs (Deno / Bun); the native reader 0.8 / 0.02, and it takes uppercase.
  const bytes = new Uint8Array(text.length / 2);
  let bad = 0;
  for (let i = 0; i < bytes.length; i++) {
    const high = DIGITS[text.charCodeAt(2 * i)] ?? -1;
    const low = DIGITS[text.charCodeAt(2 * i + 1)] ?? -1;
    const byte = high << 4 | low;
    bad |= byte;
    bytes[i] = byte;
  }
  if (bad < 0) {
    const offset = text.search(/[^0-9a-f]/);
    throw new CodecError({ code: "hex_digit", got: describeAt(text, offset), offset });
  }
  return bytes;
}
