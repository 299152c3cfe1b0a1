/**
 * TOML as a tree in which every key and value knows its place.
 *
 * The grammar and its errors are the library's (TOML 1.0); this joins headers,
 * dotted keys and inline tables into the one tree that they describe, which the
 * library leaves as it is written. It has refused duplicates by then.
 * @module
 */

import { type AST, parseTOML } from "toml-eslint-parser";
import type { Place } from "./place.ts";
import { type Findings, report } from "./problem.ts";
import { reportSyntax } from "./toml_syntax.ts";

/** A value and where it begins. */
export type TomlValue =
  | { readonly kind: "string"; readonly at: Place; readonly value: string }
  | { readonly kind: "integer"; readonly at: Place; readonly value: bigint }
  | { readonly kind: "float"; readonly at: Place; readonly value: number }
  | { readonly kind: "boolean"; readonly at: Place; readonly value: boolean }
  | { readonly kind: "date"; readonly at: Place; readonly text: string }
  | TomlArray
  | TomlTable;

/** An array, also one of tables. */
export interface TomlArray {
  readonly kind: "array";
  readonly at: Place;
  readonly items: TomlValue[];
}

/** A table, however it was written. */
export interface TomlTable {
  readonly kind: "table";
  readonly at: Place;
  readonly entries: Map<string, TomlEntry>;
}

/** A key of a table, where it stands, and its value. */
export interface TomlEntry {
  readonly keyAt: Place;
  readonly value: TomlValue;
}

/** Levels of arrays and inline tables. A deeper one would overflow the stack of whoever reads it. */
const NESTING_MAX = 100;

/** Parses TOML, or reports why that is not possible and returns undefined. */
export function parseTomlTree(text: string, findings: Findings): TomlTable | undefined {
  let program: AST.TOMLProgram;
  try {
    program = parseTOML(text, { tomlVersion: "1.0" });
  } catch (error) {
    reportSyntax(text, error, findings);
    return undefined;
  }
  const root = newTable({ line: 1, column: 1 });
  for (const node of program.body[0].body) {
    if (node.type === "TOMLKeyValue") addPair(root, node, 0, findings);
    else {
      const table = openTable(root, node);
      for (const pair of node.body) addPair(table, pair, 0, findings);
    }
  }
  return root;
}

/** The table that a header such as `[a.b]` or `[[a]]` opens. */
function openTable(root: TomlTable, node: AST.TOMLTable): TomlTable {
  let table = root;
  const path = node.resolvedKey;
  for (let i = 0; i < path.length; i++) {
    const step = path[i];
    if (typeof step !== "string") continue; // An index: taken together with the key before it.
    const index = path[i + 1];
    table = typeof index === "number"
      ? openItem(table, step, index, node)
      : openMember(table, step, placeOf(node));
  }
  return table;
}

function openMember(table: TomlTable, key: string, at: Place): TomlTable {
  const found = table.entries.get(key)?.value;
  if (found?.kind === "table") return found;
  const opened = newTable(at);
  table.entries.set(key, { keyAt: at, value: opened });
  return opened;
}

function openItem(table: TomlTable, key: string, index: number, node: AST.TOMLTable): TomlTable {
  const found = table.entries.get(key)?.value;
  const array: TomlArray = found?.kind === "array" ? found : { kind: "array", at: placeOf(node), items: [] };
  if (found !== array) table.entries.set(key, { keyAt: array.at, value: array });
  const item = array.items[index];
  if (item?.kind === "table") return item;
  const opened = newTable(placeOf(node));
  array.items.push(opened);
  return opened;
}

/** Adds `a.b = value`. */
function addPair(to: TomlTable, node: AST.TOMLKeyValue, nesting: number, findings: Findings): void {
  let table = to;
  node.key.keys.forEach((key, i) => {
    const keyAt = placeOf(key);
    if (i < node.key.keys.length - 1) table = openMember(table, keyName(key), keyAt);
    else table.entries.set(keyName(key), { keyAt, value: readValue(node.value, nesting, findings) });
  });
}

function readValue(node: AST.TOMLContentNode, nesting: number, findings: Findings): TomlValue {
  const at = placeOf(node);
  if (node.type !== "TOMLValue" && nesting >= NESTING_MAX) {
    const wanted = `at most ${NESTING_MAX} levels of arrays and inline tables`;
    report(findings, { code: "too_many", at, path: "", wanted, got: "one more" });
    return newTable(at);
  }
  switch (node.type) {
    case "TOMLValue":
      return readScalar(node, at);
    case "TOMLArray":
      return {
        kind: "array",
        at,
        items: node.elements.map((each) => readValue(each, nesting + 1, findings)),
      };
    case "TOMLInlineTable": {
      const table = newTable(at);
      for (const pair of node.body) addPair(table, pair, nesting + 1, findings);
      return table;
    }
  }
}

function readScalar(node: AST.TOMLValue, at: Place): TomlValue {
  switch (node.kind) {
    case "string":
      return { kind: "string", at, value: node.value };
    case "integer":
      return { kind: "integer", at, value: node.bigint };
    case "float":
      return { kind: "float", at, value: node.value };
    case "boolean":
      return { kind: "boolean", at, value: node.value };
    case "offset-date-time":
    case "local-date-time":
    case "local-date":
    case "local-time":
      return { kind: "date", at, text: node.datetime };
  }
}

function newTable(at: Place): TomlTable {
  return { kind: "table", at, entries: new Map() };
}

function placeOf(node: AST.TOMLNode): Place {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 };
}

function keyName(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === "TOMLBare" ? key.name : key.value;
}
