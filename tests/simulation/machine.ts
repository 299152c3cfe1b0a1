import { setImmediate } from "node:timers";
import { sha256Hex } from "../../src/codec/mod.ts";
import type { Machine } from "../../src/runtime/mod.ts";
import type { TurnInput, TurnReport, WorkerHandlers } from "../../src/worker/mod.ts";
import { createTokens, instantiated, reportOf, rerun, runTurn } from "./fake_worker.ts";
import type { Random } from "./random.ts";

/** Something that will happen. */
interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly life: number;
  readonly work: () => void;
}

/** The world in which houses live and die: one clock, one list of what will happen. */
export interface World {
  readonly random: Random;
  readonly machine: Machine;
  nowMs(): number;
  /** Which host lives; what belongs to an earlier one never happens. */
  life(): number;
  /** The host is gone between two steps. */
  crash(): void;
  /** Something outside every host. */
  later(ms: number, work: () => void): void;
  /** Lets the next thing happen; false when there is none. */
  step(): Promise<boolean>;
  /** Whether workers may still be lost, and turns be cut. */
  calm: boolean;
}

const bytes = new TextEncoder().encode("simulated");

/** Makes a world in which a seed decides everything. */
export function createWorld(random: Random): World {
  let nowMs = 1_000_000;
  let order = 0;
  let life = 0;
  const events: Event[] = [];
  const outside = -1;

  function plan(ms: number, of: number, work: () => void): Event {
    const event = { atMs: nowMs + ms, order: order++, life: of, work };
    events.push(event);
    return event;
  }

  function drop(event: Event) {
    const at = events.indexOf(event);
    if (at >= 0) events.splice(at, 1);
  }

  /** Runs live turns: each ends after a while, or the worker is lost, or the turn is cut. */
  const startWorker: Machine["startWorker"] = (setup, handlers) => {
    const line = createLine(handlers);
    let { state } = setup;
    let waiting: readonly TurnInput[] = [];
    let tokens = createTokens({ tokens: [] });
    let wish: "none" | "pause" | "kill" = "none";
    let started = false;
    const next = () => line.later(random.below(8), act);

    function act() {
      const turn = started ? waiting[0]?.turn : setup.turn;
      if (turn === undefined) return;
      if (!world.calm && random.below(60) === 0) return line.lose();
      const late = !world.calm && random.below(60) === 0;
      if (wish === "kill" || late) {
        const reason = wish === "kill" ? "killed" as const : "deadline" as const;
        const end = { end: "cut", reason, detail: "" } as const;
        return line.end([reportOf(turn, { end, state, calls: [], effects: [] }, nowMs)]);
      }
      if (!started) {
        started = true;
        return line.report([reportOf(turn, instantiated(state), nowMs)], true);
      }
      const reports: TurnReport[] = [];
      const many = 1 + random.below(3);
      while (reports.length < many && waiting.length > 0) {
        const [input, ...rest] = waiting;
        if (input === undefined) break;
        waiting = rest;
        const outcome = runTurn(state, input, {
          nowMs,
          awaited: input.awaited === true,
          owes: tokens.owes,
        });
        tokens.after(outcome);
        ({ state } = outcome);
        reports.push(reportOf(input.turn, outcome, nowMs));
        const { end } = outcome.end;
        const exits = end === "ok" && outcome.effects.some(({ effect }) => effect === "exit");
        if (exits || end !== "ok" && end !== "err") return line.end(reports);
      }
      const last = waiting.length === 0 || wish === "pause";
      // Before the report, as that may hand over more.
      if (last) waiting = [];
      wish = "none";
      if (!last) next();
      line.report(reports, last);
    }

    next();
    return {
      turns(turns, owed) {
        waiting = turns;
        tokens = createTokens(owed);
        next();
      },
      replay: () => {},
      pause: () => void (wish = wish === "kill" ? "kill" : "pause"),
      kill() {
        wish = "kill";
        next();
      },
      discard: line.close,
    };
  };

  /** Runs recorded turns again. */
  const startReplaying: Machine["startReplaying"] = (setup, _recorded, handlers) => {
    const line = createLine(handlers);
    let { state } = setup;
    line.later(1, () => line.report([reportOf(setup.turn, instantiated(state), nowMs)], true));
    return {
      turns: () => {},
      replay: (turns) =>
        line.later(1, () => {
          const reports = turns.map((input) => {
            const outcome = rerun(state, input);
            ({ state } = outcome);
            return { ...reportOf(input.turn, outcome, nowMs), calls: [] };
          });
          line.report(reports, true);
        }),
      pause: () => {},
      kill: () => {},
      discard: line.close,
    };
  };

  /** What a worker tells its owner, until either is gone. */
  function createLine(handlers: WorkerHandlers) {
    let open = true;
    const close = () => void (open = false);
    const line = {
      later: (ms: number, work: () => void) => void plan(ms, life, () => open && work()),
      report(reports: readonly TurnReport[], last: boolean) {
        // As of a real worker: only the last of a batch of reports has the state.
        const lastOk = reports.findLastIndex(({ end }) => end.end === "ok");
        handlers.reports(
          reports.map((report, at) => {
            if (report.end.end !== "ok" || at === lastOk) return report;
            const { state: _left, ...end } = report.end;
            return { ...report, end };
          }),
          last,
        );
      },
      /** The instance is gone with its last turn. */
      end(reports: readonly TurnReport[]) {
        close();
        line.report(reports, true);
      },
      lose() {
        close();
        handlers.lost("as the seed has it");
      },
      close,
    };
    return line;
  }

  const world: World = {
    random,
    calm: false,
    nowMs: () => nowMs,
    life: () => life,
    crash: () => void (life += 1),
    later: (ms, work) => void plan(ms, outside, work),
    machine: {
      nowMs: () => nowMs,
      randomBytes: (count) => Uint8Array.from({ length: count }, () => random.below(256)),
      after(ms, work) {
        const event = plan(ms + random.below(3), life, work);
        return () => drop(event);
      },
      soon: (work) => void plan(random.below(3), life, work),
      startWorker,
      startReplaying,
      readComponent: () => Promise.resolve({ bytes, sha256: sha256Hex(bytes) }),
    },
    async step() {
      await new Promise((heard) => setImmediate(heard));
      let next: Event | undefined;
      for (const event of events) {
        const sooner = next === undefined || event.atMs < next.atMs ||
          event.atMs === next.atMs && event.order < next.order;
        if (sooner) next = event;
      }
      if (next === undefined) return false;
      drop(next);
      nowMs = Math.max(nowMs, next.atMs);
      if (next.life === outside || next.life === life) next.work();
      return true;
    },
  };
  return world;
}
