import { createMessage, encrypt, enums, generateKey, readKey, readPrivateKey, sign } from "openpgp";
import { beforeAll, describe, expect, it } from "vitest";
import { loadPgpKeys, openFromBank, type PgpKeys, sealForBank } from "../../src/exchange/pgp.ts";
import { codeOf } from "./bank.ts";

const BORN = new Date("2026-01-01T00:00:00Z");
const NOW = new Date("2026-11-20T12:00:00Z");
const YEAR = 365 * 86_400;

interface Pair {
  readonly privateKey: string;
  readonly publicKey: string;
}

const newPair = (name: string, keyExpirationTime = 0, passphrase?: string): Promise<Pair> =>
  generateKey({
    userIDs: [{ name }],
    date: BORN,
    keyExpirationTime,
    ...(passphrase === undefined ? {} : { passphrase }),
    format: "armored",
  });

let bank: Pair;
let oldBank: Pair;
let us: Pair;
let oldUs: Pair;
let stranger: Pair;
let ours: PgpKeys;
/** The bank's side of the exchange. */
let theirs: PgpKeys;

beforeAll(async () => {
  bank = await newPair("bank");
  oldBank = await newPair("old bank");
  us = await newPair("us");
  oldUs = await newPair("old us", 0, "pass");
  stranger = await newPair("stranger");
  ours = await loadPgpKeys({
    bankKeys: [bank.publicKey, oldBank.publicKey],
    ourKeys: [{ armored: us.privateKey }, { armored: oldUs.privateKey, passphrase: "pass" }],
  });
  theirs = await loadPgpKeys({ bankKeys: [us.publicKey], ourKeys: [{ armored: bank.privateKey }] });
});

const FILE = Buffer.from("<Document>é</Document>\r\n\n");

/** A message to us made by hand: any signer or none, any recipient, compressed or not. */
async function messageTo(
  recipient: Pair,
  signer: Pair | undefined,
  bytes: Uint8Array = FILE,
  compressed = false,
): Promise<Uint8Array> {
  return encrypt({
    message: await createMessage({ binary: bytes }),
    encryptionKeys: await readKey({ armoredKey: recipient.publicKey }),
    ...(signer === undefined ? {} : { signingKeys: await readPrivateKey({ armoredKey: signer.privateKey }) }),
    config: { preferredCompressionAlgorithm: compressed ? enums.compression.zip : enums.compression.uncompressed },
    date: NOW,
    format: "binary",
  });
}

describe("PGP with a bank", () => {
  it.each(["armored", "binary"] as const)("what we seal %s the bank opens, byte for byte, and back", async (format) => {
    const sealed = await sealForBank(ours, FILE, NOW, { encrypt: true, sign: true, format });
    const opened = await openFromBank(theirs, sealed, NOW, 1_000);
    expect(Buffer.from(opened.bytes)).toEqual(FILE);
    expect(opened.signedBy).toBe((await readKey({ armoredKey: us.publicKey })).getFingerprint());
    const answer = await openFromBank(
      ours,
      await sealForBank(theirs, FILE, NOW, { encrypt: true, sign: true, format }),
      NOW,
      1_000,
    );
    expect(Buffer.from(answer.bytes)).toEqual(FILE);
  });

  it("opens messages to our old key and of the bank's old key while both rotate", async () => {
    const opened = await openFromBank(ours, await messageTo(oldUs, oldBank), NOW, 1_000);
    expect(opened.signedBy).toBe((await readKey({ armoredKey: oldBank.publicKey })).getFingerprint());
  });

  it("passes over a key that has expired when it seals, and refuses when none is left", async () => {
    const expired = await newPair("expired", YEAR / 2);
    const keys = await loadPgpKeys({
      bankKeys: [expired.publicKey, bank.publicKey],
      ourKeys: [{ armored: expired.privateKey }, { armored: us.privateKey }],
    });
    await openFromBank(theirs, await sealForBank(keys, FILE, NOW), NOW, 1_000);
    const none = await loadPgpKeys({ bankKeys: [expired.publicKey], ourKeys: [{ armored: us.privateKey }] });
    expect(await codeOf(() => sealForBank(none, FILE, NOW))).toBe("PGP_KEY_INVALID");
  });

  it.each([
    ["not signed", () => messageTo(us, undefined)],
    ["signed by a stranger", () => messageTo(us, stranger)],
    ["signed by ourselves", () => messageTo(us, us)],
    ["for somebody else", () => messageTo(stranger, bank)],
    ["cut short", async () => (await messageTo(us, bank)).slice(0, -20)],
    ["changed in one bit", async () => flipped(await messageTo(us, bank))],
    ["not PGP at all", async () => Buffer.from("<Document/>")],
    ["empty", async () => new Uint8Array()],
    ["signed but not encrypted", () => signedOnly()],
  ])("refuses a message that is %s", async (_name, make) => {
    const message = await make();
    expect(await codeOf(() => openFromBank(ours, message, NOW, 1_000))).toBe("PGP_REFUSED");
  });

  it("stops a message that grows beyond the cap while it is decompressed", async () => {
    const bomb = await messageTo(us, bank, Buffer.alloc(20_000_000), true);
    expect(bomb.length).toBeLessThan(100_000);
    expect(await codeOf(() => openFromBank(ours, bomb, NOW, 1_000_000))).toBe("FILE_TOO_LARGE");
    expect(await codeOf(() => openFromBank(ours, Buffer.alloc(200_000), NOW, 1_000))).toBe("FILE_TOO_LARGE");
    expect((await openFromBank(ours, bomb, NOW, 20_000_500)).bytes.length).toBe(20_000_000);
  });

  it("names a key that cannot be used by its place, without its content", async () => {
    const good = { bankKeys: [bank.publicKey], ourKeys: [{ armored: us.privateKey }] };
    const bad = [
      [{ ...good, bankKeys: [] }, "bankKeys"],
      [{ ...good, bankKeys: [bank.publicKey, "no key"] }, "bankKeys[1]"],
      [{ ...good, bankKeys: [us.privateKey] }, "bankKeys[0]"],
      [{ ...good, ourKeys: [{ armored: oldUs.privateKey }] }, "ourKeys[0]"],
      [{ ...good, ourKeys: [{ armored: oldUs.privateKey, passphrase: "wrong-secret" }] }, "ourKeys[0]"],
    ] as const;
    for (const [settings, where] of bad) {
      const error = await loadPgpKeys(settings).catch((cause: unknown) => cause);
      expect(error).toMatchObject({ code: "PGP_KEY_INVALID", findings: [{ where }] });
      expect(String(error)).not.toMatch(/wrong-secret|BEGIN/);
    }
  });
});

function flipped(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = copy.length - 30;
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

async function signedOnly(): Promise<Uint8Array> {
  const message = await createMessage({ binary: FILE });
  const signingKeys = await readPrivateKey({ armoredKey: bank.privateKey });
  return sign({ message, signingKeys, date: NOW, format: "binary" });
}
