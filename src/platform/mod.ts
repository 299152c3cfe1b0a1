/**
 * The platform: everything that the runtime and the operating system give us,
 * behind ports that say nothing of which they are. The only room that knows
 * Deno or Bun.
 *
 * It trusts the runtime and the file system, not what it reads from either:
 * lengths are bounded, text must be UTF-8, folders must be our own. Threads are
 * given nothing of the host ({@linkcode spawnThread}, {@linkcode sealRealm}).
 * Layer L2.
 *
 * @example
 * ```ts
 * import { openDatabase, runtime, writeOut } from "./src/platform/mod.ts";
 *
 * const database = openDatabase(":memory:");
 * const row = database.prepare("SELECT sqlite_version() AS version").get();
 * await writeOut(`${runtime.name} ${runtime.version}, SQLite ${row?.["version"]}\n`);
 * ```
 * @module
 */

export { type Build, build, engineVariable } from "./build.ts";
export { readProgramFile, readShippedFile } from "./program_file.ts";
export { replaceProgram } from "./replace_program.ts";
export { type Runtime, runtime } from "./runtime.ts";
export {
  dropThreadAhead,
  spawnThread,
  startThreadAhead,
  type Thread,
  type ThreadHandlers,
} from "./thread.ts";
export { openPort, type Post } from "./thread_port.ts";
export { irremovableNames, type SealedRealm, sealRealm } from "./realm.ts";
export { type Clock, systemClock } from "./clock.ts";
export { randomBytes } from "./random.ts";
export {
  type Database,
  DatabaseError,
  type DatabaseFault,
  type DatabaseFaultCode,
  openDatabase,
  type OpenDatabaseOptions,
  type SqlRow,
  type SqlValue,
  type Statement,
} from "./sqlite.ts";
export {
  createPrivateFile,
  ensureFolder,
  exists,
  FileError,
  type FileFacts,
  type FileFault,
  type FileFaultCode,
  inspectFile,
  listFolder,
  readBytes,
  readText,
  realPath,
  remove,
  rename,
  setMode,
  writeFileAtomic,
  writeFileAtomicLater,
} from "./files.ts";
export {
  cacheFolder,
  type ChosenFolders,
  dataFolder,
  ensurePrivateFolder,
  type FolderSources,
  runtimeFolder,
  useFolders,
} from "./folders.ts";
export { createLineSplitter, LineError, type LineFault, type LineSplitter } from "./lines.ts";
export {
  dialLocal,
  type LocalHandlers,
  type LocalOptions,
  type LocalPeer,
  type LocalServer,
  serveLocal,
  SocketError,
  type SocketFault,
  socketLineBytesMax,
  socketPathFor,
} from "./socket.ts";
export { type InterruptSignal, onInterrupt } from "./signals.ts";
export { isTerminal, type StandardStream, terminalColumns, wantsColour } from "./terminal.ts";
export { openScreen, type Screen, type ScreenHandlers, type ScreenSize } from "./screen.ts";
export { type InputLines, readInputLines } from "./stdin.ts";
export {
  commandArguments,
  currentFolder,
  environment,
  onOutputClosed,
  processId,
  processLives,
  setExitCode,
  writeErr,
  writeOut,
} from "./process.ts";
