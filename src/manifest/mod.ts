/**
 * Manifests: TOML in, a checked {@linkcode Manifest} out, or every problem with
 * its line and column.
 *
 * Nothing is allowed by default, no key is ignored, and a child never gets more
 * than its parent. Trusts nothing that is in a manifest. No I/O of its own:
 * {@linkcode loadManifest} is handed a reader. Layer 1.
 *
 * @example
 * ```ts
 * import { parseManifest } from "./mod.ts";
 *
 * const manifest = parseManifest(
 *   'name = "bank"\ncomponent = "bank.ts"\npermissions.log = true\n',
 *   { path: "bank.toml" },
 * );
 * manifest.limits.turnMs; // 5000
 * parseManifest("nmae = 1", { path: "bank.toml" });
 * // ManifestError: bank.toml:1:1: Cannot read nmae: wanted one of name, …; did you mean name? …
 * ```
 * @module
 */

export {
  type Address,
  AddressError,
  addressFault,
  childAddress,
  matchesAny,
  NODE_ADDRESS,
  parseAddress,
} from "../address/mod.ts";
export { DEFAULT_LIMITS, type Limits } from "./limits.ts";
export { loadManifest, type ManifestReader, type ManifestTree, pathBeside } from "./load_manifest.ts";
export {
  type Child,
  CHILD_DEPTH_MAX,
  type ComponentSource,
  type Isolation,
  type Manifest,
  MANIFEST_BYTES_MAX,
  PARAMS_DEPTH_MAX,
  TREE_ACTORS_MAX,
} from "./manifest.ts";
export type { Place } from "./place.ts";
export { manifestJson } from "./manifest_json.ts";
export { manifestToml, type ManifestTomlOptions } from "./manifest_toml.ts";
export { parseManifest } from "./parse_manifest.ts";
export { type Excess, excessPermissions, NO_PERMISSIONS, type Permissions } from "./permissions.ts";
export { formatProblem, ManifestError, type ManifestProblem, type ProblemCode } from "./problem.ts";
