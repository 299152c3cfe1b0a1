// An account: its balance in cents, and what every transfer did to it. Messages, each about one transfer `id`:
//
//   {"op": "withdraw", "id": "t-1", "amount": 500}
//   {"op": "deposit", "id": "t-1", "amount": 500}
//   {"op": "cancel", "id": "t-1"}    gives a withdrawal back, leaves a deposit, and rules out what has not come
//   {"op": "show"}
//
// Each of them may come twice, or late: the second time changes nothing and is answered like the first. So
// whoever gets no answer asks again.
import { Refusal, type Request, type Turn } from "theater";

/** What a transfer did here: cents that came (or, negative, went), or nothing and never will. */
type Move = number | "cancelled";

interface Account {
  readonly balance: number;
  readonly moves: Readonly<Record<string, Move>>;
}

interface Order {
  readonly op?: unknown;
  readonly id?: unknown;
  readonly amount?: unknown;
}

export function init({ balance }: { balance: number }): Account {
  return { balance, moves: {} };
}

export function handle(account: Account, { from, body }: Request<Order | null>): Turn<Account> {
  const { balance, moves } = account;
  if (body?.op === "show") return [account, account];
  if (from === "outside") throw new Refusal("Only a teller moves money: send the transfer there");
  if (typeof body?.id !== "string") throw new Refusal("Wanted the id of a transfer");
  const id = `${from}:${body.id}`; // Two tellers may use the same id.
  const before = Object.hasOwn(moves, id) ? moves[id] : undefined;

  switch (body.op) {
    case "withdraw":
    case "deposit": {
      const move = body.op === "deposit" ? amountOf(body.amount) : -amountOf(body.amount);
      if (before === move) return [account, { move }];
      if (before !== undefined) throw new Refusal(`Transfer ${id} came before: ${before}`);
      if (balance + move < 0) throw new Refusal(`It holds ${balance} cents, ${-move} asked`);
      return [{ balance: balance + move, moves: { ...moves, [id]: move } }, { move }];
    }
    case "cancel": {
      if (typeof before === "number" && before > 0) return [account, { move: before }];
      const back = typeof before === "number" ? -before : 0;
      return [{ balance: balance + back, moves: { ...moves, [id]: "cancelled" } }, { move: "cancelled" }];
    }
    default:
      throw new Refusal(`Unknown op ${JSON.stringify(body.op)}: wanted withdraw, deposit, cancel or show`);
  }
}

function amountOf(amount: unknown): number {
  if (typeof amount === "number" && Number.isSafeInteger(amount) && amount > 0) return amount;
  throw new Refusal(`Wanted an amount in whole cents, got ${JSON.stringify(amount)}`);
}
