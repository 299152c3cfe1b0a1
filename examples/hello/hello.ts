import { log, Refusal, type Request } from "theater";

/** The state: how many were greeted. */
export function init() {
  return { greeted: 0 };
}

export function handle(state: { greeted: number }, message: Request<{ name?: unknown } | null>) {
  const name = message.body?.name;
  if (typeof name !== "string" || name === "") {
    throw new Refusal('Tell me a name, as in {"name": "Ada"}');
  }
  log.info("greeting", name);
  const greeted = state.greeted + 1;
  return [{ greeted }, { hello: name, greeted }];
}
