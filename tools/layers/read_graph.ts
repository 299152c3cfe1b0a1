import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Graph, type Import, isTest, lineAt, type SourceFile } from "./graph.ts";

/** What is looked through below the top folder. */
const folders = ["src", "tests", "examples", "bench", "tools"];
const doors = ["cli.ts", "mod.ts"];

/** Threads are started by the URL of their module, which is an import as well. */
const threadUrl = /new URL\(\s*"(\.{1,2}\/[^"]+\.[jt]s)",\s*import\.meta\.url/g;

/** One resolved import as `deno info` tells it. */
interface Resolved {
  readonly specifier?: string;
  readonly error?: string;
  readonly span: { readonly start: { readonly line: number } };
}

interface InfoModule {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly specifier: string;
    readonly isDynamic?: boolean;
    readonly code?: Resolved;
    readonly type?: Resolved;
  }[];
}

/**
 * Reads the import graph of the house in `top`: what Deno itself makes of every
 * file. Runs under Deno only.
 *
 * @throws when a file cannot be read or parsed
 */
export function readGraph(top: string): Graph {
  const paths = sourcePaths(top);
  const modules = denoInfo(top, paths);
  const graph = new Map<string, SourceFile>();
  for (const path of paths) {
    const text = readFileSync(join(top, path), "utf8");
    const found = modules.get(pathToFileURL(join(top, path)).href);
    if (found === undefined) throw new Error(`Cannot read the imports of ${path}: Deno does not list it`);
    graph.set(path, {
      text,
      imports: [...declared(top, path, found), ...(isTest(path) ? [] : threads(top, path, text))],
    });
  }
  return graph;
}

function sourcePaths(top: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(top, { withFileTypes: true })) {
    if (entry.isFile() && doors.includes(entry.name)) found.push(entry.name);
    if (!entry.isDirectory() || !folders.includes(entry.name)) continue;
    for (const path of readdirSync(join(top, entry.name), { recursive: true, encoding: "utf8" })) {
      const whole = join(entry.name, path).split(sep).join("/");
      if (/\.[jt]s$/.test(path) && !whole.includes("/node_modules/") && !whole.includes("/build/")) {
        found.push(whole);
      }
    }
  }
  return found.sort();
}

function denoInfo(top: string, paths: readonly string[]): ReadonlyMap<string, InfoModule> {
  const folder = mkdtempSync(join(tmpdir(), "layers-"));
  try {
    const root = join(folder, "all.ts"); // `deno info` takes one root: this one imports them all.
    writeFileSync(
      root,
      paths.map((path) => `import ${JSON.stringify(pathToFileURL(join(top, path)).href)};\n`).join(""),
    );
    const args = ["info", "--json", "--frozen", "--config", join(top, "deno.json"), root];
    const printed = execFileSync(process.execPath, args, { encoding: "utf8", maxBuffer: 1 << 28, cwd: top });
    const { modules } = JSON.parse(printed) as { readonly modules: readonly InfoModule[] };
    return new Map(modules.map((module) => [module.specifier, module]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function declared(top: string, path: string, module: InfoModule): Import[] {
  return (module.dependencies ?? []).flatMap(({ specifier, isDynamic, code, type }): Import[] => {
    const resolved = code ?? type;
    if (resolved === undefined) return [];
    if (resolved.specifier === undefined) {
      throw new Error(`Cannot resolve ${specifier} in ${path}: ${resolved.error ?? "no reason given"}`);
    }
    return [{
      specifier,
      target: targetOf(top, resolved.specifier),
      line: resolved.span.start.line + 1,
      ...(isDynamic && { lazy: true as const }),
    }];
  });
}

function threads(top: string, path: string, text: string): Import[] {
  return [...text.matchAll(threadUrl)].flatMap((match): Import[] => {
    const specifier = match[1];
    if (
      specifier === undefined || /^\s*(?:\*|\/\/)/.test(text.slice(text.lastIndexOf("\n", match.index) + 1))
    ) {
      return [];
    }
    const target = targetOf(top, new URL(specifier, pathToFileURL(join(top, path))).href);
    return [{ specifier, target, line: lineAt(text, match.index), lazy: true }];
  });
}

function targetOf(top: string, url: string): string {
  const installed = /\/node_modules\/((?!.*\/node_modules\/).*)$/.exec(url)?.[1];
  if (installed !== undefined) return `npm:${installed}`;
  return url.startsWith("file:") ? relative(top, fileURLToPath(url)).split(sep).join("/") : url;
}
