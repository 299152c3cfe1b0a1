import { Buffer } from "node:buffer";
import { addressOf } from "../../address/mod.ts";
import type { Entry, PartRole } from "../../chain/mod.ts";
import { CliError } from "../cli_error.ts";
import { defineCommand } from "../command.ts";
import { type Check, type CheckedEntry, type CheckedPart, checkEntry, holds } from "../entry_check.ts";
import { partsJson } from "../entry_json.ts";
import { isJsonRole } from "../entry_words.ts";
import { exitCode } from "../exit_code.ts";
import { readEntry } from "../logged_entry.ts";
import { required, value } from "../option.ts";
import { partRoles } from "../part_roles.ts";
import { prettyJson } from "../pretty_json.ts";
import { printable, printableLines } from "../printable.ts";
import { countOf, formatBytes, formatCount } from "../quantity.ts";
import { readLog, requireActor } from "../read_log.ts";
import { actorAddress, choice, wholeNumber } from "../readers.ts";
import type { Style } from "../style.ts";
import { toMoment } from "../timestamp.ts";

const columnsPiped = 100;

/** `theater show <actor> <seq>` */
export const show = defineCommand({
  name: "show",
  summary: "Show one entry whole, with its hashes checked",
  details: [
    "Shows the entry as it was hashed, where it stands, and everything that was said. Each hash is " +
    "computed anew: ✓ it is the one that is written down, ✗ it is not (exit code 1), ? there is " +
    "nothing to compare it with.",
  ],
  options: { part: value(choice("<role>", partRoles), "only this part, its bytes as they are kept") },
  operands: {
    actor: required(actorAddress, "its address, as theater ps lists it"),
    seq: required(wholeNumber("<seq>"), "the number of the entry, as theater log shows it"),
  },
  examples: [
    { line: "theater show ledger 14", note: "everything about entry 14" },
    { line: "theater show ledger 14 --part response | jq", note: "what was answered, for other programs" },
    { line: "theater show ledger 14 --json", note: "everything, for other programs" },
  ],
  async run({ options, operands, global, context: { out, folder } }) {
    if (options.part !== undefined && global.json) {
      throw new CliError({
        code: "conflict",
        options: ["--part", "--json"],
        why: "a part is shown as it is kept",
      });
    }
    return await readLog(global.db, folder, async (reader) => {
      const actor = requireActor(reader, operands.actor);
      const stored = reader.entry(actor.address, operands.seq);
      if (stored === undefined) {
        throw new CliError({
          code: "no_such_entry",
          actor: actor.address,
          got: operands.seq,
          size: actor.size,
        });
      }
      const checked = checkEntry(reader, actor, readEntry(reader, actor.address, stored));
      if (options.part !== undefined) await out.write(`${rawPart(checked, options.part)}\n`);
      else if (global.json) await out.write(formatJson(checked));
      else await out.write(format(checked, out.style, out.columns ?? columnsPiped));
      return holds(checked) ? exitCode.done : exitCode.no;
    });
  },
});

function rawPart({ logged, parts }: CheckedEntry, role: PartRole): string {
  const found = parts.find((part) => part.role === role);
  if (found?.part?.bytes !== undefined) return decoder.decode(found.part.bytes);
  throw new CliError({
    code: "no_such_part",
    actor: logged.address,
    seq: logged.entry.seq,
    got: role,
    known: parts.map((part) => part.role),
    ...(found === undefined ? {} : { status: found.part?.status ?? "missing" }),
  });
}

const decoder = new TextDecoder();

function formatJson({ logged, prev, next, cause, parts, turn }: CheckedEntry): string {
  const head = JSON.stringify({ actor: logged.address, seq: logged.entry.seq, hash: logged.hash(), turn });
  const tail = JSON.stringify({
    prev,
    next,
    cause,
    parts: partsJson(logged).map((part, position) => ({ ...part, ...parts[position]?.check })),
  });
  return `${head.slice(0, -1)},"entry":${logged.text},${tail.slice(1)}\n`;
}

function format(checked: CheckedEntry, style: Style, columns: number): string {
  const { logged: { address, entry, text, hash }, prev, next, cause, parts, turn } = checked;
  const { date, time, zone } = toMoment(entry.time, false);
  const alarm = entry.kind === "trap" || entry.kind === "cut";
  const row = (name: string, said: string) => `  ${style.dim(name.padEnd(10))}  ${said}`;
  const lines = [
    `${style.bold(address)}  entry ${entry.seq}  ${style.bold(alarm ? style.red(entry.kind) : entry.kind)}`,
    "",
    row("time", `${date} ${time} ${zone}`),
  ];
  if (turn !== undefined) {
    const where = turn.to === undefined
      ? `entries ${turn.from}.. (not ended)`
      : turn.from === turn.to
      ? `entry ${turn.from}`
      : `entries ${turn.from}..${turn.to}`;
    lines.push(row("turn", `${formatCount(turn.turn)}  ${style.dim(where)}`));
  }
  lines.push(
    row("hash", `${mark(next, style)} ${hash()}`),
    row("prev", `${mark(prev, style)} ${entry.prev}`),
    ...(cause === undefined ? [] : [row("cause", `${mark(cause, style)} ${causeWords(entry)}`)]),
    "",
    `${style.bold("entry")}  ${style.dim(countOf(text.length, "byte"))}`,
    text,
  );
  for (const part of parts) lines.push("", ...formatPart(part, row, style, columns));
  return `${lines.join("\n")}\n`;
}

function formatPart(
  { role, commitment, part, check }: CheckedPart,
  row: (name: string, said: string) => string,
  style: Style,
  columns: number,
): readonly string[] {
  const size = part?.bytes === undefined ? "" : `, ${formatBytes(part.bytes.length)}`;
  const lines = [
    `${style.bold(role)}  ${style.dim(`${part?.status ?? "missing"}${size}`)}`,
    row("commitment", `${mark(check, style)} ${commitment}`),
  ];
  if (part?.salt !== undefined) lines.push(row("salt", `  ${Buffer.from(part.salt).toString("hex")}`));
  if (part?.bytes !== undefined) lines.push(formatBody(part.bytes, role, columns));
  return lines;
}

function formatBody(bytes: Uint8Array, role: PartRole, columns: number): string {
  const said = decoder.decode(bytes);
  return isJsonRole(role) ? printableLines(prettyJson(said, columns)) : printableLines(said);
}

function mark(check: Check, style: Style): string {
  switch (check.check) {
    case "holds":
      return style.green("✓");
    case "fails":
      return style.red(`✗ wanted ${check.wanted}, got`);
    case "open":
      return style.dim("?");
  }
}

/** Which entry made this one happen. */
function causeWords(entry: Entry): string {
  if (entry.kind !== "receive") return "";
  const holder = entry.cause_origin === undefined ? "" : ` of ${printable(addressOf(entry.cause_origin))}`;
  return `entry ${entry.cause_seq}${holder}`;
}
