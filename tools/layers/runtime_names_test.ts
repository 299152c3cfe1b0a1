import { test } from "node:test";
import { deepEqual } from "node:assert/strict";
import { runtimeNames } from "./runtime_names.ts";

const found: [string, string, number][] = [
  ["Deno.version", "Deno", 1],
  ["a;\nBun.serve()", "Bun", 2],
  ["globalThis.Deno?.version", "Deno", 1],
  ['globalThis["Bun"]', "Bun", 1],
  ['if ("Deno" in globalThis) x();', "Deno", 1],
  ["typeof Bun", "Bun", 1],
  ['const text = "// not a comment"; Deno.exit();', "Deno", 1],
  ["/* a\n b */ Deno.exit();", "Deno", 2],
];

for (const [source, name, line] of found) {
  test(`runtimeNames() finds the one in ${JSON.stringify(source)}`, () => {
    deepEqual(runtimeNames(source), [{ name, line }]);
  });
}

const none = [
  "// Deno.version has it",
  "/** Bun.serve() is not used */",
  'const text = "runs in Deno and Bun";',
  "const Denominator = 1; Bunch.of(1);",
  "myDeno.version",
];

for (const source of none) {
  test(`runtimeNames() finds none in ${JSON.stringify(source)}`, () => deepEqual(runtimeNames(source), []));
}
