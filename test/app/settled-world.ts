/** A small world in a store: a marketplace that was paid, settled on two days, with files of which one is approved and one refused. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadProfile } from "../../src/app/bank-profiles.ts";
import type { Context } from "../../src/app/context.ts";
import { approveFile, refuseFile } from "../../src/app/decide-file.ts";
import { importFiles } from "../../src/app/import-files.ts";
import { runJob } from "../../src/app/run-job.ts";
import { settle } from "../../src/app/settle.ts";
import { writeTransferFiles } from "../../src/app/write-transfer-files.ts";
import type { Store } from "../../src/store/store.ts";
import { tempDir } from "../support/temp-dir.ts";
import { testContext } from "../support/test-context.ts";

// The audit log keeps the path, which must be the same for every store.
const folder = tempDir();

const IBANS = [
  "DE89370400440532013000",
  "NL91ABNA0417164300",
  "ES9121000418450200051332",
  "FR7630006000011234567890189",
];

const MARKETPLACE = {
  type: "marketplace",
  id: "m",
  name: "Marché Ærø \\ Œuvre",
  currency: "EUR",
  debtor: { name: "Market SAS", iban: IBANS[3] },
  bank: "sandbox",
  profile: "sandbox",
  gateway: "sandbox",
  integrationMode: "PAYMENT_AND_REFUND",
  fees: [{ basisPoints: 1000, fixed: 0 }],
  settlement: { delayDays: 1, delayCounts: "CALENDAR_DAYS", minimumPayout: 100 },
  operator: { name: "Market SAS", iban: IBANS[3] },
};

const ENDPOINT = {
  ...{ type: "endpoint", marketplace: "m", id: "hook", url: "https://example.org/hook", events: ["*"] },
  secret: `whsec_${Buffer.alloc(32).toString("base64")}`,
};

// Told apart by case and marks alone: both databases must list and pay them in one order.
const SELLERS = ["b", "B", "a-10", "a_2", "A", "held", "poor"];

export async function settledWorld(store: Store): Promise<void> {
  const context: Context = {
    ...(await testContext({}, undefined, "sqlite", store)),
    profile: (name) => loadProfile(name),
  };
  await bring(context, [
    MARKETPLACE,
    ENDPOINT,
    ...SELLERS.map(seller),
    ...SELLERS.flatMap((who, index) => sale(who, index)),
  ]);
  await runJob(context, { job: "settle", run: settle, businessDate: "2026-11-19" });
  await writeTransferFiles({ ...context, actor: "alice" }, "2026-11-19");
  const [first] = await messageIds(store);
  await approveFile({ ...context, actor: "bob" }, { messageId: first ?? "" });
  await bring(context, [refund("b", 400), ...sale("B", 20)]);
  await settle(context, "2026-11-20");
  await writeTransferFiles({ ...context, actor: "alice" }, "2026-11-20");
  const second = (await messageIds(store)).at(-1);
  await refuseFile({ ...context, actor: "bob" }, { messageId: second ?? "", reason: "wrong day\t\\" });
}

async function messageIds(store: Store): Promise<string[]> {
  const rows = await store.db.selectFrom("transfer_files").select("message_id").orderBy("id").execute();
  return rows.map(({ message_id }) => message_id);
}

async function bring(context: Context, records: readonly object[]): Promise<void> {
  const path = join(folder, "records.ndjson");
  writeFileSync(path, records.map((record) => JSON.stringify(record)).join("\n"));
  const { findings } = await importFiles(context, [path]);
  if (findings.length > 0) throw new Error(JSON.stringify(findings));
}

const seller = (id: string, index: number) => ({
  type: "seller",
  marketplace: "m",
  id,
  legalName: `Seller ${id}`,
  ...(id === "held" ? {} : { iban: IBANS[index % 3] }),
  onboarding: "VALIDATED",
});

function sale(who: string, number: number): object[] {
  const amount = who === "poor" ? 90 : 1_000 + number;
  return [
    {
      ...{ type: "order", marketplace: "m", id: `o${number}`, amount, currency: "EUR" },
      items: [{ id: `i${number}`, name: "Thing", quantity: 1, amount, seller: who }],
    },
    {
      ...{ type: "transaction", marketplace: "m", id: `t${number}`, order: `o${number}`, amount, currency: "EUR" },
      ...{ status: "CAPTURED", captureOn: "2026-11-18", capturedAt: "2026-11-18T10:00:00Z" },
    },
  ];
}

const refund = (who: string, amount: number) => ({
  ...{ type: "refund", marketplace: "m", id: "r1", transaction: "t0", seller: who, amount },
  refundedAt: "2026-11-19T12:00:00Z",
});
