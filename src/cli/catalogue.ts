import type { Command } from "./command.ts";

/** A command as `theater help` lists it, without its code. */
export interface CatalogueEntry {
  readonly name: string;
  readonly group: Group;
  /** What follows the name, as in the usage line. */
  readonly operands: string;
  readonly summary: string;
  /** Loads the command, and only what it needs. */
  readonly load: () => Promise<Command>;
}

/** Headings of `theater help`, in order. */
export const groups = ["Run and talk", "Look", "Prove", "Replay", "Make"] as const;

/** One of {@linkcode groups}. */
export type Group = (typeof groups)[number];

/**
 * All commands, in the order of `theater help`.
 *
 * Names and summaries stand here and in the command's own file, as help must be
 * there before any command is loaded; a test holds the two together.
 */
export const catalogue: readonly CatalogueEntry[] = [
  {
    name: "run",
    group: "Run and talk",
    operands: "<manifest> [-]",
    summary: "Run the actors of a manifest, and record everything they do",
    load: async () => (await import("./commands/run.ts")).run,
  },
  {
    name: "send",
    group: "Run and talk",
    operands: "<actor> <json>",
    summary: "Send a message to a running actor and print its response",
    load: async () => (await import("./commands/send.ts")).send,
  },
  {
    name: "upgrade",
    group: "Run and talk",
    operands: "<actor> <file>",
    summary: "Let a running actor go on with another component or manifest",
    load: async () => (await import("./commands/upgrade.ts")).upgrade,
  },
  {
    name: "stop",
    group: "Run and talk",
    operands: "[actor]",
    summary: "End a running actor, or everything that runs",
    load: async () => (await import("./commands/stop.ts")).stop,
  },
  {
    name: "restart",
    group: "Run and talk",
    operands: "<actor>",
    summary: "Start an actor again, whether it runs, was stopped or has failed",
    load: async () => (await import("./commands/restart.ts")).restart,
  },
  {
    name: "dead-letters",
    group: "Run and talk",
    operands: "[actor]",
    summary: "List the messages on which actors crashed, or send one again",
    load: async () => (await import("./commands/dead_letters.ts")).deadLettersCommand,
  },
  {
    name: "check",
    group: "Run and talk",
    operands: "<manifest>",
    summary: "Check a manifest and its component without running it",
    load: async () => (await import("./commands/check.ts")).check,
  },
  {
    name: "ps",
    group: "Run and talk",
    operands: "",
    summary: "List the actors of a log and how they are",
    load: async () => (await import("./commands/ps.ts")).ps,
  },
  {
    name: "log",
    group: "Look",
    operands: "[actor]",
    summary: "Show what was recorded, one line an entry",
    load: async () => (await import("./commands/log.ts")).log,
  },
  {
    name: "show",
    group: "Look",
    operands: "<actor> <seq>",
    summary: "Show one entry whole, with its hashes checked",
    load: async () => (await import("./commands/show.ts")).show,
  },
  {
    name: "state",
    group: "Look",
    operands: "<actor>",
    summary: "Show the state of an actor, now or at an earlier moment",
    load: async () => (await import("./commands/state.ts")).state,
  },
  {
    name: "diff",
    group: "Look",
    operands: "<actor> <moment> [moment]",
    summary: "Show what changed in the state of an actor between two moments",
    load: async () => (await import("./commands/diff.ts")).diff,
  },
  {
    name: "blame",
    group: "Look",
    operands: "<actor> <path>",
    summary: "Show which turn last changed a field of the state",
    load: async () => (await import("./commands/blame.ts")).blame,
  },
  {
    name: "step",
    group: "Look",
    operands: "<actor>",
    summary: "Step through what an actor did, forwards and backwards",
    load: async () => (await import("./commands/step.ts")).step,
  },
  {
    name: "verify",
    group: "Prove",
    operands: "[file]",
    summary: "Check a bundle, a log or a proof, and say what it shows",
    load: async () => (await import("./commands/verify.ts")).verify,
  },
  {
    name: "checkpoint",
    group: "Prove",
    operands: "",
    summary: "Print the signed checkpoint of a log, to be kept elsewhere",
    load: async () => (await import("./commands/checkpoint.ts")).checkpoint,
  },
  {
    name: "keys",
    group: "Prove",
    operands: "",
    summary: "Show the key that signs a log, or change it",
    load: async () => (await import("./commands/keys.ts")).keys,
  },
  {
    name: "prove",
    group: "Prove",
    operands: "<actor> <a..b>",
    summary: "Write a proof of one entry, or a few, that anyone can check offline",
    load: async () => (await import("./commands/prove.ts")).prove,
  },
  {
    name: "export",
    group: "Prove",
    operands: "[actor]…",
    summary: "Write a bundle: one file with everything that it takes to check some actors",
    load: async () => (await import("./commands/export.ts")).exportActors,
  },
  {
    name: "erase",
    group: "Prove",
    operands: "<actor> <a..b>",
    summary: "Erase what was said, for good; hashes and proofs stay what they were",
    load: async () => (await import("./commands/erase.ts")).erase,
  },
  {
    name: "prune",
    group: "Prove",
    operands: "<actor>",
    summary: "Drop old entries of an actor down to their hashes, or put them back",
    load: async () => (await import("./commands/prune.ts")).prune,
  },
  {
    name: "replay",
    group: "Replay",
    operands: "[file] [actor]",
    summary: "Run recorded turns again, and say where they go another way",
    load: async () => (await import("./commands/replay.ts")).replay,
  },
  {
    name: "test",
    group: "Replay",
    operands: "[file]…",
    summary: "Run recorded messages through new code, and say what it does otherwise",
    load: async () => (await import("./commands/test.ts")).test,
  },
  {
    name: "fork",
    group: "Replay",
    operands: "<actor>",
    summary: "Make a new actor that goes on from a past moment of another",
    load: async () => (await import("./commands/fork.ts")).fork,
  },
  {
    name: "completions",
    group: "Make",
    operands: "<shell>",
    summary: "Print a completion script for bash, zsh or fish",
    load: async () => (await import("./commands/completions.ts")).completions,
  },
  {
    name: "upgrade-self",
    group: "Make",
    operands: "",
    summary: "Bring this program up to date, if the project has signed what comes",
    load: async () => (await import("./commands/upgrade_self.ts")).upgradeSelf,
  },
  {
    name: "version",
    group: "Make",
    operands: "",
    summary: "Show the version of Theater and of what it runs on",
    load: async () => (await import("./commands/version.ts")).version,
  },
  {
    name: "help",
    group: "Make",
    operands: "[command]",
    summary: "Show this list, or what a command takes",
    load: async () => (await import("./commands/help.ts")).help,
  },
];

/** The names of all commands. */
export const commandNames: readonly string[] = catalogue.map(({ name }) => name);
