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
  partRoles,
  saltBytes,
  zeroHash,
} from "../chain/mod.ts";
import { isJsonObject, memberOf, sha256TextHex } from "../codec/mod.ts";
import { createAbsenceLedger } from "./absence_ledger.ts";
import type { Causes, ChainCauses } from "./causes.ts";
import { checkParts, digestOf, saidBy, type SaidParts } from "./check_parts.ts";
import { createCheckedTree } from "./checked_tree.ts";
import type { Evidence, EvidenceChain, EvidenceEntry, EvidencePart } from "./evidence.ts";
import type { FaultList, VerifyFault } from "./fault.ts";
import type { NewsChecker } from "./check_news.ts";
import type { ForkPoint, Lineage } from "./lineage.ts";
import { createSealReader } from "./seal_reader.ts";
import type { Tally } from "./tally.ts";

/** What the reading of all chains shares. */
export interface ChainContext {
  readonly evidence: Evidence;
  readonly entries: FaultList;
  readonly trees: FaultList;
  readonly tally: Tally;
  readonly causes: Causes;
  readonly lineage: Lineage;
  readonly news: NewsChecker;
  /** Called after each entry. */
  readonly step: () => void;
}

const nodeAddress = ".node";
const noStateDigest = sha256TextHex("null");

/** Reads one chain and adds what is wrong with it. */
export function checkChain(row: EvidenceChain, context: ChainContext): void {
  const { evidence, tally, lineage, step } = context;
  const { address, origin } = row;
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
      if (lineage.asks(origin, item.seq) && reader.strict()) {
        lineage.note(origin, item.seq, { hash, root: tree.head().root, ...reader.standing(item) });
      }
    }
    step();
  }
  reader.finish(size);
  if (!torn && reader.strict()) lineage.whole(origin, size);
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
  /** Commitment of the state behind the last entry; undefined where that is pruned. */
  let state: HashHex | undefined;
  let closed = false;
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
    state = undefined;
    causes?.pruned();
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
      if (stateRow?.seq === seq) checkStateRow(stateRow.bytes, entry, parts);
      return hash;
    },

    /** Whether nothing was wrong with the order of the entries so far. */
    strict: () => !loose,

    /** What a fork off the last entry would go on from. */
    standing(item: EvidenceEntry): Pick<ForkPoint, "ends" | "state"> {
      if ("pruned" in item) return { ends: undefined, state: undefined };
      if (!closed || checker.summary().initialised) return { ends: closed, state };
      // Behind what is pruned nobody knows before a message comes.
      return { ends: absent.last() >= 0 ? undefined : false, state };
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
    const place = partRoles(entry).indexOf("state");
    if (place >= 0) state = entry.parts[place];
    closed = entry.kind === "return" || entry.kind === "trap" || entry.kind === "cut";
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
        if (entry.fork_origin !== undefined) stateDigest = digestOf(said, "state");
        return;
      case "incarnation":
        stateDigest = noStateDigest;
        causes?.incarnation(entry);
        return;
      case "keyframe":
        checkUnchanged(entry.seq, digestOf(said, "state"));
        opened = "keyframe";
        causes?.open();
        noteBlobs(saidBy(said, "component")?.value);
        return;
      case "receive": {
        opened = "message";
        const body = saidBy(said, "body");
        if (entry.type === "news" && body !== undefined) {
          tally.absentNews += context.news.check(address, entry.seq, body);
        }
        const mismatch = causes?.receive(entry, addressOf(row.origin), body, sha256TextHex);
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
        causes?.close(entry, hash);
        opened = undefined;
        return;
      case "trap":
      case "cut":
        causes?.close(entry, hash);
        opened = undefined;
        return;
      case "key":
        tally.nodeKeys.push({ seq: entry.seq, key: entry.key, since: entry.since });
        return;
      case "accept":
      case "erase":
      case "prune":
      case "supervise":
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

  function checkStateRow(bytes: Uint8Array, entry: Entry, parts: readonly EvidencePart[]): void {
    const place = partRoles(entry).indexOf("state");
    const commitment = entry.parts[place];
    const salt = parts[place]?.salt;
    if (place < 0) {
      const wanted = "an entry that commits to a state";
      faults.add({ code: "state_row", address, seq: entry.seq, wanted, got: entry.kind });
      return;
    }
    const got = salt?.length === saltBytes ? commitPart(bytes, salt) : "a state whose salt is not there";
    if (got !== commitment) {
      faults.add({ code: "state_row", address, seq: entry.seq, part: "state", wanted: `${commitment}`, got });
    }
  }
}

function isJsonValueObject(value: unknown): value is Parameters<typeof memberOf>[0] {
  return isJsonObject(value as Parameters<typeof isJsonObject>[0]);
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

/** What the row of `.node` is called. */
export { nodeAddress };
