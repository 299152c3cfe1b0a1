import type { MailRow } from "../store/mod.ts";
import type { ChainWriter } from "./chain_writer.ts";
import type { Incoming } from "./message.ts";

/**
 * Writes a message down before its turn: the entry that accepts it, its row in
 * the mailbox, and its key.
 *
 * @returns the position of the entry, and the row as it will be delivered
 */
export function appendAccept(
  chain: ChainWriter,
  message: Incoming,
  time: number,
): { readonly seq: number; readonly mail: Omit<MailRow, "position"> } {
  const { address, origin } = chain;
  const { from, body, salt, key } = message;
  const type = message.type === "request" ? "request" : "send";
  const entry = chain.append(
    { kind: "accept", time, type, from, keyed: key !== undefined },
    [{ text: body, salt }, ...(key === undefined ? [] : [key])],
  );
  const encoder = new TextEncoder();
  const keyed = key && { bytes: encoder.encode(key.text), salt: key.salt };
  if (keyed !== undefined) chain.also({ write: "key", address, key: keyed.bytes, seq: entry.seq });
  const mail: Omit<MailRow, "position"> = {
    type,
    from,
    body: encoder.encode(body),
    salt,
    cause: { origin, ...entry },
    ...(keyed !== undefined && { key: keyed }),
  };
  chain.also({ write: "mail", address, mail });
  return { seq: entry.seq, mail };
}
