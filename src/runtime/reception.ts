/**
 * Messages from outside: what is taken in, and who waits for an answer.
 *
 * @module
 */

import type { Actor, Answer, UndeliveredCode } from "../actor/mod.ts";
import { checkJsonText, encodeUtf8, JsonTextError } from "../codec/mod.ts";

/** Deepest JSON that is taken in from outside. */
const jsonDepthMax = 512;

/** Longest idempotency key, in bytes of UTF-8. */
const keyBytesMax = 1024;

/** A message from outside. */
export interface OutsideMessage {
  readonly to: string;
  /** JSON text. */
  readonly body: string;
  /** Idempotency key. */
  readonly key?: string;
  /** `response`: answer when its turn is committed; `acceptance`: when it is written down. */
  readonly wait: "response" | "acceptance";
}

/** Where messages from outside come in. */
export interface Reception {
  /** Settles with what became of a message. */
  send(message: OutsideMessage): Promise<Answer>;
  /** Tells everybody who waits that the house has closed. */
  close(detail: string): void;
}

/** What a reception needs of its house. */
export interface ReceptionPorts {
  actor(address: string): Actor | undefined;
  /** Longest message that an actor takes, in bytes. */
  messageBytesMax(address: string): number;
  salt(): Uint8Array;
}

/** Opens a reception. */
export function openReception(ports: ReceptionPorts): Reception {
  /** Whoever sent and has no answer yet. */
  const asking = new Set<(answer: Answer) => void>();

  function checkBody(to: string, body: string): Answer | undefined {
    try {
      checkJsonText(body, { bytesMax: ports.messageBytesMax(to), depthMax: jsonDepthMax });
      return undefined;
    } catch (error) {
      if (!(error instanceof JsonTextError)) throw error;
      const code = error.fault.code === "json_too_large" ? "too_large" : "not_json";
      return { answer: "undelivered", code, detail: error.message };
    }
  }

  return {
    send({ to, body, key, wait }) {
      const actor = ports.actor(to);
      const refused = actor === undefined ? "no_such_actor" : actor.full();
      if (actor === undefined || refused !== undefined) {
        const code = refused ?? "no_such_actor";
        return Promise.resolve({ answer: "undelivered", code, detail: undeliveredText(to, code) });
      }
      const fault = checkBody(to, body) ?? checkKey(key);
      if (fault !== undefined) return Promise.resolve(fault);
      return new Promise((settle) => {
        asking.add(settle);
        const answered = (answer: Answer) => {
          asking.delete(settle);
          settle(answer);
        };
        const message = {
          type: wait === "response" ? "request" as const : "send" as const,
          from: "outside",
          body,
          salt: ports.salt(),
          ...(key !== undefined && { key: { text: key, salt: ports.salt() } }),
          answered,
        };
        if (wait === "response") actor.post(message);
        else actor.accept(message);
      });
    },
    close(detail) {
      for (const answer of asking) answer({ answer: "undelivered", code: "not_running", detail });
      asking.clear();
    },
  };
}

function checkKey(key: string | undefined): Answer | undefined {
  if (key === undefined) return undefined;
  const bytes = key.isWellFormed() ? encodeUtf8(key).length : 0;
  if (bytes > 0 && bytes <= keyBytesMax) return undefined;
  const detail = `wanted a key of 1 to ${keyBytesMax} bytes of UTF-8, got ${bytes}`;
  return { answer: "undelivered", code: "bad_key", detail };
}

/** Why an actor did not take a message, in words. */
export function undeliveredText(to: string, code: UndeliveredCode): string {
  switch (code) {
    case "no_such_actor":
      return `there is no actor ${to} in this log's house`;
    case "mailbox_full":
      return `the mailbox of ${to} is full`;
    case "not_running":
      return `${to} is not running`;
    case "too_large":
    case "not_json":
    case "bad_key":
    case "key_reused":
    case "key_unknown":
      return `${to} did not take the message`;
  }
}
