// A double-entry ledger. Messages:
//
//   {"op": "open", "account": "asset:cash", "kind": "asset", "currency": "EUR", "overdraft": false}
//   {"op": "post", "id": "p-1", "date": "2025-01-31", "text": "Rent",
//    "lines": [{"account": "expense:rent", "amount": 120000}, {"account": "asset:cash", "amount": -120000}]}
//   {"op": "balance", "account": "asset:cash"}
//   {"op": "balances"}
//
// Amounts are whole cents, debits positive and credits negative. A posting whose lines do not add up to zero
// in every currency is refused, and so is one that would overdraw an account that must not be.
import { type Json, Refusal, type Request, type Turn } from "theater";

type Kind = "asset" | "expense" | "liability" | "income" | "equity";

interface Account {
  readonly kind: Kind;
  readonly currency: string;
  /** Whether its balance may fall below zero. */
  readonly overdraft: boolean;
  /** Debits less credits, in cents. */
  readonly balance: number;
}

/** Balances only: the history is in Theater's log. */
interface Ledger {
  readonly postings: number;
  readonly accounts: Readonly<Record<string, Account>>;
}

interface Line {
  readonly account: string;
  readonly amount: number;
}

/** Which side makes the balance of an account grow: 1 for debits, -1 for credits. */
const side: Readonly<Record<Kind, 1 | -1>> = { asset: 1, expense: 1, liability: -1, income: -1, equity: -1 };

export function init(): Ledger {
  return { postings: 0, accounts: {} };
}

export function handle(ledger: Ledger, message: Request<unknown>): Turn<Ledger> {
  const body = record(message.body, "the message");
  switch (body.op) {
    case "open":
      return open(ledger, body);
    case "post":
      return post(ledger, body);
    case "balance": {
      const name = text(body.account, "account");
      return [ledger, view(name, account(ledger, name))];
    }
    case "balances":
      return [ledger, balances(ledger)];
    default:
      throw new Refusal(`Unknown op ${JSON.stringify(body.op)}: wanted open, post, balance or balances`);
  }
}

function open(ledger: Ledger, body: Body): Turn<Ledger> {
  const name = text(body.account, "account");
  if (!/^[a-z0-9][a-z0-9:_-]{0,63}$/.test(name)) {
    throw new Refusal(`Cannot open ${JSON.stringify(name)}: wanted a name of a-z, 0-9, ":", "_" and "-"`);
  }
  if (Object.hasOwn(ledger.accounts, name)) throw new Refusal(`Cannot open ${name}: it is open`);
  const kind = body.kind;
  if (!isKind(kind)) {
    throw new Refusal(`Cannot open ${name}: wanted a kind of ${Object.keys(side).join(", ")}`);
  }
  const currency = text(body.currency, "currency");
  if (!/^[A-Z]{3}$/.test(currency)) throw new Refusal(`Cannot open ${name}: wanted a currency like "EUR"`);
  const overdraft = body.overdraft ?? kind !== "asset";
  if (typeof overdraft !== "boolean") throw new Refusal(`Cannot open ${name}: overdraft is true or false`);

  const opened: Account = { kind, currency, overdraft, balance: 0 };
  return [{ ...ledger, accounts: { ...ledger.accounts, [name]: opened } }, { opened: name }];
}

function post(ledger: Ledger, body: Body): Turn<Ledger> {
  const id = text(body.id, "id");
  const refuse = (why: string) => new Refusal(`Cannot post ${id}: ${why}`);
  const date = text(body.date, "date");
  if (!isDate(date)) throw refuse(`wanted a date like "2025-01-31", got ${JSON.stringify(date)}`);
  text(body.text, "text");
  if (!Array.isArray(body.lines) || body.lines.length < 2) throw refuse("wanted at least two lines");

  const accounts = { ...ledger.accounts };
  const sums: Record<string, number> = {};
  const touched = new Set<string>();
  for (const { account: name, amount } of body.lines.map((line) => lineOf(line, refuse))) {
    if (!Object.hasOwn(accounts, name)) throw refuse(`there is no account "${name}"`);
    const before = accounts[name]!;
    accounts[name] = { ...before, balance: safe(before.balance + amount, refuse) };
    sums[before.currency] = safe((sums[before.currency] ?? 0) + amount, refuse);
    touched.add(name);
  }
  for (const [currency, sum] of Object.entries(sums)) {
    if (sum !== 0) throw refuse(`its lines add up to ${money(sum)} ${currency}, not to zero`);
  }
  for (const name of touched) {
    const { kind, overdraft, balance, currency } = accounts[name]!;
    const before = ledger.accounts[name]!.balance * side[kind];
    const after = balance * side[kind];
    if (!overdraft && after < 0 && after < before) {
      throw refuse(
        `${name} would be overdrawn: it holds ${money(before)} ${currency}, ${money(before - after)} asked`,
      );
    }
  }
  const postings = ledger.postings + 1;
  return [{ postings, accounts }, { posted: id, number: postings }];
}

function balances(ledger: Ledger): Json {
  const totals: Record<string, { debit: number; credit: number }> = {};
  for (const { currency, balance } of Object.values(ledger.accounts)) {
    const total = totals[currency] ??= { debit: 0, credit: 0 };
    if (balance > 0) total.debit += balance;
    else total.credit -= balance;
  }
  const accounts = Object.keys(ledger.accounts).sort().map((name) => view(name, account(ledger, name)));
  return { postings: ledger.postings, accounts, totals };
}

/** An account as others see it: its balance on the side on which it grows. */
function view(name: string, { kind, currency, balance }: Account) {
  return { account: name, kind, currency, balance: balance === 0 ? 0 : balance * side[kind] };
}

function account(ledger: Ledger, name: string): Account {
  const found = Object.hasOwn(ledger.accounts, name) ? ledger.accounts[name] : undefined;
  if (found === undefined) throw new Refusal(`There is no account "${name}"`);
  return found;
}

type Body = Readonly<Record<string, unknown>>;

function record(value: unknown, what: string): Body {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Refusal(`Wanted ${what} to be an object, as in {"op": "balances"}`);
  }
  return value as Body;
}

function text(value: unknown, member: string): string {
  if (typeof value === "string" && value !== "" && value.length <= 200) return value;
  throw new Refusal(`Wanted "${member}" to be a text of 1 to 200 characters, got ${JSON.stringify(value)}`);
}

function isKind(value: unknown): value is Kind {
  return typeof value === "string" && Object.hasOwn(side, value);
}

function isDate(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const ms = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(value);
}

/** Cents are whole: a number that is a safe integer, or its digits in a string. */
function lineOf(value: unknown, refuse: (why: string) => Refusal): Line {
  const line = record(value, "each line");
  const digits = typeof line.amount === "string" && /^-?[0-9]{1,16}$/.test(line.amount);
  const amount = digits ? Number(line.amount) : line.amount;
  if (typeof amount !== "number" || !Number.isSafeInteger(amount)) {
    throw refuse(`wanted an amount in whole cents, got ${JSON.stringify(line.amount)}`);
  }
  return { account: text(line.account, "account"), amount };
}

function safe(cents: number, refuse: (why: string) => Refusal): number {
  if (Number.isSafeInteger(cents)) return cents;
  throw refuse("an amount or balance grows past what a number holds exactly");
}

function money(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, "0");
  return `${cents < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
