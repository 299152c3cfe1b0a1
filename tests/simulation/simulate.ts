/** One life of a log: houses that open on it, do what clients ask, die, and open again; all by one seed. */
import type { LoadedComponent } from "../../src/component/mod.ts";
import { actorFunctions, actorInterfaceName } from "../../src/component/mod.ts";
import { loadManifest, type ManifestTree } from "../../src/manifest/mod.ts";
import { openTheater, type Theater } from "../../src/runtime/mod.ts";
import {
  createMemoryLog,
  type LogStore,
  type MemoryLog,
  StoreError,
  type Write,
} from "../../src/store/mod.ts";
import type { Body, Step } from "./fake_worker.ts";
import { type Asked, findProblems } from "./invariants.ts";
import { createWorld, type World } from "./machine.ts";
import { createRandom, type Random } from "./random.ts";

/** Spoils what is written, to see that it is noticed. */
export interface Sabotage {
  /** What becomes of the writes of a commit. */
  readonly tamper?: (writes: readonly Write[]) => readonly Write[];
  /** The disk forgets the last commit in a crash, though it said that it had it. */
  readonly lyingDisk?: boolean;
}

/** How a simulation went. */
export interface Simulated {
  readonly problems: readonly string[];
  /** What happened, one line each. */
  readonly trace: readonly string[];
  readonly lives: number;
  readonly turns: number;
}

const addresses: readonly [string, ...string[]] = ["bank", "bank/a", "bank/b", "bank/b/c", "bank/b/d"];
const stepsMax = 20_000;

const loaded = {
  glue: "",
  modules: {},
  type: { imports: [], exports: [{ kind: "instance", name: actorInterfaceName, functions: actorFunctions }] },
} as unknown as LoadedComponent;

/** Plays one seed. */
export async function simulate(seed: number, sabotage: Sabotage = {}): Promise<Simulated> {
  const random = createRandom(seed);
  const world = createWorld(random);
  const trace: string[] = [];
  const note = (text: string) => void trace.push(`${world.nowMs()} ${text}`);
  const tree = await randomTree(random);
  const asked = randomMessages(random);
  const disk = createDisk(world, sabotage, note);
  const turnsPerActivation = random.oneOf([4, 20, 1000]);
  let theater: Theater | undefined;
  let opening = false;
  let crashes = 1 + random.below(4);
  const unexpected: string[] = [];

  function open() {
    const life = world.life();
    opening = true;
    note("a house opens");
    const gone = (what: string) => (error?: unknown) => {
      if (world.life() !== life || disk.dead()) return;
      note(`${what}${error instanceof Error ? `: ${error.message}` : ""}`);
      if (error !== undefined && !disk.hasFailed()) unexpected.push(`${what}: ${error}`);
      disk.close();
      theater = undefined;
      opening = false;
    };
    const store = disk.open();
    openTheater({
      tree,
      store,
      machine: world.machine,
      load: () => Promise.resolve(loaded),
      turnsPerActivation,
      observe: (event) => {
        if (world.life() === life) note(`${event.event} ${event.address}`);
      },
    }).then((opened) => {
      if (world.life() !== life) return;
      theater = opened;
      opening = false;
      opened.closed.then(() => gone("the house closed")(), gone("the house closed"));
      for (const message of asked) {
        if (message.answer === undefined && message.key !== undefined) ask(message);
      }
    }, gone("the house did not open"));
  }

  function ask(message: Asked) {
    const house = theater;
    const life = world.life();
    if (house === undefined || message.answer !== undefined) return;
    world.later(random.below(60), () => {
      if (world.life() !== life || theater !== house || message.answer !== undefined) return;
      const { to, body, key, wait } = message;
      void house.send({ to, body, wait, ...(key !== undefined && { key }) }).then((answer) => {
        if (world.life() !== life) return;
        note(`${to} answers ${key ?? "-"}: ${JSON.stringify(answer)}`);
        const closing = answer.answer === "undelivered" && answer.code === "not_running";
        if (!closing || key === undefined) message.answer = answer;
      });
    });
  }

  for (const message of asked) world.later(random.below(400), () => ask(message));
  for (let n = random.below(3); n > 0; n--) {
    world.later(random.below(500), () => {
      const wish = random.oneOf<"stop" | "restart">(["stop", "restart"]);
      const address = random.oneOf(addresses);
      note(`somebody wants ${address} to ${wish}`);
      if (address !== "bank") void theater?.wish({ wish, address });
    });
  }
  open();
  for (let steps = 0;; steps++) {
    if (steps > stepsMax || unexpected.length > 2) {
      unexpected.push("it does not come to rest");
      break;
    }
    if (!disk.dead() && !world.calm && crashes > 0 && random.below(120) === 0) disk.die("between two steps");
    if (disk.dead()) {
      crashes -= 1;
      theater = undefined;
      world.crash();
      disk.revive();
      open();
    }
    if (crashes <= 0) world.calm = true;
    if (await world.step()) continue;
    if (theater === undefined && !opening && !disk.dead()) {
      open(); // It closed by itself.
      world.calm = true;
      continue;
    }
    if (!world.calm) {
      world.calm = true;
      if (random.below(2) === 0) disk.die("at rest");
      continue;
    }
    break;
  }
  if (theater !== undefined) {
    const house: Theater = theater;
    void house.stop();
    while (await world.step()) { /* It ends what it has in hand. */ }
    if (theater as Theater | undefined !== undefined) unexpected.push("the house does not close");
  }
  const reader = disk.reader();
  const problems = [...unexpected, ...findProblems(reader, asked)];
  const turns = reader.actors().reduce((sum, row) => sum + row.turns, 0);
  return { problems, trace, lives: world.life() + 1, turns };
}

/** A disk that fails, and dies with its host, when the seed says so. */
function createDisk(world: World, { tamper, lyingDisk }: Sabotage, note: (text: string) => void) {
  const { random } = world;
  let log: MemoryLog = createMemoryLog();
  let journal: (readonly Write[])[] = [];
  let store: LogStore | undefined;
  let dead = false;
  let failed = false;

  function die(how: string): Error {
    dead = true;
    note(`the host dies ${how}`);
    return new Error("the host is gone");
  }

  return {
    dead: () => dead,
    hasFailed: () => failed,
    die,
    reader: () => log.openLogReader(),
    close() {
      store?.close();
      store = undefined;
    },
    revive() {
      store?.close();
      store = undefined;
      dead = false;
      if (lyingDisk !== true || journal.length < 2) return;
      journal = journal.slice(0, -1);
      log = createMemoryLog();
      const again = log.openLog();
      for (const writes of journal) again.commit(writes);
      again.close();
    },
    open(): LogStore {
      const own = log.openLog();
      const life = world.life();
      store = own;
      failed = false;
      const write = (writes: readonly Write[]) => {
        const positions = own.commit(tamper === undefined ? writes : tamper(writes));
        journal.push(writes);
        return positions;
      };
      return {
        ...own,
        close: () => {},
        commit(writes) {
          if (dead || life !== world.life()) throw new Error("the host is gone");
          if (!world.calm && random.below(60) === 0) {
            switch (random.below(4)) {
              case 0:
                throw die("before a commit");
              case 1:
                write(writes);
                throw die("after a commit that nobody heard of");
              case 2:
                failed = true;
                note("the disk is full");
                throw new StoreError({ code: "full", path: "memory", message: "full" });
              case 3:
                failed = true;
                write(writes);
                note("a commit is done, and reported as failed");
                throw new StoreError({ code: "io", path: "memory", message: "no answer" });
            }
          }
          return write(writes);
        },
      };
    },
  };
}

async function randomTree(random: Random): Promise<ManifestTree> {
  const padding = random.below(2) === 0 ? "" : "x".repeat(3000);
  const supervisor = () =>
    `{ strategy = "${random.oneOf(["one_for_one", "one_for_all", "rest_for_one"])}", intensity = ${
      random.below(5)
    }, period_ms = ${random.oneOf([50, 5000])}, backoff_ms = ${random.oneOf([0, 0, 20])}, news = ${
      random.below(2) === 0
    } }`;
  const policy = () =>
    `restart = "${random.oneOf(["permanent", "permanent", "transient", "temporary"])}"\non_restart = "${
      random.oneOf(["keep", "keep", "fresh"])
    }"\nshutdown_ms = ${random.oneOf([5, 100])}\n`;
  const actor = () =>
    `component = "simulated.wasm"\nparams = { padding = "${padding}" }\npermissions = { timers = true }\n` +
    `limits = { mailbox = ${random.oneOf([3, 100, 100])} }\n`;
  const files: Record<string, string> = {
    "bank.toml": `name = "bank"\n${actor()}supervisor = ${supervisor()}\n` +
      `[[child]]\nname = "a"\nmanifest = "leaf.toml"\n${policy()}` +
      `[[child]]\nname = "b"\nmanifest = "b.toml"\n${policy()}`,
    "leaf.toml": `name = "leaf"\n${actor()}`,
    "b.toml": `name = "b"\n${actor()}supervisor = ${supervisor()}\n` +
      `[[child]]\nname = "c"\nmanifest = "leaf.toml"\n${policy()}` +
      `[[child]]\nname = "d"\nmanifest = "leaf.toml"\n${policy()}`,
  };
  return await loadManifest("bank.toml", {
    readText: (path) => Promise.resolve(files[path] ?? ""),
  });
}

function randomMessages(random: Random): Asked[] {
  return Array.from({ length: 4 + random.below(10) }, (_, n): Asked => ({
    to: random.oneOf(addresses),
    body: JSON.stringify(randomBody(random, 3)),
    key: random.below(4) === 0 ? undefined : `key ${n}`,
    wait: random.oneOf(["response", "response", "acceptance"]),
  }));
}

function randomBody(random: Random, depth: number): Body {
  const steps: Step[] = [];
  for (let n = depth === 0 ? 0 : random.below(4); n > 0; n--) steps.push(randomStep(random, depth - 1));
  return { do: steps };
}

function randomStep(random: Random, depth: number): Step {
  switch (random.below(12)) {
    case 0:
    case 1:
    case 2:
      return [
        "send",
        random.oneOf([...addresses, "nobody"] as [string, ...string[]]),
        randomBody(random, depth),
      ];
    case 3:
    case 4:
    case 5:
      return ["request", random.oneOf(addresses), randomBody(random, depth), random.oneOf([1, 30, 2000])];
    case 6:
    case 7:
      return ["timer", random.oneOf([0, 20, 300]), randomBody(random, depth)];
    case 8:
      return ["defer"];
    case 9:
      return ["reply"];
    case 10:
      return [random.oneOf(["cancel", "refuse"])];
    default:
      return [random.oneOf(["trap", "trap", "exit"])];
  }
}
