/**
 * A script actor for tests: the script component itself, in this thread, with a host of plain functions in
 * place of the recorder and its limits.
 * @module
 */

import { loadComponent } from "../../src/component/mod.ts";
import { bundleScript, scriptComponent } from "../../src/script/mod.ts";

/** What the host was asked, in order: the function and its arguments. */
export type HostCall = readonly [name: string, ...args: readonly unknown[]];

export interface ScriptActor {
  readonly init: (params: string) => string;
  readonly handle: (state: string, message: string) => readonly [state: string, response: string];
  readonly calls: HostCall[];
}

/** What `crash` is told ends here, as a trap does in Theater. */
export class Crash extends Error {}

/** The text of a refusal by the actor, which jco throws as it is. */
export function refusalText(error: unknown): string | undefined {
  return typeof error === "string" ? error : undefined;
}

interface ActorExports {
  readonly "theater:script/script@0.1.0": { start(): void };
  readonly "theater:actor/actor@0.1.0": Pick<ScriptActor, "init" | "handle">;
}

type Instantiate = (core: (name: string) => WebAssembly.Module, imports: unknown) => ActorExports;

let loaded: Promise<(imports: unknown) => ActorExports> | undefined;

async function load(): Promise<(imports: unknown) => ActorExports> {
  const { glue, modules } = await loadComponent(await scriptComponent(), {
    limit: (core) => core,
    cacheVersion: "no limits",
  });
  const url = URL.createObjectURL(new Blob([glue], { type: "text/javascript" }));
  const { instantiate }: { instantiate: Instantiate } = await import(url);
  URL.revokeObjectURL(url);
  return (imports) => instantiate((name) => modules[name]!, imports);
}

/** Instantiates the script component with `source`, the body of a function as the bundler makes it. */
export async function startSource(source: string, { bits = 1n << 63n } = {}): Promise<ScriptActor> {
  loaded ??= load();
  const instantiate = await loaded;
  const calls: HostCall[] = [];
  const exports = instantiate({
    "theater:script/source": {
      load: () => source,
      crash: (text: string) => {
        throw new Crash(text);
      },
    },
    "theater:actor/log": { write: (level: string, text: string) => void calls.push(["log", level, text]) },
    "theater:actor/clock": { now: () => 1_700_000_000_123n, monotonic: () => 5_500_000n },
    "theater:actor/random": {
      bytes: (count: number) => new Uint8Array(count).fill(0xff),
      bits: () => bits,
    },
    "theater:actor/timers": {
      set: (delayMs: bigint, body: string) => {
        if (delayMs > 1000n) throw "too late"; // How jco is told an err.
        calls.push(["set", delayMs, body]);
        return 1_048_577n;
      },
      cancel: (id: bigint) => void calls.push(["cancel", id]),
    },
    "theater:actor/environment": { get: (name: string) => name === "HOME" ? "/home/ada" : undefined },
    "theater:actor/supervisor": { exit: () => void calls.push(["exit"]) },
    "theater:actor/messaging": {
      self: () => "shop/till",
      send: (to: string, body: string) => {
        if (to === "other") throw { payload: { tag: "not-allowed" } };
        if (to === "BAD") throw { payload: { tag: "bad-address", val: "wanted a-z" } };
        calls.push(["send", to, body]);
      },
      request: (to: string, body: string, timeoutMs: bigint) => {
        if (to === "other") throw { payload: { tag: "too-many", val: 7n } };
        calls.push(["request", to, body, timeoutMs]);
        return 3_145_729n;
      },
      defer: () => 2_097_152n,
      reply: (token: bigint, body: string) => {
        if (token === 1n) throw { payload: { tag: "nobody" } };
        calls.push(["reply", token, body]);
      },
    },
  });
  exports["theater:script/script@0.1.0"].start();
  return { ...exports["theater:actor/actor@0.1.0"], calls };
}

/** Bundles files, given by path, of which `main.ts` is the entry, and starts them. */
export async function startFiles(files: Readonly<Record<string, string>>): Promise<ScriptActor> {
  const { source } = await bundleScript("main.ts", {
    read: (path) =>
      files[path] === undefined ? Promise.reject(new Error("absent")) : Promise.resolve(files[path]),
  });
  return startSource(source);
}

/** The envelope of a request from outside. */
export function request(body: unknown): string {
  return JSON.stringify({ type: "request", from: "outside", body });
}
