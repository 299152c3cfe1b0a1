import type { MessageType } from "../chain/mod.ts";
import type { TurnReport } from "../worker/mod.ts";
import type { Answer } from "./message.ts";
import type { ActorEvent } from "./ports.ts";

/** What an actor died of, in a word and in words. */
export type Crash = Pick<Extract<ActorEvent, { event: "crashed" }>, "code" | "reason">;

/** Says what a turn that ended an activation died of; an `init` or `migrate` that refused counts. */
export function crashOf(report: TurnReport, opened: MessageType = "init"): Crash {
  const { end } = report;
  switch (end.end) {
    case "trap":
      return { code: end.code, reason: end.reason };
    case "cut":
      return { code: end.reason, reason: end.detail };
    case "err":
      return { code: "unknown", reason: `${opened} refused: ${end.error}` };
    case "ok":
    case "diverged":
      throw new Error(`Cannot name a crash: turn ${report.turn} ended ${end.end}`);
  }
}

/** What the sender of a message is told of its turn, which the entry `seq` closes. */
export function answerOf(report: TurnReport, seq: number): Answer {
  const { end } = report;
  switch (end.end) {
    case "ok":
      return { answer: "ok", response: end.response ?? "null", seq };
    case "err":
      return { answer: "refused", error: end.error, seq };
    case "trap":
      return { answer: "trapped", code: end.code, reason: end.reason, seq };
    case "cut":
      return { answer: "cut", reason: end.reason, detail: end.detail, seq };
    case "diverged":
      throw new Error("Cannot answer a message with a divergence: only a replay diverges");
  }
}
