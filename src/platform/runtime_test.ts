import { deepEqual, equal, match } from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { runtime } from "./runtime.ts";

test("runtime names what runs this test", () => {
  const bun = "bun" in process.versions;
  equal(runtime.name, bun ? "bun" : "deno");
  equal(runtime.engine, bun ? "javascriptcore" : "v8");
  match(runtime.version, /^\d+\.\d+\.\d+/);
  match(runtime.engineVersion, /^[0-9a-z.-]+$/);
  deepEqual([runtime.os, runtime.arch], [process.platform, process.arch]);
});
