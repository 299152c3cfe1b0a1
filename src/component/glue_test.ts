import { equal, match, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import { ComponentError } from "./component_error.ts";
import { editGlue } from "./glue.ts";

const debug = "  if (!globalThis?.process?.env?.JCO_DEBUG) { return; }\n  console.debug(...args);\n";
const glue = (code: string, rest = "") =>
  `"use components";\nexport function instantiate(getCoreModule, imports, instantiateCore = 0) {\n${debug}${code}\n};\n` +
  `export const _util = {\n  \n}\n${rest}`;

test("editGlue() takes debug output, leniency and the garbage collector out", () => {
  const text = editGlue(glue(
    "new TextDecoder(); function f() { if (typeof FinalizationRegistry === 'undefined') {\n" +
      "return { unregister () {} };\n }\nreturn new FinalizationRegistry(unregister); }",
  ));
  ok(!/JCO_DEBUG|_util|use components|FinalizationRegistry/.test(text), text);
  match(text, /new TextDecoder\("utf-8", \{ fatal: true, ignoreBOM: true \}\)/);
  equal(text.match(/^export /gm)?.length, 1);
});

test("editGlue() leaves words in texts, comments and members alone", () => {
  editGlue(glue("// import x\nconst a = 'eval import(1)', b = { import: 1, eval: 2 }; b.import; b.eval;"));
});

const refused: readonly (readonly [name: string, text: string, evidence: RegExp])[] = [
  ["an import", glue("", "import 'node:fs';\n"), /"import"/],
  ["a dynamic import", glue("import('node:fs')"), /"import"/],
  ["eval", glue("eval('1')"), /"eval"/],
  ["a second export", glue("", "export const a = 1;\n"), /"export"/],
  ["a finalization registry in another place", glue("new FinalizationRegistry(f)"), /FinalizationRegistry/],
  ["code in a template", glue("`${import('node:fs')}`"), /"import"/],
  ["a text without an end", glue("'a"), /end/],
  ["another beginning", `let a; ${glue("")}`, /begins/],
  ["two decoders", glue("new TextDecoder(); new TextDecoder();"), /0 or 1 of "new TextDecoder/],
  ["glue without the debug output", glue("").replace(debug, ""), /debug output/],
];
for (const [name, text, evidence] of refused) {
  test(`editGlue() refuses ${name}`, () => {
    throws(
      () => editGlue(text),
      (error) =>
        error instanceof ComponentError && error.fault.code === "unexpected_output" &&
        evidence.test(error.message),
    );
  });
}
