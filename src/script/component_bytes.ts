import { readFile } from "node:fs/promises";
import { scriptComponentFile } from "./wasm_files.js";

let bytes: Promise<Uint8Array> | undefined;

/**
 * The bytes of the script component, 1.2 MB; their SHA-256 is {@linkcode scriptComponentSha256}. Read once;
 * the caller may not change them.
 */
export function scriptComponent(): Promise<Uint8Array> {
  bytes ??= scriptComponentFile().then((file) => readFile(file)).then((read) => new Uint8Array(read));
  return bytes;
}
