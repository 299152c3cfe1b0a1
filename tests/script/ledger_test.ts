import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { bundleScript } from "../../src/script/mod.ts";
import { refusalText, request, type ScriptActor, startSource } from "./script_actor.ts";

const folder = new URL("../../examples/ledger/", import.meta.url);
const read = (name: string) => readFile(new URL(name, folder), "utf8");

async function startLedger(): Promise<ScriptActor> {
  const options = { read: (path: string) => readFile(path, "utf8") };
  return startSource((await bundleScript(fileURLToPath(new URL("ledger.ts", folder)), options)).source);
}

interface Expected {
  readonly lines: number;
  readonly postings: number;
  readonly refused: Readonly<Record<"overdraft" | "unbalanced" | "unknown_account", number>>;
  readonly balances: Readonly<Record<string, number>>;
}

interface Balances {
  readonly postings: number;
  readonly accounts: readonly { readonly account: string; readonly balance: number }[];
  readonly totals: Readonly<Record<string, { readonly debit: number; readonly credit: number }>>;
}

test("the ledger closes the year with the balances that were reckoned apart from it", async () => {
  const ledger = await startLedger();
  const expected: Expected = JSON.parse(await read("expected.json"));
  const lines = (await read("postings.jsonl")).trimEnd().split("\n");
  strictEqual(lines.length, expected.lines);
  strictEqual(new Set(lines.map((line) => JSON.parse(line).id)).size, lines.length);

  let state = ledger.init("null");
  const refused = { overdraft: 0, unbalanced: 0, unknown_account: 0 };
  for (const line of lines) {
    try {
      [state] = ledger.handle(state, `{"type":"request","from":"outside","body":${line}}`);
    } catch (error) {
      const text = refusalText(error);
      if (text === undefined) throw error;
      if (text.includes("would be overdrawn")) refused.overdraft++;
      else if (text.includes("add up to")) refused.unbalanced++;
      else if (text.includes("there is no account")) refused.unknown_account++;
      else throw error;
    }
  }
  const balances: Balances = JSON.parse(ledger.handle(state, request({ op: "balances" }))[1]);
  deepStrictEqual(
    Object.fromEntries(balances.accounts.map((a) => [a.account, a.balance])),
    expected.balances,
  );
  deepStrictEqual(refused, expected.refused);
  strictEqual(balances.postings, expected.postings);
  for (const { debit, credit } of Object.values(balances.totals)) strictEqual(debit, credit);
  ok(state.length < 4096, "the state holds balances, not the history");
});

const open = (account: string, kind: string, more: object = {}) => ({
  op: "open",
  account,
  kind,
  currency: "EUR",
  ...more,
});
const post = (lines: unknown, more: object = {}) => (
  { op: "post", id: "p-1", date: "2025-01-31", text: "Test", lines, ...more }
);
const line = (account: string, amount: unknown) => ({ account, amount });

/** A ledger with some accounts, 10.00 EUR in cash. */
async function smallLedger(): Promise<{ send: (body: unknown) => unknown; cash: () => unknown }> {
  const ledger = await startLedger();
  let state = ledger.init("null");
  const send = (body: unknown) => {
    const [after, response] = ledger.handle(state, request(body));
    state = after;
    return JSON.parse(response);
  };
  send(open("cash", "asset"));
  send(open("bank", "asset", { overdraft: true }));
  send(open("sales", "income"));
  send(open("dollars", "asset", { currency: "USD", overdraft: true }));
  send(post([line("cash", 1000), line("sales", -1000)]));
  return { send, cash: () => (send({ op: "balance", account: "cash" }) as { balance: unknown }).balance };
}

const refusals: readonly (readonly [body: unknown, text: string])[] = [
  [null, 'Wanted the message to be an object, as in {"op": "balances"}'],
  [{ op: "close" }, 'Unknown op "close": wanted open, post, balance or balances'],
  [open("cash", "asset"), "Cannot open cash: it is open"],
  [open("__proto__", "asset"), 'Cannot open "__proto__": wanted a name of a-z, 0-9, ":", "_" and "-"'],
  [open("x", "toString"), "Cannot open x: wanted a kind of asset, expense, liability, income, equity"],
  [open("x", "asset", { currency: "euro" }), 'Cannot open x: wanted a currency like "EUR"'],
  [open("x", "asset", { overdraft: "no" }), "Cannot open x: overdraft is true or false"],
  [post([line("cash", 1), line("sales", -2)]), "Cannot post p-1: its lines add up to -0.01 EUR, not to zero"],
  [
    post([line("cash", 1), line("dollars", -1)]),
    "Cannot post p-1: its lines add up to 0.01 EUR, not to zero",
  ],
  [post([line("till", 1), line("cash", -1)]), 'Cannot post p-1: there is no account "till"'],
  [post([line("constructor", 1), line("cash", -1)]), 'Cannot post p-1: there is no account "constructor"'],
  [
    post([line("bank", 1001), line("cash", -1001)]),
    "Cannot post p-1: cash would be overdrawn: it holds 10.00 EUR, 10.01 asked",
  ],
  [
    post([line("cash", 0.5), line("sales", -0.5)]),
    "Cannot post p-1: wanted an amount in whole cents, got 0.5",
  ],
  [
    post([line("cash", "1.00"), line("sales", -1)]),
    'Cannot post p-1: wanted an amount in whole cents, got "1.00"',
  ],
  [
    post([line("cash", 2 ** 53), line("sales", -(2 ** 53))]),
    "Cannot post p-1: wanted an amount in whole cents, got 9007199254740992",
  ],
  [
    post([line("cash", Number.MAX_SAFE_INTEGER), line("sales", -Number.MAX_SAFE_INTEGER)]),
    "Cannot post p-1: an amount or balance grows past what a number holds exactly",
  ],
  [post([line("cash", 1)]), "Cannot post p-1: wanted at least two lines"],
  [post("none"), "Cannot post p-1: wanted at least two lines"],
  [post([1, 2]), 'Wanted each line to be an object, as in {"op": "balances"}'],
  [post([], { date: "2025-02-30" }), 'Cannot post p-1: wanted a date like "2025-01-31", got "2025-02-30"'],
  [post([], { id: 5 }), 'Wanted "id" to be a text of 1 to 200 characters, got 5'],
  [{ op: "balance", account: "till" }, 'There is no account "till"'],
];

for (const [body, text] of refusals) {
  test(`the ledger refuses: ${text}`, async () => {
    const { send, cash } = await smallLedger();
    throws(() => send(body), (error) => {
      strictEqual(refusalText(error), text);
      return true;
    });
    strictEqual(cash(), 1000);
  });
}

test("the ledger takes amounts as digits, and what brings an overdrawn account nearer to zero", async () => {
  const { send, cash } = await smallLedger();
  deepStrictEqual(send(post([line("cash", "-1000"), line("bank", "1000")])), { posted: "p-1", number: 2 });
  strictEqual(cash(), 0);
  send(post([line("bank", -5000), line("sales", 5000)]));
  send(post([line("bank", 1000), line("sales", -1000)]));
  deepStrictEqual(send({ op: "balance", account: "bank" }), {
    account: "bank",
    kind: "asset",
    currency: "EUR",
    balance: -3000,
  });
});
