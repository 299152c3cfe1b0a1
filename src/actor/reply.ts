import type { ReplyOutcome } from "../chain/mod.ts";
import { encodeUtf8 } from "../codec/mod.ts";
import type { StoredCause } from "../store/mod.ts";
import type { TurnReport } from "../worker/mod.ts";
import type { ChainWriter } from "./chain_writer.ts";
import type { Asker } from "./owed.ts";
import type { ActorPorts } from "./ports.ts";
import type { Settlement } from "./settlement.ts";
import type { TurnPlaces } from "./turn_entries.ts";

/** What became of a request, on its way back. */
export interface ReplySaid {
  readonly outcome: ReplyOutcome;
  /** Who was asked. */
  readonly from: string;
  readonly body: Uint8Array;
  readonly salt: Uint8Array;
  /** The entry that says so. */
  readonly cause: StoredCause;
}

/** Replies to an actor that still waits: one message, and the end of its request. */
export function replyTo(
  asker: Asker & { readonly asker: "actor" },
  said: ReplySaid,
  ports: ActorPorts,
  { mail, requestsGone }: Settlement,
): void {
  const { address, request } = asker;
  if (request === undefined) return;
  if (ports.claim(address, request) === undefined) return; // It gave up meanwhile.
  const { outcome, ...row } = said;
  mail.push({ to: address, mail: { type: "reply", reply: { request, outcome }, ...row } });
  requestsGone.push({ address, request });
}

/** What the end of a turn says to an actor that waits for it. */
export function replyOfTurn(
  chain: ChainWriter,
  { end }: TurnReport,
  { closing, saidSalt }: TurnPlaces,
  ports: Pick<ActorPorts, "salt">,
): ReplySaid {
  const cause = { origin: chain.origin, ...closing };
  const from = chain.address;
  const repeated = (text: string) => ({ body: encodeUtf8(text), salt: saidSalt });
  const crashed = (code: string) => ({ body: encodeUtf8(JSON.stringify(code)), salt: ports.salt() });
  switch (end.end) {
    case "ok":
      return { outcome: "ok", from, cause, ...repeated(end.response ?? "null") };
    case "err":
      return { outcome: "refused", from, cause, ...repeated(end.error) };
    case "trap":
      return { outcome: "crashed", from, cause, ...crashed(end.code) };
    case "cut":
      return { outcome: "crashed", from, cause, ...crashed(end.reason) };
    case "diverged":
      throw new Error("Cannot reply with a divergence: only a replay diverges");
  }
}
