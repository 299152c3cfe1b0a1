/** Why something may not cross. Plain data, so it crosses a thread intact. */
export type BoundaryFault =
  /** A value is not of its type. */
  | { readonly code: "value_misfit"; readonly path: string; readonly wanted: string; readonly got: string }
  /** A text is not one that the encoding of its type can be. */
  | { readonly code: "text_misfit"; readonly path: string; readonly wanted: string; readonly got: string }
  /** Two imports would have the same name in JavaScript, so that nobody could tell which is called. */
  | { readonly code: "import_clash"; readonly first: string; readonly second: string }
  /** A function of a resource that its interface does not define. */
  | { readonly code: "unknown_resource"; readonly function: string }
  /** The component exports no such function. */
  | { readonly code: "no_such_export"; readonly function: string }
  /** An import was called while another one was being answered, or an export while an import was. */
  | { readonly code: "reentered"; readonly function: string }
  /** An import was called, or a turn ended, while no turn was open. */
  | { readonly code: "outside_turn"; readonly function?: string }
  /** A turn began while one was open. */
  | { readonly code: "inside_turn" }
  /** The activation is over: the guest was stopped before. */
  | { readonly code: "stopped"; readonly text: string };

function describe(fault: BoundaryFault): string {
  switch (fault.code) {
    case "value_misfit":
      return `Cannot encode ${fault.path}: wanted ${fault.wanted}, got ${fault.got}`;
    case "text_misfit":
      return `Cannot decode ${fault.path}: wanted ${fault.wanted}, got ${fault.got}`;
    case "import_clash":
      return `Cannot tell the imports of the component apart: ` +
        `wanted one of each name, got ${fault.first} and ${fault.second}`;
    case "unknown_resource":
      return `Cannot bind ${fault.function}: its interface does not define the resource`;
    case "no_such_export":
      return `Cannot call ${fault.function}: the component does not export it`;
    case "reentered":
      return `Cannot call ${fault.function}: a call of the component is waiting for its answer`;
    case "outside_turn":
      return fault.function === undefined
        ? "Cannot end the turn: none is open"
        : `Cannot call ${fault.function}: no turn is open`;
    case "inside_turn":
      return "Cannot begin a turn: the one before is still open";
    case "stopped":
      return `Cannot begin a turn: the guest was stopped before (${fault.text})`;
  }
}

/** Something may not cross the boundary. `fault` says what and why. */
export class BoundaryError extends Error {
  override readonly name = "BoundaryError";
  readonly fault: BoundaryFault;

  constructor(fault: BoundaryFault) {
    super(describe(fault));
    this.fault = fault;
  }
}
