/**
 * Makes the components that are not scripts. Each folder of `tests/guests/` with
 * a `.wat` and a `.wit` becomes `tests/guests/<name>.wasm`; each of `examples/`
 * with a `.c` and a `.wit` becomes `examples/<name>/<name>.wasm`, and each `.c` of
 * `bench/kernels/` a core module (needs clang and wasm-ld, in Debian the packages
 * clang and lld).
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

import { execFileSync } from "node:child_process";
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

/** Compiles one C file, without any library, to a core module. */
async function compileC(path: string, options: readonly string[]): Promise<Uint8Array> {
  const temporary = await mkdtemp(join(tmpdir(), "guest-"));
  const output = join(temporary, "core.wasm");
  const flags = ["--target=wasm32", ...options, "-nostdlib", "-Wall", "-Wl,--no-entry", "-Wl,--strip-all"];
  execFileSync(process.env["CC"] ?? "clang", [...flags, "-o", output, path], { stdio: "inherit" });
  const core = new Uint8Array(await readFile(output));
  await rm(temporary, { recursive: true });
  return core;
}

const root = fileURLToPath(new URL("../", import.meta.url));
const tools = await loadWasmTools(unpackedJco(process.argv[2]));
const packages = await contract(root);

/** Makes a component of a core module and the world that describes it. */
async function writeComponent(
  core: Uint8Array,
  folder: string,
  world: string,
  output: string,
): Promise<void> {
  const embedded = tools.componentEmbed({ binary: core, witSource: await witOf(folder, world), world });
  const component = tools.componentNew(embedded, []);
  await writeFile(join(root, output), component);
  console.log(`${output}: ${component.length} bytes`);
}

async function witOf(folder: string, world: string): Promise<string> {
  return await readFile(join(folder, `${world}.wit`), "utf8") + "\n" + packages;
}

/** The folders below `parent` that hold both sources of a component. */
async function sources(parent: string, extension: string): Promise<{ world: string; folder: string }[]> {
  const found: { world: string; folder: string }[] = [];
  for (const entry of await readdir(join(root, parent), { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const folder = join(root, parent, entry.name);
    const names = await readdir(folder);
    const needed = [`${entry.name}.${extension}`, `${entry.name}.wit`];
    if (needed.every((name) => names.includes(name))) found.push({ world: entry.name, folder });
  }
  return found;
}

for (const { world, folder } of await sources("tests/guests", "wat")) {
  let wat = await readFile(join(folder, `${world}.wat`), "utf8");
  if (wat.includes(";; @imports")) {
    const witSource = await witOf(folder, world);
    const empty = tools.componentNew(tools.componentEmbed({ dummy: true, witSource, world }), []);
    const echo = echoFunctions(readComponentType(empty));
    wat = wat.replace(";; @imports", () => `\n${echo.imports}`).replace(
      ";; @functions",
      () => `\n${echo.functions}`,
    );
  }
  await writeComponent(tools.parse(wat), folder, world, `tests/guests/${world}.wasm`);
}
for (const { world, folder } of await sources("examples", "c")) {
  await writeComponent(
    await compileC(join(folder, `${world}.c`), ["-Os"]),
    folder,
    world,
    `examples/${world}/${world}.wasm`,
  );
}
for (const name of (await readdir(join(root, "bench/kernels"))).sort()) {
  if (!name.endsWith(".c")) continue;
  const core = await compileC(join(root, "bench/kernels", name), ["-O2", "-mbulk-memory"]);
  const output = `bench/kernels/${name.replace(".c", ".wasm")}`;
  await writeFile(join(root, output), core);
  console.log(`${output}: ${core.length} bytes`);
}
