import type { Output } from "./context.ts";
import type { ExitCode } from "./exit_code.ts";
import { printable, printableLines } from "./printable.ts";

/** What went wrong, ready to be shown. */
export interface Report {
  /** Stable, for machines. */
  readonly code: string;
  readonly message: string;
  /** What was found, a line each, to be shown before the message as it is. */
  readonly findings?: readonly string[];
  /** What to do next, a line each. */
  readonly next: readonly string[];
  readonly exit: ExitCode;
  /** Plain data behind the message, for machines. */
  readonly evidence?: unknown;
  /** Where it happened; only for faults of Theater itself. */
  readonly stack?: string;
}

/** Writes a report: `error: …` and what to do next, or one JSON object. */
export async function writeReport(report: Report, err: Output, json: boolean): Promise<void> {
  if (json) {
    const { code, message, next, exit, evidence, stack } = report;
    await err.write(`${JSON.stringify({ error: { code, message, next, exit, evidence, stack } })}\n`);
    return;
  }
  const lines = [
    ...(report.findings ?? []).map(printableLines),
    `${err.style.red("error:")} ${printable(report.message)}`,
  ];
  for (const line of report.next) lines.push(`  ${printable(line)}`);
  if (report.stack !== undefined) lines.push(printableLines(report.stack));
  await err.write(`${lines.join("\n")}\n`);
}
