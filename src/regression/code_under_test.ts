/**
 * The code that recordings are held against: a component, a script, or what a
 * manifest declares.
 *
 * @module
 */

import { resolve } from "node:path";
import {
  formatProblem,
  loadManifest,
  MANIFEST_BYTES_MAX,
  ManifestError,
  type ManifestTree,
} from "../manifest/mod.ts";
import { cacheFolder, exists, readText } from "../platform/mod.ts";
import { codeSetup, componentBytes, type Frame, type LoadComponent } from "../runtime/mod.ts";
import type { WorkerSetup } from "../worker/mod.ts";
import { RegressionError } from "./regression_error.ts";

/** Code to be tested. */
export interface CodeUnderTest {
  /** Whether a file says for each actor what it runs; else all run the same. */
  readonly declares: boolean;
  /**
   * Loads it for an actor.
   *
   * @param recorded what the manifest of the recording lets it do and use
   * @throws {RegressionError} `not_declared`, `bad_code`
   */
  load(address: string, recorded: Frame): Promise<Omit<WorkerSetup, "turn" | "state">>;
}

/**
 * Reads a manifest (`.toml`); a component or script is read when it is loaded.
 *
 * @param path as it was given, relative to `folder`
 * @throws {RegressionError} `code_not_found`, `bad_code`
 */
export async function codeUnderTest(
  path: string,
  folder: string,
  load: LoadComponent,
): Promise<CodeUnderTest> {
  const file = resolve(folder, path);
  if (!exists(file)) throw new RegressionError({ code: "code_not_found", path });
  const bad = (actor: string, error: unknown) =>
    new RegressionError({ code: "bad_code", actor, path, detail: textOf(error) });
  if (!path.endsWith(".toml")) {
    if (!/\.(wasm|ts|js|mts|mjs)$/.test(path)) {
      throw bad("an actor", new Error("wanted a file that ends in .wasm, .ts, .js, .mts, .mjs or .toml"));
    }
    return {
      declares: false,
      async load(address, recorded) {
        try {
          const code = await componentBytes({ kind: "file", path: file }, {
            manifestPath: file,
            bytesMax: recorded.limits.componentBytes,
            cacheFolder: cacheFolder(),
          });
          return await codeSetup(address, code, recorded, load);
        } catch (error) {
          throw bad(address, error);
        }
      },
    };
  }
  let tree: ManifestTree;
  try {
    tree = await loadManifest(file, {
      readText: (each) => Promise.resolve().then(() => readText(each, { bytesMax: MANIFEST_BYTES_MAX })),
    });
  } catch (error) {
    throw bad("a manifest", error);
  }
  const nodes = new Map<string, ManifestTree>([...allOf(tree)].map((node) => [node.address, node]));
  return {
    declares: true,
    async load(address) {
      const node = nodes.get(address);
      if (node === undefined) {
        throw new RegressionError({
          code: "not_declared",
          actor: address,
          manifest: path,
          known: [...nodes.keys()],
        });
      }
      const { permissions, limits, component } = node.manifest;
      try {
        const code = await componentBytes(component, {
          manifestPath: node.path,
          bytesMax: limits.componentBytes,
          cacheFolder: cacheFolder(),
        });
        return await codeSetup(address, code, { permissions, limits }, load);
      } catch (error) {
        throw bad(address, error);
      }
    },
  };
}

function* allOf(tree: ManifestTree): Generator<ManifestTree> {
  yield tree;
  for (const child of tree.children) yield* allOf(child);
}

function textOf(error: unknown): string {
  if (error instanceof ManifestError) return error.problems.map(formatProblem).join("\n");
  return error instanceof Error ? error.message : String(error);
}
