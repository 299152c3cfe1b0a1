import { relative } from "node:path";
import { CliError } from "../cli_error.ts";
import { defineCommand } from "../command.ts";
import type { Output } from "../context.ts";
import { type ExitCode, exitCode } from "../exit_code.ts";
import { flag } from "../option.ts";
import { formatCount } from "../quantity.ts";
import { chooseLog, readLog } from "../read_log.ts";
import { toMoment } from "../timestamp.ts";

/** `theater keys` */
export const keys = defineCommand({
  name: "keys",
  summary: "Show the key that signs a log, or change it",
  details: [
    "Every log has a key of its own, made on its first run. Its secret, the seed, is a file that only you can " +
    "read, apart from the log; keep a copy of it. The verifier key that is printed is public: give it to " +
    'whoever checks what you prove ("theater verify --key").',
    "With --rotate the log gets another key, for what it signs from here on; what the old one signed stays " +
    "valid. Nobody may have the log open.",
    "With --abandon a log that is refused, as it is not the one that was signed, is moved aside, and an empty " +
    "one begins in its place, which names the head that is given up. Its actors begin anew.",
  ],
  options: {
    rotate: flag("make another key and sign with it from here on"),
    abandon: flag("move the log aside and begin a new one"),
  },
  operands: {},
  examples: [
    { line: "theater keys", note: "the key of the log in this folder" },
    { line: "theater keys --json | jq -r .key > node.vkey", note: "for whoever verifies" },
    { line: "theater keys --rotate", note: "after somebody may have read the seed" },
  ],
  async run({ options, global, context }) {
    if (options.rotate && options.abandon) {
      const why = "a new log has a new key anyway";
      throw new CliError({ code: "conflict", options: ["--rotate", "--abandon"], why });
    }
    const { out, err, folder } = context;
    if (options.abandon) {
      return await abandon(await chooseLog(global.db, folder), global.json, folder, out, err);
    }
    if (options.rotate) await rotate(await chooseLog(global.db, folder), err);
    return await readLog(global.db, folder, (reader) => show(reader, global.json, out));
  },
});

async function show(
  reader: import("../../store/mod.ts").LogReader,
  json: boolean,
  out: Output,
): Promise<ExitCode> {
  const { nodeFiles, readNamedKeys, SealError } = await import("../../seal/mod.ts");
  const { dataFolder } = await import("../../platform/mod.ts");
  const named = readNamedKeys(reader);
  const current = named.at(-1);
  if (current === undefined) throw new SealError({ code: "no_key", node: reader.node });
  const { seedPath, headPath } = nodeFiles(dataFolder(), reader.node);
  const signed = reader.checkpoint()?.size ?? 0;
  if (json) {
    const { node } = reader;
    const all = named.map(({ key, since, seq, time }) => ({ key, since, seq, time_ms: time }));
    const said = {
      node,
      key: current.key,
      seed_file: seedPath,
      head_file: headPath,
      signed_size: signed,
      keys: all,
    };
    await out.write(`${JSON.stringify(said)}\n`);
    return exitCode.done;
  }
  const lines = [
    current.key,
    `  signs for ${out.style.bold(reader.node)}, ${formatCount(signed)} leaves so far`,
    `  its seed, which is secret, is in ${seedPath}`,
    `  the last signed head is in ${headPath}`,
  ];
  for (const { key, time, since } of named.toReversed().slice(1)) {
    lines.push(
      out.style.dim(`before: ${key}, from ${toMoment(time, true).date}, after ${formatCount(since)} leaves`),
    );
  }
  await out.write(`${lines.join("\n")}\n`);
  return exitCode.done;
}

async function rotate(path: string, err: Output): Promise<void> {
  const { openLog } = await import("../../store/mod.ts");
  const { rotateKey } = await import("../../seal/mod.ts");
  const { dataFolder, systemClock } = await import("../../platform/mod.ts");
  const { aboutText } = await import("../../runtime/mod.ts");
  const store = openLog(path);
  try {
    await rotateKey({ store, dataFolder: dataFolder(), nowMs: systemClock.nowMs, about: aboutText });
  } finally {
    store.close();
  }
  await err.write(
    "made another key; keep a copy of its seed, and give the new verifier key to those who check\n",
  );
}

async function abandon(
  path: string,
  json: boolean,
  folder: string,
  out: Output,
  err: Output,
): Promise<ExitCode> {
  const { abandonLog } = await import("../../seal/mod.ts");
  const { dataFolder, systemClock } = await import("../../platform/mod.ts");
  const { aboutText } = await import("../../runtime/mod.ts");
  const { movedTo, head, node, key, seedPath } = await abandonLog(path, {
    dataFolder: dataFolder(),
    nowMs: systemClock.nowMs,
    about: aboutText,
  });
  const old = relative(folder, movedTo);
  if (json) {
    await out.write(`${JSON.stringify({ node, key, seed_file: seedPath, moved_to: old, abandons: head })}\n`);
    return exitCode.done;
  }
  await out.write(`${key}\n`);
  await err.write(
    `the old log is ${old}, and can be read and verified there\n` +
      `${relative(folder, path)} is a new one, of ${node}; its actors begin anew\n` +
      `it says that the head of ${formatCount(head.size)} leaves, ${head.root}, was given up\n` +
      `keep a copy of its seed, ${seedPath}\n`,
  );
  return exitCode.done;
}
