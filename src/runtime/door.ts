import type { Answer } from "../actor/mod.ts";
import {
  dialLocal,
  type LocalPeer,
  type LocalServer,
  serveLocal,
  SocketError,
  socketPathFor,
} from "../platform/mod.ts";
import type { OutsideMessage, Theater } from "./theater.ts";

/** How long answers that nobody takes may keep the door open. */
const closeMsMax = 2000;

/** One line from a client of the door: a message, and a number of its own to find the answer by. */
interface Knock extends OutsideMessage {
  readonly id: number;
}

/** One line back. */
interface Reply {
  readonly id: number;
  readonly answer: Answer;
}

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
      // Not awaited: the answers of one client may come in any order.
      const replied = theater.send(knock).then((answer) => reply(peer, { id: knock.id, answer }));
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

async function reply(peer: LocalPeer, said: Reply): Promise<void> {
  await peer.send(JSON.stringify(said));
}

/** Reads a knock; nothing if it is none. Our own client wrote it, or somebody with the owner's rights. */
function readKnock(line: string): Knock | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { id, to, body, wait, key } = value as Record<string, unknown>;
  if (typeof id !== "number" || typeof to !== "string" || typeof body !== "string") return undefined;
  if (wait !== "response" && wait !== "acceptance") return undefined;
  if (key !== undefined && typeof key !== "string") return undefined;
  return { id, to, body, wait, ...(key !== undefined && { key }) };
}

/** What became of a message that was handed in at the door. */
export type DoorAnswer =
  | Answer
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
  const answered = Promise.withResolvers<DoorAnswer>();
  const timer = setTimeout(() => answered.resolve({ answer: "timed-out" }), timeoutMs);
  let peer: LocalPeer | undefined;
  try {
    peer = await dialLocal(socketPathFor(logPath), {
      line: (line) => answered.resolve((JSON.parse(line) as Reply).answer),
      closed: () => answered.resolve({ answer: "hung-up" }),
    });
    const knocked: Knock = { id: 0, ...message };
    await peer.send(JSON.stringify(knocked));
    return await answered.promise;
  } catch (error) {
    if (error instanceof SocketError && error.fault.code === "not_listening") return { answer: "closed" };
    throw error;
  } finally {
    clearTimeout(timer);
    peer?.end();
  }
}
