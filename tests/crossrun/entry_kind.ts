import type { Entry } from "../../src/chain/mod.ts";

/** An entry in a few words: its kind, and what of it replay treats differently. */
export function kindOf(entry: Entry): string {
  switch (entry.kind) {
    case "keyframe":
      return `keyframe ${entry.reason}`;
    case "accept":
      return `accept ${entry.type}`;
    case "receive":
      return `receive ${entry.type}${entry.keyed ? " keyed" : ""}`;
    case "call":
      return `call ${entry.outcome}${entry.bodied ? " bodied" : ""}`;
    case "return":
      return `return ${entry.outcome}`;
    case "trap":
      return `trap ${entry.code}`;
    case "cut":
      return `cut ${entry.reason}`;
    default:
      return entry.kind;
  }
}
