/** Why an entry cannot be answered otherwise. Plain data. */
export type OverrideFault =
  | {
    /** Nothing was said there to the actor. */
    readonly code: "not_overridable";
    readonly address: string;
    readonly seq: number;
    readonly wanted: string;
    readonly got: string;
  }
  | {
    /** The function of the call does not answer that. */
    readonly code: "bad_override";
    readonly address: string;
    readonly seq: number;
    readonly function: string;
    readonly wanted: string;
    readonly got: string;
  };

/** An entry cannot be answered otherwise. */
export class OverrideError extends Error {
  override name = "OverrideError";
  constructor(readonly fault: OverrideFault) {
    super(describe(fault));
  }
}

function describe(fault: OverrideFault): string {
  const { address, seq, wanted, got } = fault;
  switch (fault.code) {
    case "not_overridable":
      return `Cannot override entry ${seq} of ${address}: wanted ${wanted}, got ${got}`;
    case "bad_override":
      return `Cannot override entry ${seq} of ${address}: wanted ${wanted} as the answer of ${fault.function}, got ${got}`;
  }
}
