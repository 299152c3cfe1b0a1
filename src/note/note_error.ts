/**
 * Why a note, or something that is written as one, was refused.
 *
 * Layer 1.
 * @module
 */

/** What was being read or written. */
export type NoteThing = "note" | "checkpoint" | "proof" | "policy" | "verifier key";

/** Why a public key is no key. */
export type KeyFlaw = "not_32_bytes" | "not_canonical" | "small_order" | "not_on_curve";

/** Why a note was refused. Plain data, so it crosses a thread intact. */
export type NoteFault =
  | {
    readonly code: "too_large";
    readonly what: NoteThing;
    readonly bytes: number;
    readonly bytesMax: number;
  }
  | { readonly code: "too_many"; readonly what: NoteThing; readonly wanted: string; readonly got: number }
  /** Bytes that are not UTF-8, or a text with a lone surrogate. */
  | { readonly code: "not_utf8"; readonly what: NoteThing; readonly got: string; readonly offset: number }
  | {
    readonly code: "control_character";
    readonly what: NoteThing;
    readonly got: string;
    readonly offset: number;
  }
  /** Another text than the format has. `line` counts from 1 in the thing itself. */
  | {
    readonly code: "syntax";
    readonly what: NoteThing;
    readonly line: number;
    readonly wanted: string;
    readonly got: string;
  }
  /** A number that the format has, and that is past 2^53 - 1. */
  | {
    readonly code: "number_too_large";
    readonly what: NoteThing;
    readonly line: number;
    readonly got: string;
  }
  /** A tree of size 0 has one root only. */
  | { readonly code: "empty_tree_root"; readonly wanted: string; readonly got: string }
  | { readonly code: "key_id_mismatch"; readonly name: string; readonly wanted: string; readonly got: string }
  | { readonly code: "key_type_unknown"; readonly name: string; readonly got: number }
  | { readonly code: "key_refused"; readonly name: string; readonly flaw: KeyFlaw }
  /** Two keys of one name and id. */
  | { readonly code: "keys_ambiguous"; readonly name: string; readonly id: string }
  /** A known key, and a signature that is not its. */
  | { readonly code: "signature_wrong"; readonly name: string; readonly id: string; readonly why: string }
  | {
    readonly code: "no_known_signature";
    readonly known: readonly string[];
    readonly got: readonly string[];
  }
  /** No known key of the checkpoint's origin has signed it. */
  | { readonly code: "log_signature_missing"; readonly origin: string; readonly got: readonly string[] }
  | { readonly code: "policy_name_unknown"; readonly line: number; readonly name: string }
  | { readonly code: "policy_name_taken"; readonly line: number; readonly name: string }
  /** A name that is a member of a group already. */
  | { readonly code: "policy_member_taken"; readonly line: number; readonly name: string }
  /** A public key that an earlier line of this kind has. */
  | { readonly code: "policy_key_taken"; readonly line: number; readonly name: string }
  /** A threshold that is not 1 to the number of members. */
  | {
    readonly code: "policy_threshold";
    readonly line: number;
    readonly members: number;
    readonly got: string;
  }
  /** Not exactly one line that says the quorum. */
  | { readonly code: "policy_quorum"; readonly got: string };

/** A note that is refused, or something that is written as one. `fault` says why. */
export class NoteError extends Error {
  override readonly name = "NoteError";
  readonly fault: NoteFault;

  constructor(fault: NoteFault) {
    super(describe(fault));
    this.fault = fault;
  }
}

function describe(fault: NoteFault): string {
  switch (fault.code) { // No default: a new code fails to compile here.
    case "too_large":
      return `Cannot read the ${fault.what} as it is too large: wanted at most ${fault.bytesMax} bytes, got ${fault.bytes}`;
    case "too_many":
      return `Cannot read the ${fault.what} as it has too many lines: wanted ${fault.wanted}, got ${fault.got}`;
    case "not_utf8":
      return `Cannot read the ${fault.what} at offset ${fault.offset}: wanted UTF-8, got ${fault.got}`;
    case "control_character":
      return `Cannot read the ${fault.what} at offset ${fault.offset}: wanted no control character, got ${fault.got}`;
    case "syntax":
      return `Cannot read the ${fault.what} at line ${fault.line}: wanted ${fault.wanted}, got ${fault.got}`;
    case "number_too_large":
      return `Cannot read the ${fault.what} at line ${fault.line}: wanted a number up to 2^53 - 1, got ${fault.got}`;
    case "empty_tree_root":
      return `Cannot accept the checkpoint as a tree of size 0 has one root: wanted ${fault.wanted}, got ${fault.got}`;
    case "key_id_mismatch":
      return `Cannot accept the key ${fault.name} as its id is not its own: wanted ${fault.wanted}, got ${fault.got}`;
    case "key_type_unknown":
      return `Cannot use the key ${fault.name} as its type is unknown: wanted 1 (Ed25519) or 4 (cosignature), got ${fault.got}`;
    case "key_refused":
      return `Cannot accept the key ${fault.name} as it is unsafe: wanted an Ed25519 public key, got ${
        flaw(fault.flaw)
      }`;
    case "keys_ambiguous":
      return `Cannot tell keys apart: wanted one key of a name and id, got two of ${fault.name}+${fault.id}`;
    case "signature_wrong":
      return `Cannot accept the note as a known key has not signed it: wanted a signature of ${fault.name}+${fault.id}, got ${fault.why}`;
    case "no_known_signature":
      return `Cannot accept the note as no known key has signed it: wanted ${list(fault.known)}, got ${
        list(fault.got)
      }`;
    case "log_signature_missing":
      return "Cannot accept the checkpoint as no known key of its log has signed it: " +
        `wanted a key named ${fault.origin}, got ${list(fault.got)}`;
    case "policy_name_unknown":
      return `Cannot read the policy at line ${fault.line}: wanted a name of a line before, got ${fault.name}`;
    case "policy_name_taken":
      return `Cannot read the policy at line ${fault.line}: wanted a name not in use, got ${fault.name}`;
    case "policy_member_taken":
      return `Cannot read the policy at line ${fault.line}: wanted a name that is in no group yet, got ${fault.name}`;
    case "policy_key_taken":
      return `Cannot read the policy at line ${fault.line}: wanted a public key not in use, got that of ${fault.name} again`;
    case "policy_threshold":
      return `Cannot read the policy at line ${fault.line}: wanted all, any, or 1 to ${fault.members}, got ${fault.got}`;
    case "policy_quorum":
      return `Cannot use the policy: wanted one quorum line, got ${fault.got}`;
  }
}

function flaw(flaw: KeyFlaw): string {
  switch (flaw) {
    case "not_32_bytes":
      return "another number of bytes than 32";
    case "not_canonical":
      return "an encoding that is not canonical";
    case "small_order":
      return "a point of small order, under which anybody can sign";
    case "not_on_curve":
      return "bytes that are no point of the curve";
  }
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.slice(0, 5).join(", ") + (names.length > 5 ? ", …" : "");
}
