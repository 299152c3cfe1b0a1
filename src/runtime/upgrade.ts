/**
 * The upgrade of an actor while its house runs: what it is to run next, from a
 * component or a manifest, and what became of it.
 *
 * @module
 */

import { dirname, relative, resolve } from "node:path";
import { type ActorDefinition, type Upgraded } from "../actor/mod.ts";
import {
  excessPermissions,
  formatProblem,
  loadManifest,
  ManifestError,
  type ManifestTree,
} from "../manifest/mod.ts";
import { readText } from "../platform/mod.ts";
import { checkMigration } from "../component/mod.ts";
import type { ComponentBytes } from "./component_bytes.ts";

/** What an actor is to go on with. */
export interface UpgradeRequest {
  readonly address: string;
  /** A component, a script, or a manifest (`.toml`): an absolute path. */
  readonly path: string;
  /** Whether the new component turns the state of the old one into its own first. @default false */
  readonly migrate?: boolean;
}

/** What became of it. Plain data. */
export type UpgradeAnswer =
  | {
    readonly answer: "upgraded";
    /** The keyframe with which the new activation begins. */
    readonly seq: number;
    /** The component as canonical JSON of its hashes, before and after. */
    readonly before: string;
    readonly after: string;
    /** Whether the new component made a state of its own of the old one. */
    readonly migrated: boolean;
    /** What to write into which manifest for the next start to find it. */
    readonly manifest: { readonly path: string; readonly component: string; readonly differs: boolean };
  }
  | {
    /** The new one did not start or did not migrate the state, which is recorded; the old one goes on. */
    readonly answer: "rolled-back";
    readonly code: string;
    readonly reason: string;
    readonly seq: number;
  }
  | { readonly answer: "not-upgraded"; readonly code: NotUpgradedCode; readonly detail: string };

/** Why nothing was done. */
export type NotUpgradedCode =
  | "no_such_actor"
  | "unchanged"
  | "unusable" // no component or manifest that this actor may run
  | "busy"
  | "not_running";

/** What an actor is made of. */
interface Made {
  readonly node: ManifestTree;
  readonly definition: ActorDefinition;
}

/** An actor of a house that can be upgraded, and what it takes. */
export interface Upgradable extends Made {
  readonly parent: ManifestTree | undefined;
  /** Reads and checks what a manifest names. */
  define(node: ManifestTree): Promise<Made & { readonly component: ComponentBytes }>;
  /** Keeps the bytes of a component in the log. */
  keep(component: ComponentBytes): void;
  upgrade(to: ActorDefinition, migrate: boolean): Promise<Upgraded>;
}

/** Upgrades an actor; with the manifest that it has from then on, if it has another. */
export async function upgradeActor(
  actor: Upgradable,
  { path, migrate = false }: UpgradeRequest,
): Promise<{ readonly answer: UpgradeAnswer; readonly next?: Made }> {
  let next: Made;
  try {
    const { component, ...made } = await actor.define(await nextNode(actor, path));
    next = made;
    const { definition } = made;
    if (sameParts(actor.definition, definition)) {
      const detail = "the component and the manifest are those that it runs already";
      return { answer: { answer: "not-upgraded", code: "unchanged", detail } };
    }
    if (migrate) checkMigration(definition.setup.type);
    actor.keep(component);
  } catch (error) {
    return { answer: { answer: "not-upgraded", code: "unusable", detail: textOf(error) } };
  }
  const outcome = await actor.upgrade(next.definition, migrate);
  if (outcome === "busy") {
    const detail = "another upgrade of it is in hand";
    return { answer: { answer: "not-upgraded", code: "busy", detail } };
  }
  if (outcome === "stopped") {
    return { answer: { answer: "not-upgraded", code: "not_running", detail: "it stopped before" } };
  }
  const { seq } = outcome;
  if (!outcome.upgraded) {
    const { code, reason } = outcome;
    return { answer: { answer: "rolled-back", code, reason, seq } };
  }
  const { node, definition } = next;
  const manifest = {
    path: resolve(node.path),
    component: sourceOf(node),
    differs: node.path === actor.node.path && sourceOf(node) !== sourceOf(actor.node),
  };
  const [before, after] = [actor.definition.parts.component, definition.parts.component];
  return { answer: { answer: "upgraded", seq, before, after, migrated: migrate, manifest }, next };
}

/** The manifest with which an actor is to go on. @throws {ManifestError | Error} */
async function nextNode({ node, parent }: Upgradable, path: string): Promise<ManifestTree> {
  if (!path.endsWith(".toml")) {
    // As a manifest beside it would say it, so that one that does changes nothing.
    const component = { kind: "file", path: relative(resolve(dirname(node.path)), path) } as const;
    return { ...node, manifest: { ...node.manifest, component } };
  }
  const tree = await loadManifest(path, { readText: (file) => Promise.resolve(readText(file)) });
  const found = find(tree, node.address);
  if (found === undefined) {
    throw new Error(
      `Cannot upgrade ${node.address} from ${path}: wanted a manifest that declares it, got one of ${tree.address}`,
    );
  }
  const names = ({ children }: ManifestTree) => children.map(({ address }) => address).join(", ");
  if (names(found) !== names(node)) {
    throw new Error(
      `Cannot upgrade ${node.address} from ${path}: wanted the children that it has (${names(node)}), ` +
        `got ${names(found) || "none"}; stop the house and run the new manifest with --upgrade`,
    );
  }
  const next = { ...found, children: node.children };
  const pairs = [
    ...(parent === undefined ? [] : [[parent, next] as const]),
    ...node.children.map((child) => [next, child] as const),
  ];
  for (const [above, below] of pairs) {
    for (const { key, item } of excessPermissions(above.manifest.permissions, below.manifest.permissions)) {
      throw new Error(
        `Cannot upgrade ${node.address} from ${path}: wanted no more permissions of ${below.address} than ` +
          `${above.address} has, got ${key}${item === undefined ? "" : ` ${item}`}`,
      );
    }
  }
  return next;
}

function find(tree: ManifestTree, address: string): ManifestTree | undefined {
  if (tree.address === address) return tree;
  for (const child of tree.children) {
    const found = find(child, address);
    if (found !== undefined) return found;
  }
  return undefined;
}

function sameParts({ parts: a }: ActorDefinition, { parts: b }: ActorDefinition): boolean {
  return a.component === b.component && a.manifest === b.manifest;
}

function textOf(error: unknown): string {
  if (error instanceof ManifestError) return error.problems.map(formatProblem).join("\n");
  return error instanceof Error ? error.message : String(error);
}

/** The component as the manifest names it. */
function sourceOf({ manifest: { component } }: ManifestTree): string {
  return component.kind === "file" ? component.path : component.url;
}
