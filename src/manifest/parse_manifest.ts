import { isWellFormedText } from "../codec/mod.ts";
import { OUTSIDE, segmentReason } from "../address/mod.ts";
import { readComponent } from "./component_source.ts";
import { LIMIT_KEYS, readLimits } from "./limits.ts";
import type { Child, ComponentSource, Isolation, Manifest } from "./manifest.ts";
import { CHILD_DEPTH_MAX, MANIFEST_BYTES_MAX, MAX_ACTIVE_MAX } from "./manifest.ts";
import { readParams } from "./params.ts";
import { excessPermissions, PERMISSION_KEYS, readPermissions, reportExcess } from "./permissions.ts";
import { type Findings, report, throwFindings } from "./problem.ts";
import { POLICY_KEYS, readPolicy, readSupervisor, SUPERVISOR_KEYS } from "./supervision.ts";
import { find, type Reading, readItems, readString, readTable } from "./table_reader.ts";
import { refuseUnknownKeys, reportMissing, reportType, reportValue } from "./table_reader.ts";
import { parseTomlTree, type TomlTable } from "./toml_tree.ts";

const MANIFEST_KEYS = [
  "name",
  "component",
  "params",
  "permissions",
  "limits",
  "isolation",
  "supervisor",
  "child",
];
/** Keys of a manifest file: of these, `max_active` counts in that of the root. */
const FILE_KEYS = [...MANIFEST_KEYS, "max_active"];
/** Keys of a `[[child]]` that is written out in its parent's manifest. */
const INLINE_KEYS = [...MANIFEST_KEYS, "manifest", ...POLICY_KEYS];
/** Keys that people put at the top although they live in a table. */
const KEYS_ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ...Object.keys(LIMIT_KEYS).filter((key) => key !== "component").map((key) =>
    [key, `limits.${key}`] as const
  ),
  ...PERMISSION_KEYS.map((key) => [key, `permissions.${key}`] as const),
  ...SUPERVISOR_KEYS.map((key) => [key, `supervisor.${key}`] as const),
]);

/**
 * Reads a manifest. Child manifests that it names by path are left to
 * {@linkcode loadManifest}.
 *
 * @param options.path What to call the file in errors.
 * @throws {ManifestError} With every problem found.
 */
export function parseManifest(text: string, options: { readonly path: string }): Manifest {
  const findings: Findings = { file: options.path, problems: [] };
  checkText(text, findings);
  throwFindings(findings);
  const table = parseTomlTree(text, findings);
  throwFindings(findings);
  const reading: Reading = {
    table: table ?? { kind: "table", at: { line: 1, column: 1 }, entries: new Map() },
    path: "",
    findings,
  };
  const maxActive = readMaxActive(reading);
  const manifest: Manifest = {
    ...readManifest(reading, FILE_KEYS, 0),
    ...(maxActive !== undefined && { maxActive }),
  };
  if (manifest.name === OUTSIDE) {
    const found = find(reading, "name");
    if (found !== undefined) {
      reportValue(findings, found, "an actor", `"${OUTSIDE}", which stands for the world outside`);
    }
  }
  throwFindings(findings);
  return manifest;
}

function checkText(text: string, findings: Findings): void {
  const whole = { at: { line: 1, column: 1 }, path: "" } as const;
  if (text.length > MANIFEST_BYTES_MAX) {
    const wanted = `at most ${MANIFEST_BYTES_MAX} characters`;
    report(findings, { ...whole, code: "too_many", wanted, got: `${text.length}` });
  } else if (!isWellFormedText(text)) {
    report(findings, { ...whole, code: "toml_syntax", wanted: "Unicode text", got: "a lone surrogate" });
  }
}

/** Reads one actor's table. Where something is wrong a stand-in takes its place, as all is thrown away in the end. */
function readManifest(reading: Reading, known: readonly string[], depth: number): Manifest {
  const { findings } = reading;
  refuseUnknownKeys(reading, known, KEYS_ELSEWHERE);
  const name = readName(reading);
  const component = readRequiredComponent(reading);
  const permissions = readPermissions(subtable(reading, "permissions"));
  const limits = readLimits(subtable(reading, "limits"));
  const params = find(reading, "params");
  const json = params === undefined ? "null" : readParams(findings, params);
  if (params !== undefined && json.length > limits.messageBytes) {
    reportValue(
      findings,
      params,
      `at most limits.message, ${limits.messageBytes} bytes of JSON`,
      `${json.length}`,
    );
  }
  const isolation = readIsolation(reading);
  const supervisor = readSupervisor(subtable(reading, "supervisor"));
  const manifest = { name, component, params: json, permissions, limits, isolation, supervisor };
  return { ...manifest, children: readChildren(reading, manifest, depth) };
}

function readName(reading: Reading): string {
  const wanted = "the name of the actor: a-z, 0-9, dot, underscore and hyphen, 64 characters at most";
  const found = find(reading, "name");
  if (found === undefined) {
    reportMissing(reading, "name", wanted);
    return "";
  }
  const name = readString(reading.findings, found, wanted) ?? "";
  const reason = found.value.kind === "string" ? segmentReason(name) : undefined;
  if (reason !== undefined) {
    reportValue(reading.findings, found, name === "" ? wanted : reason.wanted, reason.got);
  }
  return name;
}

function readRequiredComponent(reading: Reading): ComponentSource {
  const found = find(reading, "component");
  const component = found === undefined ? undefined : readComponent(reading.findings, found);
  if (found === undefined) {
    reportMissing(reading, "component", 'the component to run, such as "counter.ts" or "counter.wasm"');
  }
  return component ?? { kind: "file", path: "" };
}

function readIsolation(reading: Reading): Isolation {
  const found = find(reading, "isolation");
  if (found === undefined) return "worker";
  const text = readString(reading.findings, found, '"worker"');
  if (text === "shared") {
    const { at } = found.value;
    const got = '"shared", which is not available yet';
    report(reading.findings, { code: "not_available", at, path: found.path, wanted: '"worker"', got });
  } else if (text !== undefined && text !== "worker") reportValue(reading.findings, found, '"worker"');
  return "worker";
}

function readMaxActive(reading: Reading): number | undefined {
  const found = find(reading, "max_active");
  if (found === undefined) return undefined;
  const { value } = found;
  if (value.kind === "integer" && value.value >= 1 && value.value <= MAX_ACTIVE_MAX) {
    return Number(value.value);
  }
  const report = value.kind === "integer" ? reportValue : reportType;
  report(reading.findings, found, `the most workers at a time, 1 to ${MAX_ACTIVE_MAX}`);
  return undefined;
}

/** A table that may be absent, which is an empty one. */
function subtable(reading: Reading, key: string): Reading {
  const { findings } = reading;
  const found = find(reading, key);
  const empty: TomlTable = { kind: "table", at: reading.table.at, entries: new Map() };
  const absent: Reading = { table: empty, path: key, findings };
  return found === undefined ? absent : readTable(findings, found, `a table: [${found.path}]`) ?? absent;
}

type Parent = Omit<Manifest, "children">;

function readChildren(reading: Reading, parent: Parent, depth: number): readonly Child[] {
  const { findings } = reading;
  const found = find(reading, "child");
  if (found === undefined) return [];
  if (depth >= CHILD_DEPTH_MAX) {
    const wanted = `at most ${CHILD_DEPTH_MAX} levels of children`;
    report(findings, { code: "too_many", at: found.value.at, path: found.path, wanted, got: "one more" });
    return [];
  }
  const items = readItems(findings, found, "an array of tables: [[child]]");
  if (items.length > parent.limits.children) {
    const wanted = `at most limits.children, ${parent.limits.children}`;
    report(findings, {
      code: "too_many",
      at: found.value.at,
      path: found.path,
      wanted,
      got: `${items.length}`,
    });
  }
  const names = new Set<string>();
  const children: Child[] = [];
  for (const item of items) {
    const table = readTable(findings, item, "a table: [[child]]");
    if (table === undefined) continue;
    const child = table.table.entries.has("manifest")
      ? readFileChild(table)
      : readInlineChild(table, parent, depth);
    if (names.has(child.name)) reportTwice(table, child.name);
    names.add(child.name);
    children.push(child);
  }
  return children;
}

function readFileChild(reading: Reading): Child {
  const { findings } = reading;
  for (const [key, entry] of reading.table.entries) {
    if (key === "manifest" || key === "name" || !MANIFEST_KEYS.includes(key)) continue;
    const path = `${reading.path}.${key}`;
    const got = "this key beside manifest";
    report(findings, {
      code: "unknown_key",
      at: entry.keyAt,
      path,
      wanted: "it in the child's own manifest",
      got,
    });
  }
  refuseUnknownKeys(reading, INLINE_KEYS);
  const name = readName(reading);
  const wanted = 'a path, such as "teller.toml"';
  const found = find(reading, "manifest");
  const path = found === undefined ? undefined : readString(findings, found, wanted);
  if (found !== undefined && (path === "" || path?.includes("\0"))) reportValue(findings, found, wanted);
  const policy = readPolicy(reading);
  return { kind: "file", name, path: path ?? "", policy, at: found?.value.at ?? reading.table.at };
}

function readInlineChild(reading: Reading, parent: Parent, depth: number): Child {
  const manifest = readManifest(reading, INLINE_KEYS, depth + 1);
  const excess = excessPermissions(parent.permissions, manifest.permissions);
  reportExcess(subtable(reading, "permissions"), manifest.name, parent.name, excess);
  const policy = readPolicy(reading);
  return { kind: "inline", name: manifest.name, manifest, policy, at: reading.table.at };
}

function reportTwice(reading: Reading, name: string): void {
  const found = find(reading, "name");
  if (found === undefined || name === "") return;
  const { value, path } = found;
  const got = `${JSON.stringify(name)} again`;
  report(reading.findings, {
    code: "duplicate_name",
    at: value.at,
    path,
    wanted: "another name for each child",
    got,
  });
}
