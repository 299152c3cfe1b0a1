import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { cachedBundle, storeBundle } from "./bundle_cache.ts";
import type { Bundle, BundledFile } from "./bundled_source.ts";
import { type BuildOptions, type BuildResult, type Message, type Plugin, withEsbuild } from "./esbuild.ts";
import { lineTable, type SourceMap } from "./line_table.ts";
import { type Place, ScriptError, type ScriptFault } from "./script_error.ts";
import { loaderOf, resolveSpecifier } from "./specifier.ts";

export interface BundleOptions {
  /** Gives the text of a file, by its path (that of the entry file, or one joined to its folder). */
  readonly read: (path: string) => Promise<string>;
  /** A folder that keeps bundles from one start to the next; made if absent. Without it nothing is kept. */
  readonly cacheDir?: string;
}

/** The largest bundle, in bytes of UTF-8. */
export const sourceBytesMax = 8 * 1024 * 1024;

const scriptNamespace = "script";
const theaterNamespace = "theater";

/** What the function parameter `theater` holds: see `guests/script/api.js`. */
export const theaterExports = [
  "log",
  "clock",
  "random",
  "timers",
  "environment",
  "send",
  "request",
  "defer",
  "reply",
  "exit",
  "self",
  "Refusal",
  "SendError",
] as const;

/**
 * Makes one JavaScript text of a script and the relative files that it imports: types stripped, in the
 * order and with the cycles of ES modules, `theater` left to the script component.
 *
 * The text depends on the contents and relative paths of the files and on nothing else: the same under
 * every runtime and in every folder.
 *
 * A file that is such a text already, as a log keeps it, is taken as it is.
 *
 * @param entryPath The file that exports `handle`, and `init` and `migrate` if it has them.
 * @throws {ScriptError} when the files are not a script; with path, line and column.
 */
export async function bundleScript(entryPath: string, options: BundleOptions): Promise<Bundle> {
  const entry = basename(entryPath);
  const folder = dirname(entryPath);
  const texts = new Map<string, Promise<string>>();
  const read = (path: string): Promise<string> => {
    const known = texts.get(path);
    if (known !== undefined) return known;
    const text = options.read(path === entry ? entryPath : join(folder, path));
    texts.set(path, text);
    return text;
  };

  if (loaderOf(entry) !== "ts" && loaderOf(entry) !== "js") {
    throw new ScriptError(entry, [{
      code: "import_refused",
      rule: "extension",
      specifier: entry,
      place: null,
    }]);
  }
  const entryText = await read(entry).catch((error: unknown) => {
    throw new ScriptError(entry, [{ code: "unreadable", path: entry, reason: reasonOf(error), place: null }]);
  });
  if (isBundle(entryText)) {
    const source = sha256(checkSize(entry, entryText));
    return { source: entryText, sha256: source, files: [{ path: entry, sha256: source }] };
  }
  const { cacheDir } = options;
  if (cacheDir !== undefined) {
    const cached = await cachedBundle(cacheDir, entry, entryText, read);
    if (cached !== undefined) return cached;
  }

  const { source, paths } = await build(entry, read);
  const bytes = checkSize(entry, source);
  const files: BundledFile[] = [];
  for (const path of [...paths].sort()) files.push({ path, sha256: sha256(await read(path)) });
  const bundle: Bundle = { source, sha256: sha256(bytes), files };
  if (cacheDir !== undefined) await storeBundle(cacheDir, entry, entryText, bundle);
  return bundle;
}

/** Whether a text was made here, as a log keeps it: no module ends with a `return`, and a table of its lines. */
function isBundle(text: string): boolean {
  return text.startsWith('"use strict";\n') && /\nreturn \{[^{}\n]*\};\n\/\/# lines=\{[^\n]*\}\n$/.test(text);
}

function checkSize(entry: string, source: string): Uint8Array {
  const bytes = new TextEncoder().encode(source);
  if (bytes.length <= sourceBytesMax) return bytes;
  throw new ScriptError(entry, [{ code: "too_large", bytes: bytes.length, bytesMax: sourceBytesMax }]);
}

interface Built {
  readonly source: string;
  readonly paths: readonly string[];
}

async function build(entry: string, read: (path: string) => Promise<string>): Promise<Built> {
  const loaded = new Set<string>();
  const options = {
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: "esm", // Flat, with one export clause at its end, which `asFunctionBody` turns into a return.
    platform: "neutral",
    target: "es2023", // What QuickJS has whole; newer syntax is lowered.
    supported: { "top-level-await": false, "import-meta": false },
    charset: "utf8",
    legalComments: "none",
    sourcemap: "external",
    sourcesContent: false,
    banner: { js: '"use strict";' },
    absWorkingDir: "/",
    outfile: "/script.js",
    tsconfigRaw: "{}", // None of the author's, which the other runtime would not find.
    logLevel: "silent",
    logLimit: 0,
    plugins: [files(entry, read, loaded)],
  } as const satisfies BuildOptions;

  let result: BuildResult<typeof options>;
  try {
    result = await withEsbuild((esbuild) => esbuild(options));
  } catch (error) {
    throw asScriptError(entry, error);
  }
  const faults = result.warnings.filter((warning) => fatalWarnings.has(warning.id)).map(faultOf);
  if (faults[0] !== undefined) throw new ScriptError(entry, [faults[0], ...faults.slice(1)]);
  const exports = Object.values(result.metafile.outputs).flatMap((output) => output.exports);
  if (!exports.includes("handle")) {
    throw new ScriptError(entry, [{ code: "no_handle", path: entry, exports }]);
  }

  const text = result.outputFiles.find((file) => file.path.endsWith(".js"))?.text ?? "";
  const map: SourceMap = JSON.parse(
    result.outputFiles.find((file) => file.path.endsWith(".map"))?.text ?? "",
  );
  const lines = lineTable({ ...map, sources: map.sources.map(withoutNamespace) }, text);
  return {
    source: `${asFunctionBody(text)}\n${lines}\n`,
    paths: [...loaded],
  };
}

/** Exports of a script that are called. */
const called: ReadonlySet<string> = new Set(["init", "handle", "migrate"]);

/**
 * Ends the text with `return { … };` in place of its export clause, which esbuild writes once, last, with
 * one name a line.
 */
function asFunctionBody(text: string): string {
  const clause = /\nexport \{\n([^{}]*)\n\};\s*$/.exec(text);
  if (clause === null) throw new Error("Cannot read the bundle: it does not end with an export clause");
  const members: string[] = [];
  for (const line of (clause[1] ?? "").split("\n")) {
    const [, local, exported] = /^\s*(\S+?)(?: as (\S+?))?,?$/.exec(line) ?? [];
    const name = exported ?? local;
    if (name !== undefined && called.has(name)) members.push(local === name ? name : `${name}: ${local}`);
  }
  return `${text.slice(0, clause.index)}\nreturn { ${members.join(", ")} };`;
}

/** Warnings of esbuild about what would fail later, far from its cause. */
const fatalWarnings: ReadonlySet<string> = new Set([
  "empty-import-meta",
  "import-is-undefined",
  "call-import-namespace",
  "commonjs-variable-in-esm",
]);

/** Resolves and loads everything, as esbuild itself has no file system; `loaded` gets the paths. */
function files(entry: string, read: (path: string) => Promise<string>, loaded: Set<string>): Plugin {
  return {
    name: "script",
    setup(build) {
      build.onResolve({ filter: /.*/ }, async (args) => {
        if (args.kind === "entry-point") return { path: entry, namespace: scriptNamespace };
        const target = resolveSpecifier(args.path, args.importer, args.kind);
        switch (target.to) {
          case "theater":
            return { path: theaterNamespace, namespace: theaterNamespace, sideEffects: false };
          case "nowhere":
            return refuse({ code: "import_refused", rule: target.rule, specifier: args.path, place: null });
          case "file":
            if ("type" in args.with && args.with.type !== loaderOf(target.path)) {
              const problem = `cannot import "${args.path}" as type "${args.with.type}"`;
              return refuse({ code: "invalid", problem, place: null });
            }
            try {
              await read(target.path);
              return { path: target.path, namespace: scriptNamespace };
            } catch (error) {
              return refuse({ code: "unreadable", path: target.path, reason: reasonOf(error), place: null });
            }
        }
      });
      build.onLoad({ filter: /.*/, namespace: scriptNamespace }, async ({ path }) => {
        loaded.add(path);
        return { contents: await read(path), loader: loaderOf(path) ?? "js" };
      });
      build.onLoad({ filter: /.*/, namespace: theaterNamespace }, () => {
        // `theater` stays free here: it is the parameter of the function whose body the bundle is.
        return { contents: `export const { ${theaterExports.join(", ")} } = theater;`, loader: "js" };
      });
    },
  };
}

function refuse(fault: ScriptFault): { errors: { text: string; detail: ScriptFault }[] } {
  return { errors: [{ text: fault.code, detail: fault }] };
}

function asScriptError(entry: string, error: unknown): unknown {
  const messages = (error as { readonly errors?: readonly Message[] } | null)?.errors;
  if (!Array.isArray(messages)) return error; // Not about the script.
  const [first, ...rest] = (messages as readonly Message[]).map(faultOf).sort(byPlace);
  return first === undefined ? error : new ScriptError(entry, [first, ...rest]);
}

function faultOf(message: Message): ScriptFault {
  const place = placeOf(message);
  const fault = message.detail as ScriptFault | undefined;
  if (fault !== undefined && "place" in fault) return { ...fault, place };
  return { code: "invalid", problem: problemOf(message.text), place };
}

/** What esbuild says, in the words of who writes an actor. */
function problemOf(text: string): string {
  const missing = /^No matching export in "theater:theater" for import "(.*)"$/.exec(text)?.[1];
  if (missing === "default") return '"theater" has no default export; write: import { … } from "theater"';
  if (missing !== undefined) {
    return `"theater" does not export "${missing}"; it exports ${theaterExports.join(", ")}`;
  }
  if (text.startsWith("Top-level await")) return "await cannot be used here: an actor waits for nothing";
  if (text.startsWith('"import.meta"')) return "import.meta is not available in an actor";
  return text.replaceAll(`"${scriptNamespace}:`, '"');
}

function placeOf({ location }: Message): Place | null {
  if (location === null) return null;
  // esbuild counts columns and lengths in bytes of UTF-8.
  const bytes = new TextEncoder().encode(location.lineText);
  const units = (from: number, to: number) => new TextDecoder().decode(bytes.subarray(from, to)).length;
  return {
    path: withoutNamespace(location.file),
    line: location.line,
    column: units(0, location.column) + 1,
    length: Math.max(1, units(location.column, location.column + location.length)),
    text: location.lineText,
  };
}

function withoutNamespace(path: string): string {
  return path.slice(path.indexOf(":") + 1);
}

function byPlace(a: ScriptFault, b: ScriptFault): number {
  const key = (fault: ScriptFault) => "place" in fault ? fault.place : null;
  const [left, right] = [key(a), key(b)];
  if (left === null || right === null) return left === right ? 0 : left === null ? -1 : 1;
  if (left.path !== right.path) return left.path < right.path ? -1 : 1;
  return left.line - right.line || left.column - right.column;
}

function reasonOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  return error instanceof Error ? error.message : String(error);
}

/** SHA-256 in hex; of a text, as UTF-8. */
function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
