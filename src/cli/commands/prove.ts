import { basename, resolve } from "node:path";
import { CliError } from "../cli_error.ts";
import { defineCommand } from "../command.ts";
import { exitCode } from "../exit_code.ts";
import { flag, list, required, value } from "../option.ts";
import { partRoles } from "../part_roles.ts";
import { printable } from "../printable.ts";
import { countOf, formatBytes, formatCount } from "../quantity.ts";
import { chooseLog, requireActor } from "../read_log.ts";
import { actorAddress, choice, span, text } from "../readers.ts";

/** `theater prove <actor> <event>` */
export const prove = defineCommand({
  name: "prove",
  summary: "Write a proof of one entry, or a few, that anyone can check offline",
  details: [
    "The proof holds the entry, the parts that you show, and two tlog-proofs: that the entry stands in " +
    "the chain of its actor, and that chain in the tree that the node has signed. It shows nothing else " +
    "of the log. Whoever gets it checks it with theater verify and your public key (theater keys), or " +
    "by hand: the folder says how.",
    "What is not sealed yet is sealed first, also in a house that runs.",
  ],
  options: {
    output: value(text("<path>", "a path"), "where to: a folder, or one file if it ends with .json", "o"),
    "withhold-body": flag("show nothing of what was said"),
    part: list(choice("<role>", partRoles), "show this part and no other; may be given several times"),
    force: flag("write over what is there"),
  },
  operands: {
    actor: required(actorAddress, "its address, as theater ps lists it"),
    event: required(span, "the number of the entry, or a range such as 3..9"),
  },
  examples: [
    { line: "theater prove ledger 14 -o posting.proof.json", note: "one file, with all that was said" },
    { line: "theater prove ledger 14 -o posting", note: "a folder, to be checked by hand" },
    { line: "theater prove ledger 5..9 --withhold-body", note: "that it happened, not what was said" },
  ],
  async run({ options, operands, global, context }) {
    const { folder, out } = context;
    if (options["withhold-body"] && options.part.length > 0) {
      const why = "one hides everything, the other shows something";
      throw new CliError({ code: "conflict", options: ["--withhold-body", "--part"], why });
    }
    const logPath = await chooseLog(global.db, folder);
    const [{ openLogReader }, proofs, { openActorSigner }, platform] = await Promise.all([
      import("../../store/mod.ts"),
      import("../../proof/mod.ts"),
      import("../../seal/mod.ts"),
      import("../../platform/mod.ts"),
    ]);
    const { actor: address, event } = operands;
    const reader = openLogReader(logPath);
    try {
      const { size } = requireActor(reader, address);
      const to = Math.min(event.to + 1, event.to === Infinity ? size : Infinity);
      if (event.from >= size || to > size) {
        throw new CliError({
          code: "no_such_entry",
          actor: address,
          got: event.from >= size ? event.from : to - 1,
          size,
        });
      }
      const name = `${address.replaceAll("/", "-")}-${event.from}${
        to - event.from > 1 ? `-${to - 1}` : ""
      }.proof.json`;
      const path = resolve(folder, options.output ?? name);
      if (platform.exists(path)) {
        if (!options.force) throw new CliError({ code: "file_exists", path: options.output ?? name });
        platform.remove(path);
      }
      let checkpoint: string | undefined;
      if (proofs.sealedSize(reader, address) < to) {
        const { sealToEnd } = await import("../seal_log.ts");
        checkpoint = await sealToEnd(logPath, context.nowMs, context.err);
      }
      const proof = proofs.makeProof(reader, {
        address,
        from: event.from,
        to,
        show: options["withhold-body"] ? "none" : options.part.length > 0 ? options.part : "all",
        signer: openActorSigner(reader, address, platform.dataFolder()),
        ...(checkpoint !== undefined && { checkpoint }),
      });
      proofs.saveProof(path, proof);
      const verdict = proofs.verifyProof(proof);
      const parts = verdict.entries.flatMap((entry) => entry.parts);
      const shown = parts.filter((part) => part.shown).length;
      const bytes = proofs.writeProofJson(proof).length;
      if (global.json) {
        const { origin, chainSize, nodeSize } = verdict;
        const entries = verdict.entries.map(({ seq, hash }) => ({ seq, hash }));
        await out.write(
          `${
            JSON.stringify({
              path,
              origin,
              chainSize,
              nodeSize,
              entries,
              shown,
              withheld: parts.length - shown,
            })
          }\n`,
        );
        return exitCode.done;
      }
      const which = to - event.from === 1 ? `entry ${event.from}` : `entries ${event.from}..${to - 1}`;
      await out.write(
        `${printable(which)} of ${printable(address)} proved in ${
          printable(options.output ?? basename(path))
        }, ` +
          `${formatBytes(bytes)}\n` +
          `  ${countOf(shown, "part")} shown, ${formatCount(parts.length - shown)} not\n` +
          `  by the checkpoint of ${formatCount(verdict.nodeSize ?? 0)} leaves\n` +
          `  theater verify ${
            printable(options.output ?? basename(path))
          } --key <key of the node> checks it\n`,
      );
      return exitCode.done;
    } finally {
      reader.close();
    }
  },
});
