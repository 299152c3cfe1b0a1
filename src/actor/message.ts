import type { CutReason, MessageType, ReplyOutcome, TrapCode } from "../chain/mod.ts";
import type { StoredCause } from "../store/mod.ts";

/** An idempotency key as somebody outside gave it, with the salt of its part. */
export interface MessageKey {
  readonly text: string;
  readonly salt: Uint8Array;
}

/** A message on its way to one actor. */
export interface Incoming {
  readonly type: MessageType;
  /** Address of the sender, or `outside`. */
  readonly from: string;
  /** JSON text, verbatim. */
  readonly body: string;
  /** Salt of the part `body`; repeated from the cause where there is one. */
  readonly salt: Uint8Array;
  readonly key?: MessageKey;
  /** The timer that fired, as decimal digits. */
  readonly timer?: string;
  /** Which request this replies to, and what became of it; only of a `reply`. */
  readonly reply?: { readonly request: string; readonly outcome: ReplyOutcome };
  /** Where it was written down before. */
  readonly cause?: StoredCause;
  /** Its row in the mailbox of the log, to be taken away with its turn. */
  readonly position?: number;
  /** Told what became of it, after the commit. */
  readonly answered?: (answer: Answer) => void;
}

/** What became of a message. `seq` is the entry that says so. */
export type Answer =
  | { readonly answer: "ok"; readonly response: string; readonly seq: number }
  | { readonly answer: "refused"; readonly error: string; readonly seq: number }
  | { readonly answer: "trapped"; readonly code: TrapCode; readonly reason: string; readonly seq: number }
  | { readonly answer: "cut"; readonly reason: CutReason; readonly detail: string; readonly seq: number }
  | { readonly answer: "accepted"; readonly seq: number }
  | { readonly answer: "undelivered"; readonly code: UndeliveredCode; readonly detail: string };

/** Why a message never reached a turn; nothing of it is in the log. */
export type UndeliveredCode =
  | "no_such_actor"
  | "mailbox_full"
  | "too_large"
  | "not_json"
  | "bad_key" // empty, or longer than a key may be
  | "key_reused" // the same key came before with another payload
  | "key_unknown" // its recorded answer is gone
  | "not_running"; // the actor has failed, or the host is stopping
