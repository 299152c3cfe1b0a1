import { ChainError, type Entry, parseEntry, type PartRole, partRoles } from "../chain/mod.ts";
import type { Evidence, EvidenceChain } from "./evidence.ts";
import type { FaultList } from "./fault.ts";
import type { Tally } from "./tally.ts";

/** What the ledger needs of its surroundings. */
interface AbsenceContext {
  readonly evidence: Evidence;
  readonly entries: FaultList;
  readonly tally: Tally;
}

/** Parts that are gone, and the entries that say so; of entries that are gone the chain room takes care. Layer 2. */
export function createAbsenceLedger(
  { address }: EvidenceChain,
  { evidence, entries: faults, tally }: AbsenceContext,
) {
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
