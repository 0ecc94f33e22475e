/** The sandbox bank's host key: made once, kept in its folder, told by its fingerprint. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ssh2 from "ssh2";

const { utils } = ssh2;

/** The bank keeps its host key, so that a client's pin survives a restart. */
export function keptHostKey(folder: string): string {
  const path = join(folder, "host-key");
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    const key = newHostKey();
    writeFileSync(path, key, { mode: 0o600 });
    return key;
  }
}

/** About one ed25519 key in 200 that ssh2 makes is one that it cannot read (ssh2 1.17, measured): then another one is made. */
export function newHostKey(): string {
  for (;;) {
    const { private: key } = utils.generateKeyPairSync("ed25519");
    if (!(utils.parseKey(key) instanceof Error)) return key;
  }
}

/** `SHA256:...`, as ssh-keygen prints it. */
export function fingerprintOf(privateKey: string): string {
  const key = utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  const digest = createHash("sha256").update(key.getPublicSSH()).digest("base64");
  return `SHA256:${digest.replace(/=+$/, "")}`;
}
