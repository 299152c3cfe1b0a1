/**
 * Records a run in which every kind of call, answer and crash occurs, as fuel
 * for replays; under either runtime:
 *
 *     deno run -A --no-prompt tests/system/record_everything.ts <folder>
 *     bun tests/system/record_everything.ts <folder>
 *
 * @module
 */

import process from "node:process";
import { inHouse, writeFiles } from "./house.ts";

const script = `
  import { clock, environment, log, random, Refusal, request, self, send, SendError, timers } from "theater";
  const memory = new Map();
  export function init(params) { return { n: 0, params, timers: [] }; }
  export function handle(state, message) {
    const { type, from, body } = message;
    memory.set(state.n, body); // An instance may remember what it likes.
    const next = { ...state, n: state.n + 1 };
    if (type === "timer") return [{ ...next, timers: [...state.timers, message.id] }, null];
    if (type === "undeliverable") return [next, null];
    if (type === "reply") return [{ ...next, replied: [message.outcome, message.body] }, null];
    switch (body.op) {
      case "log":
        log.debug("schön", { a: [1, -0, NaN] }); console.warn("zwei"); log.error(new Error("kein"));
        return [next, memory.size];
      case "time": {
        const at = [Date.now(), clock.now(), new Date().getTime(), clock.monotonic(), performance.now()];
        return [next, at.map((value) => typeof value).concat(String(at[0]))];
      }
      case "random":
        return [next, [Math.random(), random.uuid(), [...random.bytes(5)], random.number()]];
      case "environment":
        return [next, [environment.get("THEATER_TEST_SET") ?? null, environment.get("THEATER_TEST_UNSET") ?? null]];
      case "send":
        send("everything/counter", { hello: self() });
        send("nobody", [1]);
        try { send("BAD", 1); } catch (error) { return [next, error instanceof SendError && error.code]; }
        return [next, null];
      case "ask":
        return [next, ["hold", "refuse", "die", "keep", "soon"].map((op) => request("everything/desk", { op }, op === "keep" ? 20 : 60_000))
          .concat(request("nobody", 1))];
      case "timers": {
        const ids = [timers.set(1, "soon"), timers.set(1e6, "late"), timers.set(2, { second: 1 })];
        timers.cancel(ids[1]);
        return [next, ids];
      }
      case "work": {
        let text = "";
        for (let i = 0; i < body.count; i++) text += String.fromCharCode(97 + (i * i) % 26);
        return [{ ...next, text }, Math.sin(body.count) + Math.sqrt(2)];
      }
      case "refuse": log.info("before"); timers.set(1, "dropped"); throw new Refusal("as asked");
      case "die": log.info("before"); send("nobody", 1); throw new TypeError("as asked");
      case "deny": return [next, environment.get("PATH")];
      case "loop": log.info("before"); for (;;);
      case "deep": { const deep = (n) => 1 + deep(n + 1); return [next, deep(0)]; }
    }
    return [next, null];
  }`;

const manifest = `
name = "everything"
component = "everything.ts"
params = { b = 1, a = "x" }
supervisor.intensity = 1000
limits = { turn_ms = 1000, memory = "32MiB" }
[permissions]
log = true
clock = true
random = true
timers = true
environment = ["THEATER_TEST_SET", "THEATER_TEST_UNSET"]
send = ["*"]
[[child]]
name = "counter"
component = "counter.wasm"
limits = { turn_ms = 500, memory = "1MiB" }
permissions = { log = true }
[[child]]
name = "rogue"
component = "rogue.wasm"
[[child]]
name = "poor"
component = "poor.ts"
[[child]]
name = "desk"
component = "desk.ts"
permissions = { timers = true }
`;

const ops = [
  ..."log time random environment send ask timers refuse die deny".split(" ").map((op) => ({ op })),
  ...[1, 1000, 20_000].map((count) => ({ op: "work", count })),
  ..."deep log random".split(" ").map((op) => ({ op })),
];

/** Answers at once, later, never, or not at all. */
const desk = `
  import { defer, Refusal, reply, timers } from "theater";
  export function handle(state, { type, body }) {
    if (type === "timer") { reply(body, "later"); return [state, null]; }
    switch (body.op) {
      case "hold": timers.set(1, defer()); return [state, "to nobody"];
      case "keep": return [{ ...state, kept: defer() }, null];
      case "refuse": throw new Refusal("as asked");
      case "die": throw new TypeError("as asked");
    }
    return [state, "at once"];
  }`;

/** Addresses of the actors that have a recording. */
export const recordedAddresses = [
  "everything",
  "everything/counter",
  "everything/rogue",
  "everything/poor",
  "everything/desk",
] as const;

/** Runs the house in `folder`, twice. */
export async function recordEverything(folder: string): Promise<void> {
  process.env["THEATER_TEST_SET"] = "gesetzt";
  writeFiles(folder, {
    "theater.toml": manifest,
    "everything.ts": script,
    "poor.ts": "export function handle(state, message) { return [state, Date.now()]; }",
    "desk.ts": desk,
    "counter.wasm": "counter.wasm",
    "rogue.wasm": "rogue.wasm",
  });
  for (const round of [1, 2]) {
    await inHouse(folder, async ({ send }) => {
      for (const body of ops) await send(body, round === 1 ? {} : { key: JSON.stringify(body) });
      await Promise.all(Array.from({ length: 25 }, (_, count) => send({ op: "work", count })));
      const counter = { to: "everything/counter" };
      for (const body of ["plain", "trap", "err", "deep", "grow", "plain"]) await send(body, counter);
      for (let digit = 0; digit <= 9; digit++) await send(digit, { to: "everything/rogue" });
      await send("when", { to: "everything/poor" });
      if (round === 2) await Promise.all([send("spin", counter), send({ op: "loop" })]);
      await send({ op: "log" }, { wait: "acceptance" });
      await send({ op: "log" });
    }, { turnsPerActivation: 20 });
  }
}

if (import.meta.main) await recordEverything(process.argv[2] ?? "");
