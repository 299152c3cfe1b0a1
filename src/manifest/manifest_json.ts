import { canonicalize, type JsonObject, type JsonValue, parseCanonical } from "../codec/mod.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import type { Manifest } from "./manifest.ts";
import { DEFAULT_POLICY, DEFAULT_SUPERVISOR } from "../supervision/mod.ts";

/**
 * The settings in effect as canonical JSON, for the record: defaults filled in,
 * so that what an actor might do can be read without knowing the defaults of
 * the version that ran it. Children appear by name; each records its own.
 *
 * What bounds the house as a whole (`maxActive`) is no setting of an actor, and may change at any start.
 * Settings that came later stand there only where they differ from their
 * defaults, or every log of an earlier version would ask for an upgrade.
 */
export function manifestJson(manifest: Manifest): string {
  const { name, component, params, permissions, limits, isolation, supervisor, children } = manifest;
  const { pendingMessages, idleMs, ...firstLimits } = limits;
  const policies = children.flatMap((child): [string, JsonObject][] => {
    const policy = differing(child.policy, DEFAULT_POLICY);
    return policy === undefined ? [] : [[child.name, policy]];
  });
  const supervising = differing(supervisor, DEFAULT_SUPERVISOR);
  const settings: JsonObject = {
    name,
    component: { ...component },
    params: parseCanonical(params),
    permissions: { ...permissions },
    limits: { ...firstLimits, ...differing({ pendingMessages, idleMs }, DEFAULT_LIMITS) },
    isolation,
    children: children.map((child) => child.name),
    ...(policies.length > 0 && { policies: Object.fromEntries(policies) }),
    ...(supervising !== undefined && { supervisor: supervising }),
  };
  return canonicalize(settings);
}

/** The members that differ from their defaults; undefined if none does. */
function differing<T extends { readonly [K in keyof T]: JsonValue }>(
  settings: T,
  defaults: { readonly [K in keyof T]: T[K] },
): JsonObject | undefined {
  const keys = (Object.keys(settings) as (keyof T & string)[]).filter((key) =>
    settings[key] !== defaults[key]
  );
  return keys.length === 0 ? undefined : Object.fromEntries(keys.map((key) => [key, settings[key]]));
}
