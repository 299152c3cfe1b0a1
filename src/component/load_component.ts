import { sha256Hex, sha256TextHex } from "../codec/mod.ts";
import { type CacheEntry, type CacheFolder, decodeEntry, encodeEntry } from "./cache.ts";
import type { ComponentType } from "./component_type.ts";
import { glueVersion } from "./glue.ts";
import { checkCoreName } from "./names.ts";
import { jcoVersion, transpile } from "./transpile.ts";

/** A component, ready to be instantiated in any number of workers. */
export interface LoadedComponent {
  /** Of the component's bytes, 64 hex digits. */
  readonly sha256: string;
  readonly type: ComponentType;
  /**
   * A module of JavaScript that exports `instantiate(getCoreModule, imports, instantiateCore?)`:
   * synchronous, returns the exports by their full names. `imports` holds the imported interfaces
   * by their names without version. It needs {@linkcode glueGlobals}, and sees no other of the host's.
   */
  readonly glue: string;
  /** The rewritten core modules, compiled, by the names by which the glue asks for them. */
  readonly modules: Readonly<Record<string, WebAssembly.Module>>;
}

/** Keeps what was loaded: compiled in memory, and taken apart in a folder. */
export interface ComponentCache {
  readonly folder: CacheFolder | undefined;
  readonly shipped: ((name: string) => Promise<Uint8Array | undefined>) | undefined;
  readonly secret: Uint8Array;
  /** Loaded components, the least recently used first. */
  readonly loaded: Map<string, Promise<LoadedComponent>>;
  readonly loadedMax: number;
}

/** How a cache is set up. */
export interface CacheOptions {
  /** Without one, only memory is used. */
  readonly folder?: CacheFolder;
  /** Entries that came with the program, looked at first; they are not sealed with the secret. */
  readonly shipped?: (name: string) => Promise<Uint8Array | undefined>;
  /** Seals the entries against whoever can write to the folder, but does not know it. @default empty */
  readonly secret?: Uint8Array;
  /** Most components that are kept compiled. @default 32 */
  readonly loadedMax?: number;
}

/** A new cache. @throws {RangeError} where `loadedMax` is not a whole number, 0 or more. */
export function newComponentCache(options: CacheOptions = {}): ComponentCache {
  const { folder, shipped, secret = new Uint8Array(), loadedMax = 32 } = options;
  if (!Number.isInteger(loadedMax) || loadedMax < 0) {
    throw new RangeError(`Cannot make a cache: wanted loadedMax of 0 or more, got ${loadedMax}`);
  }
  return { folder, shipped, secret, loaded: new Map(), loadedMax };
}

/** How a component is loaded. */
export interface LoadOptions {
  /** Rewrites one core module, so that it can be stopped and is kept within its limits. */
  readonly limit: (bytes: Uint8Array) => Uint8Array;
  /** Names everything about `limit` that changes its result: version and settings. */
  readonly cacheVersion: string;
  readonly cache?: ComponentCache;
}

/**
 * Loads a component: decodes its type, takes it apart, rewrites its core modules
 * with `limit` and compiles them. Calls with the same bytes and `cacheVersion`
 * share one result.
 *
 * @throws {ComponentError} where the bytes are not a component that Theater can run; and whatever `limit` throws.
 */
export function loadComponent(bytes: Uint8Array, options: LoadOptions): Promise<LoadedComponent> {
  const sha256 = sha256Hex(bytes);
  const { cache } = options;
  if (cache === undefined) return load(bytes, sha256, options);
  const key = cacheKey(sha256, options);
  const { loaded, loadedMax } = cache;
  const known = loaded.get(key);
  const loading = known ?? load(bytes, sha256, options);
  if (known === undefined) loading.catch(() => loaded.delete(key));
  loaded.delete(key);
  loaded.set(key, loading);
  for (const oldest of loaded.keys()) {
    if (loaded.size <= loadedMax) break;
    loaded.delete(oldest);
  }
  return loading;
}

function cacheKey(sha256: string, { cacheVersion }: LoadOptions): string {
  return sha256TextHex(JSON.stringify([sha256, jcoVersion, glueVersion, cacheVersion]));
}

async function load(bytes: Uint8Array, sha256: string, options: LoadOptions): Promise<LoadedComponent> {
  const entry = await takeApart(bytes, cacheKey(sha256, options), options);
  const modules: Record<string, WebAssembly.Module> = {};
  for (const core of entry.cores) {
    const module = await WebAssembly.compile(new Uint8Array(core.bytes));
    checkCoreNames(module);
    modules[core.name] = module;
  }
  return { sha256, type: entry.type, glue: entry.glue, modules };
}

async function takeApart(bytes: Uint8Array, key: string, options: LoadOptions): Promise<CacheEntry> {
  const { limit, cache } = options;
  const shipped = await cache?.shipped?.(key).catch(() => undefined);
  const ready = shipped && decodeEntry(shipped, key, new Uint8Array());
  if (ready) return ready;
  const folder = cache?.folder;
  const secret = cache?.secret ?? new Uint8Array();
  const kept = await folder?.read(key).catch(() => undefined);
  const known = kept && decodeEntry(kept, key, secret);
  if (known) return known;
  const { type, glue, cores } = await transpile(bytes);
  const entry = { type, glue, cores: cores.map((core) => ({ name: core.name, bytes: limit(core.bytes) })) };
  // A full disk or a read-only folder only costs time.
  await folder?.write(key, encodeEntry(entry, key, secret)).catch(() => {});
  return entry;
}

/** The glue quotes these names without care (jco 0.15 writes `'x'y'`); see {@linkcode checkCoreName}. */
function checkCoreNames(module: WebAssembly.Module): void {
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    checkCoreName(from, 0);
    checkCoreName(name, 0);
  }
  for (const { name } of WebAssembly.Module.exports(module)) checkCoreName(name, 0);
}
