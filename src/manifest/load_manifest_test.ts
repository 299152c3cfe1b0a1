import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { loadManifest, ManifestError, type ManifestTree, pathBeside } from "./mod.ts";

type Files = Readonly<Record<string, string>>;

function load(files: Files, path = "app/bank.toml"): Promise<ManifestTree> {
  return loadManifest(path, {
    readText(path) {
      const text = files[path];
      return text === undefined ? Promise.reject(new Error("no such file")) : Promise.resolve(text);
    },
  });
}

async function problemsOf(files: Files, path?: string): Promise<readonly string[]> {
  try {
    await load(files, path);
    return [];
  } catch (error) {
    ok(error instanceof ManifestError, String(error));
    return error.message.split("\n");
  }
}

const actor = (name: string, rest = "") => `name = "${name}"\ncomponent = "${name}.ts"\n${rest}`;
const child = (name: string, manifest: string) => `[[child]]\nname = "${name}"\nmanifest = "${manifest}"\n`;

test("loadManifest() makes a tree of addresses, with the file that each is in", async () => {
  const tree = await load({
    "app/bank.toml": actor(
      "bank",
      child("left", "tellers/t.toml") + child("right", "tellers/t.toml") +
        '[[child]]\nname = "vault"\ncomponent = "vault.ts"\n[[child.child]]\nname = "door"\nmanifest = "door.toml"\n',
    ),
    "app/tellers/t.toml": actor("teller", child("drawer", "../drawer.toml")),
    "app/drawer.toml": actor("drawer"),
    "app/door.toml": actor("some-door"),
  });
  const lines: string[] = [];
  const visit = ({ address, path, manifest, children }: ManifestTree) => {
    lines.push(`${address} ${path} ${manifest.name}`);
    children.forEach(visit);
  };
  visit(tree);
  deepEqual(lines, [
    "bank app/bank.toml bank",
    "bank/left app/tellers/t.toml left",
    "bank/left/drawer app/drawer.toml drawer",
    "bank/right app/tellers/t.toml right",
    "bank/right/drawer app/drawer.toml drawer",
    "bank/vault app/bank.toml vault",
    "bank/vault/door app/door.toml door",
  ]);
});

test("pathBeside() starts at the manifest's folder", () => {
  equal(pathBeside("app/bank.toml", "a.ts"), "app/a.ts");
  equal(pathBeside("bank.toml", "./x/../a.ts"), "a.ts");
  equal(pathBeside("/app/bank.toml", "../a.ts"), "/a.ts");
  equal(pathBeside("app/bank.toml", "/b/./a.ts"), "/b/a.ts");
});

test("loadManifest() names the file that is missing, where it is named", async () => {
  deepEqual(await problemsOf({ "app/bank.toml": actor("bank", child("t", "t.toml")) }), [
    "app/bank.toml:5:12: Cannot read child: wanted a manifest at app/t.toml, got no such file",
  ]);
  deepEqual(await problemsOf({}), [
    "app/bank.toml:1:1: Cannot read the manifest: wanted a manifest at app/bank.toml, got no such file",
  ]);
});

test("loadManifest() names the chain of a cycle", async () => {
  const files = {
    "app/bank.toml": actor("bank", child("b", "b.toml")),
    "app/b.toml": actor("b", child("c", "x/c.toml")),
    "app/x/c.toml": actor("c", child("b", ".././b.toml")),
  };
  deepEqual(await problemsOf(files), [
    "app/x/c.toml:5:12: Cannot read child: wanted a manifest that is not its own descendant, " +
    "got app/b.toml → app/x/c.toml → app/b.toml",
  ]);
  deepEqual(await problemsOf({ "a.toml": actor("a", child("a", "a.toml")) }, "./a.toml"), [
    "a.toml:5:12: Cannot read child: wanted a manifest that is not its own descendant, got a.toml → a.toml",
  ]);
});

test("loadManifest() gathers the problems of all files, each file's once", async () => {
  const files = {
    "app/bank.toml": actor("bank", child("l", "t.toml") + child("r", "t.toml") + child("u", "u.toml")),
    "app/t.toml": actor("t", "permissions.clok = true\n"),
    "app/u.toml": "name = 1\n",
  };
  deepEqual((await problemsOf(files)).map((line) => line.split(": ")[0]), [
    "app/t.toml:3:13",
    "app/u.toml:1:1",
    "app/u.toml:1:8",
  ]);
});

test("loadManifest() refuses a child that may do more than its parent", async () => {
  const files = {
    "app/bank.toml": actor("bank", 'permissions.send = ["bank/*"]\n' + child("t", "t.toml")),
    "app/t.toml": actor("t", 'permissions = { log = true, send = ["bank/x", "other"] }\n'),
  };
  const rest = 'to "t": wanted at most what its parent "bank" may do, got more; app/t.toml asks for it';
  deepEqual(await problemsOf(files), [
    `app/bank.toml:6:12: Cannot grant log = true ${rest}`,
    `app/bank.toml:6:12: Cannot grant send = ["other"] ${rest}`,
  ]);
});

test("loadManifest() bounds the depth, the number and the length of addresses", async () => {
  const deep: Record<string, string> = {};
  for (let i = 0; i < 20; i++) deep[`${i}.toml`] = actor("a", child("a", `${i + 1}.toml`));
  ok(
    (await problemsOf(deep, "0.toml"))[0]?.startsWith(
      "16.toml:5:12: Cannot read child: wanted at most 16 levels",
    ),
  );

  // Each file names the next twice: 2^15 actors from 16 small files.
  const wide: Record<string, string> = {};
  for (let i = 0; i < 15; i++) {
    wide[`${i}.toml`] = actor("a", child("a", `${i + 1}.toml`) + child("b", `${i + 1}.toml`));
  }
  wide["15.toml"] = actor("a");
  const problems = await problemsOf(wide, "0.toml");
  ok(problems.some((line) => line.includes("wanted at most 10000 actors, got more")));
  ok(problems.length < 20, `said once for each open level, not for each actor: ${problems.length}`);

  const long: Record<string, string> = {};
  for (let i = 0; i < 9; i++) long[`${i}.toml`] = actor("a", child("x".repeat(64), `${i + 1}.toml`));
  ok((await problemsOf(long, "0.toml"))[0]?.includes("wanted at most 512 bytes, got 521 bytes"));
});

test("loadManifest() passes on what is no fault of the manifest", async () => {
  const reader = { readText: () => Promise.resolve(undefined as unknown as string) };
  try {
    await loadManifest("a.toml", reader);
    ok(false, "must throw");
  } catch (error) {
    ok(error instanceof TypeError);
  }
});
