/**
 * Makes `vendor/jco/` from the npm package of jco.
 *
 * ```sh
 * deno run -A tools/vendor_jco.ts            # gets the package with npm
 * deno run -A tools/vendor_jco.ts <package>  # from an unpacked package
 * ```
 *
 * @module
 */

import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import process from "node:process";
import { jcoFiles, jcoPackage, unpackedJco } from "./jco_package.ts";
import { readPinned, selfContained } from "./jco_module.ts";

const declarations = `/** What jco's generator is asked for; the options that Theater uses. */
export interface GenerateOptions {
  readonly name: string;
  readonly instantiation: { readonly tag: "async" | "sync" };
  readonly noTypescript: boolean;
  readonly noNodejsCompat: boolean;
  readonly noComponentErrorWrapping: boolean;
  /** Core modules up to this many bytes are written into the JavaScript, in base64; 0 for none. */
  readonly base64Cutoff: number;
}

/** The generator, ready. */
export interface Bindgen {
  /**
   * @throws an object with \`payload\`, the reason as text, where the component is not valid;
   * a \`WebAssembly.RuntimeError\` where the generator fails, after which it cannot be used again.
   */
  generate(component: Uint8Array, options: GenerateOptions): { files: [name: string, bytes: Uint8Array][] };
}

/**
 * Starts the generator.
 *
 * @param compileCore gives the compiled \`core0.wasm\` or \`core1.wasm\`.
 * @param wasi the WASI interfaces that the generator imports, by the names of jco's shims.
 */
export function createBindgen(
  compileCore: (index: number) => Promise<WebAssembly.Module>,
  wasi: Readonly<Record<string, unknown>>,
): Promise<Bindgen>;
`;

const folder = unpackedJco(process.argv[2]);
const bindgenFile = "vendor/js-component-bindgen-component.js";
const bindgen = new TextDecoder().decode(await readPinned(folder, bindgenFile, jcoFiles[bindgenFile]));
const made = selfContained(bindgen, "createBindgen", ["generate", "generateTypes", "unpackWit"]);

const files: [string, Uint8Array][] = [];
const encoder = new TextEncoder();
const banner =
  `// @ts-self-types="./bindgen.d.ts"\n// Made by tools/vendor_jco.ts from ${jcoPackage.name}@${jcoPackage.version}, ${bindgenFile}.\n` +
  `// Apache-2.0 WITH LLVM-exception, see LICENSE. Changed: see README.md. Do not edit.\n`;
files.push(["bindgen.js", encoder.encode(banner + made.source)]);
files.push(["bindgen.d.ts", encoder.encode(declarations)]);
for (const [index, file] of made.cores.entries()) {
  const path = `vendor/${file}`;
  if (
    path !== "vendor/js-component-bindgen-component.core.wasm" &&
    path !== "vendor/js-component-bindgen-component.core2.wasm"
  ) {
    throw new Error(`Cannot vendor the package: it asks for an unknown core module "${file}"`);
  }
  files.push([`core${index}.wasm`, await readPinned(folder, path, jcoFiles[path])]);
}
files.push(["LICENSE", await readPinned(folder, "LICENSE", jcoFiles.LICENSE)]);

const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
files.push([
  "README.md",
  encoder.encode(`# jco's generator

The part of [jco](https://github.com/bytecodealliance/jco) that turns a WebAssembly component into core modules
and the JavaScript that joins them, from the npm package \`${jcoPackage.name}\` ${jcoPackage.version}
(Apache-2.0 WITH LLVM-exception, see \`LICENSE\`). It is itself a component in WebAssembly.

It stands here, and not in \`package.json\`, because the package pulls in 106 MB of dependencies that
generating text does not need, and because it is part of what shapes an execution: the same bytes for
everybody, for as long as recordings must replay.

| file | SHA-256 | is |
|---|---|---|
${
    files.map(([name, bytes]) => {
      const from = name === "bindgen.js"
        ? "the package's, edited"
        : name === "bindgen.d.ts"
        ? "ours"
        : "the package's, unchanged";
      return `| \`${name}\` | \`${hash(bytes)}\` | ${from} |`;
    }).join("\n")
  }

What \`tools/vendor_jco.ts\` changes in \`bindgen.js\`: the module becomes one function that is given the
WASI interfaces and the compiled core modules, instead of importing the former and fetching the latter;
the debug output that the environment variable \`JCO_DEBUG\` asks for is taken out. The tool refuses any
other release, and stops where a place that it edits is gone.

Make it again with \`deno run -A tools/vendor_jco.ts\`; the result is the same to the byte.
`),
]);

const out = fileURLToPath(new URL("../vendor/jco/", import.meta.url));
await mkdir(out, { recursive: true });
for (const [name, bytes] of files) await writeFile(out + name, bytes);
console.log(`vendor/jco: ${files.map(([name, bytes]) => `${name} ${bytes.length}`).join(", ")}`);
