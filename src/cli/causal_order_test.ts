import { deepStrictEqual } from "node:assert/strict";
import { test } from "node:test";
import type { Entry } from "../chain/mod.ts";
import { causalOrder } from "./causal_order.ts";
import type { LoggedEntry } from "./logged_entry.ts";

const node = `home~${"0".repeat(32)}`;

/** `a0`, or `b3<a1`: entry 3 of `b`, whose cause is entry 1 of `a`. */
function logged(word: string): LoggedEntry {
  const [own = "", cause] = word.split("<");
  const place = (text: string) => [text.charAt(0), Number(text.slice(1))] as const;
  const [address, seq] = place(own);
  const entry = cause === undefined
    ? { kind: "call", seq }
    : { kind: "receive", seq, cause_origin: `${node}/${place(cause)[0]}`, cause_seq: place(cause)[1] };
  return { address, entry: entry as Entry } as LoggedEntry;
}

const cases: readonly (readonly [name: string, given: string, wanted: string])[] = [
  ["what is in order stays", "a0 b0 a1 b1<a1", "a0 b0 a1 b1"],
  ["what comes before its cause waits, with its chain", "b0<a1 b1 a0 a1 a2", "a0 a1 b0 b1 a2"],
  ["what waits for what waits", "c0<b0 b0<a0 a0 a1", "a0 b0 c0 a1"],
  ["two chains that wait for each other in turn", "b0<a0 b1 a0 a1<b1 a2", "a0 b0 b1 a1 a2"],
  ["a cause that is not there does not hold anything back for ever", "b0<z9 b1 a0", "a0 b0 b1"],
];
for (const [name, given, wanted] of cases) {
  test(`causalOrder(): ${name}`, () => {
    const order = Array.from(causalOrder(given.split(" ").map(logged)), ({ address, entry }) => {
      return `${address}${entry.seq}`;
    });
    deepStrictEqual(order.join(" "), wanted);
  });
}
