import { NODE_ADDRESS } from "../../address/mod.ts";
import { decodeUtf8 } from "../../codec/mod.ts";
import type { LogReader } from "../../store/mod.ts";
import { CliError } from "../cli_error.ts";
import { defineCommand } from "../command.ts";
import { type DeadLetter, deadLetters } from "../dead_letters.ts";
import { describeEntry } from "../entry_words.ts";
import { type ExitCode, exitCode } from "../exit_code.ts";
import { optional, value } from "../option.ts";
import { printable } from "../printable.ts";
import { actorAddress, duration, wholeNumber } from "../readers.ts";
import { chooseLog, readLog, requireActor } from "../read_log.ts";
import { toMoment } from "../timestamp.ts";
import { writeChunks } from "../write_chunks.ts";
import { send } from "./send.ts";

/** `theater dead-letters [actor] [--send <seq>]` */
export const deadLettersCommand = defineCommand({
  name: "dead-letters",
  summary: "List the messages on which actors crashed, or send one again",
  details: [
    "A message whose turn ended in a trap or a cut is not tried again. It stays in the log, with how its turn " +
    "ended; here each is a line, with the entry that received it and the one that says why.",
    "With --send the message that the entry received is sent to the actor once more, from outside and as a " +
    "new message, and its response is printed as with theater send.",
  ],
  options: {
    send: value(wholeNumber("<seq>"), "send the message of this entry again; names the actor too"),
    timeout: value(duration, "with --send: how long to wait for the response (30s unless given)"),
  },
  operands: { actor: optional(actorAddress, "only those of this actor (default: all)") },
  examples: [
    { line: "theater dead-letters", note: "all of them" },
    { line: "theater dead-letters bank/teller-3 --send 41", note: "once the bug is fixed" },
    { line: "theater dead-letters --json | jq -r .body", note: "what they said" },
  ],
  async run({ options, operands, global, context }) {
    const { out, err, folder } = context;
    if (options.send === undefined) {
      return await readLog(global.db, folder, async (reader) => {
        const actors = operands.actor === undefined
          ? reader.actors().filter(({ address }) => address !== NODE_ADDRESS)
          : [requireActor(reader, operands.actor)];
        let found = 0;
        const lines = function* (): Generator<string> {
          for (const { address, size } of actors) {
            for (const letter of deadLetters(reader, address, size)) {
              found += 1;
              yield global.json ? formatJson(letter) : formatLine(letter);
            }
          }
        };
        await writeChunks(out, lines(), undefined);
        if (found === 0 && !global.json) await err.write("no dead letters\n");
        return exitCode.done;
      });
    }
    const { actor } = operands;
    if (actor === undefined) {
      throw new CliError({
        code: "missing_operand",
        command: "dead-letters",
        operand: "the actor whose message is sent again",
      });
    }
    const seq = options.send;
    const body = await readLog(global.db, folder, (reader) => bodyOf(reader, actor, seq));
    const db = await chooseLog(global.db, folder);
    return await sendAgain(actor, body, db, options.timeout, global.json, (args) => send.call(args, context));
  },
});

function bodyOf(reader: LogReader, actor: string, seq: number): string {
  const { address, size } = requireActor(reader, actor);
  const wanted = "the number of an entry that received a message on which the actor crashed";
  for (const { received } of deadLetters(reader, address, Math.min(size, seq + callsMax))) {
    if (received.entry.seq !== seq) continue;
    const { type } = received.entry;
    if (type !== "request" && type !== "send") {
      throw new CliError({
        code: "bad_value",
        name: "--send",
        wanted: `${wanted} of others`,
        got: `a ${type}`,
      });
    }
    const bytes = received.parts()[0]?.bytes;
    if (bytes !== undefined) return decodeUtf8(bytes);
    throw new CliError({
      code: "bad_value",
      name: "--send",
      wanted: `${wanted} that is still there`,
      got: `${seq}`,
    });
  }
  throw new CliError({ code: "bad_value", name: "--send", wanted, got: `${seq}` });
}

/** Most entries between a receive and the end of its turn. */
const callsMax = 100_002;

async function sendAgain(
  actor: string,
  body: string,
  db: string,
  timeoutMs: number | undefined,
  json: boolean,
  call: (args: readonly string[]) => Promise<ExitCode>,
): Promise<ExitCode> {
  const timeout = timeoutMs === undefined ? [] : ["--timeout", `${timeoutMs}ms`];
  return await call([actor, "--db", db, ...timeout, ...(json ? ["--json"] : []), "--", body]);
}

function formatLine({ received, ended }: DeadLetter): string {
  const { address, entry } = received;
  const { what, asked, answered } = describeEntry(ended.entry, ended.parts());
  const said = textOf(received.parts()[0]?.bytes) ?? "what it said is gone";
  const { date, time } = toMoment(entry.time, false);
  return `${address} ${entry.seq}  ${date} ${time}  ${entry.type} from ${entry.from}  ` +
    `${printable(said)}  ${ended.entry.kind} ${what} (entry ${ended.entry.seq}): ` +
    `${printable((asked + answered).split("\n")[0] ?? "")}\n`;
}

function formatJson({ received, ended }: DeadLetter): string {
  const { address, entry } = received;
  return `${
    JSON.stringify({
      actor: address,
      seq: entry.seq,
      time: entry.time,
      type: entry.type,
      from: entry.from,
      body: textOf(received.parts()[0]?.bytes) ?? null,
      ended: ended.entry.kind,
      code: ended.entry.kind === "trap" ? ended.entry.code : ended.entry.reason,
      ended_seq: ended.entry.seq,
      reason: textOf(ended.parts()[0]?.bytes) ?? null,
    })
  }\n`;
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes && decodeUtf8(bytes);
}
