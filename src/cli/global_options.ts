import { flag, value } from "./option.ts";
import { text } from "./readers.ts";

/** Options of every command; they may also stand before its name. */
export const globalOptions = {
  db: value(
    text("<file>", "a file"),
    "the log (default: .theater/theater.db, or the only log in this folder)",
  ),
  "cache-dir": value(text("<folder>", "a folder"), "where compiled components are kept"),
  "data-dir": value(text("<folder>", "a folder"), "where keys are kept"),
  json: flag("for machines: results and errors as JSON"),
  "no-color": flag("no colours (also: the variable NO_COLOR)"),
  help: flag("what the command takes, with examples", "h"),
} as const;
