import { decodeUtf8 } from "../../codec/mod.ts";
import { defineCommand } from "../command.ts";
import { currentState } from "../current_state.ts";
import { exitCode } from "../exit_code.ts";
import { flag, required } from "../option.ts";
import { prettyJson } from "../pretty_json.ts";
import { printableLines } from "../printable.ts";
import { readLog, requireActor } from "../read_log.ts";
import { actorAddress } from "../readers.ts";

/** `theater state <actor>` */
export const state = defineCommand({
  name: "state",
  summary: "Show the current state of an actor",
  details: [
    "The state after the last turn that was committed, checked against the log; also while the actor " +
    "runs. On a terminal it is laid out for reading, in a pipe it is exactly what the actor returned, " +
    "and a line feed.",
  ],
  options: { raw: flag("exactly what the actor returned, on a terminal too") },
  operands: { actor: required(actorAddress, "its address, as theater ps lists it") },
  examples: [
    { line: "theater state ledger", note: "laid out for reading" },
    { line: "theater state ledger | jq .accounts", note: "for other programs" },
    { line: "theater state ledger --json", note: "with the entry after which it holds" },
  ],
  run({ options, operands, global, context: { out, folder } }) {
    return readLog(global.db, folder, async (reader) => {
      const { address } = requireActor(reader, operands.actor);
      const { bytes, seq } = await currentState(reader, address);
      const json = decodeUtf8(bytes);
      if (global.json) {
        await out.write(`{"actor":${JSON.stringify(address)},"seq":${seq},"state":${json}}\n`);
      } else if (options.raw || out.columns === undefined) {
        await out.write(`${json}\n`);
      } else {
        await out.write(`${printableLines(prettyJson(json, out.columns))}\n`);
      }
      return exitCode.done;
    });
  },
});
