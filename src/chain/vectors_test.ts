/** The vectors of `tests/vectors/chain/`, which this code had no part in making. */
import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  ChainError,
  chainHash,
  commitDigest,
  commitInput,
  commitPart,
  createChainChecker,
  messageText,
  type MessageType,
  parseEntry,
  partRoles,
  serializeEntry,
} from "./mod.ts";
import { canonicalize, fromHex, parseCanonical } from "../codec/mod.ts";

function load<T>(name: string): readonly T[] {
  return JSON.parse(readFileSync(new URL(`../../tests/vectors/chain/${name}.json`, import.meta.url), "utf8"));
}

interface Chain {
  readonly name: string;
  readonly entries: readonly string[];
  readonly parts: readonly (readonly { readonly salt: string; readonly text: string }[])[];
}

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (!(error instanceof ChainError)) throw error;
    return error.fault.code;
  }
}

for (const { name, text, hash } of load<{ name: string; text: string; hash: string }>("entries")) {
  test(`parseEntry() and serializeEntry() agree on the vector ${name}`, () => {
    const entry = parseEntry(text);
    strictEqual(serializeEntry(entry), text);
    strictEqual(chainHash(text), hash);
    deepStrictEqual(parseEntry(new TextEncoder().encode(text)), entry);
    deepStrictEqual(parseCanonical(text), { ...entry });
    strictEqual(canonicalize({ ...entry }), text);
  });
}

test("every example of docs/format/entry.md is a vector", () => {
  const page = readFileSync(new URL("../../docs/format/entry.md", import.meta.url), "utf8");
  const examples = page.split("\n").filter((line) => line.startsWith("{"));
  const texts = new Set(load<{ text: string }>("entries").map(({ text }) => text));
  strictEqual(examples.length, 24);
  deepStrictEqual(examples.filter((text) => !texts.has(text)), []);
});

const refusals = load<{ name: string; text?: string; hex?: string; code: string }>("entry_refusals");
test(`parseEntry() refuses ${refusals.length} texts with the codes of the vectors`, () => {
  for (const { name, text, hex, code } of refusals) {
    const bytes = text === undefined ? fromHex(hex ?? "") : new TextEncoder().encode(text);
    strictEqual(codeOf(() => parseEntry(bytes)), code, name);
    if (text !== undefined) strictEqual(codeOf(() => parseEntry(text)), code, `${name}, as text`);
  }
});

test("commitments are those of the vectors", () => {
  for (const { hex, salt, sha256, commitment } of load<Record<string, string>>("parts")) {
    const bytes = fromHex(hex ?? "");
    const saltBytes = fromHex(salt ?? "");
    strictEqual(commitPart(bytes, saltBytes), commitment);
    strictEqual(commitDigest(fromHex(sha256 ?? ""), saltBytes), commitment);
    strictEqual(commitInput({ bytes, salt: saltBytes }), commitment);
  }
});

for (const { name, entries, parts, end } of load<Chain & { end: Record<string, unknown> }>("chains")) {
  test(`createChainChecker() accepts the vector: ${name}`, () => {
    const checker = createChainChecker();
    entries.forEach((text, seq) => {
      const entry = checker.next(text);
      const given = parts[seq] ?? [];
      deepStrictEqual(
        entry.parts,
        given.map((part) => commitInput({ text: part.text, salt: fromHex(part.salt) })),
      );
      strictEqual(partRoles(entry).length, given.length);
    });
    const { openTurn, openCalls, stateSeq, ...rest } = checker.summary();
    deepStrictEqual({
      ...rest,
      open_turn: openTurn ?? null,
      open_calls: openCalls,
      state_seq: stateSeq ?? null,
      open_causes: checker.openCauses().map(({ seq, what }) => [seq, what]),
    }, end);
    for (const { seq, hash } of checker.openCauses()) strictEqual(hash, chainHash(entries[seq] ?? ""));
  });
}

for (const { name, entries, seq, code } of load<Chain & { seq: number; code: string }>("chain_refusals")) {
  test(`createChainChecker() refuses the vector: ${name}`, () => {
    const checker = createChainChecker();
    for (const text of entries.slice(0, seq)) checker.next(text);
    const before = checker.summary();
    throws(() => checker.next(entries[seq] ?? ""), (error) => {
      return error instanceof ChainError && error.fault.code === code && error.fault.seq === seq;
    });
    deepStrictEqual(checker.summary(), before); // A refusal leaves no trace.
    strictEqual(entries.length, seq + 1);
  });
}

test("createChainChecker() accepts the chains whose parts alone are wrong", () => {
  for (const { entries } of load<Chain>("part_refusals")) {
    const checker = createChainChecker();
    for (const text of entries) checker.next(text);
    strictEqual(checker.summary().size, entries.length);
  }
});

interface MessageVector {
  readonly type: MessageType;
  readonly from: string;
  readonly timer?: string;
  readonly body: string;
  readonly text: string;
}

test("messageText() writes what the vectors say", () => {
  for (const { body, text, ...message } of load<MessageVector>("messages")) {
    strictEqual(messageText(message, body), text);
  }
});
