import { BoundaryError } from "./boundary_error.ts";

/**
 * A value or text that is not of its type, on its way out to where its whole
 * path is known. It never leaves this room: see {@linkcode namedMisfit}.
 */
export class Misfit {
  /** From the outside in, such as `[1]` or `.name`. */
  readonly steps: string[] = [];

  constructor(readonly wanted: string, readonly got: string) {}
}

/** Adds the step that leads to where `error` was thrown, if it is a misfit. */
export function within(error: unknown, step: string): unknown {
  if (error instanceof Misfit) error.steps.unshift(step);
  return error;
}

/** Turns a misfit into the error that callers see; any other error stays what it is. */
export function namedMisfit(error: unknown, code: "value_misfit" | "text_misfit", root: string): unknown {
  if (!(error instanceof Misfit)) return error;
  const path = root + error.steps.join("");
  return new BoundaryError({ code, path, wanted: error.wanted, got: error.got });
}

/** Longest quotation in an error. */
const quotedMax = 40;

/** Says what a value is, briefly and without running any of its code. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case "string": {
      const text = JSON.stringify(value.length > quotedMax ? value.slice(0, quotedMax) + "…" : value);
      return text.toWellFormed();
    }
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      return `the big integer ${value}`;
    case "boolean":
    case "undefined":
      return String(value);
    case "symbol":
      return "a symbol";
    case "function":
      return "a function";
    case "object":
      if (value === null) return "null";
      if (Array.isArray(value)) return `an array of ${value.length}`;
      if (ArrayBuffer.isView(value)) return `bytes of another kind (${value.byteLength})`;
      return describeObject(value);
  }
}

function describeObject(value: object): string {
  const names = Object.keys(value).slice(0, 4).map((name) => JSON.stringify(name.slice(0, quotedMax)));
  return names.length === 0 ? "an object" : `an object with ${names.join(", ")}`.toWellFormed();
}
