/**
 * Why a log cannot be sealed.
 *
 * Layer 5.
 * @module
 */

/** Why a log cannot be sealed. Plain data. */
export type SealFault =
  /** The log is older than what the node has signed. */
  | {
    readonly code: "behind";
    readonly node: string;
    readonly head: string;
    readonly signed: number;
    readonly found: number;
  }
  /** The log says otherwise than what the node has signed. */
  | {
    readonly code: "beside";
    readonly node: string;
    readonly head: string;
    readonly size: number;
    readonly signed: string;
    readonly found: string;
  }
  /** The log was sealed, and the file that says how far is gone. */
  | { readonly code: "head_missing"; readonly node: string; readonly head: string; readonly size: number }
  /** That file is not a checkpoint that a key of the node has signed. */
  | { readonly code: "head_damaged"; readonly head: string; readonly found: string }
  /** Somebody else has signed meanwhile. */
  | { readonly code: "head_moved"; readonly head: string }
  /** The log names a key and there is no file with its seed. */
  | { readonly code: "key_missing"; readonly key: string; readonly path: string }
  | { readonly code: "key_damaged"; readonly path: string }
  /** Others can read the seed. */
  | { readonly code: "key_readable"; readonly path: string; readonly mode: string }
  /** The log has no key yet. */
  | { readonly code: "no_key"; readonly node: string }
  /** There is no checkpoint yet. */
  | { readonly code: "unsigned"; readonly node: string }
  /** Nothing was ever signed. */
  | { readonly code: "nothing_signed"; readonly node: string };

/** A log cannot be sealed; nothing was signed. */
export class SealError extends Error {
  override readonly name = "SealError";
  readonly fault: SealFault;
  constructor(fault: SealFault) {
    super(describe(fault));
    this.fault = fault;
  }
}

const wayOut = "theater keys --abandon";

function describe(fault: SealFault): string {
  switch (fault.code) { // No default: a new code fails to compile here.
    case "behind":
      return `Cannot go on with this log as it is older than what it has signed: its tree has ${fault.found} ` +
        `leaves, ${fault.head} says that ${fault.signed} were signed\n` +
        `bring the newest copy of the log back; if there is none, '${wayOut}' begins a new one that says so`;
    case "beside":
      return `Cannot go on with this log as it is not the one that was signed: at ${fault.size} leaves its tree ` +
        `has the root ${fault.found}, ${fault.head} says ${fault.signed}\n` +
        `bring the right copy of the log back; if there is none, '${wayOut}' begins a new one that says so`;
    case "head_missing":
      return `Cannot go on with this log as nothing says what it has signed last: it was sealed at ` +
        `${fault.size} leaves, and ${fault.head} is not there\n` +
        `bring that file back, with THEATER_DATA_DIR if it is elsewhere; ` +
        `if it is lost, '${wayOut}' begins a new log that says so`;
    case "head_damaged":
      return `Cannot use ${fault.head} as it is not a checkpoint that this node has signed: ${fault.found}\n` +
        `bring it back from a copy; if there is none, '${wayOut}' begins a new log that says so`;
    case "head_moved":
      return `Cannot sign as somebody else has: ${fault.head} changed while this process writes the log`;
    case "key_missing":
      return `Cannot sign as the key ${fault.key} is not there: wanted its seed in ${fault.path}\n` +
        `bring that file back; if it is lost, 'theater keys --rotate' makes another key`;
    case "key_damaged":
      return `Cannot use ${fault.path} as it is no seed: wanted 64 hex digits in a line`;
    case "key_readable":
      return `Cannot use ${fault.path} as others may read it: wanted the mode 600, got ${fault.mode}\n` +
        `take it from them with 'chmod 600 ${fault.path}'; if they may have, make another key with ` +
        `'theater keys --rotate'`;
    case "no_key":
      return `Cannot show the key of ${fault.node} as it has none yet: 'theater run' makes it`;
    case "unsigned":
      return `Cannot show a checkpoint of ${fault.node} as nothing is signed yet: 'theater run' does`;
    case "nothing_signed":
      return `Cannot give anything up as ${fault.node} has signed nothing yet`;
  }
}
