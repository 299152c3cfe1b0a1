/** Random valid chains for tests, from a seed. Not part of the room's window. */

import { addressOf } from "../address/mod.ts";
import { type Appended, appendEntry } from "./append.ts";
import { replyFunction, requestFunction, sendFunction, setTimerFunction } from "./cause_ledger.ts";
import type { Draft, KeyframeReason, MessageType, ReplyOutcome, TrapCode } from "./entry.ts";
import { requestId } from "./message.ts";
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
  readonly what: "accept" | "send" | "timer" | "request";
  readonly parts: readonly PartInput[];
}

/** A request of the actor to itself that had its turn, and what answered it. */
interface Answer {
  readonly asked: Appended;
  readonly made: Appended;
  readonly outcome: ReplyOutcome;
  readonly parts: readonly PartInput[];
}

const functions = {
  send: sendFunction,
  timer: setTimerFunction,
  request: requestFunction,
  reply: replyFunction,
};

/** What the request of a call goes by. */
function idOf({ entry }: Appended): string {
  return entry.kind === "call" ? requestId(entry.turn, entry.call) : "";
}

/** Makes a valid chain of about `size` entries. */
export function makeRandomChain(random: () => number, size: number): readonly Appended[] {
  const chain: Appended[] = [];
  let turns = 0;
  let activations = 0;
  let alive = false;
  let initialised = false;
  let incarnations = 0;
  let upgraded = false;
  /** What the next keyframe must say. */
  let reason: KeyframeReason | undefined = "start";
  const causes: Cause[] = [];
  /** Requests that have no reply, delivered to the actor itself or not. */
  const asked = new Set<Appended>();
  const answers: Answer[] = [];
  /** Own requests whose answer was deferred. */
  const deferred: Appended[] = [];
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
  function finish(opened: "instantiate" | MessageType, answering?: Appended) {
    const turn = turns++;
    const staged: Cause[] = [];
    const later: Answer[] = [];
    let calls = 0;
    let unanswered: "denied" | "failed" | undefined;
    for (const more = below(4); calls < more && unanswered === undefined; calls++) {
      const what = pick(["send", "timer", "request", "reply", "other"]);
      const outcome = below(12) === 0 ? pick(["denied", "failed"]) : "returned";
      if (outcome !== "returned") unanswered = outcome;
      const name = what === "other" ? "wasi:clocks/x@0.2.6#now" : functions[what];
      const bodied = what !== "other";
      const parts = bodied ? [part(), part(), part()] : [part(), part()];
      const made = add(
        { kind: "call", time: time(), turn, call: calls, function: name, outcome, bodied },
        parts,
      );
      if (what === "reply") {
        const [asking] = deferred.splice(0, 1);
        if (asking !== undefined) later.push({ asked: asking, made, outcome: "ok", parts: parts.slice(2) });
      } else if (what !== "other") staged.push({ made, what, parts: parts.slice(2) });
    }
    const ends = { time: time(), turn, calls, effects: below(calls + 1) };
    const answer = (outcome: ReplyOutcome, made: Appended, parts: readonly PartInput[]) => {
      if (answering !== undefined) answers.push({ asked: answering, made, outcome, parts });
    };
    const end = unanswered === undefined
      ? pick(["ok", "ok", "ok", "ok", "err", "trap", "cut"])
      : pick(["trap", "cut"]);
    if (end === "cut") {
      const made = add({
        kind: "cut",
        ...ends,
        reason: pick(["deadline", "killed", "lost"]),
        ...(below(2) && { fuel: 5 }),
      }, [part()]);
      answer("crashed", made, [part()]);
      alive = false;
    } else if (end === "trap") {
      const code: TrapCode = unanswered === "denied"
        ? "denied"
        : unanswered === "failed"
        ? pick(["host", "script"])
        : pick(["stack", "memory", "script"]);
      answer("crashed", add({ kind: "trap", ...ends, code, fuel: below(1e9) }, [part()]), [part()]);
      alive = false;
    } else if (end === "err" && opened !== "instantiate") {
      const error = part();
      answer("refused", add({ kind: "return", ...ends, outcome: "err", fuel: below(1e9) }, [error]), [error]);
      alive = opened !== "init" && opened !== "migrate";
    } else {
      const silent = opened === "instantiate" || opened === "init" || opened === "migrate";
      const parts = silent ? [part()] : [part(), part()];
      const defers = opened === "request" && below(3) === 0;
      const draft = { kind: "return", ...ends, outcome: "ok", fuel: below(1e9) } as const;
      const made = add({ ...draft, ...(defers && { deferred: true }) }, parts);
      if (!defers) answer("ok", made, parts.slice(1));
      else if (answering !== undefined) deferred.push(answering);
      alive = true;
      initialised ||= opened === "init";
      causes.push(...staged);
      for (const { made, what } of staged) if (what === "request") asked.add(made);
      answers.push(...later);
    }
  }

  function activate() {
    const why = reason ?? pick(["wake", "recover", "restart", "upgrade", "renew"]);
    reason = undefined;
    upgraded = why === "upgrade";
    add({ kind: "keyframe", time: time(), activation: activations++, reason: why, turn: turns }, [
      part(),
      part(),
      part(),
      part(),
    ]);
    finish("instantiate");
  }

  function accept() {
    const keyed = below(2) === 0;
    const from = "outside";
    const parts = keyed ? [part(), part()] : [part()];
    const made = add({ kind: "accept", time: time(), type: pick(["request", "send"]), from, keyed }, parts);
    causes.push({ made, what: "accept", parts });
  }

  /** A decision of the supervisor, and maybe an actor that begins anew. */
  function supervise() {
    const decision = pick(["restart", "stop", "give_up"]);
    add({
      kind: "supervise",
      time: time(),
      decision,
      rule: decision === "give_up" ? "intensity" : pick(["crash", "sibling", "parent", "asked"]),
      strategy: pick(["one_for_one", "one_for_all", "rest_for_one"]),
      by: pick(["outside", "bank", "bank/teller-4"]),
      restarts: decision === "give_up" ? 4 : below(4),
      intensity: 3,
      period_ms: 5000,
      delay_ms: decision === "restart" ? below(1000) : 0,
    }, [part()]);
    alive = false;
    if (below(3) > 0) return;
    const link = below(2)
      ? {
        cause_origin: "home~9f86d081884c7d659a2feaa0c55ad015/bank",
        cause_seq: below(9),
        cause: chain[0]!.hash,
      }
      : {};
    add({ kind: "incarnation", time: time(), incarnation: incarnations++, ...link }, [part()]);
    [initialised, reason] = [false, "start"];
  }

  /** What became of a request: of one that was answered here, or of one elsewhere. */
  function reply(base: Omit<Extract<Draft, { kind: "receive" }>, "type" | "from">) {
    const own = addressOf(origin);
    const answer = answers.splice(0, 1)[0];
    if (answer !== undefined && asked.delete(answer.asked)) {
      const { made, outcome } = answer;
      const link = { cause_seq: made.entry.seq, cause: made.hash };
      add({ ...base, type: "reply", from: own, request: idOf(answer.asked), outcome, ...link }, answer.parts);
      return finish("reply");
    }
    const [request] = asked;
    if (request === undefined) return;
    asked.delete(request);
    const waiting = causes.findIndex(({ made }) => made === request);
    const outcome = pick(["ok", "refused", "crashed", "timeout", "undelivered"]);
    const link = { cause_seq: request.entry.seq, cause: request.hash };
    if (outcome === "undelivered" && waiting >= 0) causes.splice(waiting, 1);
    if (outcome === "timeout" || outcome === "undelivered" && waiting >= 0) {
      add({ ...base, type: "reply", from: "audit", request: idOf(request), outcome, ...link }, [part()]);
    } else {
      const elsewhere = { ...link, cause_origin: "away~00112233445566778899aabbccddeeff/audit" };
      const said = outcome === "undelivered" ? "ok" : outcome;
      add({ ...base, type: "reply", from: "audit", request: idOf(request), outcome: said, ...elsewhere }, [
        part(),
      ]);
    }
    finish("reply");
  }

  function receive() {
    const base = { kind: "receive", time: time(), turn: turns, keyed: false } as const;
    const own = addressOf(origin);
    if (!initialised) {
      upgraded = false;
      add({ ...base, type: "init", from: "outside" }, [part()]);
      return finish("init");
    }
    if (upgraded && below(2) === 0) {
      upgraded = false;
      add({ ...base, type: "migrate", from: "outside" }, [part()]);
      return finish("migrate");
    }
    upgraded = false;
    if (below(12) === 0) {
      add({ ...base, type: "news", from: own }, [part()]);
      return finish("news");
    }
    if (asked.size > 0 && below(3) === 0) return reply(base);
    const cause = below(3) > 0 ? causes.splice(below(causes.length), 1)[0] : undefined;
    if (cause === undefined) {
      const keyed = below(2) === 0;
      const foreign = below(4) === 0;
      if (foreign) {
        const type = pick(["send", "request"]);
        const cause_origin = "away~00112233445566778899aabbccddeeff/audit";
        const link = { cause_origin, cause_seq: below(100), cause: chain[0]!.hash };
        add({ ...base, type, from: "audit", ...link }, [part()]);
        return finish(type);
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
    if (cause.what === "request") {
      add({ ...base, type: "request", from: own, ...link }, cause.parts);
      return finish("request", cause.made);
    }
    const type = pick(["send", "undeliverable"]);
    add({ ...base, type, from: own, ...link }, type === "send" ? cause.parts : [part()]);
    return finish(type);
  }

  add({ kind: "genesis", time: time(), origin }, [part()]);
  while (chain.length < size) {
    if (below(5) === 0) accept();
    else if (below(20) === 0) supervise();
    else if (!alive || below(12) === 0) activate();
    else receive();
  }
  return chain;
}
