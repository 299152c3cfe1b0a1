/**
 * The bank of `examples/bank` under random transfers, while its host is killed at
 * random instants and started again; and what must be true at the end.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseEntry } from "../../src/chain/mod.ts";
import { decodeUtf8 } from "../../src/codec/mod.ts";
import { type DoorAnswer, knock } from "../../src/runtime/mod.ts";
import { openLogReader } from "../../src/store/mod.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const accounts = ["ann", "bob", "cem", "dana"] as const;
const tellers = ["bank/teller-1", "bank/teller-2"] as const;
const openingBalance = 100_000;
const clients = 6;
/** Fewer than the supervisor of the bank lets pass. */
const poisonEveryMs = 800;

/** How to soak. */
export interface Soak {
  /** An empty folder. */
  readonly folder: string;
  readonly seed: number;
  readonly kills: number;
  /** Kills no more after that. */
  readonly untilMs?: number;
  /** Command lines of Theater, without arguments of its own; each start takes the next. */
  readonly commands: readonly (readonly [string, ...string[]])[];
  readonly env: NodeJS.ProcessEnv;
  readonly say?: (line: string) => void;
}

/** What a soak came to. */
export interface Soaked {
  readonly kills: number;
  /** Of those: before the house was open. */
  readonly early: number;
  readonly transfers: number;
  readonly done: number;
  readonly failed: number;
  readonly poisoned: number;
  readonly asked: number;
  /** Longest time from a start to an open house, in ms. */
  readonly openMs: number;
  readonly entries: number;
  /** What is wrong; empty if all is well. */
  readonly faults: readonly string[];
}

interface Order {
  readonly id: string;
  readonly teller: string;
  readonly from: string;
  readonly to: string;
  readonly amount: number;
  readonly poisoned: boolean;
  /** Whether it is handed in without waiting for its outcome. */
  readonly acceptance: boolean;
  /** What the client was told: the outcome, that it has had its turn, or only that it is written down. */
  told?: "done" | "failed" | "crashed" | "begun" | "accepted";
}

interface Transfer {
  readonly step: string;
  readonly from: string;
  readonly to: string;
  readonly amount: number;
}

interface Teller {
  readonly transfers: Readonly<Record<string, Transfer>>;
}

interface Account {
  readonly balance: number;
  readonly moves: Readonly<Record<string, number | "cancelled">>;
}

/** mulberry32. */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How much a client knows when it is told so. */
const weight = { accepted: 1, begun: 2, done: 3, failed: 3, crashed: 3 } as const;

/** Soaks the bank, and checks what is left. */
export async function soakBank({ folder, seed, kills, untilMs, commands, env, say }: Soak): Promise<Soaked> {
  cpSync(join(root, "examples/bank"), folder, { recursive: true });
  const log = join(folder, ".theater", "theater.db");
  const random = randomFrom(seed);
  const faults: string[] = [];
  const orders: Order[] = [];
  let asked = 0;
  let starts = 0;
  let openMs = 0;
  let early = 0;
  let lastPoison = 0;
  let driving = true;

  function start() {
    const [program, ...before] = commands[starts++ % commands.length] ?? [process.execPath];
    const from = Date.now();
    const child = spawn(program, [...before, "run", "theater.toml"], {
      cwd: folder,
      env,
    });
    const kill = () => void child.kill("SIGKILL");
    process.on("exit", kill);
    let said = "";
    const opened = Promise.withResolvers<boolean>();
    const closed = new Promise<void>((resolve) =>
      child.on("close", () => {
        process.off("exit", kill);
        opened.resolve(false);
        resolve();
      })
    );
    child.stderr.on("data", (chunk: Uint8Array) => void (said += decodeUtf8(chunk)));
    child.stdout.on("data", (chunk: Uint8Array) => {
      said += decodeUtf8(chunk);
      if (!said.includes("Ctrl-C")) return;
      openMs = Math.max(openMs, Date.now() - from);
      opened.resolve(true);
    });
    return { child, opened: opened.promise, closed, said: () => said };
  }

  function nextOrder(): Order {
    const from = Math.floor(random() * accounts.length);
    const to = (from + 1 + Math.floor(random() * (accounts.length - 1))) % accounts.length;
    const poisoned = random() < 0.05 && Date.now() - lastPoison > poisonEveryMs;
    if (poisoned) lastPoison = Date.now();
    const order: Order = {
      id: `t-${orders.length}`,
      teller: tellers[Math.floor(random() * tellers.length)] ?? tellers[0],
      from: accounts[from] ?? "ann",
      to: random() < 0.03 ? "nobody" : accounts[to] ?? "bob",
      amount: 1 + Math.floor(random() ** 4 * 150_000), // Some are more than an account holds.
      poisoned,
      acceptance: random() < 0.2,
    };
    orders.push(order);
    return order;
  }

  async function hand(order: Order, wait: "response" | "acceptance"): Promise<void> {
    const { id, from, to, amount, poisoned, teller } = order;
    const body = JSON.stringify({ op: "transfer", id, from, to, amount, memo: poisoned ? 7 : `for ${id}` });
    asked += 1;
    let answer: DoorAnswer;
    try {
      answer = await knock(log, { to: teller, body, key: id, wait }, 10_000);
    } catch {
      return; // The socket broke: the host was killed.
    }
    const told = tellOf(answer);
    if (told === undefined) return;
    if (told === "wrong") return void faults.push(`${id} was answered ${JSON.stringify(answer)}`);
    const [before, now] = [order.told === undefined ? 0 : weight[order.told], weight[told]];
    if (before === 3 && now === 3 && told !== order.told) {
      faults.push(`${id} was ${order.told} first, and ${told} later`);
    }
    if (now > before) order.told = told;
    if (told !== "accepted" && poisoned !== (told === "crashed")) {
      faults.push(`${id} came to ${JSON.stringify(answer)}`);
    }
  }

  async function client() {
    while (driving) {
      const order = nextOrder();
      while (driving && order.told === undefined) {
        await hand(order, order.acceptance ? "acceptance" : "response");
        if (order.told === undefined) await sleep(50);
      }
      if (driving && random() < 0.1) await hand(order, "response"); // Again: the recorded answer.
    }
  }

  const working = Promise.all(Array.from({ length: clients }, client));
  const began = Date.now();
  let killed = 0;
  for (; killed < kills && (untilMs === undefined || Date.now() - began < untilMs); killed++) {
    const house = start();
    const isEarly = killed > 0 && random() < 0.15;
    const delayMs = random() * 1500;
    if (!isEarly && !await house.opened) {
      faults.push(`start ${starts} ended by itself: ${house.said().slice(-2000)}`);
      break;
    }
    await sleep(delayMs);
    if (isEarly) early += 1;
    house.child.kill("SIGKILL");
    await house.closed;
    if (killed % 10 === 9) say?.(`${killed + 1} kills, ${orders.length} transfers`);
  }

  driving = false;
  await working;
  const house = start();
  const finals = { done: 0, failed: 0 };
  if (await house.opened) {
    await untilSettled(orders, log, hand, faults);
    const teller = Object.fromEntries(
      await Promise.all(
        tellers.map(async (to) => [to, await show<Teller>(log, to)]),
      ),
    );
    const account = Object.fromEntries(
      await Promise.all(accounts.map(async (name) => [name, await show<Account>(log, `bank/${name}`)])),
    );
    Object.assign(finals, checkMoney(orders, teller, account, faults));
    house.child.kill("SIGTERM");
  } else faults.push(`the last start ended by itself: ${house.said().slice(-2000)}`);
  await house.closed;
  const entries = checkReceives(log, orders, faults);
  return {
    kills: killed,
    early,
    transfers: orders.length,
    ...finals,
    poisoned: orders.filter(({ poisoned }) => poisoned).length,
    asked,
    openMs,
    entries,
    faults,
  };
}

/** What an answer tells a client; undefined where it has to ask again. */
function tellOf(answer: DoorAnswer): Order["told"] | "wrong" {
  switch (answer.answer) {
    case "ok": {
      const said = JSON.parse(answer.response) as { done?: string; begun?: string };
      return said.begun !== undefined ? "begun" : said.done === undefined ? "failed" : "done";
    }
    case "accepted":
      return "accepted";
    case "trapped":
      return "crashed";
    case "refused":
    case "cut":
      return "wrong";
    case "undelivered":
      if (answer.code === "key_unknown") return "begun"; // The answer was put off, and the host killed since.
      return answer.code === "not_running" || answer.code === "mailbox_full" ? undefined : "wrong";
    case "closed":
    case "timed-out":
    case "hung-up":
      return undefined;
  }
}

/** Hands in whatever has no outcome yet, with its key, until everything has one. */
async function untilSettled(
  orders: readonly Order[],
  log: string,
  hand: (order: Order, wait: "response") => Promise<void>,
  faults: string[],
): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const open = orders.filter(({ told }) => told === undefined || told === "accepted");
    const under = await Promise.all(tellers.map((to) => show<Teller>(log, to)));
    const steps = under.flatMap(({ transfers }) => Object.values(transfers).map(({ step }) => step));
    if (open.length === 0 && steps.every((step) => step === "done" || step === "failed")) return;
    if (Date.now() > deadline) {
      const shown = JSON.stringify([open.slice(0, 5), [...new Set(steps)]]);
      return void faults.push(`not all transfers of ${log} came to an end: ${shown}`);
    }
    for (let k = 0; k < open.length; k += clients) {
      await Promise.all(open.slice(k, k + clients).map((order) => hand(order, "response")));
    }
    await sleep(100);
  }
}

async function show<T>(log: string, to: string): Promise<T> {
  const answer = await knock(log, { to, body: '{"op":"show"}', wait: "response" }, 30_000);
  if (answer.answer !== "ok") throw new Error(`${to} does not show its state: ${JSON.stringify(answer)}`);
  return JSON.parse(answer.response) as T;
}

/** Every transfer once or not at all, as its client was told, and not a cent more or less. */
function checkMoney(
  orders: readonly Order[],
  teller: Readonly<Record<string, Teller>>,
  account: Readonly<Record<string, Account>>,
  faults: string[],
): { done: number; failed: number } {
  const finals = { done: 0, failed: 0 };
  let moves = 0;
  for (const { id, teller: by, from, to, amount, told } of orders) {
    const transfer = teller[by]?.transfers[id];
    const step = transfer?.step ?? "crashed";
    if (told === "begun" ? step === "crashed" : step !== told) {
      faults.push(`${id} is ${step}, its client was told ${told}`);
    }
    if (step === "done") finals.done += 1;
    if (step === "failed") finals.failed += 1;
    const wanted = step === "done" ? [-amount, amount] : [0, 0];
    for (const [index, name] of [from, to].entries()) {
      const move = account[name]?.moves[`${by}:${id}`];
      if (typeof move === "number") moves += 1;
      const cents = typeof move === "number" ? move : 0;
      if (cents !== wanted[index]) {
        faults.push(`${id} is ${step}: it moved ${cents} at ${name}, not ${wanted[index]}`);
      }
    }
  }
  let total = 0;
  let found = 0;
  for (const [name, { balance, moves }] of Object.entries(account)) {
    const cents = Object.values(moves).filter((move) => typeof move === "number");
    found += cents.length;
    total += balance;
    const sum = cents.reduce((a, b) => a + b, openingBalance);
    if (sum !== balance) faults.push(`${name} holds ${balance}, its moves come to ${sum}`);
  }
  if (found !== moves) faults.push(`the accounts show ${found} moves, the transfers make ${moves}`);
  const wanted = accounts.length * openingBalance;
  if (total !== wanted) faults.push(`the accounts hold ${total} cents, not ${wanted}`);
  return finals;
}

/** Every key that a client was answered for has exactly one receive. @returns how many entries there are */
function checkReceives(log: string, orders: readonly Order[], faults: string[]): number {
  const reader = openLogReader(log);
  const times = new Map<string, number>();
  let entries = 0;
  try {
    for (const { address } of reader.actors()) {
      for (const { text, parts } of reader.records(address)) {
        entries += 1;
        const entry = parseEntry(text);
        const key = parts[1]?.bytes;
        if (entry.kind !== "receive" || !entry.keyed || key === undefined) continue;
        times.set(decodeUtf8(key), (times.get(decodeUtf8(key)) ?? 0) + 1);
      }
    }
  } finally {
    reader.close();
  }
  for (const { id } of orders) {
    if (times.get(id) !== 1) faults.push(`${id} was received ${times.get(id) ?? 0} times`);
  }
  return entries;
}
