import { test } from "node:test";
import { deepEqual, equal, ok } from "node:assert/strict";
import { appendEntry, type ChainHead } from "../chain/mod.ts";
import { createMemoryLog, type LogStore } from "../store/mod.ts";
import { streamEntries } from "./entry_stream.ts";

const salt = new Uint8Array(16).fill(1);

/** Writes a chain whose entries have these times. */
function writeChain(store: LogStore, address: string, times: readonly number[]): void {
  store.commit([{ write: "create", address, origin: `${store.node}/${address}` }]);
  let head: ChainHead | undefined;
  for (const time of times) {
    const draft = head === undefined
      ? { kind: "genesis", time, origin: `${store.node}/${address}` } as const
      : { kind: "accept", time, type: "send", from: "outside", keyed: false } as const;
    const { entry, text, hash, head: next } = appendEntry(head, draft, [{ text: "{}", salt }]);
    head = next;
    const bytes = new TextEncoder().encode("{}");
    store.commit([{
      write: "append",
      address,
      seq: entry.seq,
      text,
      hash,
      parts: [{ status: "present", salt, bytes }],
    }]);
  }
}

const whole = ({ size }: { readonly size: number }) => ({ from: 0, to: size });

test("streamEntries() merges chains by time and never turns one around", () => {
  const store = createMemoryLog().openLog();
  writeChain(store, "a", [10, 30, 20, 40]); // Its clock was set back.
  writeChain(store, "b", [5, 25, 35]);
  writeChain(store, "c", []);
  const seen = [...streamEntries(store, store.actors(), { rangeOf: whole })];
  deepEqual(seen.map(({ address, entry }) => `${address}${entry.seq}`), [
    "b0",
    "a0",
    "b1",
    "a1",
    "a2",
    "b2",
    "a3",
  ]);
});

test("streamEntries() forwards and backwards see the same entries, each chain in its order", () => {
  const store = createMemoryLog().openLog();
  const sizes = [1, 700, 3, 90, 512, 513];
  for (const [i, size] of sizes.entries()) {
    writeChain(
      store,
      `actor-${i}`,
      Array.from({ length: size }, (_, seq) => 1000 + (seq * 7919 * (i + 1)) % 997),
    );
  }
  for (const withParts of [false, true]) {
    for (const backwards of [false, true]) {
      const nextSeq = new Map<string, number>();
      let count = 0;
      for (
        const { address, entry } of streamEntries(store, store.actors(), {
          rangeOf: whole,
          backwards,
          withParts,
        })
      ) {
        const size = store.actor(address)?.size ?? 0;
        const expected = nextSeq.get(address) ?? (backwards ? size - 1 : 0);
        equal(entry.seq, expected);
        nextSeq.set(address, backwards ? expected - 1 : expected + 1);
        count += 1;
      }
      equal(count, sizes.reduce((sum, size) => sum + size, 0));
    }
  }
});

test("streamEntries() keeps to its range", () => {
  const store = createMemoryLog().openLog();
  writeChain(store, "a", Array.from({ length: 600 }, (_, i) => i));
  for (const [from, to] of [[0, 0], [5, 6], [100, 580], [590, 600], [7, 3]] as const) {
    for (const backwards of [false, true]) {
      const seqs = [...streamEntries(store, store.actors(), { rangeOf: () => ({ from, to }), backwards })]
        .map(({ entry }) => entry.seq);
      equal(seqs.length, Math.max(0, to - from));
      ok(seqs.every((seq) => seq >= from && seq < to));
    }
  }
});
