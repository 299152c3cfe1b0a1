import { deepEqual, equal, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { addressOf } from "../address/mod.ts";
import { chainHash, parseEntry } from "../chain/mod.ts";
import { encodeUtf8, fromHex } from "../codec/mod.ts";
import { createMemoryLog, type LogReader } from "../store/mod.ts";
import { placesOf } from "./part_place.ts";
import { readTraces } from "./traces.ts";

interface ChainVector {
  readonly entries: readonly string[];
  readonly parts: readonly (readonly { readonly salt: string; readonly text: string }[])[];
}

function load<T>(name: string): readonly T[] {
  return JSON.parse(readFileSync(new URL(`../../tests/vectors/chain/${name}.json`, import.meta.url), "utf8"));
}

const families = load<{ readonly name: string; readonly chains: readonly ChainVector[] }>("families");
const singles = load<ChainVector & { readonly name: string }>("chains");

function logOf(name: string): LogReader {
  return logOfChains(families.find((family) => family.name === name)?.chains ?? []);
}

/** Chains of the vectors, as a log. */
function logOfChains(chains: readonly ChainVector[]): LogReader {
  const origins = chains.map(({ entries }) => {
    const genesis = parseEntry(entries[0] ?? "");
    return genesis.kind === "genesis" ? genesis.origin : "";
  });
  const log = createMemoryLog(origins[0]?.split("/")[0]).openLog();
  for (const [i, { entries, parts }] of chains.entries()) {
    const origin = origins[i] ?? "";
    const address = addressOf(origin);
    log.commit([{ write: "create", address, origin }]);
    log.commit(entries.map((text, seq) => ({
      write: "append",
      address,
      seq,
      text,
      hash: chainHash(text),
      parts: (parts[seq] ?? []).map(({ salt, text }) => ({
        status: "present",
        salt: fromHex(salt),
        bytes: encodeUtf8(text),
      })),
    })));
  }
  return log;
}

/** Every part with its copies, in words, of the entries of some kinds. */
function copiesIn(log: LogReader, kinds: readonly string[]): Record<string, readonly string[]> {
  const addresses = log.actors().map(({ address }) => address);
  const traces = readTraces(log, addresses);
  const word = (place: { address: string; seq: number; role: string }) =>
    `${place.address.replace(/^.*\//, "")} ${place.seq} ${place.role}`;
  return Object.fromEntries(
    addresses.flatMap((address) =>
      [...log.entries(address)].map(({ text }) => parseEntry(text))
        .filter(({ kind }) => kinds.includes(kind))
        .flatMap((entry) => placesOf(address, entry))
        .map((place) => [word(place), traces.copies(place).map(word)] as const)
        .filter(([, copies]) => copies.length > 0)
    ),
  );
}

const copiesOf: readonly (readonly [family: string, copies: Record<string, readonly string[]>])[] = [
  ["a request and its answer", {
    "audit 5 body": ["teller-3 6 body"],
    "audit 6 response": ["teller-3 8 body"],
    "teller-3 6 body": ["audit 5 body"],
    "teller-3 8 body": ["audit 6 response"],
  }],
  ["a request and its refusal", {
    "audit 5 body": ["teller-3 6 body"],
    "audit 6 error": ["teller-3 8 body"],
    "teller-3 6 body": ["audit 5 body"],
    "teller-3 8 body": ["audit 6 error"],
  }],
  ["a request whose turn trapped", {
    "audit 5 body": ["teller-3 6 body"],
    "teller-3 6 body": ["audit 5 body"],
  }],
  ["a request that arrived too late", {
    "audit 5 body": ["teller-3 6 body"],
    "teller-3 6 body": ["audit 5 body"],
  }],
  ["a request that is answered later", {
    "audit 5 body": ["teller-3 6 body"],
    "audit 8 body": ["teller-3 8 body"],
    "teller-3 6 body": ["audit 5 body"],
    "teller-3 8 body": ["audit 8 body"],
  }],
];
for (const [family, copies] of copiesOf) {
  test(`readTraces() finds the copies of what was said in ${family}`, () => {
    const found = Object.entries(copiesIn(logOf(family), ["receive", "call", "return", "trap"]));
    deepEqual(Object.fromEntries(found.filter(([place]) => !place.endsWith(" state"))), copies);
  });
}

test("the state of a fork is that of its parent, and of its first keyframe", () => {
  const copies = copiesIn(logOf("a fork off entry 10"), ["genesis"]);
  deepEqual(Object.keys(copies), ["copy 0 state"]);
  deepEqual(copies["copy 0 state"]?.toSorted(), ["copy 1 state", "copy 2 state", "teller-3 10 state"]);
});

test("a state of an actor that begins anew is none of its states from before", () => {
  const log = logOfChains(
    singles.filter(({ name }) => name === "incarnations and decisions of a supervisor"),
  );
  const [{ address } = { address: "" }] = log.actors();
  const starts = [...log.entries(address)].map(({ text }) => parseEntry(text))
    .filter((entry) => entry.kind === "keyframe" && entry.reason === "start");
  equal(starts.length, 3);
  const traces = readTraces(log, [address]);
  for (const start of starts) {
    const [state] = placesOf(address, start);
    ok(state !== undefined && traces.copies(state).every(({ seq }) => seq > start.seq), `entry ${start.seq}`);
  }
});
