import type { Effect, Outstanding } from "../host/mod.ts";
import type { Owed, TurnEnd, TurnInput } from "./protocol.ts";

/** Keeps count of what an actor has outstanding while its turns run ahead of the log. */
export interface OutstandingBook extends Outstanding {
  /** Turns follow, and so much is outstanding before the first. */
  set(owed: Owed): void;
  /** A turn begins; none for the one that instantiates. */
  begin(input: TurnInput | undefined): void;
  /** It has ended. */
  end(end: TurnEnd): void;
}

/** @param effects what the turn in hand has staged */
export function createOutstanding(pendingMax: number, effects: () => readonly Effect[]): OutstandingBook {
  let pending = 0;
  let returned = 0;
  let tokens = new Set<string>();
  let awaited = false;

  const stagedTokens = (effect: "defer" | "reply") =>
    effects().flatMap((each) => each.effect === effect ? [each.token] : []);
  const stagedPending = () =>
    effects().filter(({ effect }) => effect === "request" || effect === "set-timer").length;

  return {
    pendingMax,
    pending: () => pending + stagedPending(),
    returned: () => returned,
    awaited: () => awaited,
    token: () => stagedTokens("defer")[0],
    owes: (token) =>
      (tokens.has(token) || stagedTokens("defer").includes(token)) && !stagedTokens("reply").includes(token),
    set(owed) {
      ({ pending, returned } = owed);
      tokens = new Set(owed.tokens);
    },
    begin(input) {
      awaited = input?.awaited === true;
      if (input?.type === "timer" || input?.type === "reply") pending -= 1;
      if (input?.type === "undeliverable") returned -= 1;
    },
    end(end) {
      if (end.end !== "ok") return;
      pending += stagedPending();
      for (const token of stagedTokens("defer")) tokens.add(token);
      for (const token of stagedTokens("reply")) tokens.delete(token);
    },
  };
}
