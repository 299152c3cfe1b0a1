import { type Entry, parseEntry } from "../chain/mod.ts";
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
    const answer = answerIn(reader, address, entry);
    if (answer === "gone") return { recalled: "gone", seq: entry.seq };
    if (answer !== undefined) return { recalled: "answered", answer };
  }
  return { recalled: "gone", seq: row.seq };
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
