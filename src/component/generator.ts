import { type Bindgen, createBindgen } from "../../vendor/jco/bindgen.js";
import { ComponentError } from "./component_error.ts";
import { readProgramFile } from "../platform/mod.ts";
import { newWasiStub, type WasiStub } from "./wasi_stub.ts";

/** A file that the generator made. */
export type GeneratedFile = readonly [name: string, bytes: Uint8Array];

interface Generator {
  readonly bindgen: Bindgen;
  readonly stub: WasiStub;
}

/** Above this size of a component, in bytes, the generator is dropped after use: its memory never shrinks. */
const keepBytesMax = 4 * 1024 * 1024;

let modules: Promise<readonly WebAssembly.Module[]> | undefined;
let ready: Promise<Generator> | undefined;

async function compileCore(name: "core0.wasm" | "core1.wasm"): Promise<WebAssembly.Module> {
  const beside = () => import.meta.resolve(`../../vendor/jco/${name}`);
  return await WebAssembly.compile(await readProgramFile(name, beside));
}

async function start(): Promise<Generator> {
  modules ??= Promise.all([compileCore("core0.wasm"), compileCore("core1.wasm")]);
  const compiled = await modules;
  const stub = newWasiStub();
  const bindgen = await createBindgen((index) => {
    const module = compiled[index];
    return module === undefined
      ? Promise.reject(new Error(`Cannot start the generator: it asks for core module ${index}`))
      : Promise.resolve(module);
  }, stub.wasi);
  return { bindgen, stub };
}

/**
 * Runs jco's generator over a component: the core modules and one file of
 * JavaScript. It validates the component fully. Synchronous instantiation, so
 * that what is instantiated, and in which order, is the same everywhere.
 *
 * @throws {ComponentError} `invalid` where the component is not valid, or the generator fails on it.
 */
export async function generate(component: Uint8Array): Promise<readonly GeneratedFile[]> {
  ready ??= start();
  const { bindgen, stub } = await ready;
  if (component.length > keepBytesMax) ready = undefined;
  try {
    return bindgen.generate(component, {
      name: "actor",
      instantiation: { tag: "sync" },
      noTypescript: true,
      noNodejsCompat: true,
      noComponentErrorWrapping: true,
      base64Cutoff: 0,
    }).files;
  } catch (error) {
    ready = undefined; // After a trap it cannot be used again.
    const reason = typeof error === "object" && error !== null && "payload" in error
      ? String(error.payload)
      : `the generator failed (${String(error)}) ${stub.takeErrors()}`;
    throw new ComponentError({ code: "invalid", reason: reason.trim().slice(0, 2000) });
  }
}
