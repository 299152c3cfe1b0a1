import { parseCanonical } from "../codec/mod.ts";
import { type CallShape, callShape } from "./call_shape.ts";
import type { ImportedFunction, ImportedResources } from "./imports.ts";
import type { CallQuestion, CallRecord } from "./record.ts";
import { oversizedReason, reasonOf, unwritten } from "./reason.ts";
import { utf8Length } from "./utf8_length.ts";

/** Writes down what a guest asks, as the record that it is compared with was written. */
export interface Questioner {
  readonly shape: CallShape;
  /**
   * Once for each call: what is handed over changes hands.
   *
   * @param record of the call that it may be
   */
  ask(values: readonly unknown[], record: CallRecord | undefined): CallQuestion;
}

export function createQuestioner(fn: ImportedFunction, resources: ImportedResources): Questioner {
  const plain = callShape(fn, resources);
  const bodied = new Map<number, CallShape>();

  /** The argument that the record keeps apart: of all strings only that one is null. */
  function bodyArgument(record: CallRecord): number {
    const args = parsed(record.arguments);
    return fn.type.params.findIndex(({ type }, i) =>
      type.kind === "string" && Array.isArray(args) && args[i] === null
    );
  }

  /** Why the arguments of a record were not written down, if they were not. */
  function reasonUnwritten(record: CallRecord): string | undefined {
    if (fn.type.params.length === 0 || record.arguments !== unwritten || record.outcome !== "failed") {
      return undefined;
    }
    const reason = parsed(record.result);
    return typeof reason === "string" ? reason : undefined;
  }

  return {
    shape: plain,
    ask(values, record) {
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
    },
  };
}

/** Canonical JSON text as a value; undefined where it is none. */
export function parsed(text: string): unknown {
  try {
    return parseCanonical(text);
  } catch {
    return undefined;
  }
}
