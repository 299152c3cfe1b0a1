/**
 * Script actors: a TypeScript or JavaScript file that runs as a component, without a build step.
 *
 * {@linkcode bundleScript} makes one JavaScript text of the file and what it imports;
 * {@linkcode scriptComponent} is a component, the same for every script, that asks for this text through
 * `theater:script/source` and behaves as it says. So a script is sandboxed, recorded and replayed like any
 * other component, and its source is a recorded input.
 *
 * Trusts the pinned bundler and nothing of the author's files: they are data here, and run only inside
 * the component. Layer 3.
 *
 * ```ts
 * import { readFile } from "node:fs/promises";
 *
 * const bundle = await bundleScript("hello.ts", { read: (path) => readFile(path, "utf8") });
 * console.log(bundle.sha256, (await scriptComponent()).length);
 * ```
 * @module
 */

export { type BundleOptions, bundleScript, sourceBytesMax } from "./bundle.ts";
export type { Bundle, BundledFile } from "./bundled_source.ts";
export { scriptComponent, theaterTypes } from "./own_content.ts";
export { bundlerVersion } from "./esbuild.ts";
export { scriptComponentSha256 } from "./script_component.ts";
export { type ImportRule, type Place, ScriptError, type ScriptFault } from "./script_error.ts";
