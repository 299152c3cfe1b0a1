/**
 * Who has a worker: a place for each, of which a house may have no more than so many.
 *
 * An actor takes a place before it starts a worker and leaves it when that is
 * gone; a worker that takes the place of another of the same actor keeps it.
 */
export interface Places {
  /** Calls `start` once there is a place: at once, or when it is its turn. An actor asks once at a time. */
  take(address: string, start: () => void): void;
  /** It has nothing to do: `sleep` is called after so long, or as soon as another needs the place. */
  idle(address: string, idleMs: number, sleep: () => void): void;
  /** It has something to do again. */
  busy(address: string): void;
  /** It has no worker any more, or waits for none. */
  leave(address: string): void;
  /** Whether others wait, and it has had its place for long enough. */
  overstays(address: string): boolean;
}
