/**
 * One chain, from its first entry to its last: hashes, links, order, parts,
 * causes, and the tree over it with every seal. One pass, nothing kept but
 * counters, the edge of the tree, and causes that are still open. Layer 2.
 * @module
 */

import { addressOf } from "../address/mod.ts";
import {
  ChainError,
  chainHash,
  type ChainSummary,
  commitPart,
  createChainChecker,
  type Entry,
  type HashHex,
  isHashHex,
  parseEntry,
  type PartRole,
  partRoles,
  saltBytes,
  zeroHash,
} from "../chain/mod.ts";
import { isJsonObject, memberOf, sha256TextHex } from "../codec/mod.ts";
import type { Causes, ChainCauses } from "./causes.ts";
import { checkParts, digestOf, saidBy, type SaidParts } from "./check_parts.ts";
import { createCheckedTree } from "./checked_tree.ts";
import type { Evidence, EvidenceChain, EvidenceEntry, EvidencePart, EvidenceSeal } from "./evidence.ts";
import type { FaultList, VerifyFault } from "./fault.ts";
import type { Tally } from "./tally.ts";

/** What the reading of all chains shares. */
export interface ChainContext {
  readonly evidence: Evidence;
  readonly entries: FaultList;
  readonly trees: FaultList;
  readonly tally: Tally;
  readonly causes: Causes;
  /** Called after each entry. */
  readonly step: () => void;
}

const nodeAddress = ".node";
const noStateDigest = sha256TextHex("null");

/** Reads one chain and adds what is wrong with it. */
export function checkChain(row: EvidenceChain, context: ChainContext): void {
  const { evidence, tally, step } = context;
  const { address } = row;
  const fault = (code: VerifyFault["code"], seq: number, wanted: string, got: string) =>
    context.entries.add({ code, address, seq, wanted, got });

  const reader = createChainReader(row, context);
  const tree = createCheckedTree(evidence, address, context.trees);
  const seals = createSealReader(row, context);
  let size = 0;
  /** An entry is not there, so that no tree can be built any more. */
  let torn = false;
  for (const item of evidence.entries(address)) {
    if (item.seq !== size) {
      fault("entry_missing", size, `entry ${size}`, `entry ${item.seq}`);
      torn = true;
      size = item.seq;
    }
    const hash = reader.next(item, torn);
    size += 1;
    tally.entries += 1;
    if (!torn) {
      tree.push(hash);
      seals.at(size, () => tree.head().root);
    }
    step();
  }
  reader.finish(size);
  if (torn) return;
  const sealed = seals.finish(size);
  tally.tiles += tree.finish(sealed);
  tally.unsealedEntries += size - sealed;
  const pruned = reader.lastPruned();
  if (pruned >= sealed) fault("pruned_unproved", pruned, `more than ${pruned} entries sealed`, `${sealed}`);
}

/** Reads entries one by one; goes on after a fault, with fewer rules. */
function createChainReader(row: EvidenceChain, context: ChainContext) {
  const { evidence, entries: faults, tally } = context;
  const { address } = row;
  const checker = createChainChecker();
  /** Set by the first fault in the order of entries: then only texts, links and parts are checked. */
  let loose = false;
  let previous: HashHex | undefined = zeroHash;
  let causes: ChainCauses | undefined;
  let opened: "keyframe" | "message" | undefined;
  let stateDigest: string | undefined = noStateDigest;
  const stateRow = evidence.state(address);
  let stateRowSeen = stateRow === undefined;
  const absent = createAbsenceLedger(row, context);
  const partsContext = { address, bundle: evidence.kind === "bundle", faults, tally, absent };

  const refuse = (error: unknown, seq: number) => {
    if (!(error instanceof ChainError)) throw error;
    const { code, wanted, got } = error.fault;
    faults.add({ code, address, seq: error.fault.seq ?? seq, wanted, got });
    loose = true;
    causes?.stop();
  };

  function nextPruned(seq: number, hash: string): HashHex {
    tally.prunedEntries += 1;
    if (!isHashHex(hash)) {
      faults.add({ code: "not_pruned", address, seq, wanted: "64 hex digits", got: hash.slice(0, 80) });
      loose = true;
      return previous = zeroHash;
    }
    absent.pruned(seq);
    if (!loose) {
      try {
        checker.skip(hash);
      } catch (error) {
        refuse(error, seq);
      }
    }
    stateDigest = undefined;
    opened = undefined;
    return previous = hash;
  }

  function readStrictly(seq: number, text: string): Entry | undefined {
    if (loose) return undefined;
    try {
      return checker.next(text);
    } catch (error) {
      refuse(error, seq);
      return undefined;
    }
  }

  /** After a fault: what can be said of an entry by itself and of its link. */
  function readLoosely(seq: number, text: string, refused: boolean): Entry | undefined {
    try {
      const entry = parseEntry(text);
      if (!refused && previous !== undefined && entry.prev !== previous) {
        faults.add({ code: "wrong_prev", address, seq, wanted: previous, got: entry.prev });
      }
      if (!refused && entry.seq !== seq) {
        faults.add({ code: "wrong_seq", address, seq, wanted: `${seq}`, got: `${entry.seq}` });
      }
      return entry;
    } catch (error) {
      if (!refused) refuse(error, seq);
      return undefined;
    }
  }

  return {
    /** @returns the chain hash of the entry, recomputed */
    next(item: EvidenceEntry, torn: boolean): HashHex {
      if (torn && !loose) {
        loose = true;
        causes?.stop();
        previous = undefined;
      }
      if ("pruned" in item) return nextPruned(item.seq, item.pruned);
      const { seq, text, parts } = item;
      const before = loose;
      const strict = readStrictly(seq, text);
      const entry = strict ?? readLoosely(seq, text, !before);
      const hash = strict === undefined ? chainHash(text) : checker.hash();
      previous = hash;
      if (stateRow?.seq === seq) stateRowSeen = true;
      if (entry === undefined) {
        for (const part of parts) tally.parts[part.status] += 1;
        return hash;
      }
      const said = checkParts(entry, parts, partsContext);
      if (strict !== undefined) follow(strict, hash, said);
      absent.entry(entry);
      if (stateRow?.seq === seq) checkStateRow(stateRow.bytes, entry, parts[0]);
      return hash;
    },

    finish(size: number) {
      if (!loose) {
        try {
          checker.finish();
        } catch (error) {
          refuse(error, size);
        }
      }
      absent.finish(loose);
      if (!stateRowSeen) {
        const wanted = `entry ${stateRow?.seq}`;
        faults.add({ code: "state_row", address, wanted, got: "no such entry" });
      }
      if (size === 0) {
        faults.add({ code: "wrong_genesis", address, seq: 0, wanted: "genesis", got: "no entries" });
      } else if (!loose) compareRow(row, checker.summary(), context);
      tally.turns += checker.summary().turns;
    },

    /** Number of the last entry that is pruned; -1 for none. */
    lastPruned: absent.last,
  };

  /** What the entry means for those that follow, where all before were right. */
  function follow(entry: Entry, hash: HashHex, said: SaidParts): void {
    switch (entry.kind) { // No default: a new kind fails to compile here.
      case "genesis":
        if (entry.origin !== row.origin || entry.origin !== `${evidence.node}/${address}`) {
          faults.add({
            code: "row_differs",
            address,
            seq: entry.seq,
            wanted: `the origin ${evidence.node}/${address}`,
            got: entry.origin === row.origin ? entry.origin : `${entry.origin}, and ${row.origin} in its row`,
          });
        }
        if (address === nodeAddress) tally.abandoned = entry.abandons;
        causes = context.causes.chain(entry.origin);
        return;
      case "keyframe":
        checkUnchanged(entry.seq, digestOf(said, "state"));
        opened = "keyframe";
        noteBlobs(saidBy(said, "component")?.value);
        return;
      case "receive": {
        opened = "message";
        const mismatch = causes?.receive(entry, addressOf(row.origin), saidBy(said, "body"), sha256TextHex);
        if (mismatch !== undefined) faults.add({ address, seq: entry.seq, ...mismatch });
        return;
      }
      case "call":
        causes?.call(entry, hash, said);
        return;
      case "return":
        if (entry.outcome === "ok") {
          if (opened === "keyframe") checkUnchanged(entry.seq, digestOf(said, "state"));
          else stateDigest = digestOf(said, "state");
        }
        causes?.close(entry.outcome === "ok");
        opened = undefined;
        return;
      case "trap":
      case "cut":
        causes?.close(false);
        opened = undefined;
        return;
      case "key":
        tally.nodeKeys.push({ seq: entry.seq, key: entry.key, since: entry.since });
        return;
      case "accept":
      case "erase":
      case "prune":
        return;
    }
  }

  /** The state of a keyframe, and of the return that closes its turn, is the one before. */
  function checkUnchanged(seq: number, digest: string | undefined): void {
    if (digest === undefined) return;
    if (stateDigest !== undefined && stateDigest !== digest) {
      faults.add({
        code: "state_differs",
        address,
        seq,
        part: "state",
        wanted: `the state before, with the SHA-256 ${stateDigest}`,
        got: digest,
      });
    }
    stateDigest = digest;
  }

  function noteBlobs(component: unknown): void {
    if (!isJsonValueObject(component)) return;
    for (const name of ["component", "source"]) {
      const sha256 = memberOf(component, name);
      if (typeof sha256 === "string" && !evidence.hasBlob(sha256)) tally.absentBlobs.add(sha256);
    }
  }

  function checkStateRow(bytes: Uint8Array, entry: Entry, part: EvidencePart | undefined): void {
    const [role] = partRoles(entry);
    const [commitment] = entry.parts;
    const salt = part?.salt;
    if (role !== "state") {
      const wanted = "an entry that commits to a state";
      faults.add({ code: "state_row", address, seq: entry.seq, wanted, got: entry.kind });
      return;
    }
    const got = salt?.length === saltBytes ? commitPart(bytes, salt) : "a state whose salt is not there";
    if (got !== commitment) {
      faults.add({ code: "state_row", address, seq: entry.seq, part: role, wanted: `${commitment}`, got });
    }
  }
}

function isJsonValueObject(value: unknown): value is Parameters<typeof memberOf>[0] {
  return isJsonObject(value as Parameters<typeof isJsonObject>[0]);
}

/** Parts that are gone, and the entries that say so; of entries that are gone the chain room takes care. */
function createAbsenceLedger({ address }: EvidenceChain, { evidence, entries: faults, tally }: ChainContext) {
  const erased = new Set<string>();
  let prunedLast = -1;
  let before = 0;

  return {
    erased: (seq: number, role: PartRole) => void erased.add(`${seq} ${role}`),
    pruned: (seq: number) => void (prunedLast = Math.max(prunedLast, seq)),
    last: () => prunedLast,
    /** Takes note of an entry that takes something away. */
    entry(entry: Entry) {
      if (entry.kind === "prune") before = Math.max(before, entry.before);
      if (entry.kind !== "erase") return;
      const target = evidence.entry(address, entry.target);
      if (target === undefined || "pruned" in target) return; // Gone altogether, or said where it stands.
      const roles = rolesOf(target.text);
      for (const role of entry.roles) {
        const at = roles.indexOf(role);
        const gone = erased.delete(`${entry.target} ${role}`) || target.parts[at]?.status === "erased";
        if (at >= 0 && !gone) tally.erasuresOpen += 1;
      }
    },
    /** @param loose whether the chain room has stopped, so that pruned entries must be seen to here */
    finish(loose: boolean) {
      for (const place of erased) {
        const [seq, part = ""] = place.split(" ");
        const wanted = "an entry that erases it";
        faults.add({ code: "part_missing", address, seq: Number(seq), part, wanted, got: "none" });
      }
      if (prunedLast < before || prunedLast < 0) return;
      const wanted = before === 0 ? "an entry that prunes it" : `nothing pruned from entry ${before} on`;
      if (loose || !wrongPruned()) {
        faults.add({ code: "not_pruned", address, seq: prunedLast, wanted, got: "none" });
      }
    },
  };

  function wrongPruned(): boolean {
    return faults.kept.some(({ code, address: where }) => code === "wrong_pruned" && where === address);
  }
}

function rolesOf(text: string): readonly PartRole[] {
  try {
    return partRoles(parseEntry(text));
  } catch (error) {
    if (error instanceof ChainError) return []; // Said where it stands.
    throw error;
  }
}

function compareRow(row: EvidenceChain, summary: ChainSummary, { entries: faults }: ChainContext): void {
  const { address } = row;
  const differs = (name: string, wanted: number | string, got: number | string) => {
    if (wanted === got) return;
    faults.add({ code: "row_differs", address, wanted: `${name} ${wanted}`, got: `${got} in its row` });
  };
  differs("size", summary.size, row.size);
  differs("head", summary.hash, row.head);
  differs("turns", summary.turns, row.turns);
  differs("activations", summary.activations, row.activations);
}

/** Compares the seals of a chain with its tree as it grows. */
function createSealReader({ address }: EvidenceChain, { evidence, trees: faults, tally }: ChainContext) {
  const seals = evidence.seals(address)[Symbol.iterator]();
  let last = 0;
  let wrong = false;
  const take = (): EvidenceSeal | undefined => {
    const next = seals.next();
    return next.done === true ? undefined : next.value;
  };
  let seal = take();

  return {
    /** The tree has `size` leaves. */
    at(size: number, root: () => string) {
      while (seal !== undefined && seal.size <= size) {
        tally.seals += 1;
        if (seal.size <= last || seal.size < size) {
          faults.add({
            code: "seal_order",
            address,
            wanted: `leaf ${seal.index} to seal more than ${last} entries`,
            got: `${seal.size}`,
          });
        } else if (!wrong && root() !== seal.root) { // One says it: all later ones have another root, too.
          wrong = true;
          faults.add({
            code: "seal_root",
            address,
            wanted: `the root ${root()} at ${size} entries`,
            got: seal.root,
          });
        }
        last = Math.max(last, seal.size);
        seal = take();
      }
    },
    /** @returns how many entries are sealed */
    finish(size: number): number {
      for (; seal !== undefined; seal = take()) {
        tally.seals += 1;
        faults.add({
          code: "seal_beyond",
          address,
          wanted: `at most ${size} entries`,
          got: `a seal of ${seal.size}`,
        });
      }
      return Math.min(last, size);
    },
  };
}

/** What the row of `.node` is called. */
export { nodeAddress };
