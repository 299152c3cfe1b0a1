import { readProgramFile } from "../platform/mod.ts";

let bytes: Promise<Uint8Array> | undefined;

/**
 * The bytes of the script component, 1.2 MB; their SHA-256 is {@linkcode scriptComponentSha256}. Read once;
 * the caller may not change them.
 */
export function scriptComponent(): Promise<Uint8Array> {
  bytes ??= readProgramFile("script_component.wasm", () => import.meta.resolve("./script_component.wasm"));
  return bytes;
}

/**
 * The text of `theater.d.ts`: the types of what a script imports from "theater", for the folder of whoever
 * writes one.
 */
export async function theaterTypes(): Promise<string> {
  const bytes = await readProgramFile("theater.d.ts", () => import.meta.resolve("./theater.d.ts"));
  return new TextDecoder().decode(bytes);
}
