import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { test } from "node:test";
import type { ComponentType } from "../component/mod.ts";
import {
  BoundaryError,
  type BoundaryFault,
  type CallRecord,
  createRecorder,
  Denied,
  type HostBinding,
  Stopped,
} from "./mod.ts";
import {
  type GuestImports,
  guestImports,
  type HostBlob,
  hostTable,
  iface,
  instanceOf,
  limits,
  recorderOf,
  type,
} from "./testing/component.ts";

const bytes = (...items: number[]) => Uint8Array.from(items);

/** Runs a guest for one turn; gives what it recorded, without times, and what it threw. */
function turn(guest: (imports: GuestImports) => void, host = hostTable(), options = {}) {
  const recorder = recorderOf(host, options);
  recorder.beginTurn();
  let thrown: unknown;
  try {
    guest(guestImports(recorder));
  } catch (error) {
    thrown = error;
  }
  const lines = recorder.endTurn().map(line);
  return { lines, thrown, stop: recorder.stopped(), recorder };
}

function line({ function: name, outcome, arguments: args, result, body }: CallRecord): string {
  const short = name.replace(`${iface}#`, "");
  return `${short} ${args}${body === undefined ? "" : ` (${body})`} ${outcome} ${result}`;
}

function isFault(code: BoundaryFault["code"]) {
  return (error: unknown) => error instanceof BoundaryError && error.fault.code === code;
}

test("every call is recorded, in order, with the time of its answer", () => {
  const recorder = recorderOf(hostTable());
  const guest = guestImports(recorder);
  recorder.beginTurn();
  strictEqual(guest.write("info", "hello"), undefined);
  strictEqual(guest.now(), 1_764_000_000_000n);
  strictEqual(guest.bareCall(-3), 3);
  deepStrictEqual(recorder.endTurn(), [
    {
      function: `${iface}#write`,
      arguments: '["info","hello"]',
      outcome: "returned",
      result: "[]",
      timeMs: 1000,
    },
    {
      function: `${iface}#now`,
      arguments: "[]",
      outcome: "returned",
      result: '["1764000000000"]',
      timeMs: 1001,
    },
    { function: "bare-call", arguments: "[-3]", outcome: "returned", result: "[3]", timeMs: 1002 },
  ]);
  recorder.beginTurn();
  guest.now();
  strictEqual(recorder.endTurn().length, 1, "a turn begins with an empty record");
});

test("imports have the names by which jco's glue asks for them, with and without version", () => {
  const { imports } = recorderOf(hostTable());
  deepStrictEqual(Object.keys(imports).sort(), ["bare-call", "test:things/calls", iface]);
  const names = ["Blob", "blobs", "half", "now", "same", "sendOn", "take", "write"];
  deepStrictEqual(Object.keys(imports["test:things/calls"] as object).sort(), names);
  deepStrictEqual(Object.keys(imports[iface] as object).sort(), names);
});

test("a body is recorded apart, word for word", () => {
  const { lines } = turn((guest) => {
    strictEqual(guest.sendOn("a/b", '{"n":  1.50}'), undefined);
    throws(() => guest.sendOn("full", ""), (thrown) => {
      deepStrictEqual({ ...thrown as object }, { payload: { tag: "full" } });
      return !(thrown instanceof Error); // Which would be a trap to the glue.
    });
  });
  deepStrictEqual(lines, [
    'send-on ["a/b",null] ({"n":  1.50}) returned [{"ok":null}]',
    'send-on ["full",null] () returned [{"err":"full"}]',
  ]);
});

test("the guest gets what was written down where the host's value is finer", () => {
  const { lines } = turn((guest) => {
    strictEqual(guest.half(0.2), Math.fround(0.1));
    strictEqual(guest.half(-0), -0);
    strictEqual(guest.half(NaN), NaN);
  });
  const tenth = "0.10000000149011612";
  deepStrictEqual(lines, [
    `half [0.20000000298023224] returned [${tenth}]`,
    'half ["-0"] returned ["-0"]',
    'half ["nan"] returned ["nan"]',
  ]);
});

test("a call is recorded once the host has answered, and callCount() names it until then", () => {
  const host = hostTable();
  const counts: number[] = [];
  const recorder = recorderOf(
    host.set(`${iface}#write`, { call: () => void counts.push(recorder.callCount()) }),
  );
  const guest = guestImports(recorder);
  recorder.beginTurn();
  guest.write("info", "a");
  guest.write("info", "b");
  counts.push(recorder.callCount());
  deepStrictEqual(counts, [0, 1, 2]);
});

/** What stops a guest that writes "a": the host, and how the record ends. */
const stops: readonly (readonly [string, HostBinding | undefined, "denied" | "host", string])[] = [
  ["a function that is denied", { denied: "Cannot write: no grant" }, "denied", "Cannot write: no grant"],
  [
    "a function that nobody offers",
    undefined,
    "denied",
    `Cannot call ${iface}#write: this host does not offer it`,
  ],
  [
    "a host that throws",
    {
      call: () => {
        throw new RangeError("The disk is \ud800full");
      },
    },
    "host",
    "The disk is \ufffdfull",
  ],
  [
    "a host that throws something else",
    {
      call: () => {
        throw { a: 1 };
      },
    },
    "host",
    'an object with "a"',
  ],
  [
    "a host that denies what is asked for",
    {
      call: () => {
        throw new Denied("Cannot write this");
      },
    },
    "denied",
    "Cannot write this",
  ],
  [
    "a host that returns too much",
    { call: () => 5 },
    "host",
    "Cannot encode result[0]: wanted nothing, got 5",
  ],
  [
    "a host that is asynchronous",
    { call: async () => {} },
    "host",
    "Cannot encode result[0]: wanted nothing, got an object",
  ],
];

for (const [name, binding, code, reason] of stops) {
  test(`the guest is stopped by ${name}`, () => {
    const host = hostTable();
    host.delete(`${iface}#write`);
    if (binding !== undefined) host.set(`${iface}#write`, binding);
    const recorder = recorderOf(host);
    const guest = guestImports(recorder);
    recorder.beginTurn();
    guest.now();
    const thrown = [guest.write, guest.now, guest.write].map((call) => {
      try {
        return call("info", "a");
      } catch (error) {
        return error;
      }
    });
    strictEqual(thrown[0] instanceof Stopped, true);
    strictEqual(thrown[1], thrown[0], "the same object, every time");
    strictEqual(thrown[2], thrown[0]);
    const stop = { code, call: 1, function: `${iface}#write`, text: reason };
    deepStrictEqual(recorder.stopped(), stop);
    deepStrictEqual((thrown[0] as Stopped).stop, stop);
    const outcome = code === "denied" ? "denied" : "failed";
    deepStrictEqual(recorder.endTurn().map(line).slice(1), [
      `write ["info","a"] ${outcome} ${JSON.stringify(reason)}`,
    ]);
    throws(() => recorder.beginTurn(), isFault("stopped"));
  });
}

test("a reason is cut at 1000 characters", () => {
  const call = () => {
    throw new Error("x".repeat(5000));
  };
  const { stop } = turn((guest) => guest.now(), hostTable().set(`${iface}#now`, { call }));
  strictEqual(stop?.code === "host" && stop.text.length, 1000);
});

test("arguments that do not fit stop the guest, and leave nothing but the reason", () => {
  const { lines } = turn((guest) => guest.write("info", "\ud800"));
  const reason = "Cannot encode arguments[1]: wanted a string of Unicode text, got one with a lone surrogate";
  deepStrictEqual(lines, [`write [] failed "${reason}"`]);
});

const room = "a call has room for 1000, all calls of a turn for 10000";

/** What is too large, and the last line that it leaves. */
const excesses: readonly (readonly [string, (guest: GuestImports) => void, string])[] = [
  [
    "the arguments",
    (guest) => guest.write("info", "é".repeat(600)),
    `write [] failed "Cannot record arguments of 1211 bytes: ${room}"`,
  ],
  [
    "the body",
    (guest) => guest.sendOn("a", "b".repeat(1001)),
    `send-on [] failed "Cannot record arguments of 1009 bytes: ${room}"`,
  ],
  [
    "the result",
    (guest) => guest.take(bytes(0, 0, 0)),
    `take ["AAAA"] failed "Cannot record a result of 1004 bytes: ${room}"`,
  ],
  [
    "all calls together",
    (guest) => {
      for (let i = 0; i < 12; i++) guest.write("info", "x".repeat(900));
    },
    `write [] failed "Cannot record arguments of 911 bytes: ${room}"`,
  ],
];

for (const [name, guest, last] of excesses) {
  test(`the guest is stopped where ${name} would take too much room`, () => {
    const host = hostTable().set(`${iface}#take`, { call: () => new Uint8Array(750) });
    const { lines, stop } = turn(guest, host);
    strictEqual(stop?.code, "host");
    strictEqual(lines.at(-1), last);
  });
}

test("what just fits is recorded: in one call, in all of a turn, and again in the next", () => {
  const host = hostTable();
  const recorder = recorderOf(host, { limits: { callsMax: 3, valueBytesMax: 100, recordBytesMax: 206 } });
  const guest = guestImports(recorder);
  for (let i = 0; i < 3; i++) {
    recorder.beginTurn();
    guest.write("info", "é".repeat(44) + "x"); // 100 bytes, and 2 of the result.
    guest.write("info", "é".repeat(44) + "x");
    strictEqual(recorder.endTurn().length, 2);
  }
  recorder.beginTurn();
  guest.write("info", "é".repeat(44) + "x");
  guest.write("info", "é".repeat(44) + "x");
  throws(() => guest.now(), Stopped);
});

test("the guest is stopped at one call too many, which is recorded as failed", () => {
  const { lines } = turn(
    (guest) => {
      for (;;) guest.now();
    },
    hostTable(),
    { limits: { ...limits, callsMax: 2 } },
  );
  deepStrictEqual(lines, [
    'now [] returned ["1764000000000"]',
    'now [] returned ["1764000000000"]',
    'now [] failed "Cannot record another call: a turn has at most 2"',
  ]);
});

test("imports are closed outside of turns", () => {
  const recorder = recorderOf(hostTable());
  const guest = guestImports(recorder);
  throws(() => guest.now(), isFault("outside_turn"));
  throws(() => recorder.endTurn(), isFault("outside_turn"));
  recorder.beginTurn();
  throws(() => recorder.beginTurn(), isFault("inside_turn"));
  recorder.endTurn();
  throws(() => guest.now(), isFault("outside_turn"));
  throws(() => recorder.invokeExport({}, "test:things/run@0.1.0#run", [""]), isFault("outside_turn"));
});

/** Ways in which a host function may call back into the component. */
const callbacks: readonly (readonly [string, (recorder: ReturnType<typeof recorderOf>) => unknown])[] = [
  ["an import", (recorder) => guestImports(recorder).now()],
  ["an export", (recorder) => recorder.callExport(instanceOf((x) => x), "test:things/run@0.1.0#run", '[""]')],
];

for (const [name, callBack] of callbacks) {
  test(`a host function that calls ${name} back stops the guest, even if it hides that`, () => {
    let refused: unknown;
    const call = () => {
      try {
        callBack(recorder);
      } catch (error) {
        refused = error;
      }
    };
    const recorder = recorderOf(hostTable().set(`${iface}#write`, { call }));
    recorder.beginTurn();
    throws(() => guestImports(recorder).write("info", ""), Stopped);
    strictEqual(isFault("reentered")(refused), true);
    deepStrictEqual(recorder.endTurn().map(line), [
      `write ["info",""] failed "Cannot answer ${iface}#write: the host called the component"`,
    ]);
  });
}

test("a result of an export is returned or thrown by the glue, and comes back as one", () => {
  const recorder = recorderOf(hostTable());
  const instance = instanceOf((input) => {
    if (input === "err") throw "no";
    if (input === "trap") throw new WebAssembly.RuntimeError("unreachable");
    if (input === "odd") throw { reason: "deadline" };
    return input + "!";
  });
  const run = "test:things/run@0.1.0#run";
  recorder.beginTurn();
  deepStrictEqual(recorder.invokeExport(instance, run, ["hi"]), { tag: "ok", val: "hi!" });
  deepStrictEqual(recorder.invokeExport(instance, run, ["err"]), { tag: "err", val: "no" });
  strictEqual(recorder.callExport(instance, run, '["hi"]'), '[{"ok":"hi!"}]');
  strictEqual(recorder.callExport(instance, run, '["err"]'), '[{"err":"no"}]');
  throws(() => recorder.callExport(instance, run, '["trap"]'), WebAssembly.RuntimeError);
  throws(() => recorder.callExport(instance, run, '["odd"]'), { reason: "deadline" });
  throws(() => recorder.callExport(instance, run, "[1]"), isFault("text_misfit"));
  throws(() => recorder.callExport(instance, run, '[ "hi"]'), isFault("text_misfit"));
  throws(() => recorder.callExport(instance, "run", "[]"), isFault("no_such_export"));
});

for (
  const [name, after] of [
    ["throws on", (error: unknown) => {
      throw error;
    }],
    ["swallows", () => "fine"],
    ["makes another trap of", () => {
      throw new WebAssembly.RuntimeError("unreachable");
    }],
  ] as const
) {
  test(`whoever calls an export learns of a stop that the guest ${name}`, () => {
    const recorder = recorderOf(hostTable().set(`${iface}#now`, { denied: "no clock" }));
    const guest = guestImports(recorder);
    let stop: unknown;
    const instance = instanceOf(() => {
      try {
        guest.now();
        return "never";
      } catch (error) {
        stop = error;
        return after(error);
      }
    });
    recorder.beginTurn();
    throws(
      () => recorder.invokeExport(instance, "test:things/run@0.1.0#run", [""]),
      (error) => error instanceof Stopped && error === stop,
    );
  });
}

test("resources are numbered as they first cross, and every use and drop is a call", () => {
  const dropped: HostBlob[] = [];
  const { lines } = turn((guest) => {
    const first = new guest.Blob(bytes(1, 2));
    const second = new guest.Blob(bytes(3));
    strictEqual(first instanceof guest.Blob, true);
    strictEqual(second.size(), 1);
    const joined = guest.Blob.join(first, second);
    strictEqual(joined.size(), 3);
    strictEqual(guest.same(joined), joined, "the host's object is one to the guest as well");
    second[Symbol.dispose]();
    joined[Symbol.dispose]();
    new guest.Blob(bytes());
  }, hostTable(dropped));
  deepStrictEqual(lines, [
    '[constructor]blob ["AQI="] returned [1]',
    '[constructor]blob ["Aw=="] returned [2]',
    "[method]blob.size [2] returned [1]",
    "[static]blob.join [1,2] returned [3]",
    "[method]blob.size [3] returned [3]",
    "same [3] returned [3]",
    "[resource-drop]blob [2] returned []",
    "[resource-drop]blob [3] returned []",
    '[constructor]blob [""] returned [4]',
  ]);
  deepStrictEqual(dropped.map((blob) => [...blob.bytes]), [[3], [1, 2, 3]]);
});

test("handles within one value are numbered by the declaration of its fields", () => {
  const { lines } = turn((guest) => {
    const { z, a } = guest.blobs();
    deepStrictEqual([z.size(), ...a.map((blob) => blob.size())], [1, 1, 2]);
  });
  deepStrictEqual(lines, [
    'blobs [] returned [{"a":[2,3],"z":1}]',
    "[method]blob.size [1] returned [1]",
    "[method]blob.size [2] returned [1]",
    "[method]blob.size [3] returned [2]",
  ]);
});

/** Uses of resources that no guest can make, or no host should. */
const misuses: readonly (readonly [string, (guest: GuestImports) => void, string])[] = [
  ["a use after the drop", (guest) => {
    const blob = new guest.Blob(bytes());
    blob[Symbol.dispose]();
    blob.size();
  }, "[method]blob.size []"],
  ["a second drop", (guest) => {
    const blob = new guest.Blob(bytes());
    blob[Symbol.dispose]();
    blob[Symbol.dispose]();
  }, "[resource-drop]blob []"],
  ["giving away what was given away", (guest) => {
    const blob = new guest.Blob(bytes());
    guest.Blob.join(blob, new guest.Blob(bytes()));
    guest.Blob.join(blob, new guest.Blob(bytes()));
  }, "[static]blob.join []"],
  ["a resource of nobody", (guest) => {
    guest.same({ size: () => 0, [Symbol.dispose]: () => {} });
  }, "same []"],
  ["a host that gives one resource twice", (guest) => {
    new guest.Blob(bytes(1));
    new guest.Blob(bytes(1));
  }, '[constructor]blob ["AQ=="]'],
];

for (const [name, guest, last] of misuses) {
  test(`the guest is stopped at ${name}`, () => {
    const one = { bytes: bytes(1) };
    const host = hostTable();
    if (name.startsWith("a host")) host.set(`${iface}#[constructor]blob`, { call: () => one });
    const { lines, stop } = turn(guest, host);
    strictEqual(stop?.code, "host");
    strictEqual(lines.at(-1)?.startsWith(`${last} failed "Cannot `), true, lines.at(-1));
  });
}

test("a resource may be dropped without the host being told", () => {
  const host = hostTable();
  host.delete(`${iface}#[resource-drop]blob`);
  const { lines } = turn((guest) => new guest.Blob(bytes())[Symbol.dispose](), host);
  strictEqual(lines.at(-1), "[resource-drop]blob [1] returned []");
});

test("createRecorder() refuses a body that is not a string", () => {
  const host = hostTable().set(`${iface}#take`, { call: () => undefined, bodyArgument: 0 });
  throws(() => recorderOf(host), TypeError);
  throws(() => recorderOf(hostTable().set("bare-call", { call: () => 0, bodyArgument: 1 })), TypeError);
});

test("createRecorder() refuses two imports that the glue cannot tell apart", () => {
  const item = (name: string, fn: string): ComponentType["imports"][number] => ({
    kind: "instance",
    name,
    functions: new Map([[fn, { params: [] }]]),
    resources: [],
  });
  const create = (...imports: ComponentType["imports"]) =>
    createRecorder({ type: { imports, exports: [] }, host: new Map(), limits, nowMs: () => 0 });
  throws(() => create(item("a:b/c@0.1.0", "get-it"), item("a:b/c@0.2.0", "get-it")), isFault("import_clash"));
  const { imports } = create(item("a:b/c@0.1.0", "get-it"), item("a:b/c@0.2.0", "set-it"));
  deepStrictEqual(Object.keys(imports["a:b/c"] as object), ["getIt", "setIt"]);
});

test("createRecorder() refuses a function of a resource that is not there", () => {
  const functions = new Map([["[method]thing.get", { params: [] }]]);
  const imports = [{ kind: "instance", name: "a:b/c", functions, resources: [] }] as const;
  const options = { type: { imports, exports: type.exports }, host: new Map(), limits, nowMs: () => 0 };
  throws(() => createRecorder(options), isFault("unknown_resource"));
});

test("a call that breaks off while it is written down is not taken for one that was never made", () => {
  let broken = false;
  const recorder = recorderOf(hostTable(), {
    nowMs() {
      if (broken) throw new RangeError("Maximum call stack size exceeded");
      return 1;
    },
  });
  const guest = guestImports(recorder);
  recorder.beginTurn();
  guest.now();
  strictEqual(recorder.brokenOff(), undefined);
  broken = true;
  throws(() => guest.write("info", "a"), RangeError);
  broken = false; // The guest swallows it, and has stack again.
  throws(() => guest.now(), isFault("reentered"));
  strictEqual(recorder.brokenOff(), `${iface}#write`);
});
