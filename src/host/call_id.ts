import { requestId } from "../chain/mod.ts";
import type { HostContext } from "./host_interface.ts";

/** Names what the call in hand makes, a timer, a request or a token: replay finds the same ones. */
export function callId(context: Pick<HostContext, "turn" | "call">): bigint {
  return BigInt(requestId(context.turn(), context.call()));
}

/** Longest time that may be asked for, in milliseconds: a hundred years; keeps due times exact integers. */
export const delayMsMax = 3_155_760_000_000n;
