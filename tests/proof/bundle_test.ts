import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  BundleError,
  type BundleReport,
  exportBundle,
  parseWithholdSpec,
  type PartPlace,
} from "../../src/bundle/mod.ts";
import { readTreeHead } from "../../src/merkle/mod.ts";
import { parseCheckpoint, parseNote } from "../../src/note/mod.ts";
import { actorNodes, nodeNodes } from "../../src/proof/mod.ts";
import { type LogReader, openLog, openLogReader, StoreError } from "../../src/store/mod.ts";
import { writeSample } from "../cli/sample_log.ts";
import { sealLog } from "./sealed_log.ts";

const folder = mkdtempSync(join(tmpdir(), "theater-bundle-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const logPath = join(folder, "log.db");
writeSample(logPath);
const store = openLog(logPath);
sealLog(store);
store.close();
const log = openLogReader(logPath);
after(() => log.close());

let bundles = 0;

function bundleOf(
  addresses: readonly string[],
  specs: readonly string[] = [],
  closure = false,
): { report: BundleReport; bundle: LogReader; path: string } {
  const path = join(folder, `bundle-${bundles++}.db`);
  const report = exportBundle(log, path, { addresses, withhold: specs.map(parseWithholdSpec), closure });
  const bundle = openLogReader(path);
  after(() => bundle.close());
  return { report, bundle, path };
}

function places(list: readonly PartPlace[]): string[] {
  return list.map(({ address, seq, role }) => `${address} ${seq} ${role}`);
}

test("a bundle of all actors holds what the log holds", () => {
  const { report, bundle, path } = bundleOf(["ledger", "ledger/auditor"]);
  equal(bundle.kind, "bundle");
  equal(bundle.node, log.node);
  equal(report.withheld, 0);
  for (const { address } of log.actors()) {
    deepEqual([...bundle.records(address)], [...log.records(address)]);
    deepEqual(bundle.state(address), log.state(address));
    deepEqual(bundle.actor(address), log.actor(address));
  }
  deepEqual([...bundle.seals()], [...log.seals()]);
  deepEqual([...bundle.checkpoints()], [...log.checkpoints()]);
  deepEqual(
    readdirSync(folder).filter((name) => path.endsWith(name.replace(/-wal$|-shm$|-journal$|\.part$/, ""))),
    [
      path.slice(folder.length + 1),
    ],
  );
  throws(() => openLog(path), (error) => error instanceof StoreError && error.fault.code === "bundle");
});

test("a bundle of one actor keeps the leaves of the others as hashes, and the same root", () => {
  const { bundle } = bundleOf(["ledger/auditor"]);
  deepEqual(bundle.actors().map(({ address }) => address), ["ledger/auditor"]);
  deepEqual([...bundle.leaves()].map(({ index }) => index), [0]);
  const signed = parseCheckpoint(parseNote(bundle.checkpoint()!.note).text);
  equal(readTreeHead(nodeNodes(bundle, signed.size), signed.size).root, signed.root);
  const [seal] = bundle.sealsOf("ledger/auditor");
  equal(readTreeHead(actorNodes(bundle, "ledger/auditor", seal!.size), seal!.size).root, seal!.root);
});

test("a bundle of a bundle is the same", () => {
  const { bundle } = bundleOf(["ledger/auditor"]);
  const path = join(folder, "second.db");
  exportBundle(bundle, path, { addresses: ["ledger/auditor"] });
  const second = openLogReader(path);
  deepEqual([...second.records("ledger/auditor")], [...bundle.records("ledger/auditor")]);
  deepEqual([...second.leaves()], [...bundle.leaves()]);
  second.close();
});

test("parts that are withheld are gone, bytes and salt, and entries stay", () => {
  const { report, bundle, path } = bundleOf(["ledger", "ledger/auditor"], ["part:body"]);
  for (const { address } of log.actors()) {
    for (const { seq, text, parts } of log.records(address)) {
      equal(bundle.entry(address, seq)?.text, text);
      bundle.parts(address, seq).forEach((part, i) => {
        if (part.status === "withheld") deepEqual(part, { status: "withheld" });
        else deepEqual(part, parts[i]);
      });
    }
  }
  equal(bundle.parts("ledger", 5)[0]?.status, "withheld");
  equal(bundle.parts("ledger", 5)[1]?.status, "present");
  equal(report.withheld, 9);
  ok(readFileSync(logPath).includes('"cents":999999999'));
  ok(!readFileSync(path).includes('"cents":999999999'));
});

test("specs are conditions that must all fit", () => {
  const withheld = (spec: string) => {
    const { bundle } = bundleOf(["ledger", "ledger/auditor"], [spec]);
    return log.actors().flatMap(({ address }) =>
      [...bundle.records(address)].flatMap(({ seq, parts }) =>
        parts.flatMap(({ status }, i) => status === "withheld" ? [`${address} ${seq} ${i}`] : [])
      )
    );
  };
  deepEqual(withheld("kind:accept"), ["ledger 5 0", "ledger 5 1", "ledger 19 0"]);
  deepEqual(withheld("kind:accept,part:key"), ["ledger 5 1"]);
  deepEqual(withheld("seq:5..6,part:key"), ["ledger 5 1", "ledger 6 1"]);
  deepEqual(withheld("actor:ledger/*,seq:3"), ["ledger/auditor 3 0"]);
  deepEqual(withheld("function:now"), ["ledger 15 0", "ledger 15 1"]);
  deepEqual(withheld("function:theater:actor/messaging@*,part:body"), ["ledger 8 2"]);
  deepEqual(withheld("seq:11"), ["ledger 11 0"]);
});

for (
  const spec of [
    "",
    "body",
    "kind:no",
    "part:no",
    "seq:",
    "seq:5..3",
    "seq:01",
    "actor:A",
    "function:",
    "part:body,",
  ]
) {
  test(`the spec "${spec}" is refused`, () => {
    throws(
      () => parseWithholdSpec(spec),
      (error) => error instanceof BundleError && error.fault.code === "bad_spec",
    );
  });
}

test("copies of what is withheld are named, in the same chain and in others", () => {
  const { report } = bundleOf(["ledger", "ledger/auditor"], ["actor:ledger,kind:receive,part:body,seq:6"]);
  deepEqual(places(report.remains.copies), ["ledger 5 body"]);
  const other = bundleOf(["ledger", "ledger/auditor"], ["actor:ledger/auditor,part:body"]).report;
  deepEqual(places(other.remains.copies), ["ledger 8 body"]);
  // Without the sender's chain there is no copy.
  deepEqual(bundleOf(["ledger/auditor"], ["part:body"]).report.remains.copies, []);
});

test("what came out of what is withheld is named", () => {
  const { report } = bundleOf(["ledger"], ["seq:10,part:body"]);
  deepEqual(places(report.remains.follows), [
    "ledger 11 error",
    "ledger 13 state",
    "ledger 17 state",
    "ledger 18 state",
  ]);
});

test("what replay gives back is named", () => {
  const { report } = bundleOf(["ledger"], ["seq:11"]);
  deepEqual(places(report.remains.replayed), ["ledger 11 error"]);
  const fed = bundleOf(["ledger"], ["seq:10..11"]).report;
  deepEqual(fed.remains.replayed, []);
});

test("with closure nothing still tells", () => {
  for (
    const spec of [
      "seq:10,part:body",
      "seq:11",
      "actor:ledger/auditor,part:body",
      "seq:6",
      "part:state",
      "kind:call",
    ]
  ) {
    const { report, bundle } = bundleOf(["ledger", "ledger/auditor"], [spec], true);
    deepEqual(report.remains, { copies: [], replayed: [], follows: [] }, spec);
    ok(report.closed > 0, spec);
    equal(bundle.actor("ledger")?.head, log.actor("ledger")?.head);
  }
});

test("nothing is written over unless told, and nothing is left of a failure", () => {
  const path = join(folder, "there.db");
  writeFileSync(path, "mine");
  const request = { addresses: ["ledger"] };
  throws(() => exportBundle(log, path, request), (error) => code(error) === "file_exists");
  equal(readFileSync(path, "utf8"), "mine");
  exportBundle(log, path, { ...request, force: true });
  openLogReader(path).close();
  const other = join(folder, "other.db");
  throws(
    () => exportBundle(log, other, { addresses: ["nobody"] }),
    (error) => code(error) === "no_such_actor",
  );
  throws(() => exportBundle(log, other, { addresses: [] }), (error) => code(error) === "no_actors");
  deepEqual(readdirSync(folder).filter((name) => name.startsWith("other") || name.includes(".part")), []);
});

function code(error: unknown): string | undefined {
  return error instanceof BundleError ? error.fault.code : String(error);
}
