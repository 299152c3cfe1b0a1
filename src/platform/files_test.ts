import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import {
  createPrivateFile,
  ensureFolder,
  exists,
  FileError,
  type FileFaultCode,
  inspectFile,
  listFolder,
  readBytes,
  readText,
  remove,
  writeFileAtomic,
  writeFileAtomicLater,
} from "./files.ts";
import {
  cacheFolder,
  dataFolder,
  ensurePrivateFolder,
  type FolderSources,
  runtimeFolder,
} from "./folders.ts";

function inFolder(run: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "theater-files-"));
  try {
    run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const refusals: readonly (readonly [string, FileFaultCode, (folder: string) => void])[] = [
  ["reading what is not there", "not_found", (folder) => readBytes(join(folder, "no"))],
  ["reading a folder", "is_folder", (folder) => readBytes(folder)],
  ["reading past a file", "not_a_folder", (folder) => {
    writeFileSync(join(folder, "f"), "");
    readBytes(join(folder, "f", "g"));
  }],
  ["reading more than wanted", "too_large", (folder) => {
    writeFileSync(join(folder, "f"), "12345");
    readBytes(join(folder, "f"), { bytesMax: 4 });
  }],
  ["reading bytes as text", "not_text", (folder) => {
    writeFileSync(join(folder, "f"), Uint8Array.of(0xff));
    readText(join(folder, "f"));
  }],
  [
    "writing into a folder that is not there",
    "not_found",
    (folder) => writeFileAtomic(join(folder, "no", "f"), ""),
  ],
  ["writing over a folder", "is_folder", (folder) => {
    mkdirSync(join(folder, "d"));
    writeFileAtomic(join(folder, "d"), "");
  }],
  ["making a folder over a file", "not_a_folder", (folder) => {
    writeFileSync(join(folder, "f"), "");
    ensureFolder(join(folder, "f"));
  }],
  ["listing what is not there", "not_found", (folder) => listFolder(join(folder, "no"))],
];
for (const [what, code, run] of refusals) {
  test(`${what} fails as ${code}, with the path`, () =>
    inFolder((folder) =>
      throws(() => run(folder), (error) => {
        ok(error instanceof FileError, String(error));
        equal(error.fault.code, code);
        ok(error.fault.path.startsWith(folder) && error.message.includes(error.fault.path), error.message);
        return true;
      })
    ));
}

test("a file is replaced whole, and nothing is left beside it", () =>
  inFolder((folder) => {
    const path = join(folder, "f");
    writeFileAtomic(path, "one");
    equal(readText(path), "one");
    writeFileAtomic(path, Uint8Array.of(0, 255));
    deepEqual(readBytes(path), Uint8Array.of(0, 255));
    if (process.platform !== "win32") equal(statSync(path).mode & 0o777, 0o600);
    deepEqual(readdirSync(folder), ["f"]);
  }));

test("a file is replaced whole while others go on working, and nothing is left beside it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "theater-files-"));
  try {
    const path = join(folder, "f");
    await writeFileAtomicLater(path, "one");
    await Promise.all([writeFileAtomicLater(path, "two"), writeFileAtomicLater(path, Uint8Array.of(0, 255))]);
    ok(["116,119,111", "0,255"].includes(readBytes(path).join()));
    if (process.platform !== "win32") equal(statSync(path).mode & 0o777, 0o600);
    deepEqual(readdirSync(folder), ["f"]);
    mkdirSync(join(folder, "d"));
    const code = (error: unknown) => error instanceof FileError && error.fault.code;
    equal(await writeFileAtomicLater(join(folder, "d"), "").catch(code), "is_folder");
    equal(await writeFileAtomicLater(join(folder, "no", "f"), "").catch(code), "not_found");
    deepEqual(readdirSync(folder).sort(), ["d", "f"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("what is at a path is told, links not followed", () =>
  inFolder((folder) => {
    createPrivateFile(join(folder, "f"));
    symlinkSync(join(folder, "nowhere"), join(folder, "l"));
    equal(inspectFile(join(folder, "f"))?.kind, "file");
    equal(inspectFile(folder)?.kind, "folder");
    equal(inspectFile(join(folder, "l"))?.kind, "link");
    equal(inspectFile(join(folder, "no")), undefined);
    deepEqual(listFolder(folder), ["f", "l"]);
    remove(join(folder, "f"));
    remove(join(folder, "f"));
    equal(exists(join(folder, "f")), false);
  }));

test("a private file that is there already stays as it is", () =>
  inFolder((folder) => {
    writeFileSync(join(folder, "f"), "kept");
    createPrivateFile(join(folder, "f"));
    equal(readText(join(folder, "f")), "kept");
  }));

test("a private folder is made, is closed to others, and is not a link", () =>
  inFolder((folder) => {
    if (process.platform === "win32") return;
    const path = join(folder, "a", "b");
    ensurePrivateFolder(path);
    equal(statSync(path).mode & 0o777, 0o700);
    mkdirSync(join(folder, "open"), { mode: 0o755 });
    ensurePrivateFolder(join(folder, "open"));
    equal(statSync(join(folder, "open")).mode & 0o777, 0o700);
    symlinkSync(path, join(folder, "link"));
    throws(() => ensurePrivateFolder(join(folder, "link")), FileError);
  }));

const none: FolderSources = { env: {}, os: "linux", home: "/home/me", temporary: "/tmp", user: 1000 };
const folders: readonly (readonly [string, Partial<FolderSources>, string, string])[] = [
  ["Linux", {}, "/home/me/.cache/theater", "/tmp/theater-1000"],
  [
    "Linux with XDG folders",
    { env: { XDG_CACHE_HOME: "/c", XDG_RUNTIME_DIR: "/run/user/1000" } },
    "/c/theater",
    "/run/user/1000/theater",
  ],
  [
    "XDG folders that are not absolute",
    { env: { XDG_CACHE_HOME: "c", XDG_RUNTIME_DIR: "" } },
    "/home/me/.cache/theater",
    "/tmp/theater-1000",
  ],
  ["macOS", { os: "darwin" }, "/home/me/Library/Caches/theater", "/tmp/theater-1000"],
  [
    "Windows",
    { os: "win32", env: { LOCALAPPDATA: "C:\\Local" } },
    join("C:\\Local", "theater", "cache"),
    "/tmp/theater-1000",
  ],
  ["a cache that was chosen", { env: { THEATER_CACHE_DIR: "here" } }, "here", "/tmp/theater-1000"],
];
for (const [what, sources, cache, runtime] of folders) {
  test(`folders for ${what}`, () => {
    equal(cacheFolder({ ...none, ...sources }), cache);
    equal(runtimeFolder({ ...none, ...sources }), runtime);
  });
}

const dataFolders: readonly (readonly [string, Partial<FolderSources>, string])[] = [
  ["Linux", {}, "/home/me/.local/share/theater"],
  ["Linux with XDG", { env: { XDG_DATA_HOME: "/data" } }, "/data/theater"],
  [
    "Linux with XDG that is not absolute",
    { env: { XDG_DATA_HOME: "data" } },
    "/home/me/.local/share/theater",
  ],
  ["macOS", { os: "darwin" }, "/home/me/Library/Application Support/theater"],
  [
    "Windows",
    { os: "win32", env: { LOCALAPPDATA: "C:\\Local" } },
    join("C:\\Local", "theater", "data"),
  ],
  ["one that was chosen", { env: { THEATER_DATA_DIR: "here" } }, "here"],
];
for (const [what, sources, wanted] of dataFolders) {
  test(`the folder of data for ${what}`, () => equal(dataFolder({ ...none, ...sources }), wanted));
}
