import { defineCommand } from "../command.ts";
import { flag, value } from "../option.ts";
import { text } from "../readers.ts";

/** `theater upgrade-self` */
export const upgradeSelf = defineCommand({
  name: "upgrade-self",
  summary: "Bring this program up to date, if the project has signed what comes",
  details: [
    "Downloads the list of the newest release, and believes it only with the signature of the project's key, " +
    "which is in this program. What it names is put in the place of this program when its checksum is right " +
    "and it starts. There is no way to do without the signature.",
    "An older version is taken only if it is asked for by its number.",
  ],
  options: {
    from: value(text("<url>", "an address"), "where the release is, instead of where the project puts it"),
    key: value(
      text("<key>", "a verifier key"),
      "the key that signs releases there, instead of the project's",
    ),
    to: value(text("<version>", "a version"), "this version and no other"),
    check: flag("say what there is, and change nothing"),
  },
  operands: {},
  examples: [
    { line: "theater upgrade-self --check", note: "is there a newer one?" },
    { line: "theater upgrade-self", note: "take it" },
  ],
  async run(invocation) {
    const { upgradeProgram } = await import("../upgrade_program.ts");
    return await upgradeProgram(invocation);
  },
});
