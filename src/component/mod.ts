/**
 * From the bytes of a WebAssembly component to something that a worker can
 * instantiate: what it imports and exports, its core modules, rewritten to stay
 * within limits and compiled, and the JavaScript that joins them.
 *
 * Trusts nothing about the bytes: they are bounded, decoded here for their types
 * and names, validated by the generator of jco (`vendor/jco`, WebAssembly
 * itself), and what it writes is checked. A cache on disk is trusted only as far
 * as its seals. It runs nothing of the component. Layer L3.
 *
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { checkActor, loadComponent, newComponentCache } from "./mod.ts";
 *
 * const cache = newComponentCache();
 * const bytes = new Uint8Array(await readFile("tests/guests/counter.wasm"));
 * const loaded = await loadComponent(bytes, { limit: (core) => core, cacheVersion: "no limits", cache });
 * loaded.type.exports[0]?.name; // "theater:actor/actor@0.1.0"
 * ```
 * @module
 */

export { type CacheFolder } from "./cache.ts";
export { cacheFolder } from "./cache_folder.ts";
export {
  actorFunctions,
  actorInterfaceName,
  checkActor,
  checkMigration,
  type ProvidedInterfaces,
} from "./check_actor.ts";
export { ComponentError, type ComponentFault } from "./component_error.ts";
export type { ComponentType, FunctionItem, InstanceItem, InterfaceItem } from "./component_type.ts";
export { describeFunction, describeType, describeWorld } from "./describe_world.ts";
export { glueGlobals, glueVersion } from "./glue.ts";
export {
  type CacheOptions,
  type ComponentCache,
  loadComponent,
  type LoadedComponent,
  type LoadOptions,
  newComponentCache,
} from "./load_component.ts";
export { componentBytesMax, readComponentType } from "./read_component_type.ts";
export { jcoVersion } from "./transpile.ts";
export { newWasiStub, type WasiStub } from "./wasi_stub.ts";
