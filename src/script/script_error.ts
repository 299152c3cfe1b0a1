/** A place in a file of a script. */
export interface Place {
  /** Relative to the folder of the entry file, with `/`. */
  readonly path: string;
  /** One-based. */
  readonly line: number;
  /** One-based, in UTF-16 units. */
  readonly column: number;
  /** How many UTF-16 units the fault covers, at least 1. */
  readonly length: number;
  /** The text of the line. */
  readonly text: string;
}

/** Why an import cannot be part of a script. */
export type ImportRule =
  | "package" // A bare name.
  | "builtin" // node:, bun:, a module of a runtime.
  | "remote" // http:, https:, npm:, jsr:, data:.
  | "absolute" // A path from the root of the file system, or file:.
  | "extension" // Something other than .ts, .mts, .js, .mjs or .json.
  | "dynamic" // import().
  | "require"; // require().

/** Why there is no script. Plain data. */
export type ScriptFault =
  /** A file cannot be read; `place` is the import that names it, null for the entry file. */
  | {
    readonly code: "unreadable";
    readonly path: string;
    readonly reason: string;
    readonly place: Place | null;
  }
  | {
    readonly code: "import_refused";
    readonly rule: ImportRule;
    readonly specifier: string;
    readonly place: Place | null;
  }
  /** The text is not TypeScript, JavaScript or JSON, or imports a name that is not exported. */
  | { readonly code: "invalid"; readonly problem: string; readonly place: Place | null }
  | { readonly code: "no_handle"; readonly path: string; readonly exports: readonly string[] }
  | { readonly code: "too_large"; readonly bytes: number; readonly bytesMax: number };

/** A script that cannot be made. The message holds every fault, with its line. */
export class ScriptError extends Error {
  override readonly name = "ScriptError";
  /** The first of {@linkcode faults}. */
  readonly fault: ScriptFault;
  /** All that was found, ordered by path and position; never empty. */
  readonly faults: readonly ScriptFault[];

  constructor(entry: string, faults: readonly [ScriptFault, ...ScriptFault[]]) {
    super(`Cannot bundle ${entry} as a script: ${faults.map(describe).join("\n\n")}`);
    this.fault = faults[0];
    this.faults = faults;
  }
}

function describe(fault: ScriptFault): string {
  switch (fault.code) {
    case "unreadable":
      return `cannot read "${fault.path}": ${fault.reason}${frame(fault.place)}`;
    case "import_refused":
      return `cannot import "${fault.specifier}": ${rules[fault.rule]}${frame(fault.place)}`;
    case "invalid":
      return `${fault.problem}${frame(fault.place)}`;
    case "no_handle":
      return `wanted an exported function "handle" in ${fault.path}, got ${
        fault.exports.length === 0 ? "no exports" : `the exports ${fault.exports.join(", ")}`
      }; write: export function handle(state, message) { return [state, null]; }`;
    case "too_large":
      return `wanted at most ${fault.bytesMax} bytes of bundled source, got ${fault.bytes}`;
  }
}

const rules: Readonly<Record<ImportRule, string>> = {
  package:
    'packages are not supported yet; copy the code that you need into a file beside this one and import it as "./name.ts"',
  builtin: 'an actor has nothing of Node, Deno or Bun; what it may use it imports from "theater"',
  remote:
    'a script is made of local files only; save the module beside this one and import it as "./name.ts"',
  absolute: "wanted a relative path, so that the script is the same on every machine",
  extension: 'wanted the whole name of a .ts, .mts, .js, .mjs or .json file, as in "./name.ts"',
  dynamic: 'import() ends after the turn has ended; write: import … from "…" at the top of the file',
  require: 'write: import … from "…" at the top of the file',
};

/** `path:line:column`, the line, and a mark below the fault. */
function frame(place: Place | null): string {
  if (place === null) return "";
  const number = String(place.line);
  const indent = place.text.slice(0, place.column - 1).replaceAll(/[^\t]/g, " ");
  const mark = "^".repeat(Math.max(1, Math.min(place.length, place.text.length - place.column + 1)));
  const margin = " ".repeat(number.length);
  return `\n  ${place.path}:${place.line}:${place.column}\n  ${number} | ${place.text}\n  ${margin} | ${indent}${mark}`;
}
