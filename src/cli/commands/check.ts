import { CliError } from "../cli_error.ts";
import { defineCommand } from "../command.ts";
import { exitCode } from "../exit_code.ts";
import { required } from "../option.ts";
import { text } from "../readers.ts";

/** `theater check <manifest>` */
export const check = defineCommand({
  name: "check",
  summary: "Check a manifest and its component without running it",
  details: [
    "Reads the manifest and those of its children, reads and loads every component, and compares what " +
    "it imports with what the manifest grants. Names every problem with its place, or says what each " +
    "actor may do.",
  ],
  options: {},
  operands: { manifest: required(text("<manifest>", "a file"), "the manifest, a TOML file") },
  examples: [
    { line: "theater check ledger.toml", note: "what the actors may do, or what is wrong" },
    { line: "theater check ledger.toml --json", note: "the same, for other programs" },
  ],
  async run({ operands, global, context: { out, folder } }) {
    const { checkManifest } = await import("../check_manifest.ts");
    const { describeActors, describeActorsJson } = await import("../actor_grants.ts");
    const found = await checkManifest(operands.manifest, folder);
    if (found.refusals.length > 0) throw new CliError({ code: "bad_component", refusals: found.refusals });
    await out.write(global.json ? describeActorsJson(found) : describeActors(found, out.style));
    return exitCode.done;
  },
});
