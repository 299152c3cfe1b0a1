import type { Entry } from "../../src/chain/mod.ts";

/** An entry in a few words: its kind, and what of it replay treats differently. */
export function kindOf(entry: Entry): string {
  switch (entry.kind) {
    case "keyframe":
      return `keyframe ${entry.reason}`;
    case "accept":
      return `accept ${entry.type}`;
    case "receive":
      return `receive ${entry.type}${entry.keyed ? " keyed" : ""}${
        entry.outcome === undefined ? "" : ` ${entry.outcome}`
      }`;
    case "call":
      return `call ${entry.outcome}${entry.bodied ? " bodied" : ""}`;
    case "return":
      return `return ${entry.outcome}${entry.outcome === "ok" && entry.deferred ? " deferred" : ""}`;
    case "trap":
      return `trap ${entry.code}`;
    case "cut":
      return `cut ${entry.reason}`;
    case "supervise":
      return `supervise ${entry.decision} ${entry.rule}`;
    case "genesis":
      return entry.fork_origin === undefined ? "genesis" : "genesis fork";
    case "incarnation":
    case "erase":
    case "prune":
    case "key":
      return entry.kind;
  }
}
