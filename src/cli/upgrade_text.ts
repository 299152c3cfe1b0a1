import { relative } from "node:path";
import { isJsonObject, memberOf, parseCanonical } from "../codec/mod.ts";
import type { NoAnswer, UpgradeAnswer } from "../runtime/mod.ts";
import { exitCode } from "./exit_code.ts";
import { printable } from "./printable.ts";
import type { Report } from "./report.ts";

type Upgraded = Extract<UpgradeAnswer, { readonly answer: "upgraded" }>;

/** What an upgrade came to, for people; `folder` is where they stand. */
export function formatUpgrade(actor: string, answer: Upgraded, folder: string): string {
  const { seq, before, after, migrated, manifest } = answer;
  const lines = [
    `${actor} goes on as a new activation, from entry ${seq}`,
    `  before  ${hashesOf(before)}`,
    `  after   ${hashesOf(after)}`,
  ];
  if (migrated) lines.push("  on the state that it made of the one before");
  if (manifest.differs) {
    const path = relative(folder, manifest.path) || manifest.path;
    lines.push(
      `for the next "theater run", write component = ${JSON.stringify(manifest.component)} into ${path}`,
    );
  }
  return `${lines.map(printable).join("\n")}\n`;
}

function hashesOf(component: string): string {
  const value = parseCanonical(component);
  if (!isJsonObject(value)) return component;
  return ["component", "source"].flatMap((name) => {
    const hash = memberOf(value, name);
    return typeof hash === "string" ? [`${name} ${hash}`] : [];
  }).join(", ");
}

/** A refusal is no crash, and has no code. */
function crashCode(code: string): string {
  return code === "unknown" ? "" : ` (${code})`;
}

/** Why an actor goes on as it was, as an error to print. */
export function notUpgraded(actor: string, answer: Exclude<UpgradeAnswer, Upgraded> | NoAnswer): Report {
  const message = (why: string) => `Cannot upgrade ${actor}: ${why}`;
  switch (answer.answer) {
    case "rolled-back":
      return {
        code: "rolled_back",
        message: message(`the new component did not take over${crashCode(answer.code)}: ${answer.reason}`),
        next: [
          "the old one goes on, with the state as it was",
          `"theater show ${actor} ${answer.seq}" shows the end of the turn`,
        ],
        exit: exitCode.no,
        evidence: { seq: answer.seq, crash: answer.code },
      };
    case "not-upgraded": {
      const [first = "", ...rest] = answer.detail.split("\n");
      return { code: answer.code, message: message(first), next: rest, exit: exitCode.failed };
    }
    case "closed":
      return {
        code: "not_running",
        message: message("nobody runs this log"),
        next: [
          "name the new component in its manifest",
          'then "theater run <manifest> --upgrade" goes on from its state with the new one',
        ],
        exit: exitCode.failed,
      };
    case "timed-out":
      return {
        code: "timed_out",
        message: message("it did not end its turn and start anew in time"),
        next: [
          "it may still be upgraded",
          `"theater log ${actor}" shows whether it was; wait longer with "--timeout"`,
        ],
        exit: exitCode.failed,
      };
    case "hung-up":
      return {
        code: "hung_up",
        message: message("it was stopped before it was done"),
        next: [`"theater log ${actor}" shows whether it was upgraded`],
        exit: exitCode.failed,
      };
  }
}
