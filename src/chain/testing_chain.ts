/** Random valid chains for tests, from a seed. Not part of the room's window. */

import { addressOf } from "../address/mod.ts";
import { type Appended, appendEntry } from "./append.ts";
import { sendFunction, setTimerFunction } from "./cause_ledger.ts";
import type { Draft, MessageType, TrapCode } from "./entry.ts";
import type { PartInput } from "./part.ts";

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = a + 0x6d2b79f5 >>> 0;
    let t = Math.imul(a ^ a >>> 15, a | 1);
    t ^= t + Math.imul(t ^ t >>> 7, t | 61);
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32;
  };
}

const origin = "home~9f86d081884c7d659a2feaa0c55ad015/bank/teller-3";

/** Something that a later receive may name. */
interface Cause {
  readonly made: Appended;
  readonly what: "accept" | "send" | "timer";
  readonly parts: readonly PartInput[];
}

/** Makes a valid chain of about `size` entries. */
export function makeRandomChain(random: () => number, size: number): readonly Appended[] {
  const chain: Appended[] = [];
  let turns = 0;
  let activations = 0;
  let alive = false;
  let initialised = false;
  const causes: Cause[] = [];
  const below = (n: number) => Math.floor(random() * n);
  const pick = <const T>(list: readonly [T, ...T[]]): T => list[below(list.length)] ?? list[0];
  const part = (): PartInput => ({
    text: `${below(1000)}`,
    salt: Uint8Array.from({ length: 16 }, () => below(256)),
  });
  const add = (draft: Draft, parts: readonly PartInput[]): Appended => {
    const made = appendEntry(chain.at(-1)?.head, draft, parts);
    chain.push(made);
    return made;
  };
  const time = () => below(2 ** 40);

  /** Calls, and then an end; the causes that it made count only if it ends well. */
  function finish(opened: "instantiate" | MessageType) {
    const turn = turns++;
    const staged: Cause[] = [];
    let calls = 0;
    let unanswered: "denied" | "failed" | undefined;
    for (const more = below(4); calls < more && unanswered === undefined; calls++) {
      const what = pick(["send", "timer", "other"]);
      const outcome = below(12) === 0 ? pick(["denied", "failed"]) : "returned";
      if (outcome !== "returned") unanswered = outcome;
      const name = what === "send"
        ? sendFunction
        : what === "timer"
        ? setTimerFunction
        : "wasi:clocks/x@0.2.6#now";
      const bodied = what !== "other";
      const parts = bodied ? [part(), part(), part()] : [part(), part()];
      const made = add(
        { kind: "call", time: time(), turn, call: calls, function: name, outcome, bodied },
        parts,
      );
      if (what !== "other") staged.push({ made, what, parts: parts.slice(2) });
    }
    const ends = { time: time(), turn, calls, effects: below(calls + 1) };
    const end = unanswered === undefined
      ? pick(["ok", "ok", "ok", "ok", "err", "trap", "cut"])
      : pick(["trap", "cut"]);
    if (end === "cut") {
      add({
        kind: "cut",
        ...ends,
        reason: pick(["deadline", "killed", "lost"]),
        ...(below(2) && { fuel: 5 }),
      }, [part()]);
      alive = false;
    } else if (end === "trap") {
      const code: TrapCode = unanswered === "denied"
        ? "denied"
        : unanswered === "failed"
        ? pick(["host", "script"])
        : pick(["stack", "memory", "script"]);
      add({ kind: "trap", ...ends, code, fuel: below(1e9) }, [part()]);
      alive = false;
    } else if (end === "err" && opened !== "instantiate") {
      add({ kind: "return", ...ends, outcome: "err", fuel: below(1e9) }, [part()]);
      alive = opened !== "init";
    } else {
      const silent = opened === "instantiate" || opened === "init";
      add({ kind: "return", ...ends, outcome: "ok", fuel: below(1e9) }, silent ? [part()] : [part(), part()]);
      alive = true;
      initialised ||= opened === "init";
      causes.push(...staged);
    }
  }

  function activate() {
    const reason = activations === 0 ? "start" : pick(["wake", "recover", "restart", "upgrade", "renew"]);
    add({ kind: "keyframe", time: time(), activation: activations++, reason, turn: turns }, [
      part(),
      part(),
      part(),
      part(),
    ]);
    finish("instantiate");
  }

  function accept() {
    const keyed = below(2) === 0;
    const from = keyed ? "outside" : pick(["outside", "audit"]);
    const parts = keyed ? [part(), part()] : [part()];
    const made = add({ kind: "accept", time: time(), type: pick(["request", "send"]), from, keyed }, parts);
    causes.push({ made, what: "accept", parts });
  }

  function receive() {
    const base = { kind: "receive", time: time(), turn: turns, keyed: false } as const;
    const own = addressOf(origin);
    if (!initialised) {
      add({ ...base, type: "init", from: "outside" }, [part()]);
      return finish("init");
    }
    const cause = below(3) > 0 ? causes.splice(below(causes.length), 1)[0] : undefined;
    if (cause === undefined) {
      const keyed = below(2) === 0;
      const foreign = below(4) === 0;
      if (foreign) {
        const cause_origin = "away~00112233445566778899aabbccddeeff/audit";
        const link = { cause_origin, cause_seq: below(100), cause: chain[0]!.hash };
        add({ ...base, type: "send", from: "audit", ...link }, [part()]);
        return finish("send");
      }
      const type = pick(["request", "send"]);
      add({ ...base, type, from: "outside", keyed }, keyed ? [part(), part()] : [part()]);
      return finish(type);
    }
    const { entry, hash } = cause.made;
    const link = { cause_seq: entry.seq, cause: hash };
    if (entry.kind === "accept") {
      add({ ...base, type: entry.type, from: entry.from, keyed: entry.keyed, ...link }, cause.parts);
      return finish(entry.type);
    }
    if (cause.what === "timer") {
      add({ ...base, type: "timer", from: own, timer: `${below(100)}`, ...link }, cause.parts);
      return finish("timer");
    }
    const type = pick(["send", "undeliverable"]);
    add({ ...base, type, from: own, ...link }, type === "send" ? cause.parts : [part()]);
    return finish(type);
  }

  add({ kind: "genesis", time: time(), origin }, [part()]);
  while (chain.length < size) {
    if (below(5) === 0) accept();
    else if (!alive || below(12) === 0) activate();
    else receive();
  }
  return chain;
}
