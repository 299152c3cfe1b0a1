import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import {
  DEFAULT_LIMITS,
  type Manifest,
  ManifestError,
  manifestJson,
  NO_PERMISSIONS,
  parseManifest,
} from "./mod.ts";
import { DEFAULT_POLICY, DEFAULT_SUPERVISOR } from "../supervision/mod.ts";

const parse = (text: string): Manifest => parseManifest(text, { path: "m.toml" });

/** The lines of the error that a text gets. */
function problemsOf(text: string): readonly string[] {
  try {
    parse(text);
    return [];
  } catch (error) {
    ok(error instanceof ManifestError, String(error));
    return error.problems.map(({ line, column, code, message }) => `${line}:${column} ${code}: ${message}`);
  }
}

test("three lines make a manifest, and what they leave out is the default", () => {
  deepEqual(parse('name = "bank"\ncomponent = "bank.ts"\npermissions.log = true\n'), {
    name: "bank",
    component: { kind: "file", path: "bank.ts" },
    params: "null",
    permissions: { ...NO_PERMISSIONS, log: true },
    limits: DEFAULT_LIMITS,
    isolation: "worker",
    supervisor: DEFAULT_SUPERVISOR,
    children: [],
  });
});

test("nothing is allowed by default", () => {
  deepEqual(NO_PERMISSIONS, {
    log: false,
    clock: false,
    random: false,
    timers: false,
    environment: [],
    send: [],
  });
  deepEqual(parse('name = "a"\ncomponent = "a.wasm"').permissions, NO_PERMISSIONS);
});

const EVERYTHING = `
name = "bank"
component = { path = "bank.wasm", sha256 = "${"0a".repeat(32)}" }
isolation = "worker"

[params]
currency = "EUR"
limits = [1, -2.5, 0x10, true, [], {}]
"__proto__" = { "a.b" = 1 }

[permissions]
log = true
clock = true
random = true
timers = true
environment = ["TZ", "LANG"]
send = ["bank/*", "audit"]

[limits]
turn_ms = 250
fuel = 2_000_000
memory = "128MiB"
stack = 1000
message = "64KiB"
state = 1000
mailbox = 7
idle_ms = 1_000
children = 3
component = "1GiB"

[[child]]
name = "teller"
manifest = "tellers/teller.toml"

[[child]]
name = "vault"
component.url = "https://example.com/vault.wasm"
component.sha256 = "${"ff".repeat(32)}"
params = "inline"
permissions = { log = true, send = ["bank/vault/*"], environment = ["TZ"] }
[child.limits]
turn_ms = 1
[[child.child]]
name = "door"
component = "door.js"
permissions.send = ["bank/vault/door"]
`.replace("1GiB", "256MiB");

test("a manifest that sets everything", () => {
  const manifest = parse(EVERYTHING);
  const [teller, vault] = manifest.children;
  deepEqual(manifest.component, { kind: "file", path: "bank.wasm", sha256: "0a".repeat(32) });
  equal(manifest.params, '{"__proto__":{"a.b":1},"currency":"EUR","limits":[1,-2.5,16,true,[],{}]}');
  deepEqual(manifest.permissions, {
    log: true,
    clock: true,
    random: true,
    timers: true,
    environment: ["LANG", "TZ"],
    send: ["audit", "bank/*"],
  });
  deepEqual(manifest.limits, {
    turnMs: 250,
    fuelUnits: 2000000,
    memoryBytes: 134217728,
    stackUnits: 1000,
    messageBytes: 65536,
    stateBytes: 1000,
    mailboxMessages: 7,
    pendingMessages: 1024,
    idleMs: 1000,
    children: 3,
    componentBytes: 268435456,
  });
  deepEqual(teller, {
    kind: "file",
    name: "teller",
    path: "tellers/teller.toml",
    policy: DEFAULT_POLICY,
    at: { line: 33, column: 12 },
  });
  ok(vault?.kind === "inline");
  deepEqual(vault.at, { line: 35, column: 1 });
  deepEqual(vault.manifest.component, {
    kind: "url",
    url: "https://example.com/vault.wasm",
    sha256: "ff".repeat(32),
  });
  equal(vault.manifest.params, '"inline"');
  equal(vault.manifest.limits.turnMs, 1);
  deepEqual(vault.manifest.permissions.send, ["bank/vault/*"]);
  deepEqual(vault.manifest.children.map(({ kind, name }) => [kind, name]), [["inline", "door"]]);
});

test("manifestJson() is canonical, with the defaults filled in", () => {
  equal(
    manifestJson(
      parse('name = "a"\ncomponent = "a.ts"\nparams = {z = 1, b = "x"}\npermissions.send = ["b", "a"]'),
    ),
    '{"children":[],"component":{"kind":"file","path":"a.ts"},"isolation":"worker",' +
      '"limits":{"children":64,"componentBytes":67108864,"fuelUnits":1000000000000,"mailboxMessages":1024,"memoryBytes":67108864,' +
      '"messageBytes":1048576,"stackUnits":64000,"stateBytes":16777216,"turnMs":5000},"name":"a",' +
      '"params":{"b":"x","z":1},"permissions":{"clock":false,"environment":[],"log":false,"random":false,' +
      '"send":["a","b"],"timers":false}}',
  );
  ok(manifestJson(parse(EVERYTHING)).startsWith('{"children":["teller","vault"],"component":'));
});

test("how actors are supervised is read, and recorded where it differs from the defaults", () => {
  const manifest = parse(
    START + `[supervisor]
strategy = "rest_for_one"
intensity = 3
period_ms = 1000
backoff_ms = 5
backoff_max_ms = 50
auto_shutdown = "any_significant"
news = true
[[child]]
name = "b"
manifest = "b.toml"
restart = "transient"
shutdown_ms = 0
significant = true
[[child]]
name = "c"
component = "c.ts"
on_restart = "fresh"
`,
  );
  deepEqual(manifest.supervisor, {
    strategy: "rest_for_one",
    intensity: 3,
    periodMs: 1000,
    backoffMs: 5,
    backoffMaxMs: 50,
    autoShutdown: "any_significant",
    news: true,
  });
  deepEqual(manifest.children.map(({ policy }) => policy), [
    { restart: "transient", shutdownMs: 0, significant: true, onRestart: "keep" },
    { ...DEFAULT_POLICY, onRestart: "fresh" },
  ]);
  const { policies, supervisor } = JSON.parse(manifestJson(manifest));
  deepEqual(policies, {
    b: { restart: "transient", shutdownMs: 0, significant: true },
    c: { onRestart: "fresh" },
  });
  deepEqual(supervisor, manifest.supervisor);
});

const START = 'name = "a"\ncomponent = "a.ts"\n';
const TOP = "name, component, params, permissions, limits, isolation, supervisor, child, max_active";
const GRANTS = "log, clock, random, timers, environment, send";
const NAME = "the name of the actor: a-z, 0-9, dot, underscore and hyphen, 64 characters at most";
const FORMS = '"file.wasm", "file.ts", { path = "…" } or { url = "https://…", sha256 = "…" }';
const VALUE = 'a value: a string in quotes, a number, true, false, "[" or "{"';
const EXTENSIONS = "a path that ends in .wasm, .ts, .js, .mts, .mjs";

/** After START, so that what is refused is on line 3. */
const refusals: readonly (readonly [string, ...string[]])[] = [
  [
    'supervisor.strategy = "one_for_two"',
    '3:23 bad_value: Cannot read supervisor.strategy: wanted "one_for_one", "one_for_all" or "rest_for_one", got the string "one_for_two"',
  ],
  [
    "supervisor.intensity = -1",
    "3:24 bad_value: Cannot read supervisor.intensity: wanted 0 to 1000000, got the integer -1",
  ],
  [
    "intensity = 1",
    `3:1 unknown_key: Cannot read intensity: wanted one of ${TOP}, got an unknown key; did you mean supervisor.intensity?`,
  ],
  [
    '[[child]]\nname = "b"\ncomponent = "b.ts"\nsignificant = true',
    '6:15 bad_value: Cannot read child[0].significant: wanted false, as restart is "permanent", got true',
  ],
  [
    '[[child]]\nname = "b"\nmanifest = "b.toml"\nrestart = "always"',
    '6:11 bad_value: Cannot read child[0].restart: wanted "permanent", "transient" or "temporary", got the string "always"',
  ],
  [
    "permissions.clok = true",
    `3:13 unknown_key: Cannot read permissions.clok: wanted one of ${GRANTS}, got an unknown key; did you mean clock?`,
  ],
  [
    "permission.log = true",
    `3:1 unknown_key: Cannot read permission: wanted one of ${TOP}, got an unknown key; did you mean permissions?`,
  ],
  [
    "turn_ms = 1",
    `3:1 unknown_key: Cannot read turn_ms: wanted one of ${TOP}, got an unknown key; did you mean limits.turn_ms?`,
  ],
  [
    "log = true",
    `3:1 unknown_key: Cannot read log: wanted one of ${TOP}, got an unknown key; did you mean permissions.log?`,
  ],
  ['"q q\\n" = 1', `3:1 unknown_key: Cannot read "q q\\n": wanted one of ${TOP}, got an unknown key`],
  ["__proto__ = 1", `3:1 unknown_key: Cannot read __proto__: wanted one of ${TOP}, got an unknown key`],
  ["permissions = true", "3:15 wrong_type: Cannot read permissions: wanted a table: [permissions], got true"],
  [
    "permissions.clock = 1",
    "3:21 wrong_type: Cannot read permissions.clock: wanted true or false, got the integer 1",
  ],
  [
    '[permissions]\nclock = "yes"',
    '4:9 wrong_type: Cannot read permissions.clock: wanted true or false, got the string "yes"',
  ],
  [
    'permissions.environment = "LANG"',
    '3:27 wrong_type: Cannot read permissions.environment: wanted an array of names of variables, such as ["LANG"], got the string "LANG"',
  ],
  [
    'permissions.environment = ["A=B"]',
    '3:28 bad_value: Cannot read permissions.environment[0]: wanted the name of a variable: letters, digits and underscores, no digit first, got the string "A=B"',
  ],
  [
    'permissions.environment = ["A", "A"]',
    '3:33 bad_value: Cannot read permissions.environment[1]: wanted each one once, got "A" again',
  ],
  [
    "permissions.send = [1]",
    "3:21 wrong_type: Cannot read permissions.send[0]: wanted an address, got the integer 1",
  ],
  [
    'permissions.send = [\n  "b",\n  "c/*/d",\n]',
    '5:3 bad_value: Cannot read permissions.send[1]: wanted an address, "address/*" or "*", got a star at offset 2 of "c/*/d"',
  ],
  [
    'permissions.send = ["Bank"]',
    '3:21 bad_value: Cannot read permissions.send[0]: wanted only a-z, 0-9, dot, underscore and hyphen, got "B"',
  ],
  [
    'permissions.send = [".node"]',
    '3:21 bad_value: Cannot read permissions.send[0]: wanted a name that does not begin with a dot, got ".node"',
  ],
  [
    "limits.turn_ms = 0",
    "3:18 bad_value: Cannot read limits.turn_ms: wanted 1 to 3600000 milliseconds, got the integer 0",
  ],
  [
    "limits.turn_ms = 1.5",
    "3:18 wrong_type: Cannot read limits.turn_ms: wanted 1 to 3600000 milliseconds, as an integer, got the number 1.5",
  ],
  [
    'limits.memory = "64MB"',
    '3:17 wrong_type: Cannot read limits.memory: wanted 64KiB to 1GiB, as an integer of bytes or a string such as "64MiB", got the string "64MB"',
  ],
  [
    'limits.memory = "2GiB"',
    '3:17 bad_value: Cannot read limits.memory: wanted 64KiB to 1GiB, got the string "2GiB"',
  ],
  [
    "limits.memory = 65535",
    "3:17 bad_value: Cannot read limits.memory: wanted 64KiB to 1GiB, got the integer 65535",
  ],
  [
    "limits.stack = 96001",
    "3:16 bad_value: Cannot read limits.stack: wanted 100 to 96000 units, got the integer 96001",
  ],
  [
    "limits.mailbox = 99999999999999999999",
    "3:18 bad_value: Cannot read limits.mailbox: wanted 1 to 1000000 messages, got the integer 99999999999999999999",
  ],
  [
    "limits.memroy = 1",
    "3:8 unknown_key: Cannot read limits.memroy: wanted one of turn_ms, fuel, memory, stack, message, state, mailbox, pending, idle_ms, children, component, got an unknown key; did you mean memory?",
  ],
  [
    'isolation = "shared"',
    '3:13 not_available: Cannot read isolation: wanted "worker", got "shared", which is not available yet',
  ],
  [
    "max_active = 0",
    "3:14 bad_value: Cannot read max_active: wanted the most workers at a time, 1 to 1000000, got the integer 0",
  ],
  [
    'max_active = "many"',
    '3:14 wrong_type: Cannot read max_active: wanted the most workers at a time, 1 to 1000000, got the string "many"',
  ],
  ['isolation = "thread"', '3:13 bad_value: Cannot read isolation: wanted "worker", got the string "thread"'],
  [
    "params.at = 1979-05-27T07:32:00Z",
    "3:13 wrong_type: Cannot read params.at: wanted a value that JSON can hold, got the date 1979-05-27T07:32:00Z; write it as a string",
  ],
  [
    "params.n = 9007199254740992",
    "3:12 bad_value: Cannot read params.n: wanted an integer within ±9007199254740991, got the integer 9007199254740992; write it as a string",
  ],
  [
    "params.n = [-inf]",
    "3:13 bad_value: Cannot read params.n[0]: wanted a number that JSON can hold, got the number -Infinity",
  ],
  [
    `limits.message = 64\nparams.x = "${"y".repeat(60)}"`,
    "4:1 bad_value: Cannot read params: wanted at most limits.message, 64 bytes of JSON, got 68",
  ],
  ["child = 1", "3:9 wrong_type: Cannot read child: wanted an array of tables: [[child]], got the integer 1"],
  [
    "[child]\nname = 'b'",
    "3:1 wrong_type: Cannot read child: wanted an array of tables: [[child]], got a table",
  ],
  [
    "[[child]]",
    `3:1 missing_key: Cannot read child[0].name: wanted ${NAME}, got nothing`,
    '3:1 missing_key: Cannot read child[0].component: wanted the component to run, such as "counter.ts" or "counter.wasm", got nothing',
  ],
  [
    '[[child]]\nname = "b"\nmanifest = ""',
    '5:12 bad_value: Cannot read child[0].manifest: wanted a path, such as "teller.toml", got the string ""',
  ],
  [
    '[[child]]\nname = "b"\nmanifest = "b.toml"\nparams = 1',
    "6:1 unknown_key: Cannot read child[0].params: wanted it in the child's own manifest, got this key beside manifest",
  ],
  [
    '[[child]]\nname = "b"\nmanifest = "b.toml"\n[[child]]\nname = "b"\nmanifest = "c.toml"',
    '7:8 duplicate_name: Cannot read child[1].name: wanted another name for each child, got "b" again',
  ],
  [
    'limits.children = 0\n[[child]]\nname = "b"\nmanifest = "b.toml"',
    "4:1 too_many: Cannot read child: wanted at most limits.children, 0, got 1",
  ],
  [
    'permissions.send = ["b/*"]\n[[child]]\nname = "c"\ncomponent = "c.ts"\n[child.permissions]\ntimers = true\nsend = ["b/x/*",\n"b"]\nenvironment = ["A"]',
    '8:10 excess_permission: Cannot grant timers = true to "c": wanted at most what its parent "a" may do, got more; grant it to "a" too, or take it away here',
    '10:1 excess_permission: Cannot grant send = ["b"] to "c": wanted at most what its parent "a" may do, got more; grant it to "a" too, or take it away here',
    '11:16 excess_permission: Cannot grant environment = ["A"] to "c": wanted at most what its parent "a" may do, got more; grant it to "a" too, or take it away here',
  ],
  ["x =", `3:4 toml_syntax: Cannot read the manifest as TOML: wanted ${VALUE}, got the end of the text`],
  [
    "x = \ny = 1",
    `3:4 toml_syntax: Cannot read the manifest as TOML: wanted ${VALUE}, got the end of the line`,
  ],
  ["x = bank", `3:5 toml_syntax: Cannot read the manifest as TOML: wanted ${VALUE}, got "b"`],
  [
    'x = "bank',
    "3:10 toml_syntax: Cannot read the manifest as TOML: wanted a quotation mark that ends the string, got the end of the text",
  ],
  [
    "x = 01",
    '3:5 toml_syntax: Cannot read the manifest as TOML: wanted a number without leading zeros, got "0"',
  ],
  ["x = 1 y = 2", '3:7 toml_syntax: Cannot read the manifest as TOML: wanted a new line, got "y"'],
  [
    "x = 1\nx = 2",
    "4:1 toml_syntax: Cannot read the manifest as TOML: wanted each key and table once, got it again",
  ],
  ['x = "😀" y', '3:10 toml_syntax: Cannot read the manifest as TOML: wanted a new line, got "y"'],
];

for (const [text, ...expected] of refusals) {
  test(`parseManifest() refuses ${JSON.stringify(text).slice(0, 70)}`, () => {
    deepEqual(problemsOf(START + text), expected);
    // The same places where lines end in CR LF.
    if (!expected[0]?.includes("toml_syntax")) {
      deepEqual(problemsOf((START + text).replaceAll("\n", "\r\n")), expected);
    }
  });
}

const names = [
  ['""', `wanted ${NAME}, got nothing`],
  ['"Bank"', 'wanted only a-z, 0-9, dot, underscore and hyphen, got "B"'],
  ['"a/b"', 'wanted only a-z, 0-9, dot, underscore and hyphen, got "/"'],
  ['".node"', 'wanted a name that does not begin with a dot, got ".node"'],
  ['"outside"', 'wanted an actor, got "outside", which stands for the world outside'],
  [`"${"x".repeat(65)}"`, "wanted a name of at most 64 characters, got 65 characters"],
] as const;

for (const [name, words] of names) {
  test(`parseManifest() refuses the name ${name.slice(0, 20)}`, () => {
    deepEqual(problemsOf(`name = ${name}\ncomponent = "a.ts"`), [
      `1:8 bad_value: Cannot read name: ${words}`,
    ]);
  });
}

const SHA = "0a".repeat(32);
const components: readonly (readonly [string, ...string[]])[] = [
  ["1", `1:13 wrong_type: Cannot read component: wanted ${FORMS}, got the integer 1`],
  ['"a.py"', `1:13 bad_value: Cannot read component: wanted ${EXTENSIONS}, got the string "a.py"`],
  [
    '"https://x/a.wasm"',
    '1:13 bad_value: Cannot read component: wanted a path, got the string "https://x/a.wasm"; write { url = "https://…", sha256 = "…" } for what is far away',
  ],
  ["{}", `1:13 missing_key: Cannot read component.path: wanted ${FORMS}, got nothing`],
  [
    '{ pth = "a.ts" }',
    "1:15 unknown_key: Cannot read component.pth: wanted one of path, url, sha256, got an unknown key; did you mean path?",
    `1:13 missing_key: Cannot read component.path: wanted ${FORMS}, got nothing`,
  ],
  [
    '{ path = "a.ts", url = "https://x/a.wasm" }',
    "1:36 bad_value: Cannot read component.url: wanted either path or url, got both",
  ],
  [
    '{ path = "a.ts", sha256 = "ABC" }',
    '1:39 bad_value: Cannot read component.sha256: wanted 64 lowercase hex digits, got the string "ABC"',
  ],
  [
    '{ url = "https://x/a.wasm" }',
    "1:13 missing_key: Cannot read component.sha256: wanted the SHA-256 of what the url gives: 64 lowercase hex digits, got nothing",
  ],
  [
    `{ url = "http://x/a.wasm", sha256 = "${SHA}" }`,
    '1:21 bad_value: Cannot read component.url: wanted an https URL without name, password and fragment, got the string "http://x/a.wasm"',
  ],
  [
    `{ url = "https://me:pw@x/a.wasm", sha256 = "${SHA}" }`,
    '1:21 bad_value: Cannot read component.url: wanted an https URL without name, password and fragment, got the string "https://me:pw@x/a.wasm"',
  ],
];

for (const [component, ...expected] of components) {
  test(`parseManifest() refuses component = ${component.slice(0, 50)}`, () => {
    const sorted = expected.toSorted((a, b) => parseInt(a.slice(2)) - parseInt(b.slice(2)));
    deepEqual(problemsOf(`component = ${component}\nname = "a"`), sorted);
  });
}

test("all problems are reported, in the order of the text, one line each", () => {
  const text = "nmae = 1\ncomponent = 2\n[permissions]\nclok = true\n[limits]\nmemory = -1";
  const problems = problemsOf(text);
  deepEqual(problems.map((line) => line.split(":").slice(0, 2).join(":").split(" ")), [
    ["1:1", "unknown_key"],
    ["1:1", "missing_key"],
    ["2:13", "wrong_type"],
    ["4:1", "unknown_key"],
    ["6:10", "bad_value"],
  ]);
  try {
    parse(text);
  } catch (error) {
    ok(error instanceof ManifestError);
    ok(error.message.startsWith("m.toml:1:1: Cannot read nmae: "));
    equal(error.message.split("\n").length, 5);
    equal(error.problems[3]?.path, "permissions.clok");
  }
});

test("depth is bounded everywhere", () => {
  const nest = (n: number) => "[".repeat(n) + "]".repeat(n);
  deepEqual(problemsOf(`${START}params = ${nest(64)}`), []);
  equal(
    problemsOf(`${START}params = ${nest(65)}`)[0],
    "3:74 too_many: Cannot read params: wanted at most 64 levels of nesting, got one more",
  );
  ok(problemsOf(`${START}x = ${nest(101)}`)[0]?.includes("too_many"));
  ok(problemsOf(`${START}x = ${nest(50_000)}`).length > 0);
  ok(problemsOf(`${START}params${".a".repeat(5000)} = 1`)[0]?.includes("too_many"));
  ok(problemsOf(`${START}[[${Array(18).fill("child").join(".")}]]`).length > 0);
  let nested = START;
  for (let depth = 1; depth <= 17; depth++) {
    nested += `[[${Array(depth).fill("child").join(".")}]]\nname = "b"\ncomponent = "b.ts"\n`;
  }
  ok(
    problemsOf(nested)[0]?.includes("wanted at most 16 levels of children, got one more"),
    problemsOf(nested)[0],
  );
  ok(problemsOf("#".repeat(1024 * 1024 + 1))[0]?.includes("wanted at most 1048576 characters"));
  ok(problemsOf('name = "\ud800"')[0]?.includes("lone surrogate"));
});

/** Small, fast, seeded: the same numbers in every runtime. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

test("no text makes parseManifest() throw anything but a ManifestError, for 4,000 seeds", () => {
  const pieces = [
    ..."[]{}=.,\"'#\n\\ \t\r_-+:0123456789eTZ\u0000\u007f\ufeffé😀".split(""),
    ..."[[child]] [child.child] [permissions] [limits] name component params child isolation manifest url path"
      .split(" "),
    ..."sha256 send log memory \"bank\" 'a.ts' true 1979-05-27 07:32:00 inf nan \"\"\" ''' 1e999 \\u00e9 __proto__"
      .split(" "),
  ];
  let refused = 0;
  for (let seed = 1; seed <= 4000; seed++) {
    const pick = random(seed);
    // Half from nothing, half from a good manifest with a few places overwritten.
    let text = pick(2) === 0 ? "" : EVERYTHING;
    for (let i = 1 + pick(text === "" ? 40 : 4); i > 0; i--) {
      const at = text === "" ? text.length : pick(text.length);
      const piece = pieces[pick(pieces.length)] ?? "";
      text = text.length < 500 ? text + piece : text.slice(0, at) + piece + text.slice(at + pick(4));
    }
    try {
      parse(text);
    } catch (error) {
      if (!(error instanceof ManifestError)) {
        throw new Error(`seed ${seed}: ${error}\n${JSON.stringify(text)}`);
      }
      ok(error.problems.length > 0, `seed ${seed}`);
      for (const { line, column } of error.problems) {
        ok(
          line >= 1 && line <= text.split("\n").length + 1 && column >= 1,
          `seed ${seed}: ${line}:${column}`,
        );
      }
      refused += 1;
    }
  }
  ok(refused > 2000 && refused < 4000, `both outcomes must be reached: ${refused} of 4000 refused`);
});
