import { posix } from "node:path";
import type { ImportRule } from "./script_error.ts";

/** The name under which scripts import the API of an actor. */
export const theaterModule = "theater";

/** What an import leads to. */
export type Target =
  | { readonly to: "theater" }
  /** `path` is relative to the folder of the entry file, normalised, with `/`. */
  | { readonly to: "file"; readonly path: string }
  | { readonly to: "nowhere"; readonly rule: ImportRule };

/** The kinds of file that a script may consist of, and how each is read. */
export const loaders = { ".ts": "ts", ".mts": "ts", ".js": "js", ".mjs": "js", ".json": "json" } as const;

/** How a file is read, by its extension; undefined for what cannot be part of a script. */
export function loaderOf(path: string): "ts" | "js" | "json" | undefined {
  const extension = posix.extname(path);
  return extension in loaders ? loaders[extension as keyof typeof loaders] : undefined;
}

/**
 * Where an import leads. No file is looked for: the answer follows from the texts alone, so that a cached
 * bundle is valid as long as its files are unchanged.
 *
 * @param specifier As written in the import.
 * @param importer Path of the file that has the import, relative to the folder of the entry file.
 * @param kind What esbuild calls the import: "import-statement", "dynamic-import", "require-call", …
 */
export function resolveSpecifier(specifier: string, importer: string, kind: string): Target {
  if (kind === "dynamic-import") return { to: "nowhere", rule: "dynamic" };
  if (kind !== "import-statement") return { to: "nowhere", rule: "require" };
  if (specifier === theaterModule) return { to: "theater" };
  if (/^\.{1,2}(\/|$)/.test(specifier)) {
    if (loaderOf(specifier) === undefined) return { to: "nowhere", rule: "extension" };
    return { to: "file", path: posix.join(posix.dirname(importer), specifier) };
  }
  return { to: "nowhere", rule: foreign(specifier) };
}

function foreign(specifier: string): ImportRule {
  if (/^(node|bun|deno|cloudflare|ext):/.test(specifier) || builtins.has(specifier.split("/")[0] ?? "")) {
    return "builtin";
  }
  if (/^(\/|\\|[A-Za-z]:[\\/]|file:)/.test(specifier)) return "absolute";
  if (/^[a-z][a-z0-9+.-]*:/i.test(specifier)) return "remote";
  return "package";
}

/** Modules of Node that are known by a bare name. */
const builtins: ReadonlySet<string> = new Set(
  ("assert async_hooks buffer bun child_process cluster console crypto dgram dns events fs http http2 https " +
    "inspector module net os path perf_hooks process readline repl stream string_decoder timers tls tty url " +
    "util v8 vm wasi worker_threads zlib").split(" "),
);
