import type { TurnReport } from "../worker/mod.ts";
import { settleEffects } from "./effects.ts";
import type { IntakeParts } from "./intake.ts";
import type { Answer, Incoming } from "./message.ts";
import type { Asker, OutsideAsker } from "./owed.ts";
import { replyOfTurn, replyTo } from "./reply.ts";
import { newSettlement, writeSettlement } from "./settlement.ts";
import { appendTurn } from "./turn_entries.ts";
import { answerOf } from "./turn_outcome.ts";

/** Writes down how turns ended, and tells whoever waits for it. */
export interface TurnCloser {
  /**
   * Writes down what happened in the turn that is open, with all that follows from it.
   *
   * @param message what the turn was about; none for one that instantiates
   * @returns the entry that closes it
   */
  close(report: TurnReport, message?: Incoming): number;
  /** Whether a turn about this message can be told that somebody waits for its response. */
  isAwaited(message: Incoming): boolean;
}

/** Makes what closes the turns of the actor whose chain this is. */
export function createTurnCloser({ chain, outbox, keys, owed, ports }: IntakeParts): TurnCloser {
  function askerOf({ type, from, cause, key, answered }: Incoming): Asker | undefined {
    if (answered !== undefined || key !== undefined) {
      return {
        asker: "outside",
        ...(key !== undefined && { key }),
        ...(answered !== undefined && { answered }),
      };
    }
    if (type !== "request" || from === "outside" || cause === undefined) return undefined;
    return { asker: "actor", address: from, request: ports.requestAt(from, cause.seq) };
  }

  function answer({ answered, key }: OutsideAsker, said: Answer) {
    outbox.afterCommit(() => {
      answered?.(said);
      if (key !== undefined) keys.answered(key.text, said);
    });
  }

  return {
    close(report, message) {
      const places = appendTurn(chain, report, ports.salt);
      const { seq } = places.closing;
      const settlement = newSettlement();
      const asker = message === undefined ? undefined : askerOf(message);
      const ok = report.end.end === "ok";
      if (ok) {
        const told = (outside: OutsideAsker, response: string, at: number) =>
          answer(outside, { answer: "ok", response, seq: at });
        settleEffects({ chain, report, places, ports, owed, asker, answer: told }, settlement);
      }
      const deferred = ok && report.effects.some(({ effect }) => effect === "defer");
      if (asker !== undefined && !deferred) {
        if (asker.asker === "outside") answer(asker, answerOf(report, seq));
        else replyTo(asker, replyOfTurn(chain, report, places, ports), ports, settlement);
      }
      writeSettlement(chain, settlement);
      outbox.settle(settlement);
      return seq;
    },
    isAwaited(message) {
      if (message.type !== "request") return false;
      const asker = askerOf(message);
      return asker?.asker === "actor" ? asker.request !== undefined : asker !== undefined;
    },
  };
}
