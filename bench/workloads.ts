/**
 * CPU-bound work for the benchmark of limits: core modules made of the C files in
 * `kernels/` (by `tools/build_guests.ts`), and a script actor that computes.
 * @module
 */

import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { loadComponent } from "../src/component/mod.ts";
import { createMeter, type Meter } from "../src/limits/mod.ts";
import { bundleScript, scriptComponent } from "../src/script/mod.ts";

/** Rewrites a core module, or leaves it as it is. */
export type Rewrite = (core: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;

/** A workload that was made ready in one way. */
export interface Ready {
  /** Bytes of its core modules. */
  readonly bytes: number;
  /** Milliseconds that rewriting took, and compiling. */
  readonly rewriteMs: number;
  readonly compileMs: number;
  /** Does the work `rounds` times; returns what shows that it was done right. */
  run(rounds: number): number;
  /** Fuel that was used up to now; 0 if none is counted. */
  fuelUsed(): number;
}

/** A workload, not yet made ready. */
export interface Workload {
  readonly name: string;
  /** @param rewrite without one, the modules run as they are */
  prepare(rewrite: Rewrite | undefined): Promise<Ready>;
}

const kernels = new URL("kernels/", import.meta.url);

/** Every C kernel, then every task of the script actor. */
export async function workloads(): Promise<readonly Workload[]> {
  const names = readdirSync(kernels).filter((file) => file.endsWith(".wasm")).sort();
  return [...names.map(kernel), ...await scripts(["objects", "json", "regex", "sort", "text", "sieve"])];
}

function kernel(file: string): Workload {
  return {
    name: file.replace(".wasm", ""),
    prepare(rewrite) {
      const made = make(new Uint8Array(readFileSync(new URL(file, kernels))), rewrite);
      const meter = rewrite && createMeter();
      const instance = meter ? meter.instantiateCore(made.module) : new WebAssembly.Instance(made.module);
      const run = instance.exports["run"] as (rounds: number) => number;
      return Promise.resolve({ ...made, run, fuelUsed: meter?.fuelUsed ?? (() => 0) });
    },
  };
}

interface Made {
  readonly module: WebAssembly.Module;
  readonly code: Uint8Array<ArrayBuffer>;
  readonly bytes: number;
  readonly rewriteMs: number;
  readonly compileMs: number;
}

function make(core: Uint8Array<ArrayBuffer>, rewrite: Rewrite | undefined): Made {
  const from = performance.now();
  const code = rewrite ? rewrite(core) : core;
  const rewritten = performance.now();
  const module = new WebAssembly.Module(code);
  return {
    module,
    code,
    bytes: code.length,
    rewriteMs: rewritten - from,
    compileMs: performance.now() - rewritten,
  };
}

/** What jco's glue exports, and the exports of a script actor. */
type Instantiate = (
  core: (name: string) => WebAssembly.Module,
  imports: unknown,
  instantiateCore?: Meter["instantiateCore"],
) => {
  readonly "theater:script/script@0.1.0": { start(): void };
  readonly "theater:actor/actor@0.1.0": { handle(state: string, message: string): readonly [string, string] };
};

async function scripts(tasks: readonly string[]): Promise<Workload[]> {
  const path = new URL("actors/computing.ts", import.meta.url).pathname;
  const { source } = await bundleScript(path, { read: (path) => readFile(path, "utf8") });
  const component = await scriptComponent();
  const imports = scriptImports(source);
  return tasks.map((task) => ({
    name: `script: ${task}`,
    async prepare(rewrite) {
      const made: Made[] = [];
      const limit = (core: Uint8Array) => {
        const one = make(new Uint8Array(core), rewrite);
        made.push(one);
        return one.code;
      };
      const { glue, modules } = await loadComponent(component, { limit, cacheVersion: "bench" });
      const url = URL.createObjectURL(new Blob([glue], { type: "text/javascript" }));
      const { instantiate }: { instantiate: Instantiate } = await import(url);
      const meter = rewrite && createMeter();
      const exports = instantiate((name) => modules[name]!, imports, meter?.instantiateCore);
      exports["theater:script/script@0.1.0"].start();
      const actor = exports["theater:actor/actor@0.1.0"];
      const message = JSON.stringify({ type: "request", from: "outside", body: task });
      const sum = (of: (each: Made) => number) => made.reduce((total, each) => total + of(each), 0);
      return {
        bytes: sum(({ bytes }) => bytes),
        rewriteMs: sum(({ rewriteMs }) => rewriteMs),
        compileMs: sum(({ compileMs }) => compileMs),
        run(rounds) {
          let last = 0;
          for (; rounds > 0; rounds--) last = Number(actor.handle("null", message)[1]);
          return last;
        },
        fuelUsed: meter?.fuelUsed ?? (() => 0),
      };
    },
  }));
}

function scriptImports(source: string): Readonly<Record<string, unknown>> {
  const nothing = () => undefined;
  return {
    "theater:script/source": {
      load: () => source,
      crash: (text: string) => {
        throw new Error(text);
      },
    },
    "theater:actor/log": { write: nothing },
    "theater:actor/clock": { now: () => 1_700_000_000_123n, monotonic: () => 5_500_000n },
    "theater:actor/random": { bytes: (count: number) => new Uint8Array(count), bits: () => 1n << 63n },
    "theater:actor/timers": { set: () => 1n, cancel: nothing },
    "theater:actor/environment": { get: nothing },
    "theater:actor/messaging": { self: () => "bench", send: nothing },
  };
}
