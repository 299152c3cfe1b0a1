import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { test } from "node:test";
import {
  adopt,
  type ChildPolicy,
  decide,
  DEFAULT_POLICY,
  DEFAULT_SUPERVISOR,
  type Exit,
  type Family,
  type FamilyEvent,
  type Order,
  type Restart,
  started,
  type Strategy,
  type Supervisor,
} from "./mod.ts";

function familyOf(settings: Partial<Supervisor>, policies: readonly Partial<ChildPolicy>[]): Family {
  const empty: Family = {
    address: "top",
    settings: { ...DEFAULT_SUPERVISOR, ...settings },
    children: [],
    restartsMs: [],
  };
  return policies.reduce<Family>(
    (family, policy, n) =>
      adopt(family, {
        address: "abcdef"[n] ?? "?",
        policy: { ...DEFAULT_POLICY, ...policy },
        declared: true,
      }),
    empty,
  );
}

function exit(child: string, how: Exit, atMs: number, random = 0.5): FamilyEvent {
  return { event: "exit", child, how, reason: "why", atMs, random };
}

/** What is done, in words. */
function words(orders: readonly Order[]): string[] {
  return orders.flatMap((order) => {
    switch (order.order) {
      case "stop":
        return [`terminate ${order.child}`];
      case "note":
        return [];
      case "start":
        return order.children.map((child) => `start ${child}`);
      case "end":
        return ["exit shutdown"];
    }
  });
}

/**
 * A supervisor written after the text of OTP's manual and nothing else: processes that live or not, changed in
 * place, and a list of what is done.
 */
function naive(strategy: Strategy, intensity: number, periodMs: number, auto: string, children: Naive[]) {
  let restarts: number[] = [];
  let dead = false;
  const terminate = (child: Naive, done: string[]) => {
    if (child.alive) done.push(`terminate ${child.id}`);
    child.alive = false;
  };
  const forget = (child: Naive) => void children.splice(children.indexOf(child), 1);
  const shutdown = (done: string[]) => {
    for (const child of [...children].reverse()) terminate(child, done);
    done.push("exit shutdown");
    dead = true;
  };
  return {
    alive: () => children.filter(({ alive }) => alive).map(({ id }) => id),
    dead: () => dead,
    exit(id: string, how: Exit, atMs: number): string[] {
      const done: string[] = [];
      const child = children.find((each) => each.id === id);
      if (dead || child?.alive !== true) return done;
      child.alive = false;
      const abnormal = how === "crash";
      const again = child.restart === "permanent" || child.restart === "transient" && abnormal;
      if (!again) {
        if (child.restart === "temporary") forget(child);
        const others = children.some((each) => each.significant && each.alive);
        if (child.significant && (auto === "any_significant" || auto === "all_significant" && !others)) {
          shutdown(done);
        }
        return done;
      }
      restarts = [...restarts, atMs].filter((time) => atMs - time <= periodMs);
      if (restarts.length > intensity) {
        shutdown(done);
        return done;
      }
      const from = strategy === "rest_for_one" ? children.indexOf(child) : 0;
      const group = strategy === "one_for_one" ? [child] : children.slice(from);
      for (const each of [...group].reverse()) {
        terminate(each, done);
        if (each.restart === "temporary") forget(each);
      }
      for (const each of group) {
        if (each.restart === "temporary") continue;
        each.alive = true;
        done.push(`start ${each.id}`);
      }
      return done;
    },
  };
}

interface Naive {
  readonly id: string;
  readonly restart: Restart;
  readonly significant: boolean;
  alive: boolean;
}

function* choices<T>(from: readonly T[], length: number): Generator<T[]> {
  if (length === 0) return yield [];
  for (const rest of choices(from, length - 1)) for (const each of from) yield [...rest, each];
}

const restarts: readonly Restart[] = ["permanent", "transient", "temporary"];
const strategies: readonly Strategy[] = ["one_for_one", "one_for_all", "rest_for_one"];

test("decide() does what OTP's manual says, for every family of up to three and two or three exits", () => {
  const periodMs = 1000;
  const steps = ["a", "b", "c"].flatMap((id) =>
    (["normal", "shutdown", "crash"] as const).flatMap((how) =>
      [1, 1001].map((later) => ({ id, how, later }))
    )
  );
  let compared = 0;
  for (const size of [1, 2, 3]) {
    for (const kinds of choices(restarts, size)) {
      for (const strategy of strategies) {
        for (const intensity of [0, 1, 2]) {
          for (const run of choices(steps.filter(({ id }) => "abc".indexOf(id) < size), size === 3 ? 2 : 3)) {
            const own = naive(
              strategy,
              intensity,
              periodMs,
              "never",
              kinds.map((restart, n) => ({ id: "abc"[n] ?? "", restart, significant: false, alive: true })),
            );
            let family = familyOf({ strategy, intensity, periodMs }, kinds.map((restart) => ({ restart })));
            let atMs = 0;
            for (const { id, how, later } of run) {
              atMs += later;
              const decided = own.dead() ? { family, orders: [] } : decide(family, exit(id, how, atMs));
              family = decided.family;
              const about = JSON.stringify({ kinds, strategy, intensity, run });
              deepStrictEqual(words(decided.orders), own.exit(id, how, atMs), about);
              const up = family.children.filter(({ standing }) => standing === "up");
              strictEqual(up.map(({ address }) => address).join(), own.alive().join(), about);
              compared += 1;
            }
          }
        }
      }
    }
  }
  ok(compared > 100_000, `${compared}`);
});

test("significant children end their parent as OTP's manual says, whichever ends in whatever order", () => {
  const kinds = (["transient", "temporary"] as const).flatMap((restart) =>
    [false, true].map((significant) => ({ restart, significant }))
  );
  for (const autoShutdown of ["never", "any_significant", "all_significant"] as const) {
    for (const policies of choices(kinds, 3)) {
      for (const order of [["a", "b", "c"], ["a", "c", "b"], ["b", "a", "c"], ["c", "b", "a"]]) {
        const own = naive(
          "one_for_one",
          1,
          5000,
          autoShutdown,
          policies.map((policy, n) => ({ id: "abc"[n] ?? "", ...policy, alive: true })),
        );
        let family = familyOf({ autoShutdown }, policies);
        for (const [n, id] of order.entries()) {
          const decided = own.dead() ? { family, orders: [] } : decide(family, exit(id, "normal", n));
          family = decided.family;
          deepStrictEqual(words(decided.orders), own.exit(id, "normal", n));
        }
      }
    }
  }
});

test("every decision names its rule, its counters and who led to it", () => {
  const family = familyOf({ strategy: "one_for_all", intensity: 1 }, [{}, { restart: "temporary" }, {}]);
  const first = decide(family, exit("a", "crash", 0));
  const verdict = { by: "a", restarts: 1, delayMs: 0, reason: "a has ended: why" };
  deepStrictEqual(first.orders, [
    { order: "note", child: "a", verdict: { ...verdict, decision: "restart", rule: "crash", reason: "why" } },
    {
      order: "stop",
      child: "c",
      shutdownMs: 5000,
      verdict: { ...verdict, decision: "restart", rule: "sibling" },
    },
    {
      order: "stop",
      child: "b",
      shutdownMs: 5000,
      verdict: { ...verdict, decision: "stop", rule: "sibling" },
    },
    { order: "start", children: ["a", "c"], delayMs: 0 },
  ]);
  const reason = "c ended 2 times within 5000 ms: why";
  const second = { by: "c", restarts: 2, delayMs: 0 };
  deepStrictEqual(decide(first.family, exit("c", "crash", 5000)).orders, [
    {
      order: "note",
      child: "c",
      verdict: { ...second, decision: "give_up", rule: "intensity", reason: "why" },
    },
    {
      order: "stop",
      child: "a",
      shutdownMs: 5000,
      verdict: { ...second, decision: "stop", rule: "parent", reason },
    },
    { order: "end", reason },
  ]);
  const kept = decide(familyOf({}, [{ restart: "transient" }]), exit("a", "shutdown", 0)).orders;
  deepStrictEqual(kept, [{
    order: "note",
    child: "a",
    verdict: { decision: "stop", rule: "kept", by: "a", restarts: 0, delayMs: 0, reason: "why" },
  }]);
});

test("the backoff doubles up to its maximum, and chance takes up to half of it", () => {
  const settings = { intensity: 100, backoffMs: 100, backoffMaxMs: 1000, periodMs: 60_000 };
  const delays = (random: number) => {
    let family = familyOf(settings, [{}]);
    return [0, 1, 2, 3, 4, 5].map((atMs) => {
      const { family: next, orders } = decide(family, exit("a", "crash", atMs, random));
      strictEqual(next.children[0]?.standing, "waiting");
      family = started(next, ["a"]);
      const start = orders.at(-1);
      return start?.order === "start" ? start.delayMs : -1;
    });
  };
  deepStrictEqual(delays(0), [50, 100, 200, 400, 500, 500]);
  deepStrictEqual(delays(1 - Number.EPSILON), [99, 199, 399, 799, 999, 999]);
});

test("a child that waits to be started is restarted with its siblings, and is not told to end", () => {
  const family = familyOf({ strategy: "one_for_all", intensity: 9, backoffMs: 10 }, [{}, {}]);
  const { family: waiting } = decide(family, exit("a", "crash", 0));
  deepStrictEqual(waiting.children.map(({ standing }) => standing), ["waiting", "waiting"]);
  deepStrictEqual(decide(waiting, exit("b", "crash", 1)).orders, []);
  const half = started(waiting, ["a"]);
  deepStrictEqual(words(decide(half, exit("a", "crash", 1)).orders), ["start a", "start b"]);
});

test("wishes are done without counting, and end nobody else", () => {
  const family = familyOf({ strategy: "one_for_all", intensity: 0, autoShutdown: "any_significant" }, [
    { restart: "transient", significant: true },
    { restart: "temporary", significant: true },
  ]);
  const ask = (event: "stop" | "restart", child: string, of: Family) =>
    decide(of, { event, child, by: "outside", reason: "as told" });
  const restarted = ask("restart", "a", family);
  deepStrictEqual(words(restarted.orders), ["terminate a", "start a"]);
  deepStrictEqual(restarted.family.restartsMs, []);
  const stopped = ask("stop", "a", family);
  deepStrictEqual(words(stopped.orders), ["terminate a"]);
  deepStrictEqual(ask("stop", "a", stopped.family).orders, []);
  deepStrictEqual(words(ask("restart", "a", stopped.family).orders), ["start a"]);
  const gone = ask("stop", "b", family);
  deepStrictEqual(gone.family.children.map(({ address }) => address), ["a"]);
  deepStrictEqual(ask("restart", "b", gone.family).orders, []);
});

test("a supervisor that ends ends its children in reverse order; one that comes back knows those it declares", () => {
  const spawned = adopt(familyOf({}, [{}, { restart: "transient" }]), {
    address: "d",
    policy: DEFAULT_POLICY,
    declared: false,
  });
  const { family } = decide(spawned, exit("b", "normal", 0));
  const end = (again: boolean) => decide(family, { event: "end", by: "top", again, reason: "why" });
  deepStrictEqual(words(end(false).orders), ["terminate d", "terminate a"]);
  deepStrictEqual(
    end(true).orders.map((order) =>
      (order.order === "stop" || order.order === "note") &&
      [order.order, order.child, order.verdict.decision, order.verdict.rule]
    ),
    [
      ["stop", "d", "stop", "parent"],
      ["note", "b", "restart", "parent"],
      ["stop", "a", "restart", "parent"],
    ],
  );
  deepStrictEqual(end(true).family.children.map(({ address, standing }) => [address, standing]), [
    ["a", "down"],
    ["b", "down"],
  ]);
  deepStrictEqual(end(true).family.restartsMs, []);
});
