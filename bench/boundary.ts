/**
 * What recording one import call costs inside the worker: a call like that of
 * the log (an enum and a text), directly, without WebAssembly.
 *
 * ```sh
 * deno run -A --no-prompt bench/boundary.ts
 * bun bench/boundary.ts
 * ```
 *
 * Prints one line of JSON for each measurement: microseconds a call, the median of several rounds.
 * @module
 */

import { type Boundary, type CallRecord, createRecorder, createReplayer } from "../src/boundary/mod.ts";
import type { ComponentType } from "../src/component/mod.ts";
import type { FunctionType } from "../src/value/mod.ts";

const callsPerTurn = 100;
const turnsPerRound = 200;
const rounds = 15;
const text = "posted 42.17 EUR from assets:cash to income:books"; // 49 bytes, like a line of a ledger.

/** Functions whose recording is measured, with a host and the arguments of every call. */
const measured: readonly {
  readonly name: string;
  readonly type: FunctionType;
  readonly values: readonly unknown[];
  answer(): unknown;
  readonly bodyArgument?: number;
}[] = [
  {
    name: "write",
    type: {
      params: [
        { name: "level", type: { kind: "enum", names: ["debug", "info", "warn", "error"] } },
        { name: "text", type: { kind: "string" } },
      ],
    },
    values: ["info", text],
    answer: () => undefined,
  },
  {
    name: "now",
    type: { params: [], result: { kind: "u64" } },
    values: [],
    answer: () => 1_764_000_000_000n,
  },
  {
    name: "send",
    type: {
      params: [{ name: "to", type: { kind: "string" } }, { name: "body", type: { kind: "string" } }],
      result: { kind: "result", err: { kind: "string" } },
    },
    values: ["shop/ledger", JSON.stringify({ text })],
    answer: () => ({ tag: "ok", val: undefined }),
    bodyArgument: 1,
  },
  {
    name: "sum",
    type: {
      params: [{ name: "numbers", type: { kind: "list", element: { kind: "f64" } } }],
      result: { kind: "f64" },
    },
    values: [Float64Array.of(1.5, 2.25, NaN, -0)],
    answer: () => 3.75,
  },
];

const limits = { callsMax: 1_000, valueBytesMax: 1 << 20, recordBytesMax: 8 << 20 };

for (const fn of measured) {
  const iface = "bench:calls/calls@0.1.0";
  const type: ComponentType = {
    imports: [{ kind: "instance", name: iface, functions: new Map([[fn.name, fn.type]]), resources: [] }],
    exports: [],
  };
  const { bodyArgument } = fn;
  const host = new Map([[
    `${iface}#${fn.name}`,
    { call: fn.answer, ...(bodyArgument !== undefined && { bodyArgument }) },
  ]]);
  const recorder = createRecorder({ type, host, nowMs: Date.now, limits });
  const replayer = createReplayer({ type });
  let calls: readonly CallRecord[] = [];

  report(`record ${fn.name}`, () => {
    const call = callOf(recorder, iface, fn.name);
    for (let turn = 0; turn < turnsPerRound; turn++) {
      recorder.beginTurn();
      for (let i = 0; i < callsPerTurn; i++) call(...fn.values);
      calls = recorder.endTurn();
    }
  });
  report(`replay ${fn.name}`, () => {
    const call = callOf(replayer, iface, fn.name);
    for (let turn = 0; turn < turnsPerRound; turn++) {
      replayer.beginTurn(calls);
      for (let i = 0; i < callsPerTurn; i++) call(...fn.values);
      if (replayer.endTurn() !== undefined) throw new Error("The replay diverged");
    }
  });
}

function callOf(
  boundary: Pick<Boundary, "imports">,
  iface: string,
  name: string,
): (...values: unknown[]) => unknown {
  return (boundary.imports[iface] as Record<string, (...values: unknown[]) => unknown>)[name] ?? (() => {});
}

function report(name: string, round: () => void): void {
  round();
  round(); // Warm, as an actor's worker is after its first messages.
  const microseconds = Array.from({ length: rounds }, () => {
    const start = performance.now();
    round();
    return (performance.now() - start) * 1000 / (callsPerTurn * turnsPerRound);
  }).sort((a, b) => a - b);
  const median = microseconds[rounds >> 1] ?? NaN;
  console.log(JSON.stringify({ bench: name, "µs": Number(median.toFixed(3)) }));
}
