import { notAnswered } from "../answer_report.ts";
import { CliError } from "../cli_error.ts";
import { defineCommand } from "../command.ts";
import { exitCode } from "../exit_code.ts";
import { flag, required, value } from "../option.ts";
import { actorAddress, duration, text } from "../readers.ts";

/** How long to wait for an answer, in milliseconds, unless told otherwise. */
const timeoutMsDefault = 30_000;

/** `theater send <actor> <json>` */
export const send = defineCommand({
  name: "send",
  summary: "Send a message to a running actor and print its response",
  details: [
    'Speaks to the process that has the log open ("theater run"), over a socket that only its owner can ' +
    "use. The message is one JSON text; with - it is read from standard input.",
    "With --id the message carries a key: sent again with the same key and text, it gets the recorded " +
    "answer and no second turn.",
  ],
  options: {
    id: value(text("<key>"), "idempotency key of the message"),
    wait: flag("wait for the response (as it does unless told otherwise)"),
    "no-wait": flag("return as soon as the message is written down, before its turn"),
    timeout: value(duration, "how long to wait for the response (30s unless given)"),
  },
  operands: {
    actor: required(actorAddress, "address of the actor, such as bank/teller-3"),
    json: required(text("<json>"), "the message, or - for standard input"),
  },
  examples: [
    { line: `theater send hello '{"name":"Ada"}'`, note: "prints the response" },
    {
      line: `theater send ledger --no-wait --id p-1 '{"op":"open","account":"cash"}'`,
      note: "once, whatever happens",
    },
    { line: "theater send ledger - < message.json", note: "the message from a file" },
  ],
  async run({ options, operands, global, context }) {
    if (options.wait && options["no-wait"]) {
      throw new CliError({
        code: "conflict",
        options: ["--wait", "--no-wait"],
        why: "one excludes the other",
      });
    }
    const { knock } = await import("../../runtime/mod.ts");
    const { chooseLog } = await import("../read_log.ts");
    const { out, err } = context;
    const body = operands.json === "-" ? await readAll(context.inputLines(bodyBytesMax)) : operands.json;
    const message = {
      to: operands.actor,
      body,
      wait: options["no-wait"] ? "acceptance" as const : "response" as const,
      ...(options.id !== undefined && { key: options.id }),
    };
    const answer = await knock(
      await chooseLog(global.db, context.folder),
      message,
      options.timeout ?? timeoutMsDefault,
    );
    const failure = notAnswered(operands.actor, answer);
    if (failure === undefined) {
      if (answer.answer === "ok") await out.write(`${answer.response}\n`);
      else if (answer.answer === "accepted" && global.json) {
        await out.write(`${JSON.stringify({ accepted: { actor: operands.actor, seq: answer.seq } })}\n`);
      } else if (answer.answer === "accepted") await err.write(`accepted in entry ${answer.seq}\n`);
      return exitCode.done;
    }
    const { writeReport } = await import("../report.ts");
    await writeReport(failure, err, global.json);
    return failure.exit;
  },
});

/** Longest message that is read from standard input, in bytes. */
const bodyBytesMax = 64 * 1024 * 1024;

async function readAll(lines: AsyncIterable<string>): Promise<string> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all.join("\n");
}
