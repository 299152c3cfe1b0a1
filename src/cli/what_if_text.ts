import { formatPointer, type JsonChange } from "../difference/mod.ts";
import type { UsedOverride, WhatIf, WhatIfCall, WhatIfEnd, WhatIfTurn } from "../replay/mod.ts";
import { shortFunction } from "./entry_words.ts";
import { prettyJson } from "./pretty_json.ts";
import { fit, printable, printableLines } from "./printable.ts";
import { countOf, formatCount } from "./quantity.ts";
import type { Style } from "./style.ts";

/** Turns, and changes of one turn, that are shown; `--json` shows all. */
const turnsShownMax = 20;
const changesShownMax = 12;

const columnsPiped = 120;

/** How a run would have gone, for people: what was overridden, each turn that went another way, and the end. */
export function formatWhatIf(
  what: WhatIf,
  { style, columns = columnsPiped }: { readonly style: Style; readonly columns?: number },
): string {
  const room = Math.max(40, columns);
  const shown = what.differences.slice(0, turnsShownMax);
  const lines = [...what.overrides.map((each) => overrideLine(each, style, room)), ""];
  let before = "[]";
  for (const turn of shown) {
    lines.push(...turnLines(turn, before, style, room), "");
    before = JSON.stringify(turn.state);
  }
  if (what.differing > shown.length) {
    lines.push(`… and ${countOf(what.differing - shown.length, "more turn")}; --json shows them`, "");
  }
  const silent = what.differences.filter(({ calls }) => calls.some(({ went }) => went === "unanswered"));
  if (silent.length > 0) {
    const which = silent.slice(0, turnsShownMax).map(({ turn }) => turn).join(", ");
    lines.push(
      silent.length === 1
        ? `turn ${which} ended where the recording had no answer; no host was asked`
        : `turns ${which} ended where the recording had no answer; no host was asked`,
      "",
    );
  }
  if (what.ended !== undefined) lines.push(`turn ${what.ended.turn}: ${what.ended.detail}`, "");
  const same = what.state.recorded === what.state.whatIf;
  lines.push(
    style.bold(
      `${countOf(what.differing, "turn")} of ${formatCount(what.turns)} went another way; ` +
        (same ? "the state at the end is the same" : "the state at the end"),
    ),
  );
  lines.push(printableLines(prettyJson(what.state.whatIf, room)));
  return `${lines.join("\n")}\n`;
}

function overrideLine(each: UsedOverride, style: Style, room: number): string {
  const { seq, turn, call, function: name = "", text, used } = each;
  const what = call === undefined ? `the message of turn ${turn}` : `${shortFunction(name)} in turn ${turn}`;
  const line = printable(`what if ${what}, entry ${seq}, were ${text}`);
  return used ? fit(line, room) : `${style.red("!")} ${fit(`${line} (the run never came to it)`, room - 2)}`;
}

/** @param before what the state differed in before, so that it is said once */
function turnLines(turn: WhatIfTurn, before: string, style: Style, room: number): string[] {
  const body = turn.body === undefined ? "" : ` ${printable(turn.body)}`;
  return [
    style.bold(fit(`turn ${turn.turn}, entry ${turn.seq}  ${turn.type}${body}`, room)),
    ...[...callLines(turn.calls), ...endLines(turn), ...stateLines(turn.state, before)]
      .map((line) => fit(`  ${line}`, room)),
  ];
}

function stateLines(state: readonly JsonChange[], before: string): string[] {
  if (state.length > 0 && JSON.stringify(state) === before) return ["state     differs as before"];
  const shown = state.slice(0, changesShownMax);
  const rest = state.length - shown.length;
  return [
    ...shown.map((change, k) => `${k === 0 ? "state" : "     "}     ${changeText(change)}`),
    ...(rest > 0 ? [`          … and ${countOf(rest, "more change")}`] : []),
  ];
}

/** A call that came instead of a recorded one of the same function stands before it. */
function callLines(calls: readonly WhatIfCall[]): string[] {
  const missed = calls.filter(({ went }) => went === "missed");
  const lines: string[] = [];
  for (const call of calls) {
    const { went, result } = call;
    const answer = result === undefined ? "" : ` → ${printable(result)}`;
    switch (went) { // No default: a new way fails to compile here.
      case "otherwise":
        lines.push(`answered  ${questionText(call)}${answer}, entry ${call.seq}`);
        break;
      case "supposed":
      case "unanswered": {
        lines.push(`${went === "supposed" ? "called    " : "no answer "}${questionText(call)}`);
        const at = missed.findIndex((each) => each.function === call.function);
        const [instead] = at < 0 ? [] : missed.splice(at, 1);
        if (instead !== undefined) lines.push(`recorded  ${questionText(instead)}, entry ${instead.seq}`);
        break;
      }
      case "missed":
        break;
    }
  }
  return [...lines, ...missed.map((call) => `left out  ${questionText(call)}, entry ${call.seq}`)];
}

function questionText({ function: name, arguments: args, body }: WhatIfCall): string {
  const said = args.replace(/^\[|\]$/g, "");
  const whole = body === undefined ? said : said.replace(/null$/, () => body);
  return printable(`${shortFunction(name)}${whole === "" ? "" : ` ${whole}`}`);
}

function endLines({ recorded, whatIf }: WhatIfTurn): string[] {
  const [before, now] = [endText(recorded), endText(whatIf)];
  return before === now ? [] : [`ended     ${now}`, `recorded  ${before}`];
}

function endText(end: WhatIfEnd): string {
  switch (end.end) { // No default: a new end fails to compile here.
    case "ok":
      return end.response === undefined ? "ok" : `ok ${printable(end.response)}`;
    case "refused":
      return `refused: ${printable(end.error)}`;
    case "trap":
      return `crashed (${end.code}): ${printable(end.reason)}`;
    case "cut":
      return `cut (${end.reason}): ${printable(end.detail)}`;
  }
}

function changeText(change: JsonChange): string {
  const path = printable(formatPointer(change.path) || "(whole)");
  switch (change.change) { // No default: a new change fails to compile here.
    case "added":
      return `${path} added: ${printable(change.after)}`;
    case "removed":
      return `${path} removed: ${printable(change.before)}`;
    case "replaced":
      return `${path} ${printable(change.before)} → ${printable(change.after)}`;
  }
}

/** The same as one JSON object; texts that are JSON stand in it as they are. */
export function whatIfJson(what: WhatIf, engine: string): string {
  const { address, from, turns, differing, overrides, differences, state, ended } = what;
  const head = { engine, actor: address, from, turns, differing };
  const list = overrides.map(({ text, ...rest }) => `${objectOf(rest, { given: text })}`);
  const turnsJson = differences.map((turn) => {
    const { body, recorded, whatIf, calls, state: changes, ...rest } = turn;
    return objectOf(rest, {
      ...(body !== undefined && { body }),
      calls: `[${calls.map(callJson).join(",")}]`,
      recorded: endJson(recorded),
      whatIf: endJson(whatIf),
      state: `[${changes.map(changeJson).join(",")}]`,
    });
  });
  return `${
    objectOf({ ...head, ...(ended !== undefined && { ended }) }, {
      overrides: `[${list.join(",")}]`,
      differences: `[${turnsJson.join(",")}]`,
      state: state.whatIf,
      recordedState: state.recorded,
    })
  }\n`;
}

/** An object of plain values, and of texts that are JSON already. */
function objectOf(plain: object, texts: Readonly<Record<string, string>>): string {
  const members = [
    ...Object.entries(plain).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`),
    ...Object.entries(texts).map(([name, text]) => `${JSON.stringify(name)}:${text}`),
  ];
  return `{${members.join(",")}}`;
}

function callJson({ arguments: args, body, result, ...rest }: WhatIfCall): string {
  return objectOf(rest, {
    arguments: args,
    ...(body !== undefined && { body }),
    ...(result !== undefined && { result }),
  });
}

function endJson(end: WhatIfEnd): string {
  if (end.end !== "ok" || end.response === undefined) return JSON.stringify(end);
  return objectOf({ end: end.end }, { response: end.response });
}

function changeJson(change: JsonChange): string {
  const base = { change: change.change, path: formatPointer(change.path) };
  switch (change.change) { // No default: a new change fails to compile here.
    case "added":
      return objectOf(base, { whatIf: change.after });
    case "removed":
      return objectOf(base, { recorded: change.before });
    case "replaced":
      return objectOf(base, { recorded: change.before, whatIf: change.after });
  }
}
