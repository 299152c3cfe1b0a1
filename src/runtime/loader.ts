import { cacheFolder, loadComponent, type LoadedComponent, newComponentCache } from "../component/mod.ts";
import { readShippedFile } from "../platform/mod.ts";
import { limitModule, limits } from "../limits/mod.ts";

/** The caps that are written into a component's core modules. */
export interface Caps {
  readonly memoryBytes: number;
  readonly stackUnits: number;
}

/** Loads components, each once for the same caps. */
export type LoadComponent = (bytes: Uint8Array, caps: Caps) => Promise<LoadedComponent>;

/** @param folder keeps what was generated from one start to the next; without it nothing is kept */
export function createLoader(folder: string | undefined): LoadComponent {
  const cache = newComponentCache({
    shipped: (name) => readShippedFile(`component-${name}`),
    ...(folder !== undefined && { folder: cacheFolder(folder) }),
  });
  const { rewriter, schedule } = limits.version;
  return (bytes, { memoryBytes, stackUnits }) =>
    loadComponent(bytes, {
      limit: (core) => limitModule(core, { memoryBytesMax: memoryBytes, stackUnitsMax: stackUnits }),
      cacheVersion: `rewriter ${rewriter}, schedule ${schedule}, memory ${memoryBytes}, stack ${stackUnits}`,
      cache,
    });
}
