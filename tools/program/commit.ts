import { execFileSync } from "node:child_process";
import process from "node:process";

/**
 * The commit of the sources, 40 hex digits; with `+` where files that belong to it differ. Without a
 * repository what the variable `THEATER_COMMIT` says, else `unknown`.
 */
export function sourceCommit(root: string): string {
  const given = process.env["THEATER_COMMIT"];
  if (given !== undefined && given !== "") return given;
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    const changed = git("status", "--porcelain", "--untracked-files=no") !== "";
    return `${git("rev-parse", "HEAD")}${changed ? "+" : ""}`;
  } catch {
    return "unknown";
  }
}
