/** What a pain.002 says about each transfer of the file it answers, and about the file as a whole. */
import type { Finding } from "../../domain/finding.ts";
import type { Pain002Document, PaymentStatus, Reason, TransactionStatus } from "../read/document.ts";
import { isDuplicateRefusal } from "./duplicate-refusal.ts";
import { exactAmount } from "./exact-amount.ts";
import { type FileOutcome, outcomeOf } from "./file-outcome.ts";
import { type FileLookup, indexFile, type KnownFileIndex, type KnownTransfer } from "./known-file.ts";
import { isProtocol, type Protocol, protocolOf } from "./protocol-report.ts";
import { type StatusKind, statusMeaning } from "./status-table.ts";
import { given, transferOf } from "./transaction-lookup.ts";
import { applyStatus, NO_STANDING } from "./transfer-standing.ts";

export type { FileOutcome } from "./file-outcome.ts";
export type { FileLookup, KnownFile, KnownTransfer } from "./known-file.ts";
export { applyStatus } from "./transfer-standing.ts";

export type ReportLevel = "group" | "payment" | "transaction";

/** What one report says about one transfer. `kind: "none"` means that it says nothing usable about it. */
export interface TransferReport {
  readonly kind: Exclude<StatusKind, "partial">;
  readonly endToEndId: string;
  readonly paymentInformationId: string;
  /** The ISO status that decided, e.g. `ACCP`; `PART` for a transfer a partial acceptance does not list; empty for none. */
  readonly isoStatus: string;
  readonly reason?: Reason;
  /** The level the status stands at. */
  readonly level: ReportLevel;
  /** True when the bank did not say it of this transfer but it follows from a partial acceptance. */
  readonly assumed: boolean;
  readonly createdAt?: string;
}

export interface Pain002Meaning {
  readonly outcome: FileOutcome;
  readonly reportId?: string;
  readonly createdAt?: string;
  /** OrgnlMsgId: the MsgId of the file it answers. */
  readonly messageId?: string;
  /** One for every transfer of the file, in the file's order; empty when the file is unknown. */
  readonly statuses: readonly TransferReport[];
  readonly reasons: readonly Reason[];
  readonly protocol?: Protocol;
  readonly findings: readonly Finding[];
}

/**
 * Lays a pain.002 beside the file it answers. The lowest explicit status wins (transaction, payment, group), a missing
 * one inherits; under PART a transfer that is not listed is accepted as far as this report says, unless the report does
 * not say which ones were refused. A group or payment refused as a duplicate refuses this copy only: its transfers get
 * no status. Never throws; an unknown OrgnlMsgId is UNKNOWN_FILE, to be quarantined, never guessed.
 */
export function meaningOfPain002(document: Pain002Document, lookup: FileLookup): Pain002Meaning {
  const { original } = document;
  const head = {
    ...(document.messageId === undefined ? {} : { reportId: document.messageId }),
    ...(document.createdAt === undefined ? {} : { createdAt: document.createdAt }),
    ...(original.messageId === undefined ? {} : { messageId: original.messageId }),
    reasons: original.reasons,
  };
  if (isProtocol(document)) {
    return { ...head, outcome: "PROTOCOL", statuses: [], protocol: protocolOf(document), findings: [] };
  }
  const messageId = given(original.messageId);
  const file = messageId === undefined ? undefined : lookup(messageId);
  if (file === undefined || isOtherKind(original.kind)) {
    return { ...head, outcome: "UNKNOWN_FILE", statuses: [], findings: [unknownFile(document)] };
  }
  const reading = new ReportReading(document, indexFile(file));
  const statuses = reading.statuses();
  const findings = [...differences(document, file.transfers), ...reading.findings];
  return { ...head, outcome: outcomeOf(document, statuses, file.transfers.length), statuses, findings };
}

/** OrgnlMsgNmId may be empty or odd; only a name that is plainly another message (pain.008) is refused. */
function isOtherKind(kind: string | undefined): boolean {
  return kind !== undefined && /^(pain|camt|pacs)\.\d{3}/i.test(kind.trim()) && !/^pain\.001/i.test(kind.trim());
}

function unknownFile({ original }: Pain002Document): Finding {
  return {
    code: "ORIGINAL_UNKNOWN",
    where: "OrgnlGrpInfAndSts/OrgnlMsgId",
    found: `${original.messageId ?? "none"}${original.kind === undefined ? "" : ` (${original.kind})`}`,
    expected: "the MsgId of a transfer file that was sent",
  };
}

function differences({ original }: Pain002Document, transfers: readonly KnownTransfer[]): Finding[] {
  const findings: Finding[] = [];
  const count = original.count?.trim();
  if (count !== undefined && count.replace(/^0+(?=\d)/, "") !== String(transfers.length)) {
    const where = "OrgnlGrpInfAndSts/OrgnlNbOfTxs";
    findings.push({ code: "ORIGINAL_COUNT_DIFFERS", where, found: count, expected: String(transfers.length) });
  }
  const [first] = transfers;
  if (original.sum !== undefined && first !== undefined) {
    const where = "OrgnlGrpInfAndSts/OrgnlCtrlSum";
    const sum = exactAmount(original.sum, first.currency, where);
    const sent = transfers.reduce((total, { amountMinor }) => total + amountMinor, 0n);
    if (!sum.ok) findings.push(sum.finding);
    else if (sum.minor !== sent) {
      findings.push({ code: "ORIGINAL_SUM_DIFFERS", where, found: String(sum.minor), expected: `${sent} minor units` });
    }
  }
  return findings;
}

interface Scope {
  readonly status: string;
  readonly level: ReportLevel;
  readonly reasons: readonly Reason[];
}

const SILENT: Scope = { status: "", level: "group", reasons: [] };

/** One walk over one report: group -> payment -> transaction. */
class ReportReading {
  readonly findings: Finding[] = [];
  private readonly document: Pain002Document;
  private readonly index: KnownFileIndex;
  private readonly explicit = new Map<KnownTransfer, TransferReport>();
  private readonly contested = new Set<KnownTransfer>();
  private readonly scopes = new Map<KnownTransfer, Scope>();
  /** Partial acceptances whose listed transactions include a refused, a pending or an unreadable one. */
  private readonly explained = new Map<Scope, "by a refusal" | "in doubt">();

  constructor(document: Pain002Document, index: KnownFileIndex) {
    this.document = document;
    this.index = index;
  }

  statuses(): TransferReport[] {
    const { original, payments } = this.document;
    const group = this.scope(original.status, "group", original.reasons, "OrgnlGrpInfAndSts", SILENT);
    for (const [position, payment] of payments.entries()) this.readPayment(payment, group, position);
    return this.index.file.transfers.map((transfer) => this.statusOf(transfer, group));
  }

  private readPayment(payment: PaymentStatus, group: Scope, position: number): void {
    const where = `OrgnlPmtInfAndSts[${position + 1}]`;
    const scope = this.scope(payment.status, "payment", payment.reasons, where, group);
    const members = this.membersOf(payment, where);
    const explicit = scope !== group;
    for (const transfer of members) if (explicit) this.scopes.set(transfer, scope);
    if (explicit && scope.status !== "PART" && isRefusal(scope)) this.explain(group, "by a refusal");
    for (const [row, transaction] of payment.transactions.entries()) {
      if (saysNothing(transaction, scope)) continue;
      const place = `${where}/TxInfAndSts[${row + 1}]`;
      const match = transferOf(this.index, payment.paymentInformationId?.trim(), transaction, place);
      this.findings.push(...match.findings);
      for (const transfer of match.contested) this.contested.add(transfer);
      const own = this.scope(transaction.status, "transaction", transaction.reasons, place, scope);
      const above = own.level === "transaction" && !isRefusal(own) ? [] : [scope.reasons, group.reasons];
      const reasons = [transaction.reasons, ...above].find((list) => list.length > 0) ?? [];
      const refusal = match.transfer === undefined ? "in doubt" : isRefusal(own) ? "by a refusal" : undefined;
      for (const outer of new Set([scope, group])) if (refusal !== undefined) this.explain(outer, refusal);
      const copy = isRefusal(own) && (isCopy(scope) || isCopy(group)) && reasons.some(isDuplicateRefusal);
      if (match.transfer !== undefined) this.record(match.transfer, copy ? SILENT : { ...own, reasons }, place);
    }
  }

  private membersOf(payment: PaymentStatus, where: string): readonly KnownTransfer[] {
    const id = given(payment.paymentInformationId);
    if (id === undefined) return this.index.byPayment.size === 1 ? this.index.file.transfers : [];
    const members = this.index.byPayment.get(id);
    if (members !== undefined) return members;
    this.findings.push({ code: "PAYMENT_UNKNOWN", where, found: id, expected: "a PmtInfId of this file" });
    return [];
  }

  /** The status standing at a level, or the one above when nothing usable stands there. */
  private scope(
    status: string | undefined,
    level: ReportLevel,
    reasons: readonly Reason[],
    where: string,
    above: Scope,
  ): Scope {
    const code = status?.trim().toUpperCase() ?? "";
    if (code === "") return above === SILENT ? { status: "", level, reasons } : above;
    const meaning = statusMeaning(code);
    const misplaced = meaning?.kind === "partial" && level === "transaction";
    if (meaning === undefined || misplaced) {
      this.findings.push({ code: "STATUS_UNKNOWN", where, found: code, expected: "an ISO 20022 payment status" });
      return { status: "", level, reasons }; // something explicit was said and is not understood: nothing is inherited
    }
    if (meaning.notice !== undefined) {
      this.findings.push({ code: "STATUS_NOTICE", where, found: code, expected: meaning.notice });
    }
    return { status: code, level, reasons };
  }

  private record(transfer: KnownTransfer, scope: Scope, where: string): void {
    const report = this.report(transfer, scope, false);
    const earlier = this.explicit.get(transfer);
    if (earlier === undefined || earlier.isoStatus === report.isoStatus) {
      this.explicit.set(transfer, report);
      return;
    }
    const { isoStatus: found } = report;
    this.findings.push({
      code: "STATUS_REPEATED",
      where,
      found,
      expected: `one status, not also ${earlier.isoStatus}`,
    });
    const { standing } = applyStatus(applyStatus(NO_STANDING, earlier).standing, report);
    this.explicit.set(transfer, standing.isoStatus === report.isoStatus ? report : earlier);
  }

  private explain(scope: Scope, how: "by a refusal" | "in doubt"): void {
    if (this.explained.get(scope) !== "in doubt") this.explained.set(scope, how);
  }

  private statusOf(transfer: KnownTransfer, group: Scope): TransferReport {
    const explicit = this.explicit.get(transfer);
    if (this.contested.has(transfer)) return this.report(transfer, SILENT, false);
    if (explicit !== undefined) return explicit;
    const scope = this.scopes.get(transfer) ?? group;
    if (isCopy(scope)) return this.report(transfer, SILENT, false);
    if (scope.status !== "PART") return this.report(transfer, scope, false);
    if (this.explained.get(scope) === "by a refusal") return this.report(transfer, scope, true);
    return { ...this.report(transfer, scope, true), kind: "pending" };
  }

  private report(transfer: KnownTransfer, scope: Scope, assumed: boolean): TransferReport {
    const kind = statusMeaning(scope.status)?.kind ?? "none";
    const [reason] = assumed ? [] : scope.reasons; // the reasons of a partial acceptance speak of the others
    const { createdAt } = this.document;
    return {
      kind: kind === "partial" ? "accepted" : kind,
      endToEndId: transfer.endToEndId,
      paymentInformationId: transfer.paymentInformationId,
      isoStatus: scope.status,
      ...(reason === undefined ? {} : { reason }),
      level: scope.level,
      assumed,
      ...(createdAt === undefined ? {} : { createdAt }),
    };
  }
}

/** Some banks repeat the original transaction, without reference and status, below a payment whose status covers it. */
function saysNothing({ endToEndId, instructionId, status = "" }: TransactionStatus, scope: Scope): boolean {
  const named = given(endToEndId) !== undefined || given(instructionId) !== undefined;
  const own = status.trim().toUpperCase();
  return !named && scope.status !== "PART" && scope.status !== "" && (own === "" || own === scope.status);
}

/** A file or a payment that was refused because the bank has it already: the copy is refused, the first one stands. */
function isCopy(scope: Scope): boolean {
  return isRefusal(scope) && scope.reasons.some(isDuplicateRefusal);
}

function isRefusal(scope: Scope): boolean {
  const kind = statusMeaning(scope.status)?.kind;
  return kind === "rejected" || kind === "cancelled";
}
