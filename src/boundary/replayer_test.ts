import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { test } from "node:test";
import {
  BoundaryError,
  type CallRecord,
  createReplayer,
  describeDivergence,
  type Divergence,
  type HostBinding,
  Stopped,
} from "./mod.ts";
import {
  type GuestImports,
  guestImports,
  hostTable,
  iface,
  instanceOf,
  limits,
  recorderOf,
  type,
} from "./testing/component.ts";

type Guest = (imports: GuestImports) => unknown;

const bytes = (...items: number[]) => Uint8Array.from(items);

/** Runs a guest for one turn; gives the record, the stop, and all that the guest was told. */
function record(guest: Guest, host: Map<string, HostBinding> = hostTable(), options = {}) {
  const recorder = recorderOf(host, options);
  recorder.beginTurn();
  const told = outcomeOf(() => guest(guestImports(recorder)));
  return { calls: recorder.endTurn(), stop: recorder.stopped(), told };
}

/** The same against a recording; there is no host. */
function replay(guest: Guest, calls: readonly CallRecord[]) {
  const replayer = createReplayer({ type });
  replayer.beginTurn(calls);
  const told = outcomeOf(() => guest(guestImports(replayer)));
  return { divergence: replayer.endTurn(), stop: replayer.stopped(), told };
}

function outcomeOf(run: () => unknown): unknown {
  try {
    return { returned: run() };
  } catch (error) {
    return { threw: error instanceof Stopped ? error.stop : { ...error as object } };
  }
}

/** A guest that uses every import, and tells all it saw. */
const busy: Guest = (guest) => {
  const seen: unknown[] = [guest.write("info", "begin"), guest.now(), guest.half(0.3), guest.half(NaN)];
  seen.push(
    guest.sendOn("a/b", '{"n":1}'),
    outcomeOf(() => guest.sendOn("full", "[]")),
    guest.take(bytes(1, 2, 3)),
  );
  const first = new guest.Blob(bytes(1, 2));
  const second = new guest.Blob(bytes(3));
  const { z, a } = guest.blobs();
  const joined = guest.Blob.join(first, second);
  seen.push(second.size(), joined.size(), z.size(), a.length, guest.same(joined) === joined);
  second[Symbol.dispose]();
  seen.push(guest.bareCall(7));
  return seen;
};

test("a replay tells the guest what the recording did, and finds no difference", () => {
  const live = record(busy);
  strictEqual(live.calls.length, 17);
  deepStrictEqual(replay(busy, live.calls), { divergence: undefined, stop: undefined, told: live.told });
});

test("a recording may have crossed a thread", () => {
  const live = record(busy);
  deepStrictEqual(replay(busy, structuredClone(live.calls)).divergence, undefined);
});

/** Turns that end with a stop: the guest, and a change to the host. */
const stops: readonly (readonly [string, Guest, (host: Map<string, HostBinding>) => void])[] = [
  ["was denied", (guest) => guest.now(), (host) => host.set(`${iface}#now`, { denied: "no clock" })],
  ["was denied with a body", (guest) => guest.sendOn("a", "b"), (host) => host.delete(`${iface}#send-on`)],
  ["was failed by the host", (guest) => guest.now(), (host) => {
    host.set(`${iface}#now`, {
      call: () => {
        throw new Error("no clock");
      },
    });
  }],
  ["sent what the host could not answer", (guest) => guest.sendOn("a", "b"), (host) => {
    host.set(`${iface}#send-on`, { call: () => 5, bodyArgument: 1 });
  }],
  ["had too large arguments", (guest) => guest.write("info", "é".repeat(5000)), () => {}],
  ["had a too large body", (guest) => guest.sendOn("a", "\u0001".repeat(1001)), () => {}],
  ["had too large a result", (guest) => guest.take(bytes(1)), (host) => {
    host.set(`${iface}#take`, { call: () => new Uint8Array(5000) });
  }],
  ["had arguments that do not fit", (guest) => guest.write("info", "\ud800"), () => {}],
  ["called too often", (guest) => {
    for (;;) guest.now();
  }, () => {}],
  ["used what it had dropped", (guest) => {
    const blob = new guest.Blob(bytes());
    blob[Symbol.dispose]();
    blob.size();
  }, () => {}],
];

for (const [name, guest, change] of stops) {
  test(`a guest that ${name} is stopped again in a replay, and learns nothing after`, () => {
    const host = hostTable();
    change(host);
    const live = record(guest, host);
    strictEqual(live.stop === undefined, false);
    deepStrictEqual(replay(guest, live.calls), { divergence: undefined, stop: live.stop, told: live.told });
    const other = replay((imports) => {
      const caught = outcomeOf(() => guest(imports));
      throws(() => imports.bareCall(1), Stopped);
      return caught;
    }, live.calls);
    strictEqual(other.divergence, undefined, "swallowing the stop changes nothing");
    deepStrictEqual(other.stop, live.stop);
  });
}

const writes: Guest = (guest) => {
  guest.write("info", "one");
  guest.now();
  guest.sendOn("a/b", '{"n":[1,2]}');
  guest.half(1);
  guest.write("error", "two");
};

const recorded = record(writes).calls;

function changed(at: number, change: Partial<CallRecord>): readonly CallRecord[] {
  return recorded.map((call, i) => i === at ? { ...call, ...change } : call);
}

/** Recordings that were tampered with, the call at which that shows, and the field. */
const tampered: readonly (readonly [string, readonly CallRecord[], number, string | undefined])[] = [
  ["another function", changed(1, { function: `${iface}#later` }), 1, "function"],
  ["another function of the same shape", changed(0, { function: "bare-call" }), 0, "function"],
  ["another argument", changed(0, { arguments: '["info","0ne"]' }), 0, "arguments[1]"],
  ["one more argument", changed(1, { arguments: "[1]" }), 1, "arguments[0]"],
  ["no arguments", changed(0, { arguments: "[]" }), 0, "arguments[0]"],
  ["arguments with a space", changed(0, { arguments: '["info", "one"]' }), 0, "arguments"],
  ["arguments with another escape", changed(0, { arguments: '["info","\\u006fne"]' }), 0, "arguments"],
  ["arguments that are no JSON", changed(0, { arguments: "" }), 0, "arguments"],
  ["another body", changed(2, { body: '{"n":[1,3]}' }), 2, "body.n[1]"],
  ["a body with a space", changed(2, { body: '{"n":[1, 2]}' }), 2, "body"],
  ["an empty body", changed(2, { body: "" }), 2, "body"],
  ["a body in its place", changed(2, { arguments: '["a/b","{\\"n\\":[1,2]}"]' }), 2, "body"],
  ["a body in another place", changed(2, { arguments: '[null,"a/b"]' }), 2, "arguments[1]"],
  ["two bodies", changed(2, { arguments: "[null,null]" }), 2, "arguments[1]"],
  ["a body where there is none", changed(4, { body: "two" }), 4, "body"],
  ["no result", changed(1, { result: "[]" }), 1, "result"],
  ["a result of another type", changed(1, { result: "[1]" }), 1, "result[0]"],
  ["a result out of range", changed(1, { result: '["-1"]' }), 1, "result[0]"],
  ["two results", changed(1, { result: '["1","2"]' }), 1, "result"],
  ["a result of no JSON", changed(1, { result: "[" }), 1, "result"],
  ["a result with a space", changed(1, { result: '[ "1"]' }), 1, "result"],
  ["a result that a f32 cannot hold", changed(3, { result: "[0.1]" }), 3, "result[0]"],
  ["a result where there is none", changed(0, { result: "[null]" }), 0, "result"],
  ["a result within the result", changed(2, { result: '[{"err":{"other":1}}]' }), 2, "result[0].err.other"],
  ["a refusal without a reason", changed(1, { outcome: "denied" }), 1, "result"],
  ["a call too many at the start", [recorded[1] as CallRecord, ...recorded], 0, "function"],
  ["a call too many at the end", [...recorded, recorded[1] as CallRecord], 5, undefined],
  ["no first call", recorded.slice(1), 0, "function"],
  ["no last call", recorded.slice(0, -1), 4, undefined],
  ["no calls", [], 0, undefined],
  [
    "two calls exchanged",
    recorded.map((call, i) => recorded[i === 0 ? 1 : i === 1 ? 0 : i] ?? call),
    0,
    "function",
  ],
  [
    "its ends exchanged",
    recorded.map((call, i) => recorded[i === 0 ? 4 : i === 4 ? 0 : i] ?? call),
    0,
    "arguments[0]",
  ],
];

for (const [name, calls, at, field] of tampered) {
  test(`a replay against a recording with ${name} diverges at call ${at}`, () => {
    const { divergence } = replay(writes, calls);
    strictEqual(divergence?.at, at);
    strictEqual(divergence.field, field);
    deepStrictEqual(structuredClone(divergence), divergence, "plain data");
    strictEqual(describeDivergence(divergence).length > 1, true);
  });
}

test("another reason or size of arguments that were not written down diverges", () => {
  for (
    const guest of [
      (g: GuestImports) => g.write("info", "é".repeat(5000)),
      (g: GuestImports) => g.write("", ""),
    ]
  ) {
    const calls = record(guest).calls.map((call) => ({
      ...call,
      result: call.result.replace(/10011|level|0/, "1"),
    }));
    strictEqual(replay(guest, calls).divergence?.at, 0);
  }
  const fitting = record((guest) => guest.write("info", "x".repeat(2000))).calls;
  strictEqual(replay((guest) => guest.write("info", "x"), fitting).divergence?.field, "arguments[0]");
  const returned = fitting.map((call) => ({ ...call, outcome: "returned" as const, result: "[]" }));
  strictEqual(
    replay((guest) => guest.write("info", "x".repeat(2000)), returned).divergence?.field,
    "arguments[0]",
  );
});

/** Handles that a recording cannot hold: the call whose result is changed, and to what. */
const handles: readonly (readonly [string, number, string])[] = [
  ["the second before the first", 0, "[2]"],
  ["no number", 0, "[0]"],
  ["one that the guest has", 1, "[1]"],
  ["one that was skipped", 1, "[3]"],
];

for (const [name, at, result] of handles) {
  test(`a replay refuses a handle that is ${name}`, () => {
    const guest: Guest = (imports) => {
      new imports.Blob(bytes());
      new imports.Blob(bytes()).size();
    };
    const calls = record(guest).calls.map((call, i) => i === at ? { ...call, result } : call);
    const { divergence } = replay(guest, calls);
    strictEqual(divergence?.at, at);
    strictEqual(divergence.field, "result[0]");
  });
}

test("a divergence is sticky: the same object, and no answer after it", () => {
  const replayer = createReplayer({ type });
  const guest = guestImports(replayer);
  replayer.beginTurn(changed(0, { arguments: '["info","0ne"]' }));
  const thrown = [1, 2, 3].map(() => {
    try {
      return guest.write("info", "one");
    } catch (error) {
      return error;
    }
  });
  strictEqual(thrown[0] instanceof Stopped, true);
  strictEqual(thrown[1], thrown[0]);
  strictEqual(thrown[2], thrown[0]);
  const expected: Divergence = {
    at: 0,
    expected: { function: `${iface}#write`, arguments: '["info","0ne"]' },
    got: { function: `${iface}#write`, arguments: '["info","one"]' },
    field: "arguments[1]",
  };
  deepStrictEqual(replayer.stopped(), { code: "diverged", call: 0, divergence: expected });
  deepStrictEqual(replayer.endTurn(), expected);
  throws(
    () => replayer.beginTurn([]),
    (error) => error instanceof BoundaryError && error.fault.code === "stopped",
  );
});

test("the caller of the export gets the divergence, whatever the guest made of it", () => {
  const replayer = createReplayer({ type });
  const guest = guestImports(replayer);
  const instance = instanceOf(() => {
    try {
      guest.now();
    } catch { /* swallowed */ }
    return "fine";
  });
  replayer.beginTurn([]);
  throws(() => replayer.invokeExport(instance, "test:things/run@0.1.0#run", [""]), Stopped);
});

test("several turns replay one after another, with the resources of all", () => {
  const recorder = recorderOf(hostTable());
  const replayer = createReplayer({ type });
  const turns: readonly ((guest: GuestImports, kept: { blob?: { size(): number } }) => void)[] = [
    (guest, kept) => void (kept.blob = new guest.Blob(bytes(1, 2, 3))),
    () => {},
    (_guest, kept) => strictEqual(kept.blob?.size(), 3),
    (guest) => void new guest.Blob(bytes()),
  ];
  const live = {};
  const again = {};
  for (const turn of turns) {
    recorder.beginTurn();
    turn(guestImports(recorder), live);
    const calls = recorder.endTurn();
    replayer.beginTurn(calls);
    turn(guestImports(replayer), again);
    strictEqual(replayer.endTurn(), undefined);
  }
});

test("limits are not asked in a replay: the recording holds what they did", () => {
  const generous = record(busy, hostTable(), { limits: { ...limits, callsMax: 1000 } });
  strictEqual(replay(busy, generous.calls).divergence, undefined);
});
