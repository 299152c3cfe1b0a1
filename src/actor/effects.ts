import { undeliverableBody, type UndeliverableReason } from "../chain/mod.ts";
import type { MailRow, TimerRow, Write } from "../store/mod.ts";
import type { TurnReport } from "../worker/mod.ts";
import type { ChainWriter } from "./chain_writer.ts";
import type { UndeliveredCode } from "./message.ts";
import type { ActorPorts } from "./ports.ts";
import type { Salt, TurnPlaces } from "./turn_entries.ts";

/** What the effects of one turn come to, once it is committed. */
export interface Settled {
  /** Messages for mailboxes, in order: one for each `mail` write. */
  readonly mail: readonly { readonly to: string; readonly mail: Omit<MailRow, "position"> }[];
  readonly timersSet: readonly TimerRow[];
  readonly timersGone: readonly string[];
}

/**
 * Turns the staged effects of an `ok` turn into writes beside its entries.
 *
 * What cannot be delivered becomes a message of type `undeliverable` to the
 * actor itself; that room is reserved, so it never fails.
 */
export function settleEffects(
  chain: ChainWriter,
  report: TurnReport,
  places: TurnPlaces,
  ports: Pick<ActorPorts, "reserve"> & { readonly salt: Salt },
): Settled {
  const mail: { to: string; mail: Omit<MailRow, "position"> }[] = [];
  const timersSet: TimerRow[] = [];
  const timersGone: string[] = [];
  for (const effect of report.effects) {
    switch (effect.effect) {
      case "send": {
        const sent = bodyOf(report, places, effect.call);
        const cause = { origin: chain.origin, ...sent.entry };
        const refused = ports.reserve(effect.to, sent.body.length);
        if (refused === undefined) {
          const { body, salt } = sent;
          mail.push({ to: effect.to, mail: { type: "send", from: chain.address, body, salt, cause } });
        } else {
          const reason = undeliverableReason(refused);
          const body = new TextEncoder().encode(undeliverableBody(effect.to, reason, sent.text));
          const back = {
            type: "undeliverable" as const,
            from: chain.address,
            body,
            salt: ports.salt(),
            cause,
          };
          mail.push({ to: chain.address, mail: back });
        }
        break;
      }
      case "set-timer": {
        const { body, salt, entry } = bodyOf(report, places, effect.call);
        timersSet.push({
          address: chain.address,
          timer: effect.timer,
          dueMs: report.endMs + effect.delayMs,
          body,
          salt,
          cause: { origin: chain.origin, ...entry },
        });
        break;
      }
      case "cancel-timer":
        timersGone.push(effect.timer);
        break;
    }
  }
  for (const { to, mail: row } of mail) chain.also({ write: "mail", address: to, mail: row });
  for (const timer of timersSet) chain.also({ write: "timer", timer });
  for (const timer of timersGone) chain.also(timerGone(chain.address, timer));
  return { mail, timersSet, timersGone };
}

/** The write that takes a timer out of the table. */
export function timerGone(address: string, timer: string): Write {
  return { write: "timer-gone", address, timer };
}

function bodyOf(report: TurnReport, places: TurnPlaces, call: number) {
  const text = report.calls[call]?.body;
  const place = places.calls[call];
  if (text === undefined || place?.bodySalt === undefined) {
    throw new Error(`Cannot settle effects of turn ${report.turn}: call ${call} recorded no body`);
  }
  return { text, body: new TextEncoder().encode(text), salt: place.bodySalt, entry: place.entry };
}

function undeliverableReason(code: UndeliveredCode): UndeliverableReason {
  switch (code) {
    case "no_such_actor":
      return "no_actor";
    case "mailbox_full":
      return "mailbox_full";
    case "too_large":
      return "too_large";
    case "not_running":
    case "not_json":
    case "bad_key":
    case "key_reused":
    case "key_unknown":
      return "stopped";
  }
}
