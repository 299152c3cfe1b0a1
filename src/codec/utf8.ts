import { CodecError } from "./codec_error.ts";
import { describeAt, loneSurrogateAt } from "./text_position.ts";

const encoder = new TextEncoder();
// ignoreBOM means "leave it in the text": a decoder that drops it would map two byte strings to one text.
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lossyDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Whether a text can be encoded: it holds no lone surrogate. */
export function isWellFormedText(text: string): boolean {
  return text.isWellFormed();
}

/**
 * Encodes text as UTF-8.
 *
 * @throws {CodecError} `text_lone_surrogate`: the platform's encoder would write U+FFFD instead.
 */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  if (!text.isWellFormed()) {
    const offset = loneSurrogateAt(text);
    throw new CodecError({ code: "text_lone_surrogate", got: describeAt(text, offset), offset });
  }
  return encoder.encode(text);
}

/**
 * Decodes UTF-8. A byte order mark stays in the text, so that decoding loses nothing.
 *
 * @throws {CodecError} `utf8`, with the byte offset of the first fault.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    const offset = firstInvalidByte(bytes);
    const byte = bytes[offset];
    const got = byte === undefined
      ? "the end of the bytes"
      : `the byte 0x${byte.toString(16).padStart(2, "0")}`;
    throw new CodecError({ code: "utf8", got, offset });
  }
}

function firstInvalidByte(bytes: Uint8Array): number {
  // A lossy round trip changes exactly the invalid bytes.
  const again = encoder.encode(lossyDecoder.decode(bytes));
  let i = 0;
  while (i < bytes.length && bytes[i] === again[i]) i += 1;
  return i;
}
