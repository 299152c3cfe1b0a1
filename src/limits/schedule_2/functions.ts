/**
 * What is known of the functions of a module when their callers are rewritten.
 * Callees come first, so that what is short and simple need not count for itself.
 * @module
 */

import { Instruction } from "../instruction.ts";
import { FORM } from "../opcodes.ts";
import { Reader } from "../reader.ts";
import type { Shape } from "../shape.ts";
import { makesNaN } from "./floats.ts";
import { readLocals } from "./locals.ts";

/** Where the bodies are, and in what order to rewrite them. */
export interface Survey {
  /** `[start, end)` of every defined function's body, without its size. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Indices among the defined functions: callees before callers, but for recursion. */
  readonly order: Int32Array;
  /** Functions that some function below calls again: every recursion by direct calls comes through one of them. */
  readonly heads: Uint8Array;
  /** Whether any instruction makes NaNs. */
  readonly floats: boolean;
}

/**
 * Reads all bodies once.
 * @throws {LimitError}
 */
export function survey(reader: Reader, count: number, shape: Shape): Survey {
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  const calleesFrom = new Int32Array(count + 1);
  const callees: number[] = [];
  const instruction = new Instruction();
  let floats = false;
  for (let k = 0; k < count; k++) {
    const size = reader.count();
    const start = reader.position;
    reader.skip(size);
    starts[k] = start;
    ends[k] = reader.position;
    const body = new Reader(reader.bytes, start, reader.position);
    const type = shape.types[shape.functions[shape.importedFunctions + k] as number];
    if (!type) return reader.fail("wanted a function type");
    const locals = readLocals(body, type, false);
    while (body.position < body.end) {
      instruction.read(body, shape, locals.count);
      const { form, index } = instruction;
      const direct = form === FORM.call || form === FORM.returnCall;
      if (direct && index >= shape.importedFunctions) callees.push(index - shape.importedFunctions);
      floats ||= makesNaN(instruction);
    }
    calleesFrom[k + 1] = callees.length;
  }
  return { starts, ends, floats, ...calleesFirst(count, calleesFrom, callees) };
}

/** Depth-first order, which leaves a function after all that it calls. */
function calleesFirst(
  count: number,
  from: Int32Array,
  callees: readonly number[],
): Pick<Survey, "order" | "heads"> {
  const order = new Int32Array(count);
  const heads = new Uint8Array(count);
  const next = from.slice(0, count);
  const entered = new Uint8Array(count);
  const onPath = new Uint8Array(count);
  const path: number[] = [];
  let left = 0;
  for (let root = 0; root < count; root++) {
    if (entered[root]) continue;
    entered[root] = onPath[root] = 1;
    path.push(root);
    while (path.length > 0) {
      const at = path[path.length - 1] as number;
      const edge = next[at] as number;
      if (edge === from[at + 1]) {
        order[left++] = at;
        onPath[at] = 0;
        path.pop();
        continue;
      }
      next[at] = edge + 1;
      const callee = callees[edge] as number;
      if (onPath[callee]) heads[callee] = 1;
      if (entered[callee]) continue;
      entered[callee] = onPath[callee] = 1;
      path.push(callee);
    }
  }
  return { order, heads };
}

/** What a function turned out to be. */
export interface Settled {
  /** Instructions of its longest path to an exit since the last check, which its callers count; 0 where it does. */
  readonly callerRun: number;
  /** Whether it, or anything that it may call, counts fuel. */
  readonly fueled: boolean;
  /** Whether it, or anything that it may call, takes stack of its own account. */
  readonly accounted: boolean;
  /** Units that whoever calls it holds for it; 0 where it is accounted, or calls nothing that is. */
  readonly relayUnits: number;
  /** Units that must be left besides when it is called; 0 where it is accounted. */
  readonly lightUnits: number;
}

/** What is known of the functions so far. */
export interface Functions {
  /** @returns undefined for functions that are still to come, which are callers of this one */
  settled(index: number): Settled | undefined;
  settle(index: number, settled: Settled): void;
  /** Whether every call of it is a direct one, and from below nobody calls it again. */
  isInner(index: number): boolean;
}

export function functionsOf({ called, importedFunctions }: Shape, { heads }: Survey): Functions {
  const all = new Array<Settled | undefined>(called.length);
  return {
    settled: (index) => all[index],
    settle: (index, settled) => void (all[index] = settled),
    isInner: (index) => called[index] === 0 && heads[index - importedFunctions] === 0,
  };
}
