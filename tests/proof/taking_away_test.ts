/** Erasing, pruning and putting back, in the logs of real houses. */

import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  BundleError,
  eraseParts,
  exportBundle,
  finishErasures,
  parseWithholdSpec,
  pruneChain,
  restoreSpan,
  type WritePorts,
} from "../../src/bundle/mod.ts";
import { parseEntry, partRoleNames } from "../../src/chain/mod.ts";
import { makeProof, verifyProof } from "../../src/proof/mod.ts";
import { currentState } from "../../src/replay/mod.ts";
import { createLoader, recordedSetup } from "../../src/runtime/mod.ts";
import { type LogStore, openEvidence, openLog, openLogReader } from "../../src/store/mod.ts";
import { type Verdict, verify } from "../../src/verify/mod.ts";
import { startReplaying } from "../../src/worker/mod.ts";
import {
  crashCopy,
  inHouse,
  logPath,
  makeFolder,
  readLog,
  repositoryPath,
  sharedCache,
  test,
  until,
} from "../system/house.ts";
import { createRandom } from "../../src/store/testing/random.ts";
import { runCli } from "../cli/run_cli.ts";
import { actorSigner, nodeSigner, sealLog } from "./sealed_log.ts";

const load = createLoader(sharedCache);
const ports: WritePorts = {
  replay: {
    start: startReplaying,
    load: (log, actor, keyframe) => recordedSetup(log, actor, keyframe, load),
  },
  nowMs: () => 1_770_000_000_000,
  salt: () => crypto.getRandomValues(new Uint8Array(16)),
};

/** A desk that answers with what it is told, tells its clerk, and remembers neither. */
const desk = {
  "theater.toml": `
    name = "desk"
    component = "desk.ts"
    permissions = { random = true, send = ["*"] }
    [[child]]
    name = "clerk"
    component = "clerk.ts"`,
  "desk.ts": `
    import { random, send } from "theater";
    export function init() { return { pad: "x".repeat(20_000), n: 0, sum: 0 }; }
    export function handle(state, { body }) {
      send("desk/clerk", { told: body });
      const n = state.n + 1;
      return [{ ...state, n, sum: state.sum + random.number() }, { n, said: body }];
    }`,
  "clerk.ts": `
    export function init() { return { n: 0 }; }
    export function handle(state) { return [{ n: state.n + 1 }, null]; }`,
};

const secret = "4929-1333-SECRET";

/** A log of twelve messages, of which the sixth is a secret, in three activations. */
async function deskLog(): Promise<string> {
  const folder = makeFolder(desk);
  let n = 0;
  for (let life = 0; life < 3; life++) {
    await inHouse(folder, async ({ send }) => {
      for (let i = 0; i < 4; i++) {
        n += 1;
        const body = n === 6 ? secret : `message ${n}`;
        equal((await send(body, { key: `key-${body}` })).answer, "ok");
      }
      await until("the clerk", () => readLog(folder, (log) => log.mail("desk/clerk").length === 0));
    });
  }
  return folder;
}

function inLog<T>(folder: string, work: (store: LogStore, path: string) => T): T {
  const path = logPath(folder);
  const store = openLog(path);
  try {
    const result = work(store, path);
    if (result instanceof Promise) {
      return result.finally(() => store.close()) as T;
    }
    store.close();
    return result;
  } catch (error) {
    store.close();
    throw error;
  }
}

function judge(path: string): Verdict {
  const evidence = openEvidence(path);
  try {
    return verify(evidence).verdict;
  } finally {
    evidence.close();
  }
}

function expectWhole(path: string): Verdict {
  const verdict = judge(path);
  deepEqual(verdict.levels.flatMap(({ faults }) => faults), []);
  equal(verdict.exit, 0, verdict.headline);
  return verdict;
}

/** Whether bytes are in a log or in any file beside it. */
function onDisk(folder: string, text: string): boolean {
  const path = dirname(logPath(folder));
  return readdirSync(path).some((name) => readFileSync(join(path, name)).includes(text));
}

function findSeq(
  folder: string,
  address: string,
  fits: (kind: string, parts: readonly string[]) => boolean,
): number {
  return readLog(folder, (log) => {
    for (const { seq, text, parts } of log.records(address)) {
      const said = parts.map(({ bytes }) => bytes === undefined ? "" : new TextDecoder().decode(bytes));
      if (fits(parseEntry(text).kind, said)) return seq;
    }
    throw new Error("Cannot find the entry");
  });
}

const secretReceive = (folder: string) =>
  findSeq(folder, "desk", (kind, parts) => kind === "receive" && parts[0]?.includes(secret) === true);

async function stateOf(folder: string, address: string): Promise<string> {
  const reader = openLogReader(logPath(folder));
  try {
    return (await currentState(reader, address, ports.replay)).state;
  } finally {
    reader.close();
  }
}

test("an erased part is gone from every file, and everything else stands", async () => {
  const folder = await deskLog();
  const path = logPath(folder);
  inLog(folder, sealLog);
  const seq = secretReceive(folder);
  const node = readLog(folder, (log) => log.node);
  const keys = [nodeSigner(node).key];
  const proofs = readLog(
    folder,
    (log) =>
      [seq, 0, 3].map((each) =>
        makeProof(log, {
          address: "desk",
          from: each,
          to: each + 1,
          show: "none",
          signer: actorSigner(node, "desk"),
        })
      ),
  );
  const before = await stateOf(folder, "desk");
  ok(onDisk(folder, secret));

  const report = await inLog(
    folder,
    (store) =>
      eraseParts(store, path, {
        address: "desk",
        first: seq,
        last: seq,
        reason: "asked for by its owner",
        closure: true,
      }, ports),
  );
  ok(!onDisk(folder, secret), "the secret is still in a file");
  ok(!existsSync(`${path}.scrub`));
  deepEqual(report.remains.copies, []);
  deepEqual(report.remains.replayed, []);
  ok(report.erased.some(({ address, role }) => address === "desk/clerk" && role === "body"));
  ok(report.erased.some(({ address, role }) => address === "desk" && role === "response"));
  ok(report.kept.some(({ address }) => address === "desk"), "the state after the erased turn is kept");

  const { coverage } = expectWhole(path);
  equal(coverage.parts.erased, report.erased.length);
  equal(coverage.erasuresOpen, 0);
  equal(await stateOf(folder, "desk"), before);
  for (const proof of proofs) equal(verifyProof(proof, { keys }).exit, 0);

  // Only the turns of the erased messages cannot be run again; those after them can.
  const replayed = await runCli(["verify", path, "--replay"], { folder });
  equal(replayed.code, 0, replayed.stdout);
  match(replayed.stdout, /✓ replay .* 2 turns could not be run/);

  // The actor goes on, and what it says then is recorded and holds.
  await inHouse(folder, async ({ send }) => {
    const answer = await send("after");
    ok(answer.answer === "ok" && answer.response.includes('"n":13'), JSON.stringify(answer));
  });
  expectWhole(path);
});

test("without closure, what still tells of an erased part is listed", async () => {
  const folder = await deskLog();
  const path = logPath(folder);
  const seq = secretReceive(folder);
  const { remains, erased } = await inLog(
    folder,
    (store) =>
      eraseParts(
        store,
        path,
        { address: "desk", first: seq, last: seq, roles: ["body"], reason: "test" },
        ports,
      ),
  );
  deepEqual(erased.map(({ role }) => role), ["body"]);
  deepEqual(remains.follows.filter(({ role }) => role === "response").length, 1);
  ok(remains.follows.some(({ role }) => role === "state"));
  ok(onDisk(folder, secret), "the response and the send hold it still");
  expectWhole(path);
  // Its key is known still: the message is not taken for new, and cannot be answered as it was.
  await inHouse(folder, async ({ send }) => {
    const answer = await send(secret, { key: `key-${secret}` });
    ok(answer.answer === "undelivered" && answer.code === "key_unknown", JSON.stringify(answer));
  });
});

test("an erasure that was cut off is finished", async () => {
  const folder = await deskLog();
  const path = logPath(folder);
  const seq = secretReceive(folder);
  const crash = new Error("the process ends here");
  await rejects(
    inLog(folder, (store) =>
      eraseParts(
        {
          ...store,
          scrub() {
            throw crash;
          },
        },
        path,
        { address: "desk", first: seq, last: seq, reason: "test", closure: true },
        ports,
      )),
    (error) => error === crash,
  );
  ok(existsSync(`${path}.scrub`));
  equal(inLog(folder, (store) => finishErasures(store, path)), true);
  ok(!existsSync(`${path}.scrub`));
  ok(!onDisk(folder, secret));
  equal(inLog(folder, (store) => finishErasures(store, path)), false);
  expectWhole(path);
});

test("what cannot be erased is refused, and nothing changes", async () => {
  const folder = await deskLog();
  const path = logPath(folder);
  const size = readLog(folder, (log) => log.actor("desk")!.size);
  const last = findSeq(
    folder,
    "desk",
    (kind, parts) => kind === "return" && parts[1]?.includes('"n":12') === true,
  );
  const keyframe = readLog(
    folder,
    (log) => [...log.entries("desk")].filter(({ text }) => parseEntry(text).kind === "keyframe").at(-1)!.seq,
  );
  const refused:
    readonly (readonly [number, readonly ("state" | "component" | "key")[] | undefined, string])[] = [
      [size, undefined, "no_such_entry"],
      [last, ["state"], "current_state"],
      [last, ["key"], "no_such_role"],
      [keyframe, ["component"], "current_keyframe"],
    ];
  for (const [seq, roles, wanted] of refused) {
    await rejects(
      inLog(folder, (store) =>
        eraseParts(store, path, {
          address: "desk",
          first: seq,
          last: seq,
          reason: "test",
          ...(roles !== undefined && { roles }),
        }, ports)),
      (error) => code(error) === wanted,
      wanted,
    );
  }
  equal(readLog(folder, (log) => log.actor("desk")!.size), size);
});

test("whatever is erased, the log stays whole and the actors go on", async () => {
  const original = await deskLog();
  inLog(original, sealLog);
  const states = {
    desk: await stateOf(original, "desk"),
    "desk/clerk": await stateOf(original, "desk/clerk"),
  };
  let refused = 0;
  const seeds = 24;
  for (let seed = 1; seed <= seeds; seed++) {
    const random = createRandom(seed);
    const folder = crashCopy(original);
    const path = logPath(folder);
    const address = (["desk", "desk/clerk"] as const)[random.below(2)]!;
    const size = readLog(folder, (log) => log.actor(address)!.size);
    const first = random.below(size);
    const roles = random.below(3) === 0 ? [partRoleNames[random.below(partRoleNames.length)]!] : undefined;
    const request = {
      address,
      first,
      last: Math.min(size - 1, first + random.below(12)),
      reason: "test",
      closure: random.below(2) === 0,
      ...(roles !== undefined && { roles }),
    };
    const said = `seed ${seed}: ${JSON.stringify(request)}`;
    try {
      const { erased, remains } = await inLog(folder, (store) => eraseParts(store, path, request, ports));
      ok(erased.length > 0, said);
      if (request.closure) deepEqual([remains.copies, remains.replayed], [[], []], said);
    } catch (error) {
      ok(error instanceof BundleError, `${said}: ${error instanceof Error ? error.stack : error}`);
      const known = ["current_state", "current_keyframe", "nothing_to_erase", "no_such_role"];
      ok(known.includes(error.fault.code), `${said}: ${error.message}`);
      refused += 1;
    }
    const verdict = judge(path);
    equal(verdict.exit, 0, `${said}: ${JSON.stringify(verdict.levels.flatMap(({ faults }) => faults))}`);
    for (const each of ["desk", "desk/clerk"] as const) {
      equal(await stateOf(folder, each), states[each], said);
    }
  }
  ok(refused < seeds / 2, `${refused} of ${seeds} were refused`);
});

test("whatever is withheld, a bundle verifies, in Python too", async () => {
  const folder = await deskLog();
  inLog(folder, sealLog);
  const checker = repositoryPath("tests/conformance/theater_check.py");
  const python = spawnSync("python3", ["--version"]).status === 0;
  const specs = [
    "part:body",
    "part:state",
    "part:component",
    "kind:call",
    "kind:keyframe",
    "seq:0..9",
    "actor:desk/*",
    "function:load",
    "kind:receive,part:key",
  ];
  for (let seed = 1; seed <= 12; seed++) {
    const random = createRandom(seed);
    const withhold = Array.from({ length: random.below(3) }, () => specs[random.below(specs.length)]!);
    const addresses = (["desk", "desk/clerk"] as const).filter((_, i) =>
      i === random.below(2) || random.below(2) === 0
    );
    if (addresses.length === 0) continue;
    const closure = random.below(2) === 0;
    const said = `seed ${seed}: ${addresses.join(" ")} ${withhold.join(" ")} ${closure}`;
    const path = join(folder, `bundle-${seed}.db`);
    const { withheld, remains } = readLog(
      folder,
      (log) => exportBundle(log, path, { addresses, withhold: withhold.map(parseWithholdSpec), closure }),
    );
    if (closure) deepEqual(remains, { copies: [], replayed: [], follows: [] }, said);
    equal(expectWhole(path).coverage.parts.withheld, withheld, said);
    if (!python) continue;
    const { status, stdout, stderr } = spawnSync("python3", [checker, path], { encoding: "utf8" });
    equal(status, 0, `${said}: ${stdout}${stderr}`);
  }
});

test("a chain is pruned before a keyframe, goes on, and comes back", async () => {
  const folder = await deskLog();
  const path = logPath(folder);
  inLog(folder, sealLog);
  const { node, records, keyframes } = readLog(folder, (log) => ({
    node: log.node,
    records: [...log.records("desk")],
    keyframes: [...log.entries("desk")].filter(({ text }) => parseEntry(text).kind === "keyframe"),
  }));
  const before = keyframes[1]!.seq;
  const state = await stateOf(folder, "desk");
  const bundlePath = join(folder, "saved.db");
  readLog(folder, (log) => exportBundle(log, bundlePath, { addresses: ["desk"] }));
  const request = (show: "none" | "all", from: number) => ({
    address: "desk",
    from,
    to: from + 1,
    show,
    signer: actorSigner(node, "desk"),
  });
  const old = readLog(folder, (log) => makeProof(log, request("all", 4)));

  await rejects(
    inLog(
      folder,
      (store) => pruneChain(store, path, { address: "desk", before: before + 1, reason: "test" }, ports),
    ),
    (error) => code(error) === "not_a_keyframe",
  );
  const report = await inLog(
    folder,
    (store) => pruneChain(store, path, { address: "desk", before, reason: "older than a year" }, ports),
  );
  ok(report.entries > 10);
  ok(!onDisk(folder, '"n":2,"said"'));
  ok(onDisk(folder, "key-message 2"), "keys are still known, so that none is taken for new");
  const { coverage } = expectWhole(path);
  equal(coverage.prunedEntries, report.entries);
  equal(await stateOf(folder, "desk"), state);

  // Proofs of what went verify still, and what is left is proved anew.
  const trust = { keys: [nodeSigner(node).key] };
  equal(verifyProof(old, trust).exit, 0);
  inLog(folder, sealLog);
  readLog(folder, (log) => {
    equal(verifyProof(makeProof(log, request("all", before)), trust).exit, 0);
    throws(() => makeProof(log, request("all", 4)), /pruned/);
  });
  // A bundle of a pruned log is whole too.
  const prunedBundle = join(folder, "pruned.db");
  readLog(folder, (log) => exportBundle(log, prunedBundle, { addresses: ["desk", "desk/clerk"] }));
  expectWhole(prunedBundle);

  await inHouse(folder, async ({ send }) => {
    const answer = await send("after");
    ok(answer.answer === "ok" && answer.response.includes('"n":13'), JSON.stringify(answer));
  });
  expectWhole(path);

  const bundle = openLogReader(bundlePath);
  equal(inLog(folder, (store) => restoreSpan(store, bundle, "desk")), report.entries);
  bundle.close();
  deepEqual(readLog(folder, (log) => [...log.records("desk", { to: before })]), records.slice(0, before));
  equal(expectWhole(path).coverage.prunedEntries, 0);
});

test("what comes back is checked against the hashes that were kept", async () => {
  const folder = await deskLog();
  const path = logPath(folder);
  const before = readLog(
    folder,
    (log) => [...log.entries("desk")].filter(({ text }) => parseEntry(text).kind === "keyframe")[1]!.seq,
  );
  const saved = join(folder, "saved.db");
  copyFileSync(path, saved);
  const seq = findSeq(folder, "desk", (kind, parts) => kind === "receive" && parts[0] === '"message 2"');
  inLog(folder, sealLog);
  // Erased after it was saved: what comes back does not bring it back.
  await inLog(
    folder,
    (store) =>
      eraseParts(
        store,
        path,
        { address: "desk", first: seq, last: seq, roles: ["body"], reason: "test" },
        ports,
      ),
  );
  await inLog(folder, (store) => pruneChain(store, path, { address: "desk", before, reason: "test" }, ports));
  expectWhole(path);
  const other = await deskLog();
  const foreign = openLogReader(logPath(other));
  throws(
    () => inLog(folder, (store) => restoreSpan(store, foreign, "desk")),
    (error) => code(error) === "other_chain",
  );
  foreign.close();
  const reader = openLogReader(saved);
  throws(
    () =>
      inLog(folder, (store) =>
        restoreSpan(
          store,
          { ...reader, entry: (address, at) => reader.entry(address, at === seq ? seq + 1 : at) },
          "desk",
        )),
    (error) => code(error) === "other_entry",
  );
  inLog(folder, (store) => restoreSpan(store, reader, "desk"));
  reader.close();
  equal(readLog(folder, (log) => log.parts("desk", seq)[0]?.status), "erased");
  expectWhole(path);
});

function code(error: unknown): string | undefined {
  return error instanceof BundleError ? error.fault.code : String(error);
}
