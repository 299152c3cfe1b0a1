import { equal, match, ok } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { runStepper, type StepEvent } from "../../src/cli/step/run_stepper.ts";
import { plainStyle } from "../../src/cli/style.ts";
import { loadReplayTools } from "../../src/cli/replay_tools.ts";
import { openLogReader } from "../../src/store/mod.ts";
import { commandFor, runCli } from "./run_cli.ts";
import { makeFolder, makeSampleFolder } from "./sample_folder.ts";

const slow = { timeout: 120_000 };
const folder = makeFolder();

const recorded = (async () => {
  writeFileSync(join(folder, "theater.toml"), 'name = "till"\ncomponent = "till.ts"\n');
  writeFileSync(
    join(folder, "till.ts"),
    `let remembered = 0;
     export const init = () => ({ sum: 0 });
     export const handle = ({ sum }, { body }) => [{ sum: sum + body, remembered: remembered += 1 }, "paid " + body];`,
  );
  const { code, stderr } = await runCli(["run", "theater.toml", "-", "--quiet"], {
    folder,
    input: "1\n20\n300\n",
  });
  equal(code, 0, stderr);
})();

/** Types keys at a terminal that does not exist; the last screen after each, when nothing more is to come. */
async function stepThrough(
  path: string,
  actor: string,
  typed: readonly string[],
  seq = 0,
): Promise<string[]> {
  const reader = openLogReader(path);
  const screens: string[] = [];
  const left = [...typed];
  let screen = "";
  let redraws = 0;
  let wake = () => {};
  try {
    await runStepper({ reader, actor, seq, tools: loadReplayTools, nowMs: () => Date.UTC(2026, 2, 2) }, {
      size: () => ({ columns: 100, rows: 30 }),
      style: plainStyle,
      write(text) {
        // deno-lint-ignore no-control-regex -- What a terminal obeys.
        screen = text.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "").replaceAll("\r", "");
        return Promise.resolve();
      },
      waiting: () => false,
      redraw() {
        redraws += 1;
        wake();
      },
      async next(): Promise<StepEvent> {
        while (screen.includes("running turns again") && redraws === 0) {
          await new Promise<void>((resolve) => wake = resolve);
        }
        if (redraws > 0) {
          redraws = 0;
          return { event: "draw" };
        }
        screens.push(screen);
        const text = left.shift();
        return text === undefined ? { event: "end" } : { event: "input", text };
      },
    });
  } finally {
    reader.close();
  }
  return screens;
}

test("theater step goes through turns and shows what each changed", slow, async () => {
  await recorded;
  const log = join(folder, ".theater", "theater.db");
  const screens = await stepThrough(log, "till", [
    "t]]]]",
    "[",
    "s",
    "s/pai",
    "d 20\r",
    "f",
    "b",
    "gturn:9\r",
    "glast\r",
    "\x1b[C",
    "?",
    "q",
  ]);
  const at = (k: number) => screens[k] ?? "";
  match(at(0), /^till {2}entry 0 of \d+ {2}between turns .* entry by entry\n\n▸ +0 .* genesis /);
  match(at(1), /^till .* turn 3 of 5 .* turn by turn\n\nturn 3 {2}request from outside\n▸ /);
  match(at(1), /\nstate {2}what the turn changed\n {2}~ \/sum {2}1 → 21\n {2}~ \/remembered {2}1 → 2\n/);
  match(at(2), / turn 2 of 5 [^]*\n {2}~ \/sum {2}0 → 1\n {2}\+ \/remembered {2}1\n/);
  match(at(3), /\nstate {2}after the turn, 24 B\n {2}\{"sum": 1, "remembered": 1\}\n/);
  match(at(4), /\n\/pai▏\n?$/);
  match(at(5), / turn 3 of 5 [^]*▸ +\d+ .* return +ok {2}→ "paid 20"/);
  match(at(6), /\n"paid 20" was not said after this$/);
  match(at(7), /\n"paid 20" was not said before this$/);
  match(at(8), /\nCannot find turn 9 of till: it has 5, the last one is 4$/);
  match(at(9), / turn 4 of 5 [^]*\n {2}~ \/sum {2}21 → 321\n/);
  match(at(10), /\nno turn begins after this$/);
  match(at(11), /\n {2}→ n l enter space +one step on\n/);
  match(at(12), / turn 4 of 5 /); // Any key leaves the help, q too.
});

test("theater step shows what it can of a chain that cannot be run again", slow, async () => {
  const sample = makeSampleFolder();
  const log = join(sample, ".theater", "theater.db");
  const all = await stepThrough(log, "ledger", Array.from({ length: 20 }, () => "n"));
  for (const [seq, screen] of all.entries()) {
    match(screen, new RegExp(`^ledger {2}entry ${Math.min(seq, 19)} of 20 `));
  }
  match(
    all[9] ?? "",
    /\nstate {2}not known\n {2}Cannot show the state of ledger there: turn \d+ cannot be run again: /,
  );
  match(all[20] ?? "", /\nthis is the last entry$/);
});

test("theater step without a terminal says what to do instead", slow, async () => {
  await recorded;
  for (const args of [["step", "till"], ["step", "till", "--json"]]) {
    const { code, stdout, stderr } = await runCli(args, { folder });
    equal(code, 2);
    equal(stdout, "");
    match(stderr, /Cannot step through till as this is no terminal/);
    match(stderr, /theater log till.* lists its entries/);
  }
});

/**
 * Runs a program at a terminal of its own: argument 1 is a list of steps, each a
 * text to wait for and what to type then (or a size). Prints what became of it as JSON.
 */
const atTerminal = `
import fcntl, json, os, pty, select, signal, struct, sys, termios, time
steps, command = json.loads(sys.argv[1]), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
def resize(rows, columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    os.kill(child, signal.SIGWINCH)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
before, seen, begun, end = termios.tcgetattr(terminal), b"", 0, time.time() + 90
raw = None
def read():
    global seen
    if select.select([terminal], [], [], 0.1)[0]:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:
            chunk = b""
        seen += chunk
        return chunk != b""
    return True
for text, does in steps:
    while text.encode() not in seen[begun:] and time.time() < end:
        if not read(): break
    begun = len(seen)
    raw = raw or termios.tcgetattr(terminal)
    if isinstance(does, str): os.write(terminal, does.encode())
    elif does is not None and len(does) == 2: resize(*does)
    elif does is not None: os.kill(child, signal.SIGTERM)
while time.time() < end and read(): pass
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print(json.dumps({"code": code, "restored": before == termios.tcgetattr(terminal), "raw": before != raw, "seen": seen.decode()}))
`;

const python =
  spawnSync("python3", ["-c", "import pty, os; os.waitstatus_to_exitcode; print(1)"]).status === 0;

type Step = readonly [waitFor: string, does: string | readonly number[] | null];

const endings: readonly (readonly [how: string, code: number, steps: readonly Step[]])[] = [
  ["with q", 0, [["entry 0 of", "n"], ["entry 1 of", [30, 100]], ["\x1b[H", "]"], [
    "what the turn changed",
    "q",
  ]]],
  ["with Ctrl-C", 0, [["entry 0 of", "\x03"]]],
  ["when it is ended from outside", 0, [["entry 0 of", [15]]]],
];

for (const [how, code, steps] of endings) {
  test(
    `theater step gives the terminal back ${how}`,
    { ...slow, skip: python ? false : "there is no python3 with the module pty" },
    async () => {
      await recorded;
      const command = commandFor(["step", "till"]);
      const { stdout, stderr } = spawnSync("python3", ["-c", atTerminal, JSON.stringify(steps), ...command], {
        cwd: folder,
        encoding: "utf8",
        env: { ...process.env, TERM: "xterm", NO_COLOR: "1" },
      });
      ok(stdout !== "", stderr);
      const result = JSON.parse(stdout);
      equal(result.code, code, result.seen);
      equal(result.raw, true, "the terminal was never taken over");
      equal(result.restored, true, "the terminal is not as it was");
      const [taken, given] = ["\x1b[?1049h", "\x1b[?1049l"].map((code) => result.seen.lastIndexOf(code));
      ok(taken >= 0 && given > taken, "the screen was not given back");
    },
  );
}
