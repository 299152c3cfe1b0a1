import { CodecError } from "./codec_error.ts";
import { describeAt } from "./text_position.ts";

/** Writes bytes in the standard alphabet of RFC 4648 §4, padded. */
export function toBase64(bytes: Uint8Array): string {
  return bytes.toBase64();
}

/**
 * Reads what {@linkcode toBase64} writes and nothing else: standard alphabet,
 * padded, no whitespace, unused bits zero. So one byte string has one spelling.
 *
 * @throws {CodecError} `base64`, with the place of the first fault.
 */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  // "strict" demands the padding and zero bits but skips whitespace: the length gives that away,
  // as every four characters must have become three bytes.
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = Uint8Array.fromBase64(text, { lastChunkHandling: "strict" });
  } catch {
    throw new CodecError(findFault(text));
  }
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  if (bytes.length !== text.length / 4 * 3 - padding) throw new CodecError(findFault(text));
  return bytes;
}

function findFault(text: string) {
  const body = text.search(/[^A-Za-z0-9+/]|$/);
  const rest = text.slice(body);
  if (!/^={0,2}$/.test(rest)) {
    const offset = rest.startsWith("=") ? body + rest.search(/[^=]|$/) : body;
    const wanted = offset === body ? "one of A-Z a-z 0-9 + /" : "the end of the text after the padding";
    const place = Math.min(offset, body + 2);
    return { code: "base64", wanted, got: describeAt(text, place), offset: place } as const;
  }
  if (text.length % 4 !== 0) {
    const wanted = "groups of four characters, the last one padded with =";
    return { code: "base64", wanted, got: `${text.length} characters`, offset: text.length } as const;
  }
  const wanted = `unused bits to be zero before "${rest}"`;
  return { code: "base64", wanted, got: describeAt(text, body - 1), offset: body - 1 } as const;
}
