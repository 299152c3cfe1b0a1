import { canonicalize, type JsonValue, parseCanonical } from "../codec/mod.ts";
import type { Manifest } from "./manifest.ts";

/**
 * The settings in effect as canonical JSON, for the record: defaults filled in,
 * so that what an actor might do can be read without knowing the defaults of
 * the version that ran it. Children appear by name; each records its own.
 */
export function manifestJson(manifest: Manifest): string {
  const { name, component, params, permissions, limits, isolation, children } = manifest;
  const settings: Record<keyof Manifest, JsonValue> = {
    name,
    component: { ...component },
    params: parseCanonical(params),
    permissions: { ...permissions },
    limits: { ...limits },
    isolation,
    children: children.map((child) => child.name),
  };
  return canonicalize(settings);
}
