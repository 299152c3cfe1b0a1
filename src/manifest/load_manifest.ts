import { dirname, isAbsolute, join, normalize } from "node:path";
import { type Address, childAddress, parseAddress } from "../address/mod.ts";
import { AddressError } from "../address/mod.ts";
import type { Child, Manifest } from "./manifest.ts";
import type { Place } from "./place.ts";
import { CHILD_DEPTH_MAX, TREE_ACTORS_MAX } from "./manifest.ts";
import { parseManifest } from "./parse_manifest.ts";
import { describeExcess, excessPermissions } from "./permissions.ts";
import { type ChildPolicy, DEFAULT_POLICY } from "../supervision/mod.ts";
import { type Findings, ManifestError, type ManifestProblem, report } from "./problem.ts";

/** A manifest, where it came from, and its children's. */
export interface ManifestTree {
  readonly address: Address;
  /** The file it is in; paths in it are relative to this file's folder. See {@linkcode pathBeside}. */
  readonly path: string;
  /** Its `name` is the last segment of `address`. */
  readonly manifest: Manifest;
  /** How its parent supervises it. */
  readonly policy: ChildPolicy;
  readonly children: readonly ManifestTree[];
}

/** What loading needs of the world. */
export interface ManifestReader {
  /** The text of a file. Rejects where it cannot be read; the reason's message is shown. */
  readText(path: string): Promise<string>;
}

/** The path of a file that a manifest names: relative to the manifest's folder. */
export function pathBeside(manifestPath: string, path: string): string {
  return isAbsolute(path) ? normalize(path) : join(dirname(manifestPath), path);
}

/**
 * Reads a manifest and every child manifest that it names, each file once.
 *
 * @throws {ManifestError} With every problem found in any of the files.
 */
export async function loadManifest(path: string, reader: ManifestReader): Promise<ManifestTree> {
  const loading: Loading = { reader, parsed: new Map(), problems: [], actors: 0 };
  const rootPath = normalize(path);
  const start: Place = { line: 1, column: 1 };
  const manifest = await loadFile(loading, rootPath, { file: rootPath, at: start, key: "" });
  if (manifest === undefined) throw new ManifestError(loading.problems);
  const root = { address: parseAddress(manifest.name), path: rootPath, manifest, policy: DEFAULT_POLICY };
  const tree = await loadChildren(loading, root, [rootPath], 0);
  if (loading.problems.length > 0) throw new ManifestError(loading.problems);
  return tree;
}

interface Loading {
  readonly reader: ManifestReader;
  /** Undefined for a file whose problems have been noted. */
  readonly parsed: Map<string, Manifest | undefined>;
  readonly problems: ManifestProblem[];
  actors: number;
}

/** The key that asks for a file. */
interface Asker {
  readonly file: string;
  readonly at: Place;
  readonly key: string;
}

type Node = Omit<ManifestTree, "children">;

async function loadFile(loading: Loading, path: string, asker: Asker): Promise<Manifest | undefined> {
  if (loading.parsed.has(path)) return loading.parsed.get(path);
  let manifest: Manifest | undefined;
  try {
    manifest = parseManifest(await readFile(loading, path), { path });
  } catch (error) {
    if (error instanceof ManifestError) loading.problems.push(...error.problems);
    else if (error instanceof UnreadableError) {
      note(loading, asker, { code: "unreadable_file", wanted: `a manifest at ${path}`, got: error.message });
    } else throw error;
  }
  loading.parsed.set(path, manifest);
  return manifest;
}

class UnreadableError extends Error {}

async function readFile(loading: Loading, path: string): Promise<string> {
  try {
    return await loading.reader.readText(path);
  } catch (error) {
    throw new UnreadableError(error instanceof Error ? error.message : String(error));
  }
}

/** Loads what is below a node; `chain` holds the files from the root to it. */
async function loadChildren(
  loading: Loading,
  node: Node,
  chain: readonly string[],
  depth: number,
): Promise<ManifestTree> {
  const children: ManifestTree[] = [];
  for (const child of node.manifest.children) {
    const asker: Asker = { file: node.path, at: child.at, key: "child" };
    loading.actors += 1;
    if (loading.actors >= TREE_ACTORS_MAX) {
      note(loading, asker, { code: "too_many", wanted: `at most ${TREE_ACTORS_MAX} actors`, got: "more" });
      break;
    }
    if (depth >= CHILD_DEPTH_MAX) {
      note(loading, asker, {
        code: "too_many",
        wanted: `at most ${CHILD_DEPTH_MAX} levels of children`,
        got: "one more",
      });
      break;
    }
    const below = await resolveChild(loading, node, child, chain, asker);
    if (below !== undefined) children.push(await loadChildren(loading, below.node, below.chain, depth + 1));
  }
  return { ...node, children };
}

async function resolveChild(
  loading: Loading,
  parent: Node,
  child: Child,
  chain: readonly string[],
  asker: Asker,
): Promise<{ readonly node: Node; readonly chain: readonly string[] } | undefined> {
  let address: Address;
  try {
    address = childAddress(parent.address, child.name);
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    note(loading, asker, { code: "bad_value", wanted: error.fault.wanted, got: error.fault.got });
    return undefined;
  }
  if (child.kind === "inline") {
    const { manifest, policy } = child;
    return { node: { address, path: parent.path, manifest, policy }, chain };
  }

  const path = pathBeside(parent.path, child.path);
  if (chain.includes(path)) {
    const got = [...chain.slice(chain.indexOf(path)), path].join(" → ");
    note(loading, asker, { code: "cycle", wanted: "a manifest that is not its own descendant", got });
    return undefined;
  }
  const manifest = await loadFile(loading, path, asker);
  if (manifest === undefined) return undefined;
  for (const { key, item } of excessPermissions(parent.manifest.permissions, manifest.permissions)) {
    const words = describeExcess(key, item, child.name, parent.manifest.name);
    note(loading, asker, { code: "excess_permission", ...words, hint: `${path} asks for it` });
  }
  const named = { ...manifest, name: child.name };
  return { node: { address, path, manifest: named, policy: child.policy }, chain: [...chain, path] };
}

function note(
  loading: Loading,
  asker: Asker,
  finding: Pick<Parameters<typeof report>[1], "code" | "wanted" | "got" | "hint" | "cannot">,
): void {
  const findings: Findings = { file: asker.file, problems: loading.problems };
  report(findings, { ...finding, at: asker.at, path: asker.key });
}
