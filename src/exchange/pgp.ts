/** Signing and encrypting what goes to a bank, and opening what comes from it. */
import {
  createMessage,
  decrypt,
  decryptKey,
  encrypt,
  type Message,
  type PartialConfig,
  type PrivateKey,
  type PublicKey,
  readKey,
  readMessage,
  readPrivateKey,
  sign,
} from "openpgp";
import { RemitError } from "../domain/errors.ts";

export interface PgpSettings {
  /** Armored public keys of the bank, newest first: we encrypt to the first that is valid and accept signatures of all. */
  readonly bankKeys: readonly string[];
  /** Our armored private keys, newest first: we sign with the first that is valid and open messages to any of them. */
  readonly ourKeys: readonly { readonly armored: string; readonly passphrase?: string }[];
}

export interface PgpKeys {
  readonly bankKeys: readonly PublicKey[];
  readonly ourKeys: readonly PrivateKey[];
}

export interface OpenedMessage {
  readonly bytes: Uint8Array;
  /** Fingerprint of the bank's key, lower-case hex. */
  readonly signedBy: string;
}

/** Reads the keys once. @throws PGP_KEY_INVALID naming the key by its place in the list, never by its content */
export async function loadPgpKeys(settings: PgpSettings): Promise<PgpKeys> {
  for (const list of ["bankKeys", "ourKeys"] as const) {
    if (settings[list].length === 0) throw new RemitError("PGP_KEY_INVALID", { where: list, found: "no key" });
  }
  const bankKeys = settings.bankKeys.map((armoredKey, i) => usable(`bankKeys[${i}]`, () => readPublic(armoredKey)));
  const ourKeys = settings.ourKeys.map((key, i) => usable(`ourKeys[${i}]`, () => unlock(key)));
  return { bankKeys: await Promise.all(bankKeys), ourKeys: await Promise.all(ourKeys) };
}

/** What a bank wants of a file; `armored` is text. */
export interface Sealing {
  readonly encrypt: boolean;
  readonly sign: boolean;
  readonly format: "armored" | "binary";
}

/**
 * Signs, encrypts, or both. The result differs each time, so it is the result that is frozen and sent, never made again.
 * @param now decides which keys are valid
 * @throws PGP_KEY_INVALID when no key is
 */
export async function sealForBank(
  keys: PgpKeys,
  bytes: Uint8Array,
  now: Date,
  sealing: Sealing = { encrypt: true, sign: true, format: "armored" },
): Promise<Uint8Array> {
  const signingKeys = sealing.sign ? [await signingKey(keys, now)] : [];
  const message = await createMessage({ binary: bytes });
  if (sealing.encrypt) {
    const encryptionKeys = await encryptionKey(keys, now);
    return sealing.format === "binary"
      ? encrypt({ message, encryptionKeys, signingKeys, date: now, format: "binary" })
      : Buffer.from(await encrypt({ message, encryptionKeys, signingKeys, date: now, format: "armored" }));
  }
  return sealing.format === "binary"
    ? sign({ message, signingKeys, date: now, format: "binary" })
    : Buffer.from(await sign({ message, signingKeys, date: now, format: "armored" }));
}

/** Which keys we could not seal with at `when`, by the name of their list: what must be renewed before. */
export async function keysMissingAt(
  keys: PgpKeys,
  when: Date,
  { encrypt: encrypts, sign: signs }: Omit<Sealing, "format">,
): Promise<readonly ("bankKeys" | "ourKeys")[]> {
  const fails = (work: Promise<unknown>) =>
    work.then(
      () => false,
      () => true,
    );
  return [
    ...(encrypts && (await fails(encryptionKey(keys, when))) ? (["bankKeys"] as const) : []),
    ...(signs && (await fails(signingKey(keys, when))) ? (["ourKeys"] as const) : []),
  ];
}

function encryptionKey({ bankKeys }: PgpKeys, now: Date): Promise<PublicKey> {
  return firstValid(bankKeys, (key) => key.getEncryptionKey(undefined, now), "bankKeys");
}

function signingKey({ ourKeys }: PgpKeys, now: Date): Promise<PrivateKey> {
  return firstValid(ourKeys, (key) => key.getSigningKey(undefined, now), "ourKeys");
}

/**
 * Decrypts and demands a valid signature of one of the bank's keys: what is not signed by the bank is not from the bank.
 * @param maxBytes cap on the content, also while it is decompressed
 * @throws PGP_REFUSED, FILE_TOO_LARGE
 */
export async function openFromBank(
  keys: PgpKeys,
  sealed: Uint8Array,
  now: Date,
  maxBytes: number,
): Promise<OpenedMessage> {
  // Armor adds a third; the rest is room for the packets around the content.
  const longest = 2 * maxBytes + 65_536;
  if (sealed.length > longest) throw tooLarge(`${sealed.length} bytes`, longest);
  const config: PartialConfig = { maxDecompressedMessageSize: maxBytes };
  try {
    const message = await readSealed(sealed, config);
    assertForUs(keys, message);
    const { data, signatures } = await decrypt({
      message,
      decryptionKeys: [...keys.ourKeys],
      verificationKeys: [...keys.bankKeys],
      format: "binary",
      date: now,
      config,
    });
    if (data.length > maxBytes) throw tooLarge(`${data.length} bytes`, maxBytes);
    return { bytes: data, signedBy: await signer(keys, signatures) };
  } catch (cause) {
    if (cause instanceof RemitError) throw cause;
    const { message } = cause as Error;
    if (/decompressed message size/i.test(message)) throw tooLarge("more when decompressed", maxBytes);
    throw refused("PGP_DAMAGED", message.split("\n")[0] ?? "", cause);
  }
}

/** Whether the bytes say of themselves that they are an OpenPGP message: armored, or a packet that begins one. */
export function looksSealed(start: Uint8Array): boolean {
  if (isArmored(start)) return true;
  const first = start[0] ?? 0;
  if ((first & 0x80) === 0) return false;
  // RFC 9580, section 4.2: session keys (1, 3), one-pass signature (4), signature (2), compressed (8), literal (11).
  const tag = (first & 0x40) === 0 ? (first & 0x3c) >> 2 : first & 0x3f;
  return [1, 2, 3, 4, 8, 11].includes(tag);
}

/** Each reason for which a sealed file is refused, and what would have been right. */
export const PGP_REFUSALS = {
  PGP_NOT_ENCRYPTED: "a message encrypted to one of our keys",
  PGP_WRONG_KEY: "a message encrypted to one of our keys",
  PGP_UNSIGNED: "a signature of one of the bank's keys",
  PGP_SIGNER_UNKNOWN: "a signature of one of the bank's keys",
  PGP_SIGNATURE_INVALID: "a signature that fits the content",
  PGP_DAMAGED: "a whole OpenPGP message",
} as const;

function refused(code: keyof typeof PGP_REFUSALS, found: string, cause?: unknown): RemitError {
  const finding = { code, where: "PGP message", found, expected: PGP_REFUSALS[code] };
  return new RemitError("PGP_REFUSED", { findings: [finding], ...(cause === undefined ? {} : { cause }) });
}

function assertForUs({ ourKeys }: PgpKeys, message: Message<Uint8Array | string>): void {
  const ids = message.getEncryptionKeyIDs();
  if (ids.length === 0) throw refused("PGP_NOT_ENCRYPTED", "a message that anybody can read");
  // A wildcard id hides for whom it is: then each of our keys is tried.
  const isOurs = ids.some((id) => /^0+$/.test(id.toHex()) || ourKeys.some((key) => key.getKeys(id).length > 0));
  if (!isOurs) throw refused("PGP_WRONG_KEY", `encrypted to ${ids.map((id) => id.toHex()).join(", ")}`);
}

function readSealed(sealed: Uint8Array, config: PartialConfig): Promise<Message<Uint8Array | string>> {
  if (!isArmored(sealed)) return readMessage({ binaryMessage: sealed, config });
  return readMessage({ armoredMessage: Buffer.from(sealed).toString("latin1"), config });
}

function isArmored(start: Uint8Array): boolean {
  return Buffer.from(start.subarray(0, 256)).includes("-----BEGIN PGP MESSAGE");
}

async function usable<T>(where: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw new RemitError("PGP_KEY_INVALID", { where, found: (cause as Error).message, cause });
  }
}

async function readPublic(armoredKey: string): Promise<PublicKey> {
  const key = await readKey({ armoredKey });
  if (key.isPrivate()) throw new Error("a private key where the bank's public key belongs");
  return key;
}

async function unlock({ armored, passphrase }: PgpSettings["ourKeys"][number]): Promise<PrivateKey> {
  const privateKey = await readPrivateKey({ armoredKey: armored });
  if (privateKey.isDecrypted()) return privateKey;
  if (passphrase === undefined) throw new Error("the key has a passphrase and none is given");
  return decryptKey({ privateKey, passphrase });
}

/** Expired and revoked keys stay in the list for old messages and are passed over for new ones. */
async function firstValid<K>(keys: readonly K[], check: (key: K) => Promise<unknown>, where: string): Promise<K> {
  let last: unknown;
  for (const key of keys) {
    try {
      await check(key);
      return key;
    } catch (cause) {
      last = cause;
    }
  }
  throw new RemitError("PGP_KEY_INVALID", { where, found: "no key that is valid now", cause: last });
}

type Signatures = Awaited<ReturnType<typeof decrypt>>["signatures"];

async function signer({ bankKeys }: PgpKeys, signatures: Signatures): Promise<string> {
  if (signatures.length === 0) throw refused("PGP_UNSIGNED", "no signature");
  let isKnown = false;
  for (const { keyID, verified } of signatures) {
    const holds = await verified.catch(() => false);
    const key = bankKeys.find((candidate) => candidate.getKeys(keyID).length > 0);
    if (holds && key !== undefined) return key.getFingerprint();
    isKnown ||= key !== undefined;
  }
  const ids = signatures.map(({ keyID }) => keyID.toHex()).join(", ");
  throw refused(isKnown ? "PGP_SIGNATURE_INVALID" : "PGP_SIGNER_UNKNOWN", `signed by ${ids}`);
}

function tooLarge(found: string, maxBytes: number): RemitError {
  return new RemitError("FILE_TOO_LARGE", { where: "PGP message", found, expected: `at most ${maxBytes} bytes` });
}
