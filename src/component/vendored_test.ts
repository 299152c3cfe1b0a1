import { equal } from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { jcoVersion } from "./transpile.ts";

/** What shapes an execution must be the same for everybody: a change here is a change of `jcoVersion` too. */
const hashes: Readonly<Record<string, string>> = {
  "LICENSE": "268872b9816f90fd8e85db5a28d33f8150ebb8dd016653fb39ef1f94f2686bc5",
  "bindgen.d.ts": "3bc25547be37677fb69b47f7fa3196a7ac1e09e25ccceef33e13061c0450e484",
  "bindgen.js": "d6330803469cf8a33003dc59a034b653f91b3830d260c0144b780a440a7496e0",
  "core0.wasm": "aa0681475ab02fa5a9ad05aa1ce5e700f9f8da0a9986b973c968545ad4816fa2",
  "core1.wasm": "280fbf3d86c902fbf15419b9f95cf92b50778514d50bc0c06c11d3ae012296f6",
};
const folder = new URL("../../vendor/jco/", import.meta.url);

test("vendor/jco holds exactly the bytes that it should, and its README says so", async () => {
  const readme = await readFile(new URL("README.md", folder), "utf8");
  equal(readme.includes(`jco-transpile\` ${jcoVersion}`), true, jcoVersion);
  const names = (await readdir(folder)).filter((name) => name !== "README.md").sort();
  equal(names.join(" "), Object.keys(hashes).sort().join(" "));
  for (const name of names) {
    const got = createHash("sha256").update(await readFile(new URL(name, folder))).digest("hex");
    equal(got, hashes[name], name);
    equal(readme.includes(`| \`${name}\` | \`${got}\` |`), true, name);
  }
});
