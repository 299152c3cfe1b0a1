/**
 * The replayed side of the boundary: every import call is compared with the
 * recording and answered from it. There is no host here to be called.
 *
 * @module
 */

import type { ComponentType } from "../component/mod.ts";
import { parseCanonical } from "../codec/mod.ts";
import { BoundaryError } from "./boundary_error.ts";
import { type CallShape, callShape } from "./call_shape.ts";
import { createGate, type Crossing, gatedExports } from "./crossing.ts";
import { differenceOf } from "./divergence.ts";
import { type Answerer, bindImports, type ImportedFunction, type ImportedResources } from "./imports.ts";
import type { CallQuestion, CallRecord, Divergence } from "./record.ts";
import { oversizedReason, reasonOf, unwritten } from "./reason.ts";
import { utf8Length } from "./utf8_length.ts";

/** The boundary of one activation that is run again. */
export interface ReplayBoundary extends Crossing {
  /** `expected` are the calls of the turn, as they were recorded. @throws {BoundaryError} `inside_turn`, `stopped` */
  beginTurn(expected: readonly CallRecord[]): void;
  /** The first difference, calls that did not come included. @throws {BoundaryError} `outside_turn` */
  endTurn(): Divergence | undefined;
}

/**
 * Makes the boundary that replays one activation.
 *
 * @throws {BoundaryError} `import_clash`, `unknown_resource`
 */
export function createReplayer(options: { readonly type: ComponentType }): ReplayBoundary {
  const gate = createGate();
  let expected: readonly CallRecord[] = [];
  let next = 0;

  function diverge(divergence: Divergence): never {
    return gate.stop({ code: "diverged", call: divergence.at, divergence });
  }

  function bind(fn: ImportedFunction, resources: ImportedResources): Answerer {
    const plain = callShape(fn, resources);
    const bodied = new Map<number, CallShape>();

    /** The argument that the record keeps apart: of all strings only that one is null. */
    function bodyArgument(record: CallRecord): number {
      const args = parsed(record.arguments);
      return fn.type.params.findIndex(({ type }, i) =>
        type.kind === "string" && Array.isArray(args) && args[i] === null
      );
    }

    /** What the guest asks, written down as the record that it is compared with was. */
    function ask(values: readonly unknown[], record: CallRecord | undefined): CallQuestion {
      const name = fn.name;
      try {
        if (record?.function === name && record.body !== undefined) {
          const index = bodyArgument(record);
          const body = values[index];
          if (typeof body === "string") {
            const shape = bodied.get(index) ?? callShape(fn, resources, index);
            bodied.set(index, shape);
            return { function: name, arguments: shape.argumentsText(values), body };
          }
        }
        const text = plain.argumentsText(values);
        const same = record && reasonUnwritten(record)?.startsWith(oversizedReason(utf8Length(text)));
        return { function: name, arguments: same ? unwritten : text };
      } catch (error) {
        const reason = reasonOf(error);
        if (record && reasonUnwritten(record) === reason) return { function: name, arguments: unwritten };
        return { function: name, arguments: JSON.stringify([reason]) };
      }
    }

    /** Why the arguments of a record were not written down, if they were not. */
    function reasonUnwritten(record: CallRecord): string | undefined {
      if (fn.type.params.length === 0 || record.arguments !== unwritten || record.outcome !== "failed") {
        return undefined;
      }
      const reason = parsed(record.result);
      return typeof reason === "string" ? reason : undefined;
    }

    return (values) => {
      gate.enter(fn.name);
      const at = next;
      const record = expected[at];
      const got = ask(values, record);
      if (record === undefined) return diverge({ at, expected: "end of turn", got });
      const difference = differenceOf(record, got);
      if (difference !== undefined) {
        return diverge({ at, expected: questionOf(record), got, field: difference.path });
      }
      next++;
      switch (record.outcome) {
        case "returned": {
          let answer: unknown;
          try {
            answer = plain.decodeResult(record.result);
          } catch (error) {
            return diverge({ at, expected: got, got, ...faultOf(error) });
          }
          return plain.handOver(answer);
        }
        case "denied":
        case "failed": {
          const text = parsed(record.result);
          if (typeof text !== "string") {
            return diverge({
              at,
              expected: got,
              got,
              field: "result",
              detail: "wanted a JSON string, got another text",
            });
          }
          const code = record.outcome === "denied" ? "denied" : "host";
          return gate.stop({ code, call: at, function: fn.name, text });
        }
      }
    };
  }

  const { imports, resources } = bindImports(options.type, true, bind);
  return {
    imports,
    callCount: () => next,
    stopped: gate.stopped,
    ...gatedExports(options.type, resources.guest, gate),
    beginTurn(calls) {
      gate.open();
      expected = calls;
      next = 0;
    },
    endTurn() {
      gate.close();
      const stop = gate.stopped();
      if (stop?.code === "diverged") return stop.divergence;
      const missing = expected[next];
      return missing && { at: next, expected: questionOf(missing), got: "end of turn" };
    },
  };
}

function questionOf(record: CallRecord): CallQuestion {
  const { function: name, arguments: args, body } = record;
  return { function: name, arguments: args, ...(body !== undefined && { body }) };
}

function parsed(text: string): unknown {
  try {
    return parseCanonical(text);
  } catch {
    return undefined;
  }
}

function faultOf(error: unknown): { readonly field: string; readonly detail: string } {
  if (!(error instanceof BoundaryError) || error.fault.code !== "text_misfit") throw error;
  const { path, wanted, got } = error.fault;
  return { field: path, detail: `wanted ${wanted}, got ${got}` };
}
