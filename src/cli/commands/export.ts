import { resolve } from "node:path";
import { CliError } from "../cli_error.ts";
import { defineCommand } from "../command.ts";
import { exitCode } from "../exit_code.ts";
import { flag, list, many, value } from "../option.ts";
import { countOf, formatCount } from "../quantity.ts";
import { readLog, requireActor } from "../read_log.ts";
import { actorAddress, text } from "../readers.ts";
import { printable } from "../printable.ts";
import { trySealToEnd } from "../seal_log.ts";
import { anyRemains, remainsJson, remainsLines } from "../remains_text.ts";

/** `theater export <actor…>` */
export const exportActors = defineCommand({
  name: "export",
  summary: "Write a bundle: one file with everything that it takes to check some actors",
  details: [
    "A bundle holds the chains of the actors and what was said, components and scripts, checkpoints, " +
    "signatures and public keys; of other actors only hashes. theater verify checks it, and log, show " +
    "and state read it, anywhere and offline.",
    "--withhold leaves parts out, and nothing breaks: kind:call, function:random-bytes, part:body, " +
    "seq:3..9, actor:bank/*, or several with commas, which must all fit. What the rest still tells of " +
    "them is listed; --closure leaves that out too. What an actor says again in other words nobody can " +
    "find by rule: look before you give a bundle away.",
  ],
  options: {
    output: value(text("<file>", "a file"), "the bundle to write", "o"),
    all: flag("all actors of the log"),
    withhold: list(text("<what>", "such as part:body"), "leave these parts out; may be given several times"),
    closure: flag("leave out also what still tells of what is withheld"),
    force: flag("write over what is there"),
  },
  operands: { actor: many(actorAddress, "addresses, as theater ps lists them") },
  examples: [
    { line: "theater export ledger -o ledger.db", note: "one actor, whole" },
    {
      line: "theater export --all -o all.db --withhold part:key --withhold function:random-bytes",
      note: "without keys of messages and random bytes",
    },
    {
      line: "theater export ledger -o short.db --withhold seq:5..9 --closure",
      note: "and all that tells of it",
    },
  ],
  async run({ options, operands, global, context }) {
    const { out, err, folder } = context;
    if (options.output === undefined) {
      throw new CliError({ code: "missing_operand", operand: "-o <file>", command: "export" });
    }
    if (options.all && operands.actor.length > 0) {
      throw new CliError({ code: "conflict", options: ["--all", "<actor>"], why: "all are all of them" });
    }
    const { exportBundle, parseWithholdSpec } = await import("../../bundle/mod.ts");
    const withhold = options.withhold.map(parseWithholdSpec);
    const path = resolve(folder, options.output);
    return await readLog(global.db, folder, async (reader, logPath) => {
      if (path === logPath) {
        throw new CliError({ code: "conflict", options: ["-o", "--db"], why: "that is the log itself" });
      }
      const addresses = options.all ? reader.actors().map(({ address }) => address) : operands.actor;
      for (const address of addresses) requireActor(reader, address);
      // A log that was never signed is not signed by being copied.
      const sealed = reader.kind === "log" ? reader.sealed() : 0;
      const signed = reader.checkpoint()?.size ?? 0; // The newest signature of a house may not be in its log yet.
      const open = sealed > 0 && (reader.unsealed().length > 0 || signed < sealed);
      const checkpoint = open ? await trySealToEnd(logPath, context.nowMs, err) : undefined;
      const progress = err.columns === undefined ? undefined : (entries: number) => {
        void err.write(`\r\x1b[K${countOf(entries, "entry", "entries")}`);
      };
      const report = exportBundle(reader, path, {
        addresses,
        withhold,
        closure: options.closure,
        force: options.force,
        ...(checkpoint !== undefined && { checkpoint }),
        ...(progress !== undefined && { progress }),
      });
      if (progress !== undefined) await err.write("\r\x1b[K");
      const { remains, entries, withheld, closed } = report;
      if (global.json) {
        const facts = {
          path,
          actors: report.addresses,
          entries,
          withheld,
          closed,
          signed: report.signed ?? null,
        };
        await out.write(`${JSON.stringify({ ...facts, remains: remainsJson(remains) })}\n`);
        return exitCode.done;
      }
      const lines = [
        `${printable(options.output ?? "")}: ${countOf(report.addresses.length, "actor")}, ` +
        `${countOf(entries, "entry", "entries")}, ` +
        (report.signed === undefined
          ? "not signed"
          : `signed at ${countOf(report.signed, "leaf", "leaves")}`),
      ];
      if (withheld > 0) {
        lines.push(
          `${countOf(withheld, "part")} withheld${
            closed > 0 ? `, ${formatCount(closed)} of them by --closure` : ""
          }`,
        );
      }
      if (anyRemains(remains)) {
        lines.push("of what is withheld", ...remainsLines(remains), "--closure withholds that too");
      }
      if (report.signed === undefined) {
        lines.push('nothing in this log is signed yet: "theater checkpoint" signs it');
      }
      await out.write(`${lines.join("\n")}\n`);
      return exitCode.done;
    });
  },
});
