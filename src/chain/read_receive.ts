import { addressOf, OUTSIDE } from "../address/mod.ts";
import { conflict, type Cursor, has, takeBoolean, takeCause, takeDigits, takeInteger } from "./cursor.ts";
import { takeKind, takeParts, takeSender, takeVersion, takeWord } from "./cursor.ts";
import { takeHash } from "./cursor.ts";
import type { MessageType, ReceiveEntry, ReplyOutcome } from "./entry.ts";

const messageTypes: readonly MessageType[] = [
  "init",
  "request",
  "send",
  "timer",
  "undeliverable",
  "reply",
  "news",
  "migrate",
];
const replyOutcomes: readonly ReplyOutcome[] = ["ok", "refused", "crashed", "timeout", "undelivered"];

/** Reads the members of a `receive`. Layer 1. @throws {ChainError} */
export function readReceive(c: Cursor): ReceiveEntry {
  const cause = takeCause(c);
  const from = takeSender(c, "from");
  const keyed = takeBoolean(c, "keyed");
  takeKind(c);
  const outcome = has(c, "outcome") ? takeWord(c, "outcome", replyOutcomes) : undefined;
  const parts = takeParts(c, keyed ? 2 : 1);
  const prev = takeHash(c, "prev");
  const request = has(c, "request") ? takeDigits(c, "request") : undefined;
  const seq = takeInteger(c, "seq");
  const time = takeInteger(c, "time");
  const timer = has(c, "timer") ? takeDigits(c, "timer") : undefined;
  const turn = takeInteger(c, "turn");
  const type = takeWord(c, "type", messageTypes);
  const entry: ReceiveEntry = {
    ...cause,
    from,
    keyed,
    kind: "receive",
    ...(outcome === undefined ? undefined : { outcome }),
    parts,
    prev,
    ...(request === undefined ? undefined : { request }),
    seq,
    time,
    ...(timer === undefined ? undefined : { timer }),
    turn,
    type,
    v: takeVersion(c),
  };
  checkKeys(entry);
  checkSender(entry);
  checkCause(entry);
  return entry;
}

/** Keys that are there with some types and not with others. */
function checkKeys({ type, from, timer, request, outcome, keyed }: ReceiveEntry): void {
  if ((timer !== undefined) !== (type === "timer")) {
    throw conflict("timer", type === "timer" ? "the timer's digits" : "none, as no timer fired", timer);
  }
  if ((request !== undefined) !== (type === "reply")) {
    throw conflict(
      "request",
      type === "reply" ? "the request's digits" : "none, as this is no reply",
      request,
    );
  }
  if ((outcome !== undefined) !== (type === "reply")) {
    throw conflict("outcome", type === "reply" ? "what became of it" : "none, as this is no reply", outcome);
  }
  if (keyed && (from !== OUTSIDE || type !== "request" && type !== "send")) {
    throw conflict("keyed", "false, as only a request or send from outside has a key", keyed);
  }
}

function checkSender({ type, from }: ReceiveEntry): void {
  switch (type) { // No default: a new type fails to compile here.
    case "request":
    case "send":
      return;
    case "timer":
    case "undeliverable":
    case "news":
      if (from === OUTSIDE) throw conflict("from", "the actor itself", from);
      return;
    case "reply":
      if (from === OUTSIDE) throw conflict("from", "the actor that was asked", from);
      return;
    case "init":
    case "migrate":
      if (from !== OUTSIDE) throw conflict("from", `${OUTSIDE}, as no actor asks for this`, from);
      return;
  }
}

/** Whether there is a cause, and whether another chain may hold it. */
function checkCause(entry: ReceiveEntry): void {
  const { type, from, cause, cause_origin: origin, cause_seq: seq } = entry;
  const caused = cause !== undefined;
  if (caused !== (seq !== undefined)) {
    throw conflict(
      "cause_seq",
      caused ? "an integer, as there is a cause" : "none, as there is no cause",
      seq,
    );
  }
  if (origin !== undefined && !caused) throw conflict("cause_origin", "none, as there is no cause", origin);
  switch (type) { // No default: a new type fails to compile here.
    case "init":
    case "news":
    case "migrate":
      if (caused) throw conflict("cause", `none, as nothing causes ${type}`, cause);
      return;
    case "request":
    case "send":
      if (from !== OUTSIDE && !caused) throw conflict("cause", "a hash, as an actor sent this", cause);
      break;
    case "timer":
    case "undeliverable":
      if (!caused) throw conflict("cause", "a hash, as a call caused this", cause);
      if (origin !== undefined) {
        throw conflict("cause_origin", "none, as the actor itself caused this", origin);
      }
      return;
    case "reply":
      if (!caused) throw conflict("cause", "a hash, as an entry caused this", cause);
      if (origin !== undefined && (entry.outcome === "timeout" || entry.outcome === "undelivered")) {
        throw conflict("cause_origin", "none, as the request itself causes this", origin);
      }
      break;
  }
  if (origin !== undefined && addressOf(origin) !== from) {
    const wanted = from === OUTSIDE ? `none, as from is ${OUTSIDE}` : `an origin of ${from}`;
    throw conflict("cause_origin", wanted, origin);
  }
}
