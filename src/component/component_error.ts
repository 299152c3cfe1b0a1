/** Where in a file: bytes from its beginning, zero-based. */
export type Position = number;

/** Why a component was refused. Plain data, so it crosses a thread intact. */
export type ComponentFault =
  /** The file is something else; `found` says what, in words. */
  | { readonly code: "not_a_component"; readonly found: string }
  /** The bytes break the binary format of the component model. */
  | { readonly code: "malformed"; readonly position: Position; readonly wanted: string; readonly got: string }
  /** A part of the component model that Theater does not run. */
  | { readonly code: "unsupported"; readonly position: Position; readonly feature: string }
  /** A name that the component model's grammar does not allow. */
  | { readonly code: "bad_name"; readonly position: Position; readonly wanted: string; readonly name: string }
  /** More of something than the limit. */
  | { readonly code: "too_large"; readonly what: string; readonly max: number; readonly got: number }
  /** An interface or function that must be exported and is not; `found` describes the world. */
  | { readonly code: "missing_export"; readonly wanted: string; readonly found: string }
  /** A function that is exported or imported with another type than the interface says. */
  | {
    readonly code: "type_mismatch";
    readonly side: "export" | "import";
    readonly function: string;
    readonly wanted: string;
    readonly got: string;
  }
  /** An import that nobody provides; `known` are the names of the interfaces that are. */
  | { readonly code: "unknown_import"; readonly import: string; readonly known: readonly string[] }
  /** The validator of the generator refused the component; `reason` is its text. */
  | { readonly code: "invalid"; readonly reason: string }
  /** The generator made, or the cache held, something unexpected. */
  | { readonly code: "unexpected_output"; readonly wanted: string; readonly got: string };

function describe(fault: ComponentFault): string {
  switch (fault.code) {
    case "not_a_component":
      return `Cannot load the file: wanted a WebAssembly component, got ${fault.found}`;
    case "malformed":
      return `Cannot decode the component at byte ${fault.position}: wanted ${fault.wanted}, got ${fault.got}`;
    case "unsupported":
      return `Cannot load the component: it uses ${fault.feature} (at byte ${fault.position}), ` +
        `which Theater does not support`;
    case "bad_name":
      return `Cannot load the component: wanted ${fault.wanted} at byte ${fault.position}, got ${
        JSON.stringify(fault.name.slice(0, 200))
      }`;
    case "too_large":
      return `Cannot load the component: wanted at most ${fault.max} ${fault.what}, got ${fault.got}`;
    case "missing_export":
      return `Cannot run the component as an actor: wanted an export ${fault.wanted}, got ${fault.found}`;
    case "type_mismatch":
      return `Cannot run the component as an actor, ${fault.side} ${fault.function}: ` +
        `wanted ${fault.wanted}, got ${fault.got}`;
    case "unknown_import":
      return `Cannot run the component as an actor: it imports ${fault.import}, which Theater does not provide; ` +
        `wanted some of ${fault.known.join(", ") || "no imports at all"}`;
    case "invalid":
      return `Cannot load the component as it is not valid: ${fault.reason}`;
    case "unexpected_output":
      return `Cannot use the generated code: wanted ${fault.wanted}, got ${fault.got}`;
  }
}

/** A component was refused; `fault` says why, `message` says it in words. */
export class ComponentError extends Error {
  override readonly name = "ComponentError";
  readonly fault: ComponentFault;

  constructor(fault: ComponentFault) {
    super(describe(fault));
    this.fault = fault;
  }
}
