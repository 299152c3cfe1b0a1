import { type ChainHead, type KeyframeReason, messageText, type MessageType } from "../chain/mod.ts";
import type { MailRow } from "../store/mod.ts";
import type { TurnInput, TurnReport, WorkerHandle } from "../worker/mod.ts";
import { appendAccept } from "./accept_entry.ts";
import { createChainWriter } from "./chain_writer.ts";
import { settleEffects, timerGone } from "./effects.ts";
import { createKeptState, type StatePast } from "./kept_state.ts";
import { createKeyDesk } from "./keys.ts";
import { incomingFromMail } from "./mail.ts";
import { createMailbox } from "./mailbox.ts";
import type { Answer, Incoming, UndeliveredCode } from "./message.ts";
import { createOutbox } from "./outbox.ts";
import type { ActorDefinition, ActorPorts } from "./ports.ts";
import { appendReceive, appendTurn } from "./turn_entries.ts";
import { answerOf, crashOf } from "./turn_outcome.ts";
import type { Upgraded, UpgradeInHand } from "./upgrade.ts";

/** Most turns handed to a worker at once: a hop between threads costs more than a turn. */
const batchTurnsMax = 64;

/** Most characters of messages handed over at once. */
const batchCharsMax = 1 << 20;

/** What is known of an actor from its chain when it starts. */
export interface ActorPast extends StatePast {
  /** Where the chain stands; `undefined` for an actor that is new. */
  readonly head: ChainHead | undefined;
  /** How many turns and activations have begun. */
  readonly turns: number;
  readonly activations: number;
  /** Whether `init` has made a state. */
  readonly initialised: boolean;
  /** Whether turns had to be run again to know the state. */
  readonly replayed: boolean;
  readonly reason: KeyframeReason;
  readonly mail: readonly MailRow[];
}

/** An actor as its house sees it. */
export interface Actor {
  readonly address: string;
  /** Begins the first activation; settles when it stands, or has failed. */
  begin(): Promise<void>;
  /** Takes a message that nobody has written down yet; the answer comes after the commit. */
  post(message: Incoming): void;
  /** Writes a message down and answers `accepted`; its turn comes later. */
  accept(message: Incoming): void;
  /** Takes a message whose row is in the log. */
  deliver(mail: MailRow): void;
  /** Why no message from outside is taken, or nothing while one is. */
  full(): UndeliveredCode | undefined;
  /**
   * Keeps room for a message from another actor, which `deliver` takes once it is committed; or says why
   * there is none. While this actor stops there is: what is in the log has its turn after the next start.
   */
  reserve(): UndeliveredCode | undefined;
  /**
   * Goes on with another component or manifest, after the turn in hand; with the old one if the new one does
   * not start. One at a time.
   *
   * @param migrate whether the new one, which exports what it takes, turns the state into its own first
   */
  upgrade(to: ActorDefinition, migrate: boolean): Promise<Upgraded>;
  /** Ends after the turn in hand; what waits is kept if it is in the log, else answered `not_running`. */
  stop(): Promise<void>;
  /** Stops, and cuts the turn in hand. */
  kill(): void;
}

/** What the actor is doing. */
type Phase =
  | { readonly phase: "created" }
  | { readonly phase: "activating"; readonly reason: KeyframeReason; readonly initialising: boolean }
  | { readonly phase: "ready" }
  | { readonly phase: "failed"; readonly reason: string }
  | { readonly phase: "stopping" }
  | { readonly phase: "stopped" };

/** Makes an actor that will go on where `past` left it. It takes messages at once, and turns after `begin`. */
export function createActor(first: ActorDefinition, past: ActorPast, ports: ActorPorts): Actor {
  const { origin, setup: { address } } = first;
  /** What it runs; replaced by an upgrade. */
  let definition = first;
  let upgrade: UpgradeInHand | undefined;
  let keyframeSeq = -1;
  const chain = createChainWriter(address, origin, past.head);
  const mailbox = createMailbox();
  const keys = createKeyDesk((key, body) => ports.recall(address, key, body));
  let phase: Phase = { phase: "created" };
  let worker: WorkerHandle | undefined;
  let inFlight: Incoming[] = [];
  let nextTurn = past.turns;
  let activation = past.activations - 1;
  let turnsInActivation = 0;
  let initialised = past.initialised;
  const state = createKeptState(chain, past);
  /** Messages that will be delivered when they are committed. */
  let reserved = 0;
  const started = Promise.withResolvers<void>();
  const idle = { wake: () => {} };
  let stopped: Promise<void> | undefined;
  const outbox = createOutbox(chain, ports, (error) => {
    close();
    ports.commitFailed(error);
  });

  if (past.head === undefined) writeGenesis();
  chain.also({ write: "status", address, status: "running" });
  // Else every crash would leave more to run again after the next one.
  if (past.replayed) state.flush();
  for (const row of past.mail) takeIn(incomingFromMail(row));
  outbox.commit();

  function writeGenesis() {
    chain.also({ write: "create", address, origin });
    const about = { text: definition.parts.about, salt: ports.salt() };
    const { key } = definition;
    chain.append({ kind: "genesis", time: ports.nowMs(), origin, ...(key !== undefined && { key }) }, [
      about,
    ]);
  }

  function takeIn(message: Incoming) {
    keys.waits(message);
    mailbox.push(message);
  }

  function activate(reason: KeyframeReason) {
    phase = { phase: "activating", reason, initialising: false };
    activation += 1;
    turnsInActivation = 0;
    state.activated();
    const setup = { ...definition.setup, state: state.text(), turn: nextTurn };
    worker = ports.startWorker(setup, { reports: onReports, lost: onLost });
  }

  function onReports(reports: readonly TurnReport[], last: boolean) {
    for (const report of reports) onReport(report);
    if (last) retryUntouched();
    outbox.commit();
    if (phase.phase === "ready") pump();
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
      worker?.turns([{ turn: report.turn + 1, type: "migrate", text: "null" }]);
    } else {
      onInstantiated(instantiation, "upgrade", report);
    }
    return true;
  }

  function onInstantiated(report: TurnReport, reason: KeyframeReason, migration?: TurnReport) {
    const { component, manifest, execution } = definition.parts;
    const keyframe = chain.append(
      { kind: "keyframe", time: report.startMs, activation, reason, turn: report.turn },
      [
        state.keyframePart(activation === 0, ports.salt()),
        { text: component, salt: ports.salt() },
        { text: manifest, salt: ports.salt() },
        { text: execution, salt: ports.salt() },
      ],
      { turns: report.turn + 1, activations: activation + 1 },
    );
    keyframeSeq = keyframe.seq;
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
    worker?.turns([{ turn: nextTurn, type: "init", text: definition.params }]);
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

  /** Writes down what happened in the turn that is open; returns where it ended. */
  function closeTurn(report: TurnReport): number {
    const places = appendTurn(chain, report, ports.salt);
    nextTurn = report.turn + 1;
    if (report.end.end === "ok") outbox.settle(settleEffects(chain, report, places, ports));
    return places.closing.seq;
  }

  function becomeReady() {
    phase = { phase: "ready" };
    started.resolve();
    if (upgrade?.from !== undefined) settleUpgrade({ upgraded: true, seq: keyframeSeq });
  }

  function beginUpgrade(asked: UpgradeInHand) {
    worker?.discard();
    worker = undefined;
    state.flush(); // So that recovery runs one activation again, no more.
    chain.also({ write: "status", address, status: "running" });
    asked.from = definition;
    definition = asked.to;
    activate("upgrade");
  }

  /** The new component did not start: goes on with the old one. */
  function rollBack(from: ActorDefinition, outcome: Upgraded) {
    worker?.discard();
    worker = undefined;
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
    const seq = closeTurn(report);
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
    const { answered, key } = message;
    if (answered !== undefined || key !== undefined) {
      const answer = answerOf(report, seq);
      outbox.afterCommit(() => {
        answered?.(answer);
        if (key !== undefined) keys.answered(key.text, answer);
      });
    }
    if (report.end.end !== "ok" && report.end.end !== "err") crash(report, seq);
  }

  function crash(report: TurnReport, seq: number) {
    const { code, reason } = crashOf(report);
    outbox.afterCommit(() => ports.observe({ event: "crashed", address, code, reason, seq }));
    worker?.discard();
    worker = undefined;
    mailbox.putBack(inFlight);
    inFlight = [];
    if (phase.phase === "ready") activate("restart");
  }

  function fail(report: TurnReport, seq: number, opened?: MessageType) {
    const crash = crashOf(report, opened);
    if (upgrade?.from !== undefined) return rollBack(upgrade.from, { upgraded: false, seq, ...crash });
    const { reason } = crash;
    worker?.discard();
    worker = undefined;
    phase = { phase: "failed", reason };
    inFlight = [];
    chain.also({ write: "status", address, status: "failed" });
    outbox.afterCommit(() => {
      ports.observe({ event: "failed", address, reason: `${reason} (entry ${seq})` });
      started.resolve();
      refuseWaiting(`${address} has failed: ${reason}`);
    });
    if (upgrade !== undefined) beginUpgrade(upgrade);
  }

  /** The worker ended its batch early (asked to pause): what it did not touch waits again. */
  function retryUntouched() {
    if (phase.phase !== "ready" && phase.phase !== "stopping") return;
    mailbox.putBack(inFlight);
    inFlight = [];
  }

  function onLost(detail: string) {
    worker = undefined;
    if (phase.phase === "ready" && inFlight.length === 0) return activate("restart"); // No turn was open.
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
    if (phase.phase !== "ready" || worker === undefined || inFlight.length > 0) return;
    if (upgrade !== undefined) return beginUpgrade(upgrade);
    const turnsLeft = definition.turnsPerActivation - turnsInActivation;
    if (turnsLeft <= 0) {
      worker.discard();
      state.flush(); // So that recovery runs one activation again, no more.
      return activate("renew");
    }
    inFlight = mailbox.take(Math.min(batchTurnsMax, turnsLeft), batchCharsMax);
    if (inFlight.length === 0) return;
    worker.turns(inFlight.map((message, k): TurnInput => ({
      turn: nextTurn + k,
      type: message.type,
      text: messageText({ ...message, ...message.reply }, message.body),
    })));
  }

  function close() {
    worker?.discard();
    worker = undefined;
    phase = { phase: "stopped" };
    started.resolve();
    upgrade?.settle("stopped");
    upgrade = undefined;
    idle.wake();
  }

  function refuseWaiting(detail: string) {
    const answer: Answer = { answer: "undelivered", code: "not_running", detail };
    for (const message of mailbox.take(Infinity, Infinity)) {
      message.answered?.(answer);
      if (message.key !== undefined) keys.answered(message.key.text, answer);
    }
  }

  function full(): UndeliveredCode | undefined {
    switch (phase.phase) {
      case "created":
      case "activating":
      case "ready":
        return mailbox.size() + reserved < definition.mailboxMax ? undefined : "mailbox_full";
      case "failed":
      case "stopping":
      case "stopped":
        return "not_running";
    }
  }

  function reserve(): UndeliveredCode | undefined {
    if (phase.phase === "failed") return "not_running";
    if (mailbox.size() + reserved >= definition.mailboxMax) return "mailbox_full";
    reserved += 1;
    return undefined;
  }

  async function stop() {
    if (phase.phase === "stopped" || phase.phase === "failed") return await outbox.emptied();
    const ready = phase.phase === "ready";
    phase = { phase: "stopping" };
    if (ready && inFlight.length > 0) {
      worker?.pause();
      await new Promise<void>((resolve) => (idle.wake = resolve));
    }
    close();
    if (initialised) state.flush();
    chain.also({ write: "status", address, status: "resting" });
    outbox.commit();
    await outbox.emptied();
    refuseWaiting("the host is stopping");
  }

  return {
    address,
    begin() {
      if (phase.phase === "created") activate(past.reason);
      return started.promise;
    },
    full,
    reserve,
    post(message) {
      if (!keys.isNew(message, false)) return;
      takeIn(message);
      pump();
    },
    accept(message) {
      if (!keys.isNew(message, true)) return;
      keys.waits(message);
      const { seq, mail } = appendAccept(chain, message, ports.nowMs());
      reserved += 1;
      outbox.settle({ mail: [{ to: address, mail }], timersSet: [], timersGone: [] });
      outbox.afterCommit(() => message.answered?.({ answer: "accepted", seq }));
      outbox.commit();
    },
    deliver(mail) {
      if (mail.type !== "undeliverable") reserved -= 1; // What comes back always finds room.
      takeIn(incomingFromMail(mail));
      pump();
    },
    upgrade(to, migrate) {
      if (upgrade !== undefined) return Promise.resolve("busy");
      if (phase.phase === "stopping" || phase.phase === "stopped") return Promise.resolve("stopped");
      return new Promise((settle) => {
        upgrade = { to, migrate, settle };
        if (phase.phase === "failed") beginUpgrade(upgrade);
        else if (inFlight.length > 0) worker?.pause();
        pump();
      });
    },
    stop: () => stopped ??= stop(),
    kill() {
      stopped ??= stop();
      worker?.kill();
    },
  };
}
