import { createHash } from "node:crypto";
import { connect, createServer, type Socket } from "node:net";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { exists, inspectFile, realPath, remove, rename, setMode } from "./files.ts";
import { ensurePrivateFolder, runtimeFolder } from "./folders.ts";
import { createLineSplitter, LineError } from "./lines.ts";

/** Longest line by default: the largest message (16 MiB) and what goes around it. */
export const socketLineBytesMax = 17 * 1024 * 1024;

/** Why there is no talking over a local socket. */
export type SocketFault =
  | { readonly code: "not_listening"; readonly path: string }
  | { readonly code: "in_use"; readonly path: string }
  | { readonly code: "denied"; readonly path: string }
  | { readonly code: "other"; readonly path: string; readonly message: string };

/** A local socket could not be opened. */
export class SocketError extends Error {
  override readonly name = "SocketError";
  readonly fault: SocketFault;
  constructor(fault: SocketFault) {
    super(describe(fault));
    this.fault = fault;
  }
}

function describe(fault: SocketFault): string {
  switch (fault.code) {
    case "not_listening":
      return `Cannot connect to ${fault.path} as nobody listens there`;
    case "in_use":
      return `Cannot listen at ${fault.path} as somebody else listens there`;
    case "denied":
      return `Cannot connect to ${fault.path} as it belongs to another user`;
    case "other":
      return `Cannot use the socket ${fault.path}: ${fault.message}`;
  }
}

/** The other end of a connection, to which lines are sent. */
export interface LocalPeer {
  /**
   * Sends one line of text, which must hold no line break.
   *
   * @returns when the system has taken it, so awaiting it lets a slow reader
   * slow us down; `false` when the connection is gone
   */
  send(line: string): Promise<boolean>;
  /** Ends the connection after what was sent. */
  end(): void;
}

/** What the owner of a connection hears from its other end. */
export interface LocalHandlers {
  /** A line came. While a promise that it returned is pending, no more is read. */
  line(line: string): void | Promise<void>;
  /** The connection ended: in order, or for the reason given. Called exactly once. */
  closed(reason?: string): void;
}

/** Options of both ends. */
export interface LocalOptions {
  /** Longest line, in bytes; a longer one ends the connection. @default socketLineBytesMax */
  readonly lineBytesMax?: number;
}

/** A socket that listens. */
export interface LocalServer {
  /** Stops listening, ends all connections and removes the socket. */
  close(): Promise<void>;
}

/**
 * Where the host of the log at `databasePath` listens: a name made of the hash
 * of the log's true path, so that it is short enough for a socket (104 bytes on
 * macOS) and the same for all who see the same file.
 */
export function socketPathFor(databasePath: string): string {
  // The file may not exist yet, its folder does.
  const full = resolve(databasePath);
  const truth = exists(full)
    ? realPath(full)
    : join(realPath(dirname(full)), full.slice(dirname(full).length + 1));
  const name = createHash("sha256").update(truth).digest("hex").slice(0, 24);
  if (process.platform === "win32") return `\\\\.\\pipe\\theater-${name}`;
  return join(runtimeFolder(), `${name}.sock`);
}

function faultOf(error: unknown, path: string): SocketFault {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  if (code === "ENOENT" || code === "ECONNREFUSED") return { code: "not_listening", path };
  if (code === "EADDRINUSE") return { code: "in_use", path };
  if (code === "EACCES" || code === "EPERM") return { code: "denied", path };
  return { code: "other", path, message: String(message ?? error) };
}

/** Turns a socket into lines, both ways. */
function speakLines(
  socket: Socket,
  handlersOf: (peer: LocalPeer) => LocalHandlers,
  lineBytesMax: number,
): LocalPeer {
  const splitter = createLineSplitter(lineBytesMax);
  let gone = false;
  let reason: string | undefined;

  const peer: LocalPeer = {
    send(line) {
      if (gone || !socket.writable) return Promise.resolve(false);
      return new Promise((resolve) => {
        waiting.add(resolve);
        socket.write(line + "\n", (error) => {
          waiting.delete(resolve);
          resolve(error === null || error === undefined);
        });
      });
    },
    end: () => void socket.end(),
  };
  // A runtime may forget the callbacks of writes that a broken connection swallowed.
  const waiting = new Set<(sent: boolean) => void>();
  const handlers = handlersOf(peer);

  let work: Promise<void> = Promise.resolve();
  const deliver = async (lines: readonly string[]) => {
    for (const line of lines) {
      if (gone && reason !== undefined) return;
      await handlers.line(line);
    }
  };
  const fail = (error: unknown) => {
    reason ??= error instanceof Error ? error.message : String(error);
    socket.destroy();
  };
  const take = (cut: Iterable<string>) => {
    const lines: string[] = [];
    let broken: LineError | undefined;
    try {
      for (const line of cut) lines.push(line);
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      broken = error;
    }
    if (lines.length === 0 && broken === undefined) return;
    socket.pause();
    work = work.then(() => deliver(lines)).then(
      () => broken === undefined ? void socket.resume() : fail(broken),
      fail,
    );
  };
  socket.on("data", (chunk: Uint8Array) => take(splitter.push(chunk)));
  socket.on("end", () => take(splitter.finish()));
  socket.on("error", fail);
  socket.on("close", () => {
    if (gone) return;
    gone = true;
    for (const resolve of waiting) resolve(false);
    waiting.clear();
    void work.then(() => handlers.closed(reason));
  });
  return peer;
}

/**
 * Listens at `path`, in a folder that only this user can enter, made when
 * absent; nobody else can connect. A socket that a dead process left behind is
 * replaced, without a moment in which there is none.
 *
 * Two processes that start at the same time must be kept apart by other means
 * (the lock on the log does it).
 *
 * @param accept called for each connection; returns who listens to it
 * @throws {SocketError} `in_use` when a living process listens there
 */
export async function serveLocal(
  path: string,
  accept: (peer: LocalPeer) => LocalHandlers,
  options: LocalOptions = {},
): Promise<LocalServer> {
  const pipe = process.platform === "win32";
  if (!pipe) ensurePrivateFolder(dirname(path));
  if (!pipe && exists(path) && await somebodyListens(path)) throw new SocketError({ code: "in_use", path });

  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
    speakLines(socket, (peer) => accept(peer), options.lineBytesMax ?? socketLineBytesMax);
  });
  // Bound under another name and renamed: it appears whole, with its mode set, over a stale one.
  const temporary = pipe ? path : `${path.replace(/\.sock$/, "")}.${process.pid}`;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(new SocketError(faultOf(error, path))));
    server.listen(temporary, resolve);
  });
  if (!pipe) {
    setMode(temporary, 0o600);
    rename(temporary, path);
  }
  let closing: Promise<void> | undefined;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of connections) socket.destroy();
      if (!pipe && inspectFile(path) !== undefined) remove(path);
    });
  return { close: () => closing ??= close() };
}

async function somebodyListens(path: string): Promise<boolean> {
  try {
    const peer = await dialLocal(path, { line: () => {}, closed: () => {} });
    peer.end();
    return true;
  } catch (error) {
    if (error instanceof SocketError && error.fault.code === "not_listening") return false;
    throw error;
  }
}

/**
 * Connects to whoever listens at `path`.
 *
 * @throws {SocketError} `not_listening` when nobody does
 */
export function dialLocal(
  path: string,
  handlers: LocalHandlers,
  options: LocalOptions = {},
): Promise<LocalPeer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    const refuse = (error: unknown) => reject(new SocketError(faultOf(error, path)));
    socket.once("error", refuse);
    socket.once("connect", () => {
      socket.off("error", refuse);
      resolve(speakLines(socket, () => handlers, options.lineBytesMax ?? socketLineBytesMax));
    });
  });
}
