import { type Entry, parseEntry, requestId, type ReturnEntry } from "../chain/mod.ts";
import { decodeUtf8, encodeUtf8 } from "../codec/mod.ts";
import type { LogReader } from "../store/mod.ts";
import type { Answer } from "./message.ts";

/** What the log knows of a message from outside by its idempotency key. */
export type Recalled =
  | { readonly recalled: "answered"; readonly answer: Answer }
  /** Written down, its turn is still to come. `seq` is the entry that accepted it. */
  | { readonly recalled: "waiting"; readonly seq: number }
  /** The key came before with another body. */
  | { readonly recalled: "other-body"; readonly seq: number }
  /** It has had its turn, which deferred the answer. */
  | { readonly recalled: "deferred"; readonly seq: number }
  /** What it said, or what was answered, is no longer there. */
  | { readonly recalled: "gone"; readonly seq: number };

/** Looks up what became of the message with this key; `undefined` if it never came. */
export function recall(reader: LogReader, address: string, key: string, body: string): Recalled | undefined {
  const row = reader.key(address, encodeUtf8(key));
  if (row === undefined) return undefined;
  const said = reader.parts(address, row.seq)[0]?.bytes;
  if (said === undefined) return { recalled: "gone", seq: row.seq };
  if (decodeUtf8(said) !== body) return { recalled: "other-body", seq: row.seq };
  for (const { text } of reader.entries(address, { from: row.seq })) {
    const entry = parseEntry(text);
    if (entry.seq === row.seq && entry.kind === "accept") return { recalled: "waiting", seq: row.seq };
    if (entry.kind === "return" && entry.deferred) return deferredAnswer(reader, address, entry);
    const answer = answerIn(reader, address, entry);
    if (answer === "gone") return { recalled: "gone", seq: entry.seq };
    if (answer !== undefined) return { recalled: "answered", answer };
  }
  return { recalled: "gone", seq: row.seq };
}

/** The reply that was given later to the request of a turn, if it was given. */
function deferredAnswer(reader: LogReader, address: string, { seq, turn, calls }: ReturnEntry): Recalled {
  let token: string | undefined;
  let replied:
    | { readonly turn: number; readonly seq: number; readonly body: Uint8Array | undefined }
    | undefined;
  for (const { text, parts } of reader.records(address, { from: seq - calls })) {
    // Most entries are none of these: do not parse them.
    if (!/"function":"theater:actor\/messaging@[0-9.]+#(defer|reply)"|"kind":"return"/.test(text)) continue;
    const entry = parseEntry(text);
    if (entry.kind === "return" && entry.outcome === "ok" && replied?.turn === entry.turn) {
      if (replied.body === undefined) return { recalled: "gone", seq: replied.seq };
      const response = decodeUtf8(replied.body);
      return { recalled: "answered", answer: { answer: "ok", response, seq: replied.seq } };
    }
    if (entry.kind !== "call") continue;
    if (entry.turn === turn && !entry.bodied) token ??= requestId(entry.turn, entry.call);
    const said = parts[0]?.bytes;
    if (entry.bodied && said !== undefined && decodeUtf8(said) === `["${token}",null]`) {
      replied = { turn: entry.turn, seq: entry.seq, body: parts[2]?.bytes };
    }
  }
  return { recalled: "deferred", seq };
}

/** The answer that a closing entry holds; nothing for other entries. */
function answerIn(reader: LogReader, address: string, entry: Entry): Answer | "gone" | undefined {
  const { seq } = entry;
  const text = (index: number) => {
    const bytes = reader.parts(address, seq)[index]?.bytes;
    return bytes === undefined ? undefined : decodeUtf8(bytes);
  };
  switch (entry.kind) {
    case "genesis":
    case "keyframe":
    case "accept":
    case "receive":
    case "call":
    case "erase":
    case "prune":
    case "key":
    case "incarnation":
    case "supervise":
      return undefined;
    case "return": {
      const said = text(entry.outcome === "ok" ? 1 : 0);
      if (said === undefined) return "gone";
      return entry.outcome === "ok"
        ? { answer: "ok", response: said, seq }
        : { answer: "refused", error: said, seq };
    }
    case "trap":
      return { answer: "trapped", code: entry.code, reason: text(0) ?? "", seq };
    case "cut":
      return { answer: "cut", reason: entry.reason, detail: text(0) ?? "", seq };
  }
}
