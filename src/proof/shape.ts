/** Most parts that an entry has. */
export const partsMax = 4;

export { isPartRole, saltBytes } from "../chain/mod.ts";
