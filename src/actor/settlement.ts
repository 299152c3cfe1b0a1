import type { MailRow, RequestRow, TimerRow, Write } from "../store/mod.ts";
import type { ChainWriter } from "./chain_writer.ts";

/** A request that needs no reply any more. */
export interface AnsweredRequest {
  /** Address of the actor that asked. */
  readonly address: string;
  /** Decimal digits. */
  readonly request: string;
}

/** What a turn comes to beyond its own chain, once it is committed; filled in while it is settled. */
export interface Settlement {
  /** Messages for mailboxes, in order. */
  readonly mail: { readonly to: string; readonly mail: Omit<MailRow, "position"> }[];
  readonly timersSet: TimerRow[];
  readonly timersGone: string[];
  readonly requestsSet: RequestRow[];
  readonly requestsGone: AnsweredRequest[];
}

/** Nothing to settle yet. */
export function newSettlement(): Settlement {
  return { mail: [], timersSet: [], timersGone: [], requestsSet: [], requestsGone: [] };
}

/** Puts what is to be settled beside the entries that say so: one `mail` write for each message. */
export function writeSettlement(chain: ChainWriter, settlement: Settlement): void {
  const { mail, timersSet, timersGone, requestsSet, requestsGone } = settlement;
  for (const { to, mail: row } of mail) chain.also({ write: "mail", address: to, mail: row });
  for (const timer of timersSet) chain.also({ write: "timer", timer });
  for (const timer of timersGone) chain.also(timerGone(chain.address, timer));
  for (const request of requestsSet) chain.also({ write: "request", request });
  for (const { address, request } of requestsGone) chain.also({ write: "request-gone", address, request });
}

/** The write that takes a timer out of the table. */
export function timerGone(address: string, timer: string): Write {
  return { write: "timer-gone", address, timer };
}
