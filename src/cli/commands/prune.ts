import { resolve } from "node:path";
import { CliError } from "../cli_error.ts";
import { defineCommand } from "../command.ts";
import { exitCode } from "../exit_code.ts";
import { required, value } from "../option.ts";
import { printable } from "../printable.ts";
import { countOf, formatBytes } from "../quantity.ts";
import { requireActor } from "../read_log.ts";
import { actorAddress, text, wholeNumber } from "../readers.ts";
import { sealHere, trySealHere } from "../seal_log.ts";
import { withWritePorts, writeLog } from "../write_log.ts";

/** `theater prune <actor>` */
export const prune = defineCommand({
  name: "prune",
  summary: "Drop old entries of an actor down to their hashes, or put them back",
  details: [
    "An entry says so, then everything before a keyframe goes down to its hash, save genesis, " +
    "keyframes, erasures and prunings. Proofs of what is left, and old ones of what went, still " +
    "verify. Export the actor first: with --restore a bundle puts the span back, each entry checked " +
    "against the hash that was kept.",
    "Keys of messages stay known, so that none is taken for new. The house must be stopped.",
  ],
  options: {
    before: value(wholeNumber("<seq>"), "the number of a keyframe: what stands before it goes"),
    reason: value(text("<text>", "why, in a few words"), "why; it stays in the log"),
    restore: value(text("<bundle.db>", "a bundle"), "put back what this bundle has of what was pruned"),
  },
  operands: { actor: required(actorAddress, "its address, as theater ps lists it") },
  examples: [
    {
      line: "theater prune ledger --before 20410 --reason 'older than ten years'",
      note: "theater log ledger --kind keyframe shows where a chain can be cut",
    },
    { line: "theater prune ledger --restore ledger.db", note: "puts it back" },
  ],
  async run({ options, operands, global, context }) {
    const { out, err, folder, nowMs } = context;
    const { before, restore } = options;
    if ((before === undefined) === (restore === undefined)) {
      if (before === undefined) {
        throw new CliError({ code: "missing_operand", operand: "--before <seq>", command: "prune" });
      }
      throw new CliError({
        code: "conflict",
        options: ["--before", "--restore"],
        why: "one undoes the other",
      });
    }
    const { pruneChain, restoreSpan } = await import("../../bundle/mod.ts");
    return await writeLog(global.db, folder, async (store, path) => {
      const { address } = requireActor(store, operands.actor);
      if (restore !== undefined) {
        const { openLogReader } = await import("../../store/mod.ts");
        const bundle = openLogReader(resolve(folder, restore));
        try {
          const restored = restoreSpan(store, bundle, address);
          if (global.json) await out.write(`${JSON.stringify({ restored })}\n`);
          else {await out.write(
              `${countOf(restored, "entry", "entries")} of ${printable(address)} put back\n`,
            );}
        } finally {
          bundle.close();
        }
        return exitCode.done;
      }
      await sealHere(store, nowMs, err); // Only what is signed may go.
      const request = { address, before: before ?? 0, reason: options.reason ?? "pruned" };
      const { entries, bytes } = await withWritePorts(
        nowMs,
        (ports) => pruneChain(store, path, request, ports),
      );
      await trySealHere(store, nowMs, err);
      if (global.json) await out.write(`${JSON.stringify({ pruned: entries, bytes })}\n`);
      else {
        const freed = bytes > 0 ? `, ${formatBytes(bytes)} freed` : "";
        await out.write(`${countOf(entries, "entry", "entries")} of ${printable(address)} pruned${freed}\n`);
      }
      return exitCode.done;
    });
  },
});
