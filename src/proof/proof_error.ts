/** Why a proof cannot be made or read. Plain data, so it crosses a thread intact. */
export type ProofFault =
  // Making one.
  | {
    readonly code: "no_such_entry";
    readonly address: string;
    readonly seq: number;
    readonly size: number;
  }
  | { readonly code: "entry_pruned"; readonly address: string; readonly seq: number }
  /** No signed checkpoint covers the entry yet. */
  | { readonly code: "unsealed"; readonly address: string; readonly seq: number; readonly sealed: number }
  | { readonly code: "no_such_part"; readonly seq: number; readonly role: string }
  /** Neither the leaf nor its hash is in the log. */
  | { readonly code: "leaf_missing"; readonly tree: string; readonly index: number }
  | { readonly code: "too_many"; readonly wanted: number; readonly got: number }
  /** What the log says of itself does not fit together. */
  | { readonly code: "log_differs"; readonly detail: string }
  // Reading one.
  | { readonly code: "not_a_proof"; readonly wanted: string; readonly got: string }
  | { readonly code: "unknown_format"; readonly wanted: string; readonly got: string }
  | { readonly code: "too_large"; readonly what: string; readonly wanted: number; readonly got: number }
  | { readonly code: "bad_field"; readonly field: string; readonly wanted: string; readonly got: string }
  | { readonly code: "file_missing"; readonly name: string }
  | { readonly code: "file_unknown"; readonly name: string };

/** A proof that cannot be made or read. `fault` says why. */
export class ProofError extends Error {
  override readonly name = "ProofError";
  readonly fault: ProofFault;

  constructor(fault: ProofFault) {
    super(describe(fault));
    this.fault = fault;
  }
}

function describe(fault: ProofFault): string {
  switch (fault.code) { // No default: a new code fails to compile here.
    case "no_such_entry":
      return `Cannot prove entry ${fault.seq} of ${fault.address}: it has ${fault.size} entries`;
    case "entry_pruned":
      return `Cannot prove entry ${fault.seq} of ${fault.address} as it was pruned: only its hash is left; ` +
        `put it back from a bundle with "theater prune --restore"`;
    case "unsealed":
      return `Cannot prove entry ${fault.seq} of ${fault.address} as no signed checkpoint covers it: ` +
        `its first ${fault.sealed} entries are sealed; "theater checkpoint" seals the rest`;
    case "no_such_part":
      return `Cannot show the part "${fault.role}" of entry ${fault.seq} as its bytes are not in this log`;
    case "leaf_missing":
      return `Cannot make the proof as the log lacks leaf ${fault.index} of the tree of ${fault.tree}`;
    case "too_many":
      return `Cannot prove so many entries at once: wanted at most ${fault.wanted}, got ${fault.got}`;
    case "log_differs":
      return `Cannot make the proof as the log contradicts itself: ${fault.detail}`;
    case "not_a_proof":
      return `Cannot read the proof: wanted ${fault.wanted}, got ${fault.got}`;
    case "unknown_format":
      return `Cannot read the proof as its format is unknown: wanted ${fault.wanted}, got ${fault.got}`;
    case "too_large":
      return `Cannot read the proof as ${fault.what} is too large: wanted at most ${fault.wanted}, got ${fault.got}`;
    case "bad_field":
      return `Cannot read the proof as ${fault.field} is wrong: wanted ${fault.wanted}, got ${fault.got}`;
    case "file_missing":
      return `Cannot read the proof as a file is missing: wanted ${fault.name}, got none`;
    case "file_unknown":
      return `Cannot read the proof as a file does not belong there: got ${fault.name}`;
  }
}
