import type { ChainFault } from "../chain/mod.ts";

/** Why the command line refused. Plain data; `code` is stable and shown with `--json`. */
export type CliFault =
  | { readonly code: "no_command" }
  | { readonly code: "unknown_command"; readonly got: string; readonly nearest?: string }
  | {
    readonly code: "unknown_option";
    readonly got: string;
    readonly command?: string;
    readonly nearest?: string;
  }
  | {
    readonly code: "missing_value";
    readonly option: string;
    readonly wanted: string;
    readonly got?: string;
  }
  | { readonly code: "unwanted_value"; readonly option: string; readonly got: string }
  | {
    readonly code: "bad_value";
    /** The option or operand as it is written. */
    readonly name: string;
    readonly wanted: string;
    readonly got: string;
    readonly nearest?: string;
    readonly command?: string;
  }
  | { readonly code: "missing_operand"; readonly operand: string; readonly command: string }
  | { readonly code: "extra_operand"; readonly got: string; readonly command: string }
  | { readonly code: "conflict"; readonly options: readonly [string, string]; readonly why: string }
  | { readonly code: "no_log"; readonly looked: readonly string[] }
  | { readonly code: "many_logs"; readonly found: readonly string[] }
  | { readonly code: "log_not_found"; readonly path: string }
  | { readonly code: "file_not_found"; readonly path: string; readonly wanted: string }
  | { readonly code: "file_exists"; readonly path: string }
  | { readonly code: "bad_component"; readonly refusals: readonly Refusal[] }
  | {
    readonly code: "no_such_actor";
    readonly got: string;
    readonly nearest?: string;
    readonly known: readonly string[];
  }
  | { readonly code: "no_such_entry"; readonly actor: string; readonly got: number; readonly size: number }
  | {
    readonly code: "no_such_part";
    readonly actor: string;
    readonly seq: number;
    readonly got: string;
    readonly known: readonly string[];
    /** Why a part of this role is not here. */
    readonly status?: string;
  }
  | {
    readonly code: "bad_entry";
    readonly actor: string;
    readonly seq: number;
    readonly fault: ChainFault;
    /** The same in words. */
    readonly message: string;
  }
  | { readonly code: "no_state"; readonly actor: string }
  | { readonly code: "no_terminal"; readonly actor: string }
  | { readonly code: "no_such_field"; readonly actor: string; readonly path: string }
  | { readonly code: "engine_variable"; readonly name: string }
  | { readonly code: "not_one_file" }
  | { readonly code: "no_release"; readonly missing: "address" | "key" }
  | { readonly code: "release_not_read"; readonly url: string; readonly why: string }
  | { readonly code: "release_wrong"; readonly url: string; readonly wanted: string; readonly got: string };

/** Why the component of an actor cannot be run. */
export interface Refusal {
  readonly actor: string;
  /** The manifest that names the component. */
  readonly manifest: string;
  /** Cannot X: wanted W, got G; may have several lines. */
  readonly message: string;
}

/** What the command line refuses to do, and why. Caught by `main`, which prints it. */
export class CliError extends Error {
  override readonly name = "CliError";
  /** @param fault the evidence, from which the text is made */
  constructor(readonly fault: CliFault) {
    super(describe(fault));
  }
}

function describe(fault: CliFault): string {
  switch (fault.code) {
    case "no_command":
      return "Cannot start as no command is given";
    case "unknown_command":
      return `Cannot run "${fault.got}" as a command: there is none of that name`;
    case "unknown_option":
      return fault.command === undefined
        ? `Cannot take ${fault.got} before the command: only --db, --json, --no-color and --help stand there`
        : `Cannot take ${fault.got} as an option of "${fault.command}": there is none of that name`;
    case "missing_value":
      return `Cannot read ${fault.option}: wanted ${fault.wanted}, got ${
        fault.got === undefined ? "nothing" : `the option ${fault.got}`
      }`;
    case "unwanted_value":
      return `Cannot read ${fault.option}: wanted no value, got "${fault.got}"`;
    case "bad_value":
      return `Cannot read ${fault.name}: wanted ${fault.wanted}, got "${fault.got}"`;
    case "missing_operand":
      return `Cannot run "${fault.command}" as ${fault.operand} is missing`;
    case "extra_operand":
      return `Cannot run "${fault.command}" as it takes no further word: got "${fault.got}"`;
    case "conflict":
      return `Cannot take ${fault.options[0]} together with ${fault.options[1]}: ${fault.why}`;
    case "no_log":
      return `Cannot find a log: looked for ${fault.looked.join(" and ")}`;
    case "many_logs":
      return `Cannot choose a log: found ${fault.found.join(", ")}`;
    case "log_not_found":
      return `Cannot open the log ${fault.path}: there is no such file`;
    case "file_exists":
      return `Cannot write ${fault.path} as something is there already`;
    case "file_not_found":
      return `Cannot read ${fault.wanted} ${fault.path}: there is no such file`;
    case "bad_component":
      return `Cannot run ${fault.refusals.map(({ actor }) => actor).join(", ")}`;
    case "no_such_actor":
      return `Cannot find the actor "${fault.got}" in this log`;
    case "no_such_entry":
      return fault.size === 0
        ? `Cannot find entry ${fault.got} of ${fault.actor}: it has no entries`
        : `Cannot find entry ${fault.got} of ${fault.actor}: it has ${fault.size}, the last one is ${
          fault.size - 1
        }`;
    case "no_such_part":
      return fault.status === undefined
        ? `Cannot show the part "${fault.got}" of entry ${fault.seq} of ${fault.actor}: it has ` +
          fault.known.join(", ")
        : `Cannot show the part "${fault.got}" of entry ${fault.seq} of ${fault.actor}: it is ${fault.status}`;
    case "bad_entry":
      return `Cannot read entry ${fault.seq} of ${fault.actor}: ${fault.message}`;
    case "no_state":
      return `Cannot show the state of ${fault.actor}: it has none yet`;
    case "no_terminal":
      return `Cannot step through ${fault.actor} as this is no terminal`;
    case "no_such_field":
      return `Cannot find ${fault.path} in the state of ${fault.actor}: it was never there`;
    case "engine_variable":
      return `Cannot start with the variable ${fault.name}: it changes how the engine works`;
    case "not_one_file":
      return "Cannot upgrade Theater: it runs from its sources here";
    case "no_release":
      return `Cannot upgrade Theater: nothing says ${
        fault.missing === "address" ? "where releases are" : "which key signs releases"
      }`;
    case "release_not_read":
      return `Cannot download ${fault.url}: ${fault.why}`;
    case "release_wrong":
      return `Cannot use ${fault.url}: wanted ${fault.wanted}, got ${fault.got}`;
  }
}

/** What was found, each thing with its place; shown before the message. */
export function findingsOf(fault: CliFault): readonly string[] {
  if (fault.code !== "bad_component") return [];
  return fault.refusals.map(({ manifest, actor, message }) => `${manifest}: ${actor}: ${message}`);
}

/** What to do next, one line for each thing that can be done; may be empty. */
export function adviseOn(fault: CliFault): readonly string[] {
  switch (fault.code) {
    case "no_command":
      return ['"theater help" lists the commands'];
    case "unknown_command":
      return [...didYouMean(fault.nearest), '"theater help" lists the commands'];
    case "unknown_option":
      return fault.command === undefined
        ? ['options of a command go after its name; "theater help" lists the commands']
        : [...didYouMean(fault.nearest), helpOn(fault.command)];
    case "missing_value":
      return fault.got === undefined ? [] : [`a value that begins with a dash is given as ${fault.option}=…`];
    case "unwanted_value":
      return [];
    case "bad_value":
      return [
        ...didYouMean(fault.nearest),
        ...(fault.command === undefined ? [] : [helpOn(fault.command)]),
      ];
    case "missing_operand":
    case "extra_operand":
      return [helpOn(fault.command)];
    case "conflict":
      return ["leave one of them out"];
    case "no_log":
      return ["name it with --db <file>, or go to the folder of the manifest that was run"];
    case "many_logs":
      return ["name one of them with --db <file>"];
    case "log_not_found":
      return ['a log is made by the first "theater run"; without --db it is .theater/theater.db'];
    case "file_exists":
      return ["choose another name, or give --force"];
    case "file_not_found":
      return [];
    case "bad_component":
      return [];
    case "no_such_actor":
      return [...didYouMean(fault.nearest), ...knownActors(fault.known)];
    case "no_such_entry":
      return [`"theater log ${fault.actor}" lists its entries`];
    case "no_such_part":
      return [];
    case "bad_entry":
      return fault.fault.code === "unknown_version" || fault.fault.code === "unknown_kind"
        ? ["a newer version of Theater may have written it"]
        : ["the log is damaged, or was changed by hand"];
    case "no_state":
      return [`"theater log ${fault.actor}" shows how far it came`];
    case "no_terminal":
      return [
        `"theater log ${fault.actor}" lists its entries, "theater show ${fault.actor} <seq>" has one whole`,
        `"theater diff ${fault.actor} <moment> <moment>" has what changed, all of them with --json`,
      ];
    case "no_such_field":
      return [`"theater state ${fault.actor}" shows what is there`];
    case "engine_variable":
      return [`unset ${fault.name}`];
    case "not_one_file":
      return ["bring the sources up to date instead"];
    case "no_release":
      return [fault.missing === "address" ? "say it with --from <url>" : "say it with --key <key>"];
    case "release_not_read":
    case "release_wrong":
      return ["nothing was changed"];
  }
}

function didYouMean(word: string | undefined): readonly string[] {
  return word === undefined ? [] : [`did you mean ${word}?`];
}

function helpOn(command: string): string {
  return `"theater help ${command}" shows what it takes`;
}

const knownShown = 8;

function knownActors(known: readonly string[]): readonly string[] {
  if (known.length === 0) return ["this log has no actors yet"];
  const rest = known.length - knownShown;
  const names = known.slice(0, knownShown).join(", ");
  return [`it has ${names}${rest > 0 ? ` and ${rest} more ("theater ps" lists them)` : ""}`];
}
