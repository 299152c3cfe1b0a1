import { type Control, progress } from "./control.ts";

/** How often the watch looks, in milliseconds. */
const intervalMs = 100;

/** Watches one worker while it is busy. */
export interface Watch {
  /** It is busy from now on; each of its turns may take `allowedMs`. */
  begin(allowedMs: number): void;
  rest(): void;
}

/** Workers that are busy, looked at by one timer for all. */
const watched = new Set<() => void>();
let watchTimer: ReturnType<typeof setInterval> | undefined;

/** What to do about a worker that shows no progress. */
export interface WatchOrders {
  /** Between the two calls below. */
  readonly graceMs: number;
  /** Nothing moved for as long as was allowed. */
  overrun(): void;
  /** Nothing moved for the grace after that either. */
  hopeless(): void;
}

/** Watches a worker by the progress that it marks in its control words. */
export function watchOver(control: Control, orders: WatchOrders): Watch {
  let seen = -1;
  let since = 0;
  let allowed = 0;
  let overran = false;
  const look = () => {
    const now = performance.now();
    const at = progress(control);
    if (at !== seen) {
      seen = at;
      since = now;
      return;
    }
    if (now - since < allowed) return;
    if (overran) return orders.hopeless();
    overran = true;
    since = now;
    allowed = orders.graceMs;
    orders.overrun();
  };
  return {
    begin(allowedMs) {
      seen = progress(control);
      since = performance.now();
      allowed = allowedMs;
      overran = false;
      watched.add(look);
      watchTimer ??= setInterval(() => {
        for (const each of [...watched]) each();
      }, intervalMs);
    },
    rest() {
      watched.delete(look);
      if (watched.size > 0) return;
      clearInterval(watchTimer);
      watchTimer = undefined;
    },
  };
}
