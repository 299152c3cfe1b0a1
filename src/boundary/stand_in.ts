/**
 * A stand-in for the host: the calls of code that was not recorded are answered
 * out of a recording, as far as it has answers to them. There is no host here to
 * be called.
 *
 * @module
 */

import type { ComponentType } from "../component/mod.ts";
import { createGate, type Crossing, gatedExports } from "./crossing.ts";
import type { HostTable } from "./host_table.ts";
import { type Answerer, bindImports, type ImportedFunction, type ImportedResources } from "./imports.ts";
import { createQuestioner, parsed } from "./question.ts";
import { reasonOf } from "./reason.ts";
import type { CallQuestion, CallRecord } from "./record.ts";
import { faultOf } from "./replayer.ts";
import { createRoom } from "./room.ts";

/** A call as a stand-in saw it. Plain data. */
export interface StoodInCall extends CallQuestion {
  /** Ordinal of the recorded call whose answer it got; absent where none asks the same. */
  readonly recorded?: number;
  /** What it was answered where no recorded call asks the same: its effect is supposed to have been staged. */
  readonly supposed?: string;
  /** Why the guest got no answer, where it was stopped for that. */
  readonly refused?: string;
}

/** What a turn came to whose host was stood in for. */
export interface StoodIn {
  /** In the order in which they came. Calls that the component answers by itself are none of them. */
  readonly calls: readonly StoodInCall[];
  /** Ordinals of recorded calls that did not come, ascending. */
  readonly missed: readonly number[];
}

/** The boundary of an activation whose host is stood in for. */
export interface StandInBoundary extends Crossing {
  /** `recorded` are the calls that there are answers to. @throws {BoundaryError} `inside_turn`, `stopped` */
  beginTurn(recorded: readonly CallRecord[]): void;
  /** What was called, or undefined where that is all that was recorded, in the same order. */
  endTurn(): StoodIn | undefined;
}

/** What a stand-in is made of. */
export interface StandInOptions {
  readonly type: ComponentType;
  /** Functions that belong to what is run, and not to its host; recorded calls of them count for nothing. */
  readonly own: HostTable;
  /**
   * What a function answers when it stages its effect, as a record has it; undefined where it stages none.
   *
   * @param call an ordinal that no recorded call of the turn has
   */
  readonly suppose?: (name: string, call: number) => string | undefined;
  /** Bounds of the calls that have no recorded answer: how many in a turn, and how many bytes of arguments. */
  readonly limits: { readonly callsMax: number; readonly recordBytesMax: number };
}

/**
 * Makes a boundary that answers from a recording.
 *
 * A call gets the answer of the first recorded call of its turn that asks the
 * same, in function and arguments, and that has not answered yet; so calls may
 * be left out, added or put in another order. To a call that none is left for
 * there are three ways: a function without a result tells the guest nothing, so
 * that the guest goes on; so it does at one that stages an effect, which is
 * supposed to have been taken; at any other the guest is stopped, as by a host
 * that could not answer (`host`).
 *
 * @throws {BoundaryError} `import_clash`, `unknown_resource`
 */
export function createStandIn({ type, own, limits, suppose }: StandInOptions): StandInBoundary {
  const gate = createGate();
  const room = createRoom(limits.recordBytesMax);
  let answers = answersOf([], own);
  let calls: StoodInCall[] = [];
  let unanswered = 0;

  function refuse(question: CallQuestion, refused: string, recorded?: number): never {
    const call = calls.length;
    calls.push({ ...question, ...(recorded !== undefined && { recorded }), refused });
    return gate.stop({ code: "host", call, function: question.function, text: refused });
  }

  function bindOwn(fn: ImportedFunction, resources: ImportedResources): Answerer | undefined {
    const binding = own.get(fn.name);
    if (binding === undefined || "denied" in binding) return undefined;
    const { shape } = createQuestioner(fn, resources);
    return (values) => {
      gate.enter(fn.name);
      let answer: unknown;
      try {
        answer = binding.call(...values);
      } catch (error) {
        return gate.stop({ code: "host", call: calls.length, function: fn.name, text: reasonOf(error) });
      }
      return shape.handOver(gate.leave(answer));
    };
  }

  function bind(fn: ImportedFunction, resources: ImportedResources): Answerer {
    const { shape, ask } = createQuestioner(fn, resources);
    return bindOwn(fn, resources) ?? ((values) => {
      gate.enter(fn.name);
      const question = ask(values, answers.like(fn.name));
      const found = answers.take(question);
      if (found === undefined) {
        unanswered += 1;
        if (unanswered > limits.callsMax || !room.take(question.arguments, question.body ?? "")) {
          return refuse(
            { function: fn.name, arguments: "[]" },
            `Cannot note another call that was not recorded: a turn has at most ${limits.callsMax}, ` +
              `of ${limits.recordBytesMax} bytes`,
          );
        }
        if (fn.type.result === undefined) return gate.leave(void calls.push(question));
        const supposed = suppose?.(fn.name, answers.size + calls.length);
        if (supposed !== undefined) {
          calls.push({ ...question, supposed });
          return shape.handOver(gate.leave(shape.decodeResult(supposed)));
        }
        return refuse(
          question,
          `Cannot answer ${fn.name}: no recorded call of this turn is left that asks this`,
        );
      }
      const { recorded, record } = found;
      switch (record.outcome) {
        case "returned": {
          let answer: unknown;
          try {
            answer = shape.decodeResult(record.result);
          } catch (error) {
            const { field, detail } = faultOf(error);
            return refuse(
              question,
              `Cannot give the recorded answer of ${fn.name}: ${field}: ${detail}`,
              recorded,
            );
          }
          calls.push({ ...question, recorded });
          return shape.handOver(gate.leave(answer));
        }
        case "denied":
        case "failed": {
          const text = parsed(record.result);
          if (typeof text !== "string") {
            const why = "result: wanted a JSON string, got another text";
            return refuse(question, `Cannot give the recorded answer of ${fn.name}: ${why}`, recorded);
          }
          calls.push({ ...question, recorded });
          const code = record.outcome === "denied" ? "denied" : "host";
          return gate.stop({ code, call: calls.length - 1, function: fn.name, text });
        }
      }
    });
  }

  const { imports, resources } = bindImports(type, "sparse", bind);
  return {
    imports,
    callCount: () => calls.length,
    stopped: gate.stopped,
    brokenOff: gate.brokenOff,
    ...gatedExports(type, resources.guest, gate),
    beginTurn(recorded) {
      gate.open();
      answers = answersOf(recorded, own);
      calls = [];
      unanswered = 0;
      room.clear();
    },
    endTurn() {
      gate.close();
      const missed = answers.left();
      const same = missed.length === 0 &&
        calls.every(({ recorded, refused }, k) =>
          recorded !== undefined && refused === undefined && recorded > (calls[k - 1]?.recorded ?? -1)
        );
      return same ? undefined : { calls, missed };
    },
  };
}

/** A recorded call, and its ordinal. */
interface Recorded {
  readonly recorded: number;
  readonly record: CallRecord;
}

/** The recorded calls of one turn that have not answered yet. */
interface Answers {
  /** How many there were. */
  readonly size: number;
  /** The first left of a function: what a question to it looks like when it is written down. */
  like(name: string): CallRecord | undefined;
  /** The first left that asks the same. */
  take(question: CallQuestion): Recorded | undefined;
  /** Ordinals of those left, ascending. */
  left(): number[];
}

function answersOf(records: readonly CallRecord[], own: HostTable): Answers {
  const used = new Set<number>();
  let first = 0;
  /** Ordinals by function, and by what is asked; made when a call is not simply the next one. */
  let byFunction: Map<string, Queue> | undefined;
  let byQuestion: Map<string, Queue> | undefined;

  function skipUsed(): void {
    for (let record = records[first]; record !== undefined; record = records[first]) {
      if (!used.delete(first) && !own.has(record.function)) return;
      first += 1;
    }
  }
  const usable = (at: number) => at >= first && !used.has(at);
  const index = (name: (record: CallRecord) => string) => {
    const queues = new Map<string, Queue>();
    for (let at = first; at < records.length; at++) {
      const record = records[at];
      if (record === undefined || !usable(at) || own.has(record.function)) continue;
      const queue = queues.get(name(record));
      if (queue === undefined) queues.set(name(record), { ordinals: [at], next: 0 });
      else queue.ordinals.push(at);
    }
    return queues;
  };
  const firstIn = (queue: Queue | undefined): number | undefined => {
    if (queue === undefined) return undefined;
    for (let at = queue.ordinals[queue.next]; at !== undefined; at = queue.ordinals[++queue.next]) {
      if (usable(at)) return at;
    }
    return undefined;
  };

  return {
    size: records.length,
    like(name) {
      skipUsed();
      const record = records[first];
      if (record === undefined || record.function === name) return record;
      byFunction ??= index((each) => each.function);
      const at = firstIn(byFunction.get(name));
      return at === undefined ? undefined : records[at];
    },
    take(question) {
      skipUsed();
      const next = records[first];
      let at: number | undefined = first;
      if (next === undefined || !asksSame(next, question)) {
        byQuestion ??= index(keyOf);
        at = firstIn(byQuestion.get(keyOf(question)));
      }
      const record = at === undefined ? undefined : records[at];
      if (at === undefined || record === undefined) return undefined;
      used.add(at);
      return { recorded: at, record };
    },
    left() {
      const left: number[] = [];
      for (let at = first; at < records.length; at++) {
        const record = records[at];
        if (record !== undefined && usable(at) && !own.has(record.function)) left.push(at);
      }
      return left;
    },
  };
}

/** Ordinals that are taken from the front. */
interface Queue {
  readonly ordinals: number[];
  next: number;
}

function asksSame(left: CallQuestion, right: CallQuestion): boolean {
  return left.function === right.function && left.arguments === right.arguments && left.body === right.body;
}

function keyOf(question: CallQuestion): string {
  return JSON.stringify([question.function, question.arguments, question.body ?? null]);
}
