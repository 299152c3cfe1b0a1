import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runtime } from "./runtime.ts";
import {
  dialLocal,
  type LocalHandlers,
  type LocalOptions,
  type LocalPeer,
  type LocalServer,
  serveLocal,
  SocketError,
  socketPathFor,
} from "./socket.ts";

async function inFolder(run: (path: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "theater-socket-"));
  try {
    await run(join(folder, "private", "s.sock"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Says back each line, in capitals; notes how connections end. */
function serveEcho(
  path: string,
  options: LocalOptions = {},
): Promise<LocalServer & { readonly ends: string[] }> {
  const ends: string[] = [];
  const accept = (peer: LocalPeer): LocalHandlers => ({
    line: async (line) => void await peer.send(line.toUpperCase()),
    closed: (reason) => ends.push(reason ?? "in order"),
  });
  return serveLocal(path, accept, options).then((server) => ({ ...server, ends }));
}

/** A client that sends lines and gathers as many answers. */
async function ask(path: string, lines: readonly string[], options: LocalOptions = {}): Promise<string[]> {
  const answers: string[] = [];
  let finish = (_reason?: string) => {};
  const done = new Promise<void>((resolve, reject) =>
    finish = (reason) => reason === undefined ? resolve() : reject(new Error(reason))
  );
  const peer = await dialLocal(path, {
    line(line) {
      answers.push(line);
      if (answers.length === lines.length) peer.end();
    },
    closed: (reason) => finish(reason),
  }, options);
  for (const line of lines) await peer.send(line);
  if (lines.length === 0) peer.end();
  await done;
  return answers;
}

test("lines go both ways, of any size and any text", () =>
  inFolder(async (path) => {
    const server = await serveEcho(path);
    const lines = ["a", "", "é€😀", "x".repeat(3_000_000), '{"a":"\\n"}'];
    deepEqual(await ask(path, lines), lines.map((line) => line.toUpperCase()));
    await server.close();
  }));

test("many clients talk at once, each gets its own answers in order", () =>
  inFolder(async (path) => {
    const server = await serveEcho(path);
    const clients = Array.from({ length: 40 }, (_, i) =>
      Array.from({ length: 50 }, (_, k) => `client ${i} line ${k}`));
    const answers = await Promise.all(clients.map((lines) =>
      ask(path, lines)
    ));
    deepEqual(answers, clients.map((lines) => lines.map((line) => line.toUpperCase())));
    await server.close();
    equal(server.ends.length, clients.length);
  }));

test("the socket and its folder are their owner's alone, and nothing is left behind", () =>
  inFolder(async (path) => {
    const server = await serveEcho(path);
    if (runtime.os !== "win32") {
      equal(statSync(path).mode & 0o777, 0o600);
      equal(statSync(join(path, "..")).mode & 0o777, 0o700);
    }
    deepEqual(readdirSync(join(path, "..")), ["s.sock"]);
    await server.close();
    await server.close();
    deepEqual(readdirSync(join(path, "..")), []);
  }));

async function faultOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof SocketError) return error.fault.code;
    throw error;
  }
  return "none";
}

test("where nobody listens there is nobody to talk to", () =>
  inFolder(async (path) => {
    const silent = { line: () => {}, closed: () => {} };
    equal(await faultOf(dialLocal(path, silent)), "not_listening");
    const server = await serveEcho(path);
    await server.close();
    equal(await faultOf(dialLocal(path, silent)), "not_listening");
  }));

test("who listens first keeps the place, and one that a dead process left is taken", () =>
  inFolder(async (path) => {
    const server = await serveEcho(path);
    equal(await faultOf(serveEcho(path)), "in_use");
    deepEqual(await ask(path, ["still here"]), ["STILL HERE"]);
    await server.close();
    // What is left of a process that was killed: a name with nobody behind it.
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, "");
    const next = await serveEcho(path);
    deepEqual(await ask(path, ["new"]), ["NEW"]);
    await next.close();
  }));

test("half a line, and a client that goes away in the middle, hurt nobody", () =>
  inFolder(async (path) => {
    const server = await serveEcho(path);
    const raw = connect(path);
    await new Promise((resolve) => raw.once("connect", resolve));
    const answer = new Promise((resolve) => raw.once("data", (chunk) => resolve(String(chunk))));
    raw.write("hal");
    await ask(path, ["another"]);
    raw.write("f\nand ha");
    equal(await answer, "HALF\n");
    raw.destroy();
    deepEqual(await ask(path, ["and on"]), ["AND ON"]);
    await server.close();
  }));

test("a line past the bound ends its connection, and no other", () =>
  inFolder(async (path) => {
    const server = await serveEcho(path, { lineBytesMax: 1000 });
    deepEqual(await ask(path, ["x".repeat(1000)]), ["X".repeat(1000)]);
    await ask(path, ["x".repeat(1001)]).catch(() => {});
    deepEqual(await ask(path, ["fine"]), ["FINE"]);
    await server.close();
    ok(server.ends.some((reason) => /line 1 as it is too long/.test(reason)), server.ends.join("; "));
    await rejects(
      (async () => {
        const loud = await serveEcho(path);
        try {
          await ask(path, ["x".repeat(2000)], { lineBytesMax: 1000 });
        } finally {
          await loud.close();
        }
      })(),
      /too long/,
    );
  }));

test("while a line is being worked on, the next ones wait", () =>
  inFolder(async (path) => {
    let working = 0;
    let most = 0;
    const server = await serveLocal(path, (peer) => ({
      async line(line) {
        most = Math.max(most, ++working);
        await new Promise((resolve) => setImmediate(resolve));
        working -= 1;
        await peer.send(line);
      },
      closed: () => {},
    }));
    const lines = Array.from({ length: 200 }, (_, i) => String(i));
    deepEqual(await ask(path, lines), lines);
    equal(most, 1);
    await server.close();
  }));

test("sending to one who has gone says so, and closing ends the connections", () =>
  inFolder(async (path) => {
    const server = await serveEcho(path);
    let closed = () => {};
    const gone = new Promise<void>((resolve) => closed = resolve);
    const peer = await dialLocal(path, { line: () => {}, closed: () => closed() });
    await server.close();
    await gone;
    equal(await peer.send("anybody?"), false);
  }));

test("the socket of a log has a short name, one for each file", () => {
  const folder = mkdtempSync(join(tmpdir(), "theater-socket-"));
  try {
    const deep = join(folder, "d".repeat(100), "e".repeat(100));
    mkdirSync(deep, { recursive: true });
    const path = socketPathFor(join(deep, "theater.db"));
    ok(path.length < 104, path);
    match(path, /[0-9a-f]{24}/);
    equal(socketPathFor(join(deep, ".", "theater.db")), path);
    writeFileSync(join(deep, "theater.db"), "");
    equal(socketPathFor(join(deep, "theater.db")), path);
    ok(socketPathFor(join(deep, "other.db")) !== path);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
