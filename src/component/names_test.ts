import { equal, throws } from "node:assert/strict";
import { test } from "node:test";
import { ComponentError } from "./component_error.ts";
import { checkCoreName, checkExternName, checkLabel } from "./names.ts";

const labels = ["a", "A", "send-error", "HTTP-server", "f32", "a1-2b", "u8-list", "is-UTF8"];
const notLabels = [
  "",
  "-",
  "a-",
  "-a",
  "a--b",
  "1a",
  "aB",
  "Ab",
  "a_b",
  "a.b",
  "a b",
  "a\n",
  "ä",
  "a'",
  "a-\u0000",
];

test("checkLabel() takes kebab-case and nothing else", () => {
  for (const name of labels) equal(checkLabel(name, 0), name);
  for (const name of notLabels) throws(() => checkLabel(name, 0), ComponentError, JSON.stringify(name));
});

test("checkExternName() takes functions of resources and interfaces", () => {
  const names = [
    ...labels,
    "[constructor]blob",
    "[method]blob.size",
    "[static]blob.join-all",
    "wasi:io/streams@0.2.6",
    "wasi:io/streams",
    "a:b/c@1.0.0-rc.1+build.5",
  ];
  for (const name of names) equal(checkExternName(name, 0), name);
  const refused = [
    ...notLabels,
    "[constructor]",
    "[constructor]a.b",
    "[method]a",
    "[method]a.b.c",
    "[drop]a",
    "[method]a.b'",
    "wasi:io",
    "wasi:io/streams@",
    "wasi:io/streams@1",
    "wasi:io/streams@1.0",
    "wasi:io/streams@01.0.0",
    "wasi:io/streams@1.0.0-",
    "wasi:io/streams@1.0.0\n",
    "a:b:c/d@1.0.0",
    "a:b/c/d@1.0.0",
    "x".repeat(5000),
  ];
  for (const name of refused) throws(() => checkExternName(name, 0), ComponentError, JSON.stringify(name));
});

test("checkCoreName() takes what compilers write, and nothing that ends a literal", () => {
  const names = [
    "",
    "memory",
    "$imports",
    "cabi_post_a:b/c@0.1.0#[method]d.e",
    "_ZN4core3fmtE",
    "[export]a:b/c",
    "0",
    "std::fmt<T>",
  ];
  for (const name of names) equal(checkCoreName(name, 0), name);
  for (const name of ["'", '"', "`", "\\", "${a}", "a\nb", "\u2028", "é", "\u0000"]) {
    throws(() => checkCoreName(name, 0), ComponentError, JSON.stringify(name));
  }
});
