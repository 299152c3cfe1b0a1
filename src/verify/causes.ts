/**
 * Causes within a chain and between chains: what a send or a timer said beside
 * its entry, and that a send of one chain has at most one receive in all others.
 *
 * Which entry can be a cause, and that it is spent once, the chain room knows for
 * one chain; here is what takes the parts, or two chains. Layer 2.
 * @module
 */

import { addressOf } from "../address/mod.ts";
import {
  type CallEntry,
  type HashHex,
  type ReceiveEntry,
  sendFunction,
  setTimerFunction,
} from "../chain/mod.ts";
import type { FaultList, VerifyCode } from "./fault.ts";
import type { SaidPart } from "./part_form.ts";
import { digestOf, saidBy, type SaidParts } from "./check_parts.ts";

/** A send or a timer, and what its parts say where they are present. */
export interface SaidCause {
  readonly what: "send" | "timer";
  readonly hash: HashHex;
  /** Commitment of the body. */
  readonly body: HashHex;
  /** Canonical JSON. */
  readonly result?: string;
  /** The first argument of a send. */
  readonly to?: string;
  /** SHA-256 of the body. */
  readonly bodyDigest?: string;
}

/** A receive whose cause another chain holds. */
interface ForeignReceive {
  /** Origin of the chain that received. */
  readonly origin: string;
  readonly seq: number;
  readonly causeOrigin: string;
  readonly causeSeq: number;
  readonly cause: string;
  readonly body: HashHex;
}

/** Tells whether a chain has only the hash of an entry, and which. */
export type PrunedHash = (address: string, seq: number) => string | undefined;

/** The causes of all chains of the evidence. */
export interface Causes {
  /** Begins a chain; what it sends may be received by others. */
  chain(origin: string): ChainCauses;
  /** Judges the receives whose cause is in another chain, once all were read. */
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
  close(well: boolean): void;
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
}

/** How a receive and its cause disagree. */
export interface Mismatch {
  readonly code: VerifyCode | "wrong_cause" | "cause_differs" | "cause_spent";
  readonly wanted: string;
  readonly got: string;
}

/** Makes an empty ledger: about 300 bytes for each send that has no receive yet, 50 for each that has. */
export function createCauses(): Causes {
  /** By origin and position; undefined has had its receive. */
  const sends = new Map<string, Map<number, SaidCause | undefined>>();
  const foreign: ForeignReceive[] = [];
  const partial = new Set<string>();

  return {
    chain(origin) {
      const causes = new Map<number, SaidCause | undefined>();
      sends.set(origin, causes);
      let staged: [number, SaidCause][] = [];
      return {
        call(entry, hash, said) {
          const what = entry.function === sendFunction
            ? "send"
            : entry.function === setTimerFunction
            ? "timer"
            : undefined;
          const body = entry.parts[2];
          if (what === undefined || !entry.bodied || body === undefined) return;
          const result = saidBy(said, "result")?.text;
          const args = saidBy(said, "arguments")?.value;
          const to = Array.isArray(args) && typeof args[0] === "string" ? args[0] : undefined;
          const bodyDigest = digestOf(said, "body");
          staged.push([entry.seq, {
            what,
            hash,
            body,
            ...(result === undefined ? {} : { result }),
            ...(what === "send" && to !== undefined ? { to } : {}),
            ...(bodyDigest === undefined ? {} : { bodyDigest }),
          }]);
        },
        close(well) {
          if (well) { for (const [seq, cause] of staged) causes.set(seq, cause); }
          if (staged.length > 0) staged = [];
        },
        stop: () => void partial.add(origin),
        receive(entry, own, body, digest) {
          const { cause_seq: causeSeq, cause_origin: causeOrigin, cause } = entry;
          if (causeSeq === undefined || cause === undefined) return undefined;
          if (causeOrigin !== undefined) {
            const [commitment] = entry.parts;
            if (commitment === undefined) return undefined;
            foreign.push({ origin, seq: entry.seq, causeOrigin, causeSeq, cause, body: commitment });
            return undefined;
          }
          const known = causes.get(causeSeq);
          if (known === undefined) return undefined; // An accept, or the chain room has refused it.
          if (known.what === "timer") causes.delete(causeSeq);
          else causes.set(causeSeq, undefined);
          return disagreement(entry, known, own, body, digest);
        },
      };
    },

    finish(faults, prunedHash) {
      let matched = 0;
      let absentMessages = 0;
      const absentSenders = new Set<string>();
      for (const receive of foreign) {
        const known = sends.get(receive.causeOrigin);
        const found = partial.has(receive.causeOrigin) && !known?.has(receive.causeSeq)
          ? "absent"
          : judge(receive, known, prunedHash);
        if (found === "matched") matched += 1;
        else if (found === "absent") {
          absentMessages += 1;
          absentSenders.add(receive.causeOrigin);
        } else faults.add({ address: addressOf(receive.origin), seq: receive.seq, ...found });
      }
      return { matched, absentMessages, absentSenders: absentSenders.size };
    },
  };
}

function judge(
  receive: ForeignReceive,
  sends: Map<number, SaidCause | undefined> | undefined,
  prunedHash: PrunedHash,
): "matched" | "absent" | Mismatch {
  if (sends === undefined) return "absent";
  const { causeOrigin, causeSeq, cause } = receive;
  const place = `entry ${causeSeq} of ${addressOf(causeOrigin)}`;
  const send = sends.get(causeSeq);
  if (send === undefined) {
    if (sends.has(causeSeq)) {
      return { code: "cause_spent", wanted: "a send without a receive", got: `${place} again` };
    }
    const pruned = prunedHash(addressOf(causeOrigin), causeSeq);
    if (pruned === undefined) {
      return { code: "wrong_cause", wanted: "a send of a turn that ended well", got: place };
    }
    if (pruned !== cause) {
      return { code: "wrong_cause", wanted: `${place} with the hash ${pruned}`, got: cause };
    }
    sends.set(causeSeq, undefined);
    return "absent";
  }
  if (send.what !== "send") return { code: "wrong_cause", wanted: "a send", got: `a ${send.what}, ${place}` };
  if (send.hash !== cause) {
    return { code: "wrong_cause", wanted: `${place} with the hash ${send.hash}`, got: cause };
  }
  sends.set(causeSeq, undefined);
  if (send.body !== receive.body) {
    return { code: "cause_differs", wanted: `the body ${send.body} of ${place}`, got: receive.body };
  }
  if (send.result !== undefined && send.result !== sent) {
    return { code: "cause_result", wanted: `the result ${sent} of ${place}`, got: send.result };
  }
  const own = addressOf(receive.origin);
  if (send.to !== undefined && send.to !== own) {
    return { code: "cause_result", wanted: `${place} to be sent to ${own}`, got: send.to };
  }
  return "matched";
}

/** The result of a send that counts. */
const sent = '[{"ok":null}]';

/** How a receive disagrees with what a cause of its own chain said. */
function disagreement(
  entry: ReceiveEntry,
  cause: SaidCause,
  own: string,
  body: SaidPart | undefined,
  digest: (text: string) => string,
): Mismatch | undefined {
  const place = `entry ${entry.cause_seq}`;
  const result = cause.what === "timer" ? `[{"ok":"${entry.timer}"}]` : sent;
  if (cause.result !== undefined && cause.result !== result) {
    return { code: "cause_result", wanted: `the result ${result} of ${place}`, got: cause.result };
  }
  if (entry.type === "send" && cause.to !== undefined && cause.to !== own) {
    return { code: "cause_result", wanted: `${place} to be sent to ${own}`, got: cause.to };
  }
  if (entry.type !== "undeliverable" || body === undefined || cause.to === undefined) return undefined;
  const match = undeliverable.exec(body.text);
  if (match === null || match[1] !== cause.to) {
    return {
      code: "undeliverable_body",
      wanted: `{"to":"${cause.to}","reason":…,"body":…}`,
      got: body.text.slice(0, 120),
    };
  }
  const inner = body.text.slice(match[0].length, -1);
  if (cause.bodyDigest === undefined || body.text.endsWith("}") && digest(inner) === cause.bodyDigest) {
    return undefined;
  }
  return { code: "undeliverable_body", wanted: `the body of ${place}`, got: inner.slice(0, 120) };
}

const undeliverable = /^\{"to":"([^"\\]*)","reason":"(?:no_actor|mailbox_full|too_large|stopped)","body":/;
