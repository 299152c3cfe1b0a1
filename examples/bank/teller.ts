// A teller: moves money between two accounts, which are actors of their own. Messages from outside:
//
//   {"op": "transfer", "id": "t-1", "from": "ann", "to": "bob", "amount": 500, "memo": "rent"}
//   {"op": "status", "id": "t-1"}
//   {"op": "show"}
//
// A transfer is a saga: take the money from one account, bring it to the other; if the other does not take it,
// give it back. Each step is a request, and the teller goes on when its reply comes. A reply that says "done" or
// "no" is final. Any other (a crash, no answer in time) leaves open what happened, so the step is tried again:
// accounts do the same step of the same transfer only once. After three attempts the teller cancels the step
// and learns whether it had happened after all; it asks for that until it is told.
//
// The steps under way are in the state, and so survive a crash of the teller and of the host. Whoever sent the
// transfer waits meanwhile: the response is deferred. If nobody waits, or the host stopped in between, ask for the
// status.
import {
  defer,
  log,
  type Message,
  Refusal,
  type Reply,
  reply,
  request,
  SendError,
  timers,
  type Turn,
} from "theater";

interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
  readonly memo: string;
  /**
   * take:   the money is asked of the first account
   * bring:  the first account gave it, the second is asked to take it
   * settle: whether the second has taken it is unclear: it is asked, and takes it no more if it has not
   * return: the second will not take it, the first is asked to take it back
   */
  readonly step: "take" | "bring" | "settle" | "return" | "done" | "failed";
  /** Failed attempts at this step. */
  readonly attempts: number;
  /** Why it has failed, or will have. */
  readonly why?: string;
  /** Who waits for the outcome. */
  readonly token?: string;
}

interface Teller {
  readonly transfers: Readonly<Record<string, Transfer>>;
  /** The transfer that each open request is about. */
  readonly asked: Readonly<Record<string, string>>;
}

/** What comes from outside, as it should be. */
interface Order {
  readonly op: string;
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly amount: number;
  readonly memo: string;
}

/** What an account answers to a step. */
interface Moved {
  readonly move: number | "cancelled";
}

const attemptsMax = 3;
const timeoutMs = 2000;

export function init(): Teller {
  return { transfers: {}, asked: {} };
}

export function handle(teller: Teller, message: Message<Order, string, Moved>): Turn<Teller> {
  switch (message.type) {
    case "request":
    case "send":
      return answered(teller, message.body);
    case "timer":
      return [ask(teller, message.body), null];
    case "reply":
      return [replied(teller, message), null];
    default:
      throw new Refusal(`A teller does not expect ${message.type}`);
  }
}

function answered(teller: Teller, order: Order): Turn<Teller> {
  switch (order.op) {
    case "transfer":
      return begin(teller, order);
    case "status":
      return [teller, Object.hasOwn(teller.transfers, order.id) ? transferOf(teller, order.id) : null];
    case "show":
      return [teller, teller];
    default:
      throw new Refusal(`Unknown op ${JSON.stringify(order.op)}: wanted transfer, status or show`);
  }
}

function begin(teller: Teller, { id, from, to, amount, memo }: Order): Turn<Teller> {
  if (Object.hasOwn(teller.transfers, id)) throw new Refusal(`Transfer ${id} came before`);
  if (from === to) throw new Refusal("Wanted two accounts");
  // Wrong on purpose: nothing says that the memo is a text. If it is a number, this is a crash: the supervisor
  // starts the teller again with the state that it had, and the message is not tried again.
  const text = memo.trim();
  const token = defer();
  const transfer = {
    from,
    to,
    amount,
    memo: text,
    step: "take",
    attempts: 0,
    ...(token && { token }),
  } as const;
  return [ask({ ...teller, transfers: { ...teller.transfers, [id]: transfer } }, id), { begun: id }];
}

/** Asks an account for the step that a transfer has come to. */
function ask(teller: Teller, id: string): Teller {
  const { from, to, amount, step } = transferOf(teller, id);
  switch (step) {
    case "take":
      return asked(teller, id, from, { op: "withdraw", id, amount });
    case "bring":
      return asked(teller, id, to, { op: "deposit", id, amount });
    case "settle":
      return asked(teller, id, to, { op: "cancel", id });
    case "return":
      return asked(teller, id, from, { op: "cancel", id });
    case "done":
    case "failed":
      return teller;
  }
}

function asked(teller: Teller, id: string, account: string, order: object): Teller {
  const question = request(`bank/${account}`, order, timeoutMs);
  return { ...teller, asked: { ...teller.asked, [question]: id } };
}

function replied(teller: Teller, answer: Reply<Moved>): Teller {
  const { [answer.request]: id, ...others } = teller.asked;
  if (id === undefined) throw new Error(`Nothing was asked in request ${answer.request}`);
  const rest = { ...teller, asked: others };
  const { step, attempts } = transferOf(rest, id);
  const go = (changes: Partial<Transfer>) => ask(changed(rest, id, { attempts: 0, ...changes }), id);

  if (answer.outcome === "ok") {
    switch (step) {
      case "take":
        return go({ step: "bring" });
      case "bring":
        return end(rest, id, "done");
      case "settle":
        return answer.body.move === "cancelled" ? go({ step: "return" }) : end(rest, id, "done");
      case "return":
      case "done":
      case "failed":
        return end(rest, id, "failed");
    }
  }
  const why = `${answer.from}: ${answer.body ?? answer.outcome}`;
  const isNo = answer.outcome === "refused" || answer.body === "no_actor";
  if (isNo && step === "take") return end(changed(rest, id, { why }), id, "failed");
  if (isNo && step === "bring") return go({ step: "return", why });

  // Nobody knows whether it happened.
  log.warn(`transfer ${id}, step ${step}, attempt ${attempts + 1}:`, why);
  if (attempts + 1 < attemptsMax || step === "settle" || step === "return") {
    timers.set(Math.min(100 * 2 ** attempts, 10_000), id);
    return changed(rest, id, { attempts: attempts + 1, why });
  }
  return go({ step: step === "take" ? "return" : "settle", why });
}

/** Nothing more is to be done: tells whoever waits. */
function end(teller: Teller, id: string, step: "done" | "failed"): Teller {
  const { token, why, ...transfer } = transferOf(teller, id);
  if (token !== undefined) tell(token, step === "done" ? { done: id } : { failed: id, why });
  const ended = { ...transfer, step, ...(step === "failed" && why !== undefined && { why }) };
  return { ...teller, transfers: { ...teller.transfers, [id]: ended } };
}

function tell(token: string, outcome: object): void {
  try {
    reply(token, outcome);
  } catch (error) {
    if (!(error instanceof SendError && error.code === "nobody")) throw error;
    // Who asked from outside is gone once the host has stopped. The transfer is as good without them.
  }
}

function changed(teller: Teller, id: string, changes: Partial<Transfer>): Teller {
  return { ...teller, transfers: { ...teller.transfers, [id]: { ...transferOf(teller, id), ...changes } } };
}

function transferOf(teller: Teller, id: string): Transfer {
  const transfer = teller.transfers[id];
  if (transfer === undefined) throw new Error(`There is no transfer ${id}`);
  return transfer;
}
