import { CodecError } from "./codec_error.ts";
import { isJsonObject, type JsonValue, memberOf } from "./json_value.ts";
import { describeAt } from "./text_position.ts";

/** A parsed JSON pointer: the reference tokens, unescaped, outermost first. */
export type JsonPointer = readonly string[];

/**
 * Parses a JSON pointer in its string form (RFC 6901 §3): `""` or `/a/b~1c/0`.
 *
 * @throws {CodecError} `json_pointer`.
 */
export function parseJsonPointer(text: string): JsonPointer {
  if (text === "") return [];
  if (!text.startsWith("/")) {
    throw new CodecError({ code: "json_pointer", wanted: '"/"', got: describeAt(text, 0), offset: 0 });
  }
  const bad = text.search(/~(?![01])/);
  if (bad >= 0) {
    const got = describeAt(text, bad + 1);
    throw new CodecError({ code: "json_pointer", wanted: '"0" or "1" after "~"', got, offset: bad + 1 });
  }
  // "~1" first: "~01" means "~1", not "/" (RFC 6901 §4).
  return text.slice(1).split("/").map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The value that a pointer names, or undefined where there is none (RFC 6901 §4). */
export function lookUpPointer(value: JsonValue, pointer: JsonPointer): JsonValue | undefined {
  let found: JsonValue | undefined = value;
  for (const token of pointer) {
    if (isJsonObject(found)) found = memberOf(found, token);
    else if (Array.isArray(found) && /^(?:0|[1-9][0-9]*)$/.test(token)) found = found[Number(token)];
    else return undefined;
  }
  return found;
}
