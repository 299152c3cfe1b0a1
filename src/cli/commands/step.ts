import type { StepEvent, StepTerminal } from "../step/run_stepper.ts";
import { CliError } from "../cli_error.ts";
import { defineCommand } from "../command.ts";
import { exitCode } from "../exit_code.ts";
import { required, value } from "../option.ts";
import { point, pointHelp } from "../point.ts";
import { readLog, requireActor } from "../read_log.ts";
import { actorAddress } from "../readers.ts";
import { loadReplayTools } from "../replay_tools.ts";

/** `theater step <actor>` */
export const step = defineCommand({
  name: "step",
  summary: "Step through what an actor did, forwards and backwards",
  details: [
    "Takes over the terminal: one entry at a time among those of its turn, with everything that was said " +
    "and what the turn changed in the state. → goes on and ← back, t steps by turns, g goes to a moment, " +
    "/ finds text, ? shows all keys, q ends. Nothing is written, and nothing real is called.",
    pointHelp,
  ],
  options: { at: value(point, "begin at this moment (default: the first entry)") },
  operands: { actor: required(actorAddress, "its address, as theater ps lists it") },
  examples: [
    { line: "theater step ledger", note: "from the beginning" },
    { line: "theater step ledger --at last", note: "from the end" },
    {
      line: "theater step bank/teller --db bank.db --at turn:12",
      note: "in a bundle, from the end of turn 12",
    },
  ],
  async run({ options, operands, global, context }) {
    const { out, folder, nowMs } = context;
    const { isTerminal, openScreen } = await import("../../platform/mod.ts");
    if (global.json || !isTerminal("in") || !isTerminal("out") || out.columns === undefined) {
      throw new CliError({ code: "no_terminal", actor: operands.actor });
    }
    const { runStepper } = await import("../step/run_stepper.ts");
    const { locate } = await import("../../travel/mod.ts");
    return await readLog(global.db, folder, async (reader) => {
      const row = requireActor(reader, operands.actor);
      const seq = options.at === undefined ? 0 : locate(reader, row, options.at(nowMs()));
      const events: StepEvent[] = [];
      let wake = () => {};
      const push = (event: StepEvent) => {
        events.push(event);
        wake();
      };
      // Ctrl-C comes as a key; this is kill, from elsewhere.
      context.interrupts().first.addEventListener("abort", () => push({ event: "end" }));
      const screen = openScreen({
        input: (text) => push({ event: "input", text }),
        resized: () => push({ event: "draw" }),
        closed: () => push({ event: "end" }),
      });
      const terminal: StepTerminal = {
        size: () => screen.size(),
        write: (text) => out.write(text),
        style: out.style,
        waiting: () => events.some(({ event }) => event !== "draw"),
        redraw: () => push({ event: "draw" }),
        async next() {
          for (;;) {
            const event = events.shift();
            if (event !== undefined) return event;
            await new Promise<void>((resolve) => wake = resolve);
          }
        },
      };
      try {
        await runStepper(
          { reader, actor: row.address, seq, tools: loadReplayTools, nowMs },
          terminal,
        );
      } finally {
        screen.close();
      }
      return exitCode.done;
    });
  },
});
