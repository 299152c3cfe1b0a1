import { defineCommand } from "../command.ts";
import { exitCode } from "../exit_code.ts";
import { value } from "../option.ts";
import { duration } from "../readers.ts";
import { chooseLog, readLog } from "../read_log.ts";
import { writeReport } from "../report.ts";

/** How long a house may take to seal, in milliseconds, unless told otherwise. */
const timeoutMsDefault = 30_000;

/** `theater checkpoint` */
export const checkpoint = defineCommand({
  name: "checkpoint",
  summary: "Print the signed checkpoint of a log, to be kept elsewhere",
  details: [
    "A checkpoint is a few lines of text that commit to everything that was recorded so far. Kept where " +
    "the owner of the log cannot reach it, it shows later that nothing before it was changed or taken " +
    'away ("theater verify --since").',
    'A log that somebody runs is sealed first ("theater run"); of one that nobody runs the last checkpoint ' +
    "is printed.",
  ],
  options: {
    timeout: value(duration, "how long to wait for the house that runs the log (30s unless given)"),
  },
  operands: {},
  examples: [
    { line: "theater checkpoint > monday.checkpoint", note: "save it, and take it elsewhere" },
    { line: "theater checkpoint | mail -s checkpoint auditor@example.com", note: "or give it away at once" },
  ],
  async run({ options, global, context }) {
    const { out, err, folder } = context;
    const path = await chooseLog(global.db, folder);
    const { askCheckpoint } = await import("../../runtime/mod.ts");
    const answer = await askCheckpoint(path, options.timeout ?? timeoutMsDefault);
    if (answer.answer === "sealed") {
      await out.write(global.json ? `${JSON.stringify({ checkpoint: answer.note })}\n` : answer.note);
      return exitCode.done;
    }
    if (answer.answer !== "closed") {
      const why = answer.answer === "not-sealed"
        ? answer.detail
        : answer.answer === "timed-out"
        ? "the house that runs the log did not answer in time"
        : "the house that runs the log hung up";
      const report = {
        code: "not_sealed",
        message: `Cannot seal the log: ${why}`,
        next: [],
        exit: exitCode.failed,
      };
      await writeReport(report, err, global.json);
      return report.exit;
    }
    return await readLog(path, folder, async (reader) => {
      const last = reader.checkpoint();
      if (last === undefined) {
        const { SealError } = await import("../../seal/mod.ts");
        throw new SealError({ code: "unsigned", node: reader.node });
      }
      await out.write(global.json ? `${JSON.stringify({ checkpoint: last.note })}\n` : last.note);
      const rest = reader.unsealed().reduce((sum, { size, sealed }) => sum + size - sealed, 0);
      if (rest > 0) {
        await err.write(`${rest} entries came after it, and are sealed when the log is run again\n`);
      }
      return exitCode.done;
    });
  },
});
