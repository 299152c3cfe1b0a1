/** What a test runner reported. */
export interface Report {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** The test files that reported something, as paths from the folder of the run. */
  readonly files: ReadonlySet<string>;
}

/** CDATA and comments, which may hold anything, or one tag with its attributes. */
const token =
  /<!\[CDATA\[[\s\S]*?\]\]>|<!--[\s\S]*?-->|<(\/?)([\w:-]+)((?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>/g;

/**
 * Counts the test cases of a JUnit report as `deno test` and `bun test` write
 * it. The totals in the report are not trusted: the two runners mean different
 * things by them.
 *
 * @throws {SyntaxError} when the report ends early or is none
 */
export function readJunit(xml: string): Report {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const files = new Set<string>();
  let outcome: keyof typeof counts | undefined; // Of the test case that is open.
  let whole = false;
  for (const [, slash, name = "", attributes = "", empty] of xml.matchAll(token)) {
    const closes = slash === "/" || empty === "/";
    if (name === "testcase") {
      if (slash !== "/") {
        outcome = "passed";
        files.add(fileOf(attributes));
      }
      if (closes && outcome !== undefined) {
        counts[outcome] += 1;
        outcome = undefined;
      }
    } else if (outcome !== undefined && (name === "failure" || name === "error")) outcome = "failed";
    else if (outcome === "passed" && name === "skipped") outcome = "skipped";
    else if (name === "testsuites" && closes) whole = true;
  }
  if (!whole) {
    throw new SyntaxError("Cannot read the JUnit report: wanted </testsuites> at its end, got none");
  }
  return { ...counts, files };
}

/** Bun names the file of a test case in `file`, Deno in `classname`. */
function fileOf(attributes: string): string {
  const path = /\sfile="([^"]*)"/.exec(attributes)?.[1] ?? /\sclassname="([^"]*)"/.exec(attributes)?.[1] ??
    "";
  return path.replace(/^\.\//, "");
}
