import { formatPointer } from "../../difference/mod.ts";
import type { PassedOver } from "../../replay/mod.ts";
import type { Blame, FieldChange } from "../../travel/mod.ts";
import { formatFieldChanges } from "../blame_text.ts";
import { CliError } from "../cli_error.ts";
import { defineCommand } from "../command.ts";
import { exitCode } from "../exit_code.ts";
import { fieldPath } from "../field_path.ts";
import { flag, required, value } from "../option.ts";
import { point, pointHelp } from "../point.ts";
import { fit, printable } from "../printable.ts";
import { countOf, formatCount } from "../quantity.ts";
import { readLog, requireActor } from "../read_log.ts";
import { actorAddress } from "../readers.ts";
import { replayWorkers } from "../replay_log.ts";
import { loadReplayTools } from "../replay_tools.ts";
import { createShareProgress } from "../share_progress.ts";

/** Turns from which on a terminal shows how far it has come. */
const progressTurnsMin = 1000;

/** `theater blame <actor> <path>` */
export const blame = defineCommand({
  name: "blame",
  summary: "Show which turn last changed a field of the state",
  details: [
    "Runs turns again, activation by activation from the last one backwards, until one is found that changed " +
    "the field: made it, gave it another value, or took it away. Nothing real is called. With --all every " +
    "turn that did, the oldest first.",
    "Turns that cannot be run again, as something was erased, withheld or pruned, are named; where the field " +
    "differs before and after them, one of them changed it.",
    pointHelp,
  ],
  options: {
    all: flag("every turn that changed it"),
    at: value(point, "as of this moment"),
  },
  operands: {
    actor: required(actorAddress, "its address, as theater ps lists it"),
    path: required(
      fieldPath,
      "the field: accounts.cash, lines[0].cents, /accounts/a~1b, or . for the whole state",
    ),
  },
  examples: [
    { line: "theater blame ledger accounts.cash", note: "who changed the cash account last" },
    { line: "theater blame ledger /accounts/cash --all", note: "its whole history" },
    {
      line: "theater blame ledger accounts.cash --at turn:40 --json",
      note: "as of turn 40, for other programs",
    },
  ],
  run({ options, operands, global, context }) {
    const { out, err, folder, nowMs } = context;
    return readLog(global.db, folder, async (reader) => {
      const { blameField, locate, stateEntryAt } = await import("../../travel/mod.ts");
      const row = requireActor(reader, operands.actor);
      const to = options.at === undefined ? row.size : locate(reader, row, options.at(nowMs())) + 1;
      stateEntryAt(reader, row.address, to - 1); // Says so if there is none.
      const progress = createShareProgress(err, nowMs, "turns", progressTurnsMin);
      let turns = 0;
      const pointer = formatPointer(operands.path);
      let found: Blame;
      try {
        found = await blameField(reader, row, operands.path, await loadReplayTools(), {
          to,
          all: options.all,
          workers: replayWorkers(),
          progress: () => progress.step(++turns, row.turns),
        });
      } finally {
        await progress.finish();
      }
      const { changes, passedOver } = found;
      if (changes.length === 0) {
        if (found.failure !== undefined) throw found.failure;
        if (found.value === undefined) {
          throw new CliError({ code: "no_such_field", actor: row.address, path: pointer });
        }
      }
      const oldestFirst = changes.toReversed();
      if (global.json) {
        await out.write(
          `{"actor":${JSON.stringify(row.address)},"path":${JSON.stringify(pointer)},` +
            `${found.value === undefined ? "" : `"value":${found.value},`}` +
            `"changes":[${oldestFirst.map(changeJson).join(",")}],"passed_over":${
              JSON.stringify(passedOver)
            }}\n`,
        );
        return exitCode.done;
      }
      const { style, columns } = out;
      const name = `${printable(row.address)} ${pointer === "" ? "(the whole)" : printable(pointer)}`;
      const shown = found.value === undefined
        ? found.failure === undefined ? "is not there" : "is not known at the end"
        : `is ${columns === undefined ? printable(found.value) : fit(printable(found.value), columns)}`;
      const lines = [
        `${style.bold(name)} ${shown}`,
        ...(changes.length === 0 ? ["no turn changed it: it is as it was at the beginning"] : []),
        ...formatFieldChanges(oldestFirst, style, columns),
      ];
      await out.write(`${lines.join("\n")}\n`);
      for (const each of passedOver.toReversed()) await err.write(`${passedOverWords(each)}\n`);
      return exitCode.done;
    });
  },
});

function passedOverWords({ turn, turns, detail }: PassedOver): string {
  const which = turns === 1
    ? `turn ${formatCount(turn)}`
    : `turns ${formatCount(turn)} to ${formatCount(turn + turns - 1)}`;
  return `not run again: ${which} (${countOf(turns, "turn")}): ${printable(detail)}`;
}

function changeJson(change: FieldChange): string {
  const values = [
    ...(change.before === undefined ? [] : [`"before":${change.before}`]),
    ...(change.after === undefined ? [] : [`"after":${change.after}`]),
  ];
  return `${JSON.stringify({ by: change.by, ...placeJson(change) }).slice(0, -1)},${values.join(",")}}`;
}

function placeJson(change: FieldChange) {
  switch (change.by) {
    case "turn": {
      const { turn, opening, closing } = change.recorded;
      const cause = opening.kind === "receive" ? { type: opening.type, from: opening.from } : {};
      return { turn, received: opening.seq, seq: closing.seq, time: closing.time, ...cause };
    }
    case "keyframe": {
      const { turn, seq, time, reason } = change.activation.keyframe;
      return { turn, seq, time, reason };
    }
    case "unknown":
      return { turn: change.turn, last: change.last };
  }
}
