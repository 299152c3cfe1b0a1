import type { JsonPointer } from "../codec/mod.ts";
import { alignItems } from "./align_items.ts";
import type { VerbatimArray, VerbatimJson, VerbatimObject } from "./verbatim_json.ts";

/** One change of a JSON value. Values are JSON texts, numbers as they were written. */
export type JsonChange =
  | { readonly change: "added"; readonly path: JsonPointer; readonly after: string }
  | {
    readonly change: "removed";
    readonly path: JsonPointer;
    /** Where it stood before any change: an item of an array may have moved since. */
    readonly was: JsonPointer;
    readonly before: string;
  }
  | {
    readonly change: "replaced";
    readonly path: JsonPointer;
    readonly before: string;
    readonly after: string;
  };

/**
 * What makes `after` of `before`: changes to be made one after the other, each
 * with its path at that moment. The path of what is added or replaced is also
 * where it stands at the end.
 *
 * Numbers are the same if they are written the same. The order of members says
 * nothing. An object that has a name twice is one value: no path tells its members apart.
 */
export function differences(before: VerbatimJson, after: VerbatimJson): JsonChange[] {
  const changes: JsonChange[] = [];
  compare(before, after, [], [], changes);
  return changes;
}

function compare(
  before: VerbatimJson,
  after: VerbatimJson,
  was: JsonPointer,
  path: JsonPointer,
  changes: JsonChange[],
): void {
  if (before.text === after.text) return;
  if (before.kind === "array" && after.kind === "array") {
    return compareItems(before, after, was, path, changes);
  }
  if (before.kind === "object" && after.kind === "object" && !before.repeats && !after.repeats) {
    return compareMembers(before, after, was, path, changes);
  }
  changes.push({ change: "replaced", path, before: before.text, after: after.text });
}

function compareMembers(
  before: VerbatimObject,
  after: VerbatimObject,
  was: JsonPointer,
  path: JsonPointer,
  changes: JsonChange[],
): void {
  for (const [name, value] of before.members) {
    const other = after.members.get(name);
    if (other !== undefined) compare(value, other, [...was, name], [...path, name], changes);
    else changes.push({ change: "removed", path: [...path, name], was: [...was, name], before: value.text });
  }
  for (const [name, value] of after.members) {
    if (!before.members.has(name)) {
      changes.push({ change: "added", path: [...path, name], after: value.text });
    }
  }
}

function compareItems(
  before: VerbatimArray,
  after: VerbatimArray,
  was: JsonPointer,
  path: JsonPointer,
  changes: JsonChange[],
): void {
  // From left to right: what is left of `at` stands as it will at the end.
  let at = 0;
  const texts = (array: VerbatimArray) => array.items.map(({ text }) => text);
  for (const { before: old, after: fresh } of alignItems(texts(before), texts(after))) {
    const item = old === undefined ? undefined : before.items[old];
    const other = fresh === undefined ? undefined : after.items[fresh];
    const here = [...path, String(at)];
    if (item !== undefined && other !== undefined) compare(item, other, [...was, String(old)], here, changes);
    else if (item !== undefined) {
      changes.push({ change: "removed", path: here, was: [...was, String(old)], before: item.text });
    } else if (other !== undefined) changes.push({ change: "added", path: here, after: other.text });
    if (other !== undefined) at += 1;
  }
}
