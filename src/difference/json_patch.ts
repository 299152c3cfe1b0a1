import type { JsonChange } from "./differences.ts";
import { formatPointer } from "./field.ts";

/** Writes changes as a JSON Patch (RFC 6902), one operation a line; numbers as they were written. */
export function formatPatch(changes: readonly JsonChange[]): string {
  return changes.length === 0 ? "[]" : `[\n${changes.map(operation).join(",\n")}\n]`;
}

function operation(change: JsonChange): string {
  const path = JSON.stringify(formatPointer(change.path));
  switch (change.change) {
    case "added":
      return `{"op":"add","path":${path},"value":${change.after}}`;
    case "removed":
      return `{"op":"remove","path":${path}}`;
    case "replaced":
      return `{"op":"replace","path":${path},"value":${change.after}}`;
  }
}
