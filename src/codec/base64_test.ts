import { deepEqual, equal, throws } from "node:assert/strict";
import { test } from "node:test";
import { CodecError, fromBase64, toBase64 } from "./mod.ts";

// RFC 4648 §10.
const vectors = [
  ["", ""],
  ["f", "Zg=="],
  ["fo", "Zm8="],
  ["foo", "Zm9v"],
  ["foob", "Zm9vYg=="],
  ["fooba", "Zm9vYmE="],
  ["foobar", "Zm9vYmFy"],
] as const;

for (const [plain, encoded] of vectors) {
  test(`base64 of "${plain}" is "${encoded}" both ways`, () => {
    const bytes = new TextEncoder().encode(plain);
    equal(toBase64(bytes), encoded);
    deepEqual(fromBase64(encoded), bytes);
  });
}

const refusals = [
  [
    "Zg",
    "Cannot read base64 at offset 2: wanted groups of four characters, the last one padded with =, got 2 characters",
  ],
  [
    "Zg=",
    "Cannot read base64 at offset 3: wanted groups of four characters, the last one padded with =, got 3 characters",
  ],
  ["Zh==", 'Cannot read base64 at offset 1: wanted unused bits to be zero before "==", got "h"'],
  ["Zm9=", 'Cannot read base64 at offset 2: wanted unused bits to be zero before "=", got "9"'],
  ["Zg==\n", "Cannot read base64 at offset 4: wanted the end of the text after the padding, got U+000A"],
  ["Zm9v\n\n\n\n", "Cannot read base64 at offset 4: wanted one of A-Z a-z 0-9 + /, got U+000A"],
  ["Zm9v Zm9v  ", "Cannot read base64 at offset 4: wanted one of A-Z a-z 0-9 + /, got U+0020"],
  ["Zm-_", 'Cannot read base64 at offset 2: wanted one of A-Z a-z 0-9 + /, got "-"'],
  ["Z===", 'Cannot read base64 at offset 3: wanted the end of the text after the padding, got "="'],
  ["Zg==Zg==", 'Cannot read base64 at offset 4: wanted the end of the text after the padding, got "Z"'],
] as const;

for (const [text, message] of refusals) {
  test(`fromBase64() refuses ${JSON.stringify(text)}`, () => {
    throws(() => fromBase64(text), (e) => e instanceof CodecError && (equal(e.message, message), true));
  });
}

test("fromBase64() accepts one spelling of each byte string, of all four-character texts", () => {
  // Alphabet, padding, whitespace and the URL alphabet, in a group that holds every combination of bits.
  const alphabet = ["A", "B", "Q", "w", "/", "+", "=", " ", "\n", "-", "_"];
  for (const a of alphabet) {
    for (const b of alphabet) {
      for (const c of alphabet) {
        for (const d of alphabet) {
          const text = a + b + c + d;
          let bytes: Uint8Array;
          try {
            bytes = fromBase64(text);
          } catch (e) {
            equal(e instanceof CodecError, true, text);
            continue;
          }
          equal(toBase64(bytes), text);
        }
      }
    }
  }
});
