import { setTimeout } from "node:timers";
import * as esbuild from "esbuild-wasm/esm/browser.js";
import { readProgramFile } from "../platform/mod.ts";

export type { BuildOptions, BuildResult, Message, Plugin } from "esbuild-wasm/esm/browser.js";

/** The bundler and its release: the same text under it gives the same bundle, to the byte. */
export const bundlerVersion = "esbuild-wasm@0.28.2";

/** Started, esbuild holds some 100 MB; a second bundle within this time finds it running. */
const idleMs = 1000;

let running: Promise<void> | null = null;
let users = 0;

async function start(): Promise<void> {
  const bytes = await readProgramFile("esbuild.wasm", () => import.meta.resolve("esbuild-wasm/esbuild.wasm"));
  await esbuild.initialize({ wasmModule: await WebAssembly.compile(bytes), worker: false });
}

function stopIfIdle(): void {
  if (users > 0 || running === null) return;
  running = null;
  esbuild.stop();
}

/** Runs `use` with esbuild started, in this thread; stops it when nobody has used it for a second. */
export async function withEsbuild<T>(use: (build: typeof esbuild.build) => Promise<T>): Promise<T> {
  users++;
  try {
    running ??= start();
    await running;
    return await use(esbuild.build);
  } finally {
    users--;
    if (users === 0) setTimeout(stopIfIdle, idleMs).unref();
  }
}
