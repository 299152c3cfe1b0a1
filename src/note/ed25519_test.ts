import { deepEqual, equal, notEqual, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import { encodeUtf8, fromHex, toHex } from "../codec/mod.ts";
import { curvePrime, isOnCurve, smallOrderOrdinates } from "./edwards.ts";
import { createSigningKey, deriveActorSeed, findKeyFlaw, verifySignature } from "./mod.ts";
import { loadVectors, testSeed } from "./testing/vectors.ts";

// RFC 8032 §7.1, tests 1 to 3: seed, public key, message, signature.
const rfc8032 = [
  [
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
  [
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ],
] as const;

for (const [seed, publicKey, message, signature] of rfc8032) {
  test(`the key of seed ${seed.slice(0, 8)} signs as RFC 8032 says`, () => {
    const key = createSigningKey(fromHex(seed));
    equal(toHex(key.publicKey), publicKey);
    equal(toHex(key.sign(fromHex(message))), signature);
    ok(verifySignature(key.publicKey, fromHex(message), fromHex(signature)));
  });
}

test("a signature with any bit changed is refused, and so is one of another message or key", () => {
  const key = createSigningKey(testSeed(1));
  const message = encodeUtf8("message");
  const signature = key.sign(message);
  for (let bit = 0; bit < 512; bit++) {
    const changed = signature.slice();
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    equal(verifySignature(key.publicKey, message, changed), false, `bit ${bit}`);
  }
  for (let bit = 0; bit < 256; bit++) {
    const changed = key.publicKey.slice();
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    equal(verifySignature(changed, message, signature), false, `bit ${bit} of the key`);
  }
  equal(verifySignature(key.publicKey, encodeUtf8("Message"), signature), false);
  equal(verifySignature(createSigningKey(testSeed(2)).publicKey, message, signature), false);
});

test("what cannot be a key or a signature has signed nothing", () => {
  const key = createSigningKey(testSeed(1));
  const message = encodeUtf8("message");
  const signature = key.sign(message);
  for (const length of [0, 1, 31, 33, 64, 1000]) {
    equal(verifySignature(new Uint8Array(length), message, signature), false);
    equal(findKeyFlaw(new Uint8Array(length)), "not_32_bytes");
  }
  for (const length of [0, 1, 63, 65, 128]) {
    equal(verifySignature(key.publicKey, message, new Uint8Array(length)), false);
  }
});

test("a seed has 32 bytes", () => {
  for (const length of [0, 31, 33, 64]) {
    throws(() => createSigningKey(new Uint8Array(length)), RangeError);
    throws(() => deriveActorSeed(new Uint8Array(length), "a"), RangeError);
  }
});

test("the points of small order satisfy the equation of the curve and no others are listed", () => {
  equal(smallOrderOrdinates.size, 5);
  const d = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n;
  equal((d * 121666n + 121665n) % curvePrime, 0n);
  for (const y of smallOrderOrdinates) {
    ok(isOnCurve(y));
    const doubled = (d * y ** 4n + 2n * y ** 2n) % curvePrime === 1n;
    equal(doubled, y !== 0n && y !== 1n && y !== curvePrime - 1n);
  }
});

const flaws = [
  ["0100000000000000000000000000000000000000000000000000000000000000", "small_order"],
  ["ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "small_order"],
  ["0000000000000000000000000000000000000000000000000000000000000000", "small_order"],
  ["0000000000000000000000000000000000000000000000000000000000000080", "small_order"],
  ["26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "small_order"],
  ["26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85", "small_order"],
  ["c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "small_order"],
  ["c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa", "small_order"],
  ["0100000000000000000000000000000000000000000000000000000000000080", "not_canonical"],
  ["ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "not_canonical"],
  ["edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "not_canonical"],
  ["edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "not_canonical"],
  ["eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "not_canonical"],
  ["ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "not_canonical"],
  ["0200000000000000000000000000000000000000000000000000000000000000", "not_on_curve"],
  ["0202020202020202020202020202020202020202020202020202020202020202", "not_on_curve"],
  ["d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", undefined],
  // A point of large order that has a part of small order: no list can refuse it, and nothing is lost by it.
  ["678c8edde71e8f4dd2d05c673807d7951ab5e93763a16363f14a1812c7bd8fac", undefined],
] as const;

for (const [key, flaw] of flaws) {
  test(`findKeyFlaw() finds ${flaw ?? "nothing wrong"} in ${key}`, () => {
    equal(findKeyFlaw(fromHex(key)), flaw);
  });
}

interface EdgeCases {
  readonly flags: string[];
  readonly keysHex: string[];
  readonly signaturesHex: string[];
  readonly cases: string[];
}

test("the 914 edge cases of CCTV: both runtimes agree", () => {
  const { flags, keysHex, signaturesHex, cases } = loadVectors<EdgeCases>("ed25519-edge-cases");
  equal(cases.length, 914);
  let accepted = 0;
  for (const line of cases) {
    const [key = "", signature = "", number = "", bits = ""] = line.split(" ");
    const about = flags.filter((_, at) => Number(bits) >> at & 1);
    // RFC 8032 without cofactors, and no key of small order.
    const wanted = !["low_order_A", "non_canonical_A", "non_canonical_R", "low_order_residue", "reencoded_k"]
      .some((flag) => about.includes(flag));
    const publicKey = fromHex(keysHex[Number(key)] ?? "");
    const message = encodeUtf8(number === "-" ? "ed25519vectors" : `ed25519vectors ${number}`);
    const got = verifySignature(publicKey, message, fromHex(signaturesHex[Number(signature)] ?? ""));
    equal(got, wanted, `${line}: ${about.join(", ")}`);
    equal(findKeyFlaw(publicKey) !== undefined, about.includes("low_order_A"));
    if (got) accepted += 1;
  }
  equal(accepted, 86);
});

interface Divergence {
  readonly cases: { key: string; msg: string; sig: string }[];
}

test("signatures that libraries disagree on are refused", () => {
  const { cases } = loadVectors<Divergence>("ed25519-divergence");
  equal(cases.length, 2);
  for (const { key, msg, sig } of cases) {
    equal(verifySignature(fromHex(key), encodeUtf8(msg), fromHex(sig)), false);
  }
});

interface OwnVectors {
  readonly keys: { seedHex: string; publicKeyHex: string }[];
  readonly actorSeeds: { nodeSeedHex: string; origin: string; seedHex: string; publicKeyHex: string }[];
}
const own = loadVectors<OwnVectors>("theater");

test("the keys of our own vectors", () => {
  for (const { seedHex, publicKeyHex } of own.keys) {
    equal(toHex(createSigningKey(fromHex(seedHex)).publicKey), publicKeyHex);
  }
});

test("deriveActorSeed() derives the seeds of our own vectors", () => {
  for (const { nodeSeedHex, origin, seedHex, publicKeyHex } of own.actorSeeds) {
    const seed = deriveActorSeed(fromHex(nodeSeedHex), origin);
    equal(toHex(seed), seedHex);
    equal(toHex(createSigningKey(seed).publicKey), publicKeyHex);
  }
  notEqual(toHex(deriveActorSeed(testSeed(1), "a")), toHex(deriveActorSeed(testSeed(1), "b")));
  deepEqual(deriveActorSeed(testSeed(1), "a"), deriveActorSeed(testSeed(1), "a"));
});
