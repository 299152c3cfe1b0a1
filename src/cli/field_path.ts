import { CodecError, type JsonPointer, parseJsonPointer } from "../codec/mod.ts";
import type { Reader } from "./option.ts";

/** One step of the friendly form, at its start or after a dot: a name, or an index in brackets. */
const firstStep = /^\.?([^.[\]]+)|^\[([0-9]+)\]/;
const laterStep = /^\.([^.[\]]+)|^\[([0-9]+)\]/;

/** A field of a JSON text: a JSON Pointer (RFC 6901), `accounts.cash`, `lines[0].cents`, or `.` for the whole. */
export const fieldPath: Reader<JsonPointer> = {
  placeholder: "<path>",
  wanted:
    "a field such as accounts.cash, lines[0].cents, /accounts/a~1b (a JSON Pointer), or . for the whole",
  read: (given) => {
    if (given === "" || given === ".") return [];
    return given.startsWith("/") ? readPointer(given) : readSteps(given);
  },
};

function readPointer(given: string): JsonPointer | undefined {
  try {
    return parseJsonPointer(given);
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

function readSteps(given: string): JsonPointer | undefined {
  const steps: string[] = [];
  let rest = given;
  while (rest !== "") {
    const match = (steps.length === 0 ? firstStep : laterStep).exec(rest);
    if (match === null) return undefined;
    steps.push(match[1] ?? match[2] ?? "");
    rest = rest.slice(match[0].length);
  }
  return steps;
}
