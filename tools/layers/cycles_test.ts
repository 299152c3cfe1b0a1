import { test } from "node:test";
import { deepEqual, equal } from "node:assert/strict";
import { findCycles } from "./cycles.ts";

function arrows(text: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [, from = "", to = ""] of text.matchAll(/(\w)>(\w)/g)) {
    found.set(from, [...found.get(from) ?? [], to]);
  }
  return found;
}

const cases: [string, string[]][] = [
  ["", []],
  ["a>b b>c a>c", []],
  ["a>a", ["a a"]],
  ["a>b b>a", ["a b a"]],
  ["b>a a>b b>c", ["a b a"]],
  ["x>a a>b b>c c>a c>y", ["a b c a"]],
  ["a>b b>c c>a a>c", ["a c a"]],
  ["a>b b>a c>d d>c a>c", ["c d c", "a b a"]],
];

for (const [graph, wanted] of cases) {
  test(`findCycles() of "${graph}"`, () => {
    deepEqual(findCycles(arrows(graph)).map((cycle) => cycle.join(" ")), wanted);
  });
}

test("findCycles() finds a cycle in every graph of three nodes that has one, and in no other", () => {
  const nodes = ["a", "b", "c"];
  const all = nodes.flatMap((from) => nodes.map((to) => [from, to] as const));
  for (let mask = 0; mask < 1 << all.length; mask++) {
    const chosen = all.filter((_, bit) => mask & (1 << bit));
    const graph = new Map(
      nodes.map((node) => [node, chosen.filter(([from]) => from === node).map(([, to]) => to)]),
    );
    equal(findCycles(graph).length > 0, hasCycle(graph), JSON.stringify(chosen));
  }
});

/** Takes away nodes that lead nowhere until none is left, or only cycles are. */
function hasCycle(graph: ReadonlyMap<string, readonly string[]>): boolean {
  const left = new Map(graph);
  for (;;) {
    const end = [...left].find(([, to]) => !to.some((node) => left.has(node)));
    if (end === undefined) return left.size > 0;
    left.delete(end[0]);
  }
}
