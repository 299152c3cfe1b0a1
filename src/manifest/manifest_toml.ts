/**
 * A manifest out of what was recorded of one.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue, parseCanonical } from "../codec/mod.ts";
import { DEFAULT_LIMITS, LIMIT_KEYS, type Limits } from "./limits.ts";
import { PERMISSION_KEYS } from "./permissions.ts";
import { SUPERVISOR_FIELDS } from "./supervision.ts";

/** What stands in a new manifest that was not recorded, or not like this. */
export interface ManifestTomlOptions {
  /** One segment of an address. */
  readonly name: string;
  /** Relative to the folder of the manifest. */
  readonly component: { readonly path: string; readonly sha256?: string };
  /** Lines to begin with, without their `#`. */
  readonly about: readonly string[];
}

/**
 * Writes a manifest in TOML with the params, permissions, limits and ways of
 * supervising of a recorded one ({@linkcode manifestJson}). What has its default is left out;
 * children are, too, and params that TOML cannot hold.
 *
 * @param recorded canonical JSON
 */
export function manifestToml(recorded: string, { name, component, about }: ManifestTomlOptions): string {
  const value = parseCanonical(recorded);
  const settings = isJsonObject(value) ? value : {};
  const { path, sha256 } = component;
  const params = settings["params"] ?? null;
  const written = params === null ? undefined : tomlValue(params);
  return [
    ...about.map((line) => `# ${line}`),
    `name = ${JSON.stringify(name)}`,
    sha256 === undefined
      ? `component = ${JSON.stringify(path)}`
      : `component = { path = ${JSON.stringify(path)}, sha256 = "${sha256}" }`,
    ...(params === null ? [] : [
      written === undefined ? "# params: they hold a null, which TOML does not have" : `params = ${written}`,
    ]),
    ...table("permissions", permissionLines(objectIn(settings, "permissions"))),
    ...table("limits", limitLines(objectIn(settings, "limits"))),
    ...table("supervisor", supervisorLines(objectIn(settings, "supervisor"))),
    "",
  ].join("\n");
}

function table(name: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", `[${name}]`, ...lines];
}

function permissionLines(permissions: JsonObject): string[] {
  return PERMISSION_KEYS.flatMap((key) => {
    const value = permissions[key];
    const granted = value === true || (Array.isArray(value) && value.length > 0);
    const written = granted ? tomlValue(value) : undefined;
    return written === undefined ? [] : [`${key} = ${written}`];
  });
}

function limitLines(limits: JsonObject): string[] {
  return Object.entries(LIMIT_KEYS).flatMap(([key, { field }]) => {
    const value = limits[field];
    if (typeof value !== "number" || value === (DEFAULT_LIMITS[field] satisfies Limits[typeof field])) {
      return [];
    }
    return [`${key} = ${value}`];
  });
}

/** What is recorded differs from its default. */
function supervisorLines(supervisor: JsonObject): string[] {
  return Object.entries(SUPERVISOR_FIELDS).flatMap(([key, field]) => {
    const value = supervisor[field];
    const written = value === undefined ? undefined : tomlValue(value);
    return written === undefined ? [] : [`${key} = ${written}`];
  });
}

function objectIn(settings: JsonObject, key: string): JsonObject {
  const value = settings[key];
  return value !== undefined && isJsonObject(value) ? value : {};
}

/** Undefined where there is a null: TOML has none. */
function tomlValue(value: JsonValue): string | undefined {
  if (value === null) return undefined;
  switch (typeof value) {
    case "boolean":
      return `${value}`;
    case "string":
      return tomlString(value);
    case "number":
      // An integer of TOML has 64 bits; what JSON writes as an exponent, TOML reads as a float.
      return Number.isSafeInteger(value) || !Number.isInteger(value) ? `${value}` : value.toExponential();
    default:
      break;
  }
  if (Array.isArray(value)) {
    const items = value.map(tomlValue);
    return items.includes(undefined) ? undefined : `[${items.join(", ")}]`;
  }
  const members = Object.entries(value).map(([key, member]) => {
    const written = tomlValue(member);
    return written && `${tomlString(key)} = ${written}`;
  });
  if (members.includes(undefined)) return undefined;
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

/** A basic string: JSON's escapes are TOML's, but for DEL, which JSON writes as it is. */
function tomlString(text: string): string {
  return JSON.stringify(text).replaceAll("\x7f", "\\u007f");
}
