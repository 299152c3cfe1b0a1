/** Where `script_component.wasm` can be read. */
export function scriptComponentFile(): Promise<string | URL>;

/** Where the WebAssembly module of the bundler can be read. */
export function bundlerFile(): Promise<string | URL>;

/** Where `theater.d.ts` can be read. */
export function theaterTypesFile(): Promise<string | URL>;
