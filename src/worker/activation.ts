import {
  type CallRecord,
  createRecorder,
  createReplayer,
  createStandIn,
  type Crossing,
  type Divergence,
} from "../boundary/mod.ts";
import { addressFault, matchesAny } from "../address/mod.ts";
import { checkJsonText, JsonTextError } from "../codec/mod.ts";
import { bindHost, type Effect, type HostContext, scriptAnswers, stagedAnswer } from "../host/mod.ts";
import { createMeter } from "../limits/mod.ts";
import { createControl, markProgress, wished } from "./control.ts";
import { coreModules, type Instantiate } from "./guest.ts";
import type {
  ActivationSetup,
  Owed,
  ReplayInput,
  ReplayStart,
  ToWorker,
  TurnEnd,
  TurnInput,
  TurnReport,
} from "./protocol.ts";
import { createOutstanding } from "./outstanding.ts";
import { checkAnswer, checkRefusal, crashEnd, Cut, fuelEnd, okEnd } from "./turn_end.ts";

/** What the worker's own realm offered before it was sealed. */
export interface WorkerPorts {
  nowMs(): number;
  /** Milliseconds from an arbitrary start, never decreasing; for deadlines. */
  elapsedMs(): number;
  monotonicNs(): bigint;
  randomBytes(count: number): Uint8Array;
  byteLength(text: string): number;
  /** Imports `text` as a module. */
  importText(text: string): Promise<unknown>;
}

/** One lifetime of an instance, live or replayed. */
export interface Activation {
  /** The report of the turn that instantiated. */
  readonly started: TurnReport;
  /** Tells whether the instance can take another turn. */
  alive(): boolean;
  /** Says what is outstanding before the turns that follow. */
  owes(owed: Owed): void;
  /** Runs one turn; with the calls of its record to run it again. */
  run(input: TurnInput | ReplayInput): TurnReport;
  /** The state as it is now, JSON text. */
  state(): string;
}

const actorInterface = "theater:actor/actor@0.1.0";
const migrationInterface = "theater:actor/migration@0.1.0";

/** What a script component exports to take its script in before the first message. */
const scriptStart = "theater:script/script@0.1.0#start";

/** What is recorded of a turn that has not been. */
const live: ReplayStart = { calls: [] };

/** What records or replays turns, whichever of the two it is. */
interface Tape extends Crossing {
  begin(calls: readonly CallRecord[]): void;
  end(): Taped;
}

/** What a tape has of a turn. */
interface Taped extends Pick<TurnReport, "calls" | "stoodIn"> {
  readonly divergence?: Divergence;
}

/** With what an activation begins, and whether it runs live. */
export type ActivationStart = Extract<ToWorker, { readonly setup: ActivationSetup }>;

/**
 * Instantiates the component of a setup and returns what runs its turns.
 *
 * @param instantiate of its glue; it may be called any number of times, as the glue keeps nothing
 */
export function createActivation(
  begin: ActivationStart,
  ports: WorkerPorts,
  instantiate: Instantiate,
): Activation {
  const { setup } = begin;
  const control = createControl(setup.control);
  const { limits } = setup;
  const { fuelUnitsMax = Infinity } = limits;
  let state = setup.state;
  let turn = setup.turn;
  let deadline = Infinity;
  let effects: Effect[] = [];
  let alive = true;

  const outstanding = createOutstanding(limits.pendingMax, () => effects);
  const meter = createMeter({
    onTick() {
      if (ports.elapsedMs() > deadline) throw new Cut("deadline");
      if (wished(control) === "kill") throw new Cut("killed");
    },
  });
  const tape: Tape = tapeOf(begin, ports, {
    turn: () => turn,
    call: () => tape.callCount(),
    outstanding,
    stage: (effect) => void effects.push(effect),
  });
  let instance: unknown;

  /** Runs one turn of whatever kind, from its opening to its end. */
  function perform(
    number: number,
    { calls, cutAt, keepState }: ReplayStart,
    input: TurnInput | undefined,
    work: () => TurnEnd,
  ): TurnReport {
    turn = number;
    effects = [];
    outstanding.begin(input);
    markProgress(control);
    const stateBefore = state;
    const startMs = ports.nowMs();
    deadline = ports.elapsedMs() + limits.turnMs;
    meter.beginTurn({ fuelMax: Math.min(cutAt ?? Infinity, fuelUnitsMax) });
    tape.begin(calls);
    let end: TurnEnd;
    try {
      end = work();
    } catch (thrown) {
      end = !meter.fuelExhausted()
        ? crashEnd(thrown, tape.stopped(), meter.stackExhausted(), limits)
        : cutAt !== undefined && cutAt < fuelUnitsMax
        ? { end: "cut", reason: "killed", detail: "the record was cut here" }
        : fuelEnd(fuelUnitsMax);
    }
    const broken = tape.brokenOff();
    if (broken !== undefined) {
      throw new Error(`Cannot go on with turn ${number}: the call of ${broken} broke off`);
    }
    const fuel = meter.fuelUsed();
    const { divergence, ...taken } = tape.end();
    if (divergence !== undefined) end = { end: "diverged", divergence };
    deadline = Infinity;
    outstanding.end(end);
    if (end.end !== "ok") state = stateBefore; // A replay may find only now that the turn went another way.
    if (end.end !== "ok" && end.end !== "err") alive = false;
    if (end.end === "ok" && effects.some(({ effect }) => effect === "exit")) alive = false;
    if (end.end === "ok" && keepState) end = { ...end, state };
    markProgress(control);
    return { turn, startMs, endMs: ports.nowMs(), ...taken, effects, fuel, end };
  }

  function invoke({ type, text }: TurnInput): unknown {
    switch (type) {
      case "init":
        return tape.invokeExport(instance, `${actorInterface}#init`, [text]);
      case "migrate":
        return tape.invokeExport(instance, `${migrationInterface}#migrate`, [state]);
      case "request":
      case "send":
      case "timer":
      case "undeliverable":
      case "reply":
      case "news":
        return tape.invokeExport(instance, `${actorInterface}#handle`, [state, text]);
    }
  }

  function call(input: TurnInput): TurnEnd {
    const result = invoke(input) as { readonly tag: "ok" | "err"; readonly val: unknown };
    if (result.tag === "err") {
      const error = errorText(result.val);
      checkRefusal(error, limits.messageBytesMax, ports.byteLength);
      return { end: "err", error };
    }
    const [newState, response] = typeof result.val === "string"
      ? [result.val] // Of a turn that makes a state and answers nobody.
      : result.val as readonly [string, string];
    checkAnswer(newState, "state", limits.stateBytesMax);
    if (response !== undefined) checkAnswer(response, "response", limits.messageBytesMax);
    state = newState;
    return okEnd(state, response, ports.byteLength);
  }

  const started = perform(setup.turn, begin.ask === "record" ? live : begin.start, undefined, () => {
    instance = instantiate(coreModules(setup), tape.imports, meter.instantiateCore);
    // Exports are watched by the boundary; start functions are not, should one swallow what stopped it.
    if (tape.stopped() !== undefined) throw new Error("The guest went on after it was stopped");
    if (setup.source !== undefined) tape.invokeExport(instance, scriptStart, []);
    return okEnd(state, undefined, ports.byteLength);
  });

  return {
    started,
    alive: () => alive,
    run(input) {
      const recorded = "calls" in input ? input : undefined;
      if (recorded?.state !== undefined) state = recorded.state;
      return perform(input.turn, recorded ?? live, input, () => call(input));
    },
    owes: outstanding.set,
    state: () => state,
  };
}

/** The `err` of an actor is a string by its type; jco hands it over as it is, or within an error. */
function errorText(val: unknown): string {
  if (typeof val === "string") return val;
  const payload = (val as { readonly payload?: unknown }).payload;
  return typeof payload === "string" ? payload : String(val);
}

function tapeOf({ ask, setup }: ActivationStart, ports: WorkerPorts, turnPorts: TurnPorts): Tape {
  switch (ask) {
    case "record":
      return recordingTape(setup, ports, turnPorts);
    case "replay":
      return replayingTape(setup);
    case "stand-in":
      return standingInTape(setup, turnPorts);
  }
}

type TurnPorts = Pick<HostContext, "turn" | "call" | "outstanding" | "stage">;

function recordingTape(setup: ActivationSetup, ports: WorkerPorts, turnPorts: TurnPorts): Tape {
  const { limits, grants } = setup;
  const environment = new Map(setup.environment);
  const recorder = createRecorder({
    type: setup.type,
    host: bindHost({
      address: setup.address,
      grants,
      environment,
      messageBytesMax: limits.messageBytesMax,
      source: setup.source,
      nowMs: ports.nowMs,
      monotonicNs: ports.monotonicNs,
      randomBytes: ports.randomBytes,
      byteLength: ports.byteLength,
      jsonFault,
      addressFault,
      maySendTo: (address) => matchesAny(grants.send, address),
      ...turnPorts,
    }),
    nowMs: ports.nowMs,
    limits: {
      callsMax: limits.callsMax,
      valueBytesMax: limits.recordBytesMax,
      recordBytesMax: limits.recordBytesMax,
    },
  });
  return {
    ...recorder,
    begin: () => recorder.beginTurn(),
    end: () => ({ calls: recorder.endTurn() }),
  };
}

function replayingTape(setup: ActivationSetup): Tape {
  const replayer = createReplayer({ type: setup.type });
  return {
    ...replayer,
    begin: replayer.beginTurn,
    end() {
      const divergence = replayer.endTurn();
      return { calls: [], ...(divergence !== undefined && { divergence }) };
    },
  };
}

function standingInTape({ type, source, limits }: ActivationSetup, { turn }: TurnPorts): Tape {
  const suppose = (name: string, call: number) => stagedAnswer(name, turn(), call);
  const standIn = createStandIn({ type, own: scriptAnswers(source), suppose, limits });
  return {
    ...standIn,
    begin: standIn.beginTurn,
    end() {
      const stoodIn = standIn.endTurn();
      return { calls: [], ...(stoodIn !== undefined && { stoodIn }) };
    },
  };
}

function jsonFault(text: string): string | undefined {
  try {
    checkJsonText(text, { bytesMax: Infinity, depthMax: 512 });
    return undefined;
  } catch (error) {
    if (error instanceof JsonTextError) return error.message;
    throw error;
  }
}
