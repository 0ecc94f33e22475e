import { createHash } from "node:crypto";
import { generateKey } from "openpgp";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { approveFile } from "../../src/app/decide-file.ts";
import { outgoingBytes } from "../../src/app/outgoing-bytes.ts";
import { sendFiles } from "../../src/app/send-files.ts";
import { checkBooks } from "../../src/app/verify-books.ts";
import type { BankExchange } from "../../src/bankfiles/profile/profile.ts";
import { loadPgpKeys, openFromBank, type PgpKeys } from "../../src/exchange/pgp.ts";
import { STORE_KINDS, type StoreKind } from "../support/test-database.ts";
import { type FileWorld, FRIDAY, fileWorld } from "./file-world.ts";

const PGP = { encrypt: true, sign: true, decrypt: false, suffix: ".pgp", format: "armored", warnDays: 30 } as const;
const BORN = new Date("2026-01-01T00:00:00Z");
const DAY = 86_400;

class Crash extends Error {}

const newPair = (name: string, days = 0) =>
  generateKey({ userIDs: [{ name }], date: BORN, keyExpirationTime: days * DAY, format: "armored" });
type Pair = Awaited<ReturnType<typeof newPair>>;

let us: Pair;
let bank: Pair;
/** Valid until 2026-12-10. */
let ending: Pair;
/** The bank's own side. */
let theirs: PgpKeys;

beforeAll(async () => {
  us = await newPair("us");
  bank = await newPair("bank");
  ending = await newPair("ending", 343);
  theirs = await loadPgpKeys({
    bankKeys: [us.publicKey, ending.publicKey],
    ourKeys: [{ armored: bank.privateKey }, { armored: ending.privateKey }],
  });
});

const worlds: FileWorld[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.store.close();
});

const keysOf = (bankKeys: readonly Pair[], ourKeys: readonly Pair[]) => () =>
  loadPgpKeys({
    bankKeys: bankKeys.map(({ publicKey }) => publicKey),
    ourKeys: ourKeys.map(({ privateKey }) => ({ armored: privateKey })),
  });

async function approved(kind: StoreKind, pgp: BankExchange["pgp"], pgpKeys = keysOf([bank], [us])): Promise<FileWorld> {
  const world = await fileWorld(kind, { exchange: { ...(pgp === undefined ? {} : { pgp }) }, pgpKeys });
  worlds.push(world);
  await approveFile(world.as("bob"), { messageId: world.messageId });
  return world;
}

const nameOf = (world: FileWorld) => `${world.messageId}.xml.pgp`;
const sha256Of = (bytes: Uint8Array | undefined) =>
  createHash("sha256")
    .update(bytes ?? "")
    .digest("hex");
const sealedRows = ({ store }: FileWorld) => store.db.selectFrom("sealed_files").select("sha256").execute();

/** What the bank reads out of the file that it got. */
async function readAtBank(world: FileWorld): Promise<string> {
  const sealed = world.inbox()[nameOf(world)] ?? new Uint8Array();
  return sha256Of((await openFromBank(theirs, sealed, world.clock(), 1_000_000)).bytes);
}

describe.each(STORE_KINDS)("a file that its bank wants sealed, on %s", (kind) => {
  it.each(["armored", "binary"] as const)(
    "is signed and encrypted, %s: the bank reads the approved bytes",
    async (format) => {
      const world = await approved(kind, { ...PGP, format });
      expect((await sendFiles(world, FRIDAY)).counts).toMatchObject({ sent: 1 });
      expect(await readAtBank(world)).toBe(world.sha256);
      const text = world.inbox()[nameOf(world)]?.toString("latin1") ?? "";
      expect(text.startsWith("-----BEGIN PGP MESSAGE")).toBe(format === "armored");
      expect((await checkBooks(world.store.db)).breaches).toEqual([]);
    },
  );

  it.each([
    "seal.commit.before",
    "seal.commit.after",
    "upload.commit.after",
    "open.after",
    "read-back.after",
    "rename.before",
    "rename.after",
  ])("is sealed once, whatever dies: the same bytes after a crash at %s", async (point) => {
    const world = await approved(kind, PGP);
    const at = async (reached: string) => {
      if (reached === point) throw new Crash(point);
    };
    await expect(sendFiles({ ...world, at }, FRIDAY)).rejects.toThrow(Crash);
    const before = await sealedRows(world);
    expect(before).toHaveLength(point === "seal.commit.before" ? 0 : 1);
    expect((await sendFiles(world, FRIDAY)).counts).toMatchObject({ sent: 1 });
    const [kept] = await sealedRows(world);
    expect(before.concat(kept ?? [])).toEqual(Array(before.length + 1).fill(kept));
    expect(sha256Of(world.inbox()[nameOf(world)])).toBe(kept?.sha256);
    expect(await readAtBank(world)).toBe(world.sha256);
  });

  it("keeps what was sealed: the table changes no row and takes no second one", async () => {
    const world = await approved(kind, PGP);
    await sendFiles(world, FRIDAY);
    const change = world.store.write((tx) => tx.db.updateTable("sealed_files").set({ sha256: "0" }).execute());
    await expect(change).rejects.toThrow(/append-only/);
    const drop = world.store.write((tx) => tx.db.deleteFrom("sealed_files").execute());
    await expect(drop).rejects.toThrow(/append-only/);
  });

  it("is handed to a person as the bank is meant to get it", async () => {
    const world = await approved(kind, PGP);
    await expect(outgoingBytes(world, world.messageId)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await sendFiles(world, FRIDAY);
    const [kept] = await sealedRows(world);
    expect(await outgoingBytes(world, world.messageId)).toMatchObject({ name: nameOf(world), sha256: kept?.sha256 });
  });
});

describe("sealing", () => {
  it("only signs, or only encrypts, where the profile says so", async () => {
    const signed = await approved("sqlite", { ...PGP, encrypt: false });
    await sendFiles(signed, FRIDAY);
    const text = signed.inbox()[nameOf(signed)]?.toString("latin1");
    expect(text).toContain("-----BEGIN PGP MESSAGE");
    await expect(readAtBank(signed)).rejects.toMatchObject({ findings: [{ code: "PGP_NOT_ENCRYPTED" }] });
    const encrypted = await approved("sqlite", { ...PGP, sign: false });
    await sendFiles(encrypted, FRIDAY);
    await expect(readAtBank(encrypted)).rejects.toMatchObject({ findings: [{ code: "PGP_UNSIGNED" }] });
  });

  it("does not begin without keys, and begins when they are there", async () => {
    const world = await approved("sqlite", PGP, () => Promise.reject(new Error("no such keys")));
    await expect(sendFiles(world, FRIDAY)).rejects.toThrow("no such keys");
    expect([await world.state(), world.inbox()]).toEqual(["APPROVED", {}]);
    expect((await sendFiles({ ...world, pgpKeys: keysOf([bank], [us]) }, FRIDAY)).counts).toMatchObject({ sent: 1 });
  });

  it("goes on as it was begun when the profile changes in between", async () => {
    const world = await approved("sqlite", undefined);
    const at = async (reached: string) => {
      if (reached === "open.after") throw new Crash();
    };
    await expect(sendFiles({ ...world, at }, FRIDAY)).rejects.toThrow(Crash);
    const profile = world.profile("sandbox");
    const sealing = { ...world, profile: () => ({ ...profile, exchange: { ...profile.exchange, pgp: PGP } }) };
    expect((await sendFiles(sealing, FRIDAY)).counts).toMatchObject({ sent: 1 });
    expect(sha256Of(world.inbox()[`${world.messageId}.xml`])).toBe(world.sha256);
  });

  it("refuses bytes that are not those that were approved: sealed, nobody could tell", async () => {
    const world = await approved("sqlite", PGP);
    await world.store.write((tx) =>
      tx.db
        .updateTable("transfer_files")
        .set({ bytes: Buffer.from("<x/>") })
        .execute(),
    );
    expect((await sendFiles(world, FRIDAY)).findings).toMatchObject([{ code: "BANK_HASH_DIFFERS" }]);
    expect([await sealedRows(world), world.inbox()]).toEqual([[], {}]);
  });
});

describe("keys that end", () => {
  const exceptions = async ({ store }: FileWorld) =>
    store.db.selectFrom("exceptions").select(["subject_ref", "says", "state"]).orderBy("id").execute();

  it("are told as long before as the profile says, and are over when a newer one is configured", async () => {
    const world = await approved("sqlite", PGP, keysOf([ending], [us]));
    world.setClock("2026-11-09T10:00:00Z");
    expect((await sendFiles(world, FRIDAY)).findings).toEqual([]);
    world.setClock("2026-11-11T10:00:00Z");
    for (let run = 0; run < 2; run += 1) {
      const { findings } = await sendFiles(world, FRIDAY);
      expect(findings).toMatchObject([{ code: "PGP_KEY_EXPIRES", where: "bank bank, pgp.bankKeys" }]);
    }
    expect(await exceptions(world)).toMatchObject([{ subject_ref: "bank", state: "OPEN" }]);
    const renewed = { ...world, pgpKeys: keysOf([bank, ending], [us]) };
    expect((await sendFiles(renewed, FRIDAY)).findings).toEqual([]);
    expect(await exceptions(world)).toMatchObject([{ state: "RESOLVED" }]);
  });

  it("are not told of the half that is not used, and ours are told as well", async () => {
    const world = await approved("sqlite", { ...PGP, encrypt: false }, keysOf([ending], [ending]));
    expect((await sendFiles(world, FRIDAY)).findings).toMatchObject([{ where: "bank bank, pgp.ourKeys" }]);
  });

  it("give way to the newer one while both are configured", async () => {
    const world = await approved("sqlite", PGP, keysOf([ending, bank], [ending, us]));
    world.setClock("2026-12-11T09:00:00Z");
    expect((await sendFiles(world, FRIDAY)).counts).toMatchObject({ sent: 1 });
    const { signedBy } = await openFromBank(
      theirs,
      world.inbox()[nameOf(world)] ?? new Uint8Array(),
      world.clock(),
      1_000_000,
    );
    expect(signedBy).toBe((await keysOf([bank], [us])()).ourKeys[0]?.getFingerprint());
  });
});
