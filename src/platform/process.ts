import nodeProcess from "node:process";

/** Arguments of the command line, without the runtime and the script. */
export function commandArguments(): readonly string[] {
  return nodeProcess.argv.slice(2);
}

/** One variable of the environment; `undefined` when it is not set. */
export function environment(name: string): string | undefined {
  return nodeProcess.env[name];
}

/** The folder in which the process was started. */
export function currentFolder(): string {
  return nodeProcess.cwd();
}

/** The number of this process. */
export const processId: number = nodeProcess.pid;

/** The exit code with which the process will end once nothing is left to do. */
export function setExitCode(code: number): void {
  nodeProcess.exitCode = code;
}

/** Whether a process with this number lives. */
export function processLives(pid: number): boolean {
  try {
    nodeProcess.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { readonly code?: unknown }).code === "EPERM"; // It lives, and is not ours.
  }
}

type Output = "stdout" | "stderr";

const closed: Record<Output, boolean> = { stdout: false, stderr: false };
let whenClosed: () => void = () => nodeProcess.exit(0);

/**
 * What to do when the reader of standard output goes away, as in `… | head`.
 *
 * @default the process ends at once with exit code 0 and says nothing
 */
export function onOutputClosed(handler: () => void): void {
  whenClosed = handler;
}

let watching = false;

function watch(): void {
  if (watching) return;
  watching = true;
  // Without a listener a broken pipe would be an uncaught error.
  nodeProcess.stdout.on("error", () => {
    if (closed.stdout) return;
    closed.stdout = true;
    whenClosed();
  });
  nodeProcess.stderr.on("error", () => closed.stderr = true);
}

function write(output: Output, text: string): Promise<boolean> {
  watch();
  if (closed[output]) return Promise.resolve(false);
  const stream = nodeProcess[output];
  return new Promise((resolve) => {
    let waiting = false;
    const accepted = stream.write(text, (error) => {
      if (waiting) resolve(error === null || error === undefined);
    });
    // Below the high-water mark there is nothing to wait for; above it, wait until it is written.
    waiting = !accepted;
    if (accepted) resolve(true);
  });
}

/**
 * Writes to standard output; await it before writing more, so that a slow
 * reader slows us down instead of filling memory.
 *
 * @returns whether anybody reads
 */
export function writeOut(text: string): Promise<boolean> {
  return write("stdout", text);
}

/** Writes to standard error, in the same way as {@linkcode writeOut}. */
export function writeErr(text: string): Promise<boolean> {
  return write("stderr", text);
}
