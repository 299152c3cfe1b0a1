/** As much of WASI 0.2 as a program can have that only turns one text into another. */
export interface WasiStub {
  /** The interfaces, by the names under which the generator expects them. */
  readonly wasi: Readonly<Record<string, unknown>>;
  /** What was written to standard error since the last call: the words of a panic. */
  takeErrors(): string;
}

/** Longest text kept of standard error, in characters. */
const errorsLengthMax = 4096;

class Nothing {}

/** Standard input: at its end from the beginning. */
class InputStream {
  read(): Uint8Array {
    return new Uint8Array();
  }
  blockingRead(): Uint8Array {
    return new Uint8Array();
  }
  subscribe(): Nothing {
    return new Nothing();
  }
}

/**
 * WASI for the generator, which is itself WebAssembly: no arguments, no
 * environment, no files, no clock; what it writes goes nowhere, except that the
 * last words on standard error are kept. Random bytes are zeros: they only seed
 * hash tables, and the same component must give the same code every time.
 */
export function newWasiStub(): WasiStub {
  let errors = "";
  const decoder = new TextDecoder();

  class OutputStream {
    readonly #keep: boolean;
    constructor(keep = false) {
      this.#keep = keep;
    }
    checkWrite(): bigint {
      return 65_536n;
    }
    write(bytes: Uint8Array): void {
      if (this.#keep) errors = (errors + decoder.decode(bytes)).slice(-errorsLengthMax);
    }
    blockingFlush(): void {}
    blockingWriteAndFlush(bytes: Uint8Array): void {
      this.write(bytes);
    }
    subscribe(): Nothing {
      return new Nothing();
    }
  }

  class WasiError extends Nothing {
    toDebugString(): string {
      return "no such thing here";
    }
  }

  const out = new OutputStream();
  const err = new OutputStream(true);
  const input = new InputStream();
  const wasi = {
    environment: { getEnvironment: () => [] },
    exit: {
      exit() {
        throw new Error("Cannot go on: the generator has ended itself");
      },
    },
    stdin: { getStdin: () => input },
    stdout: { getStdout: () => out },
    stderr: { getStderr: () => err },
    terminalInput: { TerminalInput: class extends Nothing {} },
    terminalOutput: { TerminalOutput: class extends Nothing {} },
    terminalStdin: { getTerminalStdin() {} },
    terminalStdout: { getTerminalStdout() {} },
    terminalStderr: { getTerminalStderr() {} },
    preopens: { getDirectories: () => [] },
    types: {
      Descriptor: class extends Nothing {},
      DirectoryEntryStream: class extends Nothing {},
      filesystemErrorCode() {},
    },
    error: { Error: WasiError },
    streams: { InputStream, OutputStream },
    random: { getRandomBytes: (count: bigint) => new Uint8Array(Number(count)) },
  };
  return {
    wasi,
    takeErrors() {
      const taken = errors;
      errors = "";
      return taken;
    },
  };
}
