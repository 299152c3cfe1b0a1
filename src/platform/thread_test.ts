import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { dropThreadAhead, spawnThread, startThreadAhead, type Thread } from "./thread.ts";

const echo = new URL("./testing/echo_thread.ts", import.meta.url);

/** A thread and what it says, in order, to be taken one by one. */
function spawnHeard(url: URL): { thread: Thread; next(): Promise<unknown> } {
  const heard: unknown[] = [];
  let wake = () => {};
  const hear = (what: unknown) => {
    heard.push(what);
    wake();
  };
  const thread = spawnThread(url, { message: hear, failed: (reason) => hear({ failed: reason }) });
  return {
    thread,
    async next() {
      while (heard.length === 0) await new Promise<void>((resolve) => wake = resolve);
      return heard.shift();
    },
  };
}

test("a thread answers, in order, also what was posted before it had loaded", async () => {
  const { thread, next } = spawnHeard(echo);
  for (let i = 0; i < 100; i++) thread.post(i);
  for (let i = 0; i < 100; i++) equal(await next(), i);
  thread.discard();
});

test("a thread gets what is transferred, and the sender loses it", async () => {
  const { thread, next } = spawnHeard(echo);
  const buffer = new ArrayBuffer(64);
  thread.post(buffer, [buffer]);
  equal(await next(), 64);
  equal(buffer.byteLength, 0);
  thread.discard();
});

test("a thread sees nothing of the environment", async () => {
  const { thread, next } = spawnHeard(echo);
  thread.post("environment");
  deepEqual(await next(), []);
  thread.discard();
});

test("a thread that was started ahead is taken once, and only for its module", async () => {
  startThreadAhead(echo);
  const sealed = spawnThread(new URL("./testing/sealed_thread.ts", import.meta.url), {
    message() {},
    failed() {},
  });
  const taken = spawnHeard(echo);
  const other = spawnHeard(echo);
  for (const { thread, next } of [taken, other]) {
    thread.post("alive");
    equal(await next(), "alive");
    thread.discard();
  }
  sealed.discard();
});

test("threads that were started ahead and not taken keep nothing", async () => {
  startThreadAhead(new URL("./testing/no_such_thread.ts", import.meta.url));
  await new Promise((resolve) => setTimeout(resolve, 200)); // It fails, and nobody hears.
  startThreadAhead(echo);
  startThreadAhead(echo);
  dropThreadAhead();
  dropThreadAhead();
  const { thread, next } = spawnHeard(echo);
  thread.post("alive");
  equal(await next(), "alive");
  thread.discard();
});

for (const death of ["throw", "reject"]) {
  test(`a thread that dies of a ${death} reports it once and takes nobody along`, async () => {
    const { thread, next } = spawnHeard(echo);
    thread.post(death);
    const told = await next() as { failed: string };
    match(told.failed, /as it was told$/);
    equal(told.failed.includes("\n"), false);
    thread.post("vanishes");
    thread.discard();
    thread.discard();
    const other = spawnHeard(echo);
    other.thread.post("alive");
    equal(await other.next(), "alive");
    other.thread.discard();
  });
}

test("a thread whose module does not exist fails", async () => {
  const { thread, next } = spawnHeard(new URL("./testing/no_such_thread.ts", import.meta.url));
  // `deno test` finds it missing while checking types, and says so in other words.
  match((await next() as { failed: string }).failed, /no_such_thread|type checking failed/i);
  thread.discard();
});

test("a discarded thread is silent", async () => {
  const { thread, next } = spawnHeard(echo);
  thread.post("first");
  equal(await next(), "first");
  for (let i = 0; i < 100; i++) thread.post(i);
  thread.discard();
  const other = spawnHeard(echo);
  other.thread.post("done");
  equal(await other.next(), "done");
  other.thread.discard();
  equal(await Promise.race([next(), Promise.resolve("silence")]), "silence");
});
