/** Posts a copy of `data` to the owner of this thread; `transfer` moves instead of copying. */
export type Post = (data: unknown, transfer?: Transferable[]) => void;

/** What a thread finds in its global before it is sealed. */
interface ThreadScope {
  postMessage(data: unknown, transfer: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
}

/**
 * Opens the one door of this thread, for its whole life: messages from the
 * owner go to `onMessage`, and the function returned posts to the owner.
 *
 * Call it while the thread's module loads, or the first messages are lost; it
 * works on after `sealRealm`, which takes `postMessage` away from all others.
 *
 * @throws {TypeError} when this is not a thread made by `spawnThread`
 */
export function openPort(onMessage: (data: unknown) => void): Post {
  const scope = globalThis as unknown as Partial<ThreadScope>;
  if (scope.postMessage === undefined || scope.addEventListener === undefined) {
    throw new TypeError(
      "Cannot open a port as this is not a thread: wanted postMessage and addEventListener",
    );
  }
  const post = scope.postMessage.bind(globalThis);
  scope.addEventListener("message", (event) => onMessage(event.data));
  return (data, transfer = []) => post(data, transfer);
}
