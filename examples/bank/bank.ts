// The bank itself holds no money and moves none. It is the supervisor of tellers and accounts, which the
// manifest declares, and keeps count of what its supervision did.
import { log, type Message, Refusal, type Turn } from "theater";

interface Bank {
  /** How often each child crashed. */
  readonly crashes: Readonly<Record<string, number>>;
}

export function init(): Bank {
  return { crashes: {} };
}

export function handle(bank: Bank, message: Message): Turn<Bank> {
  switch (message.type) {
    case "news": {
      const crashes = { ...bank.crashes };
      for (const { child, event, reason } of message.body.news) {
        log.info(child, event, reason);
        if (event === "crashed") crashes[child] = (crashes[child] ?? 0) + 1;
      }
      return [{ crashes }, null];
    }
    case "request":
      return [bank, bank];
    default:
      throw new Refusal(`The bank does not expect a ${message.type}`);
  }
}
