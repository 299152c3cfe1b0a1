import { deepEqual, equal, rejects } from "node:assert/strict";
import { test } from "node:test";
import { createCommitQueue } from "./group_commit.ts";
import { createMemoryLog } from "./memory_store.ts";
import type { LogStore, Write } from "./store.ts";
import { createRandom } from "./testing/random.ts";
import { appendOf, createOf, mailOf } from "./testing/writes.ts";

/** A store in memory that counts its commits. */
function countingStore(): { store: LogStore; commits: number[] } {
  const inner = createMemoryLog().openLog();
  const commits: number[] = [];
  const commit = (writes: readonly Write[]) => {
    const positions = inner.commit(writes);
    commits.push(writes.length);
    return positions;
  };
  return { store: { ...inner, commit }, commits };
}

test("what is enqueued in one turn of the event loop is one commit, in order", async () => {
  const { store, commits } = countingStore();
  const queue = createCommitQueue(store);
  const order: number[] = [];
  const all = [queue.enqueue([createOf("a")])];
  for (let seq = 0; seq < 20; seq++) all.push(queue.enqueue([appendOf("a", seq)]));
  equal(queue.depth, 21);
  equal(queue.bytes > 20 * 64, true);
  await Promise.all(all.map((promise, i) => promise.then(() => order.push(i))));
  deepEqual(commits, [21]);
  deepEqual(order, all.map((_, i) => i));
  deepEqual([queue.depth, queue.bytes], [0, 0]);
  equal(store.actor("a")?.size, 20);
  await queue.enqueue([appendOf("a", 20)]);
  deepEqual(commits, [21, 1]);
});

test("a promise is kept only after its commit, with the positions of its own mail", async () => {
  const { store } = countingStore();
  const queue = createCommitQueue(store);
  const mail = (body: string): Write => ({ write: "mail", address: "a", mail: mailOf(body) });
  const [made, none, two, one] = await Promise.all([
    queue.enqueue([createOf("a"), mail("0")]),
    queue.enqueue([appendOf("a", 0)]),
    queue.enqueue([mail("1"), appendOf("a", 1), mail("2")]),
    queue.enqueue([mail("3")]).then((positions) => {
      equal(store.mail("a").length, 4);
      return positions;
    }),
  ]);
  deepEqual(none, []);
  deepEqual(
    [...made, ...two, ...one].map((position) =>
      new TextDecoder().decode(store.mail("a").find((row) => row.position === position)?.body)
    ),
    ["0", "1", "2", "3"],
  );
});

test("flush commits at once, and leaves nothing for later", async () => {
  const { store, commits } = countingStore();
  const queue = createCommitQueue(store);
  const promise = queue.enqueue([createOf("a")]);
  queue.flush();
  equal(store.actors().length, 1);
  await promise;
  queue.flush();
  await new Promise((resolve) => setImmediate(resolve));
  deepEqual(commits, [1]);
});

test("commits are bounded in bytes, and a list that is larger goes alone", async () => {
  const { store, commits } = countingStore();
  const queue = createCommitQueue(store, { bytesMax: 1000 });
  const large = "x".repeat(400);
  const all = [queue.enqueue([createOf("a")])];
  for (let seq = 0; seq < 5; seq++) all.push(queue.enqueue([appendOf("a", seq, { parts: [large] })]));
  all.push(queue.enqueue([appendOf("a", 5, { parts: [large.repeat(10)] })]));
  all.push(queue.enqueue([appendOf("a", 6)]));
  await Promise.all(all);
  deepEqual(commits, [2, 2, 2, 1, 1]);
  equal(store.actor("a")?.size, 7);
});

test("when a commit fails, all that waits is rejected, and what comes later is not", async () => {
  const { store } = countingStore();
  const queue = createCommitQueue(store, { bytesMax: 500 });
  await queue.enqueue([createOf("a")]);
  const good = queue.enqueue([appendOf("a", 0, { parts: ["x".repeat(600)] })]);
  const bad = queue.enqueue([appendOf("a", 9)]);
  const later = queue.enqueue([appendOf("a", 1, { parts: ["x".repeat(600)] })]);
  const settled = await Promise.allSettled([good, bad, later]);
  deepEqual(settled.map(({ status }) => status), ["fulfilled", "rejected", "rejected"]);
  deepEqual([queue.depth, queue.bytes], [0, 0]);
  equal(store.actor("a")?.size, 1);
  await queue.enqueue([appendOf("a", 1)]);
  await rejects(queue.enqueue([appendOf("a", 1)]));
  equal(store.actor("a")?.size, 2);
});

test("lists of any size come in the order in which they were given, whatever the bound", async () => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  const random = createRandom(seed);
  const { store } = countingStore();
  const queue = createCommitQueue(store, { bytesMax: 2000 });
  await queue.enqueue([createOf("a")]);
  let seq = 0;
  const all: Promise<unknown>[] = [];
  for (let i = 0; i < 500; i++) {
    const writes = Array.from({ length: random.below(5) }, () => appendOf("a", seq++));
    all.push(queue.enqueue(writes));
    if (random.below(20) === 0) queue.flush();
    if (random.below(10) === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(all);
  equal(store.actor("a")?.size, seq, `seed ${seed}`);
});
