import { type News, newsBody, undeliverableBody } from "../chain/mod.ts";
import { encodeUtf8 } from "../codec/mod.ts";
import type { MailRow } from "../store/mod.ts";
import type { Owed } from "../worker/mod.ts";
import { appendAccept } from "./accept_entry.ts";
import type { ChainWriter } from "./chain_writer.ts";
import type { KeyDesk } from "./keys.ts";
import { incomingFromMail } from "./mail.ts";
import { createMailbox } from "./mailbox.ts";
import type { Answer, Incoming } from "./message.ts";
import { createNewsDesk } from "./news.ts";
import type { Outbox } from "./outbox.ts";
import type { OwedBook } from "./owed.ts";
import type { ActorPorts } from "./ports.ts";
import { newSettlement, type Settlement, timerGone, writeSettlement } from "./settlement.ts";

/** What an intake works with. */
export interface IntakeParts {
  readonly chain: ChainWriter;
  readonly outbox: Outbox;
  readonly keys: KeyDesk;
  readonly owed: OwedBook;
  readonly ports: ActorPorts;
}

/** Where messages for an actor come in and wait for their turn. */
export interface Intake {
  /** How many wait. */
  size(): number;
  /** How many wait, or are announced, for which a sender needs room. */
  ordinary(): number;
  /** Keeps room for a message that will be delivered when it is committed. */
  reserve(): void;
  /** A message of which nothing is written down. */
  post(message: Incoming): void;
  /** Writes a message down and answers that it is accepted. */
  accept(message: Incoming): void;
  /** A message whose row is in the log. */
  deliver(mail: MailRow): void;
  /** No reply has come in time. */
  expire(request: string): void;
  /** Something happened to a child; several that come fast are one message. */
  tell(news: News): void;
  /** Writes down at once what the actor would be told soon. */
  flushNews(): void;
  take(count: number, charsMax: number): Incoming[];
  putBack(messages: readonly Incoming[]): void;
  /** What is outstanding, messages that wait included. */
  owedNow(): Owed;
  /** Tells everybody outside who waits that nothing will come. */
  refuseOutside(detail: string): void;
  /** Gives back to their senders what will not have a turn: the actor ended. */
  giveBack(detail: string): void;
  /** Forgets what the actor brought about itself: it begins anew. */
  forget(): void;
}

/** Makes the intake of an actor, with the messages that its log has waiting. */
export function createIntake({ chain, outbox, keys, owed, ports }: IntakeParts): Intake {
  const { address } = chain;
  const mailbox = createMailbox();
  /** Messages that will be delivered when they are committed. */
  let reserved = 0;
  const news = createNewsDesk(ports, writeNews);

  function takeIn(message: Incoming) {
    keys.waits(message);
    mailbox.push(message);
  }

  function settle(settlement: Settlement) {
    writeSettlement(chain, settlement);
    outbox.settle(settlement);
    outbox.commit();
  }

  function taken({ position }: Incoming) {
    if (position !== undefined) chain.also({ write: "mail-taken", address, position });
  }

  function writeNews(items: readonly News[]) {
    const waiting = mailbox.remove(({ type }) => type === "news");
    for (const message of waiting) taken(message);
    const body = encodeUtf8(newsBody(news.merge(waiting.map((message) => message.body), items)));
    const settlement = newSettlement();
    const mail = { type: "news", from: address, body, salt: ports.salt() } as const;
    settlement.mail.push({ to: address, mail });
    settle(settlement);
  }

  function answerOutside({ answered, key }: Pick<Incoming, "answered" | "key">, detail: string) {
    const answer: Answer = { answer: "undelivered", code: "not_running", detail };
    answered?.(answer);
    if (key !== undefined) keys.answered(key.text, answer);
  }

  function refuseOutside(detail: string) {
    const isPosted = ({ answered, position }: Incoming) => answered !== undefined && position === undefined;
    for (const message of mailbox.remove(isPosted)) answerOutside(message, detail);
    for (const asker of owed.abandonOutside()) answerOutside(asker, detail);
  }

  return {
    size: mailbox.size,
    ordinary: () => mailbox.count("request", "send") + reserved,
    reserve: () => void (reserved += 1),
    post(message) {
      if (message.timer !== undefined) owed.timerGone(message.timer);
      takeIn(message);
    },
    accept(message) {
      keys.waits(message);
      const { seq, mail } = appendAccept(chain, message, ports.nowMs());
      reserved += 1;
      outbox.settle({ ...newSettlement(), mail: [{ to: address, mail }] });
      outbox.afterCommit(() => message.answered?.({ answer: "accepted", seq }));
      outbox.commit();
    },
    deliver(mail) {
      if (mail.type === "request" || mail.type === "send") reserved -= 1; // What comes back always finds room.
      takeIn(incomingFromMail(mail));
    },
    expire(request) {
      const row = owed.claim(request);
      if (row === undefined) return;
      const { to: from, cause } = row;
      const reply = { request, outcome: "timeout" } as const;
      const mail = {
        type: "reply",
        reply,
        from,
        body: encodeUtf8("null"),
        salt: ports.salt(),
        cause,
      } as const;
      const settlement = newSettlement();
      settlement.mail.push({ to: address, mail });
      settlement.requestsGone.push({ address, request });
      settle(settlement);
    },
    tell: news.tell,
    flushNews: news.flush,
    take: mailbox.take,
    putBack: mailbox.putBack,
    owedNow() {
      const pending = mailbox.count("timer", "reply");
      return owed.owed({ pending, returned: mailbox.count("undeliverable") });
    },
    refuseOutside,
    giveBack(detail) {
      refuseOutside(detail);
      const settlement = newSettlement();
      // What was accepted from outside stays: whoever sent it was told that it will have its turn.
      for (const message of mailbox.remove(({ type, from }) => isSent(type) && from !== "outside")) {
        giveBackOne(message, settlement);
        taken(message);
      }
      settle(settlement);
    },
    forget() {
      for (const timer of owed.timers()) {
        chain.also(timerGone(address, timer));
        ports.timerGone(address, timer);
        owed.timerGone(timer);
      }
      for (const { request } of owed.requests()) {
        owed.claim(request);
        chain.also({ write: "request-gone", address, request });
        ports.requestGone(address, request);
      }
      for (const message of mailbox.remove(({ type }) => !isSent(type))) {
        taken(message);
        if (message.timer !== undefined) chain.also(timerGone(address, message.timer));
      }
      owed.forgetTokens();
    },
  };

  function giveBackOne(message: Incoming, { mail, requestsGone }: Settlement) {
    const { type, from, body, cause } = message;
    if (cause === undefined) return;
    const salt = ports.salt();
    if (type === "send") {
      const returned = encodeUtf8(undeliverableBody(address, "stopped", body));
      mail.push({ to: from, mail: { type: "undeliverable", from, body: returned, salt, cause } });
      return;
    }
    const request = ports.requestAt(from, cause.seq);
    if (request === undefined || ports.claim(from, request) === undefined) return;
    const reply = { request, outcome: "undelivered" } as const;
    const why = encodeUtf8(JSON.stringify("stopped"));
    mail.push({ to: from, mail: { type: "reply", reply, from: address, body: why, salt, cause } });
    requestsGone.push({ address: from, request });
  }
}

function isSent(type: Incoming["type"]): boolean {
  return type === "request" || type === "send";
}
