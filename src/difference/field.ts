import type { JsonPointer } from "../codec/mod.ts";
import type { VerbatimJson } from "./verbatim_json.ts";

/** The value that a pointer names, or undefined where there is none (RFC 6901 §4). */
export function fieldAt(value: VerbatimJson, pointer: JsonPointer): VerbatimJson | undefined {
  let found: VerbatimJson | undefined = value;
  for (const token of pointer) {
    if (found?.kind === "object") found = found.members.get(token);
    else if (found?.kind === "array" && /^(?:0|[1-9][0-9]*)$/.test(token)) found = found.items[Number(token)];
    else return undefined;
  }
  return found;
}

/** Writes a pointer in its string form (RFC 6901 §3). */
export function formatPointer(pointer: JsonPointer): string {
  return pointer.map((token) => `/${token.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
