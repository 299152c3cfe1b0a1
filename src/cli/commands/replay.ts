import { resolve } from "node:path";
import type { ChainReplay, Override, PassedOverCode, WhatIf } from "../../replay/mod.ts";
import type { ActorRow, LogReader } from "../../store/mod.ts";
import { defineCommand } from "../command.ts";
import { type ExitCode, exitCode } from "../exit_code.ts";
import { findLog } from "../find_log.ts";
import { flag, list, optional } from "../option.ts";
import { requireActor } from "../read_log.ts";
import { actorAddress, override, text } from "../readers.ts";
import { engineHere, replayLog } from "../replay_log.ts";
import { formatReplay, totalOf } from "../replay_text.ts";
import { writeReport } from "../report.ts";
import { createShareProgress } from "../share_progress.ts";
import { CliError } from "../cli_error.ts";

/** Entries, and turns, from which on a terminal shows how far it has come. */
const progressEntriesMin = 20_000;
const progressTurnsMin = 1000;

/** `theater replay [file] [actor]` */
export const replay = defineCommand({
  name: "replay",
  summary: "Run recorded turns again, and say where they go another way",
  details: [
    "Checks a log or a bundle as theater verify does, then runs its turns again with the component that " +
    "it carries: what the component asks is compared with what it asked, and answered as it was " +
    "answered; how each turn ends, its state and its fuel are compared to the byte. Nothing real is " +
    "called: a worker that replays holds no function of the host.",
    "Where a turn goes another way, it says in which entry and field, what came just before, and what it " +
    "may come from. What it takes to run a turn may be withheld, erased or pruned: it is said then, and " +
    "is no difference.",
    "With --fresh it runs every turn once more, in an instance that saw none before it and on the recorded " +
    "state, and says which actors depend on what they kept in memory. That breaks no replay, but such an " +
    "actor forgets it whenever it is started anew.",
    "With --override it shows how the run of one actor would have gone: the entry of a call answers " +
    "otherwise, or that of a message says something else, and what follows goes on from there. Calls are " +
    "answered from the recording as long as the same is asked; what would be sent or set goes nowhere; any " +
    "other call ends its turn. Later turns have the messages that were recorded.",
    "Exit codes: 0 as recorded, as far as it could be run; 1 it went another way (with --fresh: or an actor " +
    "depends on hidden state), or the file is refuted; 2 it could not be run. With --override 0 whatever came of it.",
  ],
  options: {
    fresh: flag("find actors that depend on hidden state in memory"),
    override: list(override, "answer a call, or word a message, otherwise; may be given several times"),
  },
  operands: {
    file: optional(text("<file>", "a file"), "a bundle, or a log; without it the log of this folder"),
    actor: optional(actorAddress, "only this actor"),
  },
  examples: [
    { line: "theater replay", note: "the log of this folder" },
    { line: "theater replay ledger.db", note: "a bundle that somebody sent" },
    { line: "theater replay ledger.db bank/teller --json", note: "one actor, for other programs" },
    {
      line: "theater replay ledger --override 14=1767225600000",
      note: "had the clock said something else",
    },
    { line: "theater replay --fresh", note: "does any actor rely on more than its state?" },
  ],
  async run({ options, operands, global, context }) {
    const { out, err, folder } = context;
    const { file, actor } = placed(operands, options.override.length > 0);
    if (options.fresh && options.override.length > 0) {
      const why = "one compares with what was recorded, the other asks for something else";
      throw new CliError({ code: "conflict", options: ["--fresh", "--override"], why });
    }
    if (file !== undefined && global.db !== undefined) {
      const why = "both name what is to be replayed";
      throw new CliError({ code: "conflict", options: ["--db", "<file>"], why });
    }
    const path = file === undefined ? findLog(global.db, folder, () => true) : resolve(folder, file);
    const { openEvidence, openLogReader, StoreError } = await import("../../store/mod.ts");
    const [judge, { judgeLineage }] = await Promise.all([
      import("../../verify/mod.ts"),
      import("../../proof/mod.ts"),
    ]);

    /** Judges the file; nothing of one that is refuted is run. */
    async function refutation(): Promise<string | undefined> {
      const evidence = openEvidence(path);
      const progress = createShareProgress(err, context.nowMs, "entries", progressEntriesMin);
      try {
        const { headline, exit } = judge.verify(evidence, judge.noTrust, progress.step, judgeLineage).verdict;
        return exit === 1 || exit === 2 ? headline : undefined;
      } finally {
        await progress.finish();
        evidence.close();
      }
    }

    async function askWhatIf(
      reader: LogReader,
      { address, size }: ActorRow,
      overrides: readonly Override[],
    ): Promise<ExitCode> {
      for (const { seq } of overrides) {
        if (seq >= size) throw new CliError({ code: "no_such_entry", actor: address, got: seq, size });
      }
      const [{ whatIfLog }, { formatWhatIf, whatIfJson }] = await Promise.all([
        import("../what_if_log.ts"),
        import("../what_if_text.ts"),
      ]);
      const progress = createShareProgress(err, context.nowMs, "turns", progressTurnsMin);
      let what: WhatIf;
      try {
        what = await whatIfLog(reader, address, overrides, progress.step);
      } finally {
        await progress.finish();
      }
      await out.write(global.json ? whatIfJson(what, engineHere) : formatWhatIf(what, out));
      return exitCode.done;
    }

    try {
      const refuted = await refutation();
      if (refuted !== undefined) {
        const next = ["theater verify says what is wrong with it; nothing of it was run"];
        const message = `Cannot replay ${file ?? path}: ${refuted}`;
        const exit = refuted.startsWith("refuted") ? exitCode.no : exitCode.failed;
        await writeReport({ code: "refuted", message, next, exit }, err, global.json);
        return exit;
      }
      const reader = openLogReader(path);
      try {
        if (options.override.length > 0) {
          return await askWhatIf(reader, requireActor(reader, actor ?? onlyActor(reader)), options.override);
        }
        const addresses = actor === undefined ? undefined : [requireActor(reader, actor).address];
        const progress = createShareProgress(err, context.nowMs, "turns", progressTurnsMin);
        let chains: readonly ChainReplay[];
        try {
          chains = await replayLog(reader, addresses, progress.step, options.fresh);
        } finally {
          await progress.finish();
        }
        // A chain without turns, such as that of a node, has nothing to replay.
        chains = chains.filter(({ turns }) => turns > 0);
        const exit = exitOf(chains);
        await out.write(
          global.json
            ? `${JSON.stringify({ engine: engineHere, ...totalOf(chains), exit, actors: chains })}\n`
            : formatReplay(reader, chains, engineHere, out),
        );
        return exit;
      } finally {
        reader.close();
      }
    } catch (error) {
      if (!(error instanceof StoreError || error instanceof judge.EvidenceError)) throw error;
      const { code } = error.fault;
      const next = ["this is no verdict: the file could not be read"];
      await writeReport({ code, message: error.message, next, exit: exitCode.failed }, err, global.json);
      return exitCode.failed;
    }
  },
});

/** With an override there is always an actor, so that one word alone is that. */
function placed(
  { file, actor }: { readonly file: string | undefined; readonly actor: string | undefined },
  overrides: boolean,
) {
  return overrides && actor === undefined ? { file: undefined, actor: file } : { file, actor };
}

/** The actor of a log that has one. */
function onlyActor(reader: LogReader): string {
  const [only, ...others] = reader.actors().filter(({ turns }) => turns > 0);
  if (only !== undefined && others.length === 0) return only.address;
  throw new CliError({ code: "missing_operand", operand: "<actor>", command: "replay" });
}

/** What lies with who replays, not with what the record still holds. */
const failures: ReadonlySet<PassedOverCode> = new Set(["component", "version", "limits", "load", "lost"]);

function exitOf(chains: readonly ChainReplay[]): ExitCode {
  if (chains.some(({ divergences }) => divergences.length > 0)) return exitCode.no;
  if (chains.some(({ fresh }) => fresh?.first !== undefined)) return exitCode.no;
  const { reproduced, turns } = totalOf(chains);
  const failed = chains.some(({ passedOver }) => passedOver.some(({ code }) => failures.has(code)));
  return failed || (reproduced === 0 && turns > 0) ? exitCode.failed : exitCode.done;
}
