/** What must hold of a log, whatever happened while it was written; judged from the log alone. */
import type { Answer } from "../../src/actor/mod.ts";
import { commitPart, type Entry, parseEntry, requestId, type SuperviseEntry } from "../../src/chain/mod.ts";
import { decodeUtf8, encodeUtf8 } from "../../src/codec/mod.ts";
import type { LogReader } from "../../src/store/mod.ts";
import { verify } from "../../src/verify/mod.ts";
import { evidenceOf } from "./evidence.ts";
import { runTurn } from "./fake_worker.ts";

/** A message from outside, and what became of it. */
export interface Asked {
  readonly to: string;
  readonly body: string;
  readonly key: string | undefined;
  readonly wait: "response" | "acceptance";
  answer?: Answer;
}

/** One chain, read. */
interface Chain {
  readonly address: string;
  readonly origin: string;
  readonly entries: readonly Entry[];
  /** Numbers of the turns that ended ok, and so had effects. */
  readonly ok: ReadonlySet<number>;
  /** Where the last incarnation begins: what is before it may be forgotten. */
  readonly anew: number;
  text(seq: number, part: number): string;
}

/** All that is wrong, in words; nothing for a log that is as it must be. */
export function findProblems(reader: LogReader, asked: readonly Asked[]): readonly string[] {
  const problems: string[] = [];
  const { verdict } = verify(evidenceOf(reader));
  for (const { faults } of verdict.levels) {
    for (const fault of faults) problems.push(`verify: ${JSON.stringify(fault)}`);
  }
  if (problems.length > 0) return problems;
  const chains = reader.actors().map(({ address, origin }) => readChain(reader, address, origin));
  for (const chain of chains) {
    problems.push(...checkEffects(reader, chain, chains), ...checkOrder(chain), ...checkState(reader, chain));
  }
  problems.push(...checkAnswers(chains, asked), ...checkCounters(chains));
  return problems;
}

function readChain(reader: LogReader, address: string, origin: string): Chain {
  const entries = [...reader.entries(address)].map(({ text }) => parseEntry(text));
  const ok = new Set<number>();
  for (const entry of entries) if (entry.kind === "return" && entry.outcome === "ok") ok.add(entry.turn);
  return {
    address,
    origin,
    entries,
    ok,
    anew: entries.findLastIndex(({ kind }) => kind === "incarnation"),
    text: (seq, part) => decodeUtf8(reader.parts(address, seq)[part]?.bytes ?? new Uint8Array()),
  };
}

/** Where the receives and the waiting messages are that an entry led to. */
function ledTo(reader: LogReader, chains: readonly Chain[], origin: string, seq: number): string[] {
  return chains.flatMap(({ address, origin: own, entries }) => [
    ...entries.flatMap((entry) =>
      entry.kind === "receive" && entry.cause_seq === seq && (entry.cause_origin ?? own) === origin
        ? [`${entry.type} at ${address}`]
        : []
    ),
    ...reader.mail(address).flatMap(({ cause, type }) =>
      cause?.origin === origin && cause.seq === seq ? [`${type} at ${address}`] : []
    ),
  ]);
}

/** Whatever took effect led to one thing; whatever did not led to none. */
function checkEffects(reader: LogReader, chain: Chain, chains: readonly Chain[]): string[] {
  const problems: string[] = [];
  const { address, entries, ok, origin, anew } = chain;
  const wrong = (seq: number, what: string, found: readonly string[]) =>
    problems.push(`${address} ${seq}: ${what}, found [${found.join(", ")}]`);
  const timers = new Set(reader.timers(address).map(({ timer }) => timer));
  const requests = new Set(reader.requests(address).map(({ request }) => request));
  const replied = (id: string) =>
    entries.filter((entry) => entry.kind === "receive" && entry.request === id).length +
    reader.mail(address).filter(({ reply }) => reply?.request === id).length;
  const cancelled = new Map<string, number>();
  for (const entry of entries) {
    if (entry.kind !== "call" || !entry.function.endsWith("#cancel") || !ok.has(entry.turn)) continue;
    cancelled.set(String(JSON.parse(chain.text(entry.seq, 0))[0]), entry.turn);
  }
  for (const entry of entries) {
    const { seq } = entry;
    if (entry.kind === "accept") {
      const found = ledTo(reader, chains, origin, seq);
      if (found.length !== 1) wrong(seq, "wanted what was accepted once", found);
    }
    if (entry.kind !== "call" || !entry.bodied) continue;
    const found = ledTo(reader, chains, origin, seq);
    if (!ok.has(entry.turn)) {
      if (found.length > 0) wrong(seq, "wanted nothing of a turn that failed", found);
      continue;
    }
    const id = requestId(entry.turn, entry.call);
    const forgotten = seq < anew;
    switch (entry.function.split("#")[1]) {
      case "send":
        if (found.length !== 1 && !(forgotten && found.length === 0)) wrong(seq, "wanted a send once", found);
        break;
      case "request": {
        const count = replied(id) + (requests.has(id) ? 1 : 0);
        if (count !== 1 && !(forgotten && count === 0)) {
          wrong(seq, `wanted one reply to ${id} or one request that waits, got ${count}`, found);
        }
        if (found.filter((what) => what.startsWith("request")).length > 1) wrong(seq, "asked twice", found);
        break;
      }
      case "set": {
        const count = found.length + (timers.has(id) ? 1 : 0);
        const may = forgotten || cancelled.has(id) ? [0, 1] : [1];
        if (!may.includes(count)) wrong(seq, `wanted timer ${id} once, got ${count}`, found);
        break;
      }
    }
  }
  return problems;
}

/** What one actor said to another comes in the order in which it was said. */
function checkOrder({ address, origin, entries }: Chain): string[] {
  const problems: string[] = [];
  const last = new Map<string, number>();
  for (const entry of entries) {
    if (entry.kind !== "receive" || entry.cause_seq === undefined) continue;
    const from = entry.cause_origin ??
      (entry.type === "send" && entry.from === "outside" ? "outside" : undefined);
    if (from === undefined || from === origin) continue;
    const before = last.get(from) ?? -1;
    if (entry.cause_seq <= before) {
      problems.push(`${address} ${entry.seq}: entry ${entry.cause_seq} of ${from} comes after ${before}`);
    }
    last.set(from, entry.cause_seq);
  }
  return problems;
}

/** The state after every turn is what the turns before it come to. */
function checkState(reader: LogReader, chain: Chain): string[] {
  const { address, entries } = chain;
  let state = "null";
  let turn: { type: string; text: string } | undefined;
  let calls: { result: string }[] = [];
  for (const entry of entries) {
    if (entry.kind === "incarnation") state = "null";
    if (entry.kind === "keyframe") turn = undefined;
    if (entry.kind === "receive") {
      const said = chain.text(entry.seq, 0);
      const body = entry.outcome === "refused" ? JSON.stringify(said) : said;
      turn = { type: entry.type, text: entry.type === "init" ? said : `{"body":${body}}` };
      calls = [];
    }
    if (entry.kind === "call") calls.push({ result: chain.text(entry.seq, 1) });
    if (entry.kind !== "return" || entry.outcome !== "ok") continue;
    if (turn !== undefined) {
      const input = { turn: entry.turn, type: turn.type as "send", text: turn.text };
      const recorded = calls.map(({ result }) => ({
        result,
        function: "",
        outcome: "returned" as const,
        arguments: "[]",
        timeMs: 0,
      }));
      ({ state } = runTurn(state, input, { nowMs: 0, awaited: false, owes: () => false, recorded }));
    }
    const salt = reader.parts(address, entry.seq)[0]?.salt ?? new Uint8Array(16);
    if (commitPart(encodeUtf8(state), salt) !== entry.parts[0]) {
      return [`${address} ${entry.seq}: the state is not what the turns come to, ${state.slice(0, 80)}`];
    }
  }
  return [];
}

/** What somebody outside was told stands in the log, and no key has two turns. */
function checkAnswers(chains: readonly Chain[], asked: readonly Asked[]): string[] {
  const problems: string[] = [];
  for (const { to, key, body, answer, wait } of asked) {
    const chain = chains.find(({ address }) => address === to);
    if (chain === undefined) continue;
    if (key !== undefined) {
      const turns = chain.entries.filter((entry) =>
        entry.kind === "receive" && entry.keyed && chain.text(entry.seq, 1) === key
      );
      if (turns.length > 1) problems.push(`${to}: ${turns.length} turns for ${key}`);
    }
    if (answer === undefined || answer.answer === "undelivered") continue;
    const entry = chain.entries[answer.seq];
    const told = `${to} answered ${JSON.stringify(answer)}`;
    if (entry === undefined) problems.push(`${told}, which is not in its log`);
    else if (wait === "acceptance") {
      const isIt = entry.kind === "accept" && chain.text(answer.seq, 0) === body;
      if (!isIt && answer.answer === "accepted" && entry.kind === "accept") problems.push(`${told}: another`);
    } else if (answer.answer === "ok" && entry.kind === "return") {
      if (chain.text(answer.seq, 1) !== answer.response) problems.push(`${told}: another response`);
    }
  }
  return problems;
}

/** How long after an exit its decision may be written down, as what is below has to end first. */
const noteMs = 200;

/** Every restart is counted, over all crashes of the host, and none is allowed beyond the intensity. */
function checkCounters(chains: readonly Chain[]): string[] {
  const problems: string[] = [];
  const bySupervisor = new Map<string, { address: string; entry: SuperviseEntry }[]>();
  for (const { address, entries } of chains) {
    const supervisor = address.includes("/") ? address.slice(0, address.lastIndexOf("/")) : "outside";
    for (const entry of entries) {
      if (entry.kind !== "supervise" || entry.rule !== "crash" && entry.rule !== "intensity") continue;
      bySupervisor.set(supervisor, [...bySupervisor.get(supervisor) ?? [], { address, entry }]);
    }
  }
  for (const [supervisor, decisions] of bySupervisor) {
    const chain = chains.find(({ address }) => address === supervisor);
    // A supervisor that is itself started again counts from nothing.
    const begins = (chain?.entries ?? []).flatMap((entry) =>
      entry.kind === "supervise" && entry.rule !== "kept" ? [entry.time] : []
    );
    for (const { address, entry } of decisions) {
      const since = Math.max(-1, ...begins.filter((time) => time <= entry.time));
      const counted = decisions.filter(({ entry: other }) =>
        other.decision === "restart" && other.rule === "crash" && other.time > since &&
        entry.time - other.time < entry.period_ms - noteMs &&
        (other.time < entry.time || other === entry)
      ).length + (entry.decision === "give_up" ? 1 : 0);
      const place = `${address} ${entry.seq}: ${entry.decision} of ${supervisor}`;
      if (entry.decision === "restart" && entry.rule === "crash" && entry.restarts > entry.intensity) {
        problems.push(`${place}: restart ${entry.restarts} of at most ${entry.intensity}`);
      }
      if (entry.restarts < counted) {
        problems.push(`${place}: says ${entry.restarts} restarts, the log has ${counted}`);
      }
    }
  }
  return problems;
}
