import { cacheFolder, loadComponent, type LoadedComponent, newComponentCache } from "../component/mod.ts";
import { limitModule, limits, rewriterOf } from "../limits/mod.ts";
import { readShippedFile } from "../platform/mod.ts";

/** The caps that are written into a component's core modules. */
export interface Caps {
  readonly memoryBytes: number;
  readonly stackUnits: number;
  /**
   * The fuel schedule; an old one to run again what was recorded with it.
   * @default the newest
   */
  readonly schedule?: number;
}

/** Loads components, each once for the same caps. */
export type LoadComponent = (bytes: Uint8Array, caps: Caps) => Promise<LoadedComponent>;

/** @param folder keeps what was generated from one start to the next; without it nothing is kept */
export function createLoader(folder: string | undefined): LoadComponent {
  const cache = newComponentCache({
    shipped: (name) => readShippedFile(`component-${name}`),
    ...(folder !== undefined && { folder: cacheFolder(folder) }),
  });
  return (bytes, { memoryBytes, stackUnits, schedule = limits.version.schedule }) =>
    loadComponent(bytes, {
      limit: (core) =>
        limitModule(core, { memoryBytesMax: memoryBytes, stackUnitsMax: stackUnits, schedule }),
      cacheVersion: `rewriter ${
        rewriterOf(schedule)
      }, schedule ${schedule}, memory ${memoryBytes}, stack ${stackUnits}`,
      cache,
    });
}
