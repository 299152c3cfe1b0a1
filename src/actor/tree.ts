import {
  adopt,
  decide,
  type Exit,
  type Family,
  type FamilyEvent,
  type Order,
  started,
  type Supervisor,
  type Verdict,
} from "../supervision/mod.ts";
import type { ChildPolicy } from "../supervision/mod.ts";
import type { Actor, Begun } from "./actor.ts";
import type { ActorExit, ActorPorts } from "./ports.ts";

/** Who supervises the root of the tree. */
export const hostAddress = "outside";

/** An actor in its place in the tree. */
export interface Member {
  readonly actor: Actor;
  /** Address of its parent; {@linkcode hostAddress} of the root. */
  readonly parent: string;
  readonly policy: ChildPolicy;
  /** Whether a manifest declares it. */
  readonly declared: boolean;
  /** How it supervises its own children. */
  readonly supervisor: Supervisor;
  /** Restarts of its children that still count. */
  readonly restartsMs: readonly number[];
}

/** What the tree needs of the house around it. */
export interface TreePorts extends Pick<ActorPorts, "nowMs" | "after" | "observe"> {
  /** Restarts of the root that still count. */
  readonly rootRestartsMs: readonly number[];
  /** At least 0, less than 1. */
  random(): number;
  /** The root has ended for good. */
  ended(how: Exit, reason: string): void;
}

/** What became of a wish. */
export type WishOutcome = "done" | "no_such_actor" | "parent_down" | "already_down";

/** The actors of a house, in their families. */
export interface SupervisionTree {
  /** Adds an actor whose parent is there; it does not begin. */
  add(member: Member): void;
  /** Begins an actor and those below it, in order; settles when all stand, or have failed. */
  begin(address: string): Promise<void>;
  /** An actor has ended by itself. */
  exited(address: string, exit: ActorExit): void;
  /** An actor that had ended runs again. */
  revived(address: string): void;
  /** Somebody wants an actor to end, or to be started again; settles when it is done. */
  ask(event: "stop" | "restart", address: string, by: string, reason: string): Promise<WishOutcome>;
  /** Nothing is decided any more: the house stops. */
  close(): void;
}

interface Node extends Omit<Member, "restartsMs"> {
  family: Family;
  /** Goes up when it is begun: what is heard of an earlier life counts no more. */
  life: number;
}

/**
 * Carries out what is decided about actors: one thing after the other in each
 * family, children before their parents when they end, parents before their
 * children when they start.
 *
 * A family waits only for those below it, so none ever waits for another in a circle.
 */
export function createSupervisionTree(ports: TreePorts): SupervisionTree {
  const nodes = new Map<string, Node>();
  /** What each family is at; the next thing waits for it. */
  const atWork = new Map<string, Promise<unknown>>();
  /** Starts that wait, by child: only the last one counts. */
  const waiting = new Map<string, object>();
  let host: Family | undefined;
  let closed = false;

  function familyOf(address: string): Family | undefined {
    return address === hostAddress ? host : nodes.get(address)?.family;
  }

  function setFamily(family: Family) {
    const node = nodes.get(family.address);
    if (node === undefined) host = family;
    else node.family = family;
  }

  /** Does something in a family when it is at nothing else. */
  function inTurn<T>(family: string, work: () => Promise<T>): Promise<T> {
    const done = (atWork.get(family) ?? Promise.resolve()).then(work);
    atWork.set(family, done.catch(() => {}));
    return done;
  }

  function apply(address: string, event: FamilyEvent): readonly Order[] {
    const family = familyOf(address);
    if (family === undefined || closed) return [];
    const { family: next, orders } = decide(family, event);
    setFamily(next);
    return orders;
  }

  async function carryOut(supervisor: string, orders: readonly Order[]): Promise<void> {
    const restarting = new Set(orders.flatMap((order) => (order.order === "start" ? order.children : [])));
    for (const order of orders) {
      if (closed) return;
      switch (order.order) {
        case "stop":
          await end(order.child, restarting.has(order.child), order.verdict);
          await nodes.get(order.child)?.actor.halt(order.shutdownMs);
          note(supervisor, order.child, order.verdict);
          break;
        case "note":
          await end(order.child, restarting.has(order.child), order.verdict);
          note(supervisor, order.child, order.verdict);
          break;
        case "start":
          await startLater(supervisor, order.children, order.delayMs);
          break;
        case "end":
          if (supervisor === hostAddress) break;
          await endSupervisor(supervisor, order.reason);
          break;
      }
    }
  }

  /** Ends what is below a child that ends. */
  async function end(child: string, again: boolean, { by, reason }: Verdict): Promise<void> {
    if (nodes.get(child)?.family.children.length === 0) return;
    await inTurn(child, () => carryOut(child, apply(child, { event: "end", by, again, reason })));
  }

  /** A supervisor gives up: it ends as if by itself, and its own supervisor decides. */
  async function endSupervisor(address: string, reason: string): Promise<void> {
    const node = nodes.get(address);
    if (node === undefined) return;
    await node.actor.halt(node.policy.shutdownMs);
    void exit(address, "shutdown", reason);
  }

  /** Writes a decision down; tells the parent; and, if it stays down, whoever waits for the child. */
  function note(supervisor: string, address: string, verdict: Verdict, detail = verdict.reason) {
    const node = nodes.get(address);
    const family = familyOf(supervisor);
    if (node === undefined || family === undefined || closed) return;
    const { strategy, intensity, periodMs } = family.settings;
    node.actor.supervise(verdict, { strategy, intensity, periodMs, supervisor, nowMs: ports.nowMs() });
    const { decision, rule, by, reason } = verdict;
    const failed = decision === "give_up" || rule === "crash";
    const ended = failed ? "failed" : "stopped";
    const restarts = decision === "restart";
    const event = decision === "give_up"
      ? "gave_up"
      : restarts
      ? (rule === "crash" ? "crashed" : "restarting")
      : ended;
    // It need not be told what its own end did.
    if (rule !== "parent" || by !== supervisor) tell(supervisor, address, event, reason);
    if (restarts) return;
    node.actor.dismiss(ended, `${address} has ${ended}: ${detail}`);
    ports.observe({ event: ended, address, reason: detail });
  }

  function tell(supervisor: string, child: string, event: string, reason: string) {
    const parent = nodes.get(supervisor);
    const actor = nodes.get(child)?.actor;
    if (parent === undefined || actor === undefined || !parent.supervisor.news) return;
    const { size, hash: head } = actor.head();
    parent.actor.tell({ child, event, size, head, reason });
  }

  async function startLater(supervisor: string, children: readonly string[], delayMs: number): Promise<void> {
    if (delayMs === 0) return await startAll(supervisor, children);
    const start = {};
    for (const child of children) waiting.set(child, start);
    ports.after(delayMs, () =>
      void inTurn(supervisor, async () => {
        const due = children.filter((child) =>
          waiting.get(child) === start && standing(supervisor, child) === "waiting"
        );
        const family = familyOf(supervisor);
        if (family !== undefined) setFamily(started(family, due));
        await startAll(supervisor, due);
      }));
  }

  function standing(supervisor: string, child: string) {
    return familyOf(supervisor)?.children.find(({ address }) => address === child)?.standing;
  }

  /** Starts children one after the other, each with all that is below it. */
  async function startAll(supervisor: string, children: readonly string[], isNews = true): Promise<void> {
    for (const child of children) {
      const node = nodes.get(child);
      if (closed || node === undefined) return;
      waiting.delete(child);
      if (node.policy.onRestart === "fresh") node.actor.reincarnate();
      const begun = await beginOne(node);
      if (begun.begun) {
        if (isNews) tell(supervisor, child, "restarted", "");
        await startBelow(child);
      } else void exit(child, "crash", failure(begun)); // It counts as one more crash.
    }
  }

  function beginOne(node: Node): Promise<Begun> {
    node.life += 1;
    return node.actor.begin();
  }

  /** Starts what an actor that has just begun declares. */
  async function startBelow(address: string): Promise<void> {
    await inTurn(address, async () => {
      const family = familyOf(address);
      if (family === undefined) return;
      // One that somebody has started meanwhile runs already.
      const children = family.children.filter((child) => child.standing !== "up").map((child) =>
        child.address
      );
      setFamily(started(family, children));
      await startAll(address, children, false);
    });
  }

  async function exit(address: string, how: Exit, reason: string): Promise<void> {
    const node = nodes.get(address);
    if (node === undefined) return;
    const { parent, life } = node;
    await inTurn(parent, async () => {
      if (node.life !== life) return; // It was begun again meanwhile.
      const orders = apply(parent, {
        event: "exit",
        child: address,
        how,
        reason,
        atMs: ports.nowMs(),
        random: ports.random(),
      });
      await carryOut(parent, orders);
      if (parent === hostAddress && standing(hostAddress, address) === "down" && !closed) {
        ports.ended(orders.some(({ order }) => order === "end") ? "shutdown" : how, reason);
      }
    });
  }

  /** A first start that fails is not tried again, as it would most likely fail again. */
  function failToStart(node: Node, begun: Begun & { readonly begun: false }) {
    const { address } = node.actor;
    const family = familyOf(node.parent);
    if (family === undefined) return;
    setFamily({
      ...family,
      children: family.children.map((child) =>
        child.address === address ? { ...child, standing: "down" } : child
      ),
    });
    const verdict: Verdict = {
      decision: "stop",
      rule: "crash",
      by: address,
      restarts: family.restartsMs.length,
      delayMs: 0,
      reason: failure(begun),
    };
    note(node.parent, address, verdict, `${begun.reason} (entry ${begun.seq})`);
  }

  async function begin(address: string): Promise<void> {
    const node = nodes.get(address);
    if (node === undefined || closed) return;
    const begun = await beginOne(node);
    if (!begun.begun) return failToStart(node, begun);
    // Should it end meanwhile, what follows from that waits until all below it have begun.
    await inTurn(address, async () => {
      for (const child of node.family.children) await begin(child.address);
    });
  }

  return {
    add({ restartsMs, ...member }) {
      const { address } = member.actor;
      nodes.set(address, {
        ...member,
        family: { address, settings: member.supervisor, children: [], restartsMs },
        life: 0,
      });
      const { parent, policy, declared } = member;
      const family = familyOf(parent) ??
        { address: hostAddress, settings: member.supervisor, children: [], restartsMs: ports.rootRestartsMs };
      setFamily(adopt(family, { address, policy, declared }));
    },
    begin,
    exited: (address, { how, reason }) => void exit(address, how, reason),
    revived(address) {
      const parent = nodes.get(address)?.parent;
      const family = parent === undefined ? undefined : familyOf(parent);
      if (family !== undefined) setFamily(started(family, [address]));
    },
    async ask(event, address, by, reason) {
      const node = nodes.get(address);
      if (node === undefined) return "no_such_actor";
      const { parent } = node;
      return await inTurn(parent, async () => {
        const above = nodes.get(parent);
        if (above !== undefined && standing(above.parent, parent) !== "up") return "parent_down";
        const orders = apply(parent, { event, child: address, by, reason });
        await carryOut(parent, orders);
        if (parent === hostAddress && standing(hostAddress, address) === "down") {
          ports.ended("normal", reason);
        }
        if (orders.length === 0) {
          return standing(parent, address) === undefined ? "no_such_actor" : "already_down";
        }
        return "done";
      });
    },
    close: () => void (closed = true),
  };
}

/** Why it did not begin; what was said stands in its own chain. */
function failure({ code, seq }: Begun & { readonly begun: false }): string {
  return `${code} (entry ${seq})`;
}
