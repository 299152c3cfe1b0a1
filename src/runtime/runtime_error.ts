/** Why a house could not be opened, or had to close. Plain data. */
export type RuntimeFault =
  | {
    /** The log holds an actor that ran something else. */
    readonly code: "changed";
    readonly address: string;
    readonly what: "component" | "manifest";
    readonly recorded: string;
    readonly found: string;
  }
  | {
    /** A component could not be had. */
    readonly code: "component_unavailable";
    readonly address: string;
    readonly detail: string;
  }
  | {
    /** It asks for what its manifest does not grant. */
    readonly code: "not_granted";
    readonly address: string;
    readonly imports: readonly string[];
    readonly hints: readonly string[];
  }
  | {
    /** The log cannot be written any more. */
    readonly code: "commit_failed";
    readonly detail: string;
  };

/** A house of actors could not be opened, or had to close. */
export class RuntimeError extends Error {
  override name = "RuntimeError";
  constructor(readonly fault: RuntimeFault, options?: ErrorOptions) {
    super(describe(fault), options);
  }
}

function describe(fault: RuntimeFault): string {
  switch (fault.code) {
    case "changed":
      return `Cannot run ${fault.address}: its ${fault.what} changed since its last run: the log has ` +
        `${fault.recorded}, got ${fault.found}; add --upgrade to go on from its state with the new one, ` +
        `or name another log with --db`;
    case "component_unavailable":
      return `Cannot load the component of ${fault.address}: ${fault.detail}`;
    case "not_granted":
      return `Cannot run ${fault.address}: it imports ${
        fault.imports.join(" and ")
      }, which its manifest does ` +
        `not grant; add ${fault.hints.join(", ")} to [permissions]`;
    case "commit_failed":
      return `Cannot write the log: ${fault.detail}`;
  }
}
