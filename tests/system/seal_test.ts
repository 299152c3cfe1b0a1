/** Houses that seal: what is signed while actors work, and after they were stopped by force. */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseEntry } from "../../src/chain/mod.ts";
import { openCheckpoint, parseVerifierKey } from "../../src/note/mod.ts";
import { askCheckpoint, openDoor } from "../../src/runtime/mod.ts";
import { openActorSigner, readNamedKeys, SealError } from "../../src/seal/mod.ts";
import { openLogReader } from "../../src/store/mod.ts";
import { checkLog, inHouse, logPath, makeFolder, openHouse, test } from "./house.ts";

const counter = {
  "theater.toml": 'name = "counter"\ncomponent = "counter.ts"\n',
  "counter.ts":
    "export const init = () => 0;\nexport const handle = (n, { body }) => [n + body.by, n + body.by];\n",
};

test("what was answered is signed when somebody asks, and the rest when the house stops", async () => {
  const folder = makeFolder(counter);
  const dataFolder = join(folder, "data");
  const sizes: number[] = [];
  await inHouse(folder, async ({ theater, send }) => {
    ok(theater.key?.made);
    const key = parseVerifierKey(theater.key.key);
    for (let i = 0; i < 5; i++) {
      await send({ by: 1 });
      const note = await theater.checkpoint();
      sizes.push(openCheckpoint(note ?? "", [key]).size);
      strictEqual(readFileSync(join(dirname(theater.key.seedPath), "head"), "utf8"), note);
      const reader = openLogReader(logPath(folder));
      deepStrictEqual(reader.unsealed(), []);
      reader.close();
    }
    await send({ by: 1 });
  }, { dataFolder });
  ok(sizes.every((size, i) => i === 0 || size > (sizes[i - 1] ?? Infinity)), sizes.join());
  const reader = openLogReader(logPath(folder));
  deepStrictEqual(reader.unsealed(), []);
  strictEqual(reader.checkpoint()?.size, reader.sealed());
  ok(reader.sealed() > (sizes.at(-1) ?? Infinity));
  const genesis = parseEntry(reader.entry("counter", 0)?.text ?? "");
  ok(genesis.kind === "genesis" && genesis.key !== undefined);
  strictEqual(
    parseVerifierKey(openActorSigner(reader, "counter", dataFolder).key).publicKey.toHex(),
    genesis.key,
  );
  reader.close();
  checkLog(folder);
  await inHouse(folder, async ({ theater, send }) => {
    strictEqual(theater.key?.made, false);
    strictEqual((await send({ by: 1 })).answer, "ok");
  }, { dataFolder });
  checkLog(folder);
});

test("seals come by themselves while many turns run, and none of them is lost", async () => {
  const folder = makeFolder(counter);
  const dataFolder = join(folder, "data");
  await inHouse(folder, async ({ send }) => {
    const until = performance.now() + 1500;
    while (performance.now() < until) {
      await Promise.all(Array.from({ length: 20 }, () => send({ by: 1 })));
    }
  }, { dataFolder });
  const reader = openLogReader(logPath(folder));
  ok(reader.sealed() > 3, `${reader.sealed()} leaves`);
  deepStrictEqual(reader.unsealed(), []);
  const [key] = readNamedKeys(reader);
  for (const { note, size } of reader.checkpoints()) {
    strictEqual(openCheckpoint(note, [parseVerifierKey(key?.key ?? "")]).size, size);
  }
  reader.close();
  checkLog(folder);
});

test("a house is refused whose log is not the one that was signed, and the log stays as it is", async () => {
  const folder = makeFolder(counter);
  const dataFolder = join(folder, "data");
  await inHouse(folder, async ({ send }) => void await send({ by: 1 }), { dataFolder });
  const reader = openLogReader(logPath(folder));
  const entries = [...reader.entries("counter")].length;
  reader.close();
  rmSync(join(dataFolder, "nodes", reader.node, "head"));
  await rejects(
    openHouse(folder, { dataFolder }),
    (error) => error instanceof SealError && error.fault.code === "head_missing",
  );
  const after = openLogReader(logPath(folder));
  strictEqual([...after.entries("counter")].length, entries);
  after.close();
});

test("a log that was not sealed from its beginning is sealed from here on", async () => {
  const folder = makeFolder(counter);
  await inHouse(folder, async ({ theater, send }) => {
    await send({ by: 1 });
    strictEqual(theater.key, undefined);
    strictEqual(await theater.checkpoint(), undefined);
  });
  await inHouse(folder, async ({ theater }) => ok(await theater.checkpoint()), {
    dataFolder: join(folder, "data"),
  });
  const reader = openLogReader(logPath(folder));
  deepStrictEqual(reader.unsealed(), []);
  reader.close();
  checkLog(folder);
});

test("a checkpoint is handed out at the door", async () => {
  const folder = makeFolder(counter);
  const dataFolder = join(folder, "data");
  await inHouse(folder, async ({ theater, send }) => {
    const door = await openDoor(theater, logPath(folder));
    await send({ by: 1 });
    const answer = await askCheckpoint(logPath(folder), 60_000);
    ok(answer.answer === "sealed");
    strictEqual(answer.note, await theater.checkpoint());
    await door.close();
  }, { dataFolder });
  strictEqual((await askCheckpoint(logPath(folder), 5000)).answer, "closed");
  await inHouse(makeFolder(counter), async ({ theater }) => {
    const door = await openDoor(theater, logPath(folder));
    strictEqual((await askCheckpoint(logPath(folder), 60_000)).answer, "not-sealed");
    await door.close();
  });
});
