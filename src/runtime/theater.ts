import {
  type Actor,
  type ActorDefinition,
  type ActorEvent,
  type ActorPast,
  type ActorPorts,
  type Answer,
  createActor,
  createSupervisionTree,
  hostAddress,
  recall,
} from "../actor/mod.ts";
import { parentAddress } from "../address/mod.ts";
import { encodeUtf8 } from "../codec/mod.ts";
import type { ManifestTree } from "../manifest/mod.ts";
import type { ReplayPorts } from "../replay/mod.ts";
import {
  createCommitQueue,
  type LogStore,
  type RequestRow,
  type TimerRow,
  type Write,
} from "../store/mod.ts";
import type { ComponentBytes } from "./component_bytes.ts";
import { checkComponent, defineActor } from "./definition.ts";
import { createLoader, type LoadComponent } from "./loader.ts";
import { commitUntilFailure } from "./commit_until_failure.ts";
import { createDueClock } from "./due_clock.ts";
import { type Machine, thisMachine } from "./machine.ts";
import { findPast, incarnationsOf } from "./past.ts";
import { openReception, type OutsideMessage, undeliveredText } from "./reception.ts";
import { createRoster } from "./roster.ts";
import { recordedSetup } from "./recorded_setup.ts";
import { RuntimeError } from "./runtime_error.ts";
import { openSealing, type Sealing, type SigningKeyFacts } from "./sealing.ts";
import { type WishAnswer, wishAnswer, type WishRequest } from "./wish.ts";
import { upgradeActor, type UpgradeAnswer, type UpgradeRequest } from "./upgrade.ts";

/** What to open. */
export interface TheaterOptions {
  readonly tree: ManifestTree;
  /** The log, opened for writing. The theater closes it when it stops. */
  readonly store: LogStore;
  /** Lets actors go on with another component or manifest than the log has. */
  readonly upgrade?: boolean;
  /**
   * Where keys and signed heads are kept, apart from the log. Without it the log
   * is not sealed, and nothing is signed.
   */
  readonly dataFolder?: string;
  /** Told when a seal failed; what was recorded is not touched by it. */
  readonly sealFailed?: (error: unknown) => void;
  /** Keeps generated code and bundles from one start to the next. */
  readonly cacheFolder?: string;
  /** Loads components, if that has begun already. @default a new loader for the folder */
  readonly load?: LoadComponent;
  /** Ends every turn at once, and the house, also while it is being opened. */
  readonly killed?: AbortSignal;
  /** A new activation begins after so many turns. @default 10,000, so that replaying one stays within seconds */
  readonly turnsPerActivation?: number;
  /** Most workers at a time. @default what the manifest of the root says, which need be nothing */
  readonly maxActive?: number;
  /** Told what happens to the actors. */
  readonly observe?: (event: ActorEvent) => void;
  /** What the house stands on. @default the machine that this program runs on */
  readonly machine?: Machine;
}

/** An actor of a manifest, with what it is made of. */
interface Defined {
  readonly node: ManifestTree;
  readonly component: ComponentBytes;
  readonly definition: ActorDefinition;
}

/** An actor that may be made, once all may. */
interface Prepared extends Defined {
  readonly past: ActorPast;
}

/** A house of actors at work. */
export interface Theater {
  /** Address of the root actor. */
  readonly root: string;
  readonly addresses: readonly string[];
  /** Sends a message from outside; settles with what became of it, never before it is durable. */
  send(message: OutsideMessage): Promise<Answer>;
  /**
   * Lets an actor go on with another component or manifest after the turn in hand, as a new activation on the
   * state that it has; settles when that is durable.
   */
  upgrade(request: UpgradeRequest): Promise<UpgradeAnswer>;
  /** Ends an actor, starts one again, or stops the house; settles when that is done. */
  wish(request: WishRequest): Promise<WishAnswer>;
  /** The key with which the node of the log signs; absent where it does not. */
  readonly key?: SigningKeyFacts;
  /**
   * Seals all that is committed.
   *
   * @returns the signed checkpoint of the node, durable; undefined where nothing is signed
   * @throws {SealError | StoreError}
   */
  checkpoint(): Promise<string | undefined>;
  /** Settles when the theater has closed: in order, or with the error for which it closed. */
  readonly closed: Promise<void>;
  /** Ends every actor after the turn in hand, and closes the log. Never throws: `closed` tells. */
  stop(): Promise<void>;
  /** Stops, and cuts every turn in hand. */
  kill(): void;
}

/**
 * Opens a house: every actor of the manifests goes on where the log left it, or
 * begins.
 *
 * @throws {RuntimeError | ManifestError | ComponentError | ScriptError | ReplayError | StoreError | SealError}
 */
export async function openTheater(options: TheaterOptions): Promise<Theater> {
  const { tree, store } = options;
  const load = options.load ?? createLoader(options.cacheFolder);
  const machine = options.machine ?? thisMachine;
  const queue = createCommitQueue({ commit: commitUntilFailure(store) }, { soon: machine.soon });
  const actors = new Map<string, Actor>();
  /** What each actor is made of, as it is now. */
  const defined = new Map<string, Pick<Defined, "node" | "definition">>();
  const messageBytesMax = (address: string) => defined.get(address)?.node.manifest.limits.messageBytes ?? 0;
  const closed = Promise.withResolvers<void>();
  closed.promise.catch(() => {}); // Whoever awaits it hears of it; nobody has to.
  let stopping: Promise<void> | undefined;
  let failure: RuntimeError | undefined;
  let sealing: Sealing | undefined;

  const timers = createDueClock<TimerRow>(machine, ({ timer }) => timer, fireTimer);
  const requests = createDueClock<RequestRow>(
    machine,
    ({ request }) => request,
    ({ address, request }) => actors.get(address)?.expire(request),
  );
  const replay: ReplayPorts = {
    start: machine.startReplaying,
    load: (reader, address, keyframe) => recordedSetup(reader, address, keyframe, load),
  };
  const salt = () => machine.randomBytes(16);
  const reception = openReception({ actor: (address) => actors.get(address), messageBytesMax, salt });
  const roster = createRoster(machine, options.maxActive ?? tree.manifest.maxActive ?? Infinity);
  const delayed = new Set<() => void>();
  function after(ms: number, work: () => void) {
    if (stopping !== undefined) return;
    const takeBack = machine.after(ms, () => {
      delayed.delete(takeBack);
      work();
    });
    delayed.add(takeBack);
  }
  const observe = (event: ActorEvent) => options.observe?.(event);
  const supervision = createSupervisionTree({
    nowMs: machine.nowMs,
    after,
    random: () => new DataView(machine.randomBytes(4).buffer).getUint32(0) / 2 ** 32,
    observe,
    rootRestartsMs: store.restarts(hostAddress).map(({ timeMs }) => timeMs),
    ended: () => void stop(),
  });
  const ports: ActorPorts = {
    nowMs: machine.nowMs,
    salt,
    commit: (writes) => sealing === undefined ? queue.enqueue(writes) : sealing.commit(writes),
    startWorker: machine.startWorker,
    places: roster,
    reserve(address, bytes) {
      const actor = actors.get(address);
      if (actor === undefined) return "no_such_actor";
      if (bytes > messageBytesMax(address)) return "too_large";
      return actor.reserve();
    },
    deliver: (address, mail) => actors.get(address)?.deliver(mail),
    timerSet: timers.set,
    timerGone: timers.cancel,
    requestSet: requests.set,
    requestGone: requests.cancel,
    requestAt: (address, seq) => actors.get(address)?.requestAt(seq),
    claim: (address, request) => actors.get(address)?.claim(request),
    recall: (address, key, body) => recall(store, address, key, body),
    commitFailed(error) {
      const detail = error instanceof Error ? error.message : String(error);
      failure ??= new RuntimeError({ code: "commit_failed", detail }, { cause: error });
      kill();
    },
    after,
    exited: supervision.exited,
    revived: supervision.revived,
    incarnations: (address) => incarnationsOf(store, address),
    observe,
  };

  function fireTimer({ address, timer, body, salt, cause }: TimerRow) {
    actors.get(address)?.post({
      type: "timer",
      from: address,
      body: new TextDecoder().decode(body),
      salt,
      timer,
      cause,
    });
  }

  async function define(node: ManifestTree): Promise<Defined> {
    const { address, manifest } = node;
    const component = await readComponent(node);
    const caps = { memoryBytes: manifest.limits.memoryBytes, stackUnits: manifest.limits.stackUnits };
    const loaded = await load(component.bytes, caps);
    checkComponent(address, loaded.type, manifest.permissions, component.script !== undefined);
    const definition = defineActor(store.node, node, component, loaded, {
      key: sealing?.actorKey(address),
      turnsPerActivation: options.turnsPerActivation,
    });
    return { node, component, definition };
  }

  /** Requests without a reply, by whom they ask. */
  type Asked = ReadonlyMap<string, readonly RequestRow[]>;

  async function prepare(node: ManifestTree, asked: Asked): Promise<Prepared> {
    const made = await define(node);
    const { definition } = made;
    const upgrade = options.upgrade ?? false;
    return {
      ...made,
      past: await findPast(store, definition, replay, upgrade, asked.get(node.address) ?? []),
    };
  }

  async function prepareAll(node: ManifestTree, asked: Asked): Promise<Prepared[]> {
    const all = [await prepare(node, asked)];
    for (const child of node.children) all.push(...await prepareAll(child, asked));
    return all;
  }

  async function readComponent({ address, path, manifest }: ManifestTree): Promise<ComponentBytes> {
    try {
      return await machine.readComponent(manifest.component, {
        manifestPath: path,
        bytesMax: manifest.limits.componentBytes,
        cacheFolder: options.cacheFolder,
      });
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      throw new RuntimeError({ code: "component_unavailable", address, detail }, { cause: error });
    }
  }

  function keepBlobs(components: readonly ComponentBytes[]) {
    const blobs = new Map<string, Uint8Array>();
    for (const { bytes, sha256, script } of components) {
      blobs.set(sha256, bytes);
      if (script !== undefined) blobs.set(script.sha256, encodeUtf8(script.source));
    }
    const writes: Write[] = [];
    for (const [sha256, bytes] of blobs) {
      if (store.blob(sha256) === undefined) writes.push({ write: "blob", sha256, bytes });
    }
    if (writes.length > 0) store.commit(writes);
  }

  /**
   * Makes all actors before any begins, so that none sends to one that is not there yet; and prepares all
   * before it makes any, so that a start that is refused leaves the log as it was.
   */
  async function create(): Promise<void> {
    if (options.dataFolder !== undefined) {
      sealing = openSealing(store, queue, options.dataFolder, options.sealFailed ?? (() => {}));
    }
    const all = await prepareAll(tree, Map.groupBy(store.requests(), ({ to }) => to));
    sealing?.begin();
    keepBlobs(all.map(({ component }) => component));
    for (const { node, definition, past } of all) {
      defined.set(node.address, { node, definition });
      // The root begins in any case: that it does not is worth knowing now.
      const actor = createActor(definition, node === tree ? { ...past, asleep: false } : past, ports);
      actors.set(node.address, actor);
      supervision.add({
        actor,
        // The root has ended when it says so; what is below is what its manifest says.
        policy: node === tree ? { ...node.policy, restart: "transient" } : node.policy,
        parent: parentAddress(node.address) ?? hostAddress,
        declared: true,
        supervisor: node.manifest.supervisor,
        restartsMs: store.restarts(node.address).map(({ timeMs }) => timeMs),
      });
    }
    for (const timer of store.timers()) timers.set(timer);
    for (const request of store.requests()) requests.set(request);
  }

  async function close(): Promise<void> {
    supervision.close();
    for (const takeBack of delayed) takeBack();
    timers.stop();
    requests.stop();
    roster.stop();
    await Promise.all([...actors.values()].reverse().map((actor) => actor.stop()));
    await sealing?.stop(failure === undefined);
    store.close();
    if (failure === undefined) closed.resolve();
    else closed.reject(failure);
    const detail = failure === undefined ? "the host is stopping" : "the log cannot be written";
    reception.close(detail);
  }

  function stop(): Promise<void> {
    return stopping ??= close();
  }

  function kill() {
    void stop();
    for (const actor of actors.values()) actor.kill();
  }

  try {
    await create();
    if (options.killed?.aborted) kill();
    options.killed?.addEventListener("abort", kill);
    await supervision.begin(tree.address);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    root: tree.address,
    addresses: [...actors.keys()],
    ...(sealing !== undefined && { key: sealing.key }),
    checkpoint: async () => (await sealing?.seal())?.note,
    closed: closed.promise,
    send: reception.send,
    async wish({ wish, address }) {
      if (address === undefined) {
        await stop();
        return { answer: "done" };
      }
      return wishAnswer(address, await supervision.ask(wish, address, hostAddress, "asked for from outside"));
    },
    async upgrade(request) {
      const { address } = request;
      const actor = actors.get(address);
      const made = defined.get(address);
      if (actor === undefined || made === undefined) {
        const detail = undeliveredText(address, "no_such_actor");
        return { answer: "not-upgraded", code: "no_such_actor", detail };
      }
      const parent = defined.get(parentAddress(address) ?? "")?.node;
      const { answer, next } = await upgradeActor(
        { ...made, parent, define, keep: (component) => keepBlobs([component]), upgrade: actor.upgrade },
        request,
      );
      if (next !== undefined) defined.set(address, next);
      return answer;
    },
    stop,
    kill,
  };
}
