import type { EraseRequest } from "../../bundle/mod.ts";
import type { LogReader } from "../../store/mod.ts";
import { CliError } from "../cli_error.ts";
import { defineCommand } from "../command.ts";
import { exitCode } from "../exit_code.ts";
import { flag, list, required, value } from "../option.ts";
import { partRoles } from "../part_roles.ts";
import { printable } from "../printable.ts";
import { countOf, formatCount } from "../quantity.ts";
import { readLog, requireActor } from "../read_log.ts";
import { actorAddress, choice, span, text } from "../readers.ts";
import { anyRemains, remainsJson, remainsLines } from "../remains_text.ts";
import { trySealHere } from "../seal_log.ts";
import { withWritePorts, writeLog } from "../write_log.ts";

/** `theater erase <actor> <seq>` */
export const erase = defineCommand({
  name: "erase",
  summary: "Erase what was said, for good; hashes and proofs stay what they were",
  details: [
    "First an entry says what is erased and why, then the bytes and their salt are overwritten in the " +
    "file, and the file is written anew. The chain, the trees and all old proofs still verify, and " +
    "verify reports what is erased. States that later ones rest on are kept first.",
    "Copies that the log knows of are listed: in the chains of senders and receivers, in responses, in " +
    "later states. --closure erases those too, states apart, as the actor goes on from them. Backups, " +
    "bundles and proofs that were given away, and what an actor said again in other words, it cannot reach.",
    "The house must be stopped.",
  ],
  options: {
    part: list(choice("<role>", partRoles), "only these parts (all unless given)"),
    reason: value(text("<text>", "why, in a few words"), "why; it stays in the log"),
    closure: flag("also what still tells of it, in all chains of the log"),
    "dry-run": flag("only list what would go, and what would still tell of it"),
  },
  operands: {
    actor: required(actorAddress, "its address, as theater ps lists it"),
    seq: required(span, "the number of the entry, or a range such as 3..9"),
  },
  examples: [
    { line: "theater erase ledger 14 --reason 'asked for by its owner'", note: "all parts of entry 14" },
    {
      line: "theater erase ledger 14 --part body --closure --reason …",
      note: "a message, wherever it stands",
    },
    { line: "theater erase ledger 14 --dry-run", note: "changes nothing" },
  ],
  async run({ options, operands, global, context }) {
    const { out, err, folder, nowMs } = context;
    if (options.reason === undefined && !options["dry-run"]) {
      throw new CliError({ code: "missing_operand", operand: "--reason <text>", command: "erase" });
    }
    const { eraseParts, previewErasure } = await import("../../bundle/mod.ts");
    const requestFor = (reader: LogReader): EraseRequest => {
      const { address, size } = requireActor(reader, operands.actor);
      return {
        address,
        first: operands.seq.from,
        last: Math.min(operands.seq.to, size - 1),
        reason: options.reason ?? "",
        closure: options.closure,
        ...(options.part.length > 0 && { roles: options.part }),
      };
    };
    if (options["dry-run"]) {
      return await readLog(global.db, folder, async (reader) => {
        const request = requestFor(reader);
        const { erased, remains } = previewErasure(reader, request);
        const lines = [
          `${countOf(erased.length, "part")} of ${printable(request.address)} would be erased`,
          ...remainsLines(remains),
        ];
        if (global.json) await out.write(`${JSON.stringify({ erased, remains: remainsJson(remains) })}\n`);
        else await out.write(`${lines.join("\n")}\n`);
        return exitCode.done;
      });
    }
    return await writeLog(global.db, folder, async (store, path) => {
      const request = requestFor(store);
      const report = await withWritePorts(nowMs, (ports) => eraseParts(store, path, request, ports));
      await trySealHere(store, nowMs, err);
      const { erased, closed, kept, remains } = report;
      if (global.json) {
        await out.write(`${JSON.stringify({ erased, closed, kept, remains: remainsJson(remains) })}\n`);
        return exitCode.done;
      }
      const lines = [
        `${countOf(erased.length, "part")} erased${
          closed > 0 ? `, ${formatCount(closed)} of them by --closure` : ""
        }`,
      ];
      if (kept.length > 0) lines.push(`${countOf(kept.length, "state")} kept, as later turns rest on it`);
      if (anyRemains(remains)) lines.push("of what is erased", ...remainsLines(remains));
      await out.write(`${lines.join("\n")}\n`);
      return exitCode.done;
    });
  },
});
