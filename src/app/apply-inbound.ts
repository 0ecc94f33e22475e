/** Reads every received file by its content and applies it, each in one transaction; a poison file never blocks the others. */
import { readBankFile } from "../bankfiles/read/read-bank-file.ts";
import type { Finding } from "../domain/finding.ts";
import { openExceptions } from "../store/exceptions.ts";
import { endInbound, nextWaiting, type WaitingFile } from "../store/inbound-files.ts";
import { allMarketplaces } from "../store/marketplaces.ts";
import type { Transaction } from "../store/store.ts";
import { applyBankEntries } from "./apply-bank-entries.ts";
import { type Applied, applyPaymentStatus } from "./apply-payment-status.ts";
import type { Context } from "./context.ts";
import { keepStatements } from "./keep-statements.ts";

export interface InboundReport {
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}

interface Reading {
  readonly kind?: string;
  readonly messageId?: string;
  readonly applied: Applied;
}

export async function applyInbound(context: Context, businessDate: string): Promise<InboundReport> {
  const counts: Record<string, number> = { applied: 0, quarantined: 0, waiting: 0 };
  const findings: Finding[] = [];
  let afterId = 0n;
  for (;;) {
    const file = await nextWaiting(context.store.db, afterId);
    if (file === undefined) break;
    afterId = file.id;
    const { applied } = await applyOne(context, file, businessDate);
    const outcome = applied.kind === "applied" ? "applied" : applied.kind === "quarantine" ? "quarantined" : "waiting";
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    for (const [name, value] of Object.entries(applied.counts)) counts[name] = (counts[name] ?? 0) + value;
    findings.push(
      ...applied.findings.map((finding) => ({ ...finding, where: `${file.remoteName}: ${finding.where}` })),
    );
  }
  for (const [name, value] of Object.entries(await matchAll(context, businessDate))) counts[name] = value;
  return { counts, findings };
}

async function applyOne(context: Context, file: WaitingFile, businessDate: string): Promise<Reading> {
  const now = context.clock();
  await context.at("inbound.apply.before");
  const reading = await context.store.write(async (tx) => {
    const result = await readAndApply(tx, file, businessDate, now);
    const { applied, kind, messageId } = result;
    if (applied.kind === "later") return result;
    await endInbound(tx, {
      id: file.id,
      state: applied.kind === "applied" ? "APPLIED" : "QUARANTINED",
      findings: applied.findings,
      now,
      ...(kind === undefined ? {} : { kind }),
      ...(messageId === undefined ? {} : { messageId }),
    });
    if (applied.kind === "quarantine")
      await openExceptions(tx, [quarantined(file, applied.findings)], businessDate, now);
    return result;
  });
  await context.at("inbound.apply.after");
  return reading;
}

async function readAndApply(tx: Transaction, file: WaitingFile, businessDate: string, now: Date): Promise<Reading> {
  const read = readBankFile(file.bytes);
  if (!read.ok) return { applied: { kind: "quarantine", findings: read.findings, counts: {} } };
  const { document } = read;
  const head = { kind: document.kind, ...(document.messageId === undefined ? {} : { messageId: document.messageId }) };
  switch (document.kind) {
    case "pain.002": {
      const applied = await applyPaymentStatus(tx, document, { bank: file.bank, businessDate, now });
      // What the reader found strange is told too, as it is of a statement.
      return { ...head, applied: { ...applied, findings: [...document.findings, ...applied.findings] } };
    }
    case "camt.052":
    case "camt.053":
    case "camt.054": {
      const owners = await accountOwners(tx, file.bank);
      return {
        ...head,
        applied: await keepStatements(tx, document, { inboundFileId: file.id, owners, businessDate, now }),
      };
    }
    case "pain.001":
      return { ...head, applied: { kind: "quarantine", findings: [ourOwnKind()], counts: {} } };
    default:
      return document satisfies never;
  }
}

/** Accounts that this bank holds for us; a statement about any other account is kept and applied to nothing. */
async function accountOwners(tx: Transaction, bank: string): Promise<ReadonlyMap<string, bigint>> {
  const marketplaces = await allMarketplaces(tx.db);
  return new Map(marketplaces.filter(({ row }) => row.bank === bank).map(({ id, row }) => [row.debtor_iban, id]));
}

function ourOwnKind(): Finding {
  return {
    code: "MESSAGE_UNEXPECTED",
    where: "message",
    found: "pain.001",
    expected: "pain.002, camt.052, camt.053 or camt.054",
  };
}

function quarantined(file: WaitingFile, findings: readonly Finding[]) {
  const [first] = findings;
  return {
    identity: `quarantined/${file.id}`,
    reason: "FILE_QUARANTINED",
    subjectKind: "inbound-file" as const,
    subjectRef: file.remoteName,
    says: `the file is kept and was not applied: ${first?.code ?? "no finding"} at ${first?.where ?? "the file"}`,
    owner: "operations" as const,
  };
}

/** Statements say what was booked; which transfers that was is decided over all open lines together. */
async function matchAll(context: Context, businessDate: string): Promise<Record<string, number>> {
  const counts = { executed: 0, returned: 0 };
  for (const marketplace of await allMarketplaces(context.store.db)) {
    const report = await context.store.write((tx) =>
      applyBankEntries(tx, { marketplace, businessDate, now: context.clock() }),
    );
    counts.executed += report.executed;
    counts.returned += report.returned;
  }
  return counts;
}
