/** A program for the tests of standard streams and signals; its first argument says what it does. */
import { LineError } from "../lines.ts";
import { commandArguments, environment, setExitCode, writeErr, writeOut } from "../process.ts";
import { onInterrupt } from "../signals.ts";
import { readInputLines } from "../stdin.ts";

const [what] = commandArguments();

switch (what) {
  case "lines": { // Says each line back; a line that cannot be read is exit 2.
    try {
      for await (const line of readInputLines(1000)) await writeOut(`<${line}>\n`);
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      await writeErr(error.message + "\n");
      setExitCode(2);
    }
    break;
  }
  case "first": { // Reads one line, and leaves a sender that has more to say.
    const input = readInputLines(1000);
    for await (const line of input) {
      await writeOut(`<${line}>\n`);
      input.close();
    }
    break;
  }
  case "endless": { // Writes until nobody reads.
    while (await writeOut("x".repeat(999) + "\n"));
    break;
  }
  case "much": { // Writes 20 MB, in order.
    for (let i = 0; i < 20_000; i++) await writeOut(String(i).padStart(999) + "\n");
    break;
  }
  case "interrupt": { // Ends in order at the second signal.
    const input = readInputLines(1000);
    const stop = onInterrupt((signal, count) => {
      void writeOut(`${signal} ${count}\n`);
      if (count < 2) return;
      stop();
      input.close();
    });
    await writeOut(`ready ${environment("THEATER_TEST") ?? "none"}\n`);
    for await (const _line of input);
    await writeOut("ended\n");
    setExitCode(7);
    break;
  }
}
