import type {
  ReplayInput,
  ReplayStart,
  TurnInput,
  TurnReport,
  WorkerHandle,
  WorkerSetup,
} from "../worker/mod.ts";
import { createInbox, type StartReplaying } from "./replay_turns.ts";

/** A turn as a worker is to take it; without a message it instantiates. */
export interface TurnToRun extends ReplayStart {
  readonly message?: TurnInput;
}

/** An actor that is run again one turn at a time, whatever becomes of its instances. */
export interface Way {
  /** The state after the last turn, JSON text. */
  state(): string;
  /**
   * Instantiates; a former instance is given up.
   *
   * @param anew JSON text of the state to begin with. @default the one after the last turn
   */
  begin(setup: Omit<WorkerSetup, "state">, start: ReplayStart, anew?: string): Promise<TurnReport>;
  /** Runs one turn. Where the instance before is gone, instantiates as `begin` did last; its report, if that fails. */
  run(input: ReplayInput): Promise<TurnReport>;
  /** Gives the instance up. */
  end(): void;
}

/** @param state JSON text of the state before the first turn */
export function createWay(address: string, start: StartReplaying, state: string): Way {
  let worker: WorkerHandle | undefined;
  let inbox = createInbox();
  let begun: { readonly setup: Omit<WorkerSetup, "state">; readonly start: ReplayStart } | undefined;

  /** Takes note of how a turn ended. */
  function note(report: TurnReport): TurnReport {
    const { end } = report;
    if (end.end === "ok" && end.state !== undefined) state = end.state;
    if (end.end !== "ok" && end.end !== "err") giveUp();
    return report;
  }

  function giveUp() {
    worker?.discard();
    worker = undefined;
  }

  async function begin(
    setup: Omit<WorkerSetup, "state">,
    recorded: ReplayStart,
    anew = state,
  ): Promise<TurnReport> {
    giveUp();
    state = anew;
    begun = { setup, start: recorded };
    inbox = createInbox();
    worker = start({ ...setup, state }, recorded, inbox.handlers);
    return note(await inbox.next(address, setup.turn));
  }

  return {
    state: () => state,
    begin,
    async run(input) {
      if (worker === undefined) {
        if (begun === undefined) throw new Error("Cannot run a turn: nothing was instantiated");
        const again = await begin(begun.setup, begun.start);
        if (again.end.end !== "ok") return { ...again, turn: input.turn };
      }
      worker?.replay([{ ...input, keepState: true }]);
      return note(await inbox.next(address, input.turn));
    },
    end: giveUp,
  };
}
