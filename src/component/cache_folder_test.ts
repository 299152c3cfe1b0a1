import { deepEqual, equal, rejects } from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { cacheFolder } from "./cache_folder.ts";

test("cacheFolder() keeps bytes, makes its folder, and leaves nothing half written", async () => {
  const parent = await mkdtemp(join(tmpdir(), "theater-cache-"));
  try {
    const path = join(parent, "a", "b");
    const folder = cacheFolder(path);
    equal(await folder.read("x"), undefined);
    await folder.write("x", Uint8Array.of(1, 2));
    await folder.write("x", Uint8Array.of(3));
    deepEqual(await folder.read("x"), Uint8Array.of(3));
    deepEqual(await readdir(path), ["x"]);
  } finally {
    await rm(parent, { recursive: true });
  }
});

test("cacheFolder() fails where a file is in the way", async () => {
  const parent = await mkdtemp(join(tmpdir(), "theater-cache-"));
  try {
    const path = join(parent, "file");
    await writeFile(path, "");
    await rejects(cacheFolder(path).write("x", Uint8Array.of(1)));
  } finally {
    await rm(parent, { recursive: true });
  }
});
