import { entryVersion } from "../../chain/mod.ts";
import { build, runtime } from "../../platform/mod.ts";
import project from "../../../package.json" with { type: "json" };
import { defineCommand } from "../command.ts";
import { exitCode } from "../exit_code.ts";

/** `theater version` */
export const version = defineCommand({
  name: "version",
  summary: "Show the version of Theater and of what it runs on",
  options: {},
  operands: {},
  examples: [
    { line: "theater version", note: "for a report of a fault" },
    { line: "theater version --json", note: "for other programs" },
  ],
  async run({ global, context: { out } }) {
    const { name, version, engine, engineVersion, os, arch } = runtime;
    if (global.json) {
      const { versionFacts } = await import("../version_facts.ts");
      await out.write(`${JSON.stringify({ theater: project.version, runtime, ...versionFacts() })}\n`);
    } else {
      const made = build === undefined ? "from its sources" : `${build.target}, of ${build.commit}`;
      await out.write(
        `theater ${project.version}\n` +
          `program  ${made}\n` +
          `entries  version ${entryVersion}\n` +
          `runtime  ${name} ${version} (${engine} ${engineVersion}), ${os} ${arch}\n`,
      );
    }
    return exitCode.done;
  },
});
