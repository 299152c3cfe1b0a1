import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { SigningKey } from "../../src/note/mod.ts";

/** What the signature is for, so that it is good for nothing else. */
export const sshNamespace = "theater-release";

/** A text as the wire format of SSH has it: its length (u32, big-endian), then its bytes (RFC 4251 §5). */
function string(bytes: string | Uint8Array): Buffer {
  const content = Buffer.from(bytes);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

/**
 * Signs a text as `ssh-keygen -Y sign` does (PROTOCOL.sshsig of OpenSSH), for systems that have no other tool
 * for Ed25519. What is signed begins with `SSHSIG`, so it can be taken for no note.
 */
export function signForSsh(text: string, key: SigningKey): string {
  const algorithm = "ssh-ed25519";
  const hash = createHash("sha512").update(text).digest();
  const signed = Buffer.concat([
    Buffer.from("SSHSIG"),
    string(sshNamespace),
    string(""),
    string("sha512"),
    string(hash),
  ]);
  const version = Buffer.from([0, 0, 0, 1]);
  const blob = Buffer.concat([
    Buffer.from("SSHSIG"),
    version,
    string(Buffer.concat([string(algorithm), string(key.publicKey)])),
    string(sshNamespace),
    string(""),
    string("sha512"),
    string(Buffer.concat([string(algorithm), string(key.sign(signed))])),
  ]);
  const lines = blob.toString("base64").replace(/.{70}(?=.)/g, "$&\n");
  return `-----BEGIN SSH SIGNATURE-----\n${lines}\n-----END SSH SIGNATURE-----\n`;
}
