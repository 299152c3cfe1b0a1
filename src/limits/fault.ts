/**
 * Why a core module was refused, as plain data that crosses a thread intact.
 * @module
 */

/** What a module uses that this version of the rewriter does not support. */
export type Feature =
  | "threads"
  | "relaxed_simd"
  | "gc"
  | "function_references"
  | "exceptions"
  | "memory64"
  | "multiple_memories"
  | "custom_page_sizes"
  | "wide_arithmetic"
  | "stack_switching"
  | "compact_imports";

/** What there are too many of. */
export type Countable = "functions" | "locals" | "params" | "results" | "tables";

/** Evidence of a refusal. Positions are byte offsets into the module given, zero-based. */
export type LimitFault =
  /** The bytes do not begin like a core module. */
  | { readonly code: "not_core_module"; readonly found: "component" | "other" }
  /** The binary format is broken at `position`, or an index points at nothing. */
  | { readonly code: "malformed"; readonly position: number; readonly what: string }
  /** Well-formed as far as the rewriter looks, but the engine's validator says no. */
  | { readonly code: "invalid_module" }
  | { readonly code: "unsupported_feature"; readonly feature: Feature; readonly position: number }
  | {
    readonly code: "memory_minimum_over_cap";
    readonly minimumBytes: number;
    readonly memoryBytesMax: number;
  }
  | {
    readonly code: "table_minimum_over_cap";
    readonly minimumElements: number;
    readonly elementsMax: number;
  }
  | { readonly code: "module_too_large"; readonly bytes: number; readonly bytesMax: number }
  /** `functionIndex` counts imported functions too, as the standard does. */
  | {
    readonly code: "function_too_large";
    readonly functionIndex: number;
    readonly bytes: number;
    readonly bytesMax: number;
  }
  | { readonly code: "too_many"; readonly what: Countable; readonly count: number; readonly countMax: number }
  | { readonly code: "nesting_too_deep"; readonly position: number; readonly depthMax: number }
  /** The module imports or exports a name that the rewriter keeps for itself. */
  | { readonly code: "reserved_name"; readonly name: string };

/** A core module that cannot be limited; `fault` says why. */
export class LimitError extends Error {
  override readonly name = "LimitError";
  readonly fault: LimitFault;
  constructor(fault: LimitFault) {
    super(describe(fault));
    this.fault = fault;
  }
}

function describe(fault: LimitFault): string {
  switch (fault.code) { // No default: a new code fails to compile here.
    case "not_core_module":
      return `Cannot limit module as its first bytes are wrong: wanted a core WebAssembly module, got ${
        fault.found === "component" ? "a component" : "something else"
      }`;
    case "malformed":
      return `Cannot limit module as it is malformed at byte ${fault.position}: ${fault.what}`;
    case "invalid_module":
      return "Cannot limit module as the engine finds it invalid: wanted a valid module";
    case "unsupported_feature":
      return `Cannot limit module as it uses a feature that is not supported: got ${fault.feature} at byte ${fault.position}`;
    case "memory_minimum_over_cap":
      return `Cannot limit module as its memory starts above the cap: wanted at most ${fault.memoryBytesMax} bytes, got ${fault.minimumBytes}`;
    case "table_minimum_over_cap":
      return `Cannot limit module as a table starts above the cap: wanted at most ${fault.elementsMax} elements, got ${fault.minimumElements}`;
    case "module_too_large":
      return `Cannot limit module as it is too large: wanted at most ${fault.bytesMax} bytes, got ${fault.bytes}`;
    case "function_too_large":
      return `Cannot limit module as function ${fault.functionIndex} is too large: wanted at most ${fault.bytesMax} bytes, got ${fault.bytes}`;
    case "too_many":
      return `Cannot limit module as it has too many ${fault.what}: wanted at most ${fault.countMax}, got ${fault.count}`;
    case "nesting_too_deep":
      return `Cannot limit module as blocks nest too deep at byte ${fault.position}: wanted at most ${fault.depthMax} levels`;
    case "reserved_name":
      return `Cannot limit module as it uses a reserved name: got ${JSON.stringify(fault.name)}`;
  }
}
