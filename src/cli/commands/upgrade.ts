import { resolve } from "node:path";
import { checkFailed, checkHistory } from "../check_history.ts";
import { CliError } from "../cli_error.ts";
import { defineCommand } from "../command.ts";
import { exitCode } from "../exit_code.ts";
import { flag, required, value } from "../option.ts";
import { actorAddress, duration, text } from "../readers.ts";
import { writeReport } from "../report.ts";
import { formatUpgrade, notUpgraded } from "../upgrade_text.ts";

/** How long to wait for the turn in hand and the new component, in milliseconds, unless told otherwise. */
const timeoutMsDefault = 60_000;

/** `theater upgrade <actor> <file>` */
export const upgrade = defineCommand({
  name: "upgrade",
  summary: "Let a running actor go on with another component or manifest",
  details: [
    'Asks the process that has the log open ("theater run"). After the turn in hand the actor goes on, on the ' +
    "state that it has, with the new component: the keyframe of a new activation records it. No message is " +
    "lost or refused meanwhile. What the instance kept in memory beside its state is gone.",
    "A component (.wasm) or script (.ts, .js) takes the place of the one before, and permissions and limits " +
    "stay as they are. A manifest (.toml) that declares the actor gives it everything that it says; the " +
    "actor keeps the children that it has.",
    "With --migrate the new component first turns the state into one of its own, by the export migrate: a " +
    "recorded turn, with what it makes of the state.",
    "If the new component does not start, or refuses to migrate, that is recorded, and the old one goes on " +
    "with the state as it was.",
    "With --check the recorded messages of the actor are first run through the new code, as theater test does. " +
    "Unless every turn does the same, or differs as --accept lists, the actor is not upgraded; with --force it " +
    "is, and the differences are shown.",
    'A log that nobody runs is upgraded at its next start: change its manifest, then "theater run <manifest> ' +
    '--upgrade". Exit codes: 0 upgraded; 1 it did not take over, and the old one goes on, or the check found ' +
    "differences; 2 nothing was done.",
  ],
  options: {
    check: flag("first hold the recorded history against the new code"),
    accept: value(
      text("<file>", "a file"),
      "the list of intended differences, as theater test --update writes it",
    ),
    force: flag("upgrade whatever the check says"),
    migrate: flag("let the new component turn the state of the old one into its own"),
    timeout: value(
      duration,
      "how long to wait for the turn in hand and the new component (60s unless given)",
    ),
  },
  operands: {
    actor: required(actorAddress, "address of the actor, such as bank/teller-3"),
    file: required(text("<file>", "a file"), "the new component, script or manifest"),
  },
  examples: [
    { line: "theater upgrade counter counter.ts", note: "the script was edited: go on with it" },
    {
      line: "theater upgrade counter counter.ts --check",
      note: "only if it would have done the same so far",
    },
    { line: "theater upgrade counter next.wasm --migrate", note: "whose state looks different" },
    { line: "theater upgrade bank/teller bank.toml", note: "with what the manifest says now" },
  ],
  async run({ options, operands, global, context }) {
    const { askUpgrade } = await import("../../runtime/mod.ts");
    const { chooseLog } = await import("../read_log.ts");
    const { exists } = await import("../../platform/mod.ts");
    const { out, err, folder } = context;
    const { actor, file } = operands;
    const path = resolve(folder, file);
    if (!exists(path)) {
      const wanted = file.endsWith(".toml") ? "the manifest" : "the component";
      throw new CliError({ code: "file_not_found", path: file, wanted });
    }
    refuseConflicts(options);
    const logPath = await chooseLog(global.db, folder);
    const check = options.check
      ? await checkHistory(logPath, { actor, path, accept: options.accept }, context)
      : undefined;
    if (check !== undefined && !global.json) await out.write(check.text);
    if (check !== undefined && check.result.verdict !== "same" && !options.force) {
      const report = checkFailed(actor, check.result);
      await writeReport(report, err, global.json);
      return report.exit;
    }
    const answer = await askUpgrade(
      logPath,
      { address: actor, path, migrate: options.migrate },
      options.timeout ?? timeoutMsDefault,
    );
    if (answer.answer === "upgraded") {
      await out.write(
        global.json
          ? `${
            JSON.stringify({ upgraded: { actor, ...answer, answer: undefined }, checked: check?.result })
          }\n`
          : formatUpgrade(actor, answer, folder),
      );
      return exitCode.done;
    }
    const report = notUpgraded(actor, answer);
    await writeReport(report, err, global.json);
    return report.exit;
  },
});

/** What the options say of a check must make sense together. */
function refuseConflicts(
  { check, accept, force, migrate }: {
    readonly check: boolean;
    readonly accept: string | undefined;
    readonly force: boolean;
    readonly migrate: boolean;
  },
): void {
  const conflict = (options: readonly [string, string], why: string) =>
    new CliError({ code: "conflict", options, why });
  if (check && migrate) {
    const why =
      "the check runs the new code on recorded states, which it would understand only once migrated";
    throw conflict(["--check", "--migrate"], why);
  }
  if (check) return;
  if (force) {
    throw conflict(["--force", "an upgrade without --check"], "nothing is checked that it could overrule");
  }
  if (accept !== undefined) {
    throw conflict(["--accept", "an upgrade without --check"], "nothing is checked that it could accept");
  }
}
