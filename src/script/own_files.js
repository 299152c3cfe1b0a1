// @ts-self-types="./own_files.d.ts"

// Each import says "this file belongs to the program": Bun answers with its path, and puts the file into a
// program that it compiles. Where the kind of import is unknown, the file is read where it lies.
// JavaScript, as the type checker would try to read the files as text.

/** @param {() => Promise<{ default: string }>} embedded @param {() => string} beside */
async function place(embedded, beside) {
  try {
    return (await embedded()).default;
  } catch {
    return new URL(beside());
  }
}

export const scriptComponentFile = () =>
  place(
    () => import("./script_component.wasm", { with: { type: "file" } }),
    () => import.meta.resolve("./script_component.wasm"),
  );

export const bundlerFile = () =>
  place(
    () => import("esbuild-wasm/esbuild.wasm", { with: { type: "file" } }),
    () => import.meta.resolve("esbuild-wasm/esbuild.wasm"),
  );

export const theaterTypesFile = () =>
  place(
    () => import("./theater.d.ts", { with: { type: "file" } }),
    () => import.meta.resolve("./theater.d.ts"),
  );
