import type { Request } from "theater";

export function init() {
  return { n: 0 };
}

export function handle(state: { n: number }, message: Request<{ by: number }>) {
  const n = state.n + message.body.by;
  return [{ n }, { n }];
}
