/**
 * The live side of the boundary: every import call goes to the host, and is
 * written down before the guest gets its answer.
 *
 * @module
 */

import type { ComponentType } from "../component/mod.ts";
import { type CallShape, callShape } from "./call_shape.ts";
import { createGate, type Crossing, gatedExports } from "./crossing.ts";
import { Denied, type HostBinding, type HostTable } from "./host_table.ts";
import { type Answerer, bindImports, type ImportedFunction, type ImportedResources } from "./imports.ts";
import { oversizedReason, reasonOf, unwritten } from "./reason.ts";
import { type CallQuestion, type CallRecord } from "./record.ts";
import { createRoom } from "./room.ts";
import { fitsUtf8, utf8Length } from "./utf8_length.ts";

/** Bounds of what may be recorded. Past them the call fails, and the guest is stopped. */
export interface RecordLimits {
  /** Most calls in one turn. The one too many is recorded, as failed. */
  readonly callsMax: number;
  /** Longest arguments, result or body of one call, in bytes of UTF-8. */
  readonly valueBytesMax: number;
  /** Most bytes of arguments, results and bodies in one turn; the reason of a failure comes on top. */
  readonly recordBytesMax: number;
}

/** The boundary of one activation that runs live. */
export interface Boundary extends Crossing {
  /** Imports may be called from here on. @throws {BoundaryError} `inside_turn`, `stopped` */
  beginTurn(): void;
  /** What was called since, in order. @throws {BoundaryError} `outside_turn` */
  endTurn(): readonly CallRecord[];
}

/** What a recorder is made of. */
export interface RecorderOptions {
  readonly type: ComponentType;
  readonly host: HostTable;
  readonly limits: RecordLimits;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  nowMs(): number;
}

/**
 * Makes the boundary of one activation.
 *
 * @throws {TypeError} where a `bodyArgument` is not the index of a string parameter
 * @throws {BoundaryError} `import_clash`, `unknown_resource`
 */
export function createRecorder(options: RecorderOptions): Boundary {
  const { type, host } = options;
  const { callsMax, valueBytesMax, recordBytesMax } = options.limits;
  const gate = createGate();
  const room = createRoom(recordBytesMax);
  let records: CallRecord[] = [];

  /** Writes down a call that gets no answer, and stops the guest. */
  function refuse(question: CallQuestion, outcome: "denied" | "failed", reason: string): never {
    const call = records.length;
    records.push({ ...question, outcome, result: JSON.stringify(reason), timeMs: options.nowMs() });
    const code = outcome === "denied" ? "denied" : "host";
    return gate.stop({ code, call, function: question.function, text: reason });
  }

  /** Whether texts of one call may be written down. */
  function fits(text: string, body = ""): boolean {
    return fitsUtf8(text, valueBytesMax) && fitsUtf8(body, valueBytesMax) && room.take(text, body);
  }

  const roomOfAll = `a call has room for ${valueBytesMax}, all calls of a turn for ${recordBytesMax}`;

  /** Writes the arguments of a call down. */
  function ask(
    name: string,
    shape: CallShape,
    values: readonly unknown[],
    bodyArgument?: number,
  ): CallQuestion {
    let text: string;
    try {
      text = shape.argumentsText(values);
    } catch (error) {
      const reason = reasonOf(error);
      return refuse({ function: name, arguments: unwritten }, "failed", reason);
    }
    if (bodyArgument === undefined) {
      if (fits(text)) return { function: name, arguments: text };
      return refuseArguments(name, utf8Length(text));
    }
    const body = String(values[bodyArgument]); // A string, or it would have been a misfit.
    if (fits(text, body)) return { function: name, arguments: text, body };
    return refuseArguments(name, utf8Length(text) - "null".length + utf8Length(JSON.stringify(body)));
  }

  function refuseArguments(name: string, bytes: number): never {
    return refuse({ function: name, arguments: unwritten }, "failed", oversizedReason(bytes) + roomOfAll);
  }

  function bind(fn: ImportedFunction, resources: ImportedResources): Answerer {
    const { name } = fn;
    const binding = host.get(name) ?? unoffered(fn);
    const bodyArgument = "denied" in binding ? undefined : binding.bodyArgument;
    if (bodyArgument !== undefined && fn.type.params[bodyArgument]?.type.kind !== "string") {
      throw new TypeError(
        `Cannot keep argument ${bodyArgument} of ${name} apart: wanted a string to be the body`,
      );
    }
    const shape = callShape(fn, resources, bodyArgument);
    return (values) => {
      gate.enter(name);
      const question = ask(name, shape, values, bodyArgument);
      if (records.length >= callsMax) {
        return refuse(question, "failed", `Cannot record another call: a turn has at most ${callsMax}`);
      }
      if ("denied" in binding) return refuse(question, "denied", binding.denied);
      let answer: unknown;
      let text: string;
      gate.answering();
      try {
        answer = binding.call(...shape.hostValues(values, question.arguments));
        text = shape.resultText(answer);
      } catch (error) {
        gate.answered();
        return refuse(question, error instanceof Denied ? "denied" : "failed", reasonOf(error));
      }
      if (gate.answered()) {
        return refuse(question, "failed", `Cannot answer ${name}: the host called the component`);
      }
      if (!fits(text)) {
        return refuse(
          question,
          "failed",
          `Cannot record a result of ${utf8Length(text)} bytes: ${roomOfAll}`,
        );
      }
      records.push({ ...question, outcome: "returned", result: text, timeMs: options.nowMs() });
      return shape.handOver(gate.leave(shape.answered(answer, text)));
    };
  }

  const { imports, resources } = bindImports(type, "hosted", bind);
  return {
    imports,
    callCount: () => records.length,
    stopped: gate.stopped,
    brokenOff: gate.brokenOff,
    ...gatedExports(type, resources.guest, gate),
    beginTurn() {
      gate.open();
      records = [];
      room.clear();
    },
    endTurn() {
      gate.close();
      return records;
    },
  };
}

/** What happens where the host offers nothing: dropping is free, the rest denied. */
function unoffered(fn: ImportedFunction): HostBinding {
  if (fn.drops !== undefined) return { call: () => undefined };
  return { denied: `Cannot call ${fn.name}: this host does not offer it` };
}
