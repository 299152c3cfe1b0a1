/**
 * Workers without threads or WebAssembly: they run one pure actor, which does what its messages say, and report
 * its turns as a real worker does.
 */
import type { CallRecord } from "../../src/boundary/mod.ts";
import { requestId } from "../../src/chain/mod.ts";
import { sha256TextHex } from "../../src/codec/mod.ts";
import type { Effect } from "../../src/host/mod.ts";
import type { Owed, ReplayInput, TurnEnd, TurnInput, TurnReport } from "../../src/worker/mod.ts";

/** One thing that a message tells its receiver to do. */
export type Step =
  | readonly ["send", to: string, body: Body]
  | readonly ["request", to: string, body: Body, timeoutMs: number]
  | readonly ["timer", delayMs: number, body: Body]
  | readonly ["cancel" | "defer" | "reply" | "exit" | "trap" | "refuse"];

/** What every message of a simulation says. */
export interface Body {
  readonly do?: readonly Step[];
}

/** The state of the simulated actor. */
interface State {
  readonly turns: number;
  readonly timer: string;
  readonly tokens: readonly string[];
  /** Makes it long enough not to be written down with every turn. */
  readonly padding: string;
}

const messaging = "theater:actor/messaging@0.1.0#";
const said = (value: unknown) => JSON.stringify(value);

/** What a turn came to. */
export interface Outcome {
  readonly end: TurnEnd;
  readonly state: string;
  readonly calls: readonly CallRecord[];
  readonly effects: readonly Effect[];
}

/** What the host would answer to calls whose answer rests on more than the turn. */
export interface Circumstances {
  readonly nowMs: number;
  readonly awaited: boolean;
  owes(token: string): boolean;
  /** The calls as they were recorded, of a turn that is run again. */
  readonly recorded?: readonly CallRecord[];
}

/** Runs one turn: the same state, message and answers always come to the same. */
export function runTurn(state: string, { turn, type, text }: TurnInput, around: Circumstances): Outcome {
  if (type === "init") {
    const { padding } = JSON.parse(text) as { readonly padding: string };
    const first = said({ turns: 0, timer: "0", tokens: [], padding } satisfies State);
    return { end: okEnd(first), state: first, calls: [], effects: [] };
  }
  let { turns, timer, tokens, padding } = JSON.parse(state) as State;
  const calls: CallRecord[] = [];
  const effects: Effect[] = [];
  const call = (name: string, args: readonly unknown[], body: Body | undefined, answer: unknown[]) => {
    const result = around.recorded?.[calls.length]?.result ?? said(answer);
    calls.push({
      function: name,
      outcome: "returned",
      arguments: said(args),
      result,
      timeMs: around.nowMs,
      ...(body !== undefined && { body: said(body) }),
    });
    return result;
  };
  const steps = (JSON.parse(text) as { readonly body: Body }).body?.do ?? [];
  let thrown: TurnEnd | undefined;
  for (const step of steps) {
    const id = requestId(turn, calls.length);
    const ordinal = calls.length;
    switch (step[0]) {
      case "send":
        call(`${messaging}send`, [step[1], null], step[2], [{ ok: null }]);
        effects.push({ effect: "send", to: step[1], call: ordinal });
        break;
      case "request":
        call(`${messaging}request`, [step[1], null, String(step[3])], step[2], [{ ok: id }]);
        effects.push({ effect: "request", to: step[1], request: id, timeoutMs: step[3], call: ordinal });
        break;
      case "timer":
        call("theater:actor/timers@0.1.0#set", [String(step[1]), null], step[2], [{ ok: id }]);
        effects.push({ effect: "set-timer", timer: id, delayMs: step[1], call: ordinal });
        timer = id;
        break;
      case "cancel":
        call("theater:actor/timers@0.1.0#cancel", [timer], undefined, []);
        effects.push({ effect: "cancel-timer", timer });
        break;
      case "defer": {
        const given = around.awaited && !effects.some(({ effect }) => effect === "defer");
        const answered = call(`${messaging}defer`, [], undefined, [given ? id : null]);
        if (answered === "[null]") break;
        effects.push({ effect: "defer", token: id });
        tokens = [...tokens, id];
        break;
      }
      case "reply": {
        const [token, ...rest] = tokens;
        if (token === undefined) break;
        tokens = rest;
        const staged = effects.some((each) => each.effect === "defer" && each.token === token);
        const owed = staged || around.owes(token);
        const answer = owed ? { ok: null } : { err: { nobody: null } };
        const answered = call(`${messaging}reply`, [token, null], {}, [answer]);
        if (answered === '[{"ok":null}]') effects.push({ effect: "reply", token, call: ordinal });
        break;
      }
      case "exit":
        call("theater:actor/supervisor@0.1.0#exit", [], undefined, []);
        effects.push({ effect: "exit" });
        break;
      case "trap":
        thrown ??= { end: "trap", code: "unreachable", reason: "as it was told" };
        break;
      case "refuse":
        thrown ??= { end: "err", error: "as it was told" };
        break;
    }
    if (thrown !== undefined) return { end: thrown, state, calls, effects };
  }
  turns += 1;
  const next = said({ turns, timer, tokens, padding } satisfies State);
  return { end: okEnd(next, said(turns)), state: next, calls, effects };
}

function okEnd(state: string, response?: string): TurnEnd {
  const answered = response === undefined ? {} : { response };
  return { end: "ok", stateSha256: sha256TextHex(state), stateBytes: state.length, state, ...answered };
}

/** The report of a turn; an instantiation says nothing of what was asked. */
export function reportOf(turn: number, { end, calls, effects }: Outcome, startMs: number): TurnReport {
  return { turn, startMs, endMs: startMs, calls, effects, fuel: 1 + calls.length, end };
}

/** What instantiating comes to. */
export function instantiated(state: string): Outcome {
  return { end: okEnd(state), state, calls: [], effects: [] };
}

/** What is outstanding, as it changes while turns of a batch follow each other. */
export function createTokens({ tokens }: Pick<Owed, "tokens">) {
  const owed = new Set(tokens);
  return {
    owes: (token: string) => owed.has(token),
    after({ end, effects }: Outcome) {
      if (end.end !== "ok") return;
      for (const each of effects) {
        if (each.effect === "defer") owed.add(each.token);
        if (each.effect === "reply") owed.delete(each.token);
      }
    },
  };
}

/** Runs a recorded turn again. */
export function rerun(state: string, input: ReplayInput): Outcome {
  return runTurn(input.state ?? state, input, {
    nowMs: 0,
    awaited: false,
    owes: () => false,
    recorded: input.calls,
  });
}
