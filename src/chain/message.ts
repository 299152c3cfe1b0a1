/**
 * Messages as a guest gets them: derived from the receive and its part `body`,
 * so they need no part of their own.
 *
 * Layer 1.
 * @module
 */

import { isAddress } from "../address/mod.ts";
import { canonicalize } from "../codec/mod.ts";
import type { HashHex, ReceiveEntry } from "./entry.ts";

/** What of a receive is told to the guest. */
export type Message = Pick<ReceiveEntry, "type" | "from" | "timer" | "request" | "outcome">;

/**
 * The text that the guest is called with: the envelope of its message, or, with
 * `init`, the body itself (the params). With `migrate` the guest gets its old state
 * and no message, so this is the body, `null`.
 *
 * @param body The part `body`: one JSON text, put in unchanged; the text of the error in a reply `refused`.
 */
export function messageText(message: Message, body: string): string {
  switch (message.type) { // No default: a new type fails to compile here.
    case "init":
    case "migrate":
      return body;
    case "request":
    case "send":
    case "undeliverable":
    case "news":
      return `{"type":"${message.type}","from":"${message.from}","body":${body}}`;
    case "timer":
      return `{"type":"timer","from":"${message.from}","id":"${message.timer}","body":${body}}`;
    case "reply":
      return `{"type":"reply","from":"${message.from}","request":"${message.request}",` +
        `"outcome":"${message.outcome}","body":${message.outcome === "refused" ? canonicalize(body) : body}}`;
  }
}

/** Most calls that a turn may make for each to have an id of its own. */
export const callsPerTurn = 2 ** 20;

/**
 * What a request, a timer or the token of a deferred answer goes by: `turn × 2^20 + call`
 * of the call that made it, as decimal digits; no two of a chain have the same.
 *
 * @param turn below 2^44
 * @param call below 2^20
 */
export function requestId(turn: number, call: number): string {
  return `${BigInt(turn) * BigInt(callsPerTurn) + BigInt(call)}`;
}

/** The turn of an id that {@linkcode requestId} made. */
export function turnOfId(id: string): number {
  return Number(BigInt(id) / BigInt(callsPerTurn));
}

/** One thing that happened to a child. */
export interface News {
  /** Address of the child. */
  readonly child: string;
  /** What happened: a word of a-z and _. */
  readonly event: string;
  /** How many entries the chain of the child had then. */
  readonly size: number;
  /** Chain hash of the last of them. */
  readonly head: HashHex;
  /** Why, in words. */
  readonly reason: string;
}

/** The body of a message `news`: canonical JSON. */
export function newsBody(news: readonly News[]): string {
  const list = news.map(({ child, event, size, head, reason }) => ({ child, event, head, reason, size }));
  return canonicalize({ news: list });
}

/** Why a send came back. */
export type UndeliverableReason =
  | "no_actor" // nobody has this address
  | "mailbox_full" // it took no more
  | "too_large" // it takes no messages of this size
  | "stopped"; // it ended, or failed, before this message had its turn

/**
 * The body of an `undeliverable`: to whom the message was sent, why it came
 * back, and what it was.
 *
 * @param body The part `body` of the send: one JSON text, put in unchanged.
 * @throws {TypeError} unless `to` is an address.
 */
export function undeliverableBody(to: string, reason: UndeliverableReason, body: string): string {
  if (!isAddress(to)) {
    throw new TypeError(`Cannot return a message: wanted an address, got ${JSON.stringify(to)}`);
  }
  return `{"to":"${to}","reason":"${reason}","body":${body}}`;
}
