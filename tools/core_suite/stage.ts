/**
 * Runs one script of the core test suite, with modules as they are or rewritten,
 * and says how each command ended.
 * @module
 */

import { createMeter, LimitError, limitModule, STACK_UNITS_MAX, trapCode } from "../../src/limits/mod.ts";
import { type Caller, makeCaller, RESULTS_AT } from "./caller.ts";
import { type Action, type Command, isExpected, sizeOf, type Value, writeValue } from "./script.ts";

/** How a command ended: it did what the suite wants, or not; or it could not be judged. */
export type Outcome =
  | { readonly end: "passed"; readonly seen: string }
  | { readonly end: "failed"; readonly seen: string }
  /** A feature that the rewriter refuses by name, or needs a module that it refused. */
  | { readonly end: "refused"; readonly feature: string }
  /** Text, or what JavaScript cannot say. */
  | { readonly end: "unjudged" };

/** One run of a script. */
export interface Run {
  readonly outcomes: readonly Outcome[];
  readonly fuel: number;
}

type Bytes = (filename: string) => Uint8Array<ArrayBuffer>;

/** Memory of 4 GiB, so that the suite meets its own limits and not ours. */
const memoryBytesMax = 65_536 * 65_536;

/** An instance, or why there is none. */
type Actor = WebAssembly.Instance | { readonly refused: string };

class Refused extends Error {
  constructor(readonly feature: string) {
    super(feature);
  }
}

/** Runs all commands. @param schedule without one, modules run as they are */
export function runScript(commands: readonly Command[], bytesOf: Bytes, schedule: number | undefined): Run {
  const meter = createMeter();
  const registered: Record<string, WebAssembly.ModuleImports> = { spectest: spectest() };
  const refused = new Map<string, string>();
  const named = new Map<string, Actor>();
  const callers = new Map<WebAssembly.Instance, Map<string, Caller | undefined>>();
  let current: Actor = { refused: "no module" };

  const compile = (filename: string) => {
    const bytes = bytesOf(filename);
    if (schedule === undefined) return new WebAssembly.Module(bytes);
    const limits = { memoryBytesMax, stackUnitsMax: STACK_UNITS_MAX, schedule };
    return new WebAssembly.Module(limitModule(bytes, limits));
  };
  const instantiate = (filename: string) => {
    const module = compile(filename);
    for (const { module: from } of WebAssembly.Module.imports(module)) {
      const why = refused.get(from);
      if (why !== undefined) throw new Refused(why);
    }
    return schedule === undefined
      ? new WebAssembly.Instance(module, registered)
      : meter.instantiateCore(module, registered);
  };
  const find = (name: string | undefined): WebAssembly.Instance => {
    const actor = name === undefined ? current : named.get(name) ?? { refused: `no ${name}` };
    if ("refused" in actor) throw new Refused(actor.refused);
    return actor;
  };

  function act(action: Action, expected: readonly Value[]): readonly [seen: string, right: boolean] {
    const instance = find(action.module);
    const exported = instance.exports[action.field];
    if (action.type === "get") {
      const value: unknown = (exported as WebAssembly.Global).value;
      return judge([value], expected);
    }
    const args = action.args ?? [];
    const params = args.map(({ type }) => type);
    const results = expected.map(({ type }) => type);
    const key = JSON.stringify([action.field, params, results]);
    let known = callers.get(instance);
    if (!known) callers.set(instance, known = new Map());
    if (!known.has(key)) known.set(key, makeCaller(exported as CallableFunction, params, results));
    const caller = known.get(key);
    if (schedule !== undefined) meter.beginTurn();
    if (!caller) {
      const result: unknown = (exported as CallableFunction)(...args.map(toJs));
      return judge(
        expected.length === 0 ? [] : expected.length > 1 ? result as unknown[] : [result],
        expected,
      );
    }
    let at = 0;
    for (const arg of args) {
      writeValue(caller.memory, at, arg);
      at += sizeOf(arg.type) ?? 0;
    }
    caller.call();
    at = RESULTS_AT;
    let right = true;
    for (const value of expected) {
      right &&= isExpected(caller.memory, at, value);
      at += sizeOf(value.type) ?? 0;
    }
    return [bits(caller.memory, RESULTS_AT, at), right];
  }

  let fuel = 0;
  const counted = <T>(work: () => T): T => {
    const before = meter.fuelUsed();
    try {
      return work();
    } finally {
      const after = meter.fuelUsed();
      fuel += after >= before ? after - before : after;
    }
  };

  function perform(command: Command): Outcome {
    const { filename = "", action, expected = [] } = command;
    if (command.module_type === "text") return { end: "unjudged" };
    switch (command.type) {
      case "module": {
        current = { refused: "a module that did not start" };
        const instance = instantiate(filename);
        current = instance;
        if (command.name !== undefined) named.set(command.name, instance);
        return { end: "passed", seen: "a module" };
      }
      case "register":
        registered[command.as ?? ""] = { ...find(command.name).exports };
        return { end: "passed", seen: "registered" };
      case "action":
        if (action) act(action, expected);
        return { end: "passed", seen: "done" };
      case "assert_return": {
        if (!action) return { end: "unjudged" };
        if (expected.some(({ type, value }) => type === "either" || typeof value === "undefined")) {
          return { end: "unjudged" };
        }
        const [seen, right] = act(action, expected);
        return { end: right ? "passed" : "failed", seen };
      }
      case "assert_trap":
      case "assert_exhaustion":
      case "assert_uninstantiable":
      case "assert_unlinkable":
        return expectThrow(() => action ? act(action, expected) : instantiate(filename));
      case "assert_invalid":
      case "assert_malformed":
        return expectThrow(() => compile(filename), "refused");
      default:
        return { end: "unjudged" };
    }
  }

  const outcomes = commands.map((command): Outcome => {
    try {
      return counted(() => perform(command));
    } catch (error) {
      const feature = featureOf(error);
      if (feature === undefined) return { end: "failed", seen: String(error) };
      if (command.type === "module") {
        current = { refused: feature };
        if (command.name !== undefined) named.set(command.name, current);
      }
      if (command.type === "register") refused.set(command.as ?? "", feature);
      return { end: "refused", feature };
    }
  });
  return { outcomes, fuel };
}

/** What it throws is what was wanted, unless nothing was tried. */
function expectThrow(work: () => unknown, as?: string): Outcome {
  try {
    work();
  } catch (error) {
    if (as === undefined && featureOf(error) !== undefined) throw error;
    return {
      end: "passed",
      seen: as ?? (error instanceof WebAssembly.LinkError ? "unlinkable" : trapCode(error)),
    };
  }
  return { end: "failed", seen: "nothing was thrown" };
}

function featureOf(error: unknown): string | undefined {
  if (error instanceof Refused) return error.feature;
  if (!(error instanceof LimitError)) return undefined;
  const { fault } = error;
  switch (fault.code) {
    case "unsupported_feature":
      return fault.feature;
    case "table_minimum_over_cap":
    case "memory_minimum_over_cap":
    case "too_many":
      return fault.code;
  }
  return undefined;
}

/** Values that JavaScript can say: references, and numbers of globals. */
function judge(values: readonly unknown[], expected: readonly Value[]): readonly [string, boolean] {
  const right = values.every((value, k) => isJs(value, expected[k]));
  return [values.map((value) => typeof value === "function" ? "a function" : String(value)).join(), right];
}

function isJs(value: unknown, expected: Value | undefined): boolean {
  if (!expected) return false;
  const view = new DataView(new ArrayBuffer(16));
  switch (expected.type) {
    case "i32":
      view.setInt32(0, value as number, true);
      return isExpected(view, 0, expected);
    case "i64":
      view.setBigInt64(0, value as bigint, true);
      return isExpected(view, 0, expected);
    case "f32":
      view.setFloat32(0, value as number, true);
      return isExpected(view, 0, expected);
    case "f64":
      view.setFloat64(0, value as number, true);
      return isExpected(view, 0, expected);
    case "funcref":
      return expected.value === "null" ? value === null : typeof value === "function";
  }
  return expected.value === "null" ? value === null : value === Number(expected.value);
}

function toJs({ type, value }: Value): unknown {
  if (value === "null") return null;
  const view = new DataView(new ArrayBuffer(16));
  const size = sizeOf(type);
  if (size === undefined) return Number(value);
  writeValue(view, 0, { type, value: value ?? "0" });
  switch (type) {
    case "i32":
      return view.getInt32(0, true);
    case "i64":
      return view.getBigInt64(0, true);
    case "f32":
      return view.getFloat32(0, true);
    default:
      return view.getFloat64(0, true);
  }
}

function bits(view: DataView, from: number, to: number): string {
  let text = "";
  for (let k = from; k < to; k++) text += view.getUint8(k).toString(16).padStart(2, "0");
  return text;
}

/** The module that the suite imports from. */
function spectest(): WebAssembly.ModuleImports {
  const print = () => {};
  const global = (value: WebAssembly.ValueType, init: unknown) =>
    new WebAssembly.Global({ value, mutable: false }, init as never);
  return {
    print,
    print_i32: print,
    print_i64: print,
    print_f32: print,
    print_f64: print,
    print_i32_f32: print,
    print_f64_f64: print,
    global_i32: global("i32", 666),
    global_i64: global("i64", 666n),
    global_f32: global("f32", 666.6),
    global_f64: global("f64", 666.6),
    table: new WebAssembly.Table({ initial: 10, maximum: 20, element: "anyfunc" }),
    memory: new WebAssembly.Memory({ initial: 1, maximum: 2 }),
  };
}
