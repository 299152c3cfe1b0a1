import type { DoorAnswer } from "../runtime/mod.ts";
import { type ExitCode, exitCode } from "./exit_code.ts";

/** An answer that is not a response, in words. */
export interface NotAnswered {
  /** Stable, for machines. */
  readonly code: string;
  readonly message: string;
  readonly next: readonly string[];
  readonly exit: ExitCode;
  /** The entry of the log that says so. */
  readonly seq?: number;
}

/** Says why a message got no response; nothing when it got one or was accepted. */
export function notAnswered(actor: string, answer: DoorAnswer): NotAnswered | undefined {
  switch (answer.answer) {
    case "ok":
    case "accepted":
      return undefined;
    case "refused":
      return {
        code: "refused",
        message: `${actor} refused the message: ${answer.error}`,
        next: [],
        exit: exitCode.no,
        seq: answer.seq,
      };
    case "trapped":
      return crashed(actor, answer.code, answer.reason, answer.seq);
    case "cut":
      return crashed(actor, answer.reason, answer.detail, answer.seq);
    case "undelivered":
      return {
        code: answer.code,
        message: `Cannot deliver the message to ${actor}: ${answer.detail}`,
        next: [],
        exit: exitCode.failed,
      };
    case "closed":
      return {
        code: "not_running",
        message: `Cannot deliver the message to ${actor}: nobody runs this log`,
        next: ['start it with "theater run <manifest>", then send again'],
        exit: exitCode.failed,
      };
    case "timed-out":
      return {
        code: "timed_out",
        message: `${actor} did not answer in time`,
        next: [
          "the message may still have its turn",
          'send it with "--id <key>" to be able to send it again, or wait longer with "--timeout"',
        ],
        exit: exitCode.failed,
      };
    case "hung-up":
      return {
        code: "hung_up",
        message: `${actor} was stopped before it answered`,
        next: ["the message may have had its turn", `"theater log ${actor}" shows whether it did`],
        exit: exitCode.failed,
      };
  }
}

function crashed(actor: string, code: string, reason: string, seq: number): NotAnswered {
  return {
    code,
    message: `${actor} crashed (${code}) on the message: ${reason}`,
    next: [`its state is as it was before; "theater show ${actor} ${seq}" shows the end of the turn`],
    exit: exitCode.no,
    seq,
  };
}
