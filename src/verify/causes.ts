/**
 * Causes within a chain and between chains: what a call said beside its entry,
 * that a message of one chain has at most one receive in all others, and that a
 * reply is the answer to what was asked.
 *
 * Which entry can be a cause, and that it is spent once, the chain room knows for
 * one chain; here is what takes the parts, or two chains. Layer 2.
 * @module
 */

import { addressOf } from "../address/mod.ts";
import type { CallEntry, ClosingEntry, HashHex, IncarnationEntry, ReceiveEntry } from "../chain/mod.ts";
import type { FaultList } from "./fault.ts";
import {
  type GivenReply,
  judgeAsked,
  judgeCall,
  judgeOwn,
  judgeReply,
  type Mismatch,
} from "./judge_cause.ts";
import type { SaidPart } from "./part_form.ts";
import type { SaidParts } from "./check_parts.ts";
import { type Asker, readAnswer, readCall, type SaidAnswer, type SaidCall } from "./said_cause.ts";

/** An entry whose cause is judged once all chains were read. */
interface Pending {
  /** Origin of the chain that holds the entry. */
  readonly origin: string;
  readonly seq: number;
  readonly type: "send" | "request" | "reply" | "incarnation";
  readonly causeOrigin: string;
  readonly causeSeq: number;
  readonly cause: string;
  /** Commitment of the body. */
  readonly body: string;
  readonly reply: GivenReply | undefined;
}

/** What a chain holds that others may name; undefined is spent. */
interface Sayings {
  readonly causes: Map<number, SaidCall | SaidAnswer | undefined>;
  /** By turn: who waits for the answer that was deferred. */
  readonly deferred: Map<number, Asker>;
  /** Whether entries of it are pruned: who waits for an answer may be among them. */
  pruned: boolean;
  /** Read no further than to a fault: what it holds is not all known. */
  partial: boolean;
}

/** Tells whether a chain has only the hash of an entry, and which. */
export type PrunedHash = (address: string, seq: number) => string | undefined;

/** The causes of all chains of the evidence. */
export interface Causes {
  /** Begins a chain; what it sends may be received by others. */
  chain(origin: string): ChainCauses;
  /** Judges what has its cause in another chain, once all were read. */
  finish(faults: FaultList, prunedHash: PrunedHash): {
    readonly matched: number;
    readonly absentMessages: number;
    readonly absentSenders: number;
  };
}

/** The causes of one chain. */
export interface ChainCauses {
  /** Takes note of a call of the open turn; it counts if the turn ends well. */
  call(entry: CallEntry, hash: HashHex, said: SaidParts): void;
  /** The open turn ended. */
  close(entry: ClosingEntry, hash: HashHex): void;
  /** A keyframe: no message has opened the turn that comes. */
  open(): void;
  /** An entry of which only the hash is here. */
  pruned(): void;
  /** The chain is read no further: what it sent is not all known. */
  stop(): void;
  /**
   * Judges a receive whose cause is in this chain by what was said; takes note of
   * one whose cause is in another.
   *
   * @returns what is wrong
   */
  receive(
    entry: ReceiveEntry,
    own: string,
    body: SaidPart | undefined,
    digest: (text: string) => string,
  ): Mismatch | undefined;
  /** Takes note of an incarnation that a call of the parent asked for. */
  incarnation(entry: IncarnationEntry): void;
}

/** Makes an empty ledger: about 300 bytes for each message that has no receive yet, 50 for each that has. */
export function createCauses(): Causes {
  const chains = new Map<string, Sayings>();
  const pending: Pending[] = [];
  return {
    chain(origin) {
      const sayings: Sayings = { causes: new Map(), deferred: new Map(), pruned: false, partial: false };
      chains.set(origin, sayings);
      return createChainCauses(origin, sayings, pending);
    },

    finish(faults, prunedHash) {
      let matched = 0;
      let absentMessages = 0;
      const absentSenders = new Set<string>();
      for (const each of pending) {
        const found = judge(each, chains.get(each.causeOrigin), prunedHash);
        const own = each.origin === each.causeOrigin;
        if (found === "matched") matched += own ? 0 : 1;
        else if (found === "absent") {
          if (own) continue; // Pruned: that it was there is sure.
          absentMessages += 1;
          absentSenders.add(each.causeOrigin);
        } else faults.add({ address: addressOf(each.origin), seq: each.seq, ...found });
      }
      return { matched, absentMessages, absentSenders: absentSenders.size };
    },
  };
}

function createChainCauses(origin: string, sayings: Sayings, pending: Pending[]): ChainCauses {
  const { causes, deferred } = sayings;
  /** Own requests that have no reply yet, by id. */
  const requests = new Map<string, SaidCall>();
  let staged: SaidCall[] = [];
  /** Who waits for the answer of the open turn. */
  let asker: Asker | undefined;

  const open = (by?: Asker) => {
    asker = by;
    if (staged.length > 0) staged = [];
  };

  /** Who waits for what a request comes to. */
  function askerOf(
    entry: ReceiveEntry,
    known: SaidCall | SaidAnswer | undefined,
    own: string,
  ): Asker | undefined {
    const { type, cause_seq: seq, cause_origin: elsewhere } = entry;
    if (type !== "request" || seq === undefined) return undefined;
    if (elsewhere !== undefined) return { origin: elsewhere, seq };
    // Of an accept, or where the call is pruned, nothing is known here; only what an actor asks of itself is a call.
    return known?.what === "request" || known === undefined && entry.from === own
      ? { origin, seq }
      : undefined;
  }

  function addPending(entry: ReceiveEntry, asked: number | undefined, body: SaidPart | undefined): void {
    const { seq, type, cause_seq: causeSeq, cause, outcome, parts: [commitment] } = entry;
    if (causeSeq === undefined || cause === undefined || commitment === undefined) return;
    if (type !== "send" && type !== "request" && type !== "reply") return;
    const text = outcome === "crashed" ? body?.text : undefined;
    const reply = outcome === undefined ? undefined : { origin, outcome, body: commitment, text, asked };
    const causeOrigin = entry.cause_origin ?? origin;
    pending.push({ origin, seq, type, causeOrigin, causeSeq, cause, body: commitment, reply });
  }

  return {
    call(entry, hash, said) {
      const call = readCall(entry, hash, said);
      if (call !== undefined) staged.push(call);
    },
    close(entry, hash) {
      if (entry.kind === "return" && entry.outcome === "ok") {
        for (const call of staged) {
          causes.set(call.seq, call);
          if (call.id !== undefined && call.what === "request") requests.set(call.id, call);
        }
        if (entry.deferred && asker !== undefined) deferred.set(entry.turn, asker);
      }
      const answer = asker === undefined ? undefined : readAnswer(entry, hash, asker);
      if (answer !== undefined) causes.set(entry.seq, answer);
      open();
    },
    open: () => open(),
    pruned() {
      sayings.pruned = true;
      open();
    },
    stop: () => void (sayings.partial = true),
    receive(entry, own, body, digest) {
      const { cause_seq: causeSeq, request, outcome } = entry;
      if (causeSeq === undefined) {
        open();
        return undefined;
      }
      const known = entry.cause_origin === undefined ? causes.get(causeSeq) : undefined;
      open(askerOf(entry, known, own));
      if (request !== undefined) {
        const asked = requests.get(request);
        requests.delete(request);
        if (outcome === "undelivered") causes.set(causeSeq, undefined);
        else if (outcome !== "timeout") addPending(entry, asked?.seq, body);
        return asked && judgeAsked(entry, asked, body);
      }
      if (entry.cause_origin !== undefined) {
        addPending(entry, undefined, undefined);
        return undefined;
      }
      if (known === undefined || known.what === "answer") return undefined; // An accept, or the chain room has refused it.
      if (known.what === "timer") causes.delete(causeSeq);
      else causes.set(causeSeq, undefined);
      return judgeOwn(entry, known, own, body, digest);
    },
    incarnation({ seq, cause_origin: causeOrigin, cause_seq: causeSeq, cause }) {
      if (causeOrigin === undefined || causeSeq === undefined || cause === undefined) return;
      pending.push({
        origin,
        seq,
        type: "incarnation",
        causeOrigin,
        causeSeq,
        cause,
        body: "",
        reply: undefined,
      });
    },
  };
}

function judge(
  entry: Pending,
  sayings: Sayings | undefined,
  prunedHash: PrunedHash,
): "matched" | "absent" | Mismatch {
  if (sayings === undefined) return "absent";
  const { causeOrigin, causeSeq, cause, type } = entry;
  const { causes, deferred, pruned: gaps } = sayings;
  if (sayings.partial && !causes.has(causeSeq)) return "absent";
  const place = `entry ${causeSeq} of ${addressOf(causeOrigin)}`;
  const found = causes.get(causeSeq);
  if (found === undefined) {
    if (causes.has(causeSeq)) {
      return { code: "cause_spent", wanted: "a cause that nothing has named", got: `${place} again` };
    }
    const pruned = prunedHash(addressOf(causeOrigin), causeSeq);
    if (pruned === undefined) return { code: "wrong_cause", wanted: wantedFor[type], got: place };
    if (pruned !== cause) {
      return { code: "wrong_cause", wanted: `${place} with the hash ${pruned}`, got: cause };
    }
    causes.set(causeSeq, undefined);
    return "absent";
  }
  if (!fits(type, found)) {
    return { code: "wrong_cause", wanted: wantedFor[type], got: `a ${found.what}, ${place}` };
  }
  if (found.hash !== cause) {
    return { code: "wrong_cause", wanted: `${place} with the hash ${found.hash}`, got: cause };
  }
  causes.set(causeSeq, undefined);
  if (entry.reply !== undefined) {
    return judgeReply(
      entry.reply,
      found,
      (turn) => deferred.get(turn) ?? (gaps ? undefined : "nobody"),
      place,
    ) ?? "matched";
  }
  if (found.what === "answer") return "matched"; // Only a reply gets here with one.
  if (type !== "incarnation" && found.body !== entry.body) {
    return { code: "cause_differs", wanted: `the body ${found.body} of ${place}`, got: entry.body };
  }
  return judgeCall(found, addressOf(entry.origin), place) ?? "matched";
}

const wantedFor: { readonly [type in Pending["type"]]: string } = {
  send: "a send of a turn that ended well",
  request: "a request of a turn that ended well",
  reply: "the answer to a request",
  incarnation: "a spawn of a turn that ended well",
};

function fits(type: Pending["type"], { what }: SaidCall | SaidAnswer): boolean {
  switch (type) { // No default: a new type fails to compile here.
    case "send":
    case "request":
      return what === type;
    case "reply":
      return what === "answer" || what === "reply";
    case "incarnation":
      return what === "spawn";
  }
}
