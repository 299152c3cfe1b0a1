/**
 * Makes a year in the books of a small bookshop: `postings.jsonl`, and `expected.json` with what the ledger
 * must say of it. The same files every time.
 *
 *     deno run -A examples/ledger/generate.ts        bun examples/ledger/generate.ts
 *
 * The balances are kept here in a way of their own (one list of postings, summed at the end), so that a
 * fault in `ledger.ts` does not appear in both.
 * @module
 */

import { writeFile } from "node:fs/promises";

const seed = 20250101;
const postingCount = 20_000;
const days = 365;

type Lines = readonly (readonly [account: string, cents: number])[];

interface Posting {
  readonly text: string;
  readonly lines: Lines;
}

/** Why a line will be refused; null if it will not be. */
type Refused = "overdraft" | "unbalanced" | "unknown_account" | null;

const accounts = [
  ["asset:bank", "asset", "EUR"],
  ["asset:cash", "asset", "EUR"],
  ["asset:card", "asset", "EUR"],
  ["asset:savings", "asset", "EUR"],
  ["asset:stock", "asset", "EUR"],
  ["asset:bank-usd", "asset", "USD"],
  ["asset:due-hotel", "asset", "EUR"],
  ["asset:due-school", "asset", "EUR"],
  ["asset:due-library", "asset", "EUR"],
  ["asset:due-museum", "asset", "EUR"],
  ["liability:vat", "liability", "EUR"],
  ["liability:loan", "liability", "EUR"],
  ["liability:vouchers", "liability", "EUR"],
  ["liability:printer", "liability", "EUR"],
  ["liability:wholesale", "liability", "EUR"],
  ["liability:press-usd", "liability", "USD"],
  ["equity:capital", "equity", "EUR"],
  ["equity:exchange", "equity", "EUR"],
  ["equity:exchange-usd", "equity", "USD"],
  ["income:books", "income", "EUR"],
  ["income:coffee", "income", "EUR"],
  ["income:events", "income", "EUR"],
  ["income:export-usd", "income", "USD"],
  ["expense:goods", "expense", "EUR"],
  ["expense:imports-usd", "expense", "USD"],
  ["expense:rent", "expense", "EUR"],
  ["expense:wages", "expense", "EUR"],
  ["expense:energy", "expense", "EUR"],
  ["expense:fees", "expense", "EUR"],
  ["expense:interest", "expense", "EUR"],
  ["expense:office", "expense", "EUR"],
] as const;

type Account = (typeof accounts)[number][0];

/** mulberry32: 32-bit integer arithmetic, so every engine draws the same. */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = randomFrom(seed);
const between = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));

function oneOf<T>(choices: readonly T[]): T {
  const choice = choices[between(0, choices.length - 1)];
  if (choice === undefined) throw new RangeError("Cannot choose: wanted at least one choice, got none");
  return choice;
}

/** Debits less credits so far, to decide what can be paid; the expected balances do not come from it. */
const held = new Map<string, number>();
const holds = (account: Account) => held.get(account) ?? 0;

const titles = [
  "Middlemarch",
  "Ulysses",
  "Emma",
  "Faust",
  "Candide",
  "Dune",
  "Momo",
  "Ficciones",
  "Beloved",
] as const;
const suppliers = ["liability:wholesale", "liability:printer"] as const;
const customers = [
  ["asset:due-hotel", "Hotel Astra"],
  ["asset:due-school", "Elm Street School"],
  ["asset:due-library", "Town Library"],
  ["asset:due-museum", "Harbour Museum"],
] as const;

/** Value added tax of 7 % that is contained in a price. */
const vatIn = (cents: number) => Math.round(cents * 7 / 107);

function sale(): Posting {
  const into: Account = random() < 0.7 ? "asset:card" : "asset:cash";
  if (random() < 0.45) {
    const cents = between(22, 130) * 10;
    return {
      text: oneOf(["Coffee", "Tea and cake", "Espresso"]),
      lines: [[into, cents], ["income:coffee", -cents]],
    };
  }
  const cents = between(590, 6900);
  const vat = vatIn(cents);
  return {
    text: oneOf(titles),
    lines: [[into, cents], ["income:books", vat - cents], ["liability:vat", -vat]],
  };
}

function invoice(): Posting {
  const [account, name] = oneOf(customers);
  const cents = between(4000, 90000);
  if (holds(account) > 200000) {
    const paid = between(100000, holds(account));
    return { text: `${name} pays`, lines: [["asset:bank", paid], [account, -paid]] };
  }
  return { text: `Invoice to ${name}`, lines: [[account, cents], ["income:books", -cents]] };
}

function goods(): Posting {
  const supplier = oneOf(suppliers);
  const owed = -holds(supplier);
  if (owed > 150000 && holds("asset:bank") > owed) {
    return { text: "Supplier paid", lines: [[supplier, owed], ["asset:bank", -owed]] };
  }
  const cents = between(3000, 45000);
  return { text: "Delivery", lines: [["asset:stock", cents], [supplier, -cents]] };
}

function sold(): Posting {
  const cents = Math.min(between(2000, 30000), holds("asset:stock"));
  if (cents < 1) return sale();
  return { text: "Cost of books sold", lines: [["expense:goods", cents], ["asset:stock", -cents]] };
}

function settlement(): Posting {
  const cents = holds("asset:card");
  if (cents < 10000) return sale();
  const fee = Math.round(cents * 0.012);
  return {
    text: "Card settlement",
    lines: [["asset:bank", cents - fee], ["expense:fees", fee], ["asset:card", -cents]],
  };
}

function deposit(): Posting {
  const cents = holds("asset:cash") - 20000;
  if (cents < 20000) return sale();
  return { text: "Cash to bank", lines: [["asset:bank", cents], ["asset:cash", -cents]] };
}

function voucher(): Posting {
  const cents = oneOf([1000, 2000, 2500, 5000]);
  if (-holds("liability:vouchers") > 30000) {
    return { text: "Voucher redeemed", lines: [["liability:vouchers", cents], ["income:books", -cents]] };
  }
  return { text: "Voucher sold", lines: [["asset:cash", cents], ["liability:vouchers", -cents]] };
}

function event(): Posting {
  const cents = between(8, 60) * 800;
  return {
    text: oneOf(["Reading", "Poetry night", "Book club"]),
    lines: [["asset:cash", cents], ["income:events", -cents]],
  };
}

function dollars(): Posting {
  const owed = -holds("liability:press-usd");
  if (owed > 100000 && holds("asset:bank-usd") > owed) {
    return { text: "Press paid", lines: [["liability:press-usd", owed], ["asset:bank-usd", -owed]] };
  }
  if (holds("asset:bank-usd") < 50000 && holds("asset:bank") > 400000) {
    const euros = between(90000, 200000);
    const bought = Math.round(euros * between(10400, 11700) / 10000);
    return {
      text: "Dollars bought",
      lines: [
        ["equity:exchange", euros],
        ["asset:bank", -euros],
        ["asset:bank-usd", bought],
        ["equity:exchange-usd", -bought],
      ],
    };
  }
  const cents = between(2000, 20000);
  if (random() < 0.4) {
    return { text: "Order from abroad", lines: [["asset:bank-usd", cents], ["income:export-usd", -cents]] };
  }
  return { text: "Import", lines: [["expense:imports-usd", cents], ["liability:press-usd", -cents]] };
}

function office(): Posting {
  const cents = Math.min(between(300, 9000), holds("asset:cash"));
  if (cents < 1) return sale();
  return {
    text: oneOf(["Paper", "Window cleaner", "Postage"]),
    lines: [["expense:office", cents], ["asset:cash", -cents]],
  };
}

/** What is due on a day of the month, as far as the bank can pay it. */
function due(day: number): Posting[] {
  const dayOfMonth = day % 30;
  const bank = (text: string, account: Account, cents: number): Posting[] =>
    cents > 0 && cents <= holds("asset:bank")
      ? [{ text, lines: [[account, cents], ["asset:bank", -cents]] }]
      : [];
  switch (dayOfMonth) {
    case 1:
      return bank("Rent", "expense:rent", 310000);
    case 9:
      return bank("VAT return", "liability:vat", -holds("liability:vat"));
    case 14:
      return bank("Electricity", "expense:energy", between(28000, 61000));
    case 20:
      return bank("Loan repayment", "liability:loan", Math.min(50000, -holds("liability:loan")));
    case 21:
      return bank("Interest", "expense:interest", Math.round(-holds("liability:loan") * 0.004));
    case 26:
      return bank("Wages", "expense:wages", 840000);
    case 28:
      return holds("asset:bank") > 3000000 ? bank("To savings", "asset:savings", 500000) : [];
    default:
      return [];
  }
}

/** Weighted by how often a shop sees them. */
const kinds: readonly (readonly [weight: number, make: () => Posting])[] = [
  [64, sale],
  [6, invoice],
  [6, goods],
  [8, sold],
  [3, settlement],
  [2, deposit],
  [3, voucher],
  [1, event],
  [3, dollars],
  [4, office],
];

function ordinary(): Posting {
  let pick = random() * kinds.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, make] of kinds) {
    pick -= weight;
    if (pick < 0) return make();
  }
  return sale();
}

/** A posting that somebody got wrong. */
function wrong(): [Posting, Refused] {
  switch (between(0, 9)) {
    case 0:
      return [
        { text: "Petty cash", lines: [["expense:ofice", 1250], ["asset:cash", -1250]] },
        "unknown_account",
      ];
    case 1:
    case 2:
    case 3:
    case 4: {
      const cents = holds("asset:cash") + between(1, 50000);
      return [{ text: "Cash to bank", lines: [["asset:bank", cents], ["asset:cash", -cents]] }, "overdraft"];
    }
    default: {
      const { text, lines } = sale();
      const off = oneOf([1, -1, 9, 90, -100]);
      return [
        { text, lines: lines.map(([account, cents], i) => [account, i === 0 ? cents + off : cents]) },
        "unbalanced",
      ];
    }
  }
}

const out: string[] = [];
const accepted: Lines[] = [];
const refused = { overdraft: 0, unbalanced: 0, unknown_account: 0 };

function opening(): Posting[] {
  return [
    { text: "Capital", lines: [["asset:bank", 4000000], ["equity:capital", -4000000]] },
    { text: "Loan", lines: [["asset:bank", 2500000], ["liability:loan", -2500000]] },
    { text: "Till", lines: [["asset:cash", 30000], ["asset:bank", -30000]] },
    { text: "First stock", lines: [["asset:stock", 1800000], ["asset:bank", -1800000]] },
  ];
}

function emit({ text, lines }: Posting, day: number, why: Refused): void {
  const id = `p-${String(out.length - accounts.length + 1).padStart(6, "0")}`;
  const date = new Date(Date.UTC(2025, 0, 1 + day)).toISOString().slice(0, 10);
  const written = lines.map(([account, amount]) => ({ account, amount }));
  out.push(JSON.stringify({ id, op: "post", date, text, lines: written }));
  if (why !== null) {
    refused[why]++;
    return;
  }
  accepted.push(lines);
  for (const [account, cents] of lines) held.set(account, (held.get(account) ?? 0) + cents);
}

for (const [index, [account, kind, currency]] of accounts.entries()) {
  const id = `o-${String(index + 1).padStart(6, "0")}`;
  out.push(JSON.stringify({ id, op: "open", account, kind, currency, overdraft: kind !== "asset" }));
}
for (const posting of opening()) emit(posting, 0, null);
let today = -1;
for (let made = out.length - accounts.length; made < postingCount; made = out.length - accounts.length) {
  const day = Math.floor(made * days / postingCount);
  if (day !== today) {
    today = day;
    for (const posting of due(day)) emit(posting, day, null);
  } else if (random() < 0.01) {
    const [posting, why] = wrong();
    emit(posting, day, why);
  } else {
    emit(ordinary(), day, null);
  }
}

const balances: Record<string, number> = {};
for (const [account, kind] of [...accounts].sort(([a], [b]) => a < b ? -1 : 1)) {
  const sum = accepted.flat().filter(([name]) => name === account).reduce(
    (total, [, cents]) => total + cents,
    0,
  );
  balances[account] = kind === "asset" || kind === "expense" ? sum : 0 - sum;
}
const expected = {
  lines: out.length,
  accounts: accounts.length,
  postings: accepted.length,
  refused,
  balances,
};

await writeFile(new URL("./postings.jsonl", import.meta.url), `${out.join("\n")}\n`);
await writeFile(new URL("./expected.json", import.meta.url), `${JSON.stringify(expected, null, 2)}\n`);
console.log(`${out.length} lines, ${accepted.length} postings accepted, refused: ${JSON.stringify(refused)}`);
