/**
 * Turns one of jco's own generated modules (they are components themselves,
 * transpiled) into a function that takes what it needs, so that it runs
 * without jco's dependencies: 106 MB of WASI shims, binaryen and a minifier
 * that a text generator never calls.
 *
 * The text is edited at places that are looked for one by one; a place that is
 * gone means another release, and stops the tool.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { join } from "node:path";

/** A generated module, edited, and the names of the core modules that it asks for by index. */
export interface JcoModule {
  readonly source: string;
  readonly cores: readonly string[];
}

/** The names that the modules import from their WASI shims. */
const shims = {
  cli: [
    "environment",
    "exit as exit$1",
    "stderr",
    "stdin",
    "stdout",
    "terminalInput",
    "terminalOutput",
    "terminalStderr",
    "terminalStdin",
    "terminalStdout",
  ],
  filesystem: ["preopens", "types"],
  io: ["error", "streams"],
  random: ["random"],
};

/**
 * Edits `source` so that `export` names one function
 * `(compileCore, wasi) => Promise<{ ...exported }>` and nothing is imported.
 *
 * @throws {Error} where an expected place is not found exactly as often as expected.
 */
export function selfContained(source: string, name: string, exported: readonly string[]): JcoModule {
  let text = source;
  function replaceOnce(from: string, to: string): void {
    const parts = text.split(from);
    if (parts.length !== 2) {
      throw new Error(`Cannot edit the module: wanted 1 place "${from}", got ${parts.length - 1}`);
    }
    text = parts.join(to);
  }

  replaceOnce(`"use components";\n`, "");
  for (const [shim, names] of Object.entries(shims)) {
    replaceOnce(`import { ${names.join(", ")} } from '@bytecodealliance/preview2-shim/${shim}';\n`, "");
  }

  // The host asks for debug output through the environment, on every call; nobody else does.
  replaceOnce(`  if (!globalThis?.process?.env?.JCO_DEBUG) { return; }\n  console.debug(...args);\n`, "");

  const loaderStart = text.indexOf("const isNode = typeof process");
  const loaderEnd = text.indexOf("const symbolCabiDispose", loaderStart);
  if (loaderStart < 0 || loaderEnd < 0) {
    throw new Error(`Cannot edit the module: its loader of files is gone`);
  }
  text = text.slice(0, loaderStart) + text.slice(loaderEnd);

  const cores: string[] = [];
  text = text.replace(
    /fetchCompile\(new URL\('\.\/([a-z0-9.-]+)', import\.meta\.url\)\)/g,
    (_, file: string) => {
      cores.push(file);
      return `compileCore(${cores.length - 1})`;
    },
  );
  if (cores.length !== 2) {
    throw new Error(`Cannot edit the module: wanted 2 core modules, got ${cores.length}`);
  }

  replaceOnce("export const $init = ", "const $init = ");
  replaceOnce(`export { ${exported.join(", ")},  }\nexport const _util = {\n  \n}\n`, "");

  const rest = text.match(
    /^(?:import|export)\b.*|import\.meta.*|import\(.*|\bfetch(?:Compile)?\(.*|JCO_DEBUG.*/m,
  );
  if (rest) throw new Error(`Cannot edit the module: wanted no loader left, got "${rest[0]}"`);

  const wasi = Object.values(shims).flat().map((part) => part.replace(" as ", ": ")).join(", ");
  return {
    cores,
    source: `export async function ${name}(compileCore, wasi) {\n` +
      `const { ${wasi} } = wasi;\n${text}\nawait $init;\nreturn { ${exported.join(", ")} };\n}\n`,
  };
}

/**
 * Reads a file of an unpacked package.
 *
 * @throws {Error} where its SHA-256 is not `sha256` (64 hex digits).
 */
export async function readPinned(folder: string, file: string, sha256: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(await readFile(join(folder, file)));
  const got = createHash("sha256").update(bytes).digest("hex");
  if (got !== sha256) {
    throw new Error(`Cannot use ${file} of the package: wanted sha256 ${sha256}, got ${got}`);
  }
  return bytes;
}
