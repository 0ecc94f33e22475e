/** Where a transfer stands after all reports so far: forward only, and the same whatever order the reports came in. */
import type { Reason } from "../read/document.ts";
import { isDuplicateRefusal } from "./duplicate-refusal.ts";
import { instantOf } from "./instant.ts";
import { type StatusKind, statusMeaning } from "./status-table.ts";

/** One thing a bank said about one transfer. `createdAt` is the CreDtTm of the message that said it. */
export interface StatusReport {
  readonly kind: StatusKind;
  readonly isoStatus: string;
  readonly createdAt?: string;
  readonly reason?: Reason;
}

/** A booked statement line about the transfer: the proof that no status report can give. */
export interface BookingReport {
  readonly kind: "booked" | "returned";
  readonly createdAt?: string;
  readonly reason?: Reason;
}

export type StandingKind =
  | "none"
  | "pending"
  | "accepted"
  | "settled"
  | "booked"
  | "returned"
  | "rejected"
  | "cancelled";

export const STANDING_ALARMS = {
  REJECTED_AFTER_SETTLED: "the bank says both that it debited us and that it rejected the transfer",
  REJECTED_AFTER_BOOKED: "the bank booked the transfer and says that it rejected it",
  ACCEPTED_AFTER_REJECTED: "a newer report accepts a transfer that an older one rejected",
  DUPLICATE_REFUSED: "a copy of a transfer that the bank had accepted was refused as a duplicate",
} as const;

export type StandingAlarm = keyof typeof STANDING_ALARMS;

interface Evidence {
  readonly isoStatus: string;
  readonly createdAt?: string;
  readonly reason?: Reason;
}

/**
 * All that has to be kept of the reports: the furthest progress, the newest acceptance, the newest ending, and what was
 * booked. Each part only grows, so the sum of the parts does not depend on the order of arrival.
 */
export interface TransferStanding {
  readonly kind: StandingKind;
  readonly isoStatus: string;
  readonly createdAt?: string;
  readonly reason?: Reason;
  readonly alarm?: StandingAlarm;
  readonly evidence: {
    readonly progress?: Evidence;
    readonly acceptance?: Evidence;
    readonly ending?: Evidence;
    readonly duplicate?: Evidence;
    readonly booked?: Evidence;
    readonly returned?: Evidence;
    readonly verification?: Evidence;
  };
}

export interface StandingStep {
  /** `advance`: it stands elsewhere now. `note`: a verification was recorded. `ignore`: old news. `alarm`: tell a person. */
  readonly move: "advance" | "note" | "ignore" | "alarm";
  readonly standing: TransferStanding;
}

export const NO_STANDING: TransferStanding = { kind: "none", isoStatus: "", evidence: {} };

/**
 * Adds one report to a standing (`undefined`: nothing was heard so far). Rules (pain.002 usage, EPC and ISO):
 * progress goes up only; a rejection or cancellation ends it, also late, after an acceptance; an older report never
 * undoes a newer one (by CreDtTm; a report without a time counts as the oldest); a rejection of what was settled or
 * booked, an acceptance newer than a rejection, and a duplicate refusal of what was accepted change nothing silently: alarm.
 */
export function applyStatus(current: TransferStanding | undefined, report: StatusReport | BookingReport): StandingStep {
  const before = current ?? NO_STANDING;
  const evidence = gather(before.evidence, report);
  const standing = { ...stands(evidence), evidence };
  if (standing.alarm !== undefined && standing.alarm !== before.alarm) return { move: "alarm", standing };
  if (standing.kind !== before.kind || standing.isoStatus !== before.isoStatus) return { move: "advance", standing };
  const noted = report.kind === "verification" && evidence.verification !== before.evidence.verification;
  return { move: noted ? "note" : "ignore", standing };
}

type Parts = TransferStanding["evidence"];

function gather(parts: Parts, report: StatusReport | BookingReport): Parts {
  if (isBooking(report)) {
    return { ...parts, [report.kind]: newer(parts[report.kind], asEvidence("BOOK", report)) };
  }
  const { kind } = report;
  const evidence = asEvidence(report.isoStatus, report);
  switch (kind) {
    case "none":
      return parts;
    case "verification":
      return { ...parts, verification: newer(parts.verification, evidence) };
    case "rejected":
      if (isDuplicateRefusal(report.reason)) return { ...parts, duplicate: newer(parts.duplicate, evidence) };
      return { ...parts, ending: newer(parts.ending, evidence) };
    case "cancelled":
      return { ...parts, ending: newer(parts.ending, evidence) };
    case "pending":
      return { ...parts, progress: further(parts.progress, evidence) };
    case "accepted":
    case "settled":
    case "partial":
      return {
        ...parts,
        progress: further(parts.progress, evidence),
        acceptance: newer(parts.acceptance, evidence),
      };
    default:
      return kind satisfies never;
  }
}

function isBooking(report: StatusReport | BookingReport): report is BookingReport {
  return report.kind === "booked" || report.kind === "returned";
}

function stands(parts: Parts): Omit<TransferStanding, "evidence"> {
  const { progress, acceptance, ending, duplicate, booked, returned } = parts;
  if (returned !== undefined) return { kind: "returned", ...returned };
  if (booked !== undefined) return withAlarm("booked", booked, ending && "REJECTED_AFTER_BOOKED", duplicate);
  if (progress !== undefined && kindOf(progress) === "settled") {
    return withAlarm("settled", progress, ending && "REJECTED_AFTER_SETTLED", duplicate);
  }
  if (ending !== undefined) {
    if (progress === undefined || acceptance === undefined || !isNewer(acceptance, ending)) {
      return { kind: ending.isoStatus === "CANC" ? "cancelled" : "rejected", ...ending };
    }
    return { kind: "accepted", ...progress, alarm: "ACCEPTED_AFTER_REJECTED" };
  }
  if (acceptance !== undefined && progress !== undefined) return withAlarm("accepted", progress, undefined, duplicate);
  if (duplicate !== undefined) return { kind: "rejected", ...duplicate };
  return progress === undefined ? { kind: "none", isoStatus: "" } : { kind: "pending", ...progress };
}

function withAlarm(
  kind: StandingKind,
  evidence: Evidence,
  alarm: StandingAlarm | undefined,
  duplicate: Evidence | undefined,
): Omit<TransferStanding, "evidence"> {
  const raised = alarm ?? (duplicate === undefined ? undefined : "DUPLICATE_REFUSED");
  return raised === undefined ? { kind, ...evidence } : { kind, ...evidence, alarm: raised };
}

function asEvidence(isoStatus: string, report: StatusReport | BookingReport): Evidence {
  const { createdAt, reason } = report;
  return {
    isoStatus,
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Of two endings the newer; at the same time the one whose text sorts last, so that order of arrival cannot decide. */
function newer(a: Evidence | undefined, b: Evidence): Evidence {
  if (a === undefined) return b;
  if (isNewer(a, b)) return a;
  if (isNewer(b, a)) return b;
  return textOf(a) >= textOf(b) ? a : b;
}

function further(a: Evidence | undefined, b: Evidence): Evidence {
  if (a === undefined) return b;
  const difference = rankOf(a) - rankOf(b);
  return difference === 0 ? newer(a, b) : difference > 0 ? a : b;
}

function isNewer(a: Evidence, b: Evidence): boolean {
  return instantOf(a.createdAt) > instantOf(b.createdAt);
}

function rankOf(evidence: Evidence): number {
  return statusMeaning(evidence.isoStatus)?.rank ?? 0;
}

function kindOf(evidence: Evidence): StatusKind | undefined {
  return statusMeaning(evidence.isoStatus)?.kind;
}

function textOf(evidence: Evidence): string {
  return [evidence.isoStatus, evidence.createdAt, evidence.reason?.code, evidence.reason?.info].join("\n");
}
