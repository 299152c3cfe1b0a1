import { createHash } from "node:crypto";
import { chainHash } from "../../chain/mod.ts";
import type { MailRow, RequestRow, StoredOutcome, StoredPart, TimerRow, Write } from "../store.ts";

type Append = Extract<Write, { write: "append" }>;

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The chain hash of an entry, as heads must be. */
export function hashOf(text: string): string {
  return chainHash(text);
}

/** A salt of its own for every place. */
function saltOf(...place: unknown[]): Uint8Array {
  return new Uint8Array(createHash("sha256").update(JSON.stringify(place)).digest().subarray(0, 16));
}

export function createOf(address: string): Write {
  return { write: "create", address, origin: `memory~${"0".repeat(32)}/${address}` };
}

/** An entry with parts of its own; a part given as text is present. */
export function appendOf(
  address: string,
  seq: number,
  options: {
    readonly text?: string;
    readonly turns?: number;
    readonly activations?: number;
    readonly parts?: readonly (string | { readonly status: "derivable" })[];
  } = {},
): Append {
  const { text = `{"of":"${address}","seq":${seq}}`, parts = [`part ${seq}`], ...counts } = options;
  const stored = parts.map((part, i): StoredPart => {
    const salt = saltOf(address, seq, i);
    return typeof part === "string"
      ? { status: "present", salt, bytes: bytesOf(part) }
      : { status: "derivable", salt };
  });
  return { write: "append", address, seq, text, hash: hashOf(text), parts: stored, ...counts };
}

const cause = { origin: `memory~${"0".repeat(32)}/a`, seq: 7, hash: hashOf("cause") };

export function mailOf(body: string, rest: Partial<MailRow> = {}): Omit<MailRow, "position"> {
  return { type: "send", from: "outside", body: bytesOf(body), salt: saltOf("mail", body), cause, ...rest };
}

export function replyOf(body: string, request: string, outcome: StoredOutcome): Omit<MailRow, "position"> {
  return mailOf(body, { type: "reply", from: "b", reply: { request, outcome } });
}

/** The one kind of message that has no cause. */
export function newsOf(body: string, from: string): Omit<MailRow, "position"> {
  return { type: "news", from, body: bytesOf(body), salt: saltOf("news", body) };
}

export function requestOf(address: string, request: string, dueMs: number, to = "b"): RequestRow {
  return { address, request, to, dueMs, cause };
}

export function timerOf(address: string, timer: string, dueMs: number, body = "tick"): TimerRow {
  return { address, timer, dueMs, body: bytesOf(body), salt: saltOf("timer", timer), cause };
}
