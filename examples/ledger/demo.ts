/**
 * A year of a bookshop's postings through the ledger actor: what
 * `theater run theater.toml - --id-from /id < postings.jsonl` does, and then the
 * closing balances.
 *
 * Kill it at any moment and start it again: every posting counts once.
 *
 * @module
 */

import { createReadStream } from "node:fs";
import { dirname, join, relative } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Context, main, type Output, processContext } from "../../src/cli/mod.ts";
import { setExitCode } from "../../src/platform/mod.ts";

const folder = dirname(fileURLToPath(import.meta.url));
const here = relative(".", folder);
const manifest = join(here, "theater.toml");
const input = join(folder, "postings.jsonl");

const process = processContext({ colour: true });
const { out } = process;
const { bold, dim, red } = out.style;

const postings = await runThrough();
if (postings.code > 1) setExitCode(postings.code); // It has said why.
else if (await showBalances()) await sayWhatNext();

/** Sends every line of the input to the ledger; a posting that it refuses is an answer like any other. */
async function runThrough() {
  await out.write(`${bold("Running")} ${join(here, "postings.jsonl")} through the actor of ${manifest}\n`);
  const refusals: string[] = [];
  let answered = 0;
  const code = await main(["run", manifest, "-", "--id-from", "/id"], {
    ...process,
    inputLines: () => linesOf(createInterface({ input: createReadStream(input) })),
    out: sink((line) => {
      answered += 1;
      const { error } = JSON.parse(line) as { error?: { message: string } };
      if (error !== undefined) refusals.push(error.message);
      if (process.err.columns === undefined && answered % 5000 === 0) {
        return out.write(`  ${formatCount(answered)} lines\n`);
      }
    }),
  });
  if (code <= 1) {
    const [lines, refused] = [formatCount(answered), formatCount(refusals.length)];
    await out.write(`${lines} lines answered, ${refused} of them refused, for example:\n`);
    for (const refusal of refusals.slice(0, 3)) await out.write(`  ${red("refused")} ${dim(refusal)}\n`);
  }
  return { code };
}

/** Asks the actor for the balances, and shows them. */
async function showBalances(): Promise<boolean> {
  const answers: string[] = [];
  const code = await main(["run", manifest, "-", "--quiet"], {
    ...process,
    inputLines: () => linesOf(['{"op":"balances"}']),
    out: sink((line) => void answers.push(line)),
  });
  if (code !== 0) {
    setExitCode(code);
    return false;
  }
  const ledger = JSON.parse(answers[0] ?? "null") as Balances;
  await out.write(`\n${bold("Closing balances")} after ${formatCount(ledger.postings)} postings\n`);
  for (const { account, currency, balance } of ledger.accounts) {
    await out.write(`  ${account.padEnd(24)} ${money(balance).padStart(14)} ${currency}\n`);
  }
  for (const [currency, { debit, credit }] of Object.entries(ledger.totals)) {
    const verdict = debit === credit ? "balanced" : red("NOT BALANCED");
    await out.write(
      `  ${`total ${currency}`.padEnd(24)} ${money(debit).padStart(14)} ${currency}, ${verdict}\n`,
    );
  }
  return true;
}

/** What the ledger answers to `balances`; amounts in cents. */
interface Balances {
  readonly postings: number;
  readonly accounts: readonly {
    readonly account: string;
    readonly currency: string;
    readonly balance: number;
  }[];
  readonly totals: Readonly<Record<string, { readonly debit: number; readonly credit: number }>>;
}

async function sayWhatNext() {
  const log = join(here, ".theater", "theater.db");
  await out.write(`
Every message, answer and state of this is in ${bold(log)}. Look at it:
  deno task theater log ledger --last 10 --db ${log}
  deno task theater log ledger --text p-019999 --db ${log}
  deno task theater show ledger 100 --db ${log}
  deno task theater state ledger --db ${log}
  sqlite3 ${log} 'SELECT * FROM messages LIMIT 3'
`);
}

function money(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, "0");
  const whole = digits.slice(0, -2).replace(/\B(?=(?:[0-9]{3})+$)/g, ",");
  return `${cents < 0 ? "-" : ""}${whole}.${digits.slice(-2)}`;
}

function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** An output that hands over each line. */
function sink(line: (text: string) => void | Promise<void>): Output {
  return { style: out.style, write: async (text) => void (await line(text)) };
}

function linesOf(lines: Iterable<string> | AsyncIterable<string>): ReturnType<Context["inputLines"]> {
  let open = true;
  return {
    async *[Symbol.asyncIterator]() {
      for await (const line of lines) {
        if (!open) return;
        yield line;
      }
    },
    close: () => void (open = false),
  };
}
