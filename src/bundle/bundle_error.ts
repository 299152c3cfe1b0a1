import type { PartRole } from "../chain/mod.ts";

/** Why a bundle cannot be made, or parts or entries cannot be taken away. Plain data. */
export type BundleFault =
  | { readonly code: "bad_spec"; readonly text: string; readonly wanted: string; readonly got: string }
  | { readonly code: "no_such_actor"; readonly address: string }
  | { readonly code: "no_actors" }
  | { readonly code: "file_exists"; readonly path: string }
  | { readonly code: "no_such_entry"; readonly address: string; readonly seq: number }
  | {
    readonly code: "no_such_role";
    readonly address: string;
    readonly seq: number;
    readonly role: PartRole;
    readonly known: readonly PartRole[];
  }
  | { readonly code: "nothing_to_erase"; readonly address: string }
  /** Its chain ends inside a turn. */
  | { readonly code: "turn_open"; readonly address: string }
  /** A message that holds the same bytes waits for its turn. */
  | { readonly code: "still_waiting"; readonly address: string; readonly seq: number }
  /** It is what the actor goes on from. */
  | { readonly code: "current_state"; readonly address: string; readonly seq: number }
  /** It is what the actor is made of. */
  | { readonly code: "current_keyframe"; readonly address: string; readonly seq: number }
  | { readonly code: "not_a_keyframe"; readonly address: string; readonly seq: number }
  /** It was never initialised before. */
  | { readonly code: "not_initialised"; readonly address: string; readonly before: number }
  /** No signed checkpoint covers what should go. */
  | {
    readonly code: "not_sealed";
    readonly address: string;
    readonly before: number;
    readonly sealed: number;
  }
  | { readonly code: "nothing_to_prune"; readonly address: string; readonly before: number }
  // Putting a span back.
  | { readonly code: "other_chain"; readonly address: string; readonly wanted: string; readonly got: string }
  | {
    readonly code: "other_entry";
    readonly address: string;
    readonly seq: number;
    readonly wanted: string;
    readonly got: string;
  }
  | { readonly code: "other_part"; readonly address: string; readonly seq: number; readonly role: PartRole }
  | { readonly code: "nothing_to_restore"; readonly address: string };

/** A bundle that cannot be made, or parts or entries that cannot be taken away. `fault` says why. */
export class BundleError extends Error {
  override readonly name = "BundleError";
  readonly fault: BundleFault;

  constructor(fault: BundleFault) {
    super(describe(fault));
    this.fault = fault;
  }
}

function describe(fault: BundleFault): string {
  switch (fault.code) { // No default: a new code fails to compile here.
    case "bad_spec":
      return `Cannot withhold "${fault.text}": wanted ${fault.wanted}, got "${fault.got}"`;
    case "no_such_actor":
      return `Cannot find the actor "${fault.address}" in this log`;
    case "no_actors":
      return "Cannot make a bundle of no actors\nname some, or take all of them with --all";
    case "file_exists":
      return `Cannot write ${fault.path} as something is there already\nchoose another name, or give --force`;
    case "no_such_entry":
      return `Cannot find entry ${fault.seq} of ${fault.address}: there is none, or it is pruned`;
    case "no_such_role":
      return `Cannot erase the part "${fault.role}" of entry ${fault.seq} of ${fault.address}: ` +
        `it has ${fault.known.join(", ")}`;
    case "nothing_to_erase":
      return `Cannot erase anything of ${fault.address}: what was named is gone already`;
    case "turn_open":
      return `Cannot write to ${fault.address} as its chain ends inside a turn\n` +
        "run the house once, so that it recovers, and stop it";
    case "still_waiting":
      return `Cannot erase entry ${fault.seq} of ${fault.address} as its message still waits for its turn\n` +
        "run the house until the mailbox is empty, and stop it";
    case "current_state":
      return `Cannot erase the state in entry ${fault.seq} of ${fault.address} as the actor goes on from it\n` +
        "send it a message that changes the state first";
    case "current_keyframe":
      return `Cannot erase parts of entry ${fault.seq} of ${fault.address} as the actor goes on from this keyframe\n` +
        "run the house again, which writes another, and stop it";
    case "not_a_keyframe":
      return `Cannot prune ${fault.address} before entry ${fault.seq} as a chain must go on from a keyframe\n` +
        `"theater log ${fault.address} --kind keyframe" lists them`;
    case "not_initialised":
      return `Cannot prune ${fault.address} before entry ${fault.before} as it was not initialised then`;
    case "not_sealed":
      return `Cannot prune ${fault.address} before entry ${fault.before} as no signed checkpoint covers that: ` +
        `its first ${fault.sealed} entries are sealed`;
    case "nothing_to_prune":
      return `Cannot prune anything of ${fault.address} before entry ${fault.before}: it is pruned already`;
    case "other_chain":
      return `Cannot put entries of ${fault.address} back as they are of another chain: wanted ${fault.wanted}, ` +
        `got ${fault.got}`;
    case "other_entry":
      return `Cannot put entry ${fault.seq} of ${fault.address} back as it is another one: ` +
        `wanted the hash ${fault.wanted}, got ${fault.got}`;
    case "other_part":
      return `Cannot put entry ${fault.seq} of ${fault.address} back as its part "${fault.role}" ` +
        "is not what it commits to";
    case "nothing_to_restore":
      return `Cannot put anything of ${fault.address} back: none of its pruned entries is in that bundle`;
  }
}
