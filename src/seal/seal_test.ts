import { deepStrictEqual, notStrictEqual, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { chainHash, createChainChecker } from "../chain/mod.ts";
import { createTreeBuilder, type Hash, leafHash, type TreeHead } from "../merkle/mod.ts";
import { openCheckpoint, openNote, parseVerifierKey } from "../note/mod.ts";
import { headBody } from "../proof/mod.ts";
import { type LogReader, openLog, openLogReader, StoreError } from "../store/mod.ts";
import { abandonLog } from "./abandon.ts";
import { openActorSigner } from "./actor_signer.ts";
import { readNamedKeys } from "./node_chain.ts";
import { openNode } from "./node.ts";
import { rotateKey } from "./rotate.ts";
import { SealError, type SealFault } from "./seal_error.ts";
import { about, entriesOf, inPlace, openHouse, type Place } from "./testing/sealed_log.ts";

/** The head of a tree over leaves, one pushed after the other. */
function headOf(leaves: Iterable<Hash>): TreeHead {
  const builder = createTreeBuilder();
  for (const leaf of leaves) builder.push(leaf);
  return builder.head();
}

/** Checks every seal, checkpoint and tile of a log against entries and leaves alone. */
function checkSealed(log: LogReader): void {
  const hashes = new Map(
    log.actors().map(({ address }) => [
      address,
      [...log.entries(address)].map(({ text }) => chainHash(text) as Hash),
    ]),
  );
  const leaves: Hash[] = [];
  for (const { index, address, size, root } of log.seals()) {
    strictEqual(index, leaves.length);
    strictEqual(headOf(hashes.get(address)?.slice(0, size) ?? []).root, root, `${address} at ${size}`);
    leaves.push(leafHash(headBody(`${log.node}/${address}`, size, root)));
  }
  const keys = readNamedKeys(log);
  for (const { size, note } of log.checkpoints()) {
    const key = keys.findLast(({ since }) => since < size)?.key ?? "";
    const checkpoint = openCheckpoint(note, [parseVerifierKey(key)]);
    strictEqual(checkpoint.origin, log.node);
    strictEqual(checkpoint.size, size);
    strictEqual(checkpoint.root, headOf(leaves.slice(0, size)).root);
  }
  const trees: [string, Hash[]][] = [["@node", leaves], ...hashes];
  for (const [tree, all] of trees) {
    const sealed = tree === "@node" ? all.length : [...log.sealsOf(tree)][0]?.size ?? 0;
    for (let level = 0, row = all.slice(0, sealed); row.length > 0; level++) {
      const above: Hash[] = [];
      for (let at = 0; at < row.length; at += 256) {
        const part = row.slice(at, at + 256);
        const tile = log.tile(tree, level, at / 256);
        if (part.length < 256) strictEqual(tile, undefined);
        else {
          strictEqual(tile?.toHex(), part.join(""), `tile ${level}/${at / 256} of ${tree}`);
          above.push(headOf(part).root);
        }
      }
      row = above;
    }
  }
}

function faultOf(work: () => unknown): SealFault {
  try {
    work();
  } catch (error) {
    if (error instanceof SealError) return error.fault;
    throw error;
  }
  throw new Error("it was not refused");
}

/** A log with a few seals, stopped in order. */
async function makeSealed(place: Place): Promise<void> {
  const house = openHouse(place);
  house.write("a", 3);
  await house.sealer.seal();
  house.write("a", 2);
  house.write("b", 1);
  await house.stop();
}

const headFile = ({ data }: Place, node: string) => join(data, "nodes", node, "head");

function nodeOf(place: Place): string {
  const reader = openLogReader(place.log);
  reader.close();
  return reader.node;
}

test("what is sealed is what the chains say, across seals, stops and crashes", () =>
  inPlace(async (place) => {
    const seed = Math.floor(Math.random() * 2 ** 32);
    let state = seed;
    const below = (limit: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor(state / 2 ** 32 * limit);
    };
    let house = openHouse(place);
    for (let step = 0; step < 500; step++) {
      house.write(["a", "b", "c/d"][below(3)] ?? "a", 1 + below(below(10) === 0 ? 300 : 4));
      if (below(2) === 0) {
        const head = await house.sealer.seal();
        strictEqual(head?.size, house.store.sealed(), `seed ${seed}`);
        strictEqual(house.store.unsealed().length, 0, `seed ${seed}`);
        if (below(2) === 0) house.store.commit(house.sealer.waiting());
      }
      if (below(25) === 0) {
        if (below(2) === 0) house.crash();
        else await house.stop();
        house = openHouse(place);
      }
    }
    await house.stop();
    const reader = openLogReader(place.log);
    ok(reader.sealed() > 256, `${reader.sealed()} leaves`);
    ok((reader.actor("a")?.size ?? 0) > 256);
    checkSealed(reader);
    strictEqual(reader.checkpoint()?.size, reader.sealed());
    strictEqual(reader.checkpoint()?.note, readFileSync(headFile(place, reader.node), "utf8"));
    reader.close();
  }));

test("the chain of the node holds its key, and is sealed like any other", () =>
  inPlace(async (place) => {
    await makeSealed(place);
    const reader = openLogReader(place.log);
    const checker = createChainChecker();
    for (const { text } of reader.entries(".node")) checker.next(text);
    strictEqual(checker.summary().size, 2);
    deepStrictEqual(readNamedKeys(reader).map(({ since }) => since), [0]);
    deepStrictEqual([...reader.sealsOf(".node")].map(({ size }) => size), [2]);
    checkSealed(reader);
    reader.close();
    const house = openHouse(place);
    strictEqual(house.node.key, readNamedKeys(house.store)[0]?.key);
    strictEqual(house.node.made, false);
    const before = house.store.sealed();
    await house.stop();
    const again = openLogReader(place.log);
    strictEqual(again.sealed(), before); // Nothing changed, so nothing was sealed.
    again.close();
  }));

test(
  "keys and head are their owner's alone",
  { skip: process.platform === "win32" },
  () =>
    inPlace(async (place) => {
      await makeSealed(place);
      const folder = join(place.data, "nodes", nodeOf(place));
      strictEqual(statSync(folder).mode & 0o777, 0o700);
      for (const name of readdirSync(folder)) strictEqual(statSync(join(folder, name)).mode & 0o077, 0, name);
      const seed = readFileSync(join(folder, "seed"), "utf8").trim();
      for (const name of readdirSync(place.folder).filter((name) => name.startsWith("theater.db"))) {
        ok(!readFileSync(join(place.folder, name)).includes(seed), `the seed is in ${name}`);
        ok(
          !readFileSync(join(place.folder, name)).includes(Buffer.from(seed, "hex")),
          `the seed is in ${name}`,
        );
      }
      chmodSync(join(folder, "seed"), 0o644);
      strictEqual(faultOf(() => openHouse(place)).code, "key_readable");
      chmodSync(join(folder, "seed"), 0o600);
      await openHouse(place).stop();
    }),
);

test("a backup that is shorter than what was signed is refused", () =>
  inPlace(async (place) => {
    await makeSealed(place);
    copyFileSync(place.log, `${place.log}.backup`);
    const house = openHouse(place);
    house.write("a", 1);
    await house.stop();
    copyFileSync(`${place.log}.backup`, place.log);
    const fault = faultOf(() => openHouse(place));
    strictEqual(fault.code, "behind");
    ok(fault.code === "behind" && fault.signed === fault.found + 1);
  }));

test("a backup that has grown past what was signed is refused", () =>
  inPlace(async (place) => {
    await makeSealed(place);
    copyFileSync(place.log, `${place.log}.backup`);
    const head = readFileSync(headFile(place, nodeOf(place)), "utf8");
    const house = openHouse(place);
    house.write("a", 1);
    await house.stop();
    const lost = readFileSync(headFile(place, nodeOf(place)), "utf8");
    // The backup goes on, as if nothing had been signed since.
    copyFileSync(`${place.log}.backup`, place.log);
    writeFileSync(headFile(place, nodeOf(place)), head);
    const other = openHouse(place);
    other.write("b", 3);
    await other.sealer.seal();
    other.write("a", 2);
    await other.stop();
    writeFileSync(headFile(place, nodeOf(place)), lost);
    strictEqual(faultOf(() => openHouse(place)).code, "beside");
  }));

test("a log whose head file is lost is refused, and so is one whose head file says something else", () =>
  inPlace(async (place) => {
    await makeSealed(place);
    const path = headFile(place, nodeOf(place));
    const head = readFileSync(path, "utf8");
    rmSync(path);
    strictEqual(faultOf(() => openHouse(place)).code, "head_missing");
    for (
      const text of [
        "",
        "x",
        head.slice(1),
        head.replace(/\n7\n|\n4\n/, "\n3\n"),
        head.split("\n\n")[0] + "\n",
      ]
    ) {
      writeFileSync(path, text);
      strictEqual(faultOf(() => openHouse(place)).code, "head_damaged", JSON.stringify(text));
    }
    writeFileSync(path, head);
    await openHouse(place).stop();
    // The whole folder lost, key and all, as on another machine.
    rmSync(place.data, { recursive: true });
    strictEqual(faultOf(() => openHouse(place)).code, "head_missing");
    ok(!existsSync(join(place.data, "nodes", nodeOf(place), "seed")), "a key was made in vain");
  }));

test("a log whose key is lost is refused, until it gets another", () =>
  inPlace(async (place) => {
    await makeSealed(place);
    const folder = join(place.data, "nodes", nodeOf(place));
    rmSync(join(folder, "seed"));
    strictEqual(faultOf(() => openHouse(place)).code, "key_missing");
    writeFileSync(join(folder, "seed"), `${"0".repeat(63)}\n`, { mode: 0o600 });
    strictEqual(faultOf(() => openHouse(place)).code, "key_damaged");
    writeFileSync(join(folder, "seed"), `${"0".repeat(64)}\n`, { mode: 0o600 });
    strictEqual(faultOf(() => openHouse(place)).code, "key_missing");
    const store = openLog(place.log);
    const key = await rotateKey({ store, dataFolder: place.data, nowMs: () => 2, about });
    checkSealed(store);
    store.close();
    const house = openHouse(place);
    strictEqual(house.node.key, key);
    await house.stop();
  }));

test("there are not two writers of one log, nor two that sign for one node", () =>
  inPlace(async (place) => {
    await makeSealed(place);
    const house = openHouse(place);
    throws(() => openHouse(place), (error) => error instanceof StoreError && error.fault.code === "in_use");
    copyFileSync(place.log, `${place.log}.copy`);
    const copy = { ...place, log: `${place.log}.copy` };
    throws(() => openHouse(copy), (error) => error instanceof StoreError && error.fault.code === "in_use");
    house.write("a", 1);
    await house.stop();
    // Now the copy is behind.
    strictEqual(faultOf(() => openHouse(copy)).code, "behind");
  }));

test("who finds that somebody else has signed meanwhile signs no more", () =>
  inPlace(async (place) => {
    await makeSealed(place);
    const house = openHouse(place);
    house.write("a", 1);
    writeFileSync(headFile(place, house.store.node), "somebody else's");
    await rejects(house.sealer.seal(), (error) =>
      error instanceof SealError && error.fault.code === "head_moved");
    strictEqual(readFileSync(headFile(place, house.store.node), "utf8"), "somebody else's");
    house.crash();
  }));

test("an address that comes back goes on with its one chain", () =>
  inPlace(async (place) => {
    await makeSealed(place);
    const house = openHouse(place);
    const writes = entriesOf(house.store, "fresh", 1, house.node.actorKey);
    house.store.commit(writes);
    // A second chain of it cannot begin.
    throws(() => house.store.commit(writes), (error) =>
      error instanceof StoreError && error.fault.code === "actor_exists");
    throws(
      () =>
        house.store.commit(writes.slice(1)),
      (error) => error instanceof StoreError && error.fault.code === "out_of_order",
    );
    house.sealer.committed(writes);
    await house.stop();
    checkSealed(openLogReader(place.log));
  }));

test("two logs of one name never share an origin", () =>
  inPlace(async (place) => {
    const logs = ["one.db", "two.db"].map((name) => join(place.folder, name));
    const nodes: string[] = [];
    for (const log of logs) {
      const house = openHouse({ ...place, log });
      nodes.push(house.store.node);
      house.write("a", 1);
      await house.stop();
    }
    strictEqual(nodes[0]?.split("~")[0], nodes[1]?.split("~")[0]);
    notStrictEqual(nodes[0], nodes[1]);
    const [one, two] = logs.map((log) => openLogReader(log));
    notStrictEqual(one?.actor("a")?.origin, two?.actor("a")?.origin);
    notStrictEqual(readNamedKeys(one!)[0]?.key, readNamedKeys(two!)[0]?.key);
  }));

/** The four steps of a seal, and whether the head file and the note are there once one of them failed. */
const steps = [
  { step: "commit of leaves", headMoves: false, leavesMove: false },
  { step: "signature", headMoves: false, leavesMove: true },
  { step: "head file", headMoves: false, leavesMove: true },
  { step: "commit of the note", headMoves: true, leavesMove: true },
] as const;

for (const { step, headMoves, leavesMove } of steps) {
  test(`after a crash at the ${step} the log goes on, and signs nothing else of the same size`, () =>
    inPlace(async (place) => {
      await makeSealed(place);
      const before = readFileSync(headFile(place, nodeOf(place)), "utf8");
      const real = openHouse(place);
      const { writeHead } = real.node;
      const leavesBefore = real.store.sealed();
      real.crash();
      const crash = new Error("the power went");
      const attempted: string[] = [];
      const broken = openHouse(place, {
        commit(writes) {
          const isNote = writes.some(({ write }) => write === "checkpoint");
          if (step === (isNote ? "commit of the note" : "commit of leaves")) return Promise.reject(crash);
          return Promise.resolve(broken.store.commit(writes));
        },
        signerFor(size) {
          const signer = broken.node.signerFor(size);
          return signer && {
            key: signer.key,
            sign(text) {
              attempted.push(text);
              if (step === "signature") throw crash;
              return signer.sign(text);
            },
          };
        },
        async writeHead(note) {
          if (step === "head file") throw crash;
          await writeHead(note);
        },
      });
      broken.write("a", 5);
      broken.write("new", 1);
      await rejects(broken.sealer.stop(), crash);
      strictEqual(broken.store.sealed() > leavesBefore, leavesMove);
      strictEqual(broken.store.checkpoint()?.note, before);
      broken.crash();
      strictEqual(readFileSync(headFile(place, nodeOf(place)), "utf8") !== before, headMoves);

      const after = openHouse(place);
      if (headMoves) { // What was signed stands in the log before anything else is.
        strictEqual(after.store.checkpoint()?.note, readFileSync(headFile(place, after.store.node), "utf8"));
      }
      const head = await after.sealer.seal();
      const [text] = attempted;
      // Whoever could have seen the first signature sees the same head.
      if (text !== undefined) strictEqual(head?.note.split("\n\n")[0] + "\n", text);
      after.write("a", 1);
      await after.stop();
      checkSealed(openLogReader(place.log));
    }));
}

test("a head file that could not be written once is written with the next seal", () =>
  inPlace(async (place) => {
    let full = true;
    const house = openHouse(place);
    house.crash();
    const { writeHead } = house.node;
    const again = openHouse(place, {
      async writeHead(note) {
        if (full) throw new Error("the disk is full");
        await writeHead(note);
      },
    });
    again.write("a", 1);
    await rejects(again.sealer.seal());
    strictEqual(again.store.checkpoint(), undefined);
    full = false;
    strictEqual((await again.sealer.seal())?.size, 2);
    again.crash();
  }));

test("a key is changed: the old one counts for what it signed, the new one for the rest", () =>
  inPlace(async (place) => {
    await makeSealed(place);
    let house = openHouse(place);
    house.write("a", 1); // Not sealed yet: the old key signs it.
    house.crash();
    const store = openLog(place.log);
    const options = { store, dataFolder: place.data, nowMs: () => 2, about };
    const [first] = readNamedKeys(store);
    const key = await rotateKey(options);
    const third = await rotateKey(options);
    const keys = readNamedKeys(store);
    // The head that holds a new key is signed by the one before, and by no other.
    for (const [index, named] of keys.entries()) {
      const before = keys[index - 1];
      if (before === undefined) continue;
      const note = store.checkpoint(named.since)?.note ?? "";
      const { verified } = openNote(note, [parseVerifierKey(before.key)]);
      strictEqual(verified.length, 1, `the head of ${named.since} leaves`);
    }
    deepStrictEqual(keys.map((named) => named.key), [first?.key, key, third]);
    strictEqual(new Set(keys.map((named) => named.key)).size, 3);
    store.close();
    const folder = join(place.data, "nodes", nodeOf(place));
    deepStrictEqual(readdirSync(folder).filter((name) => name.startsWith("seed")).sort(), [
      "seed",
      "seed.1",
      "seed.2",
    ]);
    house = openHouse(place);
    strictEqual(house.node.key, third);
    house.write("a", 1);
    house.write("c", 1);
    await house.stop();
    const reader = openLogReader(place.log);
    checkSealed(reader); // Each checkpoint by the key of its time.
    // An actor keeps the key that its genesis names.
    for (const address of ["a", "c"]) {
      const signer = openActorSigner(reader, address, place.data);
      const body = headBody(`${reader.node}/${address}`, 1, "ab".repeat(32));
      strictEqual(openCheckpoint(signer.sign(body), [parseVerifierKey(signer.key)]).size, 1);
    }
    reader.close();
  }));

test("a change of keys that was cut off is as if it had not begun, or is finished", () =>
  inPlace(async (place) => {
    await makeSealed(place);
    const folder = join(place.data, "nodes", nodeOf(place));
    writeFileSync(join(folder, "seed.new"), `${"5".repeat(64)}\n`, { mode: 0o600 });
    let house = openHouse(place);
    ok(!existsSync(join(folder, "seed.new")));
    const { key } = house.node;
    house.node.rotate(house.store.sealed());
    // The entry is there; the file has not its name yet.
    copyFileSync(join(folder, "seed"), join(folder, "seed.new"));
    copyFileSync(join(folder, "seed.1"), join(folder, "seed"));
    rmSync(join(folder, "seed.1"));
    house.crash();
    house = openHouse(place);
    notStrictEqual(house.node.key, key);
    deepStrictEqual(readdirSync(folder).filter((name) => name.startsWith("seed")).sort(), ["seed", "seed.1"]);
    await house.stop();
    checkSealed(openLogReader(place.log));
  }));

for (const step of ["leaves", "signature"] as const) {
  test(`a change of keys that was cut off before its ${step} is handed over by the old key, whoever writes next`, () =>
    inPlace(async (place) => {
      await makeSealed(place);
      let house = openHouse(place);
      const old = house.node.key;
      const since = house.store.sealed() + 1;
      house.node.rotate(since);
      house.crash();
      const crash = new Error("the power went");
      if (step === "signature") {
        house = openHouse(place, {
          signerFor: () => {
            throw crash;
          },
        });
        await rejects(house.sealer.seal(), crash);
        strictEqual(house.store.sealed(), since);
        house.crash();
      }
      house = openHouse(place);
      house.write("a", 1); // Before the first seal, as actors do that begin.
      house.write("-b", 1);
      await house.sealer.seal();
      await house.stop();
      const reader = openLogReader(place.log);
      const note = reader.checkpoint(since)?.note ?? "";
      ok(note.startsWith(reader.node), "there is no head that the old key may sign");
      strictEqual(openNote(note, [parseVerifierKey(old)]).verified.length, 1);
      checkSealed(reader);
      reader.close();
    }));
}

test("a change of keys that was cut off goes on without the old seed, whose head stays unsigned", () =>
  inPlace(async (place) => {
    await makeSealed(place);
    let house = openHouse(place);
    const since = house.store.sealed() + 1;
    house.node.rotate(since);
    house.crash();
    rmSync(join(place.data, "nodes", nodeOf(place), "seed.1"));
    house = openHouse(place);
    strictEqual((await house.sealer.seal())?.size, since - 1);
    house.write("a", 1);
    strictEqual((await house.sealer.seal())?.size, since + 1);
    await house.stop();
    const reader = openLogReader(place.log);
    strictEqual(reader.checkpoint(since)?.size === since, false);
    checkSealed(reader);
    reader.close();
  }));

test("a log that cannot go on is given up for a new one, which says so", () =>
  inPlace(async (place) => {
    await makeSealed(place);
    const old = nodeOf(place);
    const signed = readFileSync(headFile(place, old), "utf8").split("\n");
    const backup = openLogReader(place.log);
    backup.close();
    const { movedTo, head, node, key } = await abandonLog(place.log, {
      dataFolder: place.data,
      nowMs: () => 3,
      about,
    });
    notStrictEqual(node, old);
    strictEqual(String(head.size), signed[1]);
    const before = openLogReader(movedTo);
    strictEqual(before.node, old);
    checkSealed(before);
    before.close();
    const house = openHouse(place);
    strictEqual(house.store.node, node);
    strictEqual(house.node.key, key);
    ok(house.store.entry(".node", 0)?.text.startsWith(`{"abandons":"${head.size} ${head.root}"`));
    house.write("a", 2);
    await house.stop();
    checkSealed(openLogReader(place.log));
    // What never signed has nothing to give up.
    const fresh = join(place.folder, "fresh.db");
    openLog(fresh).close();
    await rejects(
      abandonLog(fresh, { dataFolder: place.data, nowMs: () => 3, about }),
      (error) => error instanceof SealError && error.fault.code === "nothing_signed",
    );
  }));

test("a log that was never sealed is sealed from its beginning", () =>
  inPlace(async (place) => {
    const store = openLog(place.log);
    for (let i = 0; i < 5; i++) store.commit(entriesOf(store, "a", 700, () => "ab".repeat(32)));
    store.close();
    const house = openHouse(place);
    ok(house.node.made);
    strictEqual((await house.sealer.seal())?.size, 2);
    await house.stop();
    const reader = openLogReader(place.log);
    checkSealed(reader);
    reader.close();
  }));

test("every refusal says what to do", () =>
  inPlace(async (place) => {
    await makeSealed(place);
    rmSync(headFile(place, nodeOf(place)));
    const store = openLog(place.log);
    throws(
      () => openNode({ store, dataFolder: place.data, nowMs: () => 1, about }),
      /bring that file back.*theater keys --abandon/s,
    );
    store.close();
  }));
