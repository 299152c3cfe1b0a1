/**
 * Makes the components with which the tests are run: each folder of
 * `tests/guests/` with a `.wat` and a `.wit` becomes `tests/guests/<name>.wasm`.
 *
 * ```sh
 * deno run -A tools/build_guests.ts            # gets jco's package with npm
 * deno run -A tools/build_guests.ts <package>  # from an unpacked package
 * ```
 *
 * The WIT may use the packages of `wit/`. In the WAT, the lines `;; @imports`
 * and `;; @functions` stand for what {@linkcode echoFunctions} writes. The
 * result is the same to the byte every time.
 *
 * @module
 */

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { newWasiStub, readComponentType } from "../src/component/mod.ts";
import { echoFunctions } from "./echo_functions.ts";
import { readPinned, selfContained } from "./jco_module.ts";
import { jcoFiles, unpackedJco } from "./jco_package.ts";

/** What is used of jco's build of wasm-tools. */
interface WasmTools {
  parse(wat: string): Uint8Array;
  componentNew(binary: Uint8Array, adapters: [string, Uint8Array][]): Uint8Array;
  componentEmbed(
    options: { binary?: Uint8Array; witSource: string; world: string; dummy?: boolean },
  ): Uint8Array;
}

interface WasmToolsModule {
  createWasmTools(
    compileCore: (index: number) => Promise<WebAssembly.Module>,
    wasi: Readonly<Record<string, unknown>>,
  ): Promise<{ tools: WasmTools }>;
}

async function loadWasmTools(folder: string): Promise<WasmTools> {
  const file = "vendor/wasm-tools.js";
  const text = new TextDecoder().decode(await readPinned(folder, file, jcoFiles[file]));
  const { source } = selfContained(text, "createWasmTools", ["tools"]);
  const temporary = await mkdtemp(join(tmpdir(), "wasm-tools-"));
  const path = join(temporary, "wasm_tools.mjs");
  await writeFile(path, source);
  const { createWasmTools }: WasmToolsModule = await import(pathToFileURL(path).href);
  await rm(temporary, { recursive: true });
  const cores = ["vendor/wasm-tools.core.wasm", "vendor/wasm-tools.core2.wasm"] as const;
  const { tools } = await createWasmTools(async (index) => {
    const core = cores[index];
    if (core === undefined) throw new Error(`Cannot load core module ${index}: wanted 0 or 1`);
    return await WebAssembly.compile(new Uint8Array(await readPinned(folder, core, jcoFiles[core])));
  }, newWasiStub().wasi);
  return tools;
}

/** The packages of `wit/`, each in the form in which it can stand beside another in one source. */
async function contract(root: string): Promise<string> {
  const packages: string[] = [];
  for (const file of (await readdir(join(root, "wit"))).sort()) {
    if (!file.endsWith(".wit")) continue;
    const text = await readFile(join(root, "wit", file), "utf8");
    packages.push(text.replace(/^package ([^;]+);/m, "package $1 {") + "}\n");
  }
  return packages.join("\n");
}

const root = fileURLToPath(new URL("../", import.meta.url));
const guests = join(root, "tests/guests");
const tools = await loadWasmTools(unpackedJco(process.argv[2]));
const packages = await contract(root);
for (const entry of await readdir(guests, { withFileTypes: true })) {
  if (!entry.isDirectory()) continue;
  const world = entry.name;
  const names = await readdir(join(guests, world));
  if (!names.includes(`${world}.wat`) || !names.includes(`${world}.wit`)) continue;
  const witSource = await readFile(join(guests, world, `${world}.wit`), "utf8") + "\n" + packages;
  let wat = await readFile(join(guests, world, `${world}.wat`), "utf8");
  if (wat.includes(";; @imports")) {
    const empty = tools.componentNew(tools.componentEmbed({ dummy: true, witSource, world }), []);
    const echo = echoFunctions(readComponentType(empty));
    wat = wat.replace(";; @imports", () => `\n${echo.imports}`).replace(
      ";; @functions",
      () => `\n${echo.functions}`,
    );
  }
  const embedded = tools.componentEmbed({ binary: tools.parse(wat), witSource, world });
  const component = tools.componentNew(embedded, []);
  await writeFile(join(guests, `${world}.wasm`), component);
  console.log(`tests/guests/${world}.wasm: ${component.length} bytes`);
}
