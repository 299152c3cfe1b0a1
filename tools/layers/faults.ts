import { findCycles } from "./cycles.ts";
import { type Graph, type Import, isTest, placeOf, roomOf } from "./graph.ts";
import type { Plan } from "./plan.ts";
import { docstringFaults } from "./window.ts";
import { runtimeNames } from "./runtime_names.ts";

/** One thing that is not as the plan says. */
export interface Fault {
  readonly path: string;
  /** One-based. */
  readonly line: number;
  readonly code:
    | "unknown_room"
    | "upward"
    | "past_window"
    | "outside"
    | "package"
    | "impure"
    | "runtime_name"
    | "missing"
    | "no_window"
    | "docstring"
    | "room_cycle"
    | "file_cycle";
  /** What cannot be, what was wanted, and what was got. */
  readonly text: string;
}

/** Compares a house with its plan; the faults come by path and line. */
export function findFaults(graph: Graph, plan: Plan): readonly Fault[] {
  const faults = [
    ...[...graph].flatMap(([path, file]) =>
      file.imports.flatMap((each) => importFaults(graph, plan, path, each))
    ),
    ...roomFaults(graph, plan),
    ...runtimeNameFaults(graph, plan),
    ...roomCycles(graph, plan),
    ...fileCycles(graph),
  ];
  return faults.sort((a, b) => a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line);
}

/** The line in which a fault is printed. */
export function describeFault({ path, line, text }: Fault): string {
  return `${path}:${line}: ${text}`;
}

function importFaults(graph: Graph, plan: Plan, path: string, made: Import): Fault[] {
  const { target, specifier, line } = made;
  const room = roomOf(path);
  const fault = (code: Fault["code"], wanted: string, got: string): Fault[] => [
    { path, line, code, text: `Cannot import ${specifier}: wanted ${wanted}, got ${got}` },
  ];
  if (isOurs(target) && !graph.has(target)) return fault("missing", "a file that exists", target);
  if (target.startsWith("bun:") && !plan.runtimeRooms.includes(room ?? "")) {
    return fault("runtime_name", `no ${target} outside of ${plan.runtimeRooms.join(", ")}`, path);
  }
  const targetRoom = roomOf(target);
  if (targetRoom !== undefined && targetRoom !== room) {
    if (!isWindow(plan, path, target) && !isFreeToLookInside(path)) {
      return fault("past_window", `src/${targetRoom}/mod.ts`, target);
    }
    if (room === undefined || isTest(path)) return [];
    const from = plan.rooms[room];
    const to = plan.rooms[targetRoom];
    if (from === undefined || to === undefined || to.layer <= from.layer) return [];
    return fault("upward", `a room at or below ${room} (L${from.layer})`, `${targetRoom} (L${to.layer})`);
  }
  if (room === undefined || targetRoom !== undefined || isTest(path)) return [];
  const pure = plan.rooms[room]?.pure === true;
  if (target.startsWith("node:")) {
    return pure && !plan.pureBuiltins.includes(target)
      ? fault("impure", `no I/O in ${room}, so only ${plan.pureBuiltins.join(", ")}`, target)
      : [];
  }
  const name = packageName(target);
  if (name !== undefined) {
    const allowed = plan.packages[name] ?? [];
    return allowed.includes(room) ? [] : fault(
      "package",
      allowed.length === 0 ? "a package that is in the plan" : `it only in ${allowed.join(", ")}`,
      room,
    );
  }
  const outside = plan.outsides.find((each) =>
    each.path.endsWith("/") ? target.startsWith(each.path) : target === each.path
  );
  if (outside?.rooms.includes(room)) return [];
  return fault("outside", "a room, or a file that the plan allows", target);
}

/** Tests of all rooms and the tools that make parts of them know what is inside. */
function isFreeToLookInside(path: string): boolean {
  return path.startsWith("tests/") || path.startsWith("tools/");
}

function isWindow(plan: Plan, path: string, target: string): boolean {
  if (/^src\/[^/]+\/mod\.ts$/.test(target)) return true;
  return plan.sideWindows.some((each) => each.path === target && each.places.includes(placeOf(path)));
}

/** Tells whether the graph should hold a target. */
function isOurs(target: string): boolean {
  return /^(?:src|tests|examples|bench|tools)\/.*\.[jt]s$|^[^/:]+\.[jt]s$/.test(target);
}

/** `esbuild-wasm` of `npm:esbuild-wasm@0.28.2/esm/browser.js`. */
function packageName(target: string): string | undefined {
  return /^npm:\/?((?:@[^/]+\/)?[^/@]+)/.exec(target)?.[1];
}

function roomFaults(graph: Graph, plan: Plan): Fault[] {
  const rooms = new Map<string, string>();
  for (const path of [...graph.keys()].sort()) {
    const room = roomOf(path);
    if (room !== undefined && !rooms.has(room)) rooms.set(room, path);
  }
  return [...rooms].flatMap(([room, first]): Fault[] => {
    const planned = plan.rooms[room];
    if (planned === undefined) {
      const text = `Cannot place the room ${room}: wanted one that is in the plan, got a new one`;
      return [{ path: first, line: 1, code: "unknown_room", text }];
    }
    const path = `src/${room}/mod.ts`;
    const window = graph.get(path);
    if (window === undefined) {
      const text = `Cannot look into the room ${room}: wanted a mod.ts, got none`;
      return [{ path, line: 1, code: "no_window", text }];
    }
    return docstringFaults(window.text, planned.layer).map((text) => ({
      path,
      line: 1,
      code: "docstring",
      text,
    }));
  });
}

function runtimeNameFaults(graph: Graph, plan: Plan): Fault[] {
  return [...graph].flatMap(([path, { text }]) => {
    const room = roomOf(path);
    if (isTest(path) || (room === undefined && path.includes("/"))) return [];
    if (room !== undefined && plan.runtimeRooms.includes(room)) return [];
    return runtimeNames(text).map(({ name, line }): Fault => ({
      path,
      line,
      code: "runtime_name",
      text: `Cannot use ${name} here: wanted it only in src/${plan.runtimeRooms.join(", src/")}, got ${path}`,
    }));
  });
}

/** Cycles between rooms of one layer; between layers, an import upward shows them. */
function roomCycles(graph: Graph, plan: Plan): Fault[] {
  const arrows = roomArrows(graph, (from, to) => plan.rooms[from]?.layer === plan.rooms[to]?.layer);
  return findCycles(arrows).map((cycle): Fault => {
    const [from, to] = cycle;
    const place = importBetween(graph, (path, target) => roomOf(path) === from && roomOf(target) === to);
    return { ...place, code: "room_cycle", text: cycleText("rooms", cycle) };
  });
}

function fileCycles(graph: Graph): Fault[] {
  const arrows = new Map(
    [...graph].map(([path, { imports }]) =>
      [
        path,
        new Set(imports.filter(({ target, lazy }) => !lazy && graph.has(target)).map(({ target }) => target)),
      ] as const
    ),
  );
  return findCycles(arrows).map((cycle): Fault => {
    const [from, to] = cycle;
    const place = importBetween(graph, (path, target) => path === from && target === to);
    return { ...place, code: "file_cycle", text: cycleText("files", cycle) };
  });
}

function cycleText(what: string, cycle: readonly string[]): string {
  return `Cannot order these ${what}: wanted imports without a cycle, got ${cycle.join(" -> ")}`;
}

function importBetween(graph: Graph, is: (path: string, target: string) => boolean) {
  for (const [path, { imports }] of graph) {
    const made = imports.find(({ target }) => is(path, target));
    if (made !== undefined && !isTest(path)) return { path, line: made.line };
  }
  throw new Error("Cannot place a cycle: no import makes it");
}

/** Which rooms import which, tests left aside. */
export function roomArrows(
  graph: Graph,
  counts: (from: string, to: string) => boolean = () => true,
): ReadonlyMap<string, ReadonlySet<string>> {
  const arrows = new Map<string, Set<string>>();
  for (const [path, { imports }] of graph) {
    const from = roomOf(path);
    if (from === undefined || isTest(path)) continue;
    const to = arrows.get(from) ?? new Set();
    arrows.set(from, to);
    for (const { target } of imports) {
      const room = roomOf(target);
      if (room !== undefined && room !== from && counts(from, room)) to.add(room);
    }
  }
  return arrows;
}
