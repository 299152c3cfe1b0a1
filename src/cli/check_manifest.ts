import { resolve } from "node:path";
import { loadManifest, MANIFEST_BYTES_MAX, type ManifestTree } from "../manifest/mod.ts";
import { cacheFolder, exists, readText } from "../platform/mod.ts";
import { CliError, type Refusal } from "./cli_error.ts";

/** A component that can be run. */
export interface CheckedComponent {
  /** SHA-256 of the component, 64 hex digits. */
  readonly component: string;
  /** SHA-256 of the bundled source; only of a script. */
  readonly source?: string;
}

/** What was found about a manifest whose text is in order. */
export interface ManifestCheck {
  readonly tree: ManifestTree;
  readonly components: ReadonlyMap<string, CheckedComponent>;
  readonly refusals: readonly Refusal[];
}

/**
 * Reads a manifest and everything that it names, as a start would, and runs nothing.
 *
 * @param path as the user gave it, so that problems name the file in the same way
 * @throws {CliError} when there is no such file
 * @throws {ManifestError} when the text of a manifest has problems
 */
export async function checkManifest(path: string, folder: string): Promise<ManifestCheck> {
  if (!exists(resolve(folder, path))) {
    throw new CliError({ code: "file_not_found", path, wanted: "the manifest" });
  }
  const tree = await loadManifest(path, {
    readText: (file) =>
      Promise.resolve().then(() => readText(resolve(folder, file), { bytesMax: MANIFEST_BYTES_MAX })),
  });
  // What runs actors is large: not loaded for a manifest that is refused.
  const { checkComponent, componentBytes, createLoader } = await import("../runtime/mod.ts");
  const load = createLoader(cacheFolder());
  const checkNode = async ({ address, path, manifest }: ManifestTree): Promise<CheckedComponent> => {
    const { bytes, sha256, script } = await componentBytes(manifest.component, {
      manifestPath: resolve(folder, path),
      bytesMax: manifest.limits.componentBytes,
      cacheFolder: cacheFolder(),
    });
    const { memoryBytes, stackUnits } = manifest.limits;
    const { type } = await load(bytes, { memoryBytes, stackUnits });
    checkComponent(address, type, manifest.permissions, script !== undefined);
    return { component: sha256, ...(script === undefined ? {} : { source: script.sha256 }) };
  };
  const components = new Map<string, CheckedComponent>();
  const refusals: Refusal[] = [];
  for (const node of allOf(tree)) {
    try {
      components.set(node.address, await checkNode(node));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      refusals.push({ actor: node.address, manifest: node.path, message: error.message });
    }
  }
  return { tree, components, refusals };
}

/** An actor and all below it, parents first. */
export function* allOf(tree: ManifestTree): Generator<ManifestTree> {
  yield tree;
  for (const child of tree.children) yield* allOf(child);
}
