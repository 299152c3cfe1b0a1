import type { Place } from "./place.ts";

/** What kind of problem a manifest has; stable. */
export type ProblemCode =
  | "toml_syntax"
  | "unknown_key"
  | "missing_key"
  | "wrong_type"
  | "bad_value"
  | "not_available"
  | "excess_permission"
  | "duplicate_name"
  | "unreadable_file"
  | "cycle"
  | "too_many";

/** One thing that is wrong with a manifest. Plain data, so it crosses a thread intact. */
export interface ManifestProblem extends Place {
  readonly code: ProblemCode;
  /** The manifest it is in. */
  readonly file: string;
  /** The key it is about, such as `permissions.clok` or `child[0].name`; empty for the file as a whole. */
  readonly path: string;
  readonly wanted: string;
  readonly got: string;
  /** Cannot X: wanted W, got G. */
  readonly message: string;
}

/** A manifest that cannot be used. Carries everything that was found, in the order of the text. */
export class ManifestError extends Error {
  override readonly name = "ManifestError";
  readonly problems: readonly ManifestProblem[];

  constructor(problems: readonly ManifestProblem[]) {
    super(problems.map(formatProblem).join("\n"));
    this.problems = problems;
  }
}

/** `file:line:column: message`, which editors and terminals turn into a link. */
export function formatProblem(problem: ManifestProblem): string {
  return `${problem.file}:${problem.line}:${problem.column}: ${problem.message}`;
}

/** Where problems are gathered while a manifest is read. */
export interface Findings {
  readonly file: string;
  readonly problems: ManifestProblem[];
}

/** A problem before it knows its file. */
export interface Finding {
  readonly code: ProblemCode;
  readonly at: Place;
  readonly path: string;
  readonly wanted: string;
  readonly got: string;
  /** What the reader can do, put behind the message. */
  readonly hint?: string | undefined;
  /** What cannot be done. @default `read <path>` */
  readonly cannot?: string;
}

/** Adds a problem; the reading goes on. */
export function report(findings: Findings, finding: Finding): void {
  const { code, at, path, wanted, got, hint } = finding;
  const cannot = finding.cannot ?? (path === "" ? "read the manifest" : `read ${path}`);
  const message = `Cannot ${cannot}: wanted ${wanted}, got ${got}` + (hint === undefined ? "" : `; ${hint}`);
  findings.problems.push({
    code,
    file: findings.file,
    line: at.line,
    column: at.column,
    path,
    wanted,
    got,
    message,
  });
}

/** Throws what was found, if anything was. */
export function throwFindings(findings: Findings): void {
  if (findings.problems.length === 0) return;
  const inOrder = findings.problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  throw new ManifestError(inOrder);
}
