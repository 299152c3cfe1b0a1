import type { Request } from "theater";

/** After a thousand messages it is where it was. */
const length = 1000;

export function init() {
  return { n: 0 };
}

export function handle(state: { n: number }, _message: Request<unknown>) {
  const n = (state.n + 1) % length;
  return [{ n }, { n }];
}
