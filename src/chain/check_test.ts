import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { test } from "node:test";
import { type Appended, appendEntry } from "./append.ts";
import { ChainError, type ChainFault } from "./chain_error.ts";
import { createChainChecker } from "./check.ts";
import type { Entry, HashHex, ReceiveEntry } from "./entry.ts";
import { chainHash, zeroHash } from "./hash.ts";
import { parseEntry } from "./parse.ts";
import { partRoles } from "./part.ts";
import { serializeEntry } from "./serialize.ts";
import { makeRandomChain, seededRandom } from "./testing_chain.ts";

/** The first refusal, or undefined if the chain passes. */
function refusalOf(texts: readonly string[]): ChainFault | undefined {
  const checker = createChainChecker();
  for (const text of texts) {
    try {
      checker.next(text);
    } catch (error) {
      if (error instanceof ChainError) return error.fault;
      throw error;
    }
  }
  return undefined;
}

/** Gives every entry the seq and prev of its place, so that only the meaning is left to refuse. */
function relink(entries: readonly Entry[]): string[] {
  let prev: HashHex = zeroHash;
  // Causes that come before keep their place; their hashes may change with what is before them.
  const renamed = new Map<HashHex, HashHex>();
  return entries.map((entry, seq) => {
    const before = chainHash(serializeEntry(entry));
    const cause = entry.kind === "receive" && entry.cause !== undefined
      ? renamed.get(entry.cause)
      : undefined;
    const text = serializeEntry(
      { ...entry, seq, prev, ...(cause === undefined ? undefined : { cause }) } as Entry,
    );
    prev = chainHash(text);
    renamed.set(before, prev);
    return text;
  });
}

const chains = Array.from({ length: 40 }, (_, k) => {
  const seed = 1000 + k;
  return { seed, chain: makeRandomChain(seededRandom(seed), 120) };
});
/** Fewer, where each is changed in hundreds of places. */
const few = chains.slice(0, 20);
const texts = (chain: readonly Appended[]) => chain.map(({ text }) => text);

test("createChainChecker() accepts random valid chains", () => {
  const kinds = new Set<string>();
  for (const { seed, chain } of chains) {
    strictEqual(refusalOf(texts(chain)), undefined, `seed ${seed}`);
    strictEqual(refusalOf(relink(chain.map(({ entry }) => entry))), undefined, `seed ${seed}, relinked`);
    for (const { entry } of chain) kinds.add(entry.kind === "receive" ? `receive ${entry.type}` : entry.kind);
  }
  strictEqual(kinds.size, 17); // Nine kinds, and a receive of each of eight types.
});

test("createChainChecker() refuses a chain from which any entry but the last ones is taken", () => {
  for (const { seed, chain } of few) {
    for (let gap = 0; gap + 1 < chain.length; gap++) {
      const rest = texts(chain).toSpliced(gap, 1);
      const fault = refusalOf(rest);
      strictEqual(fault?.code, "wrong_seq", `seed ${seed}, without ${gap}`);
      strictEqual(fault.seq, gap);
    }
  }
});

/** Changes of one entry that no chain can have, whatever stands around it. */
const mutations: readonly {
  readonly name: string;
  /** The changed entry, or undefined where this does not apply. */
  readonly change: (entry: Entry) => Entry | undefined;
}[] = [
  { name: "a turn more", change: (e) => "turn" in e ? { ...e, turn: e.turn + 1 } : undefined },
  { name: "a turn less", change: (e) => "turn" in e && e.turn > 0 ? { ...e, turn: e.turn - 1 } : undefined },
  { name: "a call more", change: (e) => e.kind === "call" ? { ...e, call: e.call + 1 } : undefined },
  { name: "calls more", change: (e) => "calls" in e ? { ...e, calls: e.calls + 1 } : undefined },
  {
    name: "calls less",
    change: (e) => "calls" in e && e.calls > 0 ? { ...e, calls: e.calls - 1 } : undefined,
  },
  { name: "too many effects", change: (e) => "effects" in e ? { ...e, effects: e.calls + 1 } : undefined },
  {
    name: "another activation",
    change: (e) => e.kind === "keyframe" ? { ...e, activation: e.activation + 1 } : undefined,
  },
  {
    name: "start or not",
    change: (e) =>
      e.kind === "keyframe" ? { ...e, reason: e.reason === "start" ? "wake" : "start" } : undefined,
  },
  {
    name: "a fork that is none",
    change: (e) => e.kind === "keyframe" ? { ...e, reason: "fork" } : undefined,
  },
  {
    name: "another incarnation",
    change: (e) => e.kind === "incarnation" ? { ...e, incarnation: e.incarnation + 1 } : undefined,
  },
  {
    name: "a reply to another request",
    change: (e) => isReply(e) ? { ...e, request: "18446744073709551615" } : undefined,
  },
  {
    name: "another outcome of an own answer",
    change: (e) => isOwnAnswer(e) ? { ...e, outcome: e.outcome === "ok" ? "refused" : "ok" } : undefined,
  },
  {
    name: "an own answer from somebody else",
    change: (e) => isOwnAnswer(e) ? { ...e, from: "audit" } : undefined,
  },
  {
    name: "news of somebody else",
    change: (e) => e.kind === "receive" && e.type === "news" ? { ...e, from: "audit" } : undefined,
  },
  { name: "a second genesis", change: (e) => e.kind === "accept" ? genesisAt(e) : undefined },
  { name: "an accept inside a turn", change: (e) => e.kind === "call" ? acceptAt(e) : undefined },
  {
    name: "a state and no response, or the other way round",
    change: (e) => {
      if (e.kind !== "return" || e.outcome !== "ok") return undefined;
      return { ...e, parts: e.parts.length === 1 ? [...e.parts, ...e.parts] : e.parts.slice(1) };
    },
  },
  {
    name: "a trap of a call that was answered",
    change: (e) => e.kind === "trap" && e.code !== "denied" ? { ...e, code: "denied" } : undefined,
  },
  {
    name: "another cause",
    change: (e) =>
      e.kind === "receive" && e.cause !== undefined && e.cause_origin === undefined
        ? { ...e, cause_seq: (e.cause_seq ?? 0) + 1 }
        : undefined,
  },
  {
    name: "another body than its cause",
    change: (e) =>
      e.kind === "receive" && e.cause !== undefined && e.cause_origin === undefined &&
        e.type !== "undeliverable" && (e.type !== "reply" || e.outcome === "ok")
        ? { ...e, parts: [zeroHash, ...e.parts.slice(1)] }
        : undefined,
  },
  {
    name: "a timer of somebody else",
    change: (e) => e.kind === "receive" && e.type === "timer" ? { ...e, from: "audit" } : undefined,
  },
];

function isReply(entry: Entry): entry is ReceiveEntry {
  return entry.kind === "receive" && entry.type === "reply";
}

function isOwnAnswer(entry: Entry): entry is ReceiveEntry {
  const unanswered = entry.kind === "receive" &&
    (entry.outcome === "timeout" || entry.outcome === "undelivered");
  return isReply(entry) && entry.cause_origin === undefined && !unanswered;
}

function genesisAt({ v, seq, time, prev, parts }: Entry): Entry {
  return {
    kind: "genesis",
    origin: `home~${"0".repeat(32)}/a`,
    v,
    seq,
    time,
    prev,
    parts: parts.slice(0, 1),
  };
}

function acceptAt({ v, seq, time, prev, parts }: Entry): Entry {
  return {
    kind: "accept",
    type: "send",
    from: "outside",
    keyed: false,
    v,
    seq,
    time,
    prev,
    parts: parts.slice(0, 1),
  };
}

for (const { name, change } of mutations) {
  test(`createChainChecker() refuses random chains with ${name}, every hash made right again`, () => {
    let tried = 0;
    for (const { seed, chain } of few) {
      chain.forEach(({ entry }, at) => {
        const changed = change(entry);
        if (changed === undefined) return;
        tried++;
        const entries = chain.map((made) => made.entry);
        const mutated = relink(entries.toSpliced(at, 1, changed));
        const fault = refusalOf(mutated);
        ok(fault !== undefined, `seed ${seed}, entry ${at}`);
        ok((fault.seq ?? 0) >= at, `seed ${seed}, entry ${at}: refused at ${fault.seq} already`);
      });
    }
    ok(tried >= 5, `${tried} tried`);
  });
}

test("createChainChecker() refuses two neighbours that change places, every hash made right again", () => {
  let tried = 0;
  for (const { seed, chain } of few) {
    for (let at = 0; at + 1 < chain.length; at++) {
      const entries = chain.map((made) => made.entry);
      const [first, second] = [entries[at], entries[at + 1]];
      if (first === undefined || second === undefined) continue;
      // An accept may change places with its neighbours between turns.
      if (first.kind === "accept" || second.kind === "accept") continue;
      if (first.kind === "supervise" || second.kind === "supervise") continue; // So may a decision, in part.
      tried++;
      const fault = refusalOf(relink(entries.toSpliced(at, 2, second, first)));
      ok(fault !== undefined, `seed ${seed}, entries ${at} and ${at + 1}`);
    }
  }
  ok(tried > 200);
});

/** A chain that says that all before its last keyframe may be pruned; and where that is. */
function withPrune(chain: readonly Appended[]): { readonly texts: string[]; readonly before: number } {
  // The last turn may be open; cut off there, the chain ends between turns.
  const end = chain.findLastIndex(({ entry }) => ["return", "trap", "cut"].includes(entry.kind)) + 1;
  const whole = chain.slice(0, end);
  const before = whole.findLastIndex(({ entry }) => entry.kind === "keyframe");
  const part = { text: "old", salt: new Uint8Array(16) };
  const prune = appendEntry(whole.at(-1)?.head, { kind: "prune", time: 1, before }, [part]);
  return { texts: [...texts(whole), prune.text], before };
}

const keptKinds = new Set(["genesis", "keyframe", "key", "incarnation", "erase", "prune"]);

/** Reads a chain of which everything before an entry is pruned that may be. */
function readPruned(lines: readonly string[], before: number): ReturnType<typeof createChainChecker> {
  const checker = createChainChecker();
  for (const [seq, text] of lines.entries()) {
    if (seq < before && !keptKinds.has(parseEntry(text).kind)) checker.skip(chainHash(text));
    else checker.next(text);
  }
  return checker;
}

test("a chain that is pruned goes on from the keyframe as the whole one does", () => {
  for (const { seed, chain } of chains) {
    const { texts, before } = withPrune(chain);
    const whole = createChainChecker();
    for (const text of texts) whole.next(text);
    const checker = readPruned(texts, before);
    checker.finish();
    const { initialised: _, alive, ...rest } = checker.summary();
    const { initialised: __, alive: wasAlive, ...wanted } = whole.summary();
    deepStrictEqual({ ...rest, alive }, { ...wanted, alive: wasAlive }, `seed ${seed}`);
    strictEqual(checker.removal(before - 1, "state"), "pruned");
    strictEqual(checker.removal(before, "state"), undefined);
    // Without the entry that says so, it may not be.
    const silent = readPruned(texts.slice(0, -1), before);
    throws(
      () => silent.finish(),
      (error) => error instanceof ChainError && error.fault.code === "wrong_pruned",
    );
    // One hash that is another is found by the next entry, or by the head.
    const hash = silent.summary().hash;
    ok(hash === whole.summary().hash || hash === parseEntry(texts.at(-1) ?? "").prev);
  }
});

test("behind a pruned entry nothing stands but what is kept, until a keyframe", () => {
  let tried = 0;
  for (const { seed, chain } of few) {
    const { texts } = withPrune(chain);
    for (const [at, text] of texts.entries()) {
      const next = texts[at + 1];
      if (at === 0 || next === undefined || keptKinds.has(parseEntry(text).kind)) continue;
      if (keptKinds.has(parseEntry(next).kind)) continue;
      const checker = createChainChecker();
      for (const before of texts.slice(0, at)) checker.next(before);
      checker.skip(chainHash(text));
      tried++;
      throws(
        () => checker.next(next),
        (error) => error instanceof ChainError && error.fault.code === "wrong_pruned",
        `seed ${seed}, entry ${at}`,
      );
    }
  }
  ok(tried > 100);
});

test("an erase says which parts are gone, and no other is", () => {
  const part = { text: "x", salt: new Uint8Array(16) };
  const { chain } = chains[0]!;
  const checker = createChainChecker();
  checker.next(chain[0]!.text);
  const erase = { kind: "erase", time: 1, target: 0, roles: ["about"] } as const;
  checker.next(appendEntry(chain[0]!.head, erase, [part]).text);
  strictEqual(checker.removal(0, "about"), "erased");
  strictEqual(checker.removal(0, "body"), undefined);
  strictEqual(checker.removal(1, "reason"), undefined);
  throws(() => createChainChecker().skip(zeroHash), ChainError);
});

test("createChainChecker() stays where it was after a refusal", () => {
  const { chain } = chains[0]!;
  const checker = createChainChecker();
  for (const { text } of chain) {
    const before = checker.summary();
    throws(() => checker.next(text.replace('"v":1', '"v":2')), ChainError);
    throws(() => checker.next(text.replace(/"prev":"[0-9a-f]{8}/, '"prev":"00000001')), ChainError);
    deepStrictEqual(checker.summary(), before);
    checker.next(text);
  }
});

test("every change of one byte of an entry is refused or changes its hash", () => {
  const seen = new Map<string, string>();
  for (const { chain } of chains) {
    for (const { entry, text } of chain) {
      const kind = entry.kind === "receive" ? `receive ${entry.type}` : entry.kind;
      if (!seen.has(kind)) seen.set(kind, text);
    }
  }
  strictEqual(seen.size, 17);
  for (const [kind, text] of seen) {
    const hash = chainHash(text);
    const bytes = new TextEncoder().encode(text);
    const tried = [
      0x00,
      0x09,
      0x20,
      0x22,
      0x2c,
      0x30,
      0x31,
      0x39,
      0x5c,
      0x61,
      0x66,
      0x7a,
      0x7d,
      0x7f,
      0x80,
      0xc3,
      0xff,
    ];
    for (let at = 0; at < bytes.length; at++) {
      const original = bytes[at] ?? 0;
      for (const byte of [...tried, original ^ 0x01, original ^ 0x20]) {
        if (byte === original) continue;
        bytes[at] = byte;
        const changed = readOrUndefined(bytes);
        // What is still an entry is written back to the very bytes, and has another hash.
        if (changed !== undefined) {
          const again = serializeEntry(changed);
          deepStrictEqual(new TextEncoder().encode(again), bytes, `${kind} at ${at}`);
          ok(chainHash(again) !== hash, `${kind} at ${at}`);
        }
      }
      bytes[at] = original;
    }
    for (let at = 0; at <= text.length; at++) {
      throws(
        () => parseEntry(text.slice(0, at) + " " + text.slice(at)),
        ChainError,
        `${kind}, a space at ${at}`,
      );
      if (at < text.length) throws(() => parseEntry(text.slice(0, at)), ChainError, `${kind}, ends at ${at}`);
    }
  }
});

function readOrUndefined(bytes: Uint8Array): Entry | undefined {
  try {
    return parseEntry(bytes);
  } catch (error) {
    if (error instanceof ChainError) return undefined;
    throw error;
  }
}

test("a ChainError says where, why, what was wanted and what was got", () => {
  const { chain } = chains[0]!;
  const checker = createChainChecker();
  checker.next(chain[0]!.text);
  throws(() => checker.next(chain[0]!.text), {
    message: "Cannot accept entry 1 as its number is wrong: wanted 1, got 0",
  });
  throws(() => parseEntry("{}"), {
    message: 'Cannot accept entry as its text is not that of an entry (offset 1): wanted a key, got "}"',
  });
});

test("appendEntry() begins with a genesis, once", () => {
  const salt = new Uint8Array(16);
  const origin = `home~${"0".repeat(32)}/a`;
  const genesis = { kind: "genesis", time: 1, origin } as const;
  const first = appendEntry(undefined, genesis, [{ text: "{}", salt }]);
  deepStrictEqual(first.head, { size: 1, hash: chainHash(first.text) });
  throws(() => appendEntry(first.head, genesis, [{ text: "{}", salt }]), RangeError);
  const accept = { kind: "accept", time: 1, type: "send", from: "outside", keyed: false } as const;
  throws(() => appendEntry(undefined, accept, [{ text: "{}", salt }]), RangeError);
});

const badDrafts = [
  { name: "no part", code: "bad_parts", keys: {}, parts: 0 },
  { name: "a part too many", code: "bad_parts", keys: {}, parts: 2 },
  { name: "a time before 1970", code: "bad_syntax", keys: { time: -1 }, parts: 1 },
  { name: "a time of half a millisecond", code: "bad_syntax", keys: { time: 0.5 }, parts: 1 },
  { name: "a time that is none", code: "bad_syntax", keys: { time: NaN }, parts: 1 },
  { name: "a time past all others", code: "bad_syntax", keys: { time: 2 ** 53 }, parts: 1 },
  { name: "a sender in capitals", code: "bad_value", keys: { from: "Bank" }, parts: 1 },
  { name: "a sender with a quote", code: "bad_syntax", keys: { from: 'a"' }, parts: 1 },
  {
    name: "a sender that brings keys along",
    code: "key_order",
    keys: { from: 'a","keyed":false,"kind":"accept' },
    parts: 1,
  },
] as const;

for (const { name, code, keys, parts } of badDrafts) {
  test(`appendEntry() refuses ${name}`, () => {
    const head = { size: 4, hash: zeroHash };
    const draft = { kind: "accept", time: 1, type: "send", from: "outside", keyed: false, ...keys } as const;
    const given = Array.from({ length: parts }, () => ({ text: "1", salt: new Uint8Array(16) }));
    throws(() => appendEntry(head, draft, given), (error) => {
      return error instanceof ChainError && error.fault.code === code && error.fault.seq === 4;
    });
  });
}

test("what was erased may be pruned since", () => {
  const part = { text: "x", salt: new Uint8Array(16) };
  for (const { seed, chain } of few) {
    const { texts, before } = withPrune(chain);
    const target = chain.findIndex(({ entry }) => !keptKinds.has(entry.kind));
    if (target < 0 || target >= before) continue;
    const [role] = partRoles(chain[target]!.entry);
    const head = { size: texts.length, hash: chainHash(texts.at(-1) ?? "") };
    const erase = { kind: "erase", time: 1, target, roles: [role!] } as const;
    const checker = readPruned([...texts, appendEntry(head, erase, [part]).text], before);
    checker.finish();
    strictEqual(checker.summary().size, texts.length + 1, `seed ${seed}`);
  }
});
