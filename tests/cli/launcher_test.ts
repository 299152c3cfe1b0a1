import { match, strictEqual } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const launcher = fileURLToPath(new URL("../../bin/theater", import.meta.url));
const skip = process.platform === "win32" && "it is a script for sh";

test("bin/theater runs the actor of the folder that one is in", { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), "theater launcher "));
  try {
    writeFileSync(join(folder, "theater.toml"), 'name = "echo"\ncomponent = "echo.ts"\n');
    writeFileSync(join(folder, "echo.ts"), "export const handle = (state, { body }) => [state, body];\n");
    const { status, stdout, stderr } = spawnSync("sh", [launcher, "run", "theater.toml", "-"], {
      cwd: folder,
      encoding: "utf8",
      input: '{"a b": 1}\n',
      env: {
        ...process.env,
        PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
        THEATER_DATA_DIR: join(folder, "data"),
      },
    });
    strictEqual(stdout, '{"a b":1}\n', stderr);
    match(stderr, /log in \.theater\/theater\.db/);
    strictEqual(status, 0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
