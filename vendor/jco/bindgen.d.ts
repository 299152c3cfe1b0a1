/** What jco's generator is asked for; the options that Theater uses. */
export interface GenerateOptions {
  readonly name: string;
  readonly instantiation: { readonly tag: "async" | "sync" };
  readonly noTypescript: boolean;
  readonly noNodejsCompat: boolean;
  readonly noComponentErrorWrapping: boolean;
  /** Core modules up to this many bytes are written into the JavaScript, in base64; 0 for none. */
  readonly base64Cutoff: number;
}

/** The generator, ready. */
export interface Bindgen {
  /**
   * @throws an object with `payload`, the reason as text, where the component is not valid;
   * a `WebAssembly.RuntimeError` where the generator fails, after which it cannot be used again.
   */
  generate(component: Uint8Array, options: GenerateOptions): { files: [name: string, bytes: Uint8Array][] };
}

/**
 * Starts the generator.
 *
 * @param compileCore gives the compiled `core0.wasm` or `core1.wasm`.
 * @param wasi the WASI interfaces that the generator imports, by the names of jco's shims.
 */
export function createBindgen(
  compileCore: (index: number) => Promise<WebAssembly.Module>,
  wasi: Readonly<Record<string, unknown>>,
): Promise<Bindgen>;
