/** Why an actor cannot be forked. Plain data. */
export type ForkFault =
  /** A fork is an actor without a parent: its name is one segment of an address. */
  | { readonly code: "bad_name"; readonly name: string; readonly detail: string }
  | { readonly code: "name_taken"; readonly name: string; readonly node: string }
  /** A bundle is a copy that nobody writes to. */
  | { readonly code: "bundle"; readonly name: string }
  /** No turn had ended by then. */
  | { readonly code: "no_turn"; readonly address: string; readonly seq: number }
  /** No state had been made by then. */
  | { readonly code: "not_initialised"; readonly address: string; readonly seq: number };

/** An actor cannot be forked. */
export class ForkError extends Error {
  override name = "ForkError";
  constructor(readonly fault: ForkFault) {
    super(describe(fault));
  }
}

function describe(fault: ForkFault): string {
  switch (fault.code) { // No default: a new code fails to compile here.
    case "bad_name":
      return `Cannot name a fork ${JSON.stringify(fault.name)}: ${fault.detail}`;
    case "name_taken":
      return `Cannot name a fork "${fault.name}": the log of ${fault.node} has an actor of that name, and a name ` +
        `has one chain for ever\nchoose another name with --as`;
    case "bundle":
      return `Cannot make the fork "${fault.name}" in a bundle, as nobody writes to one\n` +
        `name a log for it with --into: it is made if there is none`;
    case "no_turn":
      return `Cannot fork ${fault.address} at entry ${fault.seq}: no turn has ended there\n` +
        `"theater log ${fault.address}" shows where its turns end`;
    case "not_initialised":
      return `Cannot fork ${fault.address} at entry ${fault.seq}: it has no state yet\n` +
        `choose a moment after its init; "theater log ${fault.address}" shows it`;
  }
}
