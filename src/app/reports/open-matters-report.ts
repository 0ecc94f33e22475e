/** The exceptions report as a value: everything that waits for somebody, whose turn it is, how long already, what to do. */
import { NEXT_STEPS, reasonCode } from "../../bankfiles/reason-codes.ts";
import { dateInZone, daysBetween, isIsoDate } from "../../domain/calendar.ts";
import { HOLD_REASONS, type HoldReason } from "../../domain/hold-reason.ts";
import { type Money, money } from "../../domain/money.ts";
import type { Marketplace } from "../../store/marketplaces.ts";
import { type HeldTransfer, heldPayouts, type OpenException, openMatters } from "../../store/reports/open-matters.ts";
import type { Queries } from "../../store/store.ts";
import { nextOfException, type Severity, severityOf } from "./exception-next.ts";
import { maskedText } from "./masked-text.ts";
import { type ReportHead, reportHead } from "./report-head.ts";

export interface OpenMatter {
  readonly reason: string;
  readonly severity: Severity;
  readonly subjectKind: string;
  readonly subject: string;
  readonly says: string;
  readonly amount?: Money;
  readonly owner: string;
  readonly state: OpenException["state"];
  readonly openedOn: string;
  /** Days from the day it was opened to the date of the report. */
  readonly ageDays: number;
  readonly next: string;
}

export interface HeldPayout {
  readonly seller: string;
  readonly name: string;
  readonly endToEndId: string;
  readonly amount: Money;
  readonly reason: string;
  readonly says: string;
  /** Who can clear it. */
  readonly owner: string;
  readonly ageDays?: number;
  /** The bank's code and its name, on a payout that the bank refused or returned. */
  readonly bankCode?: string;
  readonly next: string;
}

export interface OpenMattersReport {
  readonly head: ReportHead;
  /** Alarms first, then the oldest. */
  readonly exceptions: readonly OpenMatter[];
  /** The oldest first. */
  readonly held: readonly HeldPayout[];
}

export async function loadOpenMatters(
  db: Queries,
  marketplace: Marketplace,
  businessDate: string,
  now: Date,
): Promise<OpenMattersReport> {
  const held = await heldPayouts(db, marketplace.id);
  return {
    head: reportHead(marketplace, businessDate, now),
    exceptions: aged(await openMatters(db, marketplace.id), businessDate),
    held: held.map((row) => heldPayout(row, businessDate, marketplace.row.zone)),
  };
}

/** What belongs to no marketplace: files that could not be read, statements of unknown accounts. */
export async function loadUnassigned(db: Queries, businessDate: string, now: Date): Promise<OpenMattersReport> {
  return {
    head: { marketplace: "unassigned", name: "No marketplace", businessDate, madeAt: now.toISOString(), zone: "UTC" },
    exceptions: aged(await openMatters(db, undefined), businessDate),
    held: [],
  };
}

const WEIGHT: Readonly<Record<Severity, number>> = { alarm: 0, exception: 1, notice: 2 };

export function aged(rows: readonly OpenException[], businessDate: string): readonly OpenMatter[] {
  const matters = rows.map((row): OpenMatter => {
    const { reason, subject_kind, subject_ref, says, amount, currency, owner, state, opened_on } = row;
    return {
      reason,
      severity: severityOf(reason),
      subjectKind: subject_kind,
      subject: maskedText(subject_ref),
      says: maskedText(says),
      ...(amount === null || currency === null ? {} : { amount: money(currency, amount) }),
      owner,
      state,
      openedOn: opened_on,
      ageDays: isIsoDate(opened_on) ? Math.max(0, daysBetween(opened_on, businessDate)) : 0,
      next: nextOfException(reason),
    };
  });
  return matters.sort((a, b) => WEIGHT[a.severity] - WEIGHT[b.severity] || b.ageDays - a.ageDays);
}

function heldPayout(row: HeldTransfer, businessDate: string, zone: string): HeldPayout {
  const reason = row.hold_reason ?? "";
  const known = Object.hasOwn(HOLD_REASONS, reason) ? HOLD_REASONS[reason as HoldReason] : undefined;
  const code = row.reason_code === null ? undefined : bankReason(row.reason_code, reason);
  const age = row.held_at === null ? undefined : daysBetween(dateInZone(new Date(row.held_at), zone), businessDate);
  return {
    seller: row.seller,
    name: row.name,
    endToEndId: row.end_to_end_id,
    amount: money(row.currency, row.amount),
    reason,
    says: known?.says ?? reason,
    owner: known?.clearedBy ?? "finance",
    ...(age === undefined ? {} : { ageDays: Math.max(0, age) }),
    ...(code === undefined ? {} : { bankCode: `${code.code} ${code.name}` }),
    next: nextOfHold(known?.clearsWhen, code === undefined ? undefined : NEXT_STEPS[code.next].says),
  };
}

function bankReason(code: string, hold: string) {
  return reasonCode(code, hold === "BANK_RETURNED" ? "return" : "status");
}

function nextOfHold(clearsWhen: string | undefined, bankSays: string | undefined): string {
  const byItself =
    clearsWhen === undefined || clearsWhen === ""
      ? "a person decides: release or give up"
      : `goes out once ${clearsWhen}`;
  return bankSays === undefined ? byItself : `${bankSays}; ${byItself}`;
}
