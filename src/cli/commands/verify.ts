import { resolve } from "node:path";
import type { LogReader } from "../../store/mod.ts";
import { CliError } from "../cli_error.ts";
import { defineCommand } from "../command.ts";
import { type ExitCode, exitCode } from "../exit_code.ts";
import { findLog } from "../find_log.ts";
import { flag, list, optional, value } from "../option.ts";
import { text } from "../readers.ts";
import { readTrust } from "../read_trust.ts";
import { writeReport } from "../report.ts";
import { replayLog, replayOutcome } from "../replay_log.ts";
import { createShareProgress } from "../share_progress.ts";
import { formatProofVerdict, formatVerdict } from "../verdict_text.ts";

/** Entries from which on a terminal shows how far it has come. */
const progressEntriesMin = 20_000;
/** The same of turns that are run again. */
const progressTurnsMin = 1000;

/** `theater verify [file]` */
export const verify = defineCommand({
  name: "verify",
  summary: "Check a bundle, a log or a proof, and say what it shows",
  details: [
    "Every hash is computed anew, and every rule of the format is applied; what is missing must have " +
    "a committed reason. All faults are listed, the first bad entry of a chain first. Nothing in the " +
    "file is believed, its keys included: without --key, --policy or --since the verdict is on " +
    "consistency only.",
    "With --replay every turn is run again in a worker that can reach nothing, as far as its parts are " +
    "here, and compared to the byte. That runs the component that the file carries.",
    "Exit codes: 0 verified, 1 refuted, 2 could not be checked, 3 not signed as --key or --policy want it.",
  ],
  options: {
    key: list(
      text("<key>", "a verifier key, or a file with some"),
      "a key of the node that you trust, or a file of keys",
    ),
    policy: value(text("<file>", "a file"), "logs and witnesses that you trust (c2sp.org/tlog-policy)"),
    replay: flag("run every turn again, and compare it with the record"),
    since: value(text("<file>", "a file"), "a checkpoint that you saved earlier: the log must continue it"),
  },
  operands: {
    file: optional(text("<file>", "a file"), "a bundle, a log, or a proof; the log here if left out"),
  },
  examples: [
    { line: "theater verify bundle.db --key node.vkey", note: "what a stranger sent you" },
    {
      line: "theater verify --since saved.checkpoint",
      note: "the log here, against what you saved last week",
    },
    { line: "theater verify posting.proof.json --key node.vkey", note: "one proof" },
  ],
  async run({ options, operands, global, context }) {
    const { out, err, folder } = context;
    const trust = readTrust({ keys: options.key, policy: options.policy, since: options.since }, folder);
    const path = locate(operands.file, global.db, folder);
    const proofs = await import("../../proof/mod.ts");
    if (proofs.looksLikeProof(path)) {
      if (options.since !== undefined || options.replay) {
        const why = "one proof does not show what came before it";
        const option = options.replay ? "--replay" : "--since";
        throw new CliError({ code: "conflict", options: [option, operands.file ?? ""], why });
      }
      const { keys, policy } = trust;
      const asked = { ...(keys.length > 0 && { keys }), ...(policy !== undefined && { policy }) };
      const verdict = proofs.verifyProof(proofs.loadProof(path), asked);
      await out.write(global.json ? `${JSON.stringify(verdict)}\n` : formatProofVerdict(verdict, out.style));
      return exitOf(verdict.exit);
    }

    const runAgain = async (reader: LogReader) => {
      const progress = createShareProgress(err, context.nowMs, "turns", progressTurnsMin);
      try {
        return await replayOutcome(await replayLog(reader, undefined, progress.step));
      } finally {
        await progress.finish();
        reader.close();
      }
    };
    const { openEvidence, openLogReader, StoreError } = await import("../../store/mod.ts");
    const judge = await import("../../verify/mod.ts");
    try {
      const evidence = openEvidence(path);
      try {
        const progress = createShareProgress(err, context.nowMs, "entries", progressEntriesMin);
        const judgement = judge.verify(evidence, trust, progress.step, proofs.judgeLineage);
        await progress.finish();
        const { exit } = judgement.verdict;
        // What is refuted already is not run: its parts are not what they should be.
        const verdict = options.replay && (exit === 0 || exit === 3)
          ? judgement.withReplay(await runAgain(openLogReader(path)))
          : judgement.verdict;
        await out.write(global.json ? `${JSON.stringify(verdict)}\n` : formatVerdict(verdict, out.style));
        return exitOf(verdict.exit);
      } finally {
        evidence.close();
      }
    } catch (error) {
      // A file that is damaged is neither right nor wrong, and nobody's fault here.
      if (!(error instanceof StoreError || error instanceof judge.EvidenceError)) throw error;
      const { code } = error.fault;
      const next = ["this is no verdict: the file could not be checked"];
      await writeReport({ code, message: error.message, next, exit: exitCode.failed }, err, global.json);
      return exitCode.failed;
    }
  },
});

function locate(file: string | undefined, db: string | undefined, folder: string): string {
  if (file === undefined) return findLog(db, folder, () => true);
  if (db !== undefined) {
    throw new CliError({
      code: "conflict",
      options: ["--db", "<file>"],
      why: "both name what is to be checked",
    });
  }
  return resolve(folder, file);
}

function exitOf(exit: 0 | 1 | 2 | 3): ExitCode {
  return ([exitCode.done, exitCode.no, exitCode.failed, exitCode.policy] as const)[exit];
}
