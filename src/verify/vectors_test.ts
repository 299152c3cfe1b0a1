/** The vectors of `tests/vectors/chain/` with their parts, which this code had no part in making. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { addressOf } from "../address/mod.ts";
import { chainHash, parseEntry } from "../chain/mod.ts";
import { fromHex } from "../codec/mod.ts";
import { type Evidence, type EvidenceEntry, verify } from "./mod.ts";

interface ChainVector {
  readonly origin: string;
  readonly entries: readonly string[];
  readonly parts: readonly (readonly { readonly salt: string; readonly text: string }[])[];
}

function load<T>(name: string): readonly T[] {
  return JSON.parse(readFileSync(new URL(`../../tests/vectors/chain/${name}.json`, import.meta.url), "utf8"));
}

const encoder = new TextEncoder();

/** Chains of one node beside each other, with nothing sealed. */
function evidenceOf(chains: readonly ChainVector[]): Evidence {
  const entriesOf = new Map(chains.map(({ origin, entries, parts }): [string, EvidenceEntry[]] => [
    addressOf(origin),
    entries.map((text, seq) => ({
      seq,
      text,
      parts: (parts[seq] ?? []).map(({ salt, text }) => ({
        status: "present",
        salt: fromHex(salt),
        bytes: encoder.encode(text),
      })),
    })),
  ]));
  return {
    kind: "log",
    node: (chains[0]?.origin ?? "").split("/")[0] ?? "",
    chains: () =>
      chains.map(({ origin, entries }) => ({
        address: addressOf(origin),
        origin,
        size: entries.length,
        head: chainHash(entries.at(-1) ?? ""),
        turns: count(entries, "keyframe") + count(entries, "receive"),
        activations: count(entries, "keyframe"),
      })).sort((a, b) => a.address < b.address ? -1 : 1),
    entries: (address) => entriesOf.get(address) ?? [],
    entry: (address, seq) => entriesOf.get(address)?.[seq],
    state: () => undefined,
    seals: () => [],
    leaves: () => [],
    tile: () => undefined,
    tileCount: () => 0,
    checkpoints: () => [],
    blobs: () => [],
    hasBlob: () => true,
    lineage: () => undefined,
    strays: () => [],
  };
}

function count(entries: readonly string[], kind: string): number {
  return entries.filter((text) => text.includes(`"kind":"${kind}"`)).length;
}

function judge(chains: readonly ChainVector[]) {
  const { verdict } = verify(evidenceOf(chains));
  const faults = verdict.levels.flatMap((level) => level.faults);
  return { ...verdict, faults, codes: faults.map(({ code }) => code) };
}

/** The origin of a chain, which only its genesis says. */
function withOrigin(chain: Omit<ChainVector, "origin">): ChainVector {
  const genesis = parseEntry(chain.entries[0] ?? "");
  return { ...chain, origin: genesis.kind === "genesis" ? genesis.origin : "" };
}

test("verify() finds nothing wrong with the good chains", () => {
  const chains = load<ChainVector & { name: string }>("chains");
  ok(chains.length > 30);
  for (const chain of chains) deepEqual(judge([withOrigin(chain)]).faults, [], chain.name);
});

for (
  const { name, seq, code, ...chain } of load<ChainVector & { name: string; seq: number; code: string }>(
    "part_refusals",
  )
) {
  test(`verify() refutes the vector: ${name}`, () => {
    const { exit, faults } = judge([withOrigin(chain)]);
    equal(exit, 1);
    deepEqual(faults.map((fault) => [fault.code, fault.seq]), [[code, seq]]);
  });
}

interface Family {
  readonly name: string;
  readonly code: string | null;
  readonly unchecked: { readonly senders: number; readonly news: number; readonly forks: number };
  readonly chains: readonly ChainVector[];
}

for (const { name, code, unchecked, chains } of load<Family>("families")) {
  test(`verify() judges chains beside each other as the vector does: ${name}`, () => {
    for (const order of [chains, chains.toReversed()]) {
      const { exit, codes, coverage } = judge(order);
      deepEqual(codes, code === null ? [] : [code]);
      equal(exit, code === null ? 0 : 1);
      deepEqual(
        {
          senders: coverage.absentSenders.messages,
          news: coverage.absentNews,
          forks: coverage.uncheckedForks,
        },
        unchecked,
      );
    }
  });
}

test("a fork off what is not all there is counted as unchecked, and refuted where its hash is another", () => {
  const family = load<Family>("families").find(({ name }) => name === "a fork off entry 10");
  const [parent, fork] = family?.chains ?? [];
  ok(parent !== undefined && fork !== undefined);
  const evidence = evidenceOf([parent, fork]);
  const pruned = (hash: (seq: number) => string): Evidence => ({
    ...evidence,
    // All before the last keyframe, and no entry that says so: beside the point here.
    entries: (address) =>
      [...evidence.entries(address)].map((entry) =>
        address === addressOf(parent.origin) && entry.seq === 10 && "text" in entry
          ? { seq: 10, pruned: hash(10) }
          : entry
      ),
  });
  const right = verify(pruned((seq) => chainHash(parent.entries[seq] ?? ""))).verdict;
  equal(right.coverage.uncheckedForks, 1);
  const codes = (verdict: typeof right) =>
    verdict.levels.flatMap(({ faults }) => faults.map(({ code }) => code));
  ok(!codes(right).includes("wrong_fork"));
  ok(codes(verify(pruned(() => "ab".repeat(32))).verdict).includes("wrong_fork"));
});
