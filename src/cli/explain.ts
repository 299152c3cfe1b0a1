import type { StoreFault } from "../store/mod.ts";
import { adviseOn, CliError, findingsOf } from "./cli_error.ts";
import { type ExitCode, exitCode } from "./exit_code.ts";
import type { Report } from "./report.ts";

/**
 * Turns whatever a command threw into what the user is told.
 *
 * The rooms below word their own errors; here is added what only the command
 * line knows: exit codes, and what to type next. Their classes are loaded only
 * now, which costs nothing, as they are loaded already if it was they who threw.
 */
export async function explain(error: unknown): Promise<Report> {
  if (error instanceof CliError) {
    const { code, ...evidence } = error.fault;
    return {
      code,
      message: error.message,
      findings: findingsOf(error.fault),
      next: adviseOn(error.fault),
      exit: exitCode.failed,
      evidence,
    };
  }
  const { StoreError } = await import("../store/mod.ts");
  if (error instanceof StoreError) {
    const { code, ...evidence } = error.fault;
    return { code, message: error.message, next: [], exit: exitCodeOfStore(error.fault), evidence };
  }
  const { formatProblem, ManifestError } = await import("../manifest/mod.ts");
  if (error instanceof ManifestError) {
    const { problems } = error;
    return {
      code: "bad_manifest",
      message: `Cannot use the manifest: it has ${
        problems.length === 1 ? "a problem" : `${problems.length} problems`
      }`,
      findings: problems.map(formatProblem),
      next: [],
      exit: exitCode.failed,
      evidence: { problems },
    };
  }
  return explainFault(error) ?? {
    code: "internal",
    message: error instanceof Error ? error.message : String(error),
    next: ["this is a fault of Theater itself; please report it with the lines below"],
    exit: exitCode.failed,
    stack: error instanceof Error ? error.stack ?? "" : "",
  };
}

/** Errors of the other rooms carry a `fault` with a stable `code`, and say what is to be done. */
function explainFault(error: unknown): Report | undefined {
  if (!(error instanceof Error) || !("fault" in error)) return undefined;
  const { fault } = error;
  if (typeof fault !== "object" || fault === null || !("code" in fault)) return undefined;
  const { code, ...evidence } = fault;
  if (typeof code !== "string") return undefined;
  const [message = "", ...lines] = error.message.split("\n");
  const exit = code === "commit_failed" ? exitCode.log : exitCode.failed;
  return { code, message, next: lines, exit, evidence };
}

function exitCodeOfStore(fault: StoreFault): ExitCode {
  switch (fault.code) { // No default: a new code fails to compile here.
    case "in_use":
    case "fenced":
    case "damaged":
    case "full":
    case "read_only":
    case "busy":
    case "io":
      return exitCode.log;
    case "out_of_order":
    case "unknown_actor":
    case "actor_exists":
    case "unknown_entry":
    case "leaf_out_of_order":
    case "bundle":
    case "exists":
    case "older_version":
    case "not_found":
    case "not_a_log":
    case "newer_version":
    case "cannot_open":
      return exitCode.failed;
  }
}
