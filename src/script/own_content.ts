import { readFile } from "node:fs/promises";
import { scriptComponentFile, theaterTypesFile } from "./own_files.js";

let bytes: Promise<Uint8Array> | undefined;

/**
 * The bytes of the script component, 1.2 MB; their SHA-256 is {@linkcode scriptComponentSha256}. Read once;
 * the caller may not change them.
 */
export function scriptComponent(): Promise<Uint8Array> {
  bytes ??= scriptComponentFile().then((file) => readFile(file)).then((read) => new Uint8Array(read));
  return bytes;
}

/**
 * The text of `theater.d.ts`: the types of what a script imports from "theater", for the folder of whoever
 * writes one.
 */
export async function theaterTypes(): Promise<string> {
  return await readFile(await theaterTypesFile(), "utf8");
}
