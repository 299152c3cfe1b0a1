/**
 * Misspelt words: finds what somebody most likely meant, for "did you mean".
 *
 * Trusts nothing; words come from command lines and files. Pure. Layer 0.
 *
 * @example
 * ```ts
 * nearest("lgo", ["log", "show", "state"]); // "log"
 * ```
 * @module
 */

export { nearest } from "./nearest.ts";
