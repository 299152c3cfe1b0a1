/**
 * The replayed side of the boundary: every import call is compared with the
 * recording and answered from it. There is no host here to be called.
 *
 * @module
 */

import type { ComponentType } from "../component/mod.ts";
import { BoundaryError } from "./boundary_error.ts";
import { createGate, type Crossing, gatedExports } from "./crossing.ts";
import { differenceOf } from "./divergence.ts";
import { type Answerer, bindImports, type ImportedFunction, type ImportedResources } from "./imports.ts";
import { createQuestioner, parsed } from "./question.ts";
import type { CallQuestion, CallRecord, Divergence } from "./record.ts";

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
    const { shape, ask } = createQuestioner(fn, resources);
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
            answer = shape.decodeResult(record.result);
          } catch (error) {
            return diverge({ at, expected: got, got, ...faultOf(error) });
          }
          return shape.handOver(gate.leave(answer));
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

  const { imports, resources } = bindImports(options.type, "recorded", bind);
  return {
    imports,
    callCount: () => next,
    stopped: gate.stopped,
    brokenOff: gate.brokenOff,
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

/** What is wrong with a recorded answer. */
export function faultOf(error: unknown): { readonly field: string; readonly detail: string } {
  if (!(error instanceof BoundaryError) || error.fault.code !== "text_misfit") throw error;
  const { path, wanted, got } = error.fault;
  return { field: path, detail: `wanted ${wanted}, got ${got}` };
}
