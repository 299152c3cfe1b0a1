import { addressOf } from "../address/mod.ts";
import type { CauseLedger } from "./cause_ledger.ts";
import type { CallEntry, ClosingEntry, MessageType, ReceiveEntry, ReturnEntry, TrapEntry } from "./entry.ts";
import { linkFault, type Machine, type OpenTurn, refuseOpenTurn } from "./machine.ts";

// Steps of the machine over the entries of a turn. Layer 1.

export function receive(m: Machine, entry: ReceiveEntry, causes: CauseLedger): Machine {
  refuseOpenTurn(m, entry);
  if (!m.alive) throw linkFault("no_instance", "a keyframe, or an accept", "receive");
  if (entry.turn !== m.turns) throw linkFault("wrong_turn", `${m.turns}`, `${entry.turn}`);
  const initialised = m.initUnknown && !m.initialised ? entry.type !== "init" : m.initialised;
  if ((entry.type === "init") === initialised) {
    throw linkFault(
      "wrong_init",
      m.initialised ? "another type, as init has ended well" : "init",
      entry.type,
    );
  }
  if (entry.type === "migrate" && !m.upgraded) {
    throw linkFault("wrong_migrate", "another type, as no keyframe of an upgrade comes before", "migrate");
  }
  const own = m.origin === undefined ? "" : addressOf(m.origin);
  if (isFromItself(entry.type) && entry.from !== own) throw linkFault("wrong_sender", own, entry.from);
  if (entry.cause_origin !== undefined && entry.cause_origin === m.origin) {
    throw linkFault("wrong_cause", "no cause_origin where the cause is in this chain", entry.cause_origin);
  }
  causes.check(entry);
  return {
    ...m,
    initialised,
    initUnknown: false,
    upgraded: false,
    turns: m.turns + 1,
    turn: { turn: entry.turn, opened: entry.type, calls: 0, unanswered: undefined },
  };
}

function isFromItself(type: MessageType): boolean {
  return type === "timer" || type === "undeliverable" || type === "news";
}

export function call(m: Machine, entry: CallEntry): Machine {
  const turn = openTurn(m, entry.kind, entry.turn);
  if (turn.unanswered !== undefined) {
    throw linkFault("wrong_closing", `a trap or a cut, as a call was ${turn.unanswered}`, "call");
  }
  if (entry.call !== turn.calls) throw linkFault("wrong_call", `${turn.calls}`, `${entry.call}`);
  const unanswered = entry.outcome === "returned" ? undefined : entry.outcome;
  return { ...m, turn: { ...turn, calls: turn.calls + 1, unanswered } };
}

export function close(m: Machine, entry: ClosingEntry): Machine {
  const turn = openTurn(m, entry.kind, entry.turn);
  if (entry.calls !== turn.calls) throw linkFault("wrong_calls", `${turn.calls}`, `${entry.calls}`);
  if (entry.effects > entry.calls) {
    throw linkFault("wrong_effects", `at most ${entry.calls}`, `${entry.effects}`);
  }
  switch (entry.kind) { // No default: a new closing fails to compile here.
    case "cut":
      return { ...m, turn: undefined, alive: false };
    case "trap":
      checkTrap(entry, turn);
      return { ...m, turn: undefined, alive: false };
    case "return":
      if (turn.unanswered !== undefined) {
        throw linkFault("wrong_closing", `a trap or a cut, as a call was ${turn.unanswered}`, "return");
      }
      return entry.outcome === "ok" ? succeed(m, entry, turn) : refuse(m, turn);
  }
}

/** An actor that refuses its params does not start, and one that refuses a state does not take over. */
function refuse(m: Machine, { opened }: OpenTurn): Machine {
  if (opened === "instantiate") throw linkFault("wrong_closing", "ok, a trap or a cut", "err");
  return { ...m, turn: undefined, alive: opened !== "init" && opened !== "migrate" };
}

function succeed(m: Machine, entry: ReturnEntry, { opened }: OpenTurn): Machine {
  const silent = opened === "instantiate" || opened === "init" || opened === "migrate";
  if (entry.parts.length !== (silent ? 1 : 2)) {
    throw linkFault(
      "wrong_closing",
      silent ? "a state and no response" : "a state and a response",
      `${entry.parts.length} parts`,
    );
  }
  if (entry.deferred && opened !== "request") {
    throw linkFault("wrong_closing", "no deferred, as nobody waits for a response", "deferred");
  }
  return {
    ...m,
    turn: undefined,
    alive: true,
    initialised: m.initialised || opened === "init",
    stateSeq: entry.seq,
  };
}

/** A call without an answer says of what the turn died, and no other trap says so. */
function checkTrap({ code }: TrapEntry, { unanswered }: OpenTurn): void {
  switch (unanswered) { // No default: a new outcome fails to compile here.
    case undefined:
      if (code === "denied" || code === "host") {
        throw linkFault("wrong_closing", "another code, as every call was answered", code);
      }
      return;
    case "denied":
      if (code !== "denied") {
        throw linkFault("wrong_closing", "the code denied, as a call was denied", code);
      }
      return;
    case "failed": // A script reports the error that it did not catch by a call that ends it.
      if (code !== "host" && code !== "script") {
        throw linkFault("wrong_closing", "the code host or script, as a call was failed", code);
      }
      return;
  }
}

function openTurn(m: Machine, kind: string, turn: number): OpenTurn {
  if (m.turn === undefined) throw linkFault("no_turn", "a keyframe, an accept or a receive", kind);
  if (m.turn.turn !== turn) throw linkFault("wrong_turn", `${m.turn.turn}`, `${turn}`);
  return m.turn;
}
