import { setImmediate } from "node:timers";
import type { ManifestTree } from "../manifest/mod.ts";
import { scriptComponent } from "../script/mod.ts";
import { dropWorkerAhead, startWorkerAhead } from "../worker/mod.ts";
import { isScript } from "./component_bytes.ts";
import type { LoadComponent } from "./loader.ts";

/**
 * Begins what a house with script actors will need and what takes no thought of this thread: a worker, and
 * the compiled script component. Resolves when both are under way, so that the log can be opened meanwhile.
 *
 * @returns gives up what nobody has come to need; to be called in any case
 */
export async function takeHeadStart({ manifest }: ManifestTree, load: LoadComponent): Promise<() => void> {
  const { component, limits } = manifest;
  if (component.kind !== "file" || !isScript(component.path)) return () => {};
  const loading = scriptComponent().then((bytes) =>
    load(bytes, { memoryBytes: limits.memoryBytes, stackUnits: limits.stackUnits })
  ).catch(() => {}); // Whoever needs it meets the same error.
  startWorkerAhead();
  // What comes with the program is read in no time, and then it compiles; what has to be made is not waited for.
  await Promise.race([loading, new Promise((resolve) => setImmediate(resolve))]);
  return dropWorkerAhead;
}
