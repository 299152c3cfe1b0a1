/**
 * A program for the tests, to be killed: writes to the log named on its command
 * line until somebody stops it, and says after each commit how far it has come.
 *
 * Each commit appends one entry to every chain, leaves one message for the first
 * actor and takes the one before, so that half a commit would show.
 */
import { writeSync } from "node:fs";
import process from "node:process";
import type { Write } from "../mod.ts";
import { openLog } from "../mod.ts";
import { appendOf, createOf, mailOf } from "./writes.ts";

const [path = ""] = process.argv.slice(2);
const addresses = ["a", "b", "c"];
const store = openLog(path);
if (store.actors().length === 0) store.commit(addresses.map((address) => createOf(address)));

while (true) {
  const seq = store.actor("a")?.size ?? 0;
  const writes: Write[] = [];
  for (const address of addresses) {
    writes.push(appendOf(address, seq, { parts: ["x".repeat(seq * 97 % 20_000)] }));
  }
  for (const { position } of store.mail("a")) writes.push({ write: "mail-taken", address: "a", position });
  writes.push({ write: "mail", address: "a", mail: mailOf(String(seq)) });
  store.commit(writes);
  writeSync(1, `${seq}\n`);
}
