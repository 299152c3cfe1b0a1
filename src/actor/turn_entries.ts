import type { CallRecord } from "../boundary/mod.ts";
import type { Draft } from "../chain/mod.ts";
import type { TurnReport } from "../worker/mod.ts";
import type { Appended, ChainWriter, PartDraft } from "./chain_writer.ts";
import type { Incoming } from "./message.ts";

/** Gives 16 random bytes, never the same twice. */
export type Salt = () => Uint8Array;

/** Where the entries of a turn went. */
export interface TurnPlaces {
  /** The entry of each call, by ordinal; with the salt of its body, if it has one. */
  readonly calls: readonly { readonly entry: Appended; readonly bodySalt: Uint8Array | undefined }[];
  readonly closing: Appended;
  /** Salt of what the turn said: of its response, its error, or why it ended. */
  readonly saidSalt: Uint8Array;
}

/** Writes the entry that opens a turn with a message. */
export function appendReceive(chain: ChainWriter, incoming: Incoming, turn: number, time: number): Appended {
  const { cause, key, timer, reply } = incoming;
  const elsewhere = cause !== undefined && cause.origin !== chain.origin;
  return chain.append(
    {
      kind: "receive",
      time,
      turn,
      type: incoming.type,
      from: incoming.from,
      keyed: key !== undefined,
      ...(timer !== undefined && { timer }),
      ...reply,
      ...(elsewhere && { cause_origin: cause.origin }),
      ...(cause !== undefined && { cause_seq: cause.seq, cause: cause.hash }),
    } as Draft,
    [
      { text: incoming.body, salt: incoming.salt },
      ...(key === undefined ? [] : [{ text: key.text, salt: key.salt }]),
    ],
    { turns: turn + 1 },
  );
}

/** Writes what happened in a turn that is open: its calls, then the entry that closes it. */
export function appendTurn(chain: ChainWriter, report: TurnReport, salt: Salt): TurnPlaces {
  const calls = report.calls.map((call, ordinal) => appendCall(chain, call, ordinal, report.turn, salt));
  const saidSalt = salt();
  return { calls, closing: appendClosing(chain, report, saidSalt, salt), saidSalt };
}

function appendCall(chain: ChainWriter, call: CallRecord, ordinal: number, turn: number, salt: Salt) {
  const bodySalt = call.body === undefined ? undefined : salt();
  const parts: PartDraft[] = [{ text: call.arguments, salt: salt() }, { text: call.result, salt: salt() }];
  if (call.body !== undefined && bodySalt !== undefined) parts.push({ text: call.body, salt: bodySalt });
  const entry = chain.append({
    kind: "call",
    time: call.timeMs,
    turn,
    call: ordinal,
    function: call.function,
    outcome: call.outcome,
    bodied: call.body !== undefined,
  }, parts);
  return { entry, bodySalt };
}

function appendClosing(chain: ChainWriter, report: TurnReport, saidSalt: Uint8Array, salt: Salt): Appended {
  const { end, turn, fuel, effects } = report;
  const base = { time: report.endMs, turn, calls: report.calls.length, effects: effects.length };
  switch (end.end) {
    case "ok": {
      const deferred = effects.some(({ effect }) => effect === "defer");
      const state: PartDraft = { sha256: end.stateSha256, salt: salt() };
      return chain.append(
        { kind: "return", outcome: "ok", ...base, fuel, ...(deferred && { deferred }) },
        end.response === undefined ? [state] : [state, { text: end.response, salt: saidSalt }],
      );
    }
    case "err":
      return chain.append({ kind: "return", outcome: "err", ...base, fuel }, [
        { text: end.error, salt: saidSalt },
      ]);
    case "trap":
      return chain.append({ kind: "trap", code: end.code, ...base, fuel }, [
        { text: end.reason, salt: saidSalt },
      ]);
    case "cut":
      return chain.append(
        { kind: "cut", reason: end.reason, ...base, ...(end.reason !== "lost" && { fuel }) },
        [{ text: end.detail, salt: saidSalt }],
      );
    case "diverged":
      throw new Error("Cannot append a diverged turn: only a replay diverges, and a replay writes nothing");
  }
}
