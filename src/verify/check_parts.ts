/**
 * The parts of one entry: that each is there or may be absent, gives its
 * commitment, and is in its form. Layer 2.
 * @module
 */

import { commitDigest, type Entry, type HashHex, type PartRole, partRoles, saltBytes } from "../chain/mod.ts";
import { CodecError, decodeUtf8, sha256Hex, sha256TextHex } from "../codec/mod.ts";
import type { EvidencePart } from "./evidence.ts";
import type { FaultList } from "./fault.ts";
import { PartFormError, readPart, type SaidPart } from "./part_form.ts";
import type { Tally } from "./tally.ts";

/** What came out of the parts of an entry, of those that are present and right; by their places. */
export interface SaidParts {
  readonly roles: readonly PartRole[];
  readonly said: readonly (SaidPart | undefined)[];
  /** The SHA-256 of their bytes. */
  readonly digests: readonly (string | undefined)[];
}

/** What the part of a role says. */
export function saidBy({ roles, said }: SaidParts, role: PartRole): SaidPart | undefined {
  return said[roles.indexOf(role)];
}

/** The SHA-256 of the bytes of the part of a role. */
export function digestOf({ roles, digests }: SaidParts, role: PartRole): string | undefined {
  return digests[roles.indexOf(role)];
}

/** Who keeps account of parts that an entry must have taken away. */
export interface AbsenceLedger {
  erased(seq: number, role: PartRole): void;
  pruned(seq: number): void;
}

/** Where the parts stand, and who hears of them. */
export interface PartsContext {
  readonly address: string;
  /** Whether parts may be withheld. */
  readonly bundle: boolean;
  readonly faults: FaultList;
  readonly tally: Tally;
  readonly absent: AbsenceLedger;
}

/** Checks all parts of an entry; every one that is wrong is a fault. */
export function checkParts(entry: Entry, parts: readonly EvidencePart[], context: PartsContext): SaidParts {
  const { address, faults } = context;
  const roles = partRoles(entry);
  const said: (SaidPart | undefined)[] = [];
  const digests: (string | undefined)[] = [];
  if (parts.length !== roles.length) {
    faults.add({
      code: "part_missing",
      address,
      seq: entry.seq,
      wanted: `the parts ${roles.join(", ")}`,
      got: `${parts.length}`,
    });
  }
  for (let i = 0; i < roles.length; i++) {
    const role = roles[i];
    const part = parts[i];
    const commitment = entry.parts[i];
    if (role === undefined || part === undefined || commitment === undefined) continue; // Said above.
    const place = { address, seq: entry.seq, part: role };
    context.tally.parts[part.status] += 1;
    if (part.status !== "present") {
      checkAbsent(entry, role, part, context);
      continue;
    }
    const { salt, bytes } = part;
    if (salt?.length !== saltBytes || bytes === undefined) {
      faults.add({ code: "part_missing", ...place, wanted: "salt and bytes", got: "one without the other" });
      continue;
    }
    const text = decode(bytes);
    // The native hash takes texts, 0.5 µs less a part in Deno.
    const digest = text === undefined ? sha256Hex(bytes) : sha256TextHex(text);
    const got = commitDigest(digest as HashHex, salt);
    if (got !== commitment) {
      faults.add({ code: "part_commitment", ...place, wanted: commitment, got });
      continue;
    }
    digests[i] = digest;
    try {
      said[i] = readPart(entry, role, text);
    } catch (error) {
      if (!(error instanceof PartFormError)) throw error;
      faults.add({ code: "part_form", ...place, wanted: error.wanted, got: error.got });
    }
  }
  return { roles, said, digests };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return decodeUtf8(bytes);
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

function checkAbsent(entry: Entry, role: PartRole, part: EvidencePart, context: PartsContext): void {
  const { address, bundle, faults, absent } = context;
  const place = { address, seq: entry.seq, part: role };
  const refuse = (wanted: string) =>
    faults.add({ code: "part_missing", ...place, wanted, got: `a part that is ${part.status}` });
  if (part.bytes !== undefined) refuse("no bytes");
  if ((part.salt !== undefined) !== (part.status === "derivable")) {
    refuse(part.status === "derivable" ? "a salt" : "no salt");
  }
  switch (part.status) { // No default: a new status fails to compile here.
    case "present":
      return;
    case "unknown":
      refuse("a status that the format has");
      return;
    case "derivable":
      if (role !== "state") refuse("it present, as only a state can be derived");
      if (entry.kind === "genesis") refuse("it present, as no turn of this chain gives it");
      return;
    case "withheld":
      if (!bundle) refuse("it present, as only a bundle withholds");
      return;
    case "erased":
      absent.erased(entry.seq, role);
      return;
    case "pruned":
      absent.pruned(entry.seq);
      return;
  }
}
