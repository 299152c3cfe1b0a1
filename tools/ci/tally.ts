import { readJunit } from "./junit.ts";
import type { Step } from "./steps.ts";

/** What a step came to. */
export interface Result {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Why something failed that no test reported, or was skipped. */
  readonly notes: readonly string[];
  /** How long it took; absent for what was skipped. */
  readonly seconds?: number;
}

/** What a tally needs to look at. */
export interface TallyPorts {
  /** The text of a report, or nothing if it was never written. */
  read(path: string): string | undefined;
  /**
   * The test files below a folder that call `test` themselves, as paths from the top. Deno reports a test under
   * the file that holds the call, which may be one that several test files share.
   */
  testFiles(folder: string): readonly string[];
}

/** Says what one step came to. What crashed before it could count is a failure too. */
export function tally(step: Step, ports: TallyPorts): Result {
  switch (step.kind) {
    case "skip":
      return { name: step.name, passed: 0, failed: 0, skipped: 1, notes: [`skipped: ${step.why}`] };
    case "check": {
      const { name, status, seconds } = step;
      return status === 0
        ? { name, passed: 1, failed: 0, skipped: 0, notes: [], seconds }
        : { name, passed: 0, failed: 1, skipped: 0, notes: [`ended with ${status}`], seconds };
    }
    case "suite":
      return tallySuite(step, ports);
  }
}

function tallySuite(step: Step & { readonly kind: "suite" }, ports: TallyPorts): Result {
  const { name, status, seconds } = step;
  const crashed = (why: string): Result => ({
    name,
    passed: 0,
    failed: 1,
    skipped: 0,
    notes: [why],
    seconds,
  });
  const xml = ports.read(step.report);
  if (xml === undefined) return crashed(`ended with ${status} and wrote no report`);
  let report;
  try {
    report = readJunit(xml);
  } catch (error) {
    if (error instanceof SyntaxError) return crashed(`ended with ${status}: ${error.message}`);
    throw error;
  }
  const notes: string[] = [];
  for (const folder of step.folders) {
    for (const file of ports.testFiles(folder)) {
      if (!report.files.has(file)) notes.push(`${file} reported no test`);
    }
  }
  if (report.passed + report.failed + report.skipped === 0) notes.push("reported no test at all");
  if (status !== 0 && report.failed + notes.length === 0) {
    notes.push(`ended with ${status} though no test failed`);
  }
  const { passed, failed, skipped } = report;
  return { name, passed, failed: failed + notes.length, skipped, notes, seconds };
}

/** The table of all results, and the line that sums them up. */
export function describeTally(results: readonly Result[]): string {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const width = Math.max(0, ...results.map(({ name }) => name.length));
  const lines: string[] = [];
  for (const { name, passed, failed, skipped, notes, seconds } of results) {
    const time = seconds === undefined ? "" : `${seconds} s`;
    lines.push(`${name.padEnd(width)}  ${time.padStart(6)}  ${countText({ passed, failed, skipped })}`);
    for (const note of notes) lines.push(`  ${note}`);
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return `${lines.join("\n")}\n\n${countText(total)}\n`;
}

function countText({ passed, failed, skipped }: { passed: number; failed: number; skipped: number }): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}
