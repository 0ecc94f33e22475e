/** Files that are not what they should be: each is kept, told apart by its own reason, and stops no other. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createMessage, encrypt, enums, generateKey, readKey, readPrivateKey, sign } from "openpgp";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { loadProfile } from "../../../src/app/bank-profiles.ts";
import { listInboundFiles, showInboundFile } from "../../../src/app/inbound-record.ts";
import { reprocessInbound } from "../../../src/app/reprocess-inbound.ts";
import type { RemoteFile } from "../../../src/exchange/bank-channel.ts";
import { openChannel } from "../../../src/exchange/open-channel.ts";
import { loadPgpKeys, sealForBank } from "../../../src/exchange/pgp.ts";
import { statusReport } from "../../models/bank-papers.ts";
import { STORE_KINDS } from "../../support/test-database.ts";
import { DAY, type InboundOptions, type InboundWorld, inboundWorld, left } from "./inbound-world.ts";
import { credit, statementXml } from "./papers.ts";

let world: InboundWorld;
const open = async (options: InboundOptions = {}) => {
  world = await inboundWorld(options);
};
afterEach(() => world.close());

const accepted = () => statusReport("P1", `${DAY}T12:10:00Z`, Object.values(world.transfers), "ACCP");
const gift = () => statementXml({ number: 1, date: DAY, openingMinor: 0n }, [credit("G1", 500n, "a gift")]);

/** The bank under whose name our file is booked; its answers are unknown to any other. */
async function sentTo(bank: string): Promise<void> {
  await world.context.store.write((tx) => tx.db.updateTable("transfer_files").set({ bank }).execute());
}

/** `CODE` of the first finding of each file that came, its state where it has none. */
async function reasons(): Promise<readonly string[]> {
  const files = await listInboundFiles(world.context, { limit: 100 });
  return files.map(({ because, state }) => because ?? state).reverse();
}

describe.each(STORE_KINDS)("a file that cannot be applied (%s)", (kind) => {
  it.each([
    ["a ZIP archive", () => Buffer.from("504b0304140000000800", "hex"), "PACKED_UNEXPECTED"],
    ["a packed file that would grow a thousandfold", () => gzipSync(Buffer.alloc(50_000_000)), "PACKED_UNEXPECTED"],
    ["an OpenPGP message that was not agreed", () => "-----BEGIN PGP MESSAGE-----\n\nx", "PGP_UNEXPECTED"],
    ["a cut statement", () => gift().slice(0, -20), "FILE_TRUNCATED"],
    ["a statement cut in the middle of its lines", () => gift().replace(/<NtryDtls>[\s\S]*/, ""), "FILE_TRUNCATED"],
    [
      "an entity bomb",
      () => gift().replace("<Document", "<!DOCTYPE a [<!ENTITY b 'c'>]><Document"),
      "DOCTYPE_FORBIDDEN",
    ],
    [
      "our own kind of file",
      () => "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.001.001.09'><CstmrCdtTrfInitn/></Document>",
      "MESSAGE_UNEXPECTED",
    ],
    ["a report about a file nobody sent", () => accepted().replace(world.messageId, "M-OF-NOBODY"), "ORIGINAL_UNKNOWN"],
    ["nothing", () => "", "FILE_EMPTY"],
  ])("%s: quarantined with its reason, nothing is changed, and the next file is applied", async (_, make, code) => {
    await open({ kind });
    const before = await world.balances();
    world.put("camt053-0.xml", make());
    world.put("pain002-1.xml", accepted());
    const report = await world.collect();
    expect(report.counts).toMatchObject({ quarantined: 1, applied: 1, accepted: 3 });
    expect((await reasons())[0]).toBe(code);
    expect(await world.exceptions()).toEqual(["FILE_QUARANTINED OPEN"]);
    const { db } = world.context.store;
    expect(await db.selectFrom("bank_entries").select("id").execute()).toEqual([]);
    expect(await db.selectFrom("bank_statements").select("id").execute()).toEqual([]);
    expect(await world.balances()).toEqual(before);
    expect(left(world)).toEqual([]);
  });

  it("is read again after a fix: quarantined with its new findings, or applied once; who did it is on record", async () => {
    await open({ kind });
    await sentTo("elsewhere");
    world.put("pain002-1.xml", accepted());
    await world.collect();
    const id = "1";
    const carol = { ...world.context, actor: "carol" };
    expect(await reprocessInbound(carol, id)).toMatchObject({
      state: "QUARANTINED",
      findings: [{ code: "ORIGINAL_UNKNOWN" }, { code: "FILE_UNKNOWN" }],
    });
    await sentTo("sandbox");
    const { store } = world.context;
    const handOff = (state: string) =>
      store.write((tx) => tx.db.updateTable("transfer_files").set({ state }).execute());
    await handOff("RENAMING");
    expect(await reprocessInbound(carol, id)).toMatchObject({
      ...{ state: "QUARANTINED", findings: [{ code: "HAND_OFF_UNFINISHED" }] },
    });
    await handOff("SENT");
    expect(await reprocessInbound(carol, id)).toMatchObject({ state: "APPLIED", counts: { accepted: 3 } });
    expect(await world.states()).toEqual(["a ACCEPTED", "b ACCEPTED", "c ACCEPTED"]);
    expect(await world.exceptions()).toEqual(["FILE_QUARANTINED RESOLVED"]);
    await expect(reprocessInbound(carol, id)).rejects.toThrow(/TRANSITION_REFUSED|does not apply/);
    await expect(reprocessInbound(carol, "99")).rejects.toThrow(/no such record/);
    expect((await world.collect()).counts).toMatchObject({ applied: 0, fetched: 0 });
    const said = await store.db.selectFrom("audit_log").selectAll().where("action", "=", "reprocess").execute();
    expect(said.map(({ actor, subject, detail }) => [actor, subject, detail])).toEqual([
      ["carol", "inbound file 1", "QUARANTINED: ORIGINAL_UNKNOWN, FILE_UNKNOWN"],
      ["carol", "inbound file 1", "APPLIED"],
    ]);
  });

  it("is applied once when two people read it again at the same time", async () => {
    await open({ kind });
    await sentTo("elsewhere");
    world.put("pain002-1.xml", accepted());
    await world.collect();
    await sentTo("sandbox");
    const both = await Promise.allSettled([reprocessInbound(world.context, "1"), reprocessInbound(world.context, "1")]);
    expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await world.states()).toEqual(["a ACCEPTED", "b ACCEPTED", "c ACCEPTED"]);
    expect(await world.faults()).toEqual([]);
  });

  it("whose kept bytes were changed in the store is an alarm of its own, and not applied", async () => {
    await open({ kind });
    world.put("camt053-0.xml", gift().slice(0, -20));
    await world.collect();
    const { store } = world.context;
    const bytes = Buffer.from(gift());
    await store.write((tx) => tx.db.updateTable("inbound_chunks").set({ bytes }).execute());
    const again = await reprocessInbound(world.context, "1");
    expect(again).toMatchObject({ state: "QUARANTINED", findings: [{ code: "ARCHIVE_DAMAGED" }] });
    expect(await world.balances()).not.toHaveProperty("SUSPENSE");
    expect(await showInboundFile(world.context, "1")).toMatchObject({ findings: [{ code: "ARCHIVE_DAMAGED" }] });
  });
});

const BORN = new Date("2026-01-01T00:00:00Z");
type Pair = Awaited<ReturnType<typeof newPair>>;
const newPair = (name: string) => generateKey({ userIDs: [{ name }], date: BORN, format: "armored" });

describe("a bank that seals its files", () => {
  let bank: Pair;
  let us: Pair;
  let stranger: Pair;

  beforeAll(async () => {
    [bank, us, stranger] = await Promise.all([newPair("bank"), newPair("us"), newPair("stranger")]);
  });

  const openSealing = async (more: InboundOptions["exchange"] = {}) => {
    const pgp = {
      encrypt: false,
      sign: false,
      decrypt: true,
      suffix: ".pgp",
      format: "armored",
      warnDays: 30,
    } as const;
    const pgpKeys = () => loadPgpKeys({ bankKeys: [bank.publicKey], ourKeys: [{ armored: us.privateKey }] });
    await open({ exchange: { ...more, pgp }, pgpKeys });
  };
  const bankKeys = async (recipient: Pair, signer: Pair) =>
    loadPgpKeys({ bankKeys: [recipient.publicKey], ourKeys: [{ armored: signer.privateKey }] });
  const sealed = async (text: string, recipient: Pair, signer: Pair) =>
    sealForBank(await bankKeys(recipient, signer), Buffer.from(text), world.context.clock());
  const made = async (bytes: Uint8Array, signers: readonly Pair[], compressed = false) =>
    encrypt({
      message: await createMessage({ binary: bytes }),
      encryptionKeys: await readKey({ armoredKey: us.publicKey }),
      signingKeys: await Promise.all(signers.map(({ privateKey }) => readPrivateKey({ armoredKey: privateKey }))),
      config: { preferredCompressionAlgorithm: compressed ? enums.compression.zlib : enums.compression.uncompressed },
      date: world.context.clock(),
      format: "binary",
    });

  it("has them opened, their signature checked, and applied", async () => {
    await openSealing();
    world.put("pain002-1.xml", await sealed(accepted(), us, bank));
    expect((await world.collect()).counts).toMatchObject({ applied: 1, accepted: 3 });
    expect(await reasons()).toEqual(["APPLIED"]);
  });

  it.each([
    ["plain where sealed is demanded", async () => Buffer.from(accepted()), "PGP_EXPECTED"],
    ["sealed for somebody else", () => sealed(accepted(), stranger, bank), "PGP_WRONG_KEY"],
    ["signed by a stranger", () => sealed(accepted(), us, stranger), "PGP_SIGNER_UNKNOWN"],
    ["not signed", () => made(Buffer.from(accepted()), []), "PGP_UNSIGNED"],
    [
      "signed and readable by all",
      async () =>
        Buffer.from(
          await sign({
            message: await createMessage({ text: "x" }),
            signingKeys: await readPrivateKey({ armoredKey: bank.privateKey }),
            date: world.context.clock(),
          }),
        ),
      "PGP_NOT_ENCRYPTED",
    ],
    ["cut", async () => (await sealed(accepted(), us, bank)).slice(0, 600), "PGP_DAMAGED"],
  ])("has one that is %s quarantined for that reason, and the next one applied", async (_, make, code) => {
    await openSealing();
    world.put("camt053-0.xml", await make());
    world.put("pain002-1.xml", await sealed(accepted(), us, bank));
    expect((await world.collect()).counts).toMatchObject({ quarantined: 1, applied: 1 });
    expect(await reasons()).toEqual([code, "APPLIED"]);
  });

  it("has a bomb stopped at the size that the profile allows, far from what it would grow to", async () => {
    await openSealing({ bytesPerInboundFile: 8_000_000 });
    const bomb = await made(Buffer.alloc(120_000_000), [bank], true);
    expect(bomb.length).toBeLessThan(1_000_000);
    world.put("camt053-0.xml", bomb);
    world.put("pain002-1.xml", await sealed(accepted(), us, bank));
    const before = process.memoryUsage().rss;
    expect((await world.collect()).counts).toMatchObject({ quarantined: 1, applied: 1 });
    expect(await reasons()).toEqual(["FILE_TOO_LARGE", "APPLIED"]);
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * 1024 * 1024);
  });
});

describe("the bank's folder", () => {
  it("is emptied though it lists ten thousand entries; what is no file for us is left", async () => {
    await open();
    for (let index = 0; index < 10_000; index += 1) writeFileSync(join(world.outbox, `notice-${index}.txt`), "x");
    world.put("pain002-1.xml", accepted());
    const { counts } = await world.collect();
    expect(counts).toMatchObject({ fetched: 1, applied: 1, ignored: 10_000 });
    expect(left(world)).toHaveLength(10_000);
  });

  it.each([
    "../../etc/passwd.xml",
    "a\u0000b.xml",
    "x\n.xml",
    "..",
    "C:\\x.xml",
    "a\u202ecod.xml",
    `${"n".repeat(256)}.xml`,
  ])("names a file %j: it is told, never used, and the others are fetched", async (name) => {
    const bank = { root: "" };
    await open({ connect: async () => lying(bank.root, name) });
    bank.root = join(world.outbox, "..");
    world.put("pain002-1.xml", accepted());
    const { counts, findings } = await world.collect();
    expect(counts).toMatchObject({ fetched: 1, applied: 1 });
    expect(findings.map(({ code }) => code)).toEqual(["REMOTE_NAME_INVALID"]);
    expect(findings[0]?.found).toMatch(/^[\x20-\x7e]*$/);
  });

  it("holds a file above the profile's size: it is told and left there, and the others are fetched", async () => {
    await open({ exchange: { bytesPerInboundFile: 5_000 } });
    world.put("camt053-0.xml", Buffer.alloc(5_001, " "));
    world.put("pain002-1.xml", accepted());
    const { counts, findings } = await world.collect();
    expect(counts).toMatchObject({ fetched: 1, applied: 1 });
    expect(findings.map(({ code }) => code)).toEqual(["FILE_TOO_LARGE"]);
    expect(left(world)).toEqual(["camt053-0.xml"]);
    expect(loadProfile("sandbox").exchange.bytesPerInboundFile).toBe(500_000_000);
  });
});

/** The bank's folder with one entry more, as a server that wants to harm would list it. */
async function lying(root: string, name: string) {
  const channel = await openChannel({ kind: "folder", root });
  const entry: RemoteFile = { name, kind: "file", size: 3, modifiedAt: new Date(0) };
  return { ...channel, list: async (folder: string) => [entry, ...(await channel.list(folder))] };
}
