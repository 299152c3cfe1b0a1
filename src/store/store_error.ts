/** Why the log cannot be opened, read or written. Plain data, with the evidence. */
export type StoreFault =
  // Mistakes of the writer: nothing was written.
  | { readonly code: "out_of_order"; readonly address: string; readonly wanted: number; readonly got: number }
  | { readonly code: "unknown_actor"; readonly address: string }
  | { readonly code: "actor_exists"; readonly address: string }
  // Somebody else writes.
  | { readonly code: "in_use"; readonly path: string; readonly holder?: LogHolder }
  | { readonly code: "fenced"; readonly path: string; readonly epoch: number; readonly found: number }
  | { readonly code: "unknown_entry"; readonly address: string; readonly seq: number }
  | {
    readonly code: "leaf_out_of_order";
    readonly address: string;
    readonly wanted: number;
    readonly got: number;
  }
  | { readonly code: "bundle"; readonly path: string }
  | { readonly code: "exists"; readonly path: string }
  // What is there is not what we can use.
  | { readonly code: "not_found"; readonly path: string }
  | { readonly code: "not_a_log"; readonly path: string; readonly found: string }
  | { readonly code: "newer_version"; readonly path: string; readonly found: number; readonly known: number }
  | { readonly code: "older_version"; readonly path: string; readonly found: number; readonly known: number }
  | { readonly code: "damaged"; readonly path: string; readonly found: string }
  // The system said no.
  | { readonly code: "full"; readonly path: string; readonly message: string }
  | { readonly code: "read_only"; readonly path: string; readonly message: string }
  | { readonly code: "busy"; readonly path: string; readonly message: string }
  | { readonly code: "cannot_open"; readonly path: string; readonly message: string }
  | { readonly code: "io"; readonly path: string; readonly message: string };

/** Who writes to a log. */
export interface LogHolder {
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
}

/** The log cannot be opened, read or written. Whatever was not committed is not there. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly fault: StoreFault;
  constructor(fault: StoreFault) {
    super(describe(fault));
    this.fault = fault;
  }
}

function describe(fault: StoreFault): string {
  switch (fault.code) { // No default: a new code fails to compile here.
    case "out_of_order":
      return `Cannot append to ${fault.address} as entries must follow each other: wanted seq ${fault.wanted}, ` +
        `got ${fault.got}`;
    case "unknown_actor":
      return `Cannot write for ${fault.address} as the log has no such actor`;
    case "actor_exists":
      return `Cannot create ${fault.address} as the log has that actor already`;
    case "unknown_entry":
      return `Cannot change entry ${fault.seq} of ${fault.address} as the log has no such entry`;
    case "leaf_out_of_order":
      return `Cannot seal ${fault.address} as leaves must follow each other: wanted leaf ${fault.wanted}, ` +
        `got ${fault.got}`;
    case "bundle":
      return `Cannot write to ${fault.path} as it is a bundle, which is only read`;
    case "exists":
      return `Cannot create ${fault.path} as there is such a file already: move it away, or choose another name`;
    case "in_use": {
      const { holder } = fault;
      const by = holder === undefined
        ? "another process"
        : `process ${holder.pid}, since ${new Date(holder.sinceMs).toISOString()}`;
      return `Cannot write to ${fault.path} as it is in use by ${by}: stop that one first, or choose another log`;
    }
    case "fenced":
      return `Cannot write to ${fault.path} as another writer took over: wanted epoch ${fault.epoch}, ` +
        `got ${fault.found}`;
    case "not_found":
      return `Cannot open ${fault.path} as there is no such file`;
    case "not_a_log":
      return `Cannot open ${fault.path} as it is not a log of theater: ${fault.found}`;
    case "newer_version":
      return `Cannot open ${fault.path} as a newer theater wrote it: this one knows version ${fault.known}, ` +
        `the log has version ${fault.found}; install a newer theater`;
    case "older_version":
      return `Cannot read ${fault.path} as an older theater wrote it: this one reads version ${fault.known}, ` +
        `the log has version ${fault.found}; 'theater run' brings it up to date`;
    case "damaged":
      return `Cannot use ${fault.path} as it is damaged: ${fault.found}; restore it from a copy, ` +
        `or save what can be read with 'sqlite3 ${fault.path} .recover'`;
    case "full":
      return `Cannot write to ${fault.path} as the disk is full; make room and start again, nothing was lost`;
    case "read_only":
      return `Cannot write to ${fault.path} as it is read-only: check the rights of the file and its folder`;
    case "busy":
      return `Cannot use ${fault.path} as another program keeps it locked: close it and try again`;
    case "cannot_open":
      return `Cannot open ${fault.path}: ${fault.message}; check that its folder exists and can be written`;
    case "io":
      return `Cannot use ${fault.path}: ${fault.message}`;
  }
}
