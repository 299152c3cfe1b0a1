import { test } from "node:test";
import { deepEqual } from "node:assert/strict";
import { describeFault, type Fault, findFaults } from "./faults.ts";
import type { Graph, Import } from "./graph.ts";
import type { Plan } from "./plan.ts";

const plan: Plan = {
  rooms: {
    codec: { layer: 0, pure: true },
    chain: { layer: 1, pure: true },
    store: { layer: 2 },
    platform: { layer: 2 },
    actor: { layer: 5 },
  },
  sideWindows: [{ path: "src/platform/worker.ts", places: ["actor", "examples"], why: "a test" }],
  outsides: [
    { path: "package.json", rooms: ["store"], why: "a test" },
    { path: "vendor/x/", rooms: ["store"], why: "a test" },
  ],
  runtimeRooms: ["platform"],
  packages: { "a-package": ["store"], "@scope/b": ["store"] },
  pureBuiltins: ["node:crypto"],
};

/** A house whose rooms all have a window, and the files given: what each imports, one a line. */
function house(files: Record<string, readonly (string | Import)[] | string>): Graph {
  const graph = new Map<string, { text: string; imports: readonly Import[] }>();
  for (const [room, { layer }] of Object.entries(plan.rooms)) {
    graph.set(`src/${room}/mod.ts`, { text: windowText(layer), imports: [] });
  }
  for (const [path, made] of Object.entries(files)) {
    const text = typeof made === "string"
      ? made
      : windowText(plan.rooms[path.split("/")[1] ?? ""]?.layer ?? 0);
    const imports = typeof made === "string"
      ? []
      : made.map((each, index) =>
        typeof each === "string" ? { specifier: `spec:${each}`, target: each, line: index + 1 } : each
      );
    graph.set(path, { text, imports });
  }
  return graph;
}

function windowText(layer: number): string {
  return `/**\n * A room. Layer ${layer}.\n *\n * @example\n * \`\`\`ts\n * f();\n * \`\`\`\n * @module\n */\n`;
}

const sound: Record<string, Record<string, readonly (string | Import)[] | string>> = {
  "an import downwards through a window": { "src/actor/a.ts": ["src/codec/mod.ts", "src/store/mod.ts"] },
  "an import within a room": { "src/codec/a.ts": ["src/codec/b.ts"], "src/codec/b.ts": [] },
  "an import sideways without a cycle": { "src/store/a.ts": ["src/platform/mod.ts"] },
  "a side window by a room that may": {
    "src/actor/a.ts": ["src/platform/worker.ts"],
    "src/platform/worker.ts": [],
  },
  "a side window by a folder that may": {
    "examples/a.ts": ["src/platform/worker.ts"],
    "src/platform/worker.ts": [],
  },
  "a package, a built-in and a file where they belong": {
    "src/store/a.ts": [
      "npm:a-package@1.0.0/x.js",
      "npm:@scope/b@2.0.0",
      "node:fs",
      "package.json",
      "vendor/x/y.js",
    ],
  },
  "a harmless built-in in a pure room": { "src/codec/a.ts": ["node:crypto"] },
  "a test that imports upwards": {
    "src/codec/a_test.ts": ["src/actor/mod.ts", "tests/x.ts", "node:fs"],
    "tests/x.ts": [],
  },
  "a test of all rooms that looks inside": { "tests/a.ts": ["src/codec/b.ts"], "src/codec/b.ts": [] },
  "the name of a runtime in its room": { "src/platform/a.ts": "Deno.version;" },
  "the name of a runtime in a test and in a tool": {
    "src/codec/a_test.ts": "Deno.x;",
    "tools/a.ts": "Bun.x;",
  },
  "a cycle that is closed lazily": {
    "src/codec/a.ts": ["src/codec/b.ts"],
    "src/codec/b.ts": [{ specifier: "./a.ts", target: "src/codec/a.ts", line: 1, lazy: true }],
  },
};

for (const [name, files] of Object.entries(sound)) {
  test(`findFaults() accepts ${name}`, () => deepEqual(findFaults(house(files), plan), []));
}

const unsound: [string, Record<string, readonly string[] | string>, Fault["code"], string][] = [
  [
    "an import upwards",
    { "src/chain/a.ts": ["node:crypto", "src/store/mod.ts"] },
    "upward",
    "src/chain/a.ts:2: Cannot import spec:src/store/mod.ts: wanted a room at or below chain (L1), got store (L2)",
  ],
  [
    "an import past a window",
    { "src/actor/a.ts": ["src/codec/b.ts"], "src/codec/b.ts": [] },
    "past_window",
    "src/actor/a.ts:1: Cannot import spec:src/codec/b.ts: wanted src/codec/mod.ts, got src/codec/b.ts",
  ],
  [
    "a test in a room that looks into another",
    { "src/actor/a_test.ts": ["src/codec/b.ts"], "src/codec/b.ts": [] },
    "past_window",
    "src/actor/a_test.ts:1: Cannot import spec:src/codec/b.ts: wanted src/codec/mod.ts, got src/codec/b.ts",
  ],
  [
    "a side window by a room that may not",
    { "src/store/a.ts": ["src/platform/worker.ts"], "src/platform/worker.ts": [] },
    "past_window",
    "src/store/a.ts:1: Cannot import spec:src/platform/worker.ts: wanted src/platform/mod.ts, got src/platform/worker.ts",
  ],
  [
    "an example that looks inside",
    { "examples/a.ts": ["src/codec/b.ts"], "src/codec/b.ts": [] },
    "past_window",
    "examples/a.ts:1: Cannot import spec:src/codec/b.ts: wanted src/codec/mod.ts, got src/codec/b.ts",
  ],
  [
    "a room that is not in the plan",
    { "src/attic/b.ts": [], "src/attic/mod.ts": [] },
    "unknown_room",
    "src/attic/b.ts:1: Cannot place the room attic: wanted one that is in the plan, got a new one",
  ],
  [
    "a file that is not there",
    { "src/actor/a.ts": ["src/actor/b.ts"] },
    "missing",
    "src/actor/a.ts:1: Cannot import spec:src/actor/b.ts: wanted a file that exists, got src/actor/b.ts",
  ],
  [
    "I/O in a pure room",
    { "src/codec/a.ts": ["node:fs"] },
    "impure",
    "src/codec/a.ts:1: Cannot import spec:node:fs: wanted no I/O in codec, so only node:crypto, got node:fs",
  ],
  [
    "a package that is not in the plan",
    { "src/store/a.ts": ["npm:left-pad@1.0.0"] },
    "package",
    "src/store/a.ts:1: Cannot import spec:npm:left-pad@1.0.0: wanted a package that is in the plan, got store",
  ],
  [
    "a package in another room than its own",
    { "src/actor/a.ts": ["npm:@scope/b@1.0.0"] },
    "package",
    "src/actor/a.ts:1: Cannot import spec:npm:@scope/b@1.0.0: wanted it only in store, got actor",
  ],
  [
    "a file outside of the house",
    { "src/actor/a.ts": ["package.json"] },
    "outside",
    "src/actor/a.ts:1: Cannot import spec:package.json: wanted a room, or a file that the plan allows, got package.json",
  ],
  [
    "a room that imports tests",
    { "src/actor/a.ts": ["tests/x.ts"], "tests/x.ts": [] },
    "outside",
    "src/actor/a.ts:1: Cannot import spec:tests/x.ts: wanted a room, or a file that the plan allows, got tests/x.ts",
  ],
  [
    "the name of a runtime elsewhere",
    { "src/actor/a.ts": "\nBun.serve();" },
    "runtime_name",
    "src/actor/a.ts:2: Cannot use Bun here: wanted it only in src/platform, got src/actor/a.ts",
  ],
  [
    "the name of a runtime in a front door",
    { "cli.ts": "Deno.exit();" },
    "runtime_name",
    "cli.ts:1: Cannot use Deno here: wanted it only in src/platform, got cli.ts",
  ],
  [
    "a module that only Bun has",
    { "src/actor/a.ts": ["bun:sqlite"] },
    "runtime_name",
    "src/actor/a.ts:1: Cannot import spec:bun:sqlite: wanted no bun:sqlite outside of platform, got src/actor/a.ts",
  ],
  [
    "a cycle between rooms of one layer",
    { "src/platform/a.ts": ["src/store/mod.ts"], "src/store/a.ts": ["src/platform/mod.ts"] },
    "room_cycle",
    "src/platform/a.ts:1: Cannot order these rooms: wanted imports without a cycle, got platform -> store -> platform",
  ],
  [
    "a cycle between files",
    { "src/codec/a.ts": ["src/codec/b.ts"], "src/codec/b.ts": ["src/codec/a.ts"] },
    "file_cycle",
    "src/codec/a.ts:1: Cannot order these files: wanted imports without a cycle, " +
    "got src/codec/a.ts -> src/codec/b.ts -> src/codec/a.ts",
  ],
  [
    "a window without a docstring",
    { "src/codec/mod.ts": "export const x = 1;" },
    "docstring",
    "src/codec/mod.ts:1: Cannot read what this room is for: wanted a docstring with @module on top, got none",
  ],
];

for (const [name, files, code, text] of unsound) {
  test(`findFaults() refuses ${name}`, () => {
    const faults = findFaults(house(files), plan);
    deepEqual(faults.map((each) => each.code), [code]);
    deepEqual(faults.map(describeFault), [text]);
  });
}

test("findFaults() refuses a room without a window", () => {
  const graph = new Map(house({ "src/store/a.ts": [] }));
  graph.delete("src/store/mod.ts");
  deepEqual(findFaults(graph, plan).map(describeFault), [
    "src/store/mod.ts:1: Cannot look into the room store: wanted a mod.ts, got none",
  ]);
});
