import { deepStrictEqual, match, strictEqual, throws } from "node:assert/strict";
import { test } from "node:test";
import {
  type CallRecord,
  createReplayer,
  createStandIn,
  type HostTable,
  type StandInOptions,
  type StoodIn,
  type Stop,
  Stopped,
} from "./mod.ts";
import {
  type GuestImports,
  guestImports,
  hostTable,
  iface,
  limits,
  recorderOf,
  type,
} from "./testing/component.ts";

type Guest = (imports: GuestImports) => unknown;

function record(guest: Guest): readonly CallRecord[] {
  let counted = 0n;
  const host = hostTable();
  host.set(`${iface}#now`, { call: () => counted++ });
  const recorder = recorderOf(host);
  recorder.beginTurn();
  try {
    guest(guestImports(recorder));
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
  return recorder.endTurn();
}

interface Came {
  readonly stoodIn: StoodIn | undefined;
  readonly told: unknown;
  readonly stop: Stop | undefined;
}

/** Runs a guest on what another was answered. */
function standIn(guest: Guest, calls: readonly CallRecord[], options: Partial<StandInOptions> = {}): Came {
  const boundary = createStandIn({ type, own: new Map(), limits, ...options });
  boundary.beginTurn(calls);
  let told: unknown;
  try {
    told = guest(guestImports(boundary));
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
  return { stoodIn: boundary.endTurn(), told, stop: boundary.stopped() };
}

/** What was called: the name, and whose answer it got. */
function seen({ stoodIn }: Came): unknown {
  return stoodIn && {
    calls: stoodIn.calls.map((call) => [
      call.function.replace(`${iface}#`, ""),
      call.refused === undefined ? call.recorded ?? "none" : "refused",
    ]),
    missed: stoodIn.missed,
  };
}

const old: Guest = (guest) => {
  guest.write("info", "one");
  const first = guest.now();
  guest.sendOn("a/b", "[1]");
  const second = guest.now();
  guest.write("info", "two");
  return [first, second, guest.half(1)];
};
const recorded = record(old);

test("code that asks what was recorded is told what was recorded, and nothing is said of it", () => {
  const came = standIn(old, recorded);
  deepStrictEqual(came, { stoodIn: undefined, told: [0n, 1n, 0.5], stop: undefined });
});

/** Other code on the same recording: what it asks, whose answers it gets, and what it ends up with. */
const others: readonly (readonly [string, Guest, unknown, unknown])[] = [
  ["a call left out", (guest) => [guest.now(), guest.now()], {
    calls: [["now", 1], ["now", 3]],
    missed: [0, 2, 4, 5],
  }, [0n, 1n]],
  ["calls in another order", (guest) => {
    guest.sendOn("a/b", "[1]");
    guest.write("info", "two");
    guest.write("info", "one");
    return [guest.half(1), guest.now(), guest.now()];
  }, {
    calls: [["send-on", 2], ["write", 4], ["write", 0], ["half", 5], ["now", 1], ["now", 3]],
    missed: [],
  }, [0.5, 0n, 1n]],
  ["a call too many that has no result", (guest) => {
    guest.write("error", "three");
    return old(guest);
  }, {
    calls: [["write", "none"], ["write", 0], ["now", 1], ["send-on", 2], ["now", 3], ["write", 4], [
      "half",
      5,
    ]],
    missed: [],
  }, [0n, 1n, 0.5]],
  [
    "another text to a function without a result",
    (guest) => {
      guest.write("info", "ONE");
      return guest.now();
    },
    { calls: [["write", "none"], ["now", 1]], missed: [0, 2, 3, 4, 5] },
    0n,
  ],
  [
    "one call too many of a clock",
    (guest) => {
      guest.now();
      guest.now();
      guest.now();
      return "went on";
    },
    { calls: [["now", 1], ["now", 3], ["now", "refused"]], missed: [0, 2, 4, 5] },
    undefined,
  ],
  ["another argument", (guest) => guest.half(3), {
    calls: [["half", "refused"]],
    missed: [0, 1, 2, 3, 4, 5],
  }, undefined],
  ["another body", (guest) => guest.sendOn("a/b", "[2]"), {
    calls: [["send-on", "refused"]],
    missed: [0, 1, 2, 3, 4, 5],
  }, undefined],
  ["no calls", () => "quiet", { calls: [], missed: [0, 1, 2, 3, 4, 5] }, "quiet"],
];

for (const [name, guest, calls, told] of others) {
  test(`other code is answered as far as there are answers: ${name}`, () => {
    const came = standIn(guest, recorded);
    deepStrictEqual(seen(came), calls);
    deepStrictEqual(came.told, told);
    strictEqual(came.stop === undefined, told !== undefined);
  });
}

test("the call that a recording cannot answer stops the guest for good, as a host that could not", () => {
  const came = standIn((guest) => {
    throws(() => guest.half(7), Stopped);
    throws(() => guest.now(), Stopped, "that it swallowed the first changes nothing");
  }, recorded);
  const { stop } = came;
  strictEqual(stop?.code, "host");
  match(
    stop?.code === "host" ? stop.text : "",
    /^Cannot answer .*#half: no recorded call of this turn is left/,
  );
  deepStrictEqual(seen(came), { calls: [["half", "refused"]], missed: [0, 1, 2, 3, 4, 5] });
});

test("a recorded refusal is the answer to the same question again", () => {
  const host = hostTable();
  host.set(`${iface}#now`, { denied: "no clock" });
  const recorder = recorderOf(host);
  recorder.beginTurn();
  throws(() => guestImports(recorder).now(), Stopped);
  const calls = recorder.endTurn();
  const same = standIn((guest) => guest.now(), calls);
  deepStrictEqual(same.stoodIn, undefined);
  deepStrictEqual(same.stop, { code: "denied", call: 0, function: `${iface}#now`, text: "no clock" });
});

test("arguments that were too large to be written down are known again", () => {
  const large: Guest = (guest) => guest.write("info", "é".repeat(5000));
  const calls = record(large);
  strictEqual(standIn(large, calls).stoodIn, undefined);
  const other = standIn((guest) => guest.write("info", "é".repeat(5001)), calls, {
    limits: { callsMax: 9, recordBytesMax: 1e6 },
  });
  deepStrictEqual(seen(other), { calls: [["write", "none"]], missed: [0] });
});

test("resources keep the numbers that they were recorded with, also where others were left out", () => {
  const calls = record((guest) => {
    new guest.Blob(Uint8Array.of(1));
    const second = new guest.Blob(Uint8Array.of(1, 2));
    return second.size();
  });
  const came = standIn((guest) => new guest.Blob(Uint8Array.of(1, 2)).size(), calls);
  deepStrictEqual(seen(came), {
    calls: [["[constructor]blob", 1], ["[method]blob.size", 2]],
    missed: [0],
  });
  strictEqual(came.told, 2);
  const strict = createReplayer({ type });
  strict.beginTurn(calls.slice(1));
  throws(() => new (guestImports(strict).Blob)(Uint8Array.of(1, 2)), Stopped);
});

test("a recorded answer of another type is not handed over", () => {
  const calls = recorded.map((call) => call.function.endsWith("#half") ? { ...call, result: '["x"]' } : call);
  const came = standIn((guest) => guest.half(1), calls);
  strictEqual(came.stop?.code, "host");
  match(
    came.stoodIn?.calls[0]?.refused ?? "",
    /^Cannot give the recorded answer of .*#half: result\[0\]: wanted/,
  );
});

test("what belongs to the code itself is answered by it, whatever was recorded", () => {
  const own: HostTable = new Map([[`${iface}#now`, { call: () => 77n }]]);
  const came = standIn(old, recorded, { own });
  deepStrictEqual(came, { stoodIn: undefined, told: [77n, 77n, 0.5], stop: undefined });
  const none = recorded.filter((call) => !call.function.endsWith("#now"));
  deepStrictEqual(standIn(old, none, { own }).stoodIn, undefined);
});

test("a guest that calls without end is stopped, and what is kept of it stays bounded", () => {
  const endless: Guest = (guest) => {
    for (;;) guest.write("info", "again");
  };
  const few = standIn(endless, recorded, { limits: { callsMax: 5, recordBytesMax: 1000 } });
  deepStrictEqual(few.stoodIn?.calls.length, 6);
  strictEqual(few.stop?.code, "host");
  const small = standIn(endless, recorded, { limits: { callsMax: 1000, recordBytesMax: 100 } });
  deepStrictEqual(small.stoodIn?.calls.length, Math.floor(100 / '["info","again"]'.length) + 1);
});

test("any order of any choice of calls gets the answers of the calls that ask the same, each once", () => {
  const texts = ["a", "b", "c", "a", "b", "a"];
  const calls = record((guest) => texts.map((text) => guest.take(new TextEncoder().encode(text))));
  const seed = 0x5eed;
  let random = seed;
  const next = (below: number) => (random = (random * 1103515245 + 12345) & 0x7fffffff) % below;
  for (let round = 0; round < 300; round++) {
    const asked = Array.from({ length: next(9) }, () => "abcd"[next(4)] ?? "a");
    const left = [...texts];
    const expected: (number | undefined)[] = [];
    for (const text of asked) {
      const at = left.indexOf(text);
      expected.push(at < 0 ? undefined : at);
      if (at < 0) break;
      left[at] = "";
    }
    const came = standIn((guest) => asked.map((text) => guest.take(new TextEncoder().encode(text))), calls);
    const got = came.stoodIn?.calls.map((call) => call.recorded) ?? texts.map((_, k) => k);
    deepStrictEqual(got, expected, `seed ${seed}, round ${round}: ${asked}`);
  }
});

test("an effect that would be staged is supposed to have been taken, under an ordinal of its own", () => {
  const asked: [string, number][] = [];
  const suppose = (name: string, call: number) => {
    asked.push([name.replace(`${iface}#`, ""), call]);
    return name.endsWith("#send-on") ? '[{"ok":null}]' : undefined;
  };
  const came = standIn(
    (guest) => {
      guest.sendOn("a/b", "[1]");
      guest.sendOn("a/b", "[2]");
      return guest.half(9);
    },
    recorded,
    { suppose },
  );
  deepStrictEqual(asked, [["send-on", recorded.length + 1], ["half", recorded.length + 2]]);
  deepStrictEqual(came.stoodIn?.calls.map(({ recorded: at, supposed, refused }) => [at, supposed, refused]), [
    [2, undefined, undefined],
    [undefined, '[{"ok":null}]', undefined],
    [undefined, undefined, came.stop?.code === "host" ? came.stop.text : "no stop"],
  ]);
});
