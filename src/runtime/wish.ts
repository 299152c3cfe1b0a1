import type { WishOutcome } from "../actor/mod.ts";

/** What somebody outside wants of an actor that runs, or of the whole house. */
export type WishRequest =
  | { readonly wish: "stop" | "restart"; readonly address: string }
  /** The house is to stop. */
  | { readonly wish: "stop"; readonly address?: undefined };

/** What became of a wish. Plain data. */
export type WishAnswer =
  | { readonly answer: "done" }
  | {
    readonly answer: "not-done";
    readonly code: Exclude<WishOutcome, "done"> | "not_running";
    readonly detail: string;
  };

/** The outcome of a wish, in words where it was not done. */
export function wishAnswer(address: string, outcome: WishOutcome): WishAnswer {
  const detail = (code: Exclude<WishOutcome, "done">) => {
    switch (code) {
      case "no_such_actor":
        return `there is no actor ${address} in this log's house`;
      case "parent_down":
        return `its parent does not run; restart that first`;
      case "already_down":
        return `${address} does not run`;
    }
  };
  return outcome === "done"
    ? { answer: "done" }
    : { answer: "not-done", code: outcome, detail: detail(outcome) };
}
