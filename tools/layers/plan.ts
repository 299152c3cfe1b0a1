/** A room of the house: a folder below `src/`. */
export interface Room {
  /** Rooms import downwards: from a higher layer to a lower one, or sideways without a cycle. */
  readonly layer: number;
  /** No I/O, clock or randomness: an auditor reads these rooms and may stop. */
  readonly pure?: true;
}

/** A file beside `mod.ts` that others may import all the same. */
export interface SideWindow {
  readonly path: string;
  /** Rooms, or top folders, whose files may. */
  readonly places: readonly string[];
  readonly why: string;
}

/** A file outside of `src/` that rooms import. */
export interface Outside {
  /** A path, or a folder that ends with `/`. */
  readonly path: string;
  readonly rooms: readonly string[];
  readonly why: string;
}

/** What the house should look like. */
export interface Plan {
  readonly rooms: Readonly<Record<string, Room>>;
  readonly sideWindows: readonly SideWindow[];
  readonly outsides: readonly Outside[];
  /** Rooms that may name Deno and Bun. */
  readonly runtimeRooms: readonly string[];
  /** What npm packages may be imported, and by which rooms. */
  readonly packages: Readonly<Record<string, readonly string[]>>;
  /** `node:` modules that pure rooms may import, as they neither read nor write anything. */
  readonly pureBuiltins: readonly string[];
}

/** The plan of this house. A room is added here first. */
export const plan: Plan = {
  rooms: {
    value: { layer: 0, pure: true },
    codec: { layer: 0, pure: true },
    address: { layer: 0, pure: true },
    spelling: { layer: 0, pure: true },
    merkle: { layer: 0, pure: true },
    note: { layer: 1, pure: true },
    difference: { layer: 1, pure: true },
    chain: { layer: 1, pure: true },
    supervision: { layer: 1, pure: true },
    manifest: { layer: 1 },
    release: { layer: 2, pure: true },
    verify: { layer: 2, pure: true },
    limits: { layer: 2, pure: true },
    platform: { layer: 2 },
    store: { layer: 2 },
    boundary: { layer: 3, pure: true },
    component: { layer: 3 },
    script: { layer: 3 },
    host: { layer: 3 },
    proof: { layer: 3 },
    worker: { layer: 4 },
    actor: { layer: 5 },
    replay: { layer: 5 },
    travel: { layer: 5 },
    fork: { layer: 5 },
    seal: { layer: 5 },
    bundle: { layer: 5 },
    runtime: { layer: 6 },
    regression: { layer: 6 },
    cli: { layer: 7 },
  },
  sideWindows: [
    {
      path: "src/platform/worker.ts",
      places: ["worker"],
      why: "a worker that loaded all of platform would hold files, sockets and SQLite before it is sealed",
    },
    {
      path: "src/script/theater.d.ts",
      places: ["bench", "examples", "tests"],
      why: "declares what scripts import as theater; there is no code behind it on this side",
    },
  ],
  outsides: [
    { path: "package.json", rooms: ["runtime", "cli"], why: "holds the version" },
    { path: "vendor/jco/", rooms: ["component"], why: "the generator of glue code" },
  ],
  runtimeRooms: ["platform"],
  packages: {
    "esbuild-wasm": ["script"],
    "toml-eslint-parser": ["manifest"],
  },
  pureBuiltins: ["node:buffer", "node:crypto"],
};
