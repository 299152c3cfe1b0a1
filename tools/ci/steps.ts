/** One step of the gate, as `.ci/run` writes it down: a line of fields with tabs between. */
export type Step =
  /** Something that passes or fails as one. */
  | { readonly kind: "check"; readonly name: string; readonly status: number; readonly seconds: number }
  /** Tests that count themselves. */
  | {
    readonly kind: "suite";
    readonly name: string;
    readonly status: number;
    readonly seconds: number;
    /** Path of the JUnit report. */
    readonly report: string;
    /** Folders whose test files must all appear in it. */
    readonly folders: readonly string[];
  }
  /** Something that cannot be done on this machine. */
  | { readonly kind: "skip"; readonly name: string; readonly why: string };

/**
 * Reads the steps of a run.
 *
 * @throws {SyntaxError} for a line that is no step
 */
export function readSteps(text: string): readonly Step[] {
  return text.split("\n").filter((line) => line !== "").map((line): Step => {
    const [kind, name = "", third = "", fourth = "", report = "", folders = ""] = line.split("\t");
    if (kind === "skip" && name !== "" && third !== "") return { kind, name, why: third };
    const status = readNumber(third);
    const seconds = readNumber(fourth);
    if (name !== "" && status !== undefined && seconds !== undefined) {
      if (kind === "check") return { kind, name, status, seconds };
      if (kind === "suite" && report !== "" && folders !== "") {
        return { kind, name, status, seconds, report, folders: folders.split(" ") };
      }
    }
    throw new SyntaxError(
      `Cannot read a step of the gate: wanted check, suite or skip with its fields, got ${line}`,
    );
  });
}

function readNumber(text: string): number | undefined {
  return /^[0-9]+$/.test(text) ? Number(text) : undefined;
}
