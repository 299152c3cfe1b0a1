/**
 * Whole chains run again, several activations at a time, and held against their
 * record to the byte.
 *
 * @module
 */

import type { ActorRow, LogReader } from "../store/mod.ts";
import { type ActivationOutline, outlineChain, splitIntoRuns, stateKept } from "./chain_outline.ts";
import { type DivergenceReport, engineOf, reportDivergence } from "./divergence_report.ts";
import {
  type ActivationReplay,
  type FreshReplay,
  handsOver,
  replayActivation,
  type ReplayTools,
} from "./replay_activation.ts";
import type { WatchedTurn } from "./replay_turns.ts";
import type { PassedOver } from "./replayable.ts";

/** What the replay of a chain came to. Plain data. */
export interface ChainReplay {
  readonly address: string;
  /** Turns that the chain has. */
  readonly turns: number;
  readonly activations: number;
  /** Turns that did what is recorded, to the byte. */
  readonly reproduced: number;
  /** The others, but for those that went another way, in order. */
  readonly passedOver: readonly PassedOver[];
  /** Parts of reproduced turns that could not be compared, as their salts are not there. */
  readonly partsPassedOver: number;
  /** The first difference of each activation, in order; mostly, a later one follows from an earlier one. */
  readonly divergences: readonly DivergenceReport[];
  /** What its turns did in fresh instances; with `fresh` only. */
  readonly fresh?: FreshReplay;
  /** The engines that it was recorded on. */
  readonly engines: readonly string[];
}

/** How to replay chains. */
export interface ReplayOptions {
  /** How many workers run at a time; from 1. */
  readonly workers: number;
  /** Called for every turn that did what is recorded. */
  readonly progress?: () => void;
  /**
   * Runs every turn once more, in a fresh instance on the recorded state before it: to see whether it depends
   * on what the instance kept in memory.
   *
   * @default false
   */
  readonly fresh?: boolean;
  /** Asked for somebody who looks on, when an activation begins. */
  readonly watch?: (activation: ActivationOutline) => ActivationWatch;
}

/** Looks on while an activation is run again; what it returns is waited for. */
export interface ActivationWatch {
  /** A turn did what is recorded. */
  turn(turn: WatchedTurn): void | Promise<void>;
  /** No turn follows. */
  end(): void | Promise<void>;
}

/** What is gathered of a chain while its runs end in any order. */
interface Gathered {
  readonly row: ActorRow;
  readonly activations: readonly ActivationOutline[];
  reproduced: number;
  partsPassedOver: number;
  readonly passedOver: PassedOver[];
  readonly divergences: DivergenceReport[];
  readonly fresh: FreshReplay[];
}

/**
 * Runs chains again. Entries and parts should have been judged before: a log that
 * contradicts itself is an error here.
 *
 * An activation whose keyframe keeps its state is run by itself; one whose does
 * not, after those before it. In any case, the state at the end of one must be
 * the state with which the next begins.
 *
 * @param rows the chains, as far as their rows say
 * @returns one a chain, in the order of `rows`
 * @throws {ReplayError} `damaged`
 * @throws {RangeError} when `workers` is not a whole number from 1
 */
export async function replayChains(
  reader: LogReader,
  rows: readonly ActorRow[],
  tools: ReplayTools,
  { workers, progress = () => {}, fresh = false, watch }: ReplayOptions,
): Promise<readonly ChainReplay[]> {
  if (!Number.isSafeInteger(workers) || workers < 1) {
    throw new RangeError(`Cannot replay by workers: wanted a whole number from 1, got ${workers}`);
  }
  const chains = rows.map((row): Gathered => ({
    row,
    activations: outlineChain(reader, row),
    reproduced: 0,
    partsPassedOver: 0,
    passedOver: [],
    divergences: [],
    fresh: [],
  }));
  const runs = chains.flatMap((chain) => splitIntoRuns(chain.activations).map((run) => ({ chain, run })));
  let next = 0;
  async function work() {
    for (let job = runs[next++]; job !== undefined; job = runs[next++]) {
      await replayRun(reader, job.chain, job.run, tools, {
        progress,
        fresh,
        ...(watch !== undefined && { watch }),
      });
    }
  }
  await Promise.all(Array.from({ length: Math.min(workers, runs.length) }, work));
  return chains.map((chain) => finish(reader, chain));
}

async function replayRun(
  reader: LogReader,
  chain: Gathered,
  run: readonly ActivationOutline[],
  tools: ReplayTools,
  { watch, ...options }: Required<Pick<ReplayOptions, "progress" | "fresh">> & Pick<ReplayOptions, "watch">,
): Promise<void> {
  /** The state after the activation before; undefined where nobody knows it. */
  let before = run[0]?.keyframe.reason === "start" ? "null" : undefined;
  for (const activation of run) {
    const begins = stateKept(reader, activation) ?? before;
    const watching = watch?.(activation);
    let replayed: ActivationReplay;
    try {
      replayed = await replayActivation(reader, activation, begins, tools, {
        ...options,
        ...(watching !== undefined && { watch: watching.turn }),
      });
    } finally {
      await watching?.end();
    }
    chain.reproduced += replayed.reproduced;
    chain.partsPassedOver += replayed.partsPassedOver;
    chain.passedOver.push(...replayed.passedOver);
    if (replayed.fresh !== undefined) chain.fresh.push(replayed.fresh);
    if (replayed.divergence !== undefined) chain.divergences.push(replayed.divergence);
    before = replayed.state;
    const { next } = activation;
    if (before === undefined || next === undefined || handsOver(reader, activation, before)) continue;
    chain.divergences.push(reportDivergence(
      reader,
      activation,
      {
        code: "diverged",
        address: activation.address,
        turn: next.turn,
        seq: next.seq,
        detail: "the activation before ended at another state than the one with which this one begins",
        difference: { what: "keyframe", path: "state" },
      },
      tools.execution,
      undefined,
    ));
    before = undefined;
  }
}

function finish(reader: LogReader, chain: Gathered): ChainReplay {
  const { row: { address, turns }, activations, reproduced, partsPassedOver, passedOver, divergences } =
    chain;
  const engines = new Set(activations.flatMap((activation) => engineOf(reader, activation) ?? []));
  return {
    address,
    turns,
    activations: activations.length,
    reproduced,
    passedOver: passedOver.toSorted((a, b) => a.turn - b.turn),
    partsPassedOver,
    divergences: divergences.toSorted((a, b) => a.seq - b.seq),
    ...(chain.fresh.length > 0 && { fresh: sumOf(chain.fresh) }),
    engines: [...engines],
  };
}

/** What the activations of a chain came to in fresh instances; they end in any order. */
function sumOf(all: readonly FreshReplay[]): FreshReplay {
  const [first] = all.flatMap((each) => each.first ?? []).sort((a, b) => a.seq - b.seq);
  return {
    turns: all.reduce((sum, { turns }) => sum + turns, 0),
    differing: all.reduce((sum, { differing }) => sum + differing, 0),
    ...(first !== undefined && { first }),
  };
}
