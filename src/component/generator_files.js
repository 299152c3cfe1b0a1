// @ts-self-types="./generator_files.d.ts"

// Each import says "this file belongs to the program": Bun answers with its path, and puts the file into a
// program that it compiles. Where the kind of import is unknown, the file is read where it lies.
// JavaScript, as the type checker would try to read the files as text.

const places = [
  [
    () => import("../../vendor/jco/core0.wasm", { with: { type: "file" } }),
    () => new URL("../../vendor/jco/core0.wasm", import.meta.url),
  ],
  [
    () => import("../../vendor/jco/core1.wasm", { with: { type: "file" } }),
    () => new URL("../../vendor/jco/core1.wasm", import.meta.url),
  ],
];

/** @param {number} index */
export async function generatorFile(index) {
  const [embedded, beside] = places[index];
  try {
    return (await embedded()).default;
  } catch {
    return beside();
  }
}
