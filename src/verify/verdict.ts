/**
 * The verdict: what was checked, level by level, what was not, and what that
 * amounts to. Words and exit codes are those of `docs/threat-model.md`. Layer 2.
 * @module
 */

import type { VerifyFault } from "./fault.ts";

/** The levels, in order. */
export const levelNames = ["entries", "trees", "signatures", "continuity", "replay"] as const;

/** One of {@linkcode levelNames}. */
export type LevelName = (typeof levelNames)[number];

/** What one level came to. */
export interface Level {
  readonly level: LevelName;
  /** `unchecked`: there was nothing to check, or nothing to check it with; `summary` says which. */
  readonly status: "ok" | "failed" | "unchecked";
  /** One line for people. */
  readonly summary: string;
  readonly counts: Readonly<Record<string, number>>;
  /** The first thousand; where they are of one chain, in its order. */
  readonly faults: readonly VerifyFault[];
  readonly faultCount: number;
}

/** What the verdict does not speak of, and why. */
export interface Coverage {
  /** Parts by how they are kept. */
  readonly parts: {
    readonly present: number;
    readonly derivable: number;
    readonly withheld: number;
    readonly erased: number;
    readonly pruned: number;
  };
  /** Entries of which only the hash is left. */
  readonly prunedEntries: number;
  /** Entries that no seal covers. */
  readonly unsealedEntries: number;
  /** Leaves of the node's tree that no checkpoint covers. */
  readonly unsignedLeaves: number;
  /** Leaves of which only the hash is here: of actors that are not, or later heads of those that are. */
  readonly absentLeaves: number;
  /** Messages whose sender is not here, or pruned there, and how many senders those are. */
  readonly absentSenders: { readonly messages: number; readonly senders: number };
  /** Heads that news name of children that are not here. */
  readonly absentNews: number;
  /** Forks off chains that are not here, or pruned there. */
  readonly uncheckedForks: number;
  /** Forks whose proof rests on a head of another node, of which no key was given. */
  readonly unsignedForks: number;
  /** Components and sources that keyframes name and that are not here. */
  readonly absentBlobs: number;
  /** Parts that an entry erases and that are still here. */
  readonly erasuresOpen: number;
  /** The head of a former tree that this node gave up: `<size> <root>`; null for none. */
  readonly abandoned: string | null;
  /** Turns that were not run again, or could not be. */
  readonly turnsNotReplayed: number;
}

/** What the judge says. */
export interface Verdict {
  readonly kind: "log" | "bundle";
  readonly node: string;
  readonly levels: readonly Level[];
  readonly coverage: Coverage;
  readonly headline: string;
  /** 0 verified, 1 refuted, 2 cannot be checked, 3 policy not met. */
  readonly exit: 0 | 1 | 2 | 3;
}

/** What the signatures and the saved checkpoint add to the headline. */
export interface Standing {
  /** Name of the key, or of the policy, that vouches; undefined where none was given. */
  readonly signer: string | undefined;
  /** Size of the saved checkpoint, if one was given. */
  readonly since: number | undefined;
}

/** Puts levels together: the verdict says no more than the weakest of them. */
export function judge(
  about: Pick<Verdict, "kind" | "node">,
  levels: readonly Level[],
  coverage: Coverage,
  standing: Standing,
): Verdict {
  const faults = levels.flatMap((level) => level.faults);
  const exit = exitOf(faults);
  return { ...about, levels, coverage, headline: headline(exit, levels, coverage, standing), exit };
}

function exitOf(faults: readonly VerifyFault[]): Verdict["exit"] {
  if (faults.some(({ weight }) => weight === "refutes")) return 1;
  if (faults.some(({ weight }) => weight === "unknown")) return 2;
  return faults.length > 0 ? 3 : 0;
}

function headline(
  exit: Verdict["exit"],
  levels: readonly Level[],
  coverage: Coverage,
  { signer, since }: Standing,
): string {
  switch (exit) { // No default: a new code fails to compile here.
    case 0:
      break;
    case 1:
      return `refuted: ${firstFault(levels, "refutes")}`;
    case 2:
      return `cannot be checked: ${firstFault(levels, "unknown")}`;
    case 3:
      return "policy not met";
  }
  const continues = since === undefined ? "" : `, and it continues your checkpoint of ${since} leaves`;
  if (signer !== undefined) {
    const tail = tailText(coverage);
    if (tail === undefined) return `verified: signed by ${signer}${continues}`;
    return `verified up to its signed head only, signed by ${signer}${continues}; nobody vouches for ${tail} after it`;
  }
  return `internally consistent, signer unverified${continues}`;
}

/** What lies beyond the last head that is vouched for: anybody who has the file can have put it there. */
function tailText({ unsignedLeaves, unsealedEntries }: Coverage): string | undefined {
  const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;
  const tail = [
    ...(unsignedLeaves > 0 ? [counted(unsignedLeaves, "leaf", "leaves")] : []),
    ...(unsealedEntries > 0 ? [counted(unsealedEntries, "entry", "entries")] : []),
  ];
  return tail.length === 0 ? undefined : `the ${tail.join(" and ")}`;
}

/** The first thing that is wrong, named in a few words. */
function firstFault(levels: readonly Level[], weight: VerifyFault["weight"]): string {
  for (const { level, faults } of levels) {
    const fault = faults.find((each) => each.weight === weight);
    if (fault === undefined) continue;
    const { address, seq, part, checkpoint, code } = fault;
    const place = [
      ...(address === undefined ? [] : [address]),
      ...(seq === undefined ? [] : [`entry ${seq}`]),
      ...(part === undefined ? [] : [`part ${part}`]),
      ...(checkpoint === undefined ? [] : [`checkpoint ${checkpoint}`]),
    ].join(", ");
    return `${place === "" ? level : place} (${code})`;
  }
  return "see the faults";
}
