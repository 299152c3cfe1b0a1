/**
 * Bytes for everything that is hashed: hex, base64, UTF-8, canonical JSON,
 * checks of JSON texts, and SHA-256.
 *
 * Every reader here is strict, so that one value has one spelling: what is
 * accepted is exactly what the writer beside it writes. Trusts nothing that is
 * handed in. Pure: no I/O, clock or randomness. Layer 0.
 *
 * @example
 * ```ts
 * import { canonicalize, parseCanonical, sha256Text, toHex } from "./mod.ts";
 *
 * const text = canonicalize({ kind: "call", seq: 7 }); // {"kind":"call","seq":7}
 * parseCanonical(text); // { kind: "call", seq: 7 }
 * parseCanonical('{"seq":7,"kind":"call"}'); // CodecError: not_canonical
 * toHex(sha256Text(text));
 * ```
 * @module
 */

export { fromBase64, toBase64 } from "./base64.ts";
export { CANONICAL_DEPTH_MAX, canonicalize } from "./canonical_json.ts";
export { parseCanonical } from "./canonical_parser.ts";
export {
  CodecError,
  type CodecFault,
  JsonTextError,
  type JsonTextFault,
  type TextPosition,
} from "./codec_error.ts";
export { fromHex, toHex } from "./hex.ts";
export { type JsonPointer, lookUpPointer, parseJsonPointer } from "./json_pointer.ts";
export { checkJsonText, type JsonTextLimits } from "./json_text.ts";
export { isJsonObject, type JsonObject, type JsonValue, memberOf } from "./json_value.ts";
export { sha256, SHA256_BYTES, sha256Hex, sha256Text, sha256TextHex } from "./sha256.ts";
export { describeAt, positionAt } from "./text_position.ts";
export { decodeUtf8, encodeUtf8, isWellFormedText } from "./utf8.ts";
