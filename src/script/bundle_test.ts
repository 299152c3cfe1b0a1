import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import esbuildPackage from "esbuild-wasm/package.json" with { type: "json" };
import { bundleScript } from "./bundle.ts";
import type { Bundle } from "./bundled_source.ts";
import { bundlerVersion } from "./esbuild.ts";
import { type Place, ScriptError, type ScriptFault } from "./script_error.ts";

type Files = Readonly<Record<string, string>>;

/** Reads from `files`, as if they lay in `folder`. */
function reader(files: Files, folder: string): (path: string) => Promise<string> {
  return (path) => {
    const text = path.startsWith(`${folder}/`) ? files[path.slice(folder.length + 1)] : undefined;
    if (text !== undefined) return Promise.resolve(text);
    return Promise.reject(Object.assign(new Error(`no file ${path}`), { code: "ENOENT" }));
  };
}

function bundle(files: Files, entry = "main.ts", folder = "/somewhere"): Promise<Bundle> {
  return bundleScript(`${folder}/${entry}`, { read: reader(files, folder) });
}

/** Runs a bundle as the script component does and returns what its `handle` gives. */
async function run(files: Files, message: unknown = null): Promise<unknown> {
  const { source } = await bundle(files);
  // The table at the end of the source is a comment, so that the bundle stays one function body.
  const { handle } = new Function("theater", source)({ log: { info: () => "logged" } });
  return handle(null, message);
}

test("the bundler is the pinned one", () => {
  strictEqual(bundlerVersion, `esbuild-wasm@${esbuildPackage.version}`);
});

const runs: readonly { name: string; files: Files; gives: unknown }[] = [
  {
    name: "one JavaScript file",
    files: { "main.ts": "export const handle = (state, message) => [1, message];" },
    gives: [1, null],
  },
  {
    name: "relative files in folders, above and below",
    files: {
      "main.ts": 'import { a } from "./lib/a.ts"; export const handle = () => [a(), 0];',
      "lib/a.ts": 'import { b } from "../b.mjs"; export const a = () => b + 1;',
      "b.mjs": "export const b = 41;",
    },
    gives: [42, 0],
  },
  {
    name: "files above the folder of the entry",
    files: {
      "main.ts": 'import { up } from "./../somewhere/up.js"; export function handle() { return [up, 0]; }',
      "up.js": "export const up = 'up';",
      "../somewhere/up.js": "export const up = 'up';",
    },
    gives: ["up", 0],
  },
  {
    name: "JSON files",
    files: {
      "main.ts":
        'import rates from "./rates.json" with { type: "json" }; import { eur } from "./rates.json"; export const handle = () => [rates.usd, eur];',
      "rates.json": '{"eur": 1, "usd": 2}',
    },
    gives: [2, 1],
  },
  {
    name: "cycles, with functions called after all modules have run",
    files: {
      "main.ts":
        'import { even } from "./even.ts"; export const handle = () => [even(10), even(7)]; export const one = 1;',
      "even.ts":
        'import { odd } from "./odd.ts"; export function even(n: number): boolean { return n === 0 || odd(n - 1); }',
      "odd.ts":
        'import { even } from "./even.ts"; export function odd(n: number): boolean { return n !== 0 && even(n - 1); }',
    },
    gives: [true, false],
  },
  {
    name: "a cycle through the entry, whose modules run once and in order",
    files: {
      "main.ts":
        'import { order } from "./order.ts"; import "./second.ts"; order.push("main"); export const handle = () => [order, 0];',
      "second.ts": 'import { order } from "./order.ts"; import "./main.ts"; order.push("second");',
      "order.ts": "export const order: string[] = [];",
    },
    gives: [["second", "main"], 0],
  },
  {
    name: "type syntax: interfaces, generics, as, satisfies, non-null, overloads, abstract, declare",
    files: {
      "main.ts": `
        import type { T } from "./gone.ts";
        import { type U, one } from "./types.ts";
        interface A<X extends string = string> { readonly a?: X }
        type B = { [K in keyof A]: A[K] } | T | U;
        declare const absent: number;
        abstract class Base<X> { protected abstract get(): X; constructor(readonly kept: number, private other = 2) {} sum() { return this.kept + this.other; } }
        class Sub extends Base<number> { protected override get(): number { return 1; } }
        function over(a: string): string; function over(a: number): number; function over(a: unknown) { return a; }
        const value = { a: "x" } as const satisfies A;
        export function handle(this: void, state: unknown, message?: B): [number, unknown] {
          const list = [value.a] as readonly string[] as string[];
          return [new Sub(one).sum(), [list[0]!, over(3), <number> 4]];
        }`,
      "types.ts": "export type U = number; export const one = 1;",
    },
    gives: [3, ["x", 3, 4]],
  },
  {
    name: "enums, const enums across files, namespaces",
    files: {
      "main.ts":
        'import { Size } from "./size.ts"; enum Word { A = 1, B, C = "c" } namespace N { export const deep = 5; } export const handle = () => [[Word.B, Word[1], Word.C, Size.Large], N.deep];',
      "size.ts": "export const enum Size { Small = 10, Large }",
    },
    gives: [[2, "A", "c", 11], 5],
  },
  {
    name: "a handle that is re-exported under its name",
    files: {
      "main.ts": 'export { work as handle } from "./work.ts";',
      "work.ts": "export const handle = 1; export function work() { return [7, 8]; }",
    },
    gives: [7, 8],
  },
  {
    name: "names of this API that the script uses for its own",
    files: {
      "main.ts":
        'import { log } from "theater"; import { log as other } from "./log.ts"; const theater = 1, send = 2; export const handle = () => [theater + send + other, log.info("x")];',
      "log.ts": "export const log = 4;",
    },
    gives: [7, "logged"],
  },
  {
    name: "the API as a namespace",
    files: {
      "main.ts":
        'import * as theater from "theater"; export const handle = () => [0, theater.log.info("x")];',
    },
    gives: [0, "logged"],
  },
  {
    name: "strict mode, and `this` without a value",
    files: {
      "main.ts": "export const handle = () => [(function () { return this === undefined; })(), typeof this];",
    },
    gives: [true, "undefined"],
  },
];

for (const { name, files, gives } of runs) {
  test(`bundleScript() takes ${name}`, async () => deepStrictEqual(await run(files), gives));
}

test("bundleScript() keeps text as it was written", async () => {
  const text = "é \u2028 \u{1F600} \u00ad";
  deepStrictEqual(await run({ "main.ts": `export const handle = () => ["${text}", 0];` }), [text, 0]);
});

const place = (path: string, line: number, column: number, length: number, text: string): Place => (
  { path, line, column, length, text }
);

const handle = "export const handle = () => [0, 0];";
const refusals: readonly { name: string; files: Files; entry?: string; fault: ScriptFault; says?: string }[] =
  [
    ...([
      ["package", "left-pad"],
      ["package", "@scope/name/sub.js"],
      ["builtin", "node:fs"],
      ["builtin", "fs/promises"],
      ["builtin", "bun:sqlite"],
      ["remote", "https://example.org/x.ts"],
      ["remote", "npm:left-pad@1"],
      ["remote", "jsr:@std/assert"],
      ["absolute", "/etc/passwd"],
      ["absolute", "file:///etc/passwd.ts"],
      ["absolute", "C:\\\\x.ts"],
      ["extension", "./other"],
      ["extension", "./other.tsx"],
      ["extension", ".."],
    ] as const).map(([rule, written]) => {
      const line = `import x from "${written}"; x;`;
      const specifier = written.replace("\\\\", "\\");
      return {
        name: `an import of ${specifier}`,
        files: { "main.ts": `${handle}\n${line}` },
        fault: {
          code: "import_refused",
          rule,
          specifier,
          place: place("main.ts", 2, 15, written.length + 2, line),
        },
      } as const;
    }),
    {
      name: "import()",
      files: { "main.ts": 'export const handle = () => import("./a.ts");', "a.ts": "" },
      fault: {
        code: "import_refused",
        rule: "dynamic",
        specifier: "./a.ts",
        place: place("main.ts", 1, 36, 8, 'export const handle = () => import("./a.ts");'),
      },
    },
    {
      name: "require()",
      files: { "main.ts": 'export const handle = () => require("./a.js");', "a.js": "" },
      fault: {
        code: "import_refused",
        rule: "require",
        specifier: "./a.js",
        place: place("main.ts", 1, 37, 8, 'export const handle = () => require("./a.js");'),
      },
    },
    {
      name: "an import of a file that is not there",
      files: { "main.ts": `import "./lib/a.ts";\n${handle}`, "lib/a.ts": 'import "./b.ts";' },
      fault: {
        code: "unreadable",
        path: "lib/b.ts",
        reason: "there is no such file",
        place: place("lib/a.ts", 1, 8, 8, 'import "./b.ts";'),
      },
    },
    {
      name: "an entry that is not there",
      files: {},
      fault: { code: "unreadable", path: "main.ts", reason: "there is no such file", place: null },
    },
    {
      name: "an entry that is no script",
      files: { "main.json": "{}" },
      entry: "main.json",
      fault: { code: "import_refused", rule: "extension", specifier: "main.json", place: null },
    },
    {
      name: "a syntax error",
      files: { "main.ts": `import "./a.ts";\n${handle}`, "a.ts": "const ok = 1;\nconst é = , 2;\n" },
      fault: { code: "invalid", problem: 'Unexpected ","', place: place("a.ts", 2, 11, 1, "const é = , 2;") },
      says: [
        'Cannot bundle main.ts as a script: Unexpected ","',
        "  a.ts:2:11",
        "  2 | const é = , 2;",
        "    |           ^",
      ].join("\n"),
    },
    {
      name: "broken JSON",
      files: { "main.ts": `import x from "./a.json"; x;\n${handle}`, "a.json": '{"a": 1,}' },
      fault: {
        code: "invalid",
        problem: "JSON does not support trailing commas",
        place: place("a.json", 1, 8, 1, '{"a": 1,}'),
      },
    },
    {
      name: "a name that the API does not have",
      files: { "main.ts": `import { fetch } from "theater"; fetch;\n${handle}` },
      fault: {
        code: "invalid",
        problem:
          '"theater" does not export "fetch"; it exports log, clock, random, timers, environment, send, request, defer, reply, exit, self, Refusal, SendError',
        place: place("main.ts", 1, 10, 5, 'import { fetch } from "theater"; fetch;'),
      },
    },
    {
      name: "a name that another file does not have",
      files: { "main.ts": `import { a } from "./a.ts"; a();\n${handle}`, "a.ts": "export const b = 1;" },
      fault: {
        code: "invalid",
        problem: 'No matching export in "a.ts" for import "a"',
        place: place("main.ts", 1, 10, 1, 'import { a } from "./a.ts"; a();'),
      },
    },
    {
      name: "await at the top",
      files: { "main.ts": `await 1;\n${handle}` },
      fault: {
        code: "invalid",
        problem: "await cannot be used here: an actor waits for nothing",
        place: place("main.ts", 1, 1, 5, "await 1;"),
      },
    },
    {
      name: "import.meta",
      files: { "main.ts": "export const handle = () => [import.meta.url, 0];" },
      fault: {
        code: "invalid",
        problem: "import.meta is not available in an actor",
        place: place("main.ts", 1, 30, 11, "export const handle = () => [import.meta.url, 0];"),
      },
    },
    {
      name: "no handle",
      files: { "main.ts": "export default 1; export const init = () => 0;" },
      fault: { code: "no_handle", path: "main.ts", exports: ["default", "init"] },
    },
    {
      name: "an empty file",
      files: { "main.ts": "" },
      fault: { code: "no_handle", path: "main.ts", exports: [] },
    },
    {
      name: "CommonJS",
      files: { "main.js": "exports.handle = () => [0, 0];" },
      entry: "main.js",
      fault: { code: "no_handle", path: "main.js", exports: ["default"] },
    },
  ];

for (const { name, files, entry, fault, says } of refusals) {
  test(`bundleScript() refuses ${name}`, async () => {
    await rejects(bundle(files, entry), (error) => {
      ok(error instanceof ScriptError, String(error));
      deepStrictEqual(error.fault, fault);
      if (says !== undefined) strictEqual(error.message, says);
      return true;
    });
  });
}

test("bundleScript() names every fault, in order", async () => {
  const files = { "main.ts": 'import "b";\nimport "a";\nimport "./a.ts";', "a.ts": "let x y;" };
  await rejects(bundle(files), (error) => {
    ok(error instanceof ScriptError);
    deepStrictEqual(
      error.faults.map((fault) => "place" in fault && `${fault.place?.path}:${fault.place?.line}`),
      [
        "a.ts:1",
        "main.ts:1",
        "main.ts:2",
      ],
    );
    return true;
  });
});

const shop: Files = {
  "shop.ts": [
    'import { log, Refusal, type Request } from "theater";',
    'import { price } from "./lib/price.ts";',
    'import names from "./lib/names.json" with { type: "json" };',
    "",
    "enum Kind { Book = 1, Coffee }",
    "",
    "export function handle(state: { sold: number }, message: Request<{ kind?: Kind }>) {",
    "  const kind = message.body.kind ?? Kind.Book;",
    '  if (names[kind] === undefined) throw new Refusal("Wanted a book or a coffee — é");',
    "  log.info(names[kind]);",
    "  return [{ sold: state.sold + price(kind) }, null];",
    "}",
  ].join("\n"),
  "lib/price.ts": "/** In cents. */\nexport const price = (kind: number): number => kind * 250;\n",
  "lib/names.json": '["", "book", "coffee"]',
};

// Pinned for both runtimes: another text for the same files is another script, to all who compare.
const shopSha256 = "099d7708468324674cd3fa4ff89324ef70b29fb94c28949ea4aba0c83b7e16a8";

test("bundleScript() makes the same bytes of the same files, wherever they lie", async () => {
  const made = await bundle(shop, "shop.ts");
  strictEqual(made.sha256, shopSha256, made.source);
  deepStrictEqual(await bundle(shop, "shop.ts", "/another/place"), made);
  deepStrictEqual(made.files.map(({ path }) => path), ["lib/names.json", "lib/price.ts", "shop.ts"]);
});

test("bundleScript() answers from its folder until a file changes", async () => {
  const cacheDir = await mkdtemp(join(tmpdir(), "theater-bundle-"));
  try {
    const asked: string[] = [];
    const options = (files: Files) => ({
      cacheDir,
      read: (path: string) => {
        asked.push(path);
        return reader(files, "/a")(path);
      },
    });
    const first = await bundleScript("/a/shop.ts", options(shop));
    deepStrictEqual(await bundleScript("/a/shop.ts", options(shop)), first);
    strictEqual((await readdir(cacheDir)).length, 1);

    const [kept] = await readdir(cacheDir);
    const forged = { ...first, source: "return { handle };" };
    await writeFile(join(cacheDir, kept ?? ""), JSON.stringify(forged));
    deepStrictEqual(await bundleScript("/a/shop.ts", options(shop)), first);

    const changed = { ...shop, "lib/names.json": '["", "book", "tea"]' };
    const second = await bundleScript("/a/shop.ts", options(changed));
    ok(second.source.includes("tea") && !second.source.includes('coffee"'));
    deepStrictEqual(await bundleScript("/a/shop.ts", options(shop)), first);
    deepStrictEqual([...new Set(asked)].sort(), ["/a/lib/names.json", "/a/lib/price.ts", "/a/shop.ts"]);
  } finally {
    await rm(cacheDir, { recursive: true });
  }
});

test("a bundle is taken as it is, and comes to the same hash", async () => {
  const first = await bundle({
    "main.ts": 'import { log } from "theater"; export const handle = () => log;',
  });
  const again = await bundle({ "kept.js": first.source }, "kept.js");
  strictEqual(again.source, first.source);
  strictEqual(again.sha256, first.sha256);
  deepStrictEqual(again.files, [{ path: "kept.js", sha256: first.sha256 }]);
});

test("a module that only looks like a bundle is bundled", async () => {
  const text = '"use strict";\nexport const handle = () => [1, 2];\n//# lines={"files":[],"runs":[]}\n';
  deepStrictEqual(await run({ "main.ts": text }), [1, 2]);
});
