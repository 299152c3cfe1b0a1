import type { MailRow } from "../store/mod.ts";
import type { Incoming } from "./message.ts";

/** The message that a row of the mailbox stands for. */
export function incomingFromMail(row: MailRow): Incoming {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return {
    type: row.type,
    from: row.from,
    body: decoder.decode(row.body),
    salt: row.salt,
    ...(row.cause !== undefined && { cause: row.cause }),
    position: row.position,
    ...(row.timer !== undefined && { timer: row.timer }),
    ...(row.reply !== undefined && { reply: row.reply }),
    ...(row.key !== undefined && { key: { text: decoder.decode(row.key.bytes), salt: row.key.salt } }),
  };
}
