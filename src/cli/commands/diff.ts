import { formatChanges } from "../change_text.ts";
import { CliError } from "../cli_error.ts";
import { defineCommand } from "../command.ts";
import { exitCode } from "../exit_code.ts";
import { flag, optional, required } from "../option.ts";
import { point, pointHelp } from "../point.ts";
import { printable } from "../printable.ts";
import { countOf, formatCount } from "../quantity.ts";
import { readLog, requireActor } from "../read_log.ts";
import { actorAddress } from "../readers.ts";
import { loadReplayTools } from "../replay_tools.ts";

/** `theater diff <actor> <moment> [moment]` */
export const diff = defineCommand({
  name: "diff",
  summary: "Show what changed in the state of an actor between two moments",
  details: [
    "What was added (+), removed (-) and replaced (~) in the state from one moment to the other, each with " +
    "its path as a JSON Pointer. Items of arrays that only moved up or down are no change. Numbers are the " +
    "same if they are written the same, whatever their size.",
    pointHelp,
  ],
  options: {
    patch: flag("a JSON Patch (RFC 6902) that makes the later state of the earlier one"),
  },
  operands: {
    actor: required(actorAddress, "its address, as theater ps lists it"),
    from: required(point, "the first moment"),
    to: optional(point, "the second one (default: last)"),
  },
  examples: [
    { line: "theater diff ledger last-1", note: "what the last turn changed" },
    { line: "theater diff ledger turn:10 turn:20", note: "what ten turns changed" },
    {
      line: "theater diff ledger 14:00 14:05 --patch",
      note: "what five minutes of today changed, for other programs",
    },
    { line: "theater diff ledger 9 13 --json", note: "both: what it was before, and the patch" },
  ],
  async run({ options, operands, global, context: { out, folder, nowMs } }) {
    if (options.patch && global.json) {
      const why = "a patch is JSON already; --json has it under patch";
      throw new CliError({ code: "conflict", options: ["--patch", "--json"], why });
    }
    const { differences, formatPatch, formatPointer, parseVerbatim } = await import(
      "../../difference/mod.ts"
    );
    const { locate, stateAt } = await import("../../travel/mod.ts");
    return await readLog(global.db, folder, async (reader) => {
      const row = requireActor(reader, operands.actor);
      const now = nowMs();
      const [from, to] = [
        operands.from(now),
        operands.to?.(now) ?? { point: "last" as const, turnsBefore: 0 },
      ];
      // Both are looked up before anything is run: one that is not there is said at once.
      const seqs = [from, to].map((each) => locate(reader, row, each));
      const [before, after] = [
        await stateAt(reader, row, seqs[0] ?? 0, loadReplayTools),
        await stateAt(reader, row, seqs[1] ?? 0, loadReplayTools),
      ];
      const changes = differences(parseVerbatim(before.state), parseVerbatim(after.state));
      if (options.patch) {
        await out.write(`${formatPatch(changes)}\n`);
        return exitCode.done;
      }
      if (global.json) {
        const place = ({ seq, turn, timeMs }: typeof before) => JSON.stringify({ seq, turn, time: timeMs });
        const list = changes.map((change) => {
          const path = formatPointer(change.change === "removed" ? change.was : change.path);
          const values = [
            ...(change.change === "added" ? [] : [`"before":${change.before}`]),
            ...(change.change === "removed" ? [] : [`"after":${change.after}`]),
          ];
          return `{"change":"${change.change}","path":${JSON.stringify(path)},${values.join(",")}}`;
        });
        await out.write(
          `{"actor":${JSON.stringify(row.address)},"from":${place(before)},"to":${place(after)},` +
            `"changes":[${list.join(",")}],"patch":${formatPatch(changes).replaceAll("\n", "")}}\n`,
        );
        return exitCode.done;
      }
      const span = before.seq === after.seq
        ? `entry ${formatCount(before.seq)} (turn ${turnText(before)})`
        : `entry ${formatCount(before.seq)} → ${formatCount(after.seq)}, turn ${turnText(before)} → ${
          turnText(after)
        }`;
      const count = changes.length === 0 ? "no change" : countOf(changes.length, "change");
      const { style, columns = Infinity } = out;
      const lines = [
        `${style.bold(printable(row.address))}  ${style.dim(`${span}:`)} ${count}`,
        ...formatChanges(changes, style, columns),
      ];
      await out.write(`${lines.join("\n")}\n`);
      return exitCode.done;
    });
  },
});

/** The beginning of a fork has no turn. */
function turnText({ turn }: { readonly turn?: number }): string {
  return turn === undefined ? "–" : formatCount(turn);
}
