import { entryVersion } from "../../chain/mod.ts";
import { runtime } from "../../platform/mod.ts";
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
      const facts = { theater: project.version, entryVersion, runtime };
      await out.write(`${JSON.stringify(facts)}\n`);
    } else {
      await out.write(
        `theater ${project.version}\n` +
          `entries  version ${entryVersion}\n` +
          `runtime  ${name} ${version} (${engine} ${engineVersion}), ${os} ${arch}\n`,
      );
    }
    return exitCode.done;
  },
});
