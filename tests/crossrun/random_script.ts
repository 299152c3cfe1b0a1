/**
 * Random actors in JavaScript: programs that compute, remember, ask the host,
 * speak to each other, and end badly in every way there is.
 *
 * @module
 */

import type { Random } from "../../src/store/testing/random.ts";

/** How many things an actor can be asked to do. */
export const opsOf = 8;

/** One of a list. */
export function pick<T>(random: Random, from: readonly [T, ...T[]]): T {
  return from[random.below(from.length)] ?? from[0];
}

type Statement = (random: Random) => string;

/** What goes well: numbers of every sort, texts, collections, dates, memory, and calls. */
const plain: readonly [Statement, ...Statement[]] = [
  (r) => `s.n = (s.n * ${1 + r.below(99)} + ${r.below(1000)}) % 1000003;`,
  (r) => `s.f = Math.sin(s.f + ${r.below(100)}) * ${1 + r.below(50)} + Math.sqrt(s.n);`,
  (r) => `s.f = Math.pow(Math.abs(s.f) + 1, ${r.below(30) / 10}) % 1e6 + Math.tan(s.n) / 1e3;`,
  (r) => `s.f = [0, -0, NaN, Infinity, 1e21, 5e-324, 0.1 + 0.2][${r.below(7)}] || s.f / 3;`,
  (r) => `out.push(s.f.toFixed(${r.below(8)}), s.n.toString(${2 + r.below(35)}), Math.fround(s.f) | 0);`,
  (r) => `s.text = (s.text + ${JSON.stringify(r.text())} + s.n).slice(-${20 + r.below(200)}).toWellFormed();`,
  () => `out.push(s.text.normalize("NFD").length, s.text.toUpperCase(), s.text.localeCompare("é"));`,
  (r) => `out.push(s.text.replace(/[^a-z]+/giu, "${r.below(9)}"), s.text.split(/(?<=a)/u).length);`,
  (r) =>
    `s.list = [...s.list, s.n, ${r.below(50)}].sort((a, b) => (a % 7) - (b % 7)).slice(-${1 + r.below(40)});`,
  (r) => `memory.set(s.n % ${1 + r.below(20)}, out.length); out.push([...memory].slice(0, 5));`,
  () => `hidden += 1; out.push(hidden);`,
  (r) =>
    `{ let a = 1n; for (let i = 1n; i < ${r.below(40)}n; i++) a *= i + BigInt(s.n); out.push(String(a)); }`,
  (r) =>
    `{ const a = new Float32Array(${
      1 + r.below(60)
    }); for (let i = 0; i < a.length; i++) a[i] = s.f / i; out.push([...a].map(String)); }`,
  (r) => `for (let i = 0; i < ${r.below(4000)}; i++) s.n = (s.n ^ (i * 2654435761)) >>> 3;`,
  (r) =>
    `{ const big = []; for (let i = 0; i < ${
      r.below(3000)
    }; i++) big.push({ i, t: "x" + i }); out.push(JSON.stringify(big).length); }`,
  () => `out.push(new Date(s.n * 1e7).toISOString(), Date.UTC(2024, s.n % 12, 31));`,
  (r) => `try { JSON.parse("[1,".repeat(${1 + r.below(5)})); } catch (error) { out.push(error.name); }`,
  () =>
    `{ class P { #x = s.n; get x() { return this.#x; } *each() { yield* [this.x, 2]; } } out.push([...new P().each()]); }`,
  (r) => `log.${pick(r, ["debug", "info", "warn", "error"])}(${JSON.stringify(r.text())}, s.n, { f: s.f });`,
  () => `out.push(Date.now() - clock.now() <= 0, typeof clock.monotonic(), new Date().getTimezoneOffset());`,
  () => `s.n = (s.n + clock.now()) % 1000003;`,
  () => `s.f = Math.random(); out.push(random.uuid().length, random.number());`,
  (r) => `s.list = [...random.bytes(${r.below(40)})];`,
  () =>
    `out.push(environment.get("THEATER_TEST_SET") ?? null, environment.get("THEATER_TEST_UNSET") ?? null);`,
  () => `out.push(self());`,
];

/** What takes effect when the turn ends well; `hops` keeps it from going on for ever. */
const effects: readonly [Statement, ...Statement[]] = [
  (r) =>
    `if (hops > 0) send(peers[${r.below(9)} % peers.length], { op: ${r.below(opsOf)}, hops: hops - 1 });`,
  (r) =>
    `if (hops > 0) for (let i = 0; i < ${r.below(4)}; i++) send(self(), { op: ${
      r.below(opsOf)
    }, hops: 0, i });`,
  (r) =>
    `if (hops > 0) s.asked = request(peers[${r.below(9)} % peers.length], { op: ${
      r.below(opsOf)
    }, hops: hops - 1 }, ${pick(r, ["1", "60_000", "60_000"])});`,
  () => `if (hops > 0) request("nobody/here", { n: s.n });`,
  () => `if (from !== "outside") s.token = defer() ?? s.token;`, // Nobody outside would wait for it.
  () =>
    `if (s.token) { try { reply(s.token, out.length); } catch (error) { out.push(error.code); } s.token = null; }`,
  () => `send("nobody/here", { n: s.n });`,
  () => `try { send("NOT AN ADDRESS", 1); } catch (error) { out.push(error.code); }`,
  () => `try { send("elsewhere", 1); } catch (error) { out.push(error.code); }`,
  () => `try { send(peers[0], "x".repeat(70_000)); } catch (error) { out.push(error.code); }`,
  (r) => `if (hops > 0) s.timer = timers.set(${r.below(30)}, { op: ${r.below(opsOf)}, hops: hops - 1 });`,
  (r) => `s.timer = timers.set(${100_000 + r.below(1000)}, "late");`,
  () => `if (s.timer) timers.cancel(s.timer);`,
];

/** What ends a turn otherwise than well. */
const ends: readonly [Statement, ...Statement[]] = [
  (r) => `throw new Refusal(${JSON.stringify(r.text())} + s.n);`,
  (r) => `throw new RangeError(${JSON.stringify(r.text())} + hidden);`,
  () => `throw { not: "an error" };`,
  () => `null.nothing;`,
  () => `return environment.get("PATH");`,
  () => `for (;;);`,
  () => `for (;;) out.push(String(out.length));`,
  () => `{ const deep = (n) => deep(n + 1) + 1; out.push(deep(0)); }`,
  () => `{ const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1)); }`,
  () => `return [s, "x".repeat(200_000)];`,
  () => `return [{ ...s, blob: "y".repeat(300_000) }, null];`,
  () => `return 3;`,
  () => `return Promise.resolve([s, null]);`,
  () => `{ const loop = []; loop.push(loop); return [s, loop]; }`,
];

function statements(random: Random, mayEndBadly: boolean): string {
  const body = Array.from(
    { length: 1 + random.below(6) },
    () => pick(random, random.below(10) < 7 ? plain : effects)(random),
  );
  if (mayEndBadly && random.below(3) > 0) {
    const condition = pick(random, ["true", "s.n % 2 === 0", "hidden > 3", "hops === 0"]);
    const at = random.below(body.length + 1);
    body.splice(at, 0, `if (${condition}) { ${pick(random, ends)(random)} }`);
  }
  return body.join("\n        ");
}

/** Source of an actor that does one of {@linkcode opsOf} things, as a message asks. */
export function randomScript(random: Random, peers: readonly string[]): string {
  const cases = Array.from({ length: opsOf }, (_, op) =>
    `case ${op}:
        ${statements(random, op >= opsOf / 2)}
        break;`);
  const init = random.below(12) === 0 ? `throw new Refusal("not today");` : "";
  const migrate = pick(random, [
    `log.info("from", state); return { n: 0, f: 0.5, text: "", list: [], timer: null, ...state };`,
    `hidden += 5; return { n: (state?.n ?? 0) + clock.now(), f: Math.random(), text: "", list: [], timer: null };`,
    `throw new Refusal("not from " + typeof state);`,
    `null.nothing;`,
  ]);
  const top = random.below(4) === 0 ? `hidden = Math.floor(Math.random() * 10);` : "";
  return `
import { clock, defer, environment, log, random, Refusal, reply, request, self, send, timers } from "theater";
const memory = new Map();
const peers = ${JSON.stringify(peers)};
let hidden = 0;
${top}
export function init(params) {
  ${init}
  return { n: params?.n ?? 0, f: 0.5, text: "", list: [], timer: null };
}
export function migrate(state) {
  ${migrate}
}
export function handle(state, { type, from, body, outcome }) {
  const s = { ...state };
  const out = [];
  if (type === "undeliverable") return [{ ...s, n: s.n + 1 }, null]; // Else it might send to nobody for ever.
  if (type === "reply") return [{ ...s, text: s.text.slice(0, 50) + outcome + JSON.stringify(body).slice(0, 50) }, null];
  const { op = 0, hops = 0 } = typeof body === "object" && body !== null ? body : {};
  switch (op) {
      ${cases.join("\n      ")}
  }
  return [s, out];
}
`;
}
