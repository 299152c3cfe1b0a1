import { relative, resolve } from "node:path";
import { CliError } from "../cli_error.ts";
import { defineCommand } from "../command.ts";
import { type ExitCode, exitCode } from "../exit_code.ts";
import { findLog } from "../find_log.ts";
import { flag, list, many, value } from "../option.ts";
import { printable } from "../printable.ts";
import { actorAddress, text } from "../readers.ts";
import { createShareProgress } from "../share_progress.ts";
import type { Style } from "../style.ts";

/** Turns from which on a terminal shows how far it has come. */
const progressTurnsMin = 200;

/** `theater test [file…] --against <code>` */
export const test = defineCommand({
  name: "test",
  summary: "Run recorded messages through new code, and say what it does otherwise",
  details: [
    "Every recorded turn is run through the new code, and compared: its state, its response, what it asks of " +
    "its host, and whether it crashes. What it asks is answered from the recording where function and " +
    "arguments are the same as those of a call that was recorded in that turn; nothing real is ever called.",
    "Each turn is run on the recorded state before it, so that one difference does not make all later turns " +
    "differ; with --carry the new code goes on with its own.",
    "Differences that are intended are kept in a file, named by --accept and written by --update: look at it, " +
    "and keep it with the code. What differs otherwise fails, and so does what is listed and no longer happens.",
    "Exit codes: 0 all the same, or as accepted; 1 there are differences; 2 it could not be tested, or not in full.",
  ],
  options: {
    against: value(text("<file>", "a file"), "the new component, script or manifest", "a"),
    actor: list(actorAddress, "only this actor; may be given several times"),
    carry: flag("go on with the state of the new code from turn to turn"),
    accept: value(text("<file>", "a file"), "the list of intended differences"),
    update: flag("write all differences into that list"),
    junit: value(text("<file>", "a file"), "also write the result as JUnit XML"),
  },
  operands: { file: many(text("<file>", "a file"), "bundles or logs; without one the log of this folder") },
  examples: [
    { line: "theater test bundle.db --against counter.ts", note: "before it is released" },
    {
      line: "theater test prod/*.db --against theater.toml --junit report.xml",
      note: "all actors of a manifest, for continuous integration",
    },
    {
      line: "theater test bundle.db --against counter.ts --accept counter.accepted.json --update",
      note: "it is meant to differ like this",
    },
  ],
  async run({ options, operands, global, context }) {
    const { out, err, folder } = context;
    const { against, accept, junit } = options;
    if (against === undefined) {
      throw new CliError({ code: "missing_operand", operand: "--against <file>", command: "test" });
    }
    if (operands.file.length > 0 && global.db !== undefined) {
      const why = "both name what was recorded";
      throw new CliError({ code: "conflict", options: ["--db", "<file>"], why });
    }
    const files = operands.file.length > 0
      ? operands.file
      : [relative(folder, findLog(global.db, folder, () => true))];
    const { junitError, junitXml, RegressionError, replay, resultLines } = await import(
      "../../regression/mod.ts"
    );
    const { writeFileAtomic } = await import("../../platform/mod.ts");
    const report = (xml: string) => {
      if (junit !== undefined) writeFileAtomic(resolve(folder, junit), xml, { mode: 0o644 });
    };
    const progress = createShareProgress(err, context.nowMs, "turns", progressTurnsMin);
    try {
      const result = await replay(files, {
        against,
        folder,
        carry: options.carry,
        update: options.update,
        progress: progress.step,
        ...(accept !== undefined && { accept }),
        ...(options.actor.length > 0 && { actors: options.actor }),
      });
      await progress.finish();
      report(junitXml(result));
      const exit = exits[result.verdict];
      const said = global.json
        ? JSON.stringify({ ...result, exit })
        : resultLines(result).map(({ tone, text }) => tones[tone](printable(text), out.style)).join("\n");
      await out.write(`${said}\n`);
      return exit;
    } catch (error) {
      await progress.finish();
      if (error instanceof RegressionError) report(junitError(against, error.message));
      throw error;
    }
  },
});

const exits: Readonly<Record<"same" | "different" | "incomplete", ExitCode>> = {
  same: exitCode.done,
  different: exitCode.no,
  incomplete: exitCode.failed,
};

const tones = {
  plain: (text: string) => text,
  head: (text: string, style: Style) => style.bold(text),
  good: (text: string, style: Style) => style.green(text),
  bad: (text: string, style: Style) => style.red(text),
  dim: (text: string, style: Style) => style.dim(text),
} as const;
