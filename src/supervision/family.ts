import type { SupervisorDecision, SupervisorRule } from "../chain/mod.ts";
import type { ChildPolicy, Supervisor } from "./settings.ts";

/** How a child stands: it runs, waits to be started again, or neither. */
export type Standing = "up" | "waiting" | "down";

/** A child of a supervisor. */
export interface FamilyChild {
  readonly address: string;
  readonly policy: ChildPolicy;
  /** Whether the manifest of its parent declares it; one that was spawned does not outlive that parent's restart. */
  readonly declared: boolean;
  readonly standing: Standing;
}

/** A supervisor and its children. Never changed: a decision gives another. */
export interface Family {
  /** Address of the supervisor, or `outside`. */
  readonly address: string;
  readonly settings: Supervisor;
  /** In the order in which they are started. */
  readonly children: readonly FamilyChild[];
  /** When it restarted children, as far back as it counts; milliseconds since 1970, in order. */
  readonly restartsMs: readonly number[];
}

/** How an actor ended: as it wished, as its supervisor part gave up or was told to, or badly. */
export type Exit = "normal" | "shutdown" | "crash";

/** What happens to a family. */
export type FamilyEvent =
  | {
    /** A child ended by itself. */
    readonly event: "exit";
    readonly child: string;
    readonly how: Exit;
    readonly reason: string;
    /** Milliseconds since 1970. */
    readonly atMs: number;
    /** At least 0, less than 1: shortens the backoff. */
    readonly random: number;
  }
  | {
    /** Somebody wants a child to end, or to be started again. */
    readonly event: "stop" | "restart";
    readonly child: string;
    readonly by: string;
    readonly reason: string;
  }
  | {
    /** The supervisor itself ends, perhaps to be started again. */
    readonly event: "end";
    readonly by: string;
    readonly again: boolean;
    readonly reason: string;
  };

/** What is written down of a decision, in the chain of the child. */
export interface Verdict {
  readonly decision: SupervisorDecision;
  readonly rule: SupervisorRule;
  readonly by: string;
  /** Restarts within the period, this one included. */
  readonly restarts: number;
  readonly delayMs: number;
  readonly reason: string;
}

/** What a supervisor does, one after the other, each done before the next. */
export type Order =
  /** A child that runs is told to end. */
  | { readonly order: "stop"; readonly child: string; readonly shutdownMs: number; readonly verdict: Verdict }
  /** A decision about a child that does not run. */
  | { readonly order: "note"; readonly child: string; readonly verdict: Verdict }
  /** Children are started, in order; after a wait. */
  | { readonly order: "start"; readonly children: readonly string[]; readonly delayMs: number }
  /** The supervisor itself ends, with `shutdown`; its children have ended. */
  | { readonly order: "end"; readonly reason: string };

/** What came of an event. */
export interface Decided {
  readonly family: Family;
  readonly orders: readonly Order[];
}

/**
 * Decides what a supervisor does, by the rules of Erlang/OTP's `supervisor`.
 *
 * Whoever carries the orders out tells of children that could not be started as
 * of others that ended, and of those that waited by {@linkcode started}.
 */
export function decide(family: Family, event: FamilyEvent): Decided {
  switch (event.event) {
    case "exit":
      return decideExit(family, event);
    case "stop":
      return stopAsked(family, event);
    case "restart":
      return restartAsked(family, event);
    case "end":
      return endFamily(family, event);
  }
}

/** Children that waited have been started. */
export function started(family: Family, addresses: readonly string[]): Family {
  return withStanding(family, addresses, "up");
}

/** Adds a child that is being started, behind the others; in place of one of this address. */
export function adopt(family: Family, child: Omit<FamilyChild, "standing">): Family {
  const others = family.children.filter(({ address }) => address !== child.address);
  return { ...family, children: [...others, { ...child, standing: "up" }] };
}

type ExitEvent = FamilyEvent & { readonly event: "exit" };

function decideExit(family: Family, event: ExitEvent): Decided {
  const child = childAt(family, event.child);
  if (child?.standing !== "up") return { family, orders: [] };
  const { restart } = child.policy;
  if (restart === "permanent" || restart === "transient" && event.how === "crash") {
    return restartAfter(family, child, event);
  }
  return keepDown(family, child, event);
}

/** It is not started again. */
function keepDown(family: Family, child: FamilyChild, { atMs, reason }: ExitEvent): Decided {
  const restarts = recent(family, atMs).length;
  const by = child.address;
  const verdict: Verdict = { decision: "stop", rule: "kept", by, restarts, delayMs: 0, reason };
  const note: Order = { order: "note", child: by, verdict };
  const left = without(family, child);
  if (!endsFamily(left, child)) return { family: left, orders: [note] };
  const why = `its significant child ${by} has ended`;
  const ended = stopAll(left, by, why, restarts);
  return { family: ended.family, orders: [note, ...ended.orders, { order: "end", reason: why }] };
}

/** Whether the end of a child ends its family (OTP: auto_shutdown). @param family without it */
function endsFamily({ settings, children }: Family, { address, policy }: FamilyChild): boolean {
  if (!policy.significant) return false;
  switch (settings.autoShutdown) {
    case "never":
      return false;
    case "any_significant":
      return true;
    case "all_significant":
      return !children.some((other) =>
        other.address !== address && other.policy.significant && other.standing !== "down"
      );
  }
}

function restartAfter(family: Family, child: FamilyChild, { atMs, random, reason }: ExitEvent): Decided {
  const { settings, children } = family;
  const restartsMs = [...recent(family, atMs), atMs];
  const restarts = restartsMs.length;
  const by = child.address;
  if (restarts > settings.intensity) {
    const verdict: Verdict = { decision: "give_up", rule: "intensity", by, restarts, delayMs: 0, reason };
    const why = `${by} ended ${restarts} times within ${settings.periodMs} ms: ${reason}`;
    const ended = stopAll(withStanding(family, [by], "down"), by, why, restarts);
    const note: Order = { order: "note", child: by, verdict };
    return { family: ended.family, orders: [note, ...ended.orders, { order: "end", reason: why }] };
  }
  const delayMs = backoffMs(settings, restarts, random);
  const affected = affectedBy(family, child);
  const orders: Order[] = [{
    order: "note",
    child: by,
    verdict: { decision: "restart", rule: "crash", by, restarts, delayMs, reason },
  }];
  for (const other of affected.toReversed()) {
    if (other === child) continue;
    const temporary = other.policy.restart === "temporary";
    const verdict: Verdict = {
      decision: temporary ? "stop" : "restart",
      rule: "sibling",
      by,
      restarts,
      delayMs: temporary ? 0 : delayMs,
      reason: `${by} has ended: ${reason}`,
    };
    orders.push(stopOrNote(other, verdict));
  }
  // As in OTP: a temporary one is forgotten, any other is started, also if it had ended before.
  const again = affected.filter(({ policy }) => policy.restart !== "temporary").map(({ address }) => address);
  const kept = children.filter((other) => !affected.includes(other) || again.includes(other.address));
  orders.push({ order: "start", children: again, delayMs });
  const next = withStanding({ ...family, children: kept, restartsMs }, again, delayMs > 0 ? "waiting" : "up");
  return { family: next, orders };
}

/** Who is restarted with a child, itself included, in order. */
function affectedBy({ settings, children }: Family, child: FamilyChild): readonly FamilyChild[] {
  switch (settings.strategy) {
    case "one_for_one":
      return [child];
    case "one_for_all":
      return children;
    case "rest_for_one":
      return children.slice(children.indexOf(child));
  }
}

/** Exponential, between half of it and all of it, so that what fell together does not rise together. */
function backoffMs({ backoffMs, backoffMaxMs }: Supervisor, restarts: number, random: number): number {
  const longest = Math.min(backoffMs * 2 ** (restarts - 1), backoffMaxMs);
  return Math.floor(longest / 2 + random * longest / 2);
}

type Wish = FamilyEvent & { readonly event: "stop" | "restart" };

function stopAsked(family: Family, { child: address, by, reason }: Wish): Decided {
  const child = childAt(family, address);
  if (child === undefined || child.standing === "down") return { family, orders: [] };
  const restarts = family.restartsMs.length;
  const order = stopOrNote(child, { decision: "stop", rule: "asked", by, restarts, delayMs: 0, reason });
  return { family: without(family, child), orders: [order] };
}

function restartAsked(family: Family, { child: address, by, reason }: Wish): Decided {
  const child = childAt(family, address);
  if (child === undefined) return { family, orders: [] };
  const restarts = family.restartsMs.length;
  const verdict: Verdict = { decision: "restart", rule: "asked", by, restarts, delayMs: 0, reason };
  return {
    family: withStanding(family, [address], "up"),
    orders: [stopOrNote(child, verdict), { order: "start", children: [address], delayMs: 0 }],
  };
}

function endFamily(family: Family, { by, again, reason }: FamilyEvent & { readonly event: "end" }): Decided {
  if (!again) return stopAll(family, by, reason, family.restartsMs.length);
  const restarts = family.restartsMs.length;
  const orders = family.children.toReversed().map((child): Order => {
    const decision = child.declared ? "restart" : "stop";
    return stopOrNote(child, { decision, rule: "parent", by, restarts, delayMs: 0, reason });
  });
  const declared = family.children.filter((child) => child.declared);
  // A supervisor that is started again counts from nothing, and knows those it declares.
  const next = { ...family, children: declared, restartsMs: [] };
  return { family: withStanding(next, declared.map(({ address }) => address), "down"), orders };
}

/** Ends every child that runs or waits, in reverse order of their start. */
function stopAll(family: Family, by: string, reason: string, restarts: number): Decided {
  const verdict: Verdict = { decision: "stop", rule: "parent", by, restarts, delayMs: 0, reason };
  const running = family.children.filter(({ standing }) => standing !== "down").toReversed();
  return {
    family: withStanding(family, running.map(({ address }) => address), "down"),
    orders: running.map((child) => stopOrNote(child, verdict)),
  };
}

function stopOrNote({ address, policy, standing }: FamilyChild, verdict: Verdict): Order {
  return standing === "up"
    ? { order: "stop", child: address, shutdownMs: policy.shutdownMs, verdict }
    : { order: "note", child: address, verdict };
}

/** Restarts that count at a time; as in OTP, one that is as old as the period does. */
function recent({ restartsMs, settings }: Family, atMs: number): readonly number[] {
  return restartsMs.filter((restart) => atMs - restart <= settings.periodMs);
}

/** A child that ended for good: a temporary one is forgotten. */
function without(family: Family, { address, policy }: FamilyChild): Family {
  if (policy.restart !== "temporary") return withStanding(family, [address], "down");
  return { ...family, children: family.children.filter((child) => child.address !== address) };
}

function withStanding(family: Family, addresses: readonly string[], standing: Standing): Family {
  const children = family.children.map((child) =>
    addresses.includes(child.address) ? { ...child, standing } : child
  );
  return { ...family, children };
}

function childAt({ children }: Family, address: string): FamilyChild | undefined {
  return children.find((child) => child.address === address);
}
