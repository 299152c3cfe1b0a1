import { decodeUtf8 } from "../../codec/mod.ts";
import { defineCommand } from "../command.ts";
import { currentState } from "../current_state.ts";
import { exitCode } from "../exit_code.ts";
import { flag, required, value } from "../option.ts";
import { point, pointHelp } from "../point.ts";
import { prettyJson } from "../pretty_json.ts";
import { printableLines } from "../printable.ts";
import { readLog, requireActor } from "../read_log.ts";
import { actorAddress } from "../readers.ts";
import { loadReplayTools } from "../replay_tools.ts";

/** `theater state <actor>` */
export const state = defineCommand({
  name: "state",
  summary: "Show the state of an actor, now or at an earlier moment",
  details: [
    "The state after the last turn that was committed, checked against the log; also while the actor " +
    "runs. On a terminal it is laid out for reading, in a pipe it is exactly what the actor returned, " +
    "and a line feed.",
    "With --at the state at an earlier moment: the turns up to there are run again from the last state that " +
    "the log keeps, without calling anything real, and the result is checked against the log.",
    pointHelp,
  ],
  options: {
    at: value(point, "the state at this moment: an entry, turn:<n>, last-<n> or a time"),
    raw: flag("exactly what the actor returned, on a terminal too"),
  },
  operands: { actor: required(actorAddress, "its address, as theater ps lists it") },
  examples: [
    { line: "theater state ledger", note: "laid out for reading" },
    { line: "theater state ledger | jq .accounts", note: "for other programs" },
    { line: "theater state ledger --at turn:12", note: "as it was after turn 12" },
    { line: "theater state ledger --at 10m", note: "as it was ten minutes ago; a bundle: --db ledger.db" },
    { line: "theater state ledger --json", note: "with the entry after which it holds" },
  ],
  run({ options, operands, global, context: { out, folder, nowMs } }) {
    return readLog(global.db, folder, async (reader) => {
      const row = requireActor(reader, operands.actor);
      const actor = JSON.stringify(row.address);
      let json: string;
      let head: string;
      if (options.at === undefined) {
        const { bytes, seq } = await currentState(reader, row.address);
        json = decodeUtf8(bytes);
        head = `"actor":${actor},"seq":${seq}`;
      } else {
        const { locate, stateAt } = await import("../../travel/mod.ts");
        const found = await stateAt(reader, row, locate(reader, row, options.at(nowMs())), loadReplayTools);
        json = found.state;
        head = `"actor":${actor},"seq":${found.seq},"turn":${found.turn},"time":${found.timeMs}`;
      }
      if (global.json) await out.write(`{${head},"state":${json}}\n`);
      else if (options.raw || out.columns === undefined) await out.write(`${json}\n`);
      else await out.write(`${printableLines(prettyJson(json, out.columns))}\n`);
      return exitCode.done;
    });
  },
});
