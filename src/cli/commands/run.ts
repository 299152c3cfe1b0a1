import { defineCommand } from "../command.ts";
import { flag, optional, required, value } from "../option.ts";
import { text, wholeNumber } from "../readers.ts";

/** `theater run <manifest> [-]` */
export const run = defineCommand({
  name: "run",
  summary: "Run the actors of a manifest, and record everything they do",
  details: [
    "Starts the actor and the children that its manifest declares, where their log left them, and serves " +
    'until it is interrupted: "theater send" talks to it. The first Ctrl-C ends it after the turn in hand, ' +
    "the second at once.",
    "With - it takes lines of JSON on standard input as messages for the actor, prints one line for each " +
    "in the same order, and ends at the end of the input. A line that gets no response prints an object " +
    'with the member "error", and the exit code is 1.',
    "With --id-from every line carries a key, so that a feed can be run again from its beginning after a " +
    "crash: what was handled gets its recorded answer.",
  ],
  options: {
    "id-from": value(text("<json-pointer>"), "where in each line its idempotency key stands, such as /id"),
    upgrade: flag("go on with a component or manifest that changed since the last run"),
    "max-active": value(
      wholeNumber("<n>", 1),
      "most workers at a time; idle actors sleep to make room (default: the manifest's max_active)",
    ),
    stats: flag("say on standard error what each turn used: fuel, calls, time"),
    quiet: flag("say nothing but responses and errors", "q"),
  },
  operands: {
    manifest: required(text("<manifest>"), "the manifest, a TOML file"),
    input: optional(text("-"), "take messages from standard input"),
  },
  examples: [
    { line: "theater run ledger.toml", note: "serve until Ctrl-C" },
    { line: `echo '{"name":"Ada"}' | theater run hello.toml -`, note: "one message, one response" },
    { line: "theater run ledger.toml - --id-from /id < postings.jsonl", note: "a feed, each line once" },
  ],
  async run(invocation) {
    const { runManifest } = await import("../run_manifest.ts");
    return await runManifest(invocation);
  },
});
