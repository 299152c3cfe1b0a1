import type { Answer } from "../actor/mod.ts";
import {
  dialLocal,
  type LocalPeer,
  type LocalServer,
  serveLocal,
  SocketError,
  socketPathFor,
} from "../platform/mod.ts";
import type { OutsideMessage } from "./reception.ts";
import type { Theater } from "./theater.ts";
import type { UpgradeAnswer, UpgradeRequest } from "./upgrade.ts";
import type { WishAnswer, WishRequest } from "./wish.ts";

/** How long answers that nobody takes may keep the door open. */
const closeMsMax = 2000;

/** One line from a client of the door: a message, and a number of its own to find the answer by. */
interface Knock extends OutsideMessage {
  readonly id: number;
}

/** Asks for the signed checkpoint of the node. */
interface CheckpointRequest {
  readonly id: number;
  readonly ask: "checkpoint";
}

/** Asks for the upgrade of an actor. */
interface UpgradeKnock extends UpgradeRequest {
  readonly id: number;
  readonly ask: "upgrade";
}

/** Asks for the end of an actor or of the house, or for an actor to be started again. */
type WishKnock = WishRequest & {
  readonly id: number;
  readonly ask: "wish";
};

/** One line from a client. */
type Asked = Knock | CheckpointRequest | UpgradeKnock | WishKnock;

/** What a house answers. */
type Answered = Answer | SealedAnswer | UpgradeAnswer | WishAnswer;

/** One line back. */
interface Reply<A = Answered> {
  readonly id: number;
  readonly answer: A;
}

/** What a house said when it was asked for its checkpoint. */
export type SealedAnswer =
  | {
    readonly answer: "sealed";
    /** A signed note over all that was committed before it was asked for. */
    readonly note: string;
  }
  | { readonly answer: "not-sealed"; readonly detail: string };

/**
 * Opens the door of a house: a socket beside the log through which the user who
 * owns it, and nobody else, sends messages. It closes when all answers are given,
 * so stop the house first.
 *
 * @throws {SocketError}
 */
export async function openDoor(theater: Theater, logPath: string): Promise<LocalServer> {
  const replies = new Set<Promise<void>>();
  const server = await serveLocal(socketPathFor(logPath), (peer) => ({
    line(line) {
      const knock = readKnock(line);
      if (knock === undefined) return peer.end();
      const answering = answerTo(theater, knock);
      // Not awaited: the answers of one client may come in any order.
      const replied = answering.then((answer) => reply(peer, { id: knock.id, answer }));
      replies.add(replied);
      void replied.finally(() => replies.delete(replied));
    },
    closed() {},
  }));
  return {
    async close() {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, closeMsMax)));
      await Promise.race([Promise.allSettled(replies), patience]);
      clearTimeout(timer);
      await server.close();
    },
  };
}

function answerTo(theater: Theater, asked: Asked): Promise<Answered> {
  if (!("ask" in asked)) return theater.send(asked);
  switch (asked.ask) {
    case "checkpoint":
      return seal(theater);
    case "upgrade":
      return theater.upgrade(asked);
    case "wish":
      return theater.wish(asked);
  }
}

async function seal(theater: Theater): Promise<SealedAnswer> {
  try {
    const note = await theater.checkpoint();
    return note === undefined
      ? { answer: "not-sealed", detail: "this house signs nothing" }
      : { answer: "sealed", note };
  } catch (error) {
    return { answer: "not-sealed", detail: error instanceof Error ? error.message : String(error) };
  }
}

async function reply(peer: LocalPeer, said: Reply): Promise<void> {
  await peer.send(JSON.stringify(said));
}

/** Reads a knock; nothing if it is none. Our own client wrote it, or somebody with the owner's rights. */
function readKnock(line: string): Asked | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { id, to, body, wait, key, ask, address, path, migrate, wish } = value as Record<string, unknown>;
  if (typeof id !== "number") return undefined;
  if (ask === "checkpoint") return { id, ask };
  if (ask === "upgrade") {
    if (typeof address !== "string" || typeof path !== "string") return undefined;
    return { id, ask, address, path, migrate: migrate === true };
  }
  if (ask === "wish") return readWish(id, wish, address);
  if (typeof to !== "string" || typeof body !== "string") return undefined;
  if (wait !== "response" && wait !== "acceptance") return undefined;
  if (key !== undefined && typeof key !== "string") return undefined;
  return { id, to, body, wait, ...(key !== undefined && { key }) };
}

function readWish(id: number, wish: unknown, address: unknown): WishKnock | undefined {
  if (address === undefined) return wish === "stop" ? { id, ask: "wish", wish } : undefined;
  if (typeof address !== "string" || (wish !== "stop" && wish !== "restart")) return undefined;
  return { id, ask: "wish", wish, address };
}

/** What became of a message that was handed in at the door. */
export type DoorAnswer = Answer | NoAnswer;

/** Why nothing came back from the door. */
export type NoAnswer =
  /** Nobody has the log open. */
  | { readonly answer: "closed" }
  /** The answer did not come in time; the message may still have its turn. */
  | { readonly answer: "timed-out" }
  /** The house closed before it answered; the message may have had its turn. */
  | { readonly answer: "hung-up" };

/** Hands one message in at the door of the house that has `logPath` open, and waits for the answer. */
export async function knock(
  logPath: string,
  message: OutsideMessage,
  timeoutMs: number,
): Promise<DoorAnswer> {
  return await askAtDoor<Answer>(logPath, { id: 0, ...message } satisfies Knock, timeoutMs);
}

/** Asks the house that has `logPath` open to seal, and for its signed checkpoint. */
export async function askCheckpoint(logPath: string, timeoutMs: number): Promise<SealedAnswer | NoAnswer> {
  const request: CheckpointRequest = { id: 0, ask: "checkpoint" };
  return await askAtDoor<SealedAnswer>(logPath, request, timeoutMs);
}

/** Asks the house that has `logPath` open to upgrade an actor. */
export async function askUpgrade(
  logPath: string,
  request: UpgradeRequest,
  timeoutMs: number,
): Promise<UpgradeAnswer | NoAnswer> {
  const knock: UpgradeKnock = { id: 0, ask: "upgrade", ...request };
  return await askAtDoor<UpgradeAnswer>(logPath, knock, timeoutMs);
}

/** Asks the house that has `logPath` open to end or restart an actor, or to stop. */
export async function askForWish(
  logPath: string,
  request: WishRequest,
  timeoutMs: number,
): Promise<WishAnswer | NoAnswer> {
  const knock: WishKnock = { id: 0, ask: "wish", ...request };
  return await askAtDoor<WishAnswer>(logPath, knock, timeoutMs);
}

async function askAtDoor<A>(logPath: string, request: object, timeoutMs: number): Promise<A | NoAnswer> {
  const answered = Promise.withResolvers<A | NoAnswer>();
  const timer = setTimeout(() => answered.resolve({ answer: "timed-out" }), timeoutMs);
  let peer: LocalPeer | undefined;
  try {
    peer = await dialLocal(socketPathFor(logPath), {
      line: (line) => answered.resolve((JSON.parse(line) as Reply<A>).answer),
      closed: () => answered.resolve({ answer: "hung-up" }),
    });
    await peer.send(JSON.stringify(request));
    return await answered.promise;
  } catch (error) {
    if (error instanceof SocketError && error.fault.code === "not_listening") return { answer: "closed" };
    throw error;
  } finally {
    clearTimeout(timer);
    peer?.end();
  }
}
