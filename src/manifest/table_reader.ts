import { nearest } from "../spelling/mod.ts";
import { type Findings, report } from "./problem.ts";
import type { TomlTable, TomlValue } from "./toml_tree.ts";

/** A table that is being read, and what to call it in a message. */
export interface Reading {
  readonly table: TomlTable;
  /** Path of the table, empty for the top. */
  readonly path: string;
  readonly findings: Findings;
}

/** A key's value, and what to call it in a message. */
export interface Found {
  readonly value: TomlValue;
  readonly path: string;
}

/** The path of a key below a table. */
export function joinPath(path: string, key: string): string {
  const shown = /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(brief(key));
  return path === "" ? shown : `${path}.${shown}`;
}

/** The value of a key, if it is there. */
export function find(reading: Reading, key: string): Found | undefined {
  const entry = reading.table.entries.get(key);
  return entry === undefined ? undefined : { value: entry.value, path: joinPath(reading.path, key) };
}

/**
 * Reports every key that is not known, with the nearest that is.
 *
 * @param elsewhere Keys that are known in other tables, with their paths: `clock` is `permissions.clock`.
 */
export function refuseUnknownKeys(
  reading: Reading,
  known: readonly string[],
  elsewhere: ReadonlyMap<string, string> = new Map(),
): void {
  for (const [key, { keyAt }] of reading.table.entries) {
    if (known.includes(key)) continue;
    const meant = elsewhere.get(key) ?? nearest(key.toLowerCase().replaceAll("-", "_"), known);
    report(reading.findings, {
      code: "unknown_key",
      at: keyAt,
      path: joinPath(reading.path, key),
      wanted: `one of ${known.join(", ")}`,
      got: "an unknown key",
      hint: meant === undefined ? undefined : `did you mean ${meant}?`,
    });
  }
}

/** Reports that a key must be there. */
export function reportMissing(reading: Reading, key: string, wanted: string): void {
  const { table, path, findings } = reading;
  report(findings, { code: "missing_key", at: table.at, path: joinPath(path, key), wanted, got: "nothing" });
}

/** Reports a value of another type. */
export function reportType(findings: Findings, found: Found, wanted: string, hint?: string): void {
  const { value, path } = found;
  report(findings, { code: "wrong_type", at: value.at, path, wanted, got: describeValue(value), hint });
}

/** Reports a value of the right type that is not allowed. */
export function reportValue(
  findings: Findings,
  found: Found,
  wanted: string,
  got?: string,
  hint?: string,
): void {
  const { value, path } = found;
  report(findings, { code: "bad_value", at: value.at, path, wanted, got: got ?? describeValue(value), hint });
}

/** A string, or undefined after reporting. */
export function readString(findings: Findings, found: Found, wanted: string): string | undefined {
  if (found.value.kind === "string") return found.value.value;
  reportType(findings, found, wanted);
  return undefined;
}

/** A table, or undefined after reporting. */
export function readTable(findings: Findings, found: Found, wanted: string): Reading | undefined {
  if (found.value.kind === "table") return { table: found.value, path: found.path, findings };
  reportType(findings, found, wanted);
  return undefined;
}

/** The items of an array, each with its path, or none after reporting. */
export function readItems(findings: Findings, found: Found, wanted: string): readonly Found[] {
  if (found.value.kind === "array") {
    return found.value.items.map((value, i) => ({ value, path: `${found.path}[${i}]` }));
  }
  reportType(findings, found, wanted);
  return [];
}

/** Names a value in a message. */
export function describeValue(value: TomlValue): string {
  switch (value.kind) {
    case "string":
      return `the string ${JSON.stringify(brief(value.value))}`;
    case "integer":
      return `the integer ${brief(String(value.value))}`;
    case "float":
      return `the number ${value.value}`;
    case "boolean":
      return String(value.value);
    case "date":
      return `the date ${value.text}`;
    case "array":
      return "an array";
    case "table":
      return "a table";
  }
}

function brief(text: string): string {
  return text.length > 48 ? text.slice(0, 48) + "…" : text;
}
