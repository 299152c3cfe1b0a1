import type { PartRole } from "../chain/mod.ts";

/** Every role that a part can have. */
export const partRoles = [
  "about",
  "state",
  "component",
  "manifest",
  "execution",
  "body",
  "key",
  "arguments",
  "result",
  "response",
  "error",
  "reason",
  "detail",
] as const satisfies readonly PartRole[];
