/**
 * Houses of actors for the tests that cross rooms: temporary folders, manifests,
 * logs, and one check over everything that a log holds.
 *
 * @module
 */

import { ok, strictEqual } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { after, test as nodeTest } from "node:test";
import { fileURLToPath } from "node:url";
import type { ActorEvent, Answer } from "../../src/actor/mod.ts";
import { commitPart, createChainChecker, type Entry, parseEntry } from "../../src/chain/mod.ts";
import { decodeUtf8 } from "../../src/codec/mod.ts";
import { loadManifest } from "../../src/manifest/mod.ts";
import { openTheater, type OutsideMessage, type Theater } from "../../src/runtime/mod.ts";
import { type LogReader, openLog, openLogReader } from "../../src/store/mod.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Generated code of all system tests; content-addressed, so sharing it changes nothing but time. */
export const sharedCache = join(tmpdir(), `theater-system-cache-${process.getuid?.() ?? 0}`);

/** An absolute path in this repository. */
export function repositoryPath(path: string): string {
  return join(root, path);
}

/** A test that may take longer than Bun lets it by default, on a machine that is busy. */
export function test(
  name: string,
  work: () => Promise<void>,
  options: { readonly skip?: boolean } = {},
): void {
  nodeTest(name, { timeout: 120_000, ...options }, async () => {
    testing = true; // One at a time: a file runs its tests in order.
    try {
      await work();
    } finally {
      testing = false;
      for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
    }
  });
}

/** Folders of the test that runs. */
const folders: string[] = [];
let testing = false;

/** Makes a folder that is removed after the test that made it; outside of tests, after those of its file. */
export function makeFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "theater-system-"));
  if (testing) folders.push(folder);
  else after(() => rmSync(folder, { recursive: true, force: true }));
  writeFiles(folder, files);
  return folder;
}

/** Writes files into a folder; `*.wasm` is copied from the guests of the tests. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    if (name.endsWith(".wasm")) copyFileSync(repositoryPath(`tests/guests/${text}`), join(folder, name));
    else writeFileSync(join(folder, name), text);
  }
}

/** The log of a folder's `theater.toml`. */
export function logPath(folder: string): string {
  return join(folder, ".theater", "theater.db");
}

/** How to open a house. */
export interface HouseOptions {
  readonly manifest?: string;
  readonly upgrade?: boolean;
  readonly turnsPerActivation?: number;
  readonly maxActive?: number;
  readonly bytesMax?: number;
  /** Seals the log, with keys in this folder. */
  readonly dataFolder?: string;
}

/** A house that is open. */
export interface House {
  readonly theater: Theater;
  readonly events: readonly ActorEvent[];
  /** Sends to the root, or to `to`; the body is written as JSON. */
  send(body: unknown, options?: Partial<Omit<OutsideMessage, "body">>): Promise<Answer>;
  /** The same with the text as it is. */
  sendText(body: string, options?: Partial<Omit<OutsideMessage, "body">>): Promise<Answer>;
  /** Stops it in order. */
  stop(): Promise<void>;
}

/** Opens the house of `folder/theater.toml` in this process. */
export async function openHouse(folder: string, options: HouseOptions = {}): Promise<House> {
  const { manifest = "theater.toml", upgrade = false, turnsPerActivation, maxActive, bytesMax, dataFolder } =
    options;
  const path = join(folder, manifest);
  const tree = await loadManifest(path, { readText: (file) => Promise.resolve(readFileSync(file, "utf8")) });
  const events: ActorEvent[] = [];
  const theater = await openTheater({
    tree,
    store: openLog(logPath(folder), bytesMax === undefined ? {} : { bytesMax }),
    upgrade,
    cacheFolder: sharedCache,
    observe: (event) => void events.push(event),
    ...(turnsPerActivation !== undefined && { turnsPerActivation }),
    ...(maxActive !== undefined && { maxActive }),
    ...(dataFolder !== undefined && {
      dataFolder,
      sealFailed(error) {
        throw error;
      },
    }),
  });
  const sendText: House["sendText"] = (body, { to = theater.root, wait = "response", ...rest } = {}) =>
    theater.send({ to, body, wait, ...rest });
  return {
    theater,
    events,
    sendText,
    send: (body, message) => sendText(JSON.stringify(body), message),
    stop: () => theater.stop(),
  };
}

/** Opens a house, does something in it, and stops it whatever happens. */
export async function inHouse<T>(
  folder: string,
  work: (house: House) => Promise<T>,
  options: HouseOptions = {},
): Promise<T> {
  const house = await openHouse(folder, options);
  try {
    return await work(house);
  } finally {
    await house.stop();
  }
}

/** Copies a folder as it is on disk at this moment: what a crash of the machine would leave. */
export function crashCopy(folder: string): string {
  const copy = makeFolder();
  cpSync(folder, copy, { recursive: true });
  for (const extra of ["-lock", "-shm"]) rmSync(`${logPath(copy)}${extra}`, { force: true });
  return copy;
}

/** Works in a house and leaves what a crash after it would leave. */
export async function crashAfter(folder: string, work: (house: House) => Promise<void>): Promise<string> {
  return await inHouse(folder, async (house) => {
    await work(house);
    return crashCopy(folder);
  });
}

/** One entry with what was said, as text; a part whose bytes are not in the log is undefined. */
export interface Said {
  readonly entry: Entry;
  readonly parts: readonly (string | undefined)[];
}

/** Reads something of the log of a folder. */
export function readLog<T>(folder: string, work: (reader: LogReader) => T): T {
  const reader = openLogReader(logPath(folder));
  try {
    return work(reader);
  } finally {
    reader.close();
  }
}

/** All entries of a chain. */
export function entriesOf(folder: string, address: string): Said[] {
  return readLog(folder, (reader) =>
    Array.from(reader.records(address), ({ text, parts }) => ({
      entry: parseEntry(text),
      parts: parts.map(({ bytes }) => (bytes === undefined ? undefined : decodeUtf8(bytes))),
    })));
}

/** The chain as one short word an entry, for comparing at a glance. */
export function story(folder: string, address: string): string[] {
  return entriesOf(folder, address).map(({ entry }) => {
    switch (entry.kind) {
      case "genesis":
        return "genesis";
      case "keyframe":
        return `keyframe ${entry.reason}`;
      case "accept":
        return "accept";
      case "receive":
        return `receive ${entry.type}`;
      case "call":
        return `call ${entry.function.replace(/^.*#/, "")} ${entry.outcome}`;
      case "return":
        return entry.outcome;
      case "trap":
        return `trap ${entry.code}`;
      case "cut":
        return `cut ${entry.reason}`;
      case "erase":
      case "prune":
      case "key":
      case "incarnation":
      case "supervise":
        return entry.kind;
    }
  });
}

/** How often a kind of entry occurs in a chain. */
export function countOf(folder: string, address: string, kind: Entry["kind"]): number {
  return entriesOf(folder, address).filter(({ entry }) => entry.kind === kind).length;
}

/** The interpreter itself: what is called python3 may be a script that looks for it each time. */
const python = spawnSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).stdout
  ?.trim();

/**
 * Checks every chain of a log: the rules by which entries follow each other, the
 * commitments of every part that is there, and the heads; and again with the
 * checker that shares no code with us, where there is a Python for it.
 */
export function checkLog(folder: string): void {
  readLog(folder, (reader) => {
    for (const row of reader.actors()) {
      const checker = createChainChecker();
      for (const { text, parts } of reader.records(row.address)) {
        const entry = checker.next(text);
        strictEqual(parts.length, entry.parts.length, `${row.address} ${entry.seq}: parts`);
        for (const [index, { bytes, salt }] of parts.entries()) {
          if (bytes === undefined) continue;
          ok(salt, `${row.address} ${entry.seq}: part ${index} has no salt`);
          strictEqual(
            commitPart(bytes, salt),
            entry.parts[index],
            `${row.address} ${entry.seq}: part ${index}`,
          );
        }
      }
      const { size, hash, turns, activations, openTurn } = checker.summary();
      const stands = { size: row.size, head: row.head, turns: row.turns, activations: row.activations };
      strictEqual(JSON.stringify({ size, head: hash, turns, activations }), JSON.stringify(stands));
      strictEqual(openTurn, undefined, `${row.address}: a turn is open`);
    }
  });
  if (python === undefined || python === "") return;
  const checker = repositoryPath("tests/conformance/theater_check.py");
  const { status, stdout, stderr } = spawnSync(python, [checker, logPath(folder)], { encoding: "utf8" });
  strictEqual(status, 0, `theater_check.py: ${stdout}${stderr}`);
}

/** Waits until `done` gives something, looking every few milliseconds. */
export async function until<T>(
  what: string,
  done: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = 20_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await done();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`Gave up waiting for ${what} after ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
