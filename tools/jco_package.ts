/**
 * The one release of jco that this repository is made from, pinned by hash,
 * and how to get it.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The package in the npm registry, exactly. */
export const jcoPackage = { name: "@bytecodealliance/jco-transpile", version: "0.15.0" } as const;

/** SHA-256 of every file of the package that is used, by path in it. */
export const jcoFiles = {
  "LICENSE": "268872b9816f90fd8e85db5a28d33f8150ebb8dd016653fb39ef1f94f2686bc5",
  "vendor/js-component-bindgen-component.js":
    "183231d04c7d78344f626c31565829e048a3efd960a210554694fb821f5c92c5",
  "vendor/js-component-bindgen-component.core.wasm":
    "aa0681475ab02fa5a9ad05aa1ce5e700f9f8da0a9986b973c968545ad4816fa2",
  "vendor/js-component-bindgen-component.core2.wasm":
    "280fbf3d86c902fbf15419b9f95cf92b50778514d50bc0c06c11d3ae012296f6",
  "vendor/wasm-tools.js": "6630676daf465eab06edbb762a10bf3f1e91dfcc294cac035bff953ff8f1c5cc",
  "vendor/wasm-tools.core.wasm": "3fefaaa84d88c2e256f1313a333f9bd605cb0eab55658f178a6f469fc01a6d22",
  "vendor/wasm-tools.core2.wasm": "280fbf3d86c902fbf15419b9f95cf92b50778514d50bc0c06c11d3ae012296f6",
} as const;

/**
 * The folder of the unpacked package: `given`, or a new temporary folder into
 * which npm has put it. Only the package itself is loaded, none of its dependencies.
 */
export function unpackedJco(given: string | undefined): string {
  if (given !== undefined) return given;
  const folder = mkdtempSync(join(tmpdir(), "jco-"));
  const spec = `${jcoPackage.name}@${jcoPackage.version}`;
  const file = execFileSync("npm", ["pack", "--silent", spec], { cwd: folder, encoding: "utf8" }).trim();
  execFileSync("tar", ["xzf", file], { cwd: folder });
  return join(folder, "package");
}
