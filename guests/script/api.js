// What a script imports from "theater": the imports of the component, with plain values in place of texts.
//
// Arguments are checked here, because a value of the wrong type at the boundary of a component ends in a
// trap without words.
import clockImport from "theater:actor/clock@0.1.0";
import environmentImport from "theater:actor/environment@0.1.0";
import logImport from "theater:actor/log@0.1.0";
import messagingImport from "theater:actor/messaging@0.1.0";
import randomImport from "theater:actor/random@0.1.0";
import supervisorImport from "theater:actor/supervisor@0.1.0";
import timersImport from "theater:actor/timers@0.1.0";
import { inspect } from "./inspect.js";
import { stringify } from "./json.js";

/** Thrown by a script to refuse a message: the sender gets the text, the state stays as it was. */
export class Refusal extends Error {
  get name() {
    return "Refusal";
  }
}

/** Why `send` or `request` was refused on the spot. */
class SendError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
  get name() {
    return "SendError";
  }
}

function wanted(what, want, got) {
  return new TypeError(`Cannot use ${inspect([got]).slice(1, -1)} as ${what}: wanted ${want}`);
}

function text(value, what) {
  if (typeof value !== "string") throw wanted(what, "a string", value);
  return value.toWellFormed();
}

function count(value, what, max) {
  if (!Number.isInteger(value) || value < 0 || value > max) {
    throw wanted(what, `a whole number from 0 to ${max}`, value);
  }
  return value;
}

function writer(level) {
  return (...values) => logImport.write(level, values.map((v) => inspect(v)).join(" ").toWellFormed());
}

const log = Object.freeze({
  debug: writer("debug"),
  info: writer("info"),
  warn: writer("warn"),
  error: writer("error"),
});

const clock = Object.freeze({
  now: () => clockImport.now(),
  monotonic: () => clockImport.monotonic(),
});

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

const random = Object.freeze({
  bytes: (size) => Uint8Array.from(randomImport.bytes(count(size, "a number of random bytes", 65536))),
  number: () => {
    // The engine has no 64-bit integers: they come as the nearest number, the largest 2^53 of them negative.
    const bits = randomImport.bits();
    const unsigned = bits < 0 ? bits + 2 ** 64 : bits;
    return Math.min(Math.floor(unsigned * 2 ** -11), 2 ** 53 - 1) * 2 ** -53; // Rounding may have reached 2^64.
  },
  uuid: () => {
    const bytes = randomImport.bytes(16);
    bytes[6] = (bytes[6] & 0x0f) | 0x40; // RFC 9562 section 5.4: version 4
    bytes[8] = (bytes[8] & 0x3f) | 0x80; // RFC 9562 section 4.1: variant
    const hex = Array.from(bytes, (byte) => HEX[byte]).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  },
});

// An id is a text, as in the message of a timer that fires.
const timers = Object.freeze({
  set: (delayMs, body) => {
    const delay = count(delayMs, "a delay in milliseconds", Number.MAX_SAFE_INTEGER);
    const json = stringify(body, "timer body");
    try {
      return String(timersImport.set(delay, json));
    } catch (error) {
      throw typeof error?.payload === "string" ? new RangeError(error.payload) : error;
    }
  },
  cancel: (id) => timersImport.cancel(number(id, "a timer", "the id that timers.set returned")),
});

function number(id, what, want) {
  const value = typeof id === "string" && /^[0-9]{1,16}$/.test(id) ? Number(id) : NaN;
  if (!Number.isSafeInteger(value)) throw wanted(what, want, id);
  return value;
}

const environment = Object.freeze({
  get: (name) => environmentImport.get(text(name, "the name of a variable")) ?? undefined,
});

function send(to, body) {
  const address = text(to, "an address");
  const json = stringify(body, "message body");
  try {
    messagingImport.send(address, json);
  } catch (error) {
    throw sendError(error, address);
  }
}

// Ids of requests are texts, as in the message with the reply.
function request(to, body, timeoutMs = 5000) {
  const address = text(to, "an address");
  const json = stringify(body, "message body");
  const timeout = count(timeoutMs, "a time limit in milliseconds", 3_155_760_000_000);
  try {
    return String(messagingImport.request(address, json, timeout));
  } catch (error) {
    throw sendError(error, address);
  }
}

function defer() {
  const token = messagingImport.defer();
  return token === undefined || token === null ? undefined : String(token);
}

function reply(token, body) {
  const to = number(token, "the addressee of a reply", "the token that defer returned");
  const json = stringify(body, "reply");
  try {
    messagingImport.reply(to, json);
  } catch (error) {
    throw replyError(error, to);
  }
}

function replyError(error, token) {
  const { tag, val } = error?.payload ?? {};
  switch (tag) {
    case "nobody":
      return new SendError(tag, `Cannot reply to ${token}: nobody waits for it`);
    case "bad-body":
      return new SendError(tag, `Cannot reply: the body is not well-formed JSON: ${val}`);
    case "too-large":
      return new SendError(tag, `Cannot reply: the body is larger than the limit of ${val} bytes`);
    default:
      return error;
  }
}

function sendError(error, to) {
  const { tag, val } = error?.payload ?? {};
  switch (tag) {
    case "not-allowed":
      return new SendError(
        tag,
        `Cannot send to ${to}: the manifest does not allow it; add it to permissions.send`,
      );
    case "too-many":
      return new SendError(
        tag,
        `Cannot send to ${to}: ${val} own timers, requests and returned messages wait already (limits.pending)`,
      );
    case "bad-address":
      return new SendError(tag, `Cannot send to ${inspect([to]).slice(1, -1)}: ${val}`);
    case "bad-body":
      return new SendError(tag, `Cannot send to ${to}: the body is not well-formed JSON: ${val}`);
    case "too-large":
      return new SendError(tag, `Cannot send to ${to}: the body is larger than the limit of ${val} bytes`);
    default:
      return error;
  }
}

function exit() {
  supervisorImport.exit();
}

function self() {
  return messagingImport.self();
}

/** The namespace that stands behind `import … from "theater"`. */
export const api = Object.freeze({
  log,
  clock,
  random,
  timers,
  environment,
  send,
  request,
  defer,
  reply,
  exit,
  self,
  Refusal,
  SendError,
});
