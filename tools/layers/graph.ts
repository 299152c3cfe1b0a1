/** One import of a source file, of whatever form: `import`, `export … from`, `import()`, or the URL of a thread. */
export interface Import {
  /** As it is written. */
  readonly specifier: string;
  /** A path below the top folder (`src/codec/mod.ts`), or what it is outside of it (`node:fs`, `npm:x`). */
  readonly target: string;
  /** One-based. */
  readonly line: number;
  /** Loaded when it is needed (`import()`, a thread), so that a cycle through it does no harm. */
  readonly lazy?: true;
}

/** A source file: its text, and what it imports. */
export interface SourceFile {
  readonly text: string;
  readonly imports: readonly Import[];
}

/** The source files of the house by their path below its top folder, with `/` between segments. */
export type Graph = ReadonlyMap<string, SourceFile>;

/** The room that a path lies in, if it lies in one. */
export function roomOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1];
}

/** The room that a path lies in, or else its top folder; empty for a front door (`cli.ts`). */
export function placeOf(path: string): string {
  return roomOf(path) ?? /^([^/]+)\//.exec(path)?.[1] ?? "";
}

/** Tells whether a file only exists to test others. */
export function isTest(path: string): boolean {
  return /_test\.[jt]s$/.test(path) || /^src\/[^/]+\/testing\//.test(path);
}

/** The one-based line of a position in a text. */
export function lineAt(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < index; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}
