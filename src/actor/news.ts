import type { News } from "../chain/mod.ts";
import type { ActorPorts } from "./ports.ts";

/** How long news is gathered before it becomes a message, in milliseconds. */
const gatherMs = 20;

/** No more than one message in this time, so that the noise of children stays theirs. */
const intervalMs = 1000;

/** Most that one message holds: of more, the oldest go. */
const itemsMax = 256;

/** Gathers what happens to children, so that much of it in a short time is one message. */
export interface NewsDesk {
  tell(news: News): void;
  /** Writes at once what was gathered. */
  flush(): void;
  /** What a message says that takes the place of others which wait, given by their bodies. */
  merge(waiting: readonly string[], news: readonly News[]): readonly News[];
}

/** @param write given what was gathered */
export function createNewsDesk(
  ports: Pick<ActorPorts, "after" | "nowMs">,
  write: (news: readonly News[]) => void,
): NewsDesk {
  let gathered: News[] = [];
  let scheduled = false;
  let lastMs = -Infinity;

  function flush() {
    if (gathered.length === 0) return;
    const news = gathered;
    gathered = [];
    lastMs = ports.nowMs();
    write(news);
  }

  return {
    tell(news) {
      gathered.push(news);
      if (gathered.length > itemsMax) gathered.shift();
      if (scheduled) return;
      scheduled = true;
      const waitMs = Math.min(intervalMs, Math.max(gatherMs, lastMs + intervalMs - ports.nowMs()));
      ports.after(waitMs, () => {
        scheduled = false;
        flush();
      });
    },
    flush,
    merge(waiting, news) {
      const before = waiting.flatMap((body) => (JSON.parse(body) as { readonly news: readonly News[] }).news);
      return [...before, ...news].slice(-itemsMax);
    },
  };
}
