/** A marketplace with one transfer file that waits for approval, a bank in a folder, and a profile that a test may change. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import { loadProfile } from "../../src/app/bank-profiles.ts";
import type { Context } from "../../src/app/context.ts";
import { importFiles } from "../../src/app/import-files.ts";
import { settle } from "../../src/app/settle.ts";
import { writeTransferFiles } from "../../src/app/write-transfer-files.ts";
import type { BankExchange, BankProfile } from "../../src/bankfiles/profile/profile.ts";
import type { BankChannel } from "../../src/exchange/bank-channel.ts";
import { openChannel } from "../../src/exchange/open-channel.ts";
import type { PgpKeys } from "../../src/exchange/pgp.ts";
import { tempDir } from "../support/temp-dir.ts";
import { type TestContext, testContext } from "../support/test-context.ts";
import type { StoreKind } from "../support/test-database.ts";

/** Friday; the file is written in the night before. */
export const FRIDAY = "2026-11-20";
const IBAN = "FR7630006000011234567890189";

export interface FileWorld extends TestContext {
  readonly messageId: string;
  readonly sha256: string;
  /** Contents of the bank's inbox by name. */
  inbox(): Readonly<Record<string, Buffer>>;
  readonly inboxFolder: string;
  /** The same world as another person sees it. */
  as(actor: string): Context;
  /** Lines of the log at level warn and above. */
  readonly warnings: readonly string[];
  state(): Promise<string>;
}

export interface Changes {
  readonly execution?: Partial<BankProfile["execution"]>;
  readonly exchange?: Partial<BankExchange>;
  /** Another bank than the folder. */
  readonly connect?: () => Promise<BankChannel>;
  readonly pgpKeys?: () => Promise<PgpKeys>;
}

export async function fileWorld(kind: StoreKind, changes: Changes = {}): Promise<FileWorld> {
  const bare = await testContext({}, `${FRIDAY}T01:00:00Z`, kind);
  const root = tempDir("remit-bank-");
  const inboxFolder = join(root, "inbox");
  for (const name of ["inbox", "outbox"]) mkdirSync(join(root, name));
  const warnings: string[] = [];
  const context: TestContext = {
    ...bare,
    log: pino({ level: "warn" }, { write: (line: string) => void warnings.push(line) }),
    profile: (name) => changed(loadProfile(name), changes),
    connectBank: changes.connect ?? (() => openChannel({ kind: "folder", root })),
    ...(changes.pgpKeys === undefined ? {} : { pgpKeys: changes.pgpKeys }),
  };
  await importMarket(context);
  await settle(context, FRIDAY);
  await writeTransferFiles({ ...context, actor: "alice" }, FRIDAY);
  const file = await context.store.db
    .selectFrom("transfer_files")
    .select(["message_id", "sha256"])
    .executeTakeFirstOrThrow();
  return {
    ...context,
    messageId: file.message_id,
    sha256: file.sha256,
    inboxFolder,
    warnings,
    inbox: () =>
      Object.fromEntries(readdirSync(inboxFolder).map((name) => [name, readFileSync(join(inboxFolder, name))])),
    as: (actor) => ({ ...context, actor }),
    state: async () =>
      (await context.store.db.selectFrom("transfer_files").select("state").executeTakeFirstOrThrow()).state,
  };
}

function changed(profile: BankProfile, { execution, exchange }: Changes): BankProfile {
  return {
    ...profile,
    execution: { ...profile.execution, ...execution },
    exchange: { ...profile.exchange, ...exchange },
  };
}

async function importMarket(context: Context): Promise<void> {
  const path = join(tempDir(), "records.ndjson");
  writeFileSync(path, RECORDS.map((record) => JSON.stringify(record)).join("\n"));
  const { findings } = await importFiles(context, [path]);
  if (findings.length > 0) throw new Error(JSON.stringify(findings));
}

const RECORDS = [
  {
    ...{ type: "marketplace", id: "m", name: "Market", currency: "EUR", debtor: { name: "Market SAS", iban: IBAN } },
    ...{ bank: "bank", profile: "sandbox", gateway: "none", integrationMode: "PAYMENT_AND_REFUND" },
    settlement: { delayDays: 1, delayCounts: "CALENDAR_DAYS", minimumPayout: 100 },
    operator: { name: "Market SAS", iban: IBAN },
  },
  ...["DE89370400440532013000", "NL91ABNA0417164300"].flatMap((iban, n) => [
    { type: "seller", marketplace: "m", id: `s${n}`, legalName: `Seller ${n}`, iban, onboarding: "VALIDATED" },
    {
      ...{ type: "order", marketplace: "m", id: `o${n}`, amount: 1_000, currency: "EUR" },
      items: [{ id: `i${n}`, name: "Thing", quantity: 1, amount: 1_000, seller: `s${n}` }],
    },
    {
      ...{ type: "transaction", marketplace: "m", id: `t${n}`, order: `o${n}`, amount: 1_000, currency: "EUR" },
      ...{ status: "CAPTURED", captureOn: "2026-11-18", capturedAt: "2026-11-18T10:00:00Z" },
    },
  ]),
];
