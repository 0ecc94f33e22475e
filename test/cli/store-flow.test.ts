import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { workplace } from "./remit.ts";

const place = workplace();
const clock = () => new Date("2026-11-20T01:00:00Z");

beforeAll(async () => {
  const made = await place.remit("init", "--json");
  expect(made.code).toBe(0);
  expect(made.json()).toMatchObject({ ok: true, findings: [], store: place.databaseUrl });
});

/** A file that `maker` made, straight into the tables. */
async function fileInTheStore(messageId: string): Promise<void> {
  const store = await openStore(place.databaseUrl, { clock, access: "write" });
  await store.write(async ({ db }) => {
    await db
      .insertInto("marketplaces")
      .values({
        id: 1n,
        ref: "m",
        name: "M",
        currency: "EUR",
        zone: "Europe/Paris",
        debtor_name: "M",
        debtor_iban: "FR7630006000011234567890189",
        debtor_bic: null,
        bank: "b",
        bank_profile: "sandbox",
        gateway: "g",
        integration_mode: "MULTI_CAPTURE",
        capture_policy: "{}",
        settlement_policy: "{}",
        fee_rules: "[]",
        blocked_reason: null,
        content_hash: "h",
        created_at: clock().toISOString(),
      })
      .execute();
    await db
      .insertInto("transfer_files")
      .values({
        id: 1n,
        marketplace_id: 1n,
        bank: "b",
        bank_profile: "sandbox",
        message_id: messageId,
        remote_name: `${messageId}.xml`,
        currency: "EUR",
        transfer_count: 2n,
        transfer_sum: 123_456n,
        execution_date: "2026-11-20",
        business_date: "2026-11-20",
        bytes: Buffer.from("<x/>"),
        sha256: "ab".repeat(32),
        state: "AWAITING_APPROVAL",
        made_by: "maker",
        made_at: clock().toISOString(),
        decided_by: null,
        decided_at: null,
        decision_reason: null,
        not_before: null,
        fence_owner: null,
        fence_until: null,
        sent_at: null,
        answer_by: null,
        answered_at: null,
        bank_status: null,
        changed_at: clock().toISOString(),
      })
      .execute();
  });
  await store.close();
}

/** Holds the file as a worker does, and for a while its write lock; resolves once it has that. */
async function workerAtWork(): Promise<{ readonly ended: Promise<void> }> {
  const store = await openStore(place.databaseUrl, { clock, access: "write" });
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const working = store.write(async (tx) => {
    await tx.db.updateTable("transfer_files").set({ bank: "b" }).execute();
    begin();
    await pause(2_500);
  });
  await begun;
  return { ended: working.then(() => store.close()) };
}

describe("on a store", () => {
  it("a job runs for today of the configured zone, and says so to machines and, in the log on stderr, to people", async () => {
    const { code, stderr, json } = await place.remit("run", "settle", "--json");
    expect(json()).toMatchObject({ ok: true, job: "settle", businessDate: "2026-11-20", counts: {}, findings: [] });
    expect(stderr).toContain("job done");
    expect(code).toBe(0);
  });

  it("files are approved by a second person who saw these bytes, and by nobody else, beside a worker at work", async () => {
    await fileInTheStore("M20261120-A");
    const list = await place.remit("files", "list", "--json", "--state", "awaiting_approval");
    expect(list.json()).toMatchObject({
      ok: true,
      files: [{ messageId: "M20261120-A", sum: "1234.56", transfers: 2, madeBy: "maker", sha256: "ab".repeat(32) }],
    });
    const byMaker = await place.remit("files", "approve", "M20261120-A", "--as", "Maker", "--json");
    expect(byMaker.json()).toMatchObject({ ok: false, findings: [{ code: "APPROVAL_REFUSED" }] });
    expect(byMaker.code).toBe(1);
    const otherBytes = await place.remit(
      "files",
      "approve",
      "M20261120-A",
      "--as",
      "checker",
      "--sha256",
      "cd".repeat(32),
    );
    expect(otherBytes.stderr).toContain("APPROVAL_REFUSED");
    expect(otherBytes.code).toBe(1);
    const worker = await workerAtWork();
    const approved = await place.remit("files", "approve", "M20261120-A", "--as", "checker", "--json");
    await worker.ended;
    expect(approved.json()).toMatchObject({
      ok: true,
      state: "APPROVED",
      decidedBy: "checker",
      sha256: "ab".repeat(32),
      cutoff: { nextCutoff: "2026-11-20T13:00:00.000Z", executes: "2026-11-20", late: false },
    });
    const shown = await place.remit("files", "show", "M20261120-A");
    expect(shown.stdout).toMatch(/state\s+APPROVED/);
    expect(shown.stdout).toMatch(/decidedBy\s+checker/);
  });

  it("a file whose bytes were exported and given to the bank by hand counts as sent when a second person says so", async () => {
    const by = (deed: string, ...words: string[]) => place.remit("files", deed, "M20261120-A", ...words);
    const path = join(place.folder, "by-hand.xml");
    expect((await by("export", "-o", path)).stdout).toContain("the bank knows them as M20261120-A.xml");
    expect(readFileSync(path, "utf8")).toBe("<x/>");
    const asked = await by("sent-by-hand", "--as", "checker", "--reason", "the line is down");
    expect([asked.code, asked.stdout]).toEqual([0, expect.stringContaining("a second person confirms it")]);
    expect((await by("sent-by-hand", "--as", "Checker", "--confirm")).stderr).toContain("APPROVAL_REFUSED");
    const done = await by("sent-by-hand", "--as", "director", "--confirm", "--json");
    expect(done.json()).toMatchObject({ state: "SENT", askedBy: "checker", confirmedBy: "director" });
    expect((await by("show")).stdout).toMatch(/SENT_BY_HAND\s+CONFIRMED\s+checker\s+the line is down\s+director/);
  });

  it("a file with faults imports nothing, lists every fault and exits 1", async () => {
    const bad = place.file("orders.ndjson", '{"type":"order"\n{"type":"nothing"}\n');
    const { code, json } = await place.remit("import", bad, "--json");
    const { ok, findings } = json() as { ok: boolean; findings: readonly Record<string, string>[] };
    expect(code).toBe(1);
    expect(ok).toBe(false);
    expect(findings.length).toBeGreaterThanOrEqual(2);
    for (const finding of findings) expect(Object.keys(finding).sort()).toEqual(["code", "expected", "found", "where"]);
    expect((await place.remit("orders", "list", "--json")).json()).toMatchObject({ ok: true, orders: [] });
  });

  it("a second writer is refused at once while another process writes, and a reader is not", async () => {
    const store = await openStore(place.databaseUrl, { clock, access: "write" });
    const [writer, reader] = await Promise.all([
      place.remit("run", "settle", "--json"),
      place.remit("verify", "--json"),
    ]);
    await store.close();
    expect(writer.json()).toMatchObject({ ok: false, findings: [{ code: "STORE_BUSY" }] });
    expect(writer.code).toBe(1);
    expect(reader.json()).toMatchObject({ findings: expect.any(Array), filesRecounted: expect.any(Number) });
  });

  it("a record that is not there is a finding", async () => {
    const { code, json } = await place.remit("transfers", "show", "T-NONE", "--json");
    expect(json()).toMatchObject({ ok: false, findings: [{ code: "NOT_FOUND", found: "T-NONE" }] });
    expect(code).toBe(1);
  });
});

describe("without a store", () => {
  const empty = workplace();

  it("says which URL it looked for and what makes one, and makes no empty file", async () => {
    const { code, stderr } = await empty.remit("transfers", "list");
    expect(stderr).toContain(empty.databaseUrl);
    expect(stderr).toContain("remit init");
    expect(code).toBe(1);
    const again = await empty.remit("run", "settle", "--json");
    expect(again.json()).toMatchObject({ ok: false, findings: [{ code: "STORE_UNREACHABLE" }] });
  });

  it("starts nothing without Redis, and names the URL without its password", async () => {
    const worker = workplace("2026-11-20T01:00:00Z", { REDIS_URL: "redis://:hunter2secret@127.0.0.1:1" });
    const { code, stderr } = await worker.remit("start", "scheduler");
    expect(stderr).toContain("QUEUE_UNREACHABLE");
    expect(stderr).toContain("redis-server --port 1");
    expect(stderr).not.toContain("hunter2secret");
    expect(code).toBe(1);
  });

  it("reads and checks bank files", async () => {
    const rubbish = empty.file("rubbish.xml", "this is no XML");
    const [read, check] = await Promise.all([
      empty.remit("bank-file", "read", rubbish, "--json"),
      empty.remit("bank-file", "check", rubbish, "--json"),
    ]);
    for (const { code, json } of [read, check]) {
      expect(json()).toMatchObject({ ok: false });
      expect(code).toBe(1);
    }
  });
});
