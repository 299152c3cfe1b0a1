/**
 * What was found, held against the list of what is accepted.
 *
 * @module
 */

import type { AgainstReplay, DiffersIn, NotCompared } from "../replay/mod.ts";
import {
  type Accepted,
  acceptedKey,
  type AcceptedList,
  acceptedOf,
  formatAccepted,
} from "./accepted_list.ts";
import type { ReplayedActor, ReplayedTurn, ReplayResult, StaleDifference } from "./replay_result.ts";

/** A chain that was held against other code. */
export interface TestedChain {
  /** The recording, as it was named. */
  readonly recording: string;
  /** The origin of the chain. */
  readonly chain: string;
  readonly replay: AgainstReplay;
}

/** What lies with who tests, not with what the recording still holds. */
const failures: ReadonlySet<NotCompared["code"]> = new Set([
  "component",
  "version",
  "limits",
  "load",
  "lost",
]);

/**
 * Judges what was found.
 *
 * @param updated the file that is to take all differences in, so that none of them counts
 */
export function judge(
  against: string,
  chains: readonly TestedChain[],
  untested: readonly string[],
  list: AcceptedList,
  updated: string | undefined,
): ReplayResult {
  const next = updated === undefined ? list : updatedList(chains, list);
  const actors = chains.map((chain) => judgeChain(chain, new Set(next.get(chain.chain)?.map(acceptedKey))));
  const stale = staleIn(chains, next);
  const turns = actors.flatMap(({ differing }) => differing);
  const accepted = turns.filter(({ differences }) => differences.every((each) => each.accepted)).length;
  const compared = actors.reduce((sum, actor) => sum + actor.compared, 0);
  const counts: Partial<Record<DiffersIn, number>> = {};
  for (const { what } of turns.flatMap(({ differences }) => differences)) {
    counts[what] = (counts[what] ?? 0) + 1;
  }
  const differing = turns.length - accepted;
  const incomplete = actors.some(({ divergences, passedOver, compared }) =>
    divergences.length > 0 || compared === 0 || passedOver.some(({ code }) => failures.has(code))
  );
  return {
    verdict: differing > 0 || stale.length > 0 ? "different" : incomplete ? "incomplete" : "same",
    against,
    turns: actors.reduce((sum, actor) => sum + actor.turns, 0),
    compared,
    same: compared - turns.length,
    differing,
    accepted,
    counts,
    actors,
    stale,
    untested,
    ...(updated !== undefined && { updated: { path: updated, ...changes(list, next) } }),
  };
}

function judgeChain({ recording, chain, replay }: TestedChain, accepted: ReadonlySet<string>): ReplayedActor {
  const { address: actor, turns, compared, passedOver, divergences } = replay;
  const differing = replay.differing.map((turn): ReplayedTurn => ({
    ...turn,
    differences: turn.differences.map((difference) => ({
      ...difference,
      accepted: accepted.has(acceptedKey({ turn: turn.turn, ...difference })),
    })),
  }));
  return { recording, actor, chain, turns, compared, differing, passedOver, divergences };
}

/** Accepted differences that did not happen in any recording of their chain that has their turn. */
function staleIn(chains: readonly TestedChain[], list: AcceptedList): StaleDifference[] {
  const stale: StaleDifference[] = [];
  for (const [chain, all] of list) {
    const tested = chains.filter((each) => each.chain === chain).map(({ replay }) => replay);
    const found = foundKeys(tested);
    for (const each of all) {
      const { turn, what, fields } = each;
      if (found.has(acceptedKey(each)) || !tested.some((replay) => wasCompared(replay, turn))) continue;
      stale.push({ chain, turn, what, fields });
    }
  }
  return stale;
}

function foundKeys(tested: readonly AgainstReplay[]): Set<string> {
  return new Set(
    tested.flatMap(({ differing }) =>
      differing.flatMap(({ turn, differences }) => differences.map((each) => acceptedKey({ turn, ...each })))
    ),
  );
}

function wasCompared({ turns, passedOver, divergences }: AgainstReplay, turn: number): boolean {
  return turn < turns && !passedOver.some((each) => turn >= each.turn && turn < each.turn + each.turns) &&
    !divergences.some((each) => each.turn === turn);
}

/** The list with what was found: what did not happen is gone, and what could not be compared stays. */
function updatedList(chains: readonly TestedChain[], list: AcceptedList): AcceptedList {
  const next = new Map(list);
  for (const chain of new Set(chains.map(({ chain }) => chain))) {
    const tested = chains.filter((each) => each.chain === chain).map(({ replay }) => replay);
    const before = new Map((list.get(chain) ?? []).map((each) => [acceptedKey(each), each]));
    const all = new Map<string, Accepted>();
    for (const [key, each] of before) {
      if (!tested.some((replay) => wasCompared(replay, each.turn))) all.set(key, each);
    }
    for (const { turn, differences } of tested.flatMap(({ differing }) => differing)) {
      for (const difference of differences) {
        const key = acceptedKey({ turn, ...difference });
        all.set(key, acceptedOf(turn, difference, before.get(key)?.why));
      }
    }
    next.set(chain, [...all.values()]);
  }
  return next;
}

/** The text of the list with what was found. */
export function formatUpdated(chains: readonly TestedChain[], list: AcceptedList): string {
  return formatAccepted(updatedList(chains, list));
}

function changes(
  before: AcceptedList,
  after: AcceptedList,
): { readonly added: number; readonly removed: number } {
  const keys = (list: AcceptedList) =>
    new Set([...list].flatMap(([chain, all]) => all.map((each) => `${chain} ${acceptedKey(each)}`)));
  const [old, fresh] = [keys(before), keys(after)];
  return { added: fresh.difference(old).size, removed: old.difference(fresh).size };
}
