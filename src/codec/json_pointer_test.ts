import { deepEqual, equal, throws } from "node:assert/strict";
import { test } from "node:test";
import { CodecError, type JsonValue, lookUpPointer, parseJsonPointer } from "./mod.ts";

// RFC 6901 §5.
const document: JsonValue = {
  foo: ["bar", "baz"],
  "": 0,
  "a/b": 1,
  "c%d": 2,
  "e^f": 3,
  "g|h": 4,
  "i\\j": 5,
  'k"l': 6,
  " ": 7,
  "m~n": 8,
};
const lookups: readonly (readonly [string, JsonValue | undefined])[] = [
  ["", document],
  ["/foo", ["bar", "baz"]],
  ["/foo/0", "bar"],
  ["/", 0],
  ["/a~1b", 1],
  ["/c%d", 2],
  ["/e^f", 3],
  ["/g|h", 4],
  ["/i\\j", 5],
  ['/k"l', 6],
  ["/ ", 7],
  ["/m~0n", 8],
  ["/foo/2", undefined],
  ["/foo/-", undefined],
  ["/foo/00", undefined],
  ["/foo/length", undefined],
  ["/foo/0/0", undefined],
  ["/constructor", undefined],
  ["/__proto__", undefined],
];

for (const [pointer, value] of lookups) {
  test(`JSON pointer "${pointer}"`, () =>
    deepEqual(lookUpPointer(document, parseJsonPointer(pointer)), value));
}

test("parseJsonPointer() unescapes ~1 before ~0", () => deepEqual(parseJsonPointer("/~01"), ["~1"]));

for (const [text, offset] of [["foo", 0], ["/a~", 3], ["/a~2", 3], [" /a", 0]] as const) {
  test(`parseJsonPointer() refuses "${text}"`, () => {
    throws(() => parseJsonPointer(text), (e) => {
      return e instanceof CodecError && e.fault.code === "json_pointer" &&
        (equal(e.fault.offset, offset), true);
    });
  });
}
