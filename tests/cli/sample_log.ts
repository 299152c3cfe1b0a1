/**
 * Small logs for the tests of the command line, written through the rooms that
 * write real ones: two actors that say a little of everything.
 *
 * @module
 */

import { appendEntry, type ChainHead, type Draft, type PartInput } from "../../src/chain/mod.ts";
import { encodeUtf8 } from "../../src/codec/mod.ts";
import {
  type ActorStatus,
  type LogStore,
  openLog,
  type StoredPart,
  type Write,
} from "../../src/store/mod.ts";

/** When the sample begins: 2026-03-01T13:03:22.000Z. */
export const startMs = Date.UTC(2026, 2, 1, 13, 3, 22);

/** What a part of a sample says; `derivable` keeps its bytes out of the log. */
export type Said = string | { readonly derivable: string };

/** Appends entries to one chain. */
export interface ChainScribe {
  /** Appends one entry and returns its position. */
  write(draft: Draft, ...said: readonly Said[]): number;
  /** Where the chain stands. */
  head(): ChainHead;
  status(status: ActorStatus): void;
  /** Keeps a state whole, as that of entry `seq`. */
  state(seq: number, json: string): void;
}

/** Begins a chain; entries are committed one by one. */
export function beginChain(store: LogStore, address: string): ChainScribe {
  const origin = `${store.node}/${address}`;
  store.commit([{ write: "create", address, origin }]);
  let head: ChainHead | undefined;
  let salts = 0;
  const scribe: ChainScribe = {
    write(draft, ...said) {
      const inputs: PartInput[] = [];
      const parts: StoredPart[] = [];
      for (const each of said) {
        // Salts that can be foreseen: these logs are read by tests only.
        const salt = new Uint8Array(16).fill(++salts % 256);
        const bytes = encodeUtf8(typeof each === "string" ? each : each.derivable);
        inputs.push({ bytes, salt });
        parts.push(
          typeof each === "string" ? { status: "present", salt, bytes } : { status: "derivable", salt },
        );
      }
      const { entry, text, hash, head: next } = appendEntry(head, draft, inputs);
      head = next;
      const write: Write = { write: "append", address, seq: entry.seq, text, hash, parts };
      const turns = entry.kind === "keyframe" || entry.kind === "receive" ? { turns: entry.turn + 1 } : {};
      const activations = entry.kind === "keyframe" ? { activations: entry.activation + 1 } : {};
      store.commit([{ ...write, ...turns, ...activations }]);
      return entry.seq;
    },
    head() {
      if (head === undefined) throw new Error("Cannot tell the head of a chain that has no entries");
      return head;
    },
    status: (status) => void store.commit([{ write: "status", address, status }]),
    state: (seq, json) => void store.commit([{ write: "state", address, seq, bytes: encodeUtf8(json) }]),
  };
  scribe.write({ kind: "genesis", time: startMs, origin }, '{"software":"theater","version":"0.1.0"}');
  return scribe;
}

const ledgerState = '{"accounts":{"cash":1200,"rent":12345678901234567890},"postings":2}';

/**
 * Writes the sample to a new log: `ledger` (20 entries: a start, postings of
 * which one is refused, a log line, a denied call, a crash and a recovery) and
 * `ledger/auditor` (a send from its parent, cut at its deadline).
 */
export function writeSample(path: string): void {
  const store = openLog(path, { nodeName: "sample" });
  const ledger = beginChain(store, "ledger");
  const at = (ms: number) => startMs + ms;
  const activate = (
    time: number,
    activation: number,
    reason: "start" | "recover" | "restart",
    turn: number,
  ) => {
    ledger.write(
      { kind: "keyframe", time, activation, reason, turn },
      activation === 0 ? "null" : { derivable: ledgerState },
      '{"component":"9f"}',
      '{"permissions":{"log":true}}',
      '{"engine":"v8"}',
    );
    ledger.write(
      { kind: "return", time, outcome: "ok", turn, calls: 0, effects: 0, fuel: 52_113 },
      activation === 0 ? "null" : { derivable: ledgerState },
    );
  };
  activate(at(10), 0, "start", 0); // 1, 2
  ledger.write(
    { kind: "receive", time: at(20), turn: 1, type: "init", from: "outside", keyed: false },
    "null",
  ); // 3
  ledger.write(
    { kind: "return", time: at(21), outcome: "ok", turn: 1, calls: 0, effects: 0, fuel: 901 },
    '{"accounts":{},"postings":0}',
  ); // 4
  const accepted = ledger.write(
    { kind: "accept", time: at(100), type: "request", from: "outside", keyed: true },
    '{"op":"post","from":"cash","to":"rent","cents":120000}',
    "posting-1",
  ); // 5
  ledger.write(
    {
      kind: "receive",
      time: at(120),
      turn: 2,
      type: "request",
      from: "outside",
      keyed: true,
      cause_seq: accepted,
      cause: ledger.head().hash,
    },
    '{"op":"post","from":"cash","to":"rent","cents":120000}',
    "posting-1",
  ); // 6
  ledger.write(
    {
      kind: "call",
      time: at(121),
      turn: 2,
      call: 0,
      function: "theater:actor/log@0.1.0#write",
      outcome: "returned",
      bodied: false,
    },
    '["info","posted \u001b[31mred\u001b[0m Zoë 東京"]',
    "[]",
  ); // 7
  const sent = ledger.write(
    {
      kind: "call",
      time: at(122),
      turn: 2,
      call: 1,
      function: "theater:actor/messaging@0.1.0#send",
      outcome: "returned",
      bodied: true,
    },
    '["ledger/auditor",null]',
    '[{"ok":null}]',
    '{"posted":1}',
  ); // 8
  const sentHash = ledger.head().hash;
  ledger.write(
    { kind: "return", time: at(123), outcome: "ok", turn: 2, calls: 2, effects: 1, fuel: 12_345 },
    { derivable: '{"accounts":{"cash":-1200},"postings":1}' },
    '{"ok":true}',
  ); // 9
  ledger.write(
    { kind: "receive", time: at(500), turn: 3, type: "request", from: "outside", keyed: false },
    '{"op":"post","from":"rent","to":"cash","cents":999999999}',
  ); // 10
  ledger.write(
    { kind: "return", time: at(501), outcome: "err", turn: 3, calls: 0, effects: 0, fuel: 4_000 },
    "overdraft: rent has 1200.00",
  ); // 11
  ledger.write(
    { kind: "receive", time: at(800), turn: 4, type: "request", from: "outside", keyed: false },
    '{"op":"balance"}',
  ); // 12
  ledger.write(
    { kind: "return", time: at(801), outcome: "ok", turn: 4, calls: 0, effects: 0, fuel: 4_321 },
    { derivable: ledgerState },
    '{"cash":1200,"rent":12345678901234567890}',
  ); // 13
  ledger.write(
    { kind: "receive", time: at(900), turn: 5, type: "request", from: "outside", keyed: false },
    '{"op":"when"}',
  ); // 14
  ledger.write(
    {
      kind: "call",
      time: at(901),
      turn: 5,
      call: 0,
      function: "theater:actor/clock@0.1.0#now",
      outcome: "denied",
      bodied: false,
    },
    "[]",
    '"Cannot call clock.now: the manifest does not grant it"',
  ); // 15
  ledger.write(
    { kind: "trap", time: at(902), turn: 5, code: "denied", calls: 1, effects: 0, fuel: 777 },
    "Cannot call clock.now: the manifest does not grant it; add clock = true to [permissions]",
  ); // 16
  activate(at(1000), 1, "restart", 6); // 17, 18
  ledger.write(
    { kind: "accept", time: at(1100), type: "send", from: "outside", keyed: false },
    '{"op":"later"}',
  ); // 19
  ledger.state(13, ledgerState);
  ledger.status("resting");

  const auditor = beginChain(store, "ledger/auditor");
  auditor.write(
    { kind: "keyframe", time: at(11), activation: 0, reason: "start", turn: 0 },
    "null",
    '{"component":"9f"}',
    "{}",
    "{}",
  ); // 1
  auditor.write(
    { kind: "return", time: at(12), outcome: "ok", turn: 0, calls: 0, effects: 0, fuel: 1 },
    "null",
  ); // 2
  auditor.write(
    {
      kind: "receive",
      time: at(130),
      turn: 1,
      type: "send",
      from: "ledger",
      keyed: false,
      cause_origin: `${store.node}/ledger`,
      cause_seq: sent,
      cause: sentHash,
    },
    '{"posted":1}',
  ); // 3
  auditor.write(
    { kind: "cut", time: at(5130), turn: 1, reason: "deadline", calls: 0, effects: 0, fuel: 9_000_000 },
    "the turn took longer than 5000 ms",
  ); // 4
  auditor.status("failed");
  store.close();
}

/** Writes a log of one actor, `busy`, for whom `messages` messages wait. */
export function writeLongLog(path: string, messages: number): void {
  const store = openLog(path, { nodeName: "sample" });
  const scribe = beginChain(store, "busy");
  let head = scribe.head();
  const salt = new Uint8Array(16).fill(7);
  const batchMax = 1000;
  for (let first = 0; first < messages; first += batchMax) {
    const writes: Write[] = [];
    for (let i = first; i < Math.min(messages, first + batchMax); i++) {
      const bytes = encodeUtf8(`{"message":${i}}`);
      const draft: Draft = { kind: "accept", time: startMs + i, type: "send", from: "outside", keyed: false };
      const appended = appendEntry(head, draft, [{ bytes, salt }]);
      head = appended.head;
      const { text, hash, entry: { seq } } = appended;
      writes.push({
        write: "append",
        address: "busy",
        seq,
        text,
        hash,
        parts: [{ status: "present", salt, bytes }],
      });
    }
    store.commit(writes);
  }
  store.close();
}
