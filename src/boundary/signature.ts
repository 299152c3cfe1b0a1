import { type JsonValue, parseCanonical } from "../codec/mod.ts";
import type { FunctionType, ValueType } from "../value/mod.ts";
import { decodeEach, type Decoder, decoderOf } from "./decode.ts";
import { encodeEach, type Encoder, encoderOf, wellFormedText } from "./encode.ts";
import type { HandleView } from "./handles.ts";
import { describeValue, Misfit, namedMisfit, within } from "./misfit.ts";

/** The texts of one function's arguments and results, compiled. */
export interface Signature {
  /** `[a,b]`. @throws {BoundaryError} `value_misfit` */
  encodeArguments(values: readonly unknown[]): string;
  /** @throws {BoundaryError} `text_misfit` */
  decodeArguments(text: string): unknown[];
  /** `[]` or `[value]`. @throws {BoundaryError} `value_misfit` */
  encodeResult(value: unknown): string;
  /** `undefined` where there is no result. @throws {BoundaryError} `text_misfit` */
  decodeResult(text: string): unknown;
}

/** Compiles the texts of a function, with resources as `handles` sees them. */
export function compileSignature(type: FunctionType, handles: HandleView): Signature {
  const encoders = type.params.map((param) => encoderOf(param.type, handles));
  const decoders = type.params.map((param) => decoderOf(param.type, handles));
  const encode = type.result && encoderOf(type.result, handles);
  const results = type.result ? [decoderOf(type.result, handles)] : [];
  return {
    encodeArguments: (values) => encodeArguments(encoders, values),
    decodeArguments: (text) => decodeText(decoders, text, "arguments"),
    encodeResult: (value) => {
      try {
        if (encode !== undefined) return `[${encode(value)}]`;
        if (value !== undefined) throw new Misfit("nothing", describeValue(value));
        return "[]";
      } catch (error) {
        throw namedMisfit(within(error, "[0]"), "value_misfit", "result");
      }
    },
    decodeResult: (text) => decodeText(results, text, "result")[0],
  };
}

/** Writes the arguments with null in the place of the body, which is kept apart. */
export function compileBodied(
  type: FunctionType,
  bodyArgument: number,
  handles: HandleView,
): (values: readonly unknown[]) => string {
  const encoders = type.params.map((param, i) =>
    i === bodyArgument ? encodeApart : encoderOf(param.type, handles)
  );
  return (values) => encodeArguments(encoders, values);
}

/** Texts are never null, so null in the place of one says that it stands apart. */
const encodeApart: Encoder = (value) => {
  wellFormedText(value);
  return "null";
};

function encodeArguments(encoders: readonly Encoder[], values: readonly unknown[]): string {
  try {
    if (values.length !== encoders.length) throw new Misfit(`${encoders.length} values`, `${values.length}`);
    return encodeEach(encoders, values);
  } catch (error) {
    throw namedMisfit(error, "value_misfit", "arguments");
  }
}

function decodeText(decoders: readonly Decoder[], text: string, root: string): unknown[] {
  try {
    return decodeEach(decoders, parseText(text));
  } catch (error) {
    throw namedMisfit(error, "text_misfit", root);
  }
}

/** Strict, so that a text that was tampered with is not read as if it were the original. */
function parseText(text: string): JsonValue {
  try {
    return parseCanonical(text);
  } catch (error) {
    throw new Misfit("canonical JSON", error instanceof Error ? error.message : "something else");
  }
}

/** Whether a value of this type may hold a resource. */
export function holdsHandle(type: ValueType): boolean {
  return holds(type, (kind) => kind === "own" || kind === "borrow");
}

/** Whether a value of this type may hold a float. */
export function holdsFloat(type: ValueType): boolean {
  return holds(type, (kind) => kind === "f32" || kind === "f64");
}

function holds(type: ValueType, sought: (kind: ValueType["kind"]) => boolean): boolean {
  return sought(type.kind) || partsOf(type).some((part) => part !== undefined && holds(part, sought));
}

function partsOf(type: ValueType): readonly (ValueType | undefined)[] {
  switch (type.kind) {
    case "list":
      return [type.element];
    case "tuple":
      return type.elements;
    case "record":
      return type.fields.map((field) => field.type);
    case "variant":
      return type.cases.map((one) => one.type);
    case "option":
      return [type.some];
    case "result":
      return [type.ok, type.err];
    case "bool":
    case "u8":
    case "u16":
    case "u32":
    case "u64":
    case "s8":
    case "s16":
    case "s32":
    case "s64":
    case "f32":
    case "f64":
    case "char":
    case "string":
    case "enum":
    case "flags":
    case "own":
    case "borrow":
      return [];
  }
}
