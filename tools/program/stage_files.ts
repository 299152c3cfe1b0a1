import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, zstdCompressSync } from "node:zlib";

/** A file that the program reads with `readProgramFile`. */
interface ProgramFile {
  /** By which it is read. */
  readonly name: string;
  /** In the sources; or an npm package's. */
  readonly from: string;
  /** Large, and seldom or never read by a run. */
  readonly packed: boolean;
}

/** All of them. */
export const programFiles: readonly ProgramFile[] = [
  { name: "core0.wasm", from: "vendor/jco/core0.wasm", packed: true },
  { name: "core1.wasm", from: "vendor/jco/core1.wasm", packed: false },
  { name: "esbuild.wasm", from: "esbuild-wasm/esbuild.wasm", packed: true },
  { name: "script_component.wasm", from: "src/script/script_component.wasm", packed: false },
  { name: "theater.d.ts", from: "src/script/theater.d.ts", packed: false },
];

/** The top folder of the sources. */
export const sourceRoot = fileURLToPath(new URL("../../", import.meta.url));

/** Puts the files that are part of the program into `folder`, large ones packed, and nothing else. */
export function stageFiles(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const require = createRequire(import.meta.url);
  for (const { name, from, packed } of programFiles) {
    const source = from.startsWith("esbuild-wasm/") ? require.resolve(from) : join(sourceRoot, from);
    const target = join(folder, name);
    if (packed) writeFileSync(target, pack(readFileSync(source)));
    else copyFileSync(source, target);
  }
}

function pack(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 19 } });
}
