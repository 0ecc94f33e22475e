import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importFiles } from "../../src/app/import-files.ts";
import { listExceptions } from "../../src/app/list-exceptions.ts";
import { listNotifications } from "../../src/app/list-notifications.ts";
import { listOrders } from "../../src/app/list-orders.ts";
import { listTransferFiles } from "../../src/app/list-transfer-files.ts";
import { listTransfers } from "../../src/app/list-transfers.ts";
import { previewSettlement } from "../../src/app/preview.ts";
import { settle } from "../../src/app/settle.ts";
import { showException } from "../../src/app/show-exception.ts";
import { showNotification } from "../../src/app/show-notification.ts";
import { showOrder } from "../../src/app/show-order.ts";
import { showTransfer } from "../../src/app/show-transfer.ts";
import { showTransferFile } from "../../src/app/show-transfer-file.ts";
import { writeTransferFiles } from "../../src/app/write-transfer-files.ts";
import { parseConfig } from "../../src/config.ts";
import { type OpenedContext, openContext } from "../../src/context.ts";
import { openStore } from "../../src/store/open.ts";
import { tempDir } from "../support/temp-dir.ts";

const DATE = "2026-11-20";
const CASE = new URL("../../sample-files/practical-case/multi-capture.ndjson", import.meta.url).pathname;
const NOW = new Date("2026-11-20T06:00:00Z");
const LIMIT = { limit: 50 };

let context: OpenedContext;

/** The practical case of the sample files, settled and in a file, with one exception and one failed notification. */
beforeAll(async () => {
  const databaseUrl = `sqlite:${tempDir()}/remit.db`;
  const fresh = await openStore(databaseUrl, { clock: () => NOW, access: "migrate" });
  await fresh.migrate();
  await fresh.close();
  const config = parseConfig({ databaseUrl, logLevel: "silent" });
  const opened = await openContext({ access: "write", actor: "maker", config });
  context = { ...opened, clock: () => NOW };
  expect(await importFiles(context, [CASE])).toMatchObject({ findings: [] });
  await settle(context, DATE);
  await writeTransferFiles(context, DATE);
  await anExceptionAndANotification();
});
afterAll(() => context.close());

async function anExceptionAndANotification(): Promise<void> {
  const at = NOW.toISOString();
  await context.store.write(async (tx) => {
    await tx.insertMany(
      "exceptions",
      [
        "id",
        "marketplace_id",
        "identity",
        "reason",
        "subject_kind",
        "subject_ref",
        "says",
        "amount",
        "currency",
        "state",
        "owner",
        "opened_on",
        "changed_at",
      ],
      [
        [
          7n,
          1n,
          "x",
          "UNMATCHED_ENTRY",
          "entry",
          "E1",
          "nobody expected it",
          1_234n,
          "EUR",
          "OPEN",
          "finance",
          DATE,
          at,
        ],
      ],
    );
    await tx.insertMany(
      "endpoints",
      ["id", "marketplace_id", "ref", "url", "secrets", "events", "state", "content_hash", "created_at"],
      [[1n, 1n, "main", "https://shop.example/hook", "[]", "[]", "ACTIVE", "h", at]],
    );
    const change = await tx.db
      .selectFrom("status_changes")
      .select("id")
      .where("object_kind", "=", "transfer")
      .orderBy("id")
      .limit(1)
      .executeTakeFirstOrThrow();
    await tx.insertMany(
      "notifications",
      ["id", "endpoint_id", "status_change_id", "ref", "state", "attempts", "next_attempt_at"],
      [[1n, 1n, change.id, "msg_1", "PENDING", 1n, at]],
    );
    await tx.insertMany(
      "delivery_attempts",
      ["id", "notification_id", "attempt", "outcome", "http_status", "duration_ms", "attempted_at"],
      [[1n, 1n, 1n, "REFUSED", 500n, 12n, at]],
    );
  });
}

/** The transfer to a shop, which both pays and names. */
async function transferTo(seller: string) {
  const transfer = (await listTransfers(context, LIMIT)).find((one) => one.seller === seller);
  if (transfer === undefined) throw new Error(`no transfer to ${seller}`);
  return transfer;
}

describe("transfers", () => {
  it("are listed with amounts as decimal text, newest first, and by state, date and marketplace", async () => {
    const all = await listTransfers(context, LIMIT);
    expect(all.map(({ seller }) => seller).sort()).toEqual(["OPERATOR", "myshop1.com", "myshop2.com"]);
    expect(await transferTo("myshop2.com")).toMatchObject({
      marketplace: "office-corner",
      currency: "EUR",
      amount: "40.50",
      state: "IN_FILE",
      businessDate: DATE,
    });
    expect(await listTransfers(context, { ...LIMIT, state: "REJECTED" })).toEqual([]);
    expect(await listTransfers(context, { ...LIMIT, date: "2026-11-19" })).toEqual([]);
    expect(await listTransfers(context, { ...LIMIT, marketplace: "other" })).toEqual([]);
    expect(
      await listTransfers(context, { ...LIMIT, marketplace: "office-corner", state: "IN_FILE", date: DATE }),
    ).toEqual(all);
    expect(await listTransfers(context, { limit: 1 })).toEqual(all.slice(0, 1));
  });

  it("are shown with every order they pay, the payee's account masked, and what happened", async () => {
    const { endToEndId } = await transferTo("myshop1.com");
    const shown = await showTransfer(context, endToEndId);
    expect(shown).toMatchObject({ endToEndId, seller: "myshop1.com", creditor: { iban: "ES91****1332" } });
    expect(shown.parts).toMatchObject([{ kind: "SALE", order: "1234", item: "paper ream", gross: "30.00" }]);
    const [part] = shown.parts;
    expect(part?.net).toBe(shown.amount);
    expect(shown.history.map(({ status }) => status)[0]).toBe("SCHEDULED");
    expect(JSON.stringify(shown)).not.toContain("21000418450200051332");
  });
});

describe("transfer files", () => {
  it("are listed and shown with what the second person must see", async () => {
    const [file] = await listTransferFiles(context, { ...LIMIT, state: "AWAITING_APPROVAL" });
    expect(file).toMatchObject({
      marketplace: "office-corner",
      state: "AWAITING_APPROVAL",
      madeBy: "maker",
      decidedBy: null,
    });
    const shown = await showTransferFile(context, file?.messageId ?? "");
    expect(shown.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(shown.transferStates).toEqual([{ state: "IN_FILE", count: shown.transfers, sum: shown.sum }]);
    expect(await listTransferFiles(context, { ...LIMIT, state: "SENT" })).toEqual([]);
  });
});

describe("orders", () => {
  it("are listed, and shown with items, transactions, operations and who is owed what", async () => {
    expect(await listOrders(context, { ...LIMIT, date: "2026-11-18" })).toMatchObject([
      { ref: "1234", amount: "875.00" },
    ]);
    expect(await listOrders(context, { ...LIMIT, date: "2026-11-19" })).toEqual([]);
    const shown = await showOrder(context, "1234");
    expect(shown.items.map(({ seller, amount }) => `${seller} ${amount}`)).toEqual([
      "OPERATOR 500.00",
      "OPERATOR 300.00",
      "myshop1.com 30.00",
      "myshop2.com 45.00",
    ]);
    expect(shown.transactions).toMatchObject([{ ref: "A1123456", captured: "875.00", currency: "EUR" }]);
    expect(shown.operations.map(({ kind, amount }) => `${kind} ${amount}`)).toEqual([
      "CAPTURE 800.00",
      "CAPTURE 30.00",
      "CAPTURE 45.00",
    ]);
    const transfer = await transferTo("myshop2.com");
    expect(shown.owed.find(({ seller }) => seller === "myshop2.com")).toMatchObject({
      net: "40.50",
      transfer: transfer.endToEndId,
      transferState: "IN_FILE",
    });
  });

  it("of another marketplace are not found", async () => {
    await expect(showOrder(context, "1234", "other")).rejects.toThrow(/no such record: order, found 1234/);
  });
});

describe("exceptions and notifications", () => {
  it("are listed and shown", async () => {
    expect(await listExceptions(context, { ...LIMIT, state: "OPEN", date: DATE })).toMatchObject([
      { id: "7", marketplace: "office-corner", subject: "entry E1", amount: "12.34", owner: "finance" },
    ]);
    expect(await showException(context, "7")).toMatchObject({ says: "nobody expected it", resolution: null });
    const [told] = await listNotifications(context, { ...LIMIT, state: "PENDING", date: DATE });
    expect(told).toMatchObject({ ref: "msg_1", endpoint: "main", status: "SCHEDULED", attempts: 1 });
    expect((await showNotification(context, "msg_1")).log).toMatchObject([
      { attempt: 1, outcome: "REFUSED", httpStatus: 500, durationMs: 12 },
    ]);
  });
});

it.each([
  ["transfer", showTransfer],
  ["transfer file", showTransferFile],
  ["order", showOrder],
  ["exception", showException],
  ["notification", showNotification],
] as const)("a %s that is not there is NOT_FOUND", async (kind, show) => {
  await expect(show(context, "none")).rejects.toMatchObject({
    code: "NOT_FOUND",
    findings: [{ where: kind, found: "none" }],
  });
});

it("a settled and filed marketplace has nothing left to preview", async () => {
  const { lines, findings } = await previewSettlement(context, DATE);
  expect(lines.filter(({ outcome }) => outcome === "TRANSFER")).toEqual([]);
  expect(findings).toEqual([]);
});
