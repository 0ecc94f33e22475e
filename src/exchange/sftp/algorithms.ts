/** The SSH algorithms that are allowed, and how one bank is given an exception. */
import type { Algorithms } from "ssh2";

export type AlgorithmKind = "kex" | "serverHostKey" | "cipher" | "hmac";

/** No SHA-1, no CBC, no MAC-then-encrypt, no chacha20-poly1305 (CVE-2023-48795 where the other side is old). */
const ALLOWED = {
  kex: [
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group18-sha512",
  ],
  serverHostKey: [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
  ],
  cipher: ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes192-ctr", "aes256-ctr"],
  hmac: ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com"],
} as const satisfies Record<AlgorithmKind, readonly string[]>;

export type AlgorithmExceptions = Partial<Record<AlgorithmKind, readonly string[]>>;

/** The allow-list with a bank's exceptions after it, so that they are used only when nothing better is offered. */
export function algorithmsFor(exceptions: AlgorithmExceptions = {}): Algorithms {
  const list = (kind: AlgorithmKind) => [...ALLOWED[kind], ...(exceptions[kind] ?? [])];
  return {
    kex: list("kex"),
    serverHostKey: list("serverHostKey"),
    cipher: list("cipher"),
    hmac: list("hmac"),
    compress: ["none"],
  } as Algorithms;
}
