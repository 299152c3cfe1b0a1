/**
 * Whole chains held against other code: every recorded turn is run as it was
 * recorded, to know the state before and after it, and through the other code,
 * and what differs is told.
 *
 * @module
 */

import type { ActorRow, LogReader } from "../store/mod.ts";
import type { WorkerSetup } from "../worker/mod.ts";
import type { ActivationOutline } from "./chain_outline.ts";
import type { CodeDifference } from "./code_difference.ts";
import type { DivergenceReport } from "./divergence_report.ts";
import { type CameOfIt, createOtherCode } from "./other_code.ts";
import type { ReplayTools } from "./replay_activation.ts";
import { type ActivationWatch, replayChains } from "./replay_chains.ts";
import { ReplayError } from "./replay_error.ts";
import type { StartReplaying, WatchedTurn } from "./replay_turns.ts";
import type { PassedOver } from "./replayable.ts";

/** A turn that other code took another way. Plain data. */
export interface DifferingTurn {
  readonly turn: number;
  /** The entry that opens it, and that which closes it. */
  readonly opening: number;
  readonly closing: number;
  /** The type of its message; `start` where it instantiates. */
  readonly type: string;
  /** At least one. */
  readonly differences: readonly CodeDifference[];
  /** Why it was ended early: the recording could not answer a call. Nobody knows its state and response then. */
  readonly refused?: string;
}

/** Turns that follow each other and were not compared. Plain data. */
export interface NotCompared extends Omit<PassedOver, "code"> {
  /** `migrate`: it turned the state of the recorded code before into that of the one after. */
  readonly code: PassedOver["code"] | "migrate";
}

/** What a chain came to when it was held against other code. Plain data. */
export interface AgainstReplay {
  readonly address: string;
  /** Turns that the chain has. */
  readonly turns: number;
  /** Turns that were run through the other code and compared. */
  readonly compared: number;
  /** Those that differ, in order. */
  readonly differing: readonly DifferingTurn[];
  /** Those that were not compared, in order. */
  readonly passedOver: readonly NotCompared[];
  /** Where not even the recorded code does what is recorded: nothing after it is compared. */
  readonly divergences: readonly DivergenceReport[];
}

/** What it takes to hold chains against other code. */
export interface AgainstTools extends ReplayTools {
  /** Starts a worker whose host is stood in for; see `startStandingIn` of the worker room. */
  readonly standIn: StartReplaying;
  /** What the other code of a chain is made of. */
  code(address: string): Omit<WorkerSetup, "turn" | "state">;
}

/** How to hold chains against other code. */
export interface AgainstOptions {
  /** How many activations are run at a time; from 1. Each takes two workers. */
  readonly workers: number;
  /** Whether the other code goes on with its own state, instead of the recorded one before each turn. */
  readonly carry: boolean;
  /** Called after every turn. */
  readonly progress?: () => void;
}

/** Most differing turns of a chain of which fields are kept; of the others, what differs. */
const detailedMax = 1000;

/**
 * Holds chains against other code. Nothing is called: what the code asks is
 * answered from the recording, as far as that goes.
 *
 * @returns one a chain, in the order of `rows`
 * @throws {ReplayError} `damaged`
 */
export async function replayAgainst(
  reader: LogReader,
  rows: readonly ActorRow[],
  tools: AgainstTools,
  options: AgainstOptions,
): Promise<readonly AgainstReplay[]> {
  const chains = new Map(rows.map(({ address }) => [address, createChain(tools.code(address), options)]));
  const replayed = await replayChains(reader, rows, tools, {
    // A state is carried from one activation to the next, so they must be run in order.
    workers: options.carry ? 1 : options.workers,
    watch: (activation) => watch(activation, chains.get(activation.address), tools, options),
  });
  return replayed.map(({ address, turns, passedOver, divergences }): AgainstReplay => {
    const chain = chains.get(address);
    return {
      address,
      turns,
      compared: chain?.compared ?? 0,
      differing: (chain?.differing ?? []).toSorted((a, b) => a.turn - b.turn),
      passedOver: [...passedOver, ...chain?.passedOver ?? []].sort((a, b) => a.turn - b.turn),
      divergences,
    };
  });
}

/** What is gathered of a chain. */
interface Chain {
  readonly setup: Omit<WorkerSetup, "turn" | "state">;
  compared: number;
  readonly differing: DifferingTurn[];
  /** Turns that were run as recorded, and not through the other code. */
  readonly passedOver: NotCompared[];
  /** The state of the other code, where it carries its own. */
  carried: string | undefined;
}

function createChain(setup: Chain["setup"], { carry }: AgainstOptions): Chain {
  return { setup, compared: 0, differing: [], passedOver: [], carried: carry ? "null" : undefined };
}

function watch(
  { address, keyframe }: ActivationOutline,
  chain: Chain | undefined,
  { standIn }: AgainstTools,
  { progress = () => {} }: AgainstOptions,
): ActivationWatch {
  if (chain === undefined) throw new Error(`Cannot watch ${address}: nobody asked for it`);
  let compared = 0;
  const code = createOtherCode({
    address,
    standIn,
    setup: chain.setup,
    ...(chain.carried !== undefined && { carried: chain.carried }),
    done(turn, came) {
      compared += 1;
      progress();
      if (came.differences.length === 0) return;
      chain.differing.push(differingTurn(turn, came, chain.differing.length < detailedMax));
    },
  });
  let given = 0;
  let lost: string | undefined;
  /** What is lost is said once, at the end; the recorded code goes on. */
  async function orLost(work: () => Promise<void>): Promise<void> {
    if (lost !== undefined) return;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ReplayError) || error.fault.code !== "lost") throw error;
      lost = error.fault.detail;
    }
  }
  const pass = (code: NotCompared["code"], turns: number, turn: number, seq: number, detail: string) =>
    void chain.passedOver.push({ code, turns, turn, seq, detail });
  return {
    async turn(turn) {
      const { recorded: { turn: number, closing }, input, end } = turn;
      if (end.end === "cut") {
        const detail = `turn ${number} was cut short, so nobody knows how it would have ended`;
        pass("cut", 1, number, closing.seq, detail);
        return progress();
      }
      if (input.type === "migrate") {
        const detail = `turn ${number} turned the state of one component into that of another`;
        pass("migrate", 1, number, closing.seq, detail);
        return progress();
      }
      given += 1;
      await orLost(() => code.turn(turn));
    },
    async end() {
      try {
        await orLost(() => code.finish());
      } finally {
        code.discard();
      }
      chain.compared += compared;
      if (lost !== undefined) pass("lost", given - compared, keyframe.turn + compared, keyframe.seq, lost);
      chain.carried = code.carried();
    },
  };
}

function differingTurn({ recorded }: WatchedTurn, came: CameOfIt, detailed: boolean): DifferingTurn {
  const { turn, opening, closing } = recorded;
  return {
    turn,
    opening: opening.seq,
    closing: closing.seq,
    type: opening.kind === "keyframe" ? "start" : opening.type,
    differences: detailed
      ? came.differences
      : came.differences.map((each) => ({ ...each, fields: [], more: each.more + each.fields.length })),
    ...(came.refused !== undefined && { refused: came.refused }),
  };
}
