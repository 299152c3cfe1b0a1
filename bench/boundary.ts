/**
 * What recording one import call costs inside the worker: a call like that of
 * the log (an enum and a text) and others, without WebAssembly; then a text
 * through a component and back, with the glue alone and with the recorder.
 *
 * ```sh
 * deno run -A --no-prompt bench/boundary.ts
 * bun bench/boundary.ts
 * ```
 *
 * Prints one line of JSON for each measurement: microseconds a call, of several rounds.
 * @module
 */

import { readFile } from "node:fs/promises";
import { type Boundary, type CallRecord, createRecorder, createReplayer } from "../src/boundary/mod.ts";
import { type ComponentType, loadComponent } from "../src/component/mod.ts";
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

  const record = () => {
    const call = callOf(recorder, iface, fn.name);
    for (let turn = 0; turn < turnsPerRound; turn++) {
      recorder.beginTurn();
      for (let i = 0; i < callsPerTurn; i++) call(...fn.values);
      calls = recorder.endTurn();
    }
  };
  const replay = () => {
    const call = callOf(replayer, iface, fn.name);
    for (let turn = 0; turn < turnsPerRound; turn++) {
      replayer.beginTurn(calls);
      for (let i = 0; i < callsPerTurn; i++) call(...fn.values);
      if (replayer.endTurn() !== undefined) throw new Error("The replay diverged");
    }
  };
  report({ [`record ${fn.name}`]: record, [`replay ${fn.name}`]: replay });
}

await measureComponent();

/** `echo-string` of the test guest: export, import, and back. */
async function measureComponent(): Promise<void> {
  const bytes = await readFile(new URL("../tests/guests/values.wasm", import.meta.url));
  const options = { limit: (core: Uint8Array) => core, cacheVersion: "bench" };
  const { type, glue, modules } = await loadComponent(new Uint8Array(bytes), options);
  const url = URL.createObjectURL(new Blob([glue], { type: "text/javascript" }));
  const { instantiate } = await import(url);
  const core = (module: WebAssembly.Module, imports: WebAssembly.Imports) =>
    new WebAssembly.Instance(module, imports);
  const echo = "test:values/echo";
  const answer = (value: unknown) => value;
  const host = new Map([[`${echo}@0.1.0#echo-string`, { call: answer }]]);
  const recorder = createRecorder({ type, host, nowMs: Date.now, limits });
  const imported = recorder.imports[echo] as Record<string, unknown>;
  const recorded = callOf(recorder, echo, "echoString");
  // One instance for both, as the second of a thread is slower whatever it imports.
  let call: (value: unknown) => unknown = answer;
  const imports = { [echo]: { ...imported, echoString: (value: unknown) => call(value) } };
  recorder.beginTurn();
  const exports = instantiate((name: string) => modules[name], imports, core)["test:values/run@0.1.0"];
  recorder.endTurn();
  report({
    "component echo-string, glue alone": () => run(answer),
    "component echo-string, recorded": () => run(recorded),
  });

  function run(next: typeof call): void {
    call = next;
    for (let turn = 0; turn < turnsPerRound; turn++) {
      recorder.beginTurn();
      for (let i = 0; i < callsPerTurn; i++) exports.echoString(text);
      recorder.endTurn();
    }
  }
}

function callOf(
  boundary: Pick<Boundary, "imports">,
  iface: string,
  name: string,
): (...values: unknown[]) => unknown {
  return (boundary.imports[iface] as Record<string, (...values: unknown[]) => unknown>)[name] ?? (() => {});
}

/** Runs the rounds of each by turns, so that what else the machine does falls on all alike. */
function report(measurements: Readonly<Record<string, () => void>>): void {
  const times = new Map(Object.keys(measurements).map((name) => [name, [] as number[]]));
  for (let round = 0; round < rounds + 2; round++) {
    for (const [name, run] of Object.entries(measurements)) {
      const start = performance.now();
      run();
      const microseconds = (performance.now() - start) * 1000 / (callsPerTurn * turnsPerRound);
      if (round >= 2) times.get(name)?.push(microseconds); // Warm, as a worker is after its first messages.
    }
  }
  for (const [bench, all] of times) {
    all.sort((a, b) => a - b);
    const [fastest = NaN] = all;
    const median = all[rounds >> 1] ?? NaN;
    console.log(JSON.stringify({ bench, "median µs": round3(median), "fastest µs": round3(fastest) }));
  }
}

function round3(value: number): number {
  return Number(value.toFixed(3));
}
