import { test } from "node:test";
import { deepEqual, equal } from "node:assert/strict";
import { docstringFaults, purpose } from "./window.ts";

const example = " * @example\n * ```ts\n * f();\n * ```\n * @module\n */\n";
const good =
  `/**\n * Bytes: what is\n * hashed, e.g. {@linkcode Entry}. And more.\n *\n * Layer L3.\n *\n${example}`;

test("docstringFaults() finds nothing wrong with a whole one", () => deepEqual(docstringFaults(good, 3), []));

test("docstringFaults() reads the layer with and without its letter", () => {
  deepEqual(docstringFaults(good.replace("L3", "3"), 3), []);
});

const refusals: [string, string, string][] = [
  ["no docstring", "export {};\n", "wanted a docstring with @module on top, got none"],
  [
    "a docstring of something else",
    "/** A number. */\nexport const n = 1;\n",
    "wanted a docstring with @module on top, got none",
  ],
  ["no layer", good.replace("Layer L3.", ""), 'wanted "Layer 3" in its docstring, got none'],
  ["another layer", good.replace("L3", "L4"), 'wanted "Layer 3" in its docstring, got Layer 4'],
  ["no example", good.replaceAll("```", ""), "wanted an example in its docstring, got none"],
];

for (const [name, text, wanted] of refusals) {
  test(`docstringFaults() refuses ${name}`, () => {
    deepEqual(docstringFaults(text, 3).map((each) => each.slice(each.indexOf("wanted"))), [wanted]);
  });
}

test("purpose() is the first sentence, on one line", () => {
  equal(purpose(good.replace("e.g. ", "")), "Bytes: what is hashed, `Entry`.");
});
