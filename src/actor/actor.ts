import { type ChainHead, type KeyframeReason, messageText } from "../chain/mod.ts";
import { sha256TextHex } from "../codec/mod.ts";
import type { MailRow } from "../store/mod.ts";
import type { TurnInput, TurnReport, WorkerHandle } from "../worker/mod.ts";
import { createChainWriter, type PartDraft } from "./chain_writer.ts";
import { type Settled, settleEffects, timerGone } from "./effects.ts";
import { createKeyDesk } from "./keys.ts";
import { incomingFromMail } from "./mail.ts";
import { createMailbox } from "./mailbox.ts";
import type { Answer, Incoming, UndeliveredCode } from "./message.ts";
import type { ActorDefinition, ActorPorts } from "./ports.ts";
import { appendReceive, appendTurn } from "./turn_entries.ts";

/** Most turns handed to a worker at once: a hop between threads costs more than a turn. */
const batchTurnsMax = 64;

/** Most characters of messages handed over at once. */
const batchCharsMax = 1 << 20;

/** What running an activation's instantiation again is worth, in bytes of a log run again (some 30 ms). */
const activationBytes = 1 << 16;

/** Most time that the turns since the state row may have taken: running them again takes about as long. */
const behindMsMax = 2000;

/** What is known of an actor from its chain when it starts. */
export interface ActorPast {
  /** Where the chain stands; `undefined` for an actor that is new. */
  readonly head: ChainHead | undefined;
  /** How many turns and activations have begun. */
  readonly turns: number;
  readonly activations: number;
  /** Whether `init` has made a state. */
  readonly initialised: boolean;
  /** The last committed state; `null` text before the first. */
  readonly state: string;
  /** The last entry that commits to it; -1 if there is none. */
  readonly stateSeq: number;
  /** The entry whose state the log's state row holds; -1 if there is none. */
  readonly stateRowSeq: number;
  /** Whether turns had to be run again to know the state. */
  readonly replayed: boolean;
  /** Bytes of entries and parts since the last keyframe that holds its state whole; may stop counting at the state's size. */
  readonly bytesSinceKeyframe: number;
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
export function createActor(definition: ActorDefinition, past: ActorPast, ports: ActorPorts): Actor {
  const { address, origin } = definition;
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
  let state = past.state;
  let stateSeq = past.stateSeq; // The entry that commits to `state`.
  let stateRowSeq = past.stateRowSeq;
  /** What it would take to come from the state row to `state`. */
  let behind = { bytes: 0, turnMs: 0 };
  let bytesAtKeyframe = -past.bytesSinceKeyframe;
  /** Messages that will be delivered when they are committed. */
  let reserved = 0;
  /** Answers that wait for the commit in preparation. */
  let answers: (() => void)[] = [];
  let settled: Settled[] = [];
  /** Commits under way, so that stopping can wait for them. */
  let committing: Promise<void> = Promise.resolve();
  const started = Promise.withResolvers<void>();
  const idle = { wake: () => {} };
  let stopped: Promise<void> | undefined;

  if (past.head === undefined) writeGenesis();
  chain.also({ write: "status", address, status: "running" });
  // Else every crash would leave more to run again after the next one.
  if (past.replayed) writeStateRow();
  for (const row of past.mail) takeIn(incomingFromMail(row));
  commit();

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
    behind.bytes -= activationBytes;
    worker = ports.startWorker({
      address,
      glue: definition.glue,
      modules: definition.modules,
      type: definition.type,
      ...(definition.source !== undefined && { source: definition.source }),
      grants: definition.grants,
      environment: definition.environment,
      limits: definition.limits,
      state,
      turn: nextTurn,
    }, { reports: onReports, lost: onLost });
  }

  function onReports(reports: readonly TurnReport[], last: boolean) {
    for (const report of reports) onReport(report);
    if (last) retryUntouched();
    commit();
    if (phase.phase === "ready") pump();
    else if (last) idle.wake();
  }

  function onReport(report: TurnReport) {
    if (phase.phase === "activating" && !phase.initialising) onInstantiated(report, phase.reason);
    else if (phase.phase === "activating") onInitialised(report);
    else onTurn(report);
  }

  function onInstantiated(report: TurnReport, reason: KeyframeReason) {
    const { component, manifest, execution } = definition.parts;
    chain.append(
      { kind: "keyframe", time: report.startMs, activation, reason, turn: report.turn },
      [
        keyframeState(),
        { text: component, salt: ports.salt() },
        { text: manifest, salt: ports.salt() },
        { text: execution, salt: ports.salt() },
      ],
      { turns: report.turn + 1, activations: activation + 1 },
    );
    const seq = closeTurn(report);
    if (report.end.end !== "ok") return fail(report, seq);
    stateSeq = seq;
    ports.observe({ event: "started", address, reason });
    if (initialised) return becomeReady();
    phase = { phase: "activating", reason, initialising: true };
    const init: Incoming = { type: "init", from: "outside", body: definition.params, salt: ports.salt() };
    inFlight = [init];
    worker?.turns([{ turn: nextTurn, type: "init", text: definition.params }]);
  }

  /**
   * Whole when the log has outgrown it since the last that was, so that a replay need not begin long before;
   * always in the first, as there is nothing to derive it from.
   */
  function keyframeState(): PartDraft {
    const salt = ports.salt();
    if (activation > 0 && chain.bytes() - bytesAtKeyframe < state.length) {
      return { sha256: sha256TextHex(state), salt };
    }
    bytesAtKeyframe = chain.bytes();
    return { text: state, salt };
  }

  function onInitialised(report: TurnReport) {
    const init = inFlight.shift();
    if (init === undefined) throw new Error("Cannot record init: none was asked for");
    appendReceive(chain, init, report.turn, report.startMs);
    const seq = closeTurn(report);
    if (report.end.end !== "ok") return fail(report, seq);
    initialised = true;
    keepState(report, seq);
    becomeReady();
  }

  /** Writes down what happened in the turn that is open; returns where it ended. */
  function closeTurn(report: TurnReport): number {
    const places = appendTurn(chain, report, ports.salt);
    nextTurn = report.turn + 1;
    if (report.end.end === "ok") settled.push(settleEffects(chain, report, places, ports));
    return places.closing.seq;
  }

  function becomeReady() {
    phase = { phase: "ready" };
    started.resolve();
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
    keepState(report, seq);
    const { answered, key } = message;
    if (answered !== undefined || key !== undefined) {
      const answer = answerOf(report, seq);
      answers.push(() => {
        answered?.(answer);
        if (key !== undefined) keys.answered(key.text, answer);
      });
    }
    if (report.end.end !== "ok" && report.end.end !== "err") crash(report, seq);
  }

  function crash(report: TurnReport, seq: number) {
    const { code, reason } = crashOf(report);
    answers.push(() => ports.observe({ event: "crashed", address, code, reason, seq }));
    worker?.discard();
    worker = undefined;
    mailbox.putBack(inFlight);
    inFlight = [];
    if (phase.phase === "ready") activate("restart");
  }

  function fail(report: TurnReport, seq: number) {
    const { reason } = crashOf(report);
    worker?.discard();
    worker = undefined;
    phase = { phase: "failed", reason };
    inFlight = [];
    chain.also({ write: "status", address, status: "failed" });
    answers.push(() => {
      ports.observe({ event: "failed", address, reason: `${reason} (entry ${seq})` });
      started.resolve();
      refuseWaiting(`${address} has failed: ${reason}`);
    });
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
      turn: nextTurn,
      startMs: now,
      endMs: now,
      calls: [],
      effects: [],
      fuel: 0,
      end: { end: "cut", reason: "lost", detail },
    });
    commit();
    idle.wake();
  }

  /** Remembers the state after a turn; rewrites the row when recovery would have too much to run again. */
  function keepState(report: TurnReport, seq: number) {
    behind.turnMs += report.endMs - report.startMs;
    if (report.end.end !== "ok") return;
    stateSeq = seq;
    if (report.end.state === undefined) return; // A later report of this batch brings it.
    state = report.end.state;
    const outgrown = chain.bytes() - behind.bytes > report.end.stateBytes;
    if (outgrown || behind.turnMs > behindMsMax) writeStateRow();
  }

  function writeStateRow() {
    chain.also({ write: "state", address, seq: stateSeq, bytes: new TextEncoder().encode(state) });
    stateRowSeq = stateSeq;
    behind = { bytes: chain.bytes(), turnMs: 0 };
  }

  function commit() {
    const writes = chain.take();
    if (writes.length === 0) return;
    const toAnswer = answers;
    const toSettle = settled;
    answers = [];
    settled = [];
    committing = ports.commit(writes).then((positions) => {
      let next = 0;
      for (const { mail, timersSet, timersGone } of toSettle) {
        for (const { to, mail: row } of mail) {
          const position = positions[next++];
          if (position === undefined) {
            throw new Error("Cannot deliver: the store gave no position for a message");
          }
          ports.deliver(to, { ...row, position });
        }
        for (const timer of timersSet) ports.timerSet(timer);
        for (const timer of timersGone) ports.timerGone(address, timer);
      }
      for (const answer of toAnswer) answer();
    }, (error) => {
      close();
      ports.commitFailed(error);
    });
  }

  function pump() {
    if (phase.phase !== "ready" || worker === undefined || inFlight.length > 0) return;
    const turnsLeft = definition.turnsPerActivation - turnsInActivation;
    if (turnsLeft <= 0) {
      worker.discard();
      if (stateRowSeq !== stateSeq) writeStateRow(); // So that recovery runs one activation again, no more.
      return activate("renew");
    }
    inFlight = mailbox.take(Math.min(batchTurnsMax, turnsLeft), batchCharsMax);
    if (inFlight.length === 0) return;
    worker.turns(inFlight.map((message, k): TurnInput => ({
      turn: nextTurn + k,
      type: message.type,
      text: messageText(message, message.body),
    })));
  }

  function close() {
    worker?.discard();
    worker = undefined;
    phase = { phase: "stopped" };
    started.resolve();
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
    if (phase.phase === "stopped" || phase.phase === "failed") return await committing;
    const ready = phase.phase === "ready";
    phase = { phase: "stopping" };
    if (ready && inFlight.length > 0) {
      worker?.pause();
      await new Promise<void>((resolve) => (idle.wake = resolve));
    }
    close();
    if (initialised && stateRowSeq !== stateSeq) writeStateRow();
    chain.also({ write: "status", address, status: "resting" });
    commit();
    await committing;
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
      const type = message.type === "request" ? "request" : "send";
      if (!keys.isNew(message, true)) return;
      keys.waits(message);
      const keyed = message.key !== undefined;
      const entry = chain.append(
        { kind: "accept", time: ports.nowMs(), type, from: message.from, keyed },
        [
          { text: message.body, salt: message.salt },
          ...(message.key === undefined ? [] : [{ text: message.key.text, salt: message.key.salt }]),
        ],
      );
      const encoder = new TextEncoder();
      const key = message.key && { bytes: encoder.encode(message.key.text), salt: message.key.salt };
      if (key !== undefined) chain.also({ write: "key", address, key: key.bytes, seq: entry.seq });
      const mail: Omit<MailRow, "position"> = {
        type,
        from: message.from,
        body: encoder.encode(message.body),
        salt: message.salt,
        cause: { origin, ...entry },
        ...(key !== undefined && { key }),
      };
      chain.also({ write: "mail", address, mail });
      reserved += 1;
      settled.push({ mail: [{ to: address, mail }], timersSet: [], timersGone: [] });
      answers.push(() => message.answered?.({ answer: "accepted", seq: entry.seq }));
      commit();
    },
    deliver(mail) {
      if (mail.type !== "undeliverable") reserved -= 1; // What comes back always finds room.
      takeIn(incomingFromMail(mail));
      pump();
    },
    stop: () => stopped ??= stop(),
    kill() {
      stopped ??= stop();
      worker?.kill();
    },
  };
}

function crashOf(report: TurnReport) {
  const { end } = report;
  switch (end.end) {
    case "trap":
      return { code: end.code, reason: end.reason };
    case "cut":
      return { code: end.reason, reason: end.detail };
    case "err":
      return { code: "unknown" as const, reason: `init refused: ${end.error}` };
    case "ok":
    case "diverged":
      throw new Error(`Cannot name a crash: turn ${report.turn} ended ${end.end}`);
  }
}

function answerOf(report: TurnReport, seq: number): Answer {
  const { end } = report;
  switch (end.end) {
    case "ok":
      return { answer: "ok", response: end.response ?? "null", seq };
    case "err":
      return { answer: "refused", error: end.error, seq };
    case "trap":
      return { answer: "trapped", code: end.code, reason: end.reason, seq };
    case "cut":
      return { answer: "cut", reason: end.reason, detail: end.detail, seq };
    case "diverged":
      throw new Error("Cannot answer a message with a divergence: only a replay diverges");
  }
}
