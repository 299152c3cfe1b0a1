import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { type Key, readKeys } from "./key.ts";

const read: readonly (readonly [text: string, keys: readonly (string | Key)[]])[] = [
  ["", []],
  ["nq", ["n", "q"]],
  ["é\u{1f600}", ["é", "\u{1f600}"]],
  ["\x1b[A\x1b[B\x1bOC\x1bOD", [{ key: "up" }, { key: "down" }, { key: "right" }, { key: "left" }]],
  ["\x1b[5~\x1b[6~\x1b[H\x1b[4~", [{ key: "page up" }, { key: "page down" }, { key: "home" }, {
    key: "end",
  }]],
  ["\x1b", [{ key: "escape" }]],
  ["\x1bq", [{ key: "escape" }, "q"]],
  ["\x1b\x1b[A", [{ key: "escape" }, { key: "up" }]],
  ["\r\n\t\x7f\b", [{ key: "enter" }, { key: "enter" }, { key: "tab" }, { key: "backspace" }, {
    key: "backspace",
  }]],
  ["\x03\x04", [{ key: "interrupt" }, { key: "interrupt" }]],
  // What no key here has: Ctrl-Right, F5, a mouse report, Ctrl-A, a C1 control.
  ["\x1b[1;5C\x1b[15~\x1b[<0;3;4M\x01\u009b", []],
  ["__proto__", [..."__proto__"]],
];

for (const [text, keys] of read) {
  test(`readKeys() of ${JSON.stringify(text)}`, () =>
    deepEqual(
      readKeys(text),
      keys.map((key) => typeof key === "string" ? { key: "character", text: key } : key),
    ));
}
