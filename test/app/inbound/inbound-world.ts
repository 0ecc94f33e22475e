/** A marketplace whose first file of three transfers is with the bank, and the bank's folder, for tests of what comes back. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadProfile } from "../../../src/app/bank-profiles.ts";
import { collectFiles } from "../../../src/app/collect-files.ts";
import { conservationProof } from "../../../src/app/conservation-proof.ts";
import type { JobReport } from "../../../src/app/context.ts";
import { approveFile } from "../../../src/app/decide-file.ts";
import { importFiles } from "../../../src/app/import-files.ts";
import { reconcile } from "../../../src/app/reconcile.ts";
import { sendFiles } from "../../../src/app/send-files.ts";
import { settle } from "../../../src/app/settle.ts";
import { checkBooks } from "../../../src/app/verify-books.ts";
import { writeTransferFiles } from "../../../src/app/write-transfer-files.ts";
import type { BankProfile } from "../../../src/bankfiles/profile/profile.ts";
import type { BankChannel } from "../../../src/exchange/bank-channel.ts";
import { openChannel } from "../../../src/exchange/open-channel.ts";
import type { PgpKeys } from "../../../src/exchange/pgp.ts";
import { allMarketplaces } from "../../../src/store/marketplaces.ts";
import type { PaperTransfer } from "../../models/bank-papers.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { type TestContext, testContext } from "../../support/test-context.ts";
import { DEFAULT_KIND, type StoreKind } from "../../support/test-database.ts";
import { OUR_ACCOUNT } from "./papers.ts";

export const DAY = "2026-11-19";
export const NOW = `${DAY}T12:00:00Z`;
/** Sellers, and what each is paid by the file, in cents. */
export const PAID = { a: 9_000n, b: 18_000n, c: 27_000n } as const;
const GROSS = { a: 10_000, b: 20_000, c: 30_000 } as const;
const ACCOUNTS = { a: "DE89370400440532013000", b: "NL91ABNA0417164300", c: "ES9121000418450200051332" } as const;

export interface InboundOptions {
  readonly kind?: StoreKind;
  readonly exchange?: Partial<BankProfile["exchange"]>;
  readonly charges?: BankProfile["charges"];
  readonly connect?: () => Promise<BankChannel>;
  readonly pgpKeys?: () => Promise<PgpKeys>;
}

export interface InboundWorld {
  readonly context: TestContext;
  /** The bank's outbox: what it leaves for us. */
  readonly outbox: string;
  readonly archive: string;
  /** The MsgId of the file that was sent, and its transfers by seller. */
  readonly messageId: string;
  readonly transfers: Readonly<Record<keyof typeof PAID, PaperTransfer>>;
  put(name: string, content: string | Uint8Array): void;
  collect(date?: string): Promise<JobReport>;
  reconcile(date?: string): Promise<JobReport>;
  bring(records: readonly object[]): Promise<void>;
  /** `a EXECUTED` for each transfer, in the order of sellers. */
  states(): Promise<readonly string[]>;
  /** State and kind of every file that came, in their order. */
  files(): Promise<readonly string[]>;
  /** `REASON STATE` of every exception. */
  exceptions(): Promise<readonly string[]>;
  balances(): Promise<Readonly<Record<string, bigint>>>;
  /** Everything that is wrong with the books; empty when each cent is accounted for. */
  faults(): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

export async function inboundWorld(options: InboundOptions = {}): Promise<InboundWorld> {
  const folder = tempDir();
  for (const box of ["inbox", "outbox/archive"]) mkdirSync(join(folder, "bank", box), { recursive: true });
  const shipped = loadProfile("sandbox");
  const exchange = { ...shipped.exchange, ...options.exchange };
  const profile = { ...shipped, exchange, charges: options.charges ?? shipped.charges };
  const archive = join(folder, "archive");
  const base = await testContext({ settleMs: 0, archive }, NOW, options.kind ?? DEFAULT_KIND);
  const context: TestContext = {
    ...base,
    profile: () => profile,
    pgpKeys: options.pgpKeys ?? base.pgpKeys,
    connectBank: options.connect ?? (() => openChannel({ kind: "folder", root: join(folder, "bank") })),
  };
  const { db } = context.store;
  const bring = async (records: readonly object[]) => {
    const path = join(folder, "records.ndjson");
    writeFileSync(path, records.map((record) => JSON.stringify({ marketplace: "m", ...record })).join("\n"));
    const { findings } = await importFiles(context, [path]);
    if (findings.length > 0) throw new Error(JSON.stringify(findings));
  };
  await bring([MARKETPLACE, ...Object.keys(PAID).flatMap((seller) => sale(seller as keyof typeof PAID))]);
  await settle(context, DAY);
  await writeTransferFiles({ ...context, actor: "alice" }, DAY);
  const file = await db.selectFrom("transfer_files").select("message_id").executeTakeFirstOrThrow();
  await approveFile({ ...context, actor: "bob" }, { messageId: file.message_id });
  // The hand-off goes over a folder whatever the tests read from.
  const local = () => openChannel({ kind: "folder", root: join(folder, "bank") });
  await sendFiles({ ...context, connectBank: local }, DAY);
  const transfers = async () =>
    db
      .selectFrom("transfers")
      .innerJoin("sellers", "sellers.id", "transfers.seller_id")
      .leftJoin("transfer_files", "transfer_files.id", "transfers.file_id")
      .select(["sellers.ref as seller", "transfers.end_to_end_id", "transfers.payment_information_id"])
      .select(["transfers.amount", "transfers.state", "transfer_files.message_id"])
      .orderBy("sellers.ref")
      .orderBy("transfers.id")
      .execute();
  const sent = Object.fromEntries((await transfers()).map((row) => [row.seller, paperOf(row)]));
  return {
    context,
    archive,
    outbox: join(folder, "bank", "outbox"),
    messageId: file.message_id,
    transfers: sent as InboundWorld["transfers"],
    put: (name, content) => writeFileSync(join(folder, "bank", "outbox", name), content),
    collect: (date = DAY) => collectFiles(context, date),
    reconcile: (date = DAY) => reconcile(context, date),
    bring,
    states: async () => (await transfers()).map(({ seller, state }) => `${seller} ${state}`),
    files: async () => {
      const rows = await db.selectFrom("inbound_files").select(["state", "kind"]).orderBy("id").execute();
      return rows.map(({ state, kind }) => [state, kind].filter((text) => text !== null).join(" "));
    },
    exceptions: async () => {
      const rows = await db.selectFrom("exceptions").select(["reason", "state"]).orderBy("id").execute();
      return rows.map(({ reason, state }) => `${reason} ${state}`).sort();
    },
    balances: async () => {
      const rows = await db.selectFrom("accounts").select(["bucket", "balance"]).orderBy("bucket").execute();
      const sums: Record<string, bigint> = {};
      for (const { bucket, balance } of rows) sums[bucket] = (sums[bucket] ?? 0n) + balance;
      return sums;
    },
    faults: async () => {
      const found: unknown[] = [...(await checkBooks(db)).breaches];
      for (const { id } of await allMarketplaces(db)) {
        const { difference } = await conservationProof(db, id, "EUR");
        if (difference !== 0n) found.push(`money is not conserved: ${difference}`);
      }
      return found;
    },
    close: () => context.store.close(),
  };
}

function paperOf(row: {
  readonly end_to_end_id: string;
  readonly payment_information_id: string | null;
  readonly message_id: string | null;
  readonly amount: bigint;
}): PaperTransfer {
  const { end_to_end_id: endToEndId, amount } = row;
  const paymentInformationId = row.payment_information_id ?? "";
  return { endToEndId, paymentInformationId, messageId: row.message_id ?? "", amount };
}

/** Names of what lies in the outbox, its archive aside. */
export function left({ outbox }: InboundWorld): readonly string[] {
  return readdirSync(outbox).filter((name) => name !== "archive");
}

const MARKETPLACE = {
  ...{ type: "marketplace", id: "m", name: "Market", currency: "EUR", gateway: "sandbox", marketplace: undefined },
  ...{ debtor: { name: "Market SAS", iban: OUR_ACCOUNT }, bank: "sandbox", profile: "sandbox" },
  ...{ integrationMode: "PAYMENT_AND_REFUND", fees: [{ basisPoints: 1000, fixed: 0 }] },
  settlement: { delayDays: 1, delayCounts: "CALENDAR_DAYS", minimumPayout: 100 },
};

function sale(seller: keyof typeof PAID): readonly object[] {
  const amount = GROSS[seller];
  const money = { amount, currency: "EUR" };
  return [
    {
      ...{ type: "seller", id: seller, legalName: `Shop ${seller}`, iban: ACCOUNTS[seller], onboarding: "VALIDATED" },
    },
    {
      ...{ type: "order", id: `o-${seller}`, ...money },
      items: [{ id: "i", name: "Thing", quantity: 1, amount, seller }],
    },
    {
      ...{ type: "transaction", id: `t-${seller}`, order: `o-${seller}`, ...money },
      ...{ status: "CAPTURED", captureOn: "2026-11-18", capturedAt: "2026-11-18T10:00:00Z" },
    },
  ];
}
