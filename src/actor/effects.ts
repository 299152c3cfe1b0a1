import { undeliverableBody, type UndeliverableReason } from "../chain/mod.ts";
import { encodeUtf8 } from "../codec/mod.ts";
import type { TurnReport } from "../worker/mod.ts";
import type { ChainWriter } from "./chain_writer.ts";
import type { UndeliveredCode } from "./message.ts";
import type { Asker, OutsideAsker, OwedBook } from "./owed.ts";
import type { ActorPorts } from "./ports.ts";
import { replyTo } from "./reply.ts";
import type { Settlement } from "./settlement.ts";
import type { TurnPlaces } from "./turn_entries.ts";

/** A turn that ended well, and where it was written down. */
export interface SettledTurn {
  readonly chain: ChainWriter;
  readonly report: TurnReport;
  readonly places: TurnPlaces;
  readonly ports: ActorPorts;
  readonly owed: OwedBook;
  /** Who waits for the response, should it be deferred. */
  readonly asker: Asker | undefined;
  /** Told of a deferred reply to somebody outside; `seq` is the call that replied. */
  answer(asker: OutsideAsker, response: string, seq: number): void;
}

/**
 * Turns the staged effects of an `ok` turn into what is to be settled.
 *
 * What cannot be delivered comes back to the actor itself, as an `undeliverable`
 * or a reply; that room is reserved, so it never fails.
 */
export function settleEffects(turn: SettledTurn, settlement: Settlement): void {
  const { chain, report, places, ports, owed } = turn;
  const { mail, timersSet, timersGone, requestsSet } = settlement;
  for (const effect of report.effects) {
    switch (effect.effect) { // No default: a new effect fails to compile here.
      case "send": {
        const { text, body, salt, entry } = bodyOf(report, places, effect.call);
        const cause = { origin: chain.origin, ...entry };
        const from = chain.address;
        const refused = ports.reserve(effect.to, body.length);
        if (refused === undefined) {
          mail.push({ to: effect.to, mail: { type: "send", from, body, salt, cause } });
          break;
        }
        const returned = encodeUtf8(undeliverableBody(effect.to, undeliverableReason(refused), text));
        const back = { type: "undeliverable", from, body: returned, salt: ports.salt(), cause } as const;
        mail.push({ to: from, mail: back });
        break;
      }
      case "request": {
        const { body, salt, entry } = bodyOf(report, places, effect.call);
        const cause = { origin: chain.origin, ...entry };
        const { to, request } = effect;
        const from = chain.address;
        const refused = ports.reserve(to, body.length);
        if (refused !== undefined) {
          const code = encodeUtf8(JSON.stringify(undeliverableReason(refused)));
          const reply = { request, outcome: "undelivered" } as const;
          mail.push({
            to: from,
            mail: { type: "reply", from: to, body: code, salt: ports.salt(), cause, reply },
          });
          break;
        }
        mail.push({ to, mail: { type: "request", from, body, salt, cause } });
        const row = { address: from, request, dueMs: report.endMs + effect.timeoutMs, to, cause };
        requestsSet.push(row);
        owed.requestSet(row);
        break;
      }
      case "defer":
        if (turn.asker !== undefined) owed.defer(effect.token, turn.asker);
        break;
      case "reply": {
        const { text, body, salt, entry } = bodyOf(report, places, effect.call);
        const asker = owed.redeem(effect.token);
        if (asker === undefined) break; // Everybody was told that this actor ended.
        if (asker.asker === "outside") turn.answer(asker, text, entry.seq);
        else {
          const cause = { origin: chain.origin, ...entry };
          replyTo(asker, { outcome: "ok", from: chain.address, body, salt, cause }, ports, settlement);
        }
        break;
      }
      case "set-timer": {
        const { body, salt, entry } = bodyOf(report, places, effect.call);
        const { timer, delayMs } = effect;
        timersSet.push({
          address: chain.address,
          timer,
          dueMs: report.endMs + delayMs,
          body,
          salt,
          cause: { origin: chain.origin, ...entry },
        });
        owed.timerSet(timer);
        break;
      }
      case "exit": // The actor itself sees to it.
        break;
      case "cancel-timer":
        timersGone.push(effect.timer);
        owed.timerGone(effect.timer);
        break;
    }
  }
}

function bodyOf(report: TurnReport, places: TurnPlaces, call: number) {
  const text = report.calls[call]?.body;
  const place = places.calls[call];
  if (text === undefined || place?.bodySalt === undefined) {
    throw new Error(`Cannot settle effects of turn ${report.turn}: call ${call} recorded no body`);
  }
  return { text, body: encodeUtf8(text), salt: place.bodySalt, entry: place.entry };
}

/** Why a message came back, as its sender is told. */
export function undeliverableReason(code: UndeliveredCode): UndeliverableReason {
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
