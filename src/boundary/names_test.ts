import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { test } from "node:test";
import { camelCase, parseFunctionName, pascalCase, withoutVersion } from "./names.ts";

/** Names of WIT, as jco's glue spells functions and fields, and resources. */
const spellings = [
  ["a", "a", "A"],
  ["get-it", "getIt", "GetIt"],
  ["e-f32", "eF32", "EF32"],
  ["b0", "b0", "B0"],
  ["get-URL", "getUrl", "GetUrl"],
  ["HTTP-server", "httpServer", "HttpServer"],
  ["x86-64", "x8664", "X8664"],
] as const;

for (const [name, camel, pascal] of spellings) {
  test(`${name} is ${camel} and ${pascal} in JavaScript`, () => {
    strictEqual(camelCase(name), camel);
    strictEqual(pascalCase(name), pascal);
  });
}

test("parseFunctionName() tells what a function is for", () => {
  deepStrictEqual(parseFunctionName("get-it"), { is: "function", name: "get-it" });
  deepStrictEqual(parseFunctionName("[constructor]blob"), { is: "constructor", resource: "blob" });
  deepStrictEqual(parseFunctionName("[method]out-stream.write-all"), {
    is: "method",
    resource: "out-stream",
    name: "write-all",
  });
  deepStrictEqual(parseFunctionName("[static]blob.join"), { is: "static", resource: "blob", name: "join" });
  deepStrictEqual(parseFunctionName("[resource-drop]blob"), { is: "drop", resource: "blob" });
});

test("withoutVersion() leaves what has none", () => {
  strictEqual(withoutVersion("wasi:io/streams@0.2.6"), "wasi:io/streams");
  strictEqual(withoutVersion("wasi:io/streams@0.3.0-rc.1"), "wasi:io/streams");
  strictEqual(withoutVersion("wasi:io/streams"), "wasi:io/streams");
});
