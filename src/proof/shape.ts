import type { PartRole } from "../chain/mod.ts";

/** Most parts that an entry has. */
export const partsMax = 4;

/** Length of a salt in bytes. */
export { saltBytes } from "../chain/mod.ts";

// Every role, once; a new one fails to compile here.
const roles: { readonly [role in PartRole]: true } = {
  about: true,
  state: true,
  component: true,
  manifest: true,
  execution: true,
  body: true,
  key: true,
  arguments: true,
  result: true,
  response: true,
  error: true,
  reason: true,
  detail: true,
};

/** Whether a word is the role of a part. */
export function isRole(word: string): word is PartRole {
  return Object.hasOwn(roles, word);
}
