/**
 * What every log store must do, as tests: run against each implementation.
 *
 * @module
 */
import { deepEqual, equal, notEqual, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import { processId } from "../platform/mod.ts";
import { createRandom, type Random } from "./testing/random.ts";
import {
  appendOf,
  bytesOf,
  createOf,
  hashOf,
  mailOf,
  newsOf,
  replyOf,
  requestOf,
  timerOf,
} from "./testing/writes.ts";
import {
  type ActorRow,
  type LogReader,
  type LogStore,
  type MailRow,
  nodeTree,
  type RequestRow,
  type StoredPart,
  tileHashes,
  type TimerRow,
  type Write,
} from "./store.ts";
import { emptyHead } from "./plan_commit.ts";
import { StoreError, type StoreFault } from "./store_error.ts";

/** One log, empty at first, that can be opened again and again. */
export interface LogUnderTest {
  openLog(): LogStore;
  openLogReader(): LogReader;
  remove(): void;
}

function faultCode(work: () => unknown): StoreFault["code"] | "none" {
  try {
    work();
    return "none";
  } catch (error) {
    if (error instanceof StoreError) return error.fault.code;
    throw error;
  }
}

/** All that a reader tells, as plain data that two readers can be compared by. */
export function snapshot(reader: LogReader): unknown {
  return reader.actors().map((row) => ({
    row,
    records: [...reader.records(row.address)],
    state: reader.state(row.address),
    mail: reader.mail(row.address),
    timers: reader.timers(row.address),
    requests: reader.requests(row.address),
    restarts: reader.restarts(row.address),
  }));
}

/** Registers the tests for one implementation. */
export function testStore(name: string, makeLog: () => LogUnderTest): void {
  const check = (what: string, run: (log: LogUnderTest) => void) =>
    test(`${name}: ${what}`, () => {
      const log = makeLog();
      try {
        run(log);
      } finally {
        log.remove();
      }
    });

  /** Opens for writing, with some actors made. */
  const openWith = (log: LogUnderTest, ...addresses: string[]): LogStore => {
    const store = log.openLog();
    store.commit(addresses.map((address) => createOf(address)));
    return store;
  };

  check("an empty log has a node and nothing else", (log) => {
    const store = log.openLog();
    ok(/^[a-z0-9-]{1,32}~[0-9a-f]{32}$/.test(store.node), store.node);
    deepEqual(store.actors(), []);
    deepEqual(store.timers(), []);
    deepEqual(store.requests(), []);
    deepEqual(store.restarts("a"), []);
    equal(store.actor("a"), undefined);
    deepEqual([...store.entries("a")], []);
    deepEqual([...store.records("a")], []);
    equal(store.entry("a", 0), undefined);
    deepEqual(store.parts("a", 0), []);
    equal(store.blob("0".repeat(64)), undefined);
    equal(store.state("a"), undefined);
    deepEqual(store.mail("a"), []);
    equal(store.key("a", bytesOf("k")), undefined);
    equal(store.kind, "log");
    equal(store.sealed(), 0);
    equal(store.checkpoint(), undefined);
    equal(store.tile(nodeTree, 0, 0), undefined);
    equal(store.tile("a", 0, 0), undefined);
    for (
      const rows of [
        store.seals(),
        store.sealsOf("a"),
        store.leaves(),
        store.checkpoints(),
        store.pruned("a"),
      ]
    ) {
      deepEqual([...rows], []);
    }
    deepEqual(store.commit([]), []);
    store.close();
    store.close();
  });

  check("an actor's row tells where its chain stands", (log) => {
    const store = openWith(log, "b", "a", "a/c");
    deepEqual(store.actors().map(({ address }) => address), ["a", "a/c", "b"]);
    const born: ActorRow = {
      address: "a",
      origin: `${store.node}/a`,
      size: 0,
      head: emptyHead,
      turns: 0,
      activations: 0,
      bytes: 0,
      status: "running",
    };
    deepEqual({ ...store.actor("a"), origin: born.origin }, born);
    const first = appendOf("a", 0, { text: '{"é":0}', activations: 1 });
    const second = appendOf("a", 1, {
      text: '{"seq":1}',
      turns: 1,
      parts: ["hello", { status: "derivable" }],
    });
    store.commit([first, second, { write: "status", address: "a", status: "resting" }]);
    const row = store.actor("a");
    // UTF-8 bytes of both texts, a salt for each of three parts, and what was said.
    const bytes = 8 + 9 + 3 * 16 + bytesOf("part 0").length + bytesOf("hello").length;
    deepEqual({ ...row, origin: "" }, {
      ...born,
      origin: "",
      size: 2,
      head: hashOf(second.text),
      turns: 1,
      activations: 1,
      bytes,
      status: "resting",
    });
    deepEqual(store.actors()[0], row);
    equal(store.actor("b")?.size, 0);
    store.close();
  });

  check("entries come back to the byte, up and down and in ranges", (log) => {
    const store = openWith(log, "a", "b");
    // More than a page of any reader, of two chains in turn.
    const count = 700;
    for (let seq = 0; seq < count; seq++) {
      store.commit([appendOf("a", seq), appendOf("b", seq, { text: `{"of":"b","seq":${seq}}` })]);
    }
    const texts = Array.from({ length: count }, (_, seq) => ({ seq, text: appendOf("a", seq).text }));
    deepEqual([...store.entries("a")], texts);
    deepEqual([...store.entries("a", { backwards: true })], texts.toReversed());
    for (
      const [from, to] of [[0, 0], [0, 1], [5, 5], [7, 3], [255, 257], [256, 512], [699, 700], [
        0,
        9999,
      ]] as const
    ) {
      const wanted = texts.slice(from, Math.max(from, to));
      deepEqual([...store.entries("a", { from, to })], wanted, `[${from}, ${to})`);
      deepEqual(
        [...store.entries("a", { from, to, backwards: true })],
        wanted.toReversed(),
        `[${from}, ${to}) down`,
      );
      deepEqual([...store.records("a", { from, to })].map(({ seq, text }) => ({ seq, text })), wanted);
      deepEqual(
        [...store.records("a", { from, to, backwards: true })].map(({ seq }) => seq).toReversed(),
        wanted.map(({ seq }) => seq),
      );
    }
    deepEqual([...store.entries("a", { from: 698 })], texts.slice(698));
    deepEqual(store.entry("b", 699), { seq: 699, text: '{"of":"b","seq":699}' });
    equal(store.entry("b", 700), undefined);
    // Two readings at once do not disturb each other.
    const one = store.entries("a")[Symbol.iterator]();
    const two = store.entries("b")[Symbol.iterator]();
    for (let seq = 0; seq < count; seq++) {
      equal(one.next().value?.seq, seq);
      equal(two.next().value?.text, `{"of":"b","seq":${seq}}`);
    }
    store.close();
  });

  check("parts come back in order, with every status and any bytes", (log) => {
    const store = openWith(log, "a");
    const salt = (n: number) => new Uint8Array(16).fill(n);
    const all: StoredPart[][] = [
      [{ status: "present", salt: salt(1), bytes: new Uint8Array(0) }],
      [{ status: "present", salt: salt(2), bytes: Uint8Array.from({ length: 256 }, (_, i) => i) }],
      [{ status: "derivable", salt: salt(3) }, { status: "present", salt: salt(4), bytes: bytesOf("x") }],
      [{ status: "withheld" }, { status: "erased" }, { status: "pruned" }],
      [{ status: "erased" }, { status: "derivable", salt: salt(5) }, { status: "pruned" }, {
        status: "present",
        salt: salt(6),
        bytes: new Uint8Array(1_000_000).fill(7),
      }],
    ];
    store.commit(all.map((parts, seq) => ({ ...appendOf("a", seq), parts })));
    for (const [seq, parts] of all.entries()) deepEqual(store.parts("a", seq), parts);
    deepEqual([...store.records("a")].map(({ parts }) => parts), all);
    deepEqual([...store.records("a", { backwards: true })].map(({ parts }) => parts), all.toReversed());
    store.close();
  });

  check("mail is delivered in order, once taken it is gone, and no position comes twice", (log) => {
    let store = openWith(log, "a", "b");
    const keyed = { key: { bytes: bytesOf("k"), salt: new Uint8Array(16).fill(9) } };
    const mails: Omit<MailRow, "position">[] = [
      mailOf("one", keyed),
      mailOf("two", { type: "timer", timer: "18446744073709551615" }),
      mailOf("", { type: "undeliverable", from: "b" }),
    ];
    const first = store.commit(mails.map((mail) => ({ write: "mail", address: "a", mail })));
    const [other] = store.commit([{ write: "mail", address: "b", mail: mailOf("for b") }]);
    equal(first.length, 3);
    ok(first.every((position, i) => i === 0 || position > (first[i - 1] ?? Infinity)));
    deepEqual(store.mail("a"), mails.map((mail, i) => ({ ...mail, position: first[i] })));
    const [, second = 0, third = 0] = first;
    store.commit([{ write: "mail-taken", address: "a", position: second }]);
    // Not b's to take, and not there: nothing happens.
    store.commit([{ write: "mail-taken", address: "b", position: third }, {
      write: "mail-taken",
      address: "a",
      position: 999,
    }]);
    deepEqual(store.mail("a").map(({ position }) => position), [first[0], third]);
    store.commit([
      { write: "mail-taken", address: "a", position: third },
      { write: "mail-taken", address: "b", position: other ?? 0 },
    ]);
    store.close();
    store = log.openLog();
    const [later = 0] = store.commit([{ write: "mail", address: "a", mail: mailOf("later") }]);
    ok(later > (other ?? Infinity), `position ${later} was given before`);
    store.close();
  });

  check("replies and news wait with what they say, and no other message does", (log) => {
    let store = openWith(log, "a", "b");
    const outcomes = ["ok", "refused", "crashed", "timeout", "undelivered"] as const;
    const mails: Omit<MailRow, "position">[] = [
      ...outcomes.map((outcome, i) => replyOf(`"${i}"`, `${i}`, outcome)),
      newsOf('{"news":[]}', "a"),
      mailOf("plain"),
    ];
    const positions = store.commit(mails.map((mail) => ({ write: "mail", address: "a", mail })));
    const wanted = mails.map((mail, i) => ({ ...mail, position: positions[i] }));
    deepEqual(store.mail("a"), wanted);
    store.close();
    store = log.openLog();
    deepEqual(store.mail("a"), wanted);
    store.close();
  });

  check("requests come by due time, are replaced by number and go", (log) => {
    let store = openWith(log, "a", "b");
    const requests: RequestRow[] = [
      requestOf("a", "10", 300),
      requestOf("b", "1", 100, "a/c"),
      requestOf("a", "2", 200),
      requestOf("a", "3", 100),
    ];
    store.commit(requests.map((request) => ({ write: "request", request })));
    deepEqual(store.requests(), [requests[3], requests[1], requests[2], requests[0]]);
    deepEqual(store.requests("a"), [requests[3], requests[2], requests[0]]);
    const moved = requestOf("a", "10", 50, "c");
    store.commit([
      { write: "request", request: moved },
      { write: "request-gone", address: "a", request: "3" },
      { write: "request-gone", address: "b", request: "2" },
    ]);
    for (const again of [false, true]) {
      if (again) {
        store.close();
        store = log.openLog();
      }
      deepEqual(store.requests("a"), [moved, requests[2]]);
      deepEqual(store.requests("b"), [requests[1]]);
      deepEqual(store.requests("nobody"), []);
    }
    store.close();
  });

  check("restarts are counted by supervisor, oldest first, until they are too old", (log) => {
    let store = openWith(log, "a", "a/c", "a/d");
    const restartOf = (supervisor: string, child: string, timeMs: number): Write => ({
      write: "restart",
      restart: { supervisor, child, timeMs },
    });
    store.commit([
      restartOf("a", "a/c", 30),
      restartOf("a", "a/d", 10),
      restartOf("outside", "a", 20),
      restartOf("a", "a/c", 20),
      restartOf("a", "a/c", 20),
    ]);
    const told = (supervisor: string) =>
      store.restarts(supervisor).map(({ child, timeMs }) => [child, timeMs]);
    for (const again of [false, true]) {
      if (again) {
        store.close();
        store = log.openLog();
      }
      deepEqual(told("a"), [["a/d", 10], ["a/c", 20], ["a/c", 20], ["a/c", 30]]);
      deepEqual(store.restarts("outside"), [{ supervisor: "outside", child: "a", timeMs: 20 }]);
      deepEqual(told("a/c"), []);
    }
    store.commit([{ write: "restarts-gone", supervisor: "a", beforeMs: 20 }]);
    deepEqual(told("a"), [["a/c", 20], ["a/c", 20], ["a/c", 30]]);
    store.commit([{ write: "restarts-gone", supervisor: "a" }]);
    deepEqual(told("a"), []);
    equal(store.restarts("outside").length, 1);
    store.close();
  });

  check("an actor has every status, one at a time", (log) => {
    let store = openWith(log, "a");
    for (const status of ["asleep", "stopped", "failed", "resting", "running"] as const) {
      store.commit([{ write: "status", address: "a", status }]);
      store.close();
      store = log.openLog();
      equal(store.actor("a")?.status, status);
    }
    store.close();
  });

  check("timers come by due time, are replaced by number and go", (log) => {
    const store = openWith(log, "a", "b");
    const timers: TimerRow[] = [
      timerOf("a", "10", 300),
      timerOf("b", "1", 100),
      timerOf("a", "2", 200),
      timerOf("a", "3", 100),
    ];
    store.commit(timers.map((timer) => ({ write: "timer", timer })));
    deepEqual(store.timers().map(({ address, timer }) => [address, timer]), [["a", "3"], ["b", "1"], [
      "a",
      "2",
    ], [
      "a",
      "10",
    ]]);
    deepEqual(store.timers("a"), [timers[3], timers[2], timers[0]]);
    const moved = timerOf("a", "10", 50);
    store.commit([{ write: "timer", timer: moved }, { write: "timer-gone", address: "a", timer: "3" }]);
    store.commit([{ write: "timer-gone", address: "b", timer: "2" }]);
    deepEqual(store.timers("a"), [moved, timers[2]]);
    deepEqual(store.timers("b"), [timers[1]]);
    store.close();
  });

  check("the proof of where a fork comes from is found again, and the last one counts", (log) => {
    const store = openWith(log, "a", "b");
    equal(store.lineage("a"), undefined);
    store.commit([{ write: "lineage", address: "a", proof: '{"é":1}\n' }]);
    store.commit([{ write: "lineage", address: "a", proof: '{"é":2}\n' }]);
    equal(store.lineage("a"), '{"é":2}\n');
    equal(store.lineage("b"), undefined);
    equal(store.lineage("c"), undefined);
    store.close();
  });

  check("keys, states and blobs are found again", (log) => {
    const store = openWith(log, "a", "b");
    const sha256 = hashOf("blob");
    store.commit([
      { write: "key", address: "a", key: bytesOf("k"), seq: 1 },
      { write: "key", address: "b", key: bytesOf("k"), seq: 2 },
      { write: "key", address: "a", key: new Uint8Array(0), seq: 3 },
      { write: "state", address: "a", seq: 4, bytes: bytesOf("{}") },
      { write: "blob", sha256, bytes: bytesOf("blob") },
    ]);
    deepEqual(store.key("a", bytesOf("k")), { seq: 1 });
    deepEqual(store.key("b", bytesOf("k")), { seq: 2 });
    deepEqual(store.key("a", new Uint8Array(0)), { seq: 3 });
    equal(store.key("a", bytesOf("K")), undefined);
    deepEqual(store.state("a"), { seq: 4, bytes: bytesOf("{}") });
    equal(store.state("b"), undefined);
    deepEqual(store.blob(sha256), bytesOf("blob"));
    store.commit([
      { write: "key", address: "a", key: bytesOf("k"), seq: 9 },
      { write: "state", address: "a", seq: 9, bytes: bytesOf("{1}") },
      { write: "blob", sha256, bytes: bytesOf("blob") },
    ]);
    deepEqual(store.key("a", bytesOf("k")), { seq: 9 });
    deepEqual(store.state("a"), { seq: 9, bytes: bytesOf("{1}") });
    store.close();
  });

  check("tiles, seals and checkpoints are found again, also when opened again", (log) => {
    let store = openWith(log, "a", "node");
    const tileOf = (n: number) => new Uint8Array(32 * tileHashes).fill(n);
    const root = hashOf("root");
    const count = 600; // More than a page of any reader.
    store.commit([
      { write: "tile", tree: nodeTree, level: 0, index: 0, hashes: tileOf(1) },
      { write: "tile", tree: "node", level: 0, index: 0, hashes: tileOf(2) },
      { write: "tile", tree: "a", level: 0, index: 1, hashes: tileOf(3) },
      { write: "tile", tree: "a", level: 1, index: 0, hashes: tileOf(4) },
      { write: "tile", tree: "a", level: 1, index: 0, hashes: tileOf(5) },
    ]);
    for (let i = 0; i < count; i++) {
      store.commit([
        { write: "seal", index: i, address: i % 2 === 0 ? "a" : "node", size: i + 1, root },
        { write: "checkpoint", size: i + 1, note: `note ${i + 1}` },
      ]);
    }
    deepEqual(store.unsealed(), [{ address: "a", size: 0, sealed: count - 1 }, {
      address: "node",
      size: 0,
      sealed: count,
    }]);
    store.commit([{ write: "checkpoint", size: 3, note: "again" }]);
    const all = Array.from({ length: count }, (_, i) => ({
      index: i,
      address: i % 2 === 0 ? "a" : "node",
      size: i + 1,
      root,
    }));
    const notes = all.map(({ size }) => ({ size, note: size === 3 ? "again" : `note ${size}` }));
    for (const again of [false, true]) {
      if (again) {
        store.close();
        store = log.openLog();
      }
      deepEqual(store.tile(nodeTree, 0, 0), tileOf(1));
      deepEqual(store.tile("node", 0, 0), tileOf(2));
      deepEqual(store.tile("a", 0, 1), tileOf(3));
      deepEqual(store.tile("a", 1, 0), tileOf(5));
      equal(store.tile("a", 0, 0), undefined);
      equal(store.tile("nobody", 0, 0), undefined);
      equal(store.sealed(), count);
      deepEqual([...store.seals()], all);
      deepEqual([...store.seals({ from: 250, to: 270 })], all.slice(250, 270));
      deepEqual([...store.seals({ backwards: true })], all.toReversed());
      deepEqual([...store.sealsOf("a")], all.filter(({ address }) => address === "a").reverse());
      deepEqual([...store.sealsOf("nobody")], []);
      deepEqual(store.checkpoint(), notes.at(-1));
      deepEqual(store.checkpoint(3), { size: 3, note: "again" });
      equal(store.checkpoint(count + 1), undefined);
      deepEqual([...store.checkpoints()], notes);
      deepEqual([...store.checkpoints({ from: 2, to: 4, backwards: true })], [notes[2], notes[1]]);
    }
    store.close();
  });

  check("leaves of others stand between seals, as in a bundle", (log) => {
    const store = openWith(log, "a");
    const hash = hashOf("x");
    store.commit([
      { write: "leaf", index: 0, hash },
      { write: "seal", index: 1, address: "a", size: 1, root: hash },
      { write: "leaf", index: 2, hash },
    ]);
    equal(store.sealed(), 3);
    deepEqual(store.unsealed(), [{ address: "a", size: 0, sealed: 1 }]);
    store.commit([appendOf("a", 0)]);
    deepEqual(store.unsealed(), []);
    store.commit([appendOf("a", 1)]);
    deepEqual(store.unsealed(), [{ address: "a", size: 2, sealed: 1 }]);
    deepEqual([...store.leaves()], [{ index: 0, hash }, { index: 2, hash }]);
    deepEqual([...store.leaves({ from: 1 })], [{ index: 2, hash }]);
    equal([...store.seals()].length, 1);
    equal(faultCode(() => store.commit([{ write: "leaf", index: 2, hash }])), "leaf_out_of_order");
    store.close();
  });

  check("what is erased, filled, pruned and put back, and what goes with it", (log) => {
    let store = openWith(log, "a");
    const count = 8;
    for (let seq = 0; seq < count; seq++) {
      store.commit([appendOf("a", seq, { parts: [`said ${seq}`, { status: "derivable" }] })]);
    }
    const whole = [...store.records("a")];
    const before = store.actor("a");
    const at = (seq: number) => whole[seq] ?? whole[0];
    const hash = (seq: number) => hashOf(at(seq)?.text ?? "");
    store.commit([
      { write: "state", address: "a", seq: 7, bytes: bytesOf("{}") },
      { write: "key", address: "a", key: bytesOf("k"), seq: 1 },
      { write: "blob", sha256: hashOf("blob"), bytes: bytesOf("blob") },
      { write: "erase-part", address: "a", seq: 6, part: 0 },
      { write: "fill-part", address: "a", seq: 6, part: 1, bytes: bytesOf("state") },
      ...[1, 2, 3].map((seq): Write => ({ write: "prune", address: "a", seq, hash: hash(seq) })),
    ]);
    store.commit([
      { write: "state-gone", address: "a" },
      { write: "key-gone", address: "a", key: bytesOf("k") },
      { write: "blob-gone", sha256: hashOf("blob") },
      // Once more does no harm.
      { write: "erase-part", address: "a", seq: 6, part: 0 },
    ]);
    store.scrub();
    for (const again of [false, true]) {
      if (again) {
        store.close();
        store = log.openLog();
      }
      const [, derivable] = at(6)?.parts ?? [];
      deepEqual(store.parts("a", 6), [{ status: "erased" }, {
        ...derivable,
        status: "present",
        bytes: bytesOf("state"),
      }]);
      equal(store.entry("a", 6)?.text, at(6)?.text);
      deepEqual([...store.entries("a")].map(({ seq }) => seq), [0, 4, 5, 6, 7]);
      deepEqual([...store.records("a", { to: 6, backwards: true })].map(({ seq }) => seq), [5, 4, 0]);
      equal(store.entry("a", 2), undefined);
      deepEqual(store.parts("a", 2), []);
      deepEqual([...store.pruned("a")], [1, 2, 3].map((seq) => ({ seq, hash: hash(seq) })));
      deepEqual([...store.pruned("a", { from: 2, to: 3 })], [{ seq: 2, hash: hash(2) }]);
      equal(store.actor("a")?.size, count);
      equal(store.actor("a")?.head, before?.head);
      equal(store.state("a"), undefined);
      equal(store.key("a", bytesOf("k")), undefined);
      equal(store.blob(hashOf("blob")), undefined);
    }
    store.commit([1, 2, 3].map((seq): Write => {
      const { text, parts } = at(seq) ?? { text: "", parts: [] };
      return { write: "restore", address: "a", seq, text, parts };
    }));
    deepEqual([...store.records("a")].filter(({ seq }) => seq !== 6), whole.filter(({ seq }) => seq !== 6));
    deepEqual([...store.pruned("a")], []);
    // The bytes are counted as they are: one part went, with its salt, and one came.
    const change = bytesOf("state").length - 16 - bytesOf("said 6").length;
    equal(store.actor("a")?.bytes, (before?.bytes ?? 0) + change);
    store.close();
  });

  const salt = new Uint8Array(16);
  const root = hashOf("root");
  const refusals: readonly (readonly [string, Write, StoreFault["code"] | "TypeError"])[] = [
    ["a gap", appendOf("a", 2), "out_of_order"],
    ["an entry twice", appendOf("a", 0), "out_of_order"],
    ["a first entry of an actor that is not there", appendOf("nobody", 0), "unknown_actor"],
    ["a second creation", createOf("a"), "actor_exists"],
    ["mail for nobody", { write: "mail", address: "nobody", mail: mailOf("x") }, "unknown_actor"],
    ["a timer of nobody", { write: "timer", timer: timerOf("nobody", "1", 1) }, "unknown_actor"],
    ["a state of nobody", { write: "state", address: "nobody", seq: 0, bytes: salt }, "unknown_actor"],
    ["a key of nobody", { write: "key", address: "nobody", seq: 0, key: salt }, "unknown_actor"],
    ["a status of nobody", { write: "status", address: "nobody", status: "failed" }, "unknown_actor"],
    ["an entry without parts", { ...appendOf("a", 1), parts: [] }, "TypeError"],
    ["five parts", { ...appendOf("a", 1), parts: Array(5).fill({ status: "erased" }) }, "TypeError"],
    ["a hash in capitals", { ...appendOf("a", 1), hash: "A".repeat(64) }, "TypeError"],
    ["a short hash", { ...appendOf("a", 1), hash: "0".repeat(63) }, "TypeError"],
    [
      "a short salt",
      { ...appendOf("a", 1), parts: [{ status: "derivable", salt: new Uint8Array(15) }] },
      "TypeError",
    ],
    ["a part without bytes", { ...appendOf("a", 1), parts: [{ status: "present", salt }] }, "TypeError"],
    [
      "bytes of a part that is gone",
      { ...appendOf("a", 1), parts: [{ status: "erased", bytes: salt }] },
      "TypeError",
    ],
    [
      "a salt of a part that is gone",
      { ...appendOf("a", 1), parts: [{ status: "pruned", salt }] },
      "TypeError",
    ],
    ["a blob under half a hash", { write: "blob", sha256: "0".repeat(32), bytes: salt }, "TypeError"],
    ["a leaf twice", { write: "seal", index: 0, address: "a", size: 1, root }, "leaf_out_of_order"],
    ["a seal of nobody", { write: "seal", index: 1, address: "nobody", size: 1, root }, "unknown_actor"],
    ["a seal of nothing", { write: "seal", index: 1, address: "a", size: 0, root }, "TypeError"],
    ["a root that is no hash", { write: "seal", index: 1, address: "a", size: 1, root: "" }, "TypeError"],
    ["half a tile", { write: "tile", tree: nodeTree, level: 0, index: 0, hashes: salt }, "TypeError"],
    ["a checkpoint of nothing", { write: "checkpoint", size: 0, note: "" }, "TypeError"],
    [
      "a tile of nobody",
      { write: "tile", tree: "nobody", level: 0, index: 0, hashes: new Uint8Array(8192) },
      "unknown_actor",
    ],
    ["to erase what is not there", { write: "erase-part", address: "a", seq: 0, part: 1 }, "unknown_entry"],
    ["to erase what is to come", { write: "erase-part", address: "a", seq: 1, part: 0 }, "unknown_entry"],
    ["to erase of nobody", { write: "erase-part", address: "nobody", seq: 0, part: 0 }, "unknown_actor"],
    [
      "to fill what is there",
      { write: "fill-part", address: "a", seq: 0, part: 0, bytes: salt },
      "TypeError",
    ],
    ["to prune what is to come", { write: "prune", address: "a", seq: 1, hash: root }, "unknown_entry"],
    ["to put back what is there", { ...appendOf("a", 0), write: "restore" }, "unknown_entry"],
    ["to put back what never was", { ...appendOf("a", 1), write: "restore" }, "unknown_entry"],
    [
      "a pruned entry after a gap",
      { write: "append-pruned", address: "a", seq: 2, hash: root },
      "out_of_order",
    ],
    ["a request of nobody", { write: "request", request: requestOf("nobody", "1", 1) }, "unknown_actor"],
    ["a request that is no number", { write: "request", request: requestOf("a", "-1", 1) }, "TypeError"],
    [
      "a request without the hash of its cause",
      { write: "request", request: { ...requestOf("a", "1", 1), cause: { origin: "", seq: 0, hash: "" } } },
      "TypeError",
    ],
    [
      "that a request of nobody goes",
      { write: "request-gone", address: "nobody", request: "1" },
      "unknown_actor",
    ],
    [
      "a restart of nobody",
      { write: "restart", restart: { supervisor: "a", child: "nobody", timeMs: 1 } },
      "unknown_actor",
    ],
    [
      "a restart at no time",
      { write: "restart", restart: { supervisor: "a", child: "a", timeMs: NaN } },
      "TypeError",
    ],
    [
      "a reply without a request",
      { write: "mail", address: "a", mail: mailOf("x", { type: "reply" }) },
      "TypeError",
    ],
    [
      "a send with a request",
      { write: "mail", address: "a", mail: { ...replyOf("x", "1", "ok"), type: "send" } },
      "TypeError",
    ],
    ["a reply to no number", { write: "mail", address: "a", mail: replyOf("x", "one", "ok") }, "TypeError"],
    ["news with a cause", { write: "mail", address: "a", mail: mailOf("x", { type: "news" }) }, "TypeError"],
    [
      "a send without a cause",
      { write: "mail", address: "a", mail: { ...newsOf("x", "a"), type: "send" } },
      "TypeError",
    ],
    ["a timer that is no number", { write: "timer", timer: timerOf("a", "1e3", 1) }, "TypeError"],
    ["mail without a salt", {
      write: "mail",
      address: "a",
      mail: { ...mailOf("x"), salt: new Uint8Array(0) },
    }, "TypeError"],
  ];
  for (const [what, bad, code] of refusals) {
    check(`refuses ${what}, and with it the whole commit`, (log) => {
      const store = openWith(log, "a");
      store.commit([appendOf("a", 0), { write: "seal", index: 0, address: "a", size: 1, root }]);
      const before = snapshot(store);
      const writes: Write[] = [
        createOf("b"),
        appendOf("b", 0),
        { write: "mail", address: "a", mail: mailOf("lost") },
        bad,
        { write: "state", address: "a", seq: 1, bytes: bytesOf("lost") },
      ];
      if (code === "TypeError") throws(() => store.commit(writes), TypeError);
      else equal(faultCode(() => store.commit(writes)), code);
      deepEqual(snapshot(store), before);
      // It goes on as if nothing had been asked.
      store.commit([createOf("b"), appendOf("b", 0), appendOf("a", 1)]);
      equal(store.actor("a")?.size, 2);
      store.close();
    });
  }

  check("keeps its own copy of what it is given", (log) => {
    const store = openWith(log, "a");
    const bytes = bytesOf("before");
    const salt = new Uint8Array(16);
    store.commit([
      { ...appendOf("a", 0), parts: [{ status: "present", salt, bytes }] },
      { write: "state", address: "a", seq: 0, bytes },
      { write: "mail", address: "a", mail: { ...mailOf("x"), body: bytes, salt } },
      { write: "timer", timer: { ...timerOf("a", "1", 1), body: bytes, salt } },
    ]);
    bytes.fill(0);
    salt.fill(1);
    const { parts: [part] } = [...store.records("a")][0] ?? { parts: [] };
    deepEqual(part, { status: "present", salt: new Uint8Array(16), bytes: bytesOf("before") });
    deepEqual(store.state("a")?.bytes, bytesOf("before"));
    deepEqual(store.mail("a")[0]?.body, bytesOf("before"));
    deepEqual(store.timers("a")[0]?.salt, new Uint8Array(16));
    store.close();
  });

  check("a second writer is refused until the first is gone", (log) => {
    const store = openWith(log, "a");
    equal(faultCode(() => log.openLog()), "in_use");
    try {
      log.openLog();
    } catch (error) {
      ok((error as Error).message.includes(`process ${processId}`), (error as Error).message);
    }
    store.commit([appendOf("a", 0)]);
    store.close();
    const next = log.openLog();
    equal(next.actor("a")?.size, 1);
    next.commit([appendOf("a", 1)]);
    next.close();
  });

  check("a reader beside the writer sees what is committed, when it is", (log) => {
    const store = openWith(log, "a");
    const reader = log.openLogReader();
    equal(reader.node, store.node);
    equal(reader.actor("a")?.size, 0);
    store.commit([appendOf("a", 0), { write: "mail", address: "a", mail: mailOf("x") }]);
    equal(reader.actor("a")?.size, 1);
    equal(reader.mail("a").length, 1);
    equal(faultCode(() => store.commit([appendOf("a", 1), appendOf("a", 5)])), "out_of_order");
    equal(reader.actor("a")?.size, 1);
    deepEqual([...reader.entries("a")].length, 1);
    deepEqual(snapshot(reader), snapshot(store));
    reader.close();
    store.commit([appendOf("a", 1)]);
    store.close();
  });

  check("ten thousand random writes leave what a plain list of them says, also when opened again", (log) => {
    const seed = Math.floor(Math.random() * 2 ** 32);
    const random = createRandom(seed);
    const model = createModel();
    let store = log.openLog();
    for (let written = 0; written < 10_000;) {
      const writes = Array.from({ length: 1 + random.below(60) }, () => model.draw(random));
      model.note(writes, store.commit(writes));
      written += writes.length;
      if (random.below(60) === 0) {
        store.close();
        store = log.openLog();
      }
      if (random.below(40) === 0) model.verify(store, seed);
    }
    model.verify(store, seed);
    store.close();
    const reader = log.openLogReader();
    model.verify(reader, seed);
    reader.close();
    notEqual(model.size(), 0);
  });
}

/** A store so plain that it is right by looking: lists, searched from end to end. */
function createModel() {
  const addresses = ["a", "a/b", "a/c", "b", "node-1/x_y.z"];
  const sizes = new Map<string, number>();
  const appended: Extract<Write, { write: "append" }>[] = [];
  const mails: (MailRow & { readonly address: string })[] = [];
  const timers: TimerRow[] = [];
  const requests: RequestRow[] = [];
  const keys: { readonly address: string; readonly key: string; readonly seq: number }[] = [];
  const states: { readonly address: string; readonly seq: number; readonly bytes: Uint8Array }[] = [];

  function draw(random: Random): Write {
    const address = addresses[random.below(addresses.length)] ?? "a";
    const size = sizes.get(address);
    if (size === undefined) {
      sizes.set(address, 0);
      return createOf(address);
    }
    const digits = String(random.below(20));
    switch (random.below(12)) {
      case 0:
        return {
          write: "mail",
          address,
          mail: mailOf(random.text(), random.below(2) ? {} : { from: address }),
        };
      case 1: {
        const mail = mails[random.below(mails.length)];
        const { position, address: of } = mail ?? { position: 0, address };
        return { write: "mail-taken", address: of, position };
      }
      case 2:
        return { write: "timer", timer: timerOf(address, digits, random.below(1000), random.text()) };
      case 3:
        return { write: "timer-gone", address, timer: digits };
      case 4:
        return { write: "key", address, key: bytesOf(digits), seq: size };
      case 5:
        return { write: "state", address, seq: size, bytes: bytesOf(random.text()) };
      case 6:
        return { write: "request", request: requestOf(address, digits, random.below(1000)) };
      case 7:
        return { write: "request-gone", address, request: digits };
      case 8:
        return random.below(2)
          ? { write: "mail", address, mail: replyOf(random.text(), digits, "ok") }
          : { write: "mail", address, mail: newsOf(random.text(), address) };
    }
    sizes.set(address, size + 1);
    const parts = Array.from({ length: 1 + random.below(4) }, () => random.text());
    return appendOf(address, size, { text: JSON.stringify({ seq: size, say: random.text() }), parts });
  }

  function note(writes: readonly Write[], positions: readonly number[]): void {
    let at = 0;
    for (const write of writes) {
      switch (write.write) {
        case "append":
          appended.push(write);
          break;
        case "mail":
          mails.push({ ...write.mail, address: write.address, position: positions[at++] ?? NaN });
          break;
        case "mail-taken": {
          const taken = mails.findIndex(({ position }) => position === write.position);
          if (taken >= 0) mails.splice(taken, 1);
          break;
        }
        case "timer":
        case "timer-gone": {
          const { address, timer } = write.write === "timer" ? write.timer : write;
          const gone = timers.findIndex((row) => row.address === address && row.timer === timer);
          if (gone >= 0) timers.splice(gone, 1);
          if (write.write === "timer") timers.push(write.timer);
          break;
        }
        case "request":
        case "request-gone": {
          const { address, request } = write.write === "request" ? write.request : write;
          const gone = requests.findIndex((row) => row.address === address && row.request === request);
          if (gone >= 0) requests.splice(gone, 1);
          if (write.write === "request") requests.push(write.request);
          break;
        }
        case "key":
          keys.push({ ...write, key: write.key.toString() });
          break;
        case "state":
          states.push(write);
          break;
        default: // The others are not drawn.
          break;
      }
    }
  }

  function verify(reader: LogReader, seed: number): void {
    const say = `seed ${seed}`;
    deepEqual(reader.actors().map(({ address }) => address), [...sizes.keys()].sort(), say);
    for (const [address, size] of sizes) {
      const mine = appended.filter((write) => write.address === address);
      equal(reader.actor(address)?.size, size, say);
      deepEqual(
        [...reader.records(address)],
        mine.map(({ seq, text, parts }) => ({ seq, text, parts })),
        say,
      );
      deepEqual(
        reader.mail(address),
        mails.filter((mail) => mail.address === address).map(({ address: _, ...mail }) => mail),
        say,
      );
      const due = timers.filter((timer) => timer.address === address)
        .sort((a, b) => a.dueMs - b.dueMs || (a.timer < b.timer ? -1 : 1));
      deepEqual(reader.timers(address), due, say);
      const asked = requests.filter((request) => request.address === address)
        .sort((a, b) => a.dueMs - b.dueMs || (a.request < b.request ? -1 : 1));
      deepEqual(reader.requests(address), asked, say);
      const state = states.findLast((state) => state.address === address);
      deepEqual(reader.state(address), state && { seq: state.seq, bytes: state.bytes }, say);
      for (let i = 0; i < 20; i++) {
        const key = bytesOf(String(i));
        const found = keys.findLast((row) => row.address === address && row.key === key.toString());
        deepEqual(reader.key(address, key), found && { seq: found.seq }, say);
      }
    }
  }

  return { draw, note, verify, size: () => appended.length };
}
