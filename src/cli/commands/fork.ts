import { dirname, join, relative, resolve } from "node:path";
import { CliError } from "../cli_error.ts";
import { defineCommand } from "../command.ts";
import { type ExitCode, exitCode } from "../exit_code.ts";
import { defaultLog } from "../find_log.ts";
import { flag, required, value } from "../option.ts";
import { point, pointHelp } from "../point.ts";
import { chooseLog } from "../read_log.ts";
import { actorAddress, text } from "../readers.ts";
import { writeReport } from "../report.ts";

/** `theater fork <actor> --as <name>` */
export const fork = defineCommand({
  name: "fork",
  summary: "Make a new actor that goes on from a past moment of another",
  details: [
    "The fork has the state that the actor had at the end of a turn, a chain of its own, and a manifest with " +
    "the recorded permissions and limits, so that theater run goes on with it. Messages that waited, " +
    "timers, children and idempotency keys stay behind, and are listed. Its first entry names the chain, " +
    "the entry and the state that it comes from, and it carries the proof of that: theater verify checks it.",
    pointHelp +
    " The fork goes on from the last turn that had ended by then; without --at from the last one.",
    "While theater run has the log, nobody else can write to it (exit code 4): stop it, or fork into another " +
    "log with --into, which is made if there is none. That is also the way to fork out of a bundle.",
  ],
  options: {
    at: value(point, "from which moment on; the last turn without"),
    as: value(text("<name>", "a name"), "the name of the fork: one segment of an address"),
    with: value(text("<file>", "a file"), "a component or script to run instead of the recorded one"),
    into: value(text("<file>", "a file"), "the log to make it in; without, that of the actor"),
    manifest: value(
      text("<file>", "a file"),
      "the manifest to write; without, the name of the fork and .toml",
    ),
    force: flag("write over a manifest and a component that are there"),
  },
  operands: { actor: required(actorAddress, "its address, as theater ps lists it") },
  examples: [
    { line: "theater fork ledger --at turn:12 --as what-if", note: "then: theater run what-if.toml" },
    {
      line: "theater fork ledger --at 14:03 --as fixed --with ledger.ts",
      note: "with other code from there on",
    },
    {
      line: "theater fork ledger --db ledger.db --as mine --into mine.theater.db",
      note: "out of a bundle that somebody sent",
    },
  ],
  async run({ options, operands, global, context }) {
    const { out, err, folder, nowMs } = context;
    const { as: name } = options;
    if (name === undefined) {
      throw new CliError({ code: "missing_operand", operand: "--as <name>", command: "fork" });
    }
    const sourcePath = await chooseLog(global.db, folder);
    const targetPath = options.into === undefined ? sourcePath : resolve(folder, options.into);
    const [
      { openLog, openLogReader, StoreError },
      { finishErasures },
      { forkActor },
      { forkedJson, forkedText },
    ] = await Promise.all([
      import("../../store/mod.ts"),
      import("../../bundle/mod.ts"),
      import("../fork_actor.ts"),
      import("../fork_text.ts"),
    ]);
    const source = openLogReader(sourcePath);
    try {
      const refuted = source.kind === "bundle" ? await refutation(sourcePath) : undefined;
      if (refuted !== undefined) {
        const next = ["theater verify says what is wrong with it; nothing of it was run"];
        const message = `Cannot fork out of ${relative(folder, sourcePath)}: ${refuted.headline}`;
        await writeReport({ code: "refuted", message, next, exit: refuted.exit }, err, global.json);
        return refuted.exit;
      }
      const manifest = resolve(folder, options.manifest ?? `${name}.toml`);
      const invocation = {
        address: operands.actor,
        point: options.at?.(nowMs()) ?? { point: "last" as const, turnsBefore: 0 },
        name,
        manifest,
        with: options.with === undefined ? undefined : resolve(folder, options.with),
        force: options.force,
        context,
      };
      if (source.kind === "bundle" && targetPath === sourcePath) {
        const { ForkError } = await import("../../fork/mod.ts");
        throw new ForkError({ code: "bundle", name });
      }
      const target = openLog(targetPath);
      try {
        finishErasures(target, targetPath);
        const same = targetPath === sourcePath;
        const forked = await forkActor(same ? target : source, sourcePath, target, invocation);
        const usual = join(dirname(manifest), defaultLog);
        const places = {
          name,
          log: relative(folder, targetPath),
          manifest: relative(folder, manifest),
          component: relative(folder, forked.files.component),
          db: targetPath === usual ? undefined : relative(folder, targetPath),
        };
        await out.write(global.json ? forkedJson(forked, places) : forkedText(forked, places, out.style));
        return exitCode.done;
      } finally {
        target.close();
      }
    } catch (error) {
      if (!(error instanceof StoreError) || error.fault.code !== "in_use") throw error;
      const { code, ...evidence } = error.fault;
      const next = [
        `end the process that has the log, or fork into another log: add --into ${name}.theater.db`,
      ];
      await writeReport(
        { code, message: error.message, next, exit: exitCode.log, evidence },
        err,
        global.json,
      );
      return exitCode.log;
    } finally {
      source.close();
    }
  },
});

/** A bundle is a stranger's: nothing of one that is refuted is run. */
async function refutation(
  path: string,
): Promise<{ readonly headline: string; readonly exit: ExitCode } | undefined> {
  const [{ openEvidence }, judge, { judgeLineage }] = await Promise.all([
    import("../../store/mod.ts"),
    import("../../verify/mod.ts"),
    import("../../proof/mod.ts"),
  ]);
  const evidence = openEvidence(path);
  try {
    const { exit, headline } = judge.verify(evidence, judge.noTrust, undefined, judgeLineage).verdict;
    if (exit !== 1 && exit !== 2) return undefined;
    return { headline, exit: exit === 1 ? exitCode.no : exitCode.failed };
  } finally {
    evidence.close();
  }
}
