import process from "node:process";

/** What `tools/build.ts` and `tools/compile.ts` write into a program that is one file. */
export interface Build {
  /** The commit that it was made from, 40 hex digits; with `+` at the end if the files differed from it. */
  readonly commit: string;
  /** What it is for, as in its name: `linux-x64`. */
  readonly target: string;
}

declare const THEATER_BUILD: Build | undefined;

/** Of this program; `undefined` when it runs from its sources. */
export const build: Build | undefined = typeof THEATER_BUILD === "undefined" ? undefined : THEATER_BUILD;

/**
 * A variable of the environment that changes how the engine of a program in one file works, such as
 * `BUN_JSC_useWasm`; only such a program refuses it, as from sources the runtime is the user's own.
 */
export function engineVariable(): string | undefined {
  if (build === undefined) return undefined;
  return Object.keys(process.env).find((name) => name.startsWith("BUN_JSC_"));
}
