import type { Limits } from "./limits.ts";
import type { Permissions } from "./permissions.ts";
import type { Place } from "./place.ts";
import type { ChildPolicy, Supervisor } from "../supervision/mod.ts";

/** What an actor is and may do, checked. Everything that the manifest left out has its default. */
export interface Manifest {
  /** One segment of an address. */
  readonly name: string;
  readonly component: ComponentSource;
  /** Canonical JSON text, handed to `init`; the text `null` where the manifest has none. */
  readonly params: string;
  readonly permissions: Permissions;
  readonly limits: Limits;
  readonly isolation: Isolation;
  /** Most workers at a time in the house of which this is the root; absent where nothing bounds them. */
  readonly maxActive?: number;
  /** How its children are supervised. */
  readonly supervisor: Supervisor;
  /** In the order of the manifest; names are distinct. */
  readonly children: readonly Child[];
}

/** How an actor is kept apart from others: a worker of its own. */
export type Isolation = "worker";

/** Where a component comes from, as the manifest says it; paths are relative to the manifest's folder. */
export type ComponentSource =
  | { readonly kind: "file"; readonly path: string; readonly sha256?: string }
  | { readonly kind: "url"; readonly url: string; readonly sha256: string };

/** A child that its parent's manifest declares, where it stands, and what it is. */
export type Child =
  | {
    readonly kind: "inline";
    readonly name: string;
    readonly manifest: Manifest;
    readonly policy: ChildPolicy;
    readonly at: Place;
  }
  | {
    readonly kind: "file";
    readonly name: string;
    /** Relative to the folder of the manifest that names it. */
    readonly path: string;
    readonly policy: ChildPolicy;
    /** Where the path stands. */
    readonly at: Place;
  };

/** Levels of children below a manifest. */
export const CHILD_DEPTH_MAX = 16;
/** Actors that one tree of manifests may declare. */
export const TREE_ACTORS_MAX = 10_000;
/** Bytes of a manifest file. */
export const MANIFEST_BYTES_MAX = 1024 * 1024;
/** Most workers that a house may have at a time. */
export const MAX_ACTIVE_MAX = 1_000_000;
/** Levels of nesting within `params`. */
export const PARAMS_DEPTH_MAX = 64;
