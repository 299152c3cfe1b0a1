import type { Evidence, EvidenceChain, EvidenceSeal } from "./evidence.ts";
import type { FaultList } from "./fault.ts";
import type { Tally } from "./tally.ts";

/** What the reader needs of its surroundings. */
interface SealContext {
  readonly evidence: Evidence;
  readonly trees: FaultList;
  readonly tally: Tally;
}

/** Compares the seals of a chain with its tree as it grows. Layer 2. */
export function createSealReader(
  { address }: EvidenceChain,
  { evidence, trees: faults, tally }: SealContext,
) {
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
