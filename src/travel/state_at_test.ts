import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { test } from "node:test";
import { appendEntry, type ChainHead, type Draft, type PartInput } from "../chain/mod.ts";
import { encodeUtf8 } from "../codec/mod.ts";
import { type ActorRow, createMemoryLog, type LogStore, type StoredPart } from "../store/mod.ts";
import { locate, stateAt, stateEntryAt, TravelError } from "./mod.ts";

/** What is said in a part; without `said` its bytes are not in the log. */
type Part = string | { readonly kept: string };

/** A log with one chain, whose states are kept as their parts say. */
function logOf(
  ...entries: (readonly [draft: Draft, ...parts: readonly Part[]])[]
): { log: LogStore; row: () => ActorRow } {
  const log = createMemoryLog().openLog();
  const address = "till";
  log.commit([{ write: "create", address, origin: `${log.node}/${address}` }]);
  let head: ChainHead | undefined;
  const salt = new Uint8Array(16);
  const append = (draft: Draft, ...said: readonly Part[]) => {
    const texts = said.map((part) => typeof part === "string" ? part : part.kept);
    const inputs: PartInput[] = texts.map((text) => ({ text, salt }));
    const { entry, text, hash, head: next } = appendEntry(head, draft, inputs);
    head = next;
    const parts = said.map((part): StoredPart =>
      typeof part === "string"
        ? { status: "present", salt, bytes: encodeUtf8(part) }
        : { status: "derivable", salt }
    );
    const turns = entry.kind === "keyframe" || entry.kind === "receive" ? { turns: entry.turn + 1 } : {};
    const activations = entry.kind === "keyframe" ? { activations: entry.activation + 1 } : {};
    log.commit([{ write: "append", address, seq: entry.seq, text, hash, parts, ...turns, ...activations }]);
  };
  append({ kind: "genesis", time: 1000, origin: `${log.node}/${address}` }, "{}");
  for (const [draft, ...parts] of entries) append(draft, ...parts);
  return {
    log,
    row() {
      const row = log.actor(address);
      if (row === undefined) throw new Error("Cannot find the actor");
      return row;
    },
  };
}

const keyframe = (turn: number, activation: number, reason: "start" | "wake", state: Part) =>
  [{ kind: "keyframe", time: 1000 + turn, turn, activation, reason }, state, "{}", "{}", "{}"] as const;
const receive = (turn: number, type: "init" | "send") =>
  [{ kind: "receive", time: 1000 + turn, turn, type, from: "outside", keyed: false }, "null"] as const;
const ended = (turn: number, ...parts: readonly Part[]) =>
  [
    { kind: "return", time: 1000 + turn, turn, outcome: "ok", calls: 0, effects: 0, fuel: 1 },
    ...parts,
  ] as const;

/** Two lives of an actor at one address. */
const lives = [
  keyframe(0, 0, "start", "null"), // 1
  ended(0, { kept: "null" }), // 2
  receive(1, "init"), // 3
  ended(1, '{"n":1}'), // 4
  receive(2, "send"), // 5
  [{ kind: "return", time: 1002, turn: 2, outcome: "err", calls: 0, effects: 0, fuel: 1 }, "no"], // 6
  [{ kind: "incarnation", time: 1002, incarnation: 0 }, "{}"], // 7
  keyframe(3, 1, "start", "null"), // 8
  ended(3, { kept: "null" }), // 9
  receive(4, "init"), // 10
  ended(4, '{"n":5}'), // 11
] as const;

const never = () => Promise.reject(new Error("Cannot replay in this test"));
const faultOf = (code: string) => (error: unknown) =>
  error instanceof TravelError && error.fault.code === code;

test("the state of an entry is that of the last turn that made one, in the life that it belongs to", async () => {
  const { log, row } = logOf(...lives);
  const states = [
    undefined,
    "null",
    "null",
    "null",
    '{"n":1}',
    '{"n":1}',
    '{"n":1}',
    undefined,
    "null",
    "null",
    "null",
    '{"n":5}',
  ];
  const from = [-1, 1, 2, 2, 4, 4, 4, -1, 8, 9, 9, 11];
  for (const [seq, state] of states.entries()) {
    if (state === undefined) {
      await rejects(stateAt(log, row(), seq, never), faultOf("no_state"), `entry ${seq}`);
      continue;
    }
    const found = await stateAt(log, row(), seq, never);
    deepEqual([found.state, found.seq, found.replayed], [state, from[seq], 0], `entry ${seq}`);
  }
});

test("a turn that is pruned may have made a state, so none is shown from before it", () => {
  const { log, row } = logOf(...lives);
  log.commit([3, 4].map((seq) => ({ write: "prune", address: "till", seq, hash: "ab".repeat(32) })));
  equal(stateEntryAt(log, "till", 2).seq, 2);
  throws(() => stateEntryAt(log, "till", 6), faultOf("pruned"));
  equal(stateEntryAt(log, "till", 9).seq, 9);
  throws(() => locate(log, row(), { point: "turn", turn: 1 }), faultOf("pruned"));
  equal(locate(log, row(), { point: "turn", turn: 2 }), 6);
});

for (const status of ["erased", "withheld"] as const) {
  test(`a state that is ${status} is not shown, nor the one before it instead`, async () => {
    const { log, row } = logOf(...lives);
    const reader = {
      ...log,
      parts: (address: string, seq: number) => seq === 4 ? [{ status }] : log.parts(address, seq),
    };
    await rejects(stateAt(reader, row(), 6, never), (error) => {
      deepEqual(error instanceof TravelError && error.fault, {
        code: "state_absent",
        address: "till",
        seq: 4,
        status,
      });
      return true;
    });
  });
}

test("a state that is kept, and is not the one that its entry commits to, is a damaged log", async () => {
  const { log, row } = logOf(...lives);
  const other = [{ status: "present" as const, salt: new Uint8Array(16), bytes: encodeUtf8('{"n":2}') }];
  const reader = {
    ...log,
    parts: (address: string, seq: number) => seq === 4 ? other : log.parts(address, seq),
  };
  await rejects(stateAt(reader, row(), 4, never), /damaged: the state is not what the entry commits to/);
});

test("a turn that has not ended is not shown as if it had", () => {
  const { log, row } = logOf(...lives, receive(5, "send"));
  throws(() => locate(log, row(), { point: "turn", turn: 5 }), faultOf("turn_open"));
  equal(locate(log, row(), { point: "last", turnsBefore: 0 }), 12);
  equal(stateEntryAt(log, "till", 12).seq, 11);
});
