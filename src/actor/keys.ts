import type { Answer, Incoming } from "./message.ts";
import type { Recalled } from "./recall.ts";

/** Keeps messages with an idempotency key from being handled twice. */
export interface KeyDesk {
  /**
   * Looks at a message that comes in from outside.
   *
   * @returns whether its turn is still to be had; if not, it is answered, or will
   * be together with the first one of its key
   */
  isNew(message: Incoming, wantsOnlyAcceptance: boolean): boolean;
  /** Notes that a keyed message waits for its turn. */
  waits(message: Incoming): void;
  /** Its turn has been committed: tells everybody who joined it. */
  answered(key: string, answer: Answer): void;
}

/** @param recall looks into the log for a key that is not waiting */
export function createKeyDesk(recall: (key: string, body: string) => Recalled | undefined): KeyDesk {
  const waiting = new Map<string, { readonly body: string; readonly joined: ((answer: Answer) => void)[] }>();

  return {
    isNew(message, wantsOnlyAcceptance) {
      if (message.key === undefined) return true;
      const tell = (answer: Answer) => {
        const seqOnly = wantsOnlyAcceptance && answer.answer !== "undelivered";
        message.answered?.(seqOnly ? { answer: "accepted", seq: answer.seq } : answer);
      };
      const key = message.key.text;
      const known = waiting.get(key);
      const recorded = recall(key, message.body);
      if (known !== undefined && known.body !== message.body) {
        tell(reused("of a message that waits for its turn"));
        return false;
      }
      if (recorded === undefined) {
        if (known === undefined) return true;
        known.joined.push(tell);
        return false;
      }
      switch (recorded.recalled) {
        case "answered":
          tell(recorded.answer);
          return false;
        case "waiting":
          if (wantsOnlyAcceptance) tell({ answer: "accepted", seq: recorded.seq });
          else if (known !== undefined) known.joined.push(tell);
          else throw new Error(`Cannot join message ${recorded.seq}: it is accepted but not in the mailbox`);
          return false;
        case "other-body":
          tell(reused(`in entry ${recorded.seq}`));
          return false;
        case "deferred":
          if (wantsOnlyAcceptance) tell({ answer: "accepted", seq: recorded.seq });
          else if (known !== undefined) known.joined.push(tell);
          else {
            tell({
              answer: "undelivered",
              code: "key_unknown",
              detail:
                `the message with this key was handled, and entry ${recorded.seq} put off the answer, ` +
                `which has not come`,
            });
          }
          return false;
        case "gone":
          tell({
            answer: "undelivered",
            code: "key_unknown",
            detail:
              `the message with this key was handled, but entry ${recorded.seq} no longer holds what was said`,
          });
          return false;
      }
    },
    waits(message) {
      if (message.key !== undefined && !waiting.has(message.key.text)) {
        waiting.set(message.key.text, { body: message.body, joined: [] });
      }
    },
    answered(key, answer) {
      const known = waiting.get(key);
      waiting.delete(key);
      for (const tell of known?.joined ?? []) tell(answer);
    },
  };
}

function reused(where: string): Answer {
  const detail = `the key was used before with another body ${where}`;
  return { answer: "undelivered", code: "key_reused", detail };
}
