/** A marketplace over a real store and a sandbox bank in a folder: planted by imports, moved by the real use cases. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { applyInbound } from "../../../src/app/apply-inbound.ts";
import { loadProfile } from "../../../src/app/bank-profiles.ts";
import { collectFiles } from "../../../src/app/collect-files.ts";
import type { Context } from "../../../src/app/context.ts";
import { approveFile } from "../../../src/app/decide-file.ts";
import { importFiles } from "../../../src/app/import-files.ts";
import { listTransferFiles } from "../../../src/app/list-transfer-files.ts";
import { reconcile } from "../../../src/app/reconcile.ts";
import { sendFiles } from "../../../src/app/send-files.ts";
import { settle } from "../../../src/app/settle.ts";
import { writeTransferFiles } from "../../../src/app/write-transfer-files.ts";
import { openChannel } from "../../../src/exchange/open-channel.ts";
import { SandboxBankBrain } from "../../../src/sandbox/bank-brain.ts";
import type { BankRule } from "../../../src/sandbox/bank-rule.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { type TestContext, testContext } from "../../support/test-context.ts";

export type ImportRecord = Readonly<Record<string, unknown>> & { readonly type: string };

export const MARKETPLACE = "bazaar";
export const DAY = { eve: "2026-11-17", first: "2026-11-18", second: "2026-11-19", third: "2026-11-20" } as const;

/** A valid account of nobody: the n-th at a made-up German bank. */
export function accountNumber(n: number, bank = "37040044"): string {
  const bban = `${bank}${String(n).padStart(10, "0")}`;
  return `DE${String(98n - (BigInt(`${bban}131400`) % 97n)).padStart(2, "0")}${bban}`;
}

export interface PlantedMarket {
  readonly context: TestContext;
  readonly bank: SandboxBankBrain;
  readonly reports: string;
  plant(records: readonly ImportRecord[]): Promise<void>;
  /** Settles and writes the files of the date, at 02:30 in Paris. */
  night(date: string): Promise<void>;
  /** Approves and sends what waits; the bank takes it, answers, and closes its day. */
  day(date: string): Promise<void>;
  /** Collects what the bank left and reconciles, at 06:00 in Paris. */
  morning(date: string): Promise<void>;
  close(): Promise<void>;
}

export async function plantedMarket(behaviour: readonly BankRule[] = []): Promise<PlantedMarket> {
  const folder = tempDir();
  const reports = join(folder, "reports");
  const base = await testContext({ reports, archive: join(folder, "archive"), settleMs: 0 }, `${DAY.eve}T20:00:00Z`);
  const bank = new SandboxBankBrain({ folder: join(folder, "bank"), clock: base.clock, behaviour });
  const context: TestContext = {
    ...base,
    profile: (name) => loadProfile(name),
    connectBank: () => openChannel({ kind: "folder", root: join(folder, "bank") }),
  };
  let planted = 0;
  return {
    context,
    bank,
    reports,
    plant: async (records) => {
      planted += 1;
      const path = join(folder, `planted-${planted}.ndjson`);
      writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
      const report = await importFiles(context, [path]);
      if (!report.ok) throw new Error(JSON.stringify(report.findings.slice(0, 5)));
    },
    night: async (date) => {
      context.setClock(`${date}T01:30:00Z`);
      await settle(context, date);
      await writeTransferFiles(context, date);
    },
    day: async (date) => {
      context.setClock(`${date}T08:00:00Z`);
      await approveAll(context);
      await sendFiles(context, date);
      bank.processInbox();
      await collectFiles(context, date);
      context.setClock(`${date}T18:00:00Z`);
      bank.endOfDay(date);
    },
    morning: async (date) => {
      context.setClock(`${date}T05:00:00Z`);
      await collectFiles(context, date);
      await applyInbound(context, date);
      await reconcile(context, date);
      context.setClock(`${date}T05:30:00Z`);
    },
    close: () => context.store.close(),
  };
}

async function approveAll(context: Context): Promise<void> {
  const files = await listTransferFiles(context, { state: "AWAITING_APPROVAL", limit: 100 });
  for (const { messageId } of files) await approveFile({ ...context, actor: "finance" }, { messageId });
}

export function marketplace(more: Readonly<Record<string, unknown>> = {}): ImportRecord {
  return {
    type: "marketplace",
    id: MARKETPLACE,
    name: "Bazaar",
    currency: "EUR",
    zone: "Europe/Paris",
    debtor: { name: "Bazaar SAS", iban: accountNumber(1, "50010517") },
    bank: "sandbox",
    profile: "sandbox",
    gateway: "sandbox",
    integrationMode: "MULTI_CAPTURE",
    settlement: { delayDays: 1, delayCounts: "CALENDAR_DAYS", minimumPayout: 100 },
    fees: [{ basisPoints: 1000, fixed: 0 }],
    operator: { name: "Bazaar SAS", iban: accountNumber(2, "50010517") },
    ...more,
  };
}

export function seller(id: string, name: string, iban?: string, onboarding = "VALIDATED"): ImportRecord {
  const account = iban === undefined ? {} : { iban };
  return { type: "seller", marketplace: MARKETPLACE, id, legalName: name, accountHolder: name, onboarding, ...account };
}

function order(id: string, sellerId: string, amount: number): ImportRecord {
  const items = [{ id: `${id}-1`, name: "goods", price: amount, quantity: 1, amount, seller: sellerId }];
  return { type: "order", marketplace: MARKETPLACE, id, amount, createdAt: "2026-11-16T10:00:00Z", items };
}

/** An order of one seller whose card was captured on `date`. */
export function sale(id: string, sellerId: string, amount: number, date: string): readonly ImportRecord[] {
  const transaction = { type: "transaction", marketplace: MARKETPLACE, id: `${id}-T`, order: id, amount };
  return [
    order(id, sellerId, amount),
    { ...transaction, status: "CAPTURED", gatewayRef: `auth-${id}`, capturedAt: `${date}T12:00:00Z` },
  ];
}

export function refund(id: string, orderId: string, sellerId: string, amount: number, date: string): ImportRecord {
  const of = { marketplace: MARKETPLACE, transaction: `${orderId}-T`, seller: sellerId };
  return { type: "refund", id, ...of, amount, refundedAt: `${date}T12:00:00Z` };
}

/** An order whose card is authorised and not captured yet. */
export function authorisation(
  id: string,
  sellerId: string,
  amount: number,
  deadlines: { readonly honourUntil?: string; readonly expiresAt: string },
  status = "AUTHORISED",
): readonly ImportRecord[] {
  const transaction = { type: "transaction", marketplace: MARKETPLACE, id: `${id}-T`, order: id, amount, status };
  const more = { gatewayRef: `auth-${id}`, captureOn: "2026-12-24", authorisedAt: "2026-11-16T10:00:00Z" };
  return [order(id, sellerId, amount), { ...transaction, ...more, ...deadlines }];
}
