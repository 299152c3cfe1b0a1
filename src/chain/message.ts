/**
 * Messages as a guest gets them: derived from the receive and its part `body`,
 * so they need no part of their own.
 *
 * Layer 1.
 * @module
 */

import { isAddress } from "../address/mod.ts";
import type { ReceiveEntry } from "./entry.ts";

/** What of a receive is told to the guest. */
export type Message = Pick<ReceiveEntry, "type" | "from" | "timer">;

/**
 * The text that the guest is called with: the envelope of its message, or, with
 * `init`, the body itself (the params).
 *
 * @param body The part `body`: one JSON text, put in unchanged.
 */
export function messageText(message: Message, body: string): string {
  switch (message.type) { // No default: a new type fails to compile here.
    case "init":
      return body;
    case "request":
    case "send":
    case "undeliverable":
      return `{"type":"${message.type}","from":"${message.from}","body":${body}}`;
    case "timer":
      return `{"type":"timer","from":"${message.from}","id":"${message.timer}","body":${body}}`;
  }
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
