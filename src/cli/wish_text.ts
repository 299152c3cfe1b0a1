import type { NoAnswer, WishAnswer, WishRequest } from "../runtime/mod.ts";
import type { NotAnswered } from "./answer_report.ts";
import type { Context, GlobalOptions } from "./context.ts";
import { type ExitCode, exitCode } from "./exit_code.ts";

/** How long to wait, in milliseconds, unless told otherwise. */
const timeoutMsDefault = 60_000;

/** Asks the process that has the log open for something, and says what became of it. */
export async function askWish(
  request: { readonly wish: "stop" | "restart"; readonly address: string | undefined },
  timeoutMs: number | undefined,
  global: GlobalOptions,
  { out, err, folder }: Context,
): Promise<ExitCode> {
  const { askForWish } = await import("../runtime/mod.ts");
  const { chooseLog } = await import("./read_log.ts");
  const logPath = await chooseLog(global.db, folder);
  const { wish, address } = request;
  const wanted: WishRequest = address === undefined ? { wish: "stop" } : { wish, address };
  const answer = await askForWish(logPath, wanted, timeoutMs ?? timeoutMsDefault);
  if (answer.answer === "done") {
    const done = wish === "stop" ? "stopped" : "restarted";
    await out.write(
      global.json
        ? `${JSON.stringify({ [done]: address ?? null })}\n`
        : `${address ?? "the house"} ${done}\n`,
    );
    return exitCode.done;
  }
  const { writeReport } = await import("./report.ts");
  const report = notDone(wanted, answer);
  await writeReport(report, err, global.json);
  return report.exit;
}

function notDone(
  request: WishRequest,
  answer: Exclude<WishAnswer, { answer: "done" }> | NoAnswer,
): NotAnswered {
  const cannot = `Cannot ${request.wish} ${request.address ?? "the house"}`;
  switch (answer.answer) {
    case "not-done":
      return {
        code: answer.code,
        message: `${cannot}: ${answer.detail}`,
        next: answer.code === "no_such_actor" ? ['"theater ps" lists the actors'] : [],
        exit: exitCode.failed,
      };
    case "closed":
      return {
        code: "not_running",
        message: `${cannot}: nobody runs this log`,
        next: ['start it with "theater run <manifest>"'],
        exit: exitCode.failed,
      };
    case "timed-out":
      return {
        code: "timed_out",
        message: `${cannot} in time`,
        next: ['it may still happen; wait longer with "--timeout"'],
        exit: exitCode.failed,
      };
    case "hung-up":
      return {
        code: "hung_up",
        message: `${cannot}: the process ended before it answered`,
        next: [],
        exit: exitCode.failed,
      };
  }
}
