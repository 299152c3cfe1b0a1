import type { ImportedFunction, ImportedResources } from "./imports.ts";
import { noHandles, type ResourceTable } from "./handles.ts";
import { namedMisfit } from "./misfit.ts";
import { compileBodied, compileSignature, holdsFloat, holdsHandle } from "./signature.ts";

/** How the calls of one imported function are written down; drops of resources are calls as well. */
export interface CallShape {
  /** The arguments as text, null in the place of the body. @throws {BoundaryError} `value_misfit` */
  argumentsText(values: readonly unknown[]): string;
  /** What the host function is to be given. `text` is the whole of the arguments. */
  hostValues(values: readonly unknown[], text: string): readonly unknown[];
  /** The result of the host as text. @throws {BoundaryError} `value_misfit` */
  resultText(answer: unknown): string;
  /** What the guest is to have: what was written down, wherever that could differ. */
  answered(answer: unknown, text: string): unknown;
  /** What the guest is to have in a replay. @throws {BoundaryError} `text_misfit` */
  decodeResult(text: string): unknown;
  /** Gives it to the glue. @throws {ErrPayload} an `err` */
  handOver(answer: unknown): unknown;
}

/** @param bodyArgument index of the string parameter that is kept apart, if one is */
export function callShape(
  fn: ImportedFunction,
  resources: ImportedResources,
  bodyArgument?: number,
): CallShape {
  return fn.drops === undefined ? functionShape(fn, resources, bodyArgument) : dropShape(fn.drops);
}

function functionShape(fn: ImportedFunction, resources: ImportedResources, bodyArgument?: number): CallShape {
  const { params, result } = fn.type;
  const guest = compileSignature(fn.type, resources.guest);
  const host = compileSignature(fn.type, resources.host);
  const foreign = params.some(({ type }) => holdsHandle(type));
  const differs = result !== undefined && (holdsHandle(result) || holdsFloat(result));
  return {
    argumentsText: bodyArgument === undefined
      ? guest.encodeArguments
      : compileBodied(fn.type, bodyArgument, resources.guest),
    hostValues: (values, text) => {
      if (!foreign) return values;
      const given = host.decodeArguments(text);
      if (bodyArgument !== undefined) given[bodyArgument] = values[bodyArgument];
      return given;
    },
    resultText: host.encodeResult,
    answered: (answer, text) => differs ? guest.decodeResult(text) : answer,
    decodeResult: guest.decodeResult,
    handOver: result?.kind === "result" ? handOverResult : (answer) => answer,
  };
}

/** What jco's glue takes for an `err`: it must not be an Error, which would be a trap. */
class ErrPayload {
  constructor(readonly payload: unknown) {}
}

/**
 * The glue also takes a result as `{ tag, val }`, but not where the `ok` could
 * itself look like that; returned or thrown is always right.
 */
function handOverResult(answer: unknown): unknown {
  const { tag, val } = answer as { readonly tag: "ok" | "err"; readonly val: unknown }; // It was encoded or decoded.
  if (tag === "err") throw new ErrPayload(val);
  return val;
}

/** The text of a drop is the number of what is dropped, and its result nothing. */
function dropShape(table: ResourceTable): CallShape {
  const nothing = compileSignature({ params: [] }, noHandles);
  let hosted: object | undefined;
  return {
    argumentsText: ([stand]) => {
      try {
        const dropped = table.drop(stand);
        hosted = dropped.hosted;
        return `[${dropped.number}]`;
      } catch (error) {
        throw namedMisfit(error, "value_misfit", "arguments[0]");
      }
    },
    hostValues: () => [hosted],
    resultText: nothing.encodeResult,
    answered: () => undefined,
    decodeResult: nothing.decodeResult,
    handOver: () => undefined,
  };
}
