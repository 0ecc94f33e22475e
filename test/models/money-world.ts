/** The real engine beside the model: one store for many sequences, emptied between them, and a bank that is a folder. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { applyInbound } from "../../src/app/apply-inbound.ts";
import { loadProfile } from "../../src/app/bank-profiles.ts";
import { conservationProof } from "../../src/app/conservation-proof.ts";
import { type ImportReport, importFiles } from "../../src/app/import-files.ts";
import { addDays } from "../../src/domain/calendar.ts";
import { openChannel } from "../../src/exchange/open-channel.ts";
import { recordInbound } from "../../src/store/inbound-files.ts";
import { breaches } from "../../src/store/invariants.ts";
import { allMarketplaces } from "../../src/store/marketplaces.ts";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { TABLES } from "../../src/store/table-pages.ts";
import { janitor } from "../support/janitor.ts";
import { tempDir } from "../support/temp-dir.ts";
import { type TestContext, testContext } from "../support/test-context.ts";
import type { StoreKind } from "../support/test-database.ts";
import { freshStore } from "../support/test-store.ts";
import { type PaperTransfer, payInStatement, statement } from "./bank-papers.ts";

export type ImportRecord = Readonly<Record<string, unknown>>;

/** `b` has a reserve, `none` has no account, and the operator sells too. */
export const SELLERS = ["a", "b", "none", "OPERATOR"] as const;
export const RESERVE = { basisPoints: 1_000, days: 2 };
/** Triggers that keep rows from being removed: sequences share the store, and those rules are shown elsewhere. */
const LOCKS = {
  sqlite: sql<{ drop: string }>`
    SELECT 'DROP TRIGGER ' || name AS "drop" FROM sqlite_schema WHERE type = 'trigger' AND name LIKE '%no_delete'`,
  postgres: sql<{ drop: string }>`
    SELECT 'DROP TRIGGER ' || tgname || ' ON ' || tgrelid::regclass AS "drop" FROM pg_trigger
     WHERE NOT tgisinternal AND (tgname LIKE '%append_only' OR tgname LIKE '%stay')`,
} as const;

const FIRST_DAY = "2026-03-02";
const DEBTOR = "FR7630006000011234567890189";

/** The accounts between which sellers change. */
export const ACCOUNTS = {
  a: ["DE89370400440532013000", "ES9121000418450200051332"],
  b: ["NL91ABNA0417164300", "BE68539007547034"],
} as const;

/** `paidWhen`: whether sellers wait for the acquirer's money. */
const setting = (paidWhen: "CAPTURED" | "ACQUIRER_PAID"): readonly ImportRecord[] => [
  {
    type: "marketplace",
    id: "m",
    name: "Market",
    currency: "EUR",
    debtor: { name: "Market SAS", iban: DEBTOR },
    bank: "sandbox",
    profile: "sandbox",
    gateway: "sandbox",
    integrationMode: "MULTI_CAPTURE",
    fees: [{ basisPoints: 1000, fixed: 0 }],
    settlement: { delayDays: 1, delayCounts: "CALENDAR_DAYS", minimumPayout: 100, coolingHours: 24, paidWhen },
    operator: { name: "Market SAS", iban: DEBTOR },
  },
  sellerRecord("a", ACCOUNTS.a[0]),
  sellerRecord("b", ACCOUNTS.b[0]),
  sellerRecord("none"),
];

/** `more` stands before what a validated seller has. */
export function sellerRecord(
  id: string,
  iban?: string,
  more: ImportRecord = { onboarding: "VALIDATED" },
): ImportRecord {
  return {
    type: "seller",
    marketplace: "m",
    id,
    legalName: `Shop ${id}`,
    ...(iban && { iban }),
    ...(id === "b" && { settlement: { reserve: RESERVE } }),
    ...more,
  };
}

export class MoneyWorld {
  readonly context: TestContext;
  private readonly folder: string;
  private day = 0;
  private papers = 0;
  private balance = 0n;

  private constructor(context: TestContext, folder: string) {
    this.context = context;
    this.folder = folder;
  }

  static async open(kind: StoreKind): Promise<MoneyWorld> {
    const folder = memoryDir();
    const profile = loadProfile("sandbox");
    const start = `${FIRST_DAY}T10:00:00Z`;
    const store = kind === "sqlite" ? await storeIn(folder) : await freshStore(() => new Date(start), kind);
    const base = await testContext({ settleMs: 0 }, start, kind, store);
    const context: TestContext = {
      ...base,
      profile: () => profile,
      connectBank: () => openChannel({ kind: "folder", root: join(folder, "bank") }),
    };
    const world = new MoneyWorld(context, folder);
    await base.store.write(async ({ db }) => {
      for (const { drop } of (await LOCKS[kind].execute(db)).rows) await sql.raw(drop).execute(db);
    });
    return world;
  }

  /** Forgets the sequence before. */
  async begin(paidWhen: "CAPTURED" | "ACQUIRER_PAID"): Promise<void> {
    await this.context.store.write(async ({ db }) => {
      for (const table of [...TABLES].reverse()) await sql`DELETE FROM ${sql.table(table)}`.execute(db);
    });
    for (const box of ["inbox", "outbox"]) {
      rmSync(join(this.folder, "bank", box), { recursive: true, force: true });
      mkdirSync(join(this.folder, "bank", box), { recursive: true });
    }
    Object.assign(this, { day: 0, papers: 0, balance: 1_000_000_000n });
    this.goTo(0);
    await this.bring(setting(paidWhen));
  }

  goTo(day: number): void {
    this.day = day;
    this.context.setClock(`${this.date}T10:00:00Z`);
  }

  get date(): string {
    return this.dateOf(this.day);
  }

  dateOf(day: number): string {
    return addDays(FIRST_DAY, day);
  }

  async bring(records: readonly ImportRecord[]): Promise<ImportReport> {
    const path = join(this.folder, "records.ndjson");
    writeFileSync(path, records.map((record) => JSON.stringify(record)).join("\n"));
    return importFiles(this.context, [path]);
  }

  /** The bank's file, taken in as if it had been fetched. */
  async receive(xml: string, name: string): Promise<void> {
    const bytes = Buffer.from(xml);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const now = this.context.clock();
    await this.context.store.write((tx) =>
      recordInbound(tx, {
        ...{ bank: "sandbox", remoteName: name, sha256, now },
        ...{ size: bytes.length, content: () => [bytes] },
      }),
    );
    await applyInbound(this.context, this.date);
  }

  nextPaper(kind: string): string {
    this.papers += 1;
    return `${kind}-${this.papers}`;
  }

  statementOf(transfers: readonly PaperTransfer[], what: "booked" | "returned") {
    const id = this.nextPaper("camt053");
    const head = { id, number: this.papers, createdAt: this.createdAt(), date: this.date, account: DEBTOR };
    const { xml, closing } = statement({ ...head, opening: this.balance }, transfers, what);
    this.balance = closing;
    return { id, xml };
  }

  payInOf(reference: string, amount: bigint) {
    const id = this.nextPaper("camt053");
    const head = { id, number: this.papers, createdAt: this.createdAt(), date: this.date, account: DEBTOR };
    const { xml, closing } = payInStatement({ ...head, opening: this.balance }, reference, amount);
    this.balance = closing;
    return { id, xml };
  }

  /** Later with each paper, as a bank's clock is. */
  createdAt(): string {
    return new Date(this.context.clock().getTime() + this.papers * 1_000).toISOString();
  }

  /** Transfers of a file as the bank knows them, with the shop and state they have with us. */
  async transfersOf(messageId: string) {
    return this.context.store.db
      .selectFrom("transfers")
      .innerJoin("transfer_files", "transfer_files.id", "transfers.file_id")
      .innerJoin("sellers", "sellers.id", "transfers.seller_id")
      .select(["transfers.end_to_end_id", "transfers.payment_information_id", "transfers.amount", "transfers.state"])
      .select(["sellers.ref as seller", "transfer_files.message_id"])
      .where("transfer_files.message_id", "=", messageId)
      .orderBy("transfers.id")
      .execute();
  }

  /** Message ids of all files, in the order they were written. */
  async files(): Promise<readonly string[]> {
    const rows = await this.context.store.db.selectFrom("transfer_files").select("message_id").orderBy("id").execute();
    return rows.map(({ message_id }) => message_id);
  }

  async balances(): Promise<readonly string[]> {
    const rows = await this.context.store.db
      .selectFrom("accounts")
      .leftJoin("sellers", "sellers.id", "accounts.seller_id")
      .select(["sellers.ref", "accounts.bucket", "accounts.balance"])
      .where("accounts.balance", "<>", 0n)
      .where(({ or, eb }) => or([eb("accounts.seller_id", "<>", 0n), eb("bucket", "=", "ACQUIRER_RECEIVABLE")]))
      .execute();
    return rows.map(({ ref, bucket, balance }) => `${ref ?? "m"} ${bucket} ${balance}`).sort();
  }

  async listTransfers(): Promise<readonly string[]> {
    const rows = await this.context.store.db
      .selectFrom("transfers")
      .innerJoin("sellers", "sellers.id", "transfers.seller_id")
      .select(["sellers.ref", "transfers.amount", "transfers.state", "transfers.hold_reason"])
      .execute();
    return rows
      .map(({ ref, amount, state, hold_reason }) => [ref, amount, state, hold_reason].filter(Boolean).join(" "))
      .sort();
  }

  async listDebts(): Promise<readonly string[]> {
    const rows = await this.context.store.db
      .selectFrom("seller_debts")
      .innerJoin("sellers", "sellers.id", "seller_debts.seller_id")
      .select(["sellers.ref", "seller_debts.amount"])
      .execute();
    return rows.map(({ ref, amount }) => `${ref} ${amount}`).sort();
  }

  /** The reference of some transfer that stands so. */
  async transferLike(seller: string, amount: bigint, state: "SCHEDULED" | "ON_HOLD", reason?: string): Promise<string> {
    const row = await this.context.store.db
      .selectFrom("transfers")
      .innerJoin("sellers", "sellers.id", "transfers.seller_id")
      .select("transfers.end_to_end_id")
      .where("sellers.ref", "=", seller)
      .where("transfers.amount", "=", amount)
      .where("transfers.state", "=", state)
      .where("transfers.hold_reason", reason === undefined ? "is" : "=", reason ?? null)
      .orderBy("transfers.id")
      .executeTakeFirstOrThrow();
    return row.end_to_end_id;
  }

  /** Invariants 1 to 4 of the design, from the tables alone; empty when all hold. */
  async broken(): Promise<readonly string[]> {
    const { db } = this.context.store;
    const found = (await breaches(db)).map(({ code, where }) => `${code} ${where}`);
    for (const { id } of await allMarketplaces(db)) {
      const { difference } = await conservationProof(db, id, "EUR");
      if (difference !== 0n) found.push(`CONSERVATION_BROKEN by ${difference}`);
    }
    return found;
  }

  async close(): Promise<void> {
    await this.context.store.close();
  }
}

/** Every commit is synced as ever; in memory that costs nothing. */
async function storeIn(folder: string): Promise<Store> {
  const url = `sqlite:${join(folder, "remit.db")}`;
  const clock = () => new Date(0);
  const empty = await openStore(url, { clock, access: "migrate" });
  await empty.migrate();
  await empty.close();
  return openStore(url, { clock, access: "write" });
}

/** In memory where the system has such a place: what is shown here is no matter of disks. */
function memoryDir(): string {
  if (!existsSync("/dev/shm")) return tempDir();
  const path = mkdtempSync("/dev/shm/remit-");
  janitor.removeAtEnd(path);
  return path;
}
