/**
 * How an entry disagrees with the one that it names as its cause, by what the
 * parts of that one say. Layer 2.
 * @module
 */

import { type ReceiveEntry, type ReplyOutcome, turnOfId } from "../chain/mod.ts";
import type { VerifyCode } from "./fault.ts";
import type { SaidPart } from "./part_form.ts";
import type { Asker, SaidAnswer, SaidCall } from "./said_cause.ts";

/** How an entry and its cause disagree. */
export interface Mismatch {
  readonly code: VerifyCode | "wrong_cause" | "cause_differs" | "cause_spent" | "wrong_request";
  readonly wanted: string;
  readonly got: string;
}

const undeliverable = /^\{"to":"([^"\\]*)","reason":"(?:no_actor|mailbox_full|too_large|stopped)","body":/;
const undelivered = /^"(?:no_actor|mailbox_full|too_large|stopped)"$/;
const digits = /^(?:0|[1-9][0-9]{0,19})$/;

/** What the result of a call says that took effect. */
function goodResult(cause: SaidCall, child: string): string {
  switch (cause.what) { // No default: a new cause fails to compile here.
    case "send":
    case "reply":
      return '[{"ok":null}]';
    case "timer":
    case "request":
      return `[{"ok":"${cause.id}"}]`;
    case "spawn":
      return `[{"ok":"${child}"}]`;
  }
}

/**
 * @param receiver address of the actor that the call must have meant
 * @param place of the call, in words
 */
export function judgeCall(cause: SaidCall, receiver: string, place: string): Mismatch | undefined {
  const result = goodResult(cause, receiver);
  if (cause.result !== undefined && cause.result !== result) {
    return { code: "cause_result", wanted: `the result ${result} of ${place}`, got: cause.result };
  }
  const aimed = cause.what === "send" || cause.what === "request";
  if (aimed && cause.first !== undefined && cause.first !== receiver) {
    return { code: "cause_result", wanted: `${place} to be sent to ${receiver}`, got: cause.first };
  }
  return undefined;
}

/** A timer, or a message to itself, against the call of its own chain that caused it. */
export function judgeOwn(
  entry: ReceiveEntry,
  cause: SaidCall,
  own: string,
  body: SaidPart | undefined,
  digest: (text: string) => string,
): Mismatch | undefined {
  const place = `entry ${entry.cause_seq}`;
  if (cause.what === "timer") {
    const wanted = `[{"ok":"${entry.timer}"}]`; // The number of a timer is what the call said, whatever that is made of.
    if (cause.result === undefined || cause.result === wanted) return undefined;
    return { code: "cause_result", wanted: `the result ${wanted} of ${place}`, got: cause.result };
  }
  const back = entry.type === "undeliverable";
  const mismatch = judgeCall(cause, back ? cause.first ?? own : own, place);
  if (mismatch !== undefined || !back || body === undefined || cause.first === undefined) return mismatch;
  const match = undeliverable.exec(body.text);
  if (match === null || match[1] !== cause.first) {
    const wanted = `{"to":"${cause.first}","reason":…,"body":…}`;
    return { code: "undeliverable_body", wanted, got: body.text.slice(0, 120) };
  }
  const inner = body.text.slice(match[0].length, -1);
  if (cause.bodyDigest === undefined || body.text.endsWith("}") && digest(inner) === cause.bodyDigest) {
    return undefined;
  }
  return { code: "undeliverable_body", wanted: `the body of ${place}`, got: inner.slice(0, 120) };
}

/** A reply against the request that it names: that it was made, and who was asked. */
export function judgeAsked(
  entry: ReceiveEntry,
  asked: SaidCall,
  body: SaidPart | undefined,
): Mismatch | undefined {
  const mismatch = judgeCall(asked, entry.from, `entry ${asked.seq}`);
  if (mismatch !== undefined || body === undefined) return mismatch;
  if (entry.outcome === "timeout" && body.text !== "null") {
    return { code: "reply_body", wanted: "null", got: body.text.slice(0, 120) };
  }
  if (entry.outcome === "undelivered" && !undelivered.test(body.text)) {
    return { code: "reply_body", wanted: "why it was not delivered", got: body.text.slice(0, 120) };
  }
  return undefined;
}

/** What is known of a reply. */
export interface GivenReply {
  /** Origin of the chain that received it. */
  readonly origin: string;
  readonly outcome: ReplyOutcome;
  /** Commitment of its body. */
  readonly body: string;
  /** Its body, where that is present, and needed. */
  readonly text: string | undefined;
  /** Position of the request that it replies to; undefined where that is pruned. */
  readonly asked: number | undefined;
}

/** Who waits for the answer that a turn deferred. */
type Waiting = (turn: number) => Asker | "nobody" | undefined;

/**
 * A reply against the answer that it names.
 *
 * @param waiting who waits for the answer that a turn deferred; undefined where that may be pruned
 */
export function judgeReply(
  reply: GivenReply,
  cause: SaidAnswer | SaidCall,
  waiting: Waiting,
  place: string,
): Mismatch | undefined {
  const outcome = cause.what === "answer" ? cause.outcome : "ok";
  if (reply.outcome !== outcome) {
    return { code: "wrong_cause", wanted: `a reply ${outcome}, as ${place} is one`, got: reply.outcome };
  }
  if (cause.what !== "answer") {
    const mismatch = judgeCall(cause, "", place);
    if (mismatch !== undefined) return mismatch;
  }
  const asker = cause.what === "answer" ? cause.asker : waitingFor(cause, waiting);
  const wrong = asker === "nobody" || asker !== undefined &&
      (asker.origin !== reply.origin || reply.asked !== undefined && asker.seq !== reply.asked);
  if (wrong) {
    const got = asker === "nobody" ? "an answer to nobody" : `entry ${asker.seq} of ${asker.origin}`;
    return {
      code: "wrong_request",
      wanted: `${place} to answer entry ${reply.asked} of ${reply.origin}`,
      got,
    };
  }
  if (cause.body !== undefined && cause.body !== reply.body) {
    return { code: "cause_differs", wanted: `the body ${cause.body} of ${place}`, got: reply.body };
  }
  const code = cause.what === "answer" ? cause.code : undefined;
  if (code !== undefined && reply.text !== undefined && reply.text !== `"${code}"`) {
    return { code: "reply_body", wanted: `"${code}", as ${place} says`, got: reply.text.slice(0, 120) };
  }
  return undefined;
}

/** Undefined where the token is not present. */
function waitingFor({ first, turn }: SaidCall, waiting: Waiting) {
  if (first === undefined) return undefined;
  // A turn that is yet to come has deferred nothing.
  return digits.test(first) && turnOfId(first) <= turn ? waiting(turnOfId(first)) : "nobody";
}
