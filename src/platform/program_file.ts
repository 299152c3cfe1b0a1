import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { zstdDecompressSync } from "node:zlib";
import { build } from "./build.ts";

/** How a file begins that was packed to keep the program small (Zstandard, RFC 8878 §3.1.1). */
const packed = [0x28, 0xb5, 0x2f, 0xfd] as const;

/**
 * The bytes of a file that is a part of this program.
 *
 * @param name its name among the files in the program, when that is one file
 * @param beside where it lies when the program runs from its sources
 */
export async function readProgramFile(name: string, beside: () => string): Promise<Uint8Array<ArrayBuffer>> {
  return build === undefined ? await read(new URL(beside())) : await read(embedded(name));
}

/** The bytes of a file that only a program in one file has; `undefined` where there is none. */
export async function readShippedFile(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (build === undefined) return undefined;
  const url = embedded(name);
  return existsSync(url) ? await read(url) : undefined;
}

/** A program in one file is one module, and its files stand in a folder beside it. */
function embedded(name: string): URL {
  return new URL(`./files/${name}`, import.meta.url);
}

async function read(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  // What is embedded is in memory, more or less: no thread has to be asked for it.
  const bytes = new Uint8Array(build === undefined ? await readFile(url) : readFileSync(url));
  return packed.every((byte, index) => bytes[index] === byte)
    ? new Uint8Array(zstdDecompressSync(bytes))
    : bytes;
}
