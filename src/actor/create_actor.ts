import { type KeyframeReason, messageText, type MessageType } from "../chain/mod.ts";
import type { TurnInput, TurnReport, WorkerHandle } from "../worker/mod.ts";
import type { Actor, ActorPast, Begun } from "./actor.ts";
import { createChainWriter } from "./chain_writer.ts";
import { createTurnCloser } from "./close_turn.ts";
import { createIntake } from "./intake.ts";
import { createKeptState } from "./kept_state.ts";
import { createKeyDesk } from "./keys.ts";
import { appendGenesis, appendIncarnation, appendKeyframe, appendVerdict } from "./life_entries.ts";
import type { Incoming, UndeliveredCode } from "./message.ts";
import { createOutbox } from "./outbox.ts";
import { createOwedBook } from "./owed.ts";
import type { ActorDefinition, ActorPorts } from "./ports.ts";
import { timerGone } from "./settlement.ts";
import { appendReceive } from "./turn_entries.ts";
import { crashOf } from "./turn_outcome.ts";
import type { Upgraded, UpgradeInHand } from "./upgrade.ts";

/** Most turns handed to a worker at once: a hop between threads costs more than a turn. */
const batchTurnsMax = 64;

/** Most characters of messages handed over at once. */
const batchCharsMax = 1 << 20;

/** What the actor is doing. */
type Phase =
  /** It does not run, and messages wait until it does. */
  | { readonly phase: "down" }
  /** It does not run, and takes no messages. */
  | { readonly phase: "dismissed" }
  /** It gave up its worker until there is something to do. */
  | { readonly phase: "asleep" }
  /** It has something to do once there is a place for its worker. */
  | { readonly phase: "waiting" }
  | { readonly phase: "activating"; readonly reason: KeyframeReason; readonly initialising: boolean }
  | { readonly phase: "ready" }
  | { readonly phase: "stopping" }
  | { readonly phase: "stopped" };

/** Makes an actor that will go on where `past` left it. It takes messages at once, and turns after `begin`. */
export function createActor(first: ActorDefinition, past: ActorPast, ports: ActorPorts): Actor {
  const { origin, setup: { address } } = first;
  /** What it runs; replaced by an upgrade. */
  let definition = first;
  let upgrade: UpgradeInHand | undefined;
  let keyframeSeq = -1;
  let phase: Phase = past.asleep ? { phase: "asleep" } : { phase: "down" };
  let worker: WorkerHandle | undefined;
  let inFlight: Incoming[] = [];
  let nextReason = past.reason;
  let nextTurn = past.turns;
  let activation = past.activations - 1;
  let incarnations: number | undefined;
  let turnsInActivation = 0;
  let initialised = past.initialised;
  /** Who waits for the beginning of this activation; nobody where it renews one that ran. */
  let begun: ((how: Begun) => void) | undefined;
  /** Set while it is made to end. */
  let halting: object | undefined;
  const idle = { wake: () => {} };
  let stopped: Promise<void> | undefined;

  const chain = createChainWriter(address, origin, past.head);
  const state = createKeptState(chain, past);
  const outbox = createOutbox(chain, ports, (error) => {
    close();
    ports.commitFailed(error);
  });
  const owed = createOwedBook(past);
  const keys = createKeyDesk((key, body) => ports.recall(address, key, body));
  const parts = { chain, outbox, keys, owed, ports };
  const intake = createIntake(parts);
  const turns = createTurnCloser(parts);

  if (past.head === undefined) appendGenesis(chain, definition, ports);
  if (!past.asleep) chain.also({ write: "status", address, status: "running" });
  // Else every crash would leave more to run again after the next one.
  if (past.replayed) state.flush();
  for (const row of past.mail) {
    if (row.type === "request" || row.type === "send") intake.reserve();
    intake.deliver(row);
  }
  outbox.commit();

  /** Begins an activation, as soon as there is a place for its worker. */
  function start() {
    phase = { phase: "waiting" };
    ports.places.take(address, () => {
      if (upgrade !== undefined) return beginUpgrade(upgrade);
      chain.also({ write: "status", address, status: "running" });
      activate(nextReason);
    });
  }

  /** Gives its worker up, and with it its place; what has come meanwhile wakes it. */
  function sleep() {
    discardWorker();
    state.flush(); // So that it can be had without running anything again.
    chain.also({ write: "status", address, status: "asleep" });
    nextReason = "wake";
    phase = { phase: "asleep" };
    outbox.commit();
    ports.places.leave(address);
    pump();
  }

  function activate(reason: KeyframeReason) {
    ports.places.busy(address);
    phase = { phase: "activating", reason, initialising: false };
    nextReason = "restart";
    activation += 1;
    turnsInActivation = 0;
    state.activated();
    const setup = { ...definition.setup, state: state.text(), turn: nextTurn };
    worker = ports.startWorker(setup, { reports: onReports, lost: onLost });
  }

  function onReports(reports: readonly TurnReport[], last: boolean) {
    for (const report of reports) onReport(report);
    if (last) putBackUntouched();
    outbox.commit();
    if (phase.phase === "ready" && halting === undefined) pump();
    else if (last) idle.wake();
  }

  function onReport(report: TurnReport) {
    if (phase.phase === "activating" && !phase.initialising) {
      if (!holdBack(report)) onInstantiated(report, phase.reason);
    } else if (phase.phase === "activating") onInitialised(report);
    else onTurn(report);
  }

  /**
   * The turn that instantiates and the one that migrates are written down together, so that no crash leaves a
   * new component on an old state.
   */
  function holdBack(report: TurnReport): boolean {
    if (upgrade?.from === undefined || !upgrade.migrate || !initialised) return false;
    const { instantiation } = upgrade;
    if (instantiation === undefined) {
      if (report.end.end !== "ok") return false;
      upgrade.instantiation = report;
      worker?.turns([{ turn: report.turn + 1, type: "migrate", text: "null" }], intake.owedNow());
    } else {
      onInstantiated(instantiation, "upgrade", report);
    }
    return true;
  }

  function onInstantiated(report: TurnReport, reason: KeyframeReason, migration?: TurnReport) {
    const isFirst = activation === 0 || reason === "start";
    const statePart = state.keyframePart(isFirst, ports.salt());
    keyframeSeq = appendKeyframe(chain, definition, { reason, activation, statePart }, report, ports.salt);
    const seq = closeTurn(report);
    if (report.end.end !== "ok") return fail(report, seq);
    state.standsAt(seq);
    ports.observe({ event: "started", address, reason });
    if (migration !== undefined) {
      return onStateMade(migration, { type: "migrate", from: "outside", body: "null", salt: ports.salt() });
    }
    if (initialised) return becomeReady();
    phase = { phase: "activating", reason, initialising: true };
    const init: Incoming = { type: "init", from: "outside", body: definition.params, salt: ports.salt() };
    inFlight = [init];
    worker?.turns([{ turn: nextTurn, type: "init", text: definition.params }], intake.owedNow());
  }

  function onInitialised(report: TurnReport) {
    const init = inFlight.shift();
    if (init === undefined) throw new Error("Cannot record init: none was asked for");
    onStateMade(report, init);
  }

  function onStateMade(report: TurnReport, message: Incoming) {
    appendReceive(chain, message, report.turn, report.startMs);
    const seq = closeTurn(report);
    if (report.end.end !== "ok") return fail(report, seq, message.type);
    initialised = true;
    state.after(report, seq);
    becomeReady();
  }

  function closeTurn(report: TurnReport, message?: Incoming): number {
    nextTurn = report.turn + 1;
    return turns.close(report, message);
  }

  function becomeReady() {
    phase = { phase: "ready" };
    begun?.({ begun: true });
    begun = undefined;
    if (upgrade?.from !== undefined) settleUpgrade({ upgraded: true, seq: keyframeSeq });
  }

  function beginUpgrade(asked: UpgradeInHand) {
    discardWorker();
    state.flush(); // So that recovery runs one activation again, no more.
    chain.also({ write: "status", address, status: "running" });
    asked.from = definition;
    definition = asked.to;
    activate("upgrade");
  }

  /** The new component did not start: goes on with the old one. */
  function rollBack(from: ActorDefinition, outcome: Upgraded) {
    discardWorker();
    inFlight = [];
    definition = from;
    settleUpgrade(outcome);
    activate("restart");
  }

  function settleUpgrade(outcome: Upgraded) {
    const settle = upgrade?.settle;
    upgrade = undefined;
    outbox.afterCommit(() => settle?.(outcome));
  }

  function onTurn(report: TurnReport) {
    const message = inFlight.shift();
    if (message === undefined) {
      throw new Error(`Cannot record turn ${report.turn}: no message was handed out`);
    }
    const received = appendReceive(chain, message, report.turn, report.startMs);
    const seq = closeTurn(report, message);
    turnsInActivation += 1;
    if (message.position !== undefined) {
      chain.also({ write: "mail-taken", address, position: message.position });
    }
    if (message.timer !== undefined) chain.also(timerGone(address, message.timer));
    if (message.key !== undefined) {
      const key = new TextEncoder().encode(message.key.text);
      chain.also({ write: "key", address, key, seq: received.seq });
    }
    state.after(report, seq);
    if (report.end.end !== "ok" && report.end.end !== "err") return crash(report, seq);
    if (report.effects.some(({ effect }) => effect === "exit") && report.end.end === "ok") {
      leave({ how: "normal", reason: "it ended itself" });
    }
  }

  function crash(report: TurnReport, seq: number) {
    const { code, reason } = crashOf(report);
    outbox.afterCommit(() => ports.observe({ event: "crashed", address, code, reason, seq }));
    leave({ how: "crash", reason: `${code} (entry ${seq})` });
  }

  /** It has ended by itself. */
  function leave(exit: { readonly how: "normal" | "crash"; readonly reason: string }) {
    const ran = phase.phase === "ready";
    goDown();
    if (ran && halting === undefined) ports.exited(address, exit);
  }

  /** No instance lives from here on. */
  function goDown() {
    discardWorker();
    ports.places.leave(address);
    intake.putBack(inFlight.filter(({ type }) => type !== "init"));
    inFlight = [];
    if (phase.phase !== "stopping" && phase.phase !== "stopped") phase = { phase: "down" };
  }

  function discardWorker() {
    worker?.discard();
    worker = undefined;
  }

  /** An activation has not come to stand. */
  function fail(report: TurnReport, seq: number, opened?: MessageType) {
    const crashed = crashOf(report, opened);
    if (upgrade?.from !== undefined) return rollBack(upgrade.from, { upgraded: false, seq, ...crashed });
    const settle = begun;
    begun = undefined;
    goDown();
    if (settle !== undefined) outbox.afterCommit(() => settle({ begun: false, seq, ...crashed }));
    else if (halting === undefined) {
      ports.exited(address, { how: "crash", reason: `${crashed.code} (entry ${seq})` });
    }
  }

  /** The worker ended its batch early (asked to pause): what it did not touch waits again. */
  function putBackUntouched() {
    if (phase.phase !== "ready" && phase.phase !== "stopping") return;
    intake.putBack(inFlight);
    inFlight = [];
  }

  function onLost(detail: string) {
    worker = undefined;
    if (phase.phase === "ready" && inFlight.length === 0) { // No turn was open.
      return halting === undefined ? activate("restart") : idle.wake();
    }
    const now = ports.nowMs();
    onReport({
      turn: upgrade?.instantiation === undefined ? nextTurn : nextTurn + 1,
      startMs: now,
      endMs: now,
      calls: [],
      effects: [],
      fuel: 0,
      end: { end: "cut", reason: "lost", detail },
    });
    outbox.commit();
    idle.wake();
  }

  function pump() {
    if (phase.phase === "asleep" && (upgrade !== undefined || intake.size() > 0)) return start();
    if (phase.phase !== "ready" || worker === undefined || inFlight.length > 0 || halting !== undefined) {
      return;
    }
    if (upgrade !== undefined) return beginUpgrade(upgrade);
    const turnsLeft = definition.turnsPerActivation - turnsInActivation;
    if (turnsLeft <= 0) {
      worker.discard();
      state.flush(); // So that recovery runs one activation again, no more.
      return activate("renew");
    }
    if (ports.places.overstays(address)) return sleep();
    const outstanding = intake.owedNow();
    inFlight = intake.take(Math.min(batchTurnsMax, turnsLeft), batchCharsMax);
    if (inFlight.length === 0) return ports.places.idle(address, definition.idleMs, sleep);
    ports.places.busy(address);
    const inputs = inFlight.map((message, k): TurnInput => ({
      turn: nextTurn + k,
      type: message.type,
      text: messageText({ ...message, ...message.reply }, message.body),
      ...(turns.isAwaited(message) && { awaited: true }),
    }));
    worker.turns(inputs, outstanding);
  }

  function close() {
    discardWorker();
    phase = { phase: "stopped" };
    ports.places.leave(address);
    begun?.({ begun: true }); // Whoever starts the house finds out that it is stopping.
    begun = undefined;
    upgrade?.settle("stopped");
    upgrade = undefined;
    idle.wake();
  }

  function full(): UndeliveredCode | undefined {
    switch (phase.phase) {
      case "down":
      case "asleep":
      case "waiting":
      case "activating":
      case "ready":
        return intake.ordinary() < definition.mailboxMax ? undefined : "mailbox_full";
      case "dismissed":
      case "stopping":
      case "stopped":
        return "not_running";
    }
  }

  function reserve(): UndeliveredCode | undefined {
    if (phase.phase === "dismissed") return "not_running";
    if (intake.ordinary() >= definition.mailboxMax) return "mailbox_full";
    intake.reserve();
    return undefined;
  }

  /** Waits until no turn is in hand. */
  async function rest() {
    worker?.pause();
    await new Promise<void>((resolve) => (idle.wake = resolve));
  }

  async function halt(limitMs: number) {
    const own = halting = {};
    const busy = () => phase.phase === "activating" || phase.phase === "ready" && inFlight.length > 0;
    ports.after(limitMs, () => {
      if (halting === own) worker?.kill();
    });
    while (busy()) await rest();
    halting = undefined;
    const lacksWorker = phase.phase === "asleep" || phase.phase === "waiting";
    if (phase.phase !== "ready" && !lacksWorker) return;
    if (nextReason === "wake") nextReason = "restart"; // When it is begun again, it is because it was made to end.
    goDown();
    begun?.({ begun: true }); // Whoever waits for it finds out.
    begun = undefined;
    if (initialised) state.flush();
    outbox.commit();
  }

  async function stop() {
    if (phase.phase === "stopped") return await outbox.emptied();
    const { phase: was } = phase;
    phase = { phase: "stopping" };
    if (was === "ready" && inFlight.length > 0) await rest();
    close();
    if (initialised) state.flush();
    if (was !== "dismissed" && was !== "asleep") chain.also({ write: "status", address, status: "resting" });
    intake.flushNews();
    outbox.commit();
    await outbox.emptied();
    intake.refuseOutside("the host is stopping");
  }

  return {
    address,
    head: chain.head,
    begin() {
      if (phase.phase !== "down" && phase.phase !== "dismissed") {
        pump(); // If it sleeps, and has something to do.
        return Promise.resolve({ begun: true });
      }
      return new Promise((settle) => {
        begun = settle;
        start();
      });
    },
    full,
    reserve,
    post(message) {
      if (!keys.isNew(message, false)) return;
      intake.post(message);
      pump();
    },
    accept(message) {
      if (keys.isNew(message, true)) intake.accept(message);
    },
    deliver(mail) {
      intake.deliver(mail);
      if (phase.phase === "dismissed") intake.giveBack("it has ended");
      else pump();
    },
    requestAt: owed.requestAt,
    claim: owed.claim,
    expire: intake.expire,
    tell(news) {
      if (phase.phase !== "dismissed") intake.tell(news);
    },
    upgrade(to, migrate) {
      if (upgrade !== undefined) return Promise.resolve("busy");
      if (phase.phase === "stopping" || phase.phase === "stopped") return Promise.resolve("stopped");
      return new Promise((settle) => {
        upgrade = { to, migrate, settle };
        if (phase.phase === "dismissed") {
          ports.revived(address);
          start();
        } else if (inFlight.length > 0) worker?.pause();
        pump();
      });
    },
    halt,
    supervise(verdict, facts) {
      appendVerdict(chain, verdict, facts, ports.salt);
      outbox.commit();
    },
    dismiss(status, reason) {
      if (phase.phase === "stopping" || phase.phase === "stopped") return;
      phase = { phase: "dismissed" };
      chain.also({ write: "status", address, status });
      intake.giveBack(reason);
    },
    reincarnate() {
      incarnations ??= ports.incarnations(address);
      appendIncarnation(chain, incarnations, ports, definition);
      incarnations += 1;
      intake.forget();
      initialised = false;
      nextReason = "start";
      state.forget();
      outbox.commit();
    },
    stop: () => stopped ??= stop(),
    kill() {
      stopped ??= stop();
      worker?.kill();
    },
  };
}
