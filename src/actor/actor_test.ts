import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { test } from "node:test";
import { createChainChecker } from "../chain/mod.ts";
import { sha256TextHex } from "../codec/mod.ts";
import { NO_PERMISSIONS } from "../manifest/mod.ts";
import { createMemoryLog, type LogStore, StoreError } from "../store/mod.ts";
import type { TurnEnd, TurnInput, TurnReport, WorkerHandlers } from "../worker/mod.ts";
import type { Actor, ActorPast } from "./actor.ts";
import { createActor } from "./create_actor.ts";
import type { Answer } from "./message.ts";
import type { ActorDefinition, ActorEvent, ActorExit } from "./ports.ts";

/** A worker that does what the test says. */
interface FakeWorker {
  readonly handlers: WorkerHandlers;
  /** Turns that were handed over and not reported yet. */
  readonly waiting: TurnInput[];
  paused: boolean;
  discarded: boolean;
}

const definition: Omit<ActorDefinition, "origin"> = {
  setup: {
    address: "one",
    glue: "",
    modules: {},
    type: { imports: [], exports: [] },
    grants: NO_PERMISSIONS,
    environment: [],
    limits: {
      turnMs: 1000,
      messageBytesMax: 1000,
      stateBytesMax: 1000,
      pendingMax: 10,
      callsMax: 10,
      recordBytesMax: 1000,
    },
  },
  mailboxMax: 100,
  idleMs: 1000,
  params: "null",
  parts: { about: "{}", component: "{}", manifest: "{}", execution: "{}" },
  turnsPerActivation: 1000,
};

const fresh: ActorPast = {
  head: undefined,
  turns: 0,
  activations: 0,
  forgotten: false,
  initialised: false,
  asleep: false,
  state: "null",
  stateSeq: -1,
  stateRowSeq: -1,
  replayed: false,
  bytesSinceKeyframe: 0,
  reason: "start",
  mail: [],
  timers: [],
  requests: [],
  deferred: [],
};

function report(turn: number, end: TurnEnd): TurnReport {
  return { turn, startMs: 1, endMs: 2, calls: [], effects: [], fuel: 1, end };
}

function okEnd(state: string, response?: string): TurnEnd {
  const given = response === undefined ? {} : { response };
  return { end: "ok", stateSha256: sha256TextHex(state), stateBytes: state.length, state, ...given };
}

/** An actor whose workers are the test's, over a log in memory. */
function stage() {
  const memory = createMemoryLog();
  const store: LogStore = memory.openLog();
  const workers: FakeWorker[] = [];
  const events: ActorEvent[] = [];
  const failures: unknown[] = [];
  const exits: ActorExit[] = [];
  let salts = 0;
  let diskIsFull = false;
  const actor: Actor = createActor({ ...definition, origin: `${store.node}/one` }, fresh, {
    nowMs: () => 1,
    salt: () => new Uint8Array(16).fill(++salts % 256),
    // deno-lint-ignore require-await
    async commit(writes) {
      if (diskIsFull) throw new StoreError({ code: "full", path: "", message: "" });
      return store.commit(writes);
    },
    startWorker(_setup, handlers) {
      const worker: FakeWorker = { handlers, waiting: [], paused: false, discarded: false };
      workers.push(worker);
      return {
        turns: (turns) => void worker.waiting.push(...turns),
        replay: () => {},
        pause: () => void (worker.paused = true),
        kill: () => {},
        discard: () => void (worker.discarded = true),
      };
    },
    reserve: () => "no_such_actor",
    deliver: (_address, mail) => actor.deliver(mail),
    timerSet: () => {},
    timerGone: () => {},
    requestSet: () => {},
    requestGone: () => {},
    requestAt: () => undefined,
    claim: () => undefined,
    places: {
      take: (_address, start) => start(),
      idle: () => {},
      busy: () => {},
      leave: () => {},
      overstays: () => false,
    },
    after: () => {},
    exited: (_address, exit) => void exits.push(exit),
    revived: () => {},
    incarnations: () => 0,
    recall: () => undefined,
    commitFailed: (error) => void failures.push(error),
    observe: (event) => void events.push(event),
  });
  const worker = () => {
    const last = workers.at(-1);
    if (last === undefined) throw new Error("no worker was started");
    return last;
  };
  return {
    actor,
    events,
    failures,
    exits,
    worker,
    workers,
    fillDisk: () => void (diskIsFull = true),
    /** Reports the next waiting turns, or the instantiation where none waits. */
    end(...ends: readonly TurnEnd[]) {
      const { waiting, handlers } = worker();
      const first = waiting[0]?.turn ?? store.actor("one")?.turns ?? 0;
      waiting.splice(0, ends.length);
      handlers.reports(ends.map((end, k) => report(first + k, end)), waiting.length === 0);
    },
    ask(body: string): Promise<Answer> {
      return new Promise((answered) =>
        actor.post({ type: "request", from: "outside", body, salt: new Uint8Array(16), answered })
      );
    },
    /** The kinds of the entries; checks the chain by the way. */
    story(): string[] {
      const checker = createChainChecker();
      return Array.from(store.entries("one"), ({ text }) => {
        const entry = checker.next(text);
        return entry.kind === "keyframe" || entry.kind === "cut"
          ? `${entry.kind} ${entry.reason}`
          : entry.kind;
      });
    },
  };
}

const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

async function ready() {
  const it = stage();
  const begun = it.actor.begin();
  it.end(okEnd("null"));
  it.end(okEnd("0"));
  await begun;
  return it;
}

const beginning = ["genesis", "keyframe start", "return", "receive", "return"];

test("a worker that is lost between turns is replaced, and no turn is recorded", async () => {
  const { actor, worker, workers, end, ask, story } = await ready();
  worker().handlers.lost("gone");
  strictEqual(workers.length, 2);
  const asked = ask("1");
  end(okEnd("0"));
  end(okEnd("1", '"yes"'));
  deepStrictEqual(await asked, { answer: "ok", response: '"yes"', seq: 8 });
  await actor.stop();
  deepStrictEqual(story(), [...beginning, "keyframe restart", "return", "receive", "return"]);
});

test("a worker that is lost in a turn costs that turn; what it did not begin is handed out again, in order", async () => {
  const { actor, worker, end, ask, exits, story } = await ready();
  const first = ask("1"); // It is handed out alone, the others together after it.
  const others = [ask("2"), ask("3"), ask("4")];
  end(okEnd("1", "1"));
  strictEqual((await first).answer, "ok");
  end(okEnd("2", "2"));
  worker().handlers.lost("gone");
  deepStrictEqual(exits, [{ how: "crash", reason: "lost (entry 10)" }]);
  const again = actor.begin();
  end(okEnd("2"));
  deepStrictEqual(await again, { begun: true });
  deepStrictEqual(worker().waiting.map(({ text }) => JSON.parse(text).body), [4]);
  end(okEnd("3", "4"));
  const answers = await Promise.all(others);
  deepStrictEqual(answers.map(({ answer }) => answer), ["ok", "cut", "ok"]);
  deepStrictEqual(answers[1], { answer: "cut", reason: "lost", detail: "gone", seq: 10 });
  await actor.stop();
  ok(story().includes("cut lost"));
});

test("an actor whose worker is lost while it instantiates, or in init, has not begun", async () => {
  for (const instantiated of [false, true]) {
    const { actor, worker, end, ask, exits, story } = stage();
    const begun = actor.begin();
    const asked = ask("1");
    if (instantiated) end(okEnd("null"));
    worker().handlers.lost("gone");
    deepStrictEqual(await begun, { begun: false, code: "lost", reason: "gone", seq: instantiated ? 4 : 2 });
    deepStrictEqual(exits, []);
    actor.dismiss("failed", "as told");
    const answer = await asked;
    strictEqual(answer.answer === "undelivered" && answer.code, "not_running");
    strictEqual(actor.full(), "not_running");
    strictEqual(story().at(-1), "cut lost");
    await actor.stop();
  }
});

test("a commit that fails is told once, nothing is answered, and nothing is written afterwards", async () => {
  const { actor, worker, end, ask, failures, fillDisk, story } = await ready();
  await settled();
  const before = story();
  let answered = 0;
  const asked = [ask("1"), ask("2")];
  for (const each of asked) void each.then(() => answered += 1);
  fillDisk();
  end(okEnd("1", "1"));
  await settled();
  strictEqual(failures.length, 1);
  ok(worker().discarded);
  strictEqual(actor.full(), "not_running");
  await actor.stop();
  strictEqual(answered, 0);
  strictEqual(failures.length, 1);
  deepStrictEqual(story(), before);
});

test("stopping asks the worker to leave its batch, records what it did, and answers the rest", async () => {
  const { actor, worker, ask, end, story } = await ready();
  const asked = [ask("1"), ask("2"), ask("3")];
  end(okEnd("1", "1"));
  const stopped = actor.stop();
  ok(worker().paused);
  const { handlers, waiting } = worker();
  handlers.reports([report(waiting[0]!.turn, okEnd("2", "2"))], true); // It leaves the third.
  await stopped;
  const answers = await Promise.all(asked);
  deepStrictEqual(answers.map(({ answer }) => answer), ["ok", "ok", "undelivered"]);
  deepStrictEqual(story(), [...beginning, "receive", "return", "receive", "return"]);
  strictEqual(actor.stop(), actor.stop());
});

test("an actor that is killed while its worker is at it ends with a cut, and does not begin again", async () => {
  const { actor, ask, end, story, workers } = await ready();
  const asked = [ask("1"), ask("2")];
  actor.kill();
  end({ end: "cut", reason: "killed", detail: "" });
  await actor.stop();
  deepStrictEqual((await Promise.all(asked)).map(({ answer }) => answer), ["cut", "undelivered"]);
  strictEqual(story().at(-1), "cut killed");
  strictEqual(workers.length, 1);
});
