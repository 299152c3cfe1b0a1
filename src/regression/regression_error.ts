/** Why recordings could not be held against other code. Plain data. */
export type RegressionFault =
  | { readonly code: "no_recording" }
  | { readonly code: "recording_not_found"; readonly path: string }
  | { readonly code: "unreadable"; readonly path: string; readonly detail: string }
  | { readonly code: "refuted"; readonly path: string; readonly detail: string }
  | { readonly code: "no_turns"; readonly path: string }
  | {
    readonly code: "no_such_actor";
    readonly path: string;
    readonly actor: string;
    readonly known: readonly string[];
  }
  | { readonly code: "which_actor"; readonly path: string; readonly actors: readonly string[] }
  | {
    readonly code: "not_declared";
    readonly actor: string;
    readonly manifest: string;
    readonly known: readonly string[];
  }
  | { readonly code: "code_not_found"; readonly path: string }
  | { readonly code: "bad_code"; readonly actor: string; readonly path: string; readonly detail: string }
  | { readonly code: "bad_list"; readonly path: string; readonly detail: string }
  | { readonly code: "no_list" };

/** Recordings could not be held against other code: this is no verdict on the code. */
export class RegressionError extends Error {
  override readonly name = "RegressionError";
  constructor(readonly fault: RegressionFault) {
    super(describe(fault));
  }
}

function describe(fault: RegressionFault): string {
  switch (fault.code) {
    case "no_recording":
      return "Cannot test: wanted at least one recording, got none";
    case "recording_not_found":
      return `Cannot read the recording ${fault.path}: there is no such file`;
    case "unreadable":
      return `Cannot read the recording ${fault.path}: ${fault.detail}`;
    case "refuted":
      return `Cannot test against ${fault.path}: ${fault.detail}\n` +
        "theater verify says what is wrong with it; nothing of it was run";
    case "no_turns":
      return `Cannot test against ${fault.path}: no actor of it has a turn`;
    case "no_such_actor":
      return `Cannot find the actor "${fault.actor}" in ${fault.path}\nit has ${some(fault.known)}`;
    case "which_actor":
      return `Cannot choose an actor of ${fault.path}: its actors run different code, and this is to take the place of one\n` +
        `name it (${some(fault.actors)}), or give a manifest that declares them`;
    case "not_declared":
      return `Cannot test ${fault.actor}: ${fault.manifest} does not declare it\nit declares ${
        some(fault.known)
      }`;
    case "code_not_found":
      return `Cannot read the new code ${fault.path}: there is no such file`;
    case "bad_code":
      return `Cannot run ${fault.path} as ${fault.actor}: ${fault.detail}`;
    case "bad_list":
      return `Cannot read the accepted differences in ${fault.path}: ${fault.detail}`;
    case "no_list":
      return "Cannot update the accepted differences: wanted a file to keep them in, got none\nname it with --accept <file>";
  }
}

const shownMax = 8;

function some(names: readonly string[]): string {
  if (names.length === 0) return "none";
  const rest = names.length - shownMax;
  return names.slice(0, shownMax).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
