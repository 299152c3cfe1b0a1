import { resolve } from "node:path";
import type { ReplayResult } from "../regression/mod.ts";
import type { Context } from "./context.ts";
import { exitCode } from "./exit_code.ts";
import { printable } from "./printable.ts";
import type { Report } from "./report.ts";
import { createShareProgress } from "./share_progress.ts";

/** Turns from which on a terminal shows how far it has come. */
const progressTurnsMin = 200;

/** What the recorded history of an actor came to when other code was run on it. */
export interface HistoryCheck {
  readonly result: ReplayResult;
  /** The same for people. */
  readonly text: string;
}

/**
 * Runs what one actor of a log was told through other code, and compares what comes of it.
 *
 * @throws {RegressionError}
 */
export async function checkHistory(
  logPath: string,
  { actor, path, accept }: {
    readonly actor: string;
    readonly path: string;
    /** A list of intended differences. */
    readonly accept: string | undefined;
  },
  { err, folder, nowMs }: Pick<Context, "err" | "folder" | "nowMs">,
): Promise<HistoryCheck> {
  const { replay, resultLines } = await import("../regression/mod.ts");
  const progress = createShareProgress(err, nowMs, "turns", progressTurnsMin);
  try {
    const result = await replay(resolve(folder, logPath), {
      against: path,
      actors: [actor],
      folder,
      progress: progress.step,
      ...(accept !== undefined && { accept }),
    });
    return { result, text: `${resultLines(result).map(({ text }) => printable(text)).join("\n")}\n` };
  } finally {
    await progress.finish();
  }
}

/** Why an actor is not upgraded after a check, as an error to print. */
export function checkFailed(actor: string, result: ReplayResult): Report {
  const { verdict, differing, stale, compared, turns } = result;
  const different = verdict === "different";
  const why = !different
    ? `only ${compared} of ${turns} recorded turns could be compared`
    : differing > 0
    ? `the new code does something else in ${differing} of ${compared} recorded turns`
    : `${stale.length} accepted differences did not happen`;
  return {
    code: different ? "differs" : "not_compared",
    message: `Cannot upgrade ${actor}: ${why}`,
    next: [
      "nothing was done; --force upgrades it all the same",
      ...(different ? ['"theater test --accept <file> --update" lists what is intended'] : []),
    ],
    exit: different ? exitCode.no : exitCode.failed,
    evidence: result,
  };
}
